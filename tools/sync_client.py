"""Writes client/_sync*.py from client/_async*.py by exchanging words; `--check` only says what is out of date."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

CLIENT = Path(__file__).parent.parent / "src" / "callsheet" / "client"
HEAD = '"""The SDK without async: generated from {} by tools/sync_client.py, never edited by hand."""\n'
TWINS = {f"_async{part}.py": f"_sync{part}.py" for part in ("", "_wire", "_advice", "_money", "_office")}

WORDS = {
    "AsyncAdvice": "Advice",
    "AsyncBaseTransport": "BaseTransport",
    "AsyncClient": "Client",
    "AsyncGenerator": "Generator",
    "AsyncMoney": "Money",
    "AsyncOffice": "Office",
    "AsyncWire": "Wire",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "aclose": "close",
    "aclosing": "closing",
    "aiter_bytes": "iter_bytes",
    "aread": "read",
    "asyncio": "time",
    "_async_advice": "_sync_advice",
    "_async_money": "_sync_money",
    "_async_office": "_sync_office",
    "_async_wire": "_sync_wire",
}
DROPPED = {"async", "await"}


def synchronous(name: str) -> str:
    """The twin of a module: names are exchanged as tokens, in docstrings as words."""
    source = (CLIENT / name).read_text()
    out: list[str] = []
    end = (1, 0)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        indent_or_gap = token.line[end[1] if token.start[0] == end[0] else 0 : token.start[1]]
        out.append(indent_or_gap)
        end = token.end
        if token.string in DROPPED and token.type == tokenize.NAME:
            end = (end[0], end[1] + 1)  # the blank behind the word goes with it
        else:
            out.append(_exchanged(token.type, token.string))
    return HEAD.format(name) + "".join(out).partition("\n")[2]


def _exchanged(kind: int, text: str) -> str:
    if kind == tokenize.NAME:
        return WORDS.get(text, text)
    if kind == tokenize.STRING and text.startswith('"""'):
        return re.sub(r"\b(async|await) ", "", re.sub(r"\w+", lambda word: WORDS.get(word[0], word[0]), text))
    return text


def formatted(source: str) -> str:
    """As ruff would have it: shorter names sort and wrap differently."""
    for command in (["check", "--select", "I", "--fix"], ["format"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--quiet", "--stdin-filename", str(CLIENT / "_sync.py"), "-"]
        source = subprocess.run(ruff, input=source, capture_output=True, text=True, check=True).stdout
    return source


def main() -> int:
    """Write the twins, or with `--check` compare: 1 when one differs from what its source gives."""
    stale = 0
    for name, twin in TWINS.items():
        wanted, target = formatted(synchronous(name)), CLIENT / twin
        if "--check" not in sys.argv[1:]:
            target.write_text(wanted)
        elif not target.exists() or target.read_text() != wanted:
            print(f"client/{twin} is out of date: run `python -m tools.sync_client`")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
