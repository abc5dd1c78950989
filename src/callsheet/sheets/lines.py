"""Where in a TOML text a table or a key stands, for messages that name the line."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HEAD = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_LONG = ('"""', "'''")

At = tuple[str, ...]


def lines(text: str) -> Mapping[At, int]:
    """The line of every `[table]` and every `key =`, by the whole path of names; what is inside a long text is none."""
    found: dict[At, int] = {}
    table: At = ()
    until = ""
    for number, line in enumerate(text.splitlines(), 1):
        if until:
            until = "" if until in line else until
            continue
        if head := _HEAD.match(line):
            table = _names(head[1])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_names(key[1])), number)
        until = next((mark for mark in _LONG if line.count(mark) % 2), "")
    return found


def nearest(known: Mapping[At, int], place: At) -> int | None:
    """The line of this place, of the first thing in it, or of the table around it."""
    while place:
        if place in known:
            return known[place]
        found = [line for one, line in known.items() if one[: len(place)] == place]
        if found:
            return found[0]
        place = place[:-1]
    return None


def _names(dotted: str) -> At:
    return tuple(part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", dotted))
