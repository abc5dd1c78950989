"""The names of colours: how much of a picture each takes."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.footage.shape import Colour

Rgb = NDArray[np.uint8]

_LEAST, _MOST = 0.06, 5


@dataclass(frozen=True, slots=True)
class Named:
    """One colour of a palette: its names, itself as #rrggbb, and its share of the picture, 0 to 1."""

    en: str
    zh: str
    hex: str
    share: float


def named(colours: Sequence[Colour]) -> tuple[Named, ...]:
    """A measured palette in names, largest first: one name is one colour, under six in a hundred is none."""
    if not colours:
        return ()
    rgb = np.array([(one.red, one.green, one.blue) for one in colours], np.uint8)
    return _told(rgb, np.array([one.share for one in colours]))


def palette(pixels: Rgb) -> tuple[Named, ...]:
    """The same of a picture, from its pixels, shape (..., 3)."""
    flat = np.ascontiguousarray(pixels.reshape(-1, 3))
    return _told(flat, np.full(len(flat), 1 / max(1, len(flat))))


def _told(rgb: Rgb, shares: NDArray[np.float64]) -> tuple[Named, ...]:
    known = _known()
    nearest = ((_lab(rgb)[:, None, :] - _middles()[None]) ** 2).sum(axis=2).argmin(axis=1)
    totals = np.bincount(nearest, weights=shares, minlength=len(known))
    made: list[Named] = []
    for at in np.argsort(-totals, kind="stable")[:_MOST]:
        if totals[at] >= _LEAST:
            mine = nearest == at
            red, green, blue = np.rint(np.average(rgb[mine], axis=0, weights=shares[mine])).astype(int)
            name, share = known[at], round(float(totals[at]), 3)
            made.append(Named(name["en"], name["zh"], f"#{red:02x}{green:02x}{blue:02x}", share))
    return tuple(made)


def _lab(flat: Rgb) -> NDArray[np.float32]:
    values = flat[None].astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(values, cv2.COLOR_RGB2LAB), np.float32)[0]


@cache
def _middles() -> NDArray[np.float32]:
    return _lab(np.array([one["rgb"] for one in _known()], np.uint8))


@cache
def _known() -> list[dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("colours.toml").read_text(encoding="utf-8"))["colours"]
