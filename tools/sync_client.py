"""Writes client/_sync.py from client/_async.py by exchanging words; `--check` only says whether it is up to date."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

CLIENT = Path(__file__).parent.parent / "src" / "callsheet" / "client"
HEAD = '"""The SDK without async: generated from _async.py by tools/sync_client.py, never edited by hand."""\n'

WORDS = {
    "AsyncBaseTransport": "BaseTransport",
    "AsyncClient": "Client",
    "AsyncGenerator": "Generator",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "aclose": "close",
    "aclosing": "closing",
    "aiter_bytes": "iter_bytes",
    "aread": "read",
    "asyncio": "time",
}
DROPPED = {"async", "await"}


def synchronous(source: str) -> str:
    """The same module without async: names are exchanged as tokens, in docstrings as words."""
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
    return HEAD + "".join(out).partition("\n")[2]


def _exchanged(kind: int, text: str) -> str:
    if kind == tokenize.NAME:
        return WORDS.get(text, text)
    if kind == tokenize.STRING and text.startswith('"""'):
        return re.sub(r"\b(async|await) ", "", re.sub(r"\w+", lambda word: WORDS.get(word[0], word[0]), text))
    return text


def formatted(source: str) -> str:
    """As ruff would have it: shorter names sort and wrap differently."""
    ruff = [sys.executable, "-m", "ruff"]
    for command in ([*ruff, "check", "--select", "I", "--fix", "--quiet", "-"], [*ruff, "format", "--quiet", "-"]):
        place = ["--stdin-filename", str(CLIENT / "_sync.py")]
        source = subprocess.run(
            [*command[:-1], *place, "-"], input=source, capture_output=True, text=True, check=True
        ).stdout
    return source


def main() -> int:
    """Write it, or with `--check` compare: 1 when it differs from what the source gives."""
    wanted = formatted(synchronous((CLIENT / "_async.py").read_text()))
    target = CLIENT / "_sync.py"
    if "--check" not in sys.argv[1:]:
        target.write_text(wanted)
        return 0
    if target.exists() and target.read_text() == wanted:
        return 0
    print("client/_sync.py is out of date: run `python -m tools.sync_client`")
    return 1


if __name__ == "__main__":
    sys.exit(main())
