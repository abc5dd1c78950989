"""The stage of one picture: its frame, the margin painted around it, its light, its colours and its own dice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from callsheet.renderers.previz.painter.brief import Brief
from callsheet.renderers.previz.painter.palette import Palette, hex_, mix

FARTHEST_FLOOR = 0.1
"""How near a level floor is where it meets the horizon."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a painter needs to know. Places are in frame pixels: (0, 0) is the frame's top left corner.

    The canvas reaches `margin` pixels beyond the frame on every side, so that a camera can move. `horizon` is a row.
    `sun` is where the light stands (it may be outside the frame). `unit` is the length that sizes of things are
    reckoned in: near the frame's height in a wide picture and near its width in a tall one.
    """

    width: int
    height: int
    margin: int
    brief: Brief
    palette: Palette
    seed: int
    horizon: float
    sun: tuple[float, float]
    focus: float
    duration: float = 5.0
    key: str = field(default="")

    @property
    def unit(self) -> float:
        """The length things are measured in, in pixels."""
        return float(min(self.height, self.width * 1.1))

    @property
    def left(self) -> int:
        """The first column of the canvas."""
        return -self.margin

    @property
    def right(self) -> int:
        """One past the last column of the canvas."""
        return self.width + self.margin

    @property
    def top(self) -> int:
        """The first row of the canvas."""
        return -self.margin

    @property
    def bottom(self) -> int:
        """One past the last row of the canvas."""
        return self.height + self.margin

    def floor(self, row: float) -> float:
        """How near a level floor lies at a row: far off at the horizon, close by at the foot of the frame."""
        share = (row - self.horizon) / max(self.height - self.horizon, 1)
        return FARTHEST_FLOOR + (1 - FARTHEST_FLOOR) * min(1.0, max(0.0, share))

    def own(self, element: str, colour: np.ndarray) -> np.ndarray:
        """The colour that the prompt says of an element of the scene, with a little of its own; else its own."""
        code = self.brief.tint(element)
        return colour if code is None else mix(hex_(code), colour, 0.14)

    def dice(self, name: str) -> np.random.Generator:
        """Randomness for one element, the same on every machine and untouched by what other elements draw."""
        return dice(self.brief.prompt, self.seed, name)


def dice(prompt: str, seed: int, name: str) -> np.random.Generator:
    """A generator that depends on prompt, seed and name alone."""
    digest = hashlib.sha256(f"{prompt}|{seed}|{name}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
