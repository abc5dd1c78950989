"""The painter's stock of figures: simple vector drawings of its own, with the words that call for them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal

Stand = Literal["ground", "water", "air", "swim", "table", "high"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in a box of 100 units of height, y downward, feet at 100.

    `parts` are drawn in order, each `role shape numbers` (see strokes.py). `stands` says where it belongs; `size` is
    its height as a share of the stage's unit; `home` the setting it implies; `usual` how many stand where none are
    counted; `motion` how it lives; `base` the colour of its role `body` where the prompt names none, and `own` those of
    roles that only it has (a roof, a door).
    """

    name: str
    words: str
    stands: Stand
    size: float
    parts: tuple[str, ...]
    home: str | None = None
    usual: int = 1
    motion: str = "none"
    base: str | None = None
    glows: bool = False
    own: Mapping[str, str] = field(default_factory=dict[str, str])


@lru_cache(maxsize=1)
def load() -> dict[str, Figure]:
    """All figures by name."""
    folder = files("callsheet.renderers.previz.painter").joinpath("art")
    made: dict[str, Figure] = {}
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            for name, table in tomllib.loads(entry.read_text(encoding="utf-8")).items():
                parts = tuple(line.strip() for line in table.pop("parts").strip().splitlines() if line.strip())
                made[name] = Figure(name=name, parts=parts, **table)
    return made


@lru_cache(maxsize=128)
def roles(name: str) -> frozenset[str]:
    """The roles that a figure's drawing has."""
    return frozenset(line.split()[0].rstrip("*").partition("@")[0] for line in load()[name].parts)
