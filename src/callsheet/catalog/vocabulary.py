"""The words all vendors share: canonical params, capabilities, camera moves and pixel sizes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Word:
    """A canonical param: its name, type and unit, and what it means everywhere."""

    name: str
    type: str
    meaning: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Capability:
    """What a model can do, and the kind of thing that comes out.

    `neural` names the models that do what no classical method does honestly, so that previz does not do it.
    """

    id: str
    meaning: str
    output: str
    neural: str = ""


@dataclass(frozen=True, slots=True)
class CameraMove:
    """One of the camera moves, by the index that vendors send and the id that we use."""

    index: int
    id: str
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything in vocabulary.toml. `sizes` is width and height in pixels by resolution, then aspect ratio."""

    params: Mapping[str, Word]
    capabilities: Mapping[str, Capability]
    camera_moves: tuple[CameraMove, ...]
    sizes: Mapping[str, Mapping[str, tuple[int, int]]]


def read(path: Path) -> Vocabulary:
    """The vocabulary in this file."""
    raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return Vocabulary(
        params=MappingProxyType({name: Word(name=name, **word) for name, word in raw["params"].items()}),
        capabilities=MappingProxyType({id: Capability(id=id, **one) for id, one in raw["capabilities"].items()}),
        camera_moves=tuple(CameraMove(**move) for move in raw["camera_moves"]),
        sizes=MappingProxyType(
            {name: {ratio: (w, h) for ratio, (w, h) in by.items()} for name, by in raw["sizes"].items()}
        ),
    )


def spellings(moves: tuple[CameraMove, ...]) -> dict[str, str]:
    """Every way to name a camera move other than its id: the index and the name. A name two moves share is nobody's."""
    names = [move.name.lower() for move in moves]
    found = {str(move.index): move.id for move in moves}
    for move in moves:
        for name in {move.name, move.name.lower()}:
            if names.count(name.lower()) == 1 and name != move.id:
                found[name] = move.id
    return found
