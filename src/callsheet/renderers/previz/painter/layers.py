"""What a painting is made of: layers, back to front, each fully painted, with a depth and a motion of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True, slots=True)
class Motion:
    """How a layer lives: pixels are frame pixels, times seconds, angles degrees.

    `drift` moves it evenly (pixels per second); `bob` sways it (pixels, both axes) with `roll` around `pivot`; `pulse`
    lets its strength fall by that share and rise again; `waves` ripples it (pixels) as water does; `flow` scrolls it
    around its own height and width (pixels per second), for rain and snow; `flap` squeezes its height by that share,
    as wings do. All return after `period` seconds but drift and flow; `phase` is 0..1.
    """

    drift: tuple[float, float] = (0.0, 0.0)
    bob: tuple[float, float] = (0.0, 0.0)
    roll: float = 0.0
    pivot: tuple[float, float] = (0.0, 0.0)
    pulse: float = 0.0
    waves: float = 0.0
    flow: tuple[float, float] = (0.0, 0.0)
    flap: float = 0.0
    period: float = 4.0
    phase: float = 0.0


STILL = Motion()


@dataclass(frozen=True, slots=True)
class Layer:
    """Premultiplied RGBA bytes whose top left pixel lies at frame column `x`, row `y`.

    `depth` is nearness: 0 is as far as the sky, 1 as near as the foreground. A `ground` layer lies flat and reaches
    from the horizon (its top) towards the camera, so its rows move by their own depth.
    """

    pixels: np.ndarray
    x: int
    y: int
    depth: float
    motion: Motion = STILL
    ground: bool = False


Family = Literal["sky", "land", "water", "space", "under", "room", "street", "studio"]


@dataclass(frozen=True, slots=True)
class Painting:
    """A finished composition: its layers back to front, where its horizon lies, and how dark its corners fall.

    `subject` is the middle of the first subject (column, row), its nearness, and its pixels a second to the right.
    """

    width: int
    height: int
    horizon: float
    layers: tuple[Layer, ...]
    vignette: float = 0.25
    subject: tuple[float, float, float, float] | None = None
