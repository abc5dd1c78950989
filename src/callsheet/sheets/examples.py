"""The call sheets that come along, as texts to begin from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Example:
    """One of them: the file's `name`, its `title`, what it says at its head, and its whole text."""

    name: str
    title: str
    about: str
    text: str


@cache
def examples() -> tuple[Example, ...]:
    """All of them, by name."""
    folder = resources.files("callsheet.sheets") / "examples"
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return tuple(_read(one.name, one.read_text("utf-8")) for one in found)


def _read(name: str, text: str) -> Example:
    head: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#") or not line.strip("# "):
            break
        head.append(line.lstrip("# "))
    return Example(name, tomllib.loads(text)["sheet"]["title"], " ".join(head), text)
