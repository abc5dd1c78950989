"""Which languages the synthesiser has voices for, read from the names of its data: it is not started for that."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from callsheet.renderers.previz.speech.reading import Reading
from callsheet.renderers.previz.speech.script import Pause
from callsheet.renderers.previz.speech.tongues import nobody, unspoken

_PACKAGE, _DATA = "espeakng_loader", "espeak-ng-data"


@dataclass(frozen=True, slots=True)
class Names:
    """Every name, in lower case, by which a voice may be called: files, tags, titles. `languages` are the tags."""

    all: frozenset[str]
    languages: tuple[str, ...]


def spoken(read: Reading) -> None:
    """Raise RenderError where no voice could be found for a stretch of a text. Says nothing where none is installed."""
    known = installed()
    if known is None:
        return
    for spell in read.spells(0):
        if not isinstance(spell, Pause) and not any(_bare(name) in known.all for name in spell.line.voices):
            raise unspoken(nobody(spell.line.voices), known.languages)


@cache
def installed() -> Names | None:
    """The names in the synthesiser's data; None where it is not installed, or its data are laid out otherwise."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).with_name(_DATA)
    files = [path for part in ("lang", "voices") for path in (folder / part).rglob("*") if path.is_file()]
    names, tags = {"default"}, set[str]()
    for path in files:
        names |= {path.name, path.relative_to(folder).as_posix(), path.relative_to(folder).as_posix().partition("/")[2]}
        for line in path.read_text("utf-8", "replace").splitlines():
            word, _, rest = line.strip().partition(" ")
            if word == "language":
                tags.add(rest.split()[0] if rest.split() else "")
            if word in ("language", "name"):
                names |= {rest.strip(), *rest.split()[:1]}
    return Names(frozenset(name.lower() for name in names), tuple(sorted(tags - {""}))) if tags else None


def _bare(name: str) -> str:
    """A voice's name without its variant."""
    return name.partition("+")[0].strip().lower()
