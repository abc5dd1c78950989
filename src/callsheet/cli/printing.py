"""What commands print: results on stdout, words for people on stderr, tables that line up in Chinese as well."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, cast

import click

from callsheet.errors import CallsheetError

_UNSEEN = re.compile(r"(?!\x1b\[[0-9;]*m)[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a terminal obeys and nobody sees, but for colours: prompts and vendors' words are written by others."""


def say(text: str) -> None:
    """A line for people, on stderr."""
    click.echo(_UNSEEN.sub("�", text), err=True)


def show(text: str) -> None:
    """A line of the result, on stdout."""
    click.echo(_UNSEEN.sub("�", text))


def show_json(value: Any) -> None:
    """The result as one JSON document, on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_as_json))


def show_error(error: CallsheetError, *, as_json: bool, code: str, quiet: bool = False) -> None:
    """The error for people on stderr (unless `quiet`: they have it already), and as JSON on stdout when asked."""
    if as_json:
        found = {"code": code, "message": error.message, "hint": error.hint, "param": error.param}
        found |= {"request_id": error.request_id, "retryable": error.retryable}
        task = getattr(error, "task", None)
        show_json({"error": found | ({"task": task.raw} if task else {})})
    if quiet:
        return
    label = "" if code == "interrupted" else click.style("Error: ", fg="red", bold=True)
    say(label + error.message)
    if error.hint:
        say(error.hint)
    if error.request_id:
        say(f"Request id: {error.request_id}")


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows under heads, each column as wide as its widest cell; None is shown as a dash."""
    cells = [[*heads], *[["-" if cell is None else str(cell) for cell in row] for row in rows]]
    wide = [max(_width(row[column]) for row in cells) for column in range(len(heads))]
    lines = ["  ".join(_padded(cell, size) for cell, size in zip(row, wide, strict=True)).rstrip() for row in cells]
    return "\n".join([click.style(lines[0], bold=True), *lines[1:]])


def fields(pairs: Mapping[str, Any]) -> str:
    """One `name  value` line each; what is None or empty is left out."""
    kept = {name: value for name, value in pairs.items() if value is not None and value != "" and value != {}}
    wide = max((len(name) for name in kept), default=0)
    return "\n".join(f"{name.ljust(wide)}  {_plain(value)}" for name, value in kept.items())


def money_said(credits: Mapping[str, Any]) -> str:
    """What a cancel moved, in one sentence; nothing where nothing was set aside."""
    if credits["charged"] is None:
        return "Nobody knows its price."
    told = [f"{credits[name]:g} {name}" for name in ("held", "charged", "released") if credits[name]]
    return f"Credits: {', '.join(told)}." if told else ""


def size(count: int | None) -> str:
    """Bytes for people: 1.4 MB."""
    if count is None:
        return "-"
    number = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def command_name() -> str:
    """How this program was called, so that a suggested command can be pasted: `callsheet` or `.venv/bin/callsheet`."""
    called = sys.argv[0]
    if called.endswith("__main__.py"):
        return f"{sys.executable} -m callsheet"
    return called if called.endswith("/callsheet") and not called.startswith("/") else "callsheet"


def _as_json(value: Any) -> Any:
    """The catalogue's read-only mappings as objects; anything else unknown is a fault here, never guessed."""
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    raise TypeError(f"{type(value).__name__} is not JSON")


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
