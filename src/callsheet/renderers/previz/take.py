"""What a camera move may know of the clip it is in: how strong, how long, where the subject is, and its own dice."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

AMOUNTS = {"auto": 1.0, "small": 0.6, "medium": 1.0, "large": 1.5}
"""How far a move goes, by the scene's `motion`."""


@dataclass(frozen=True, slots=True)
class Take:
    """One take of a move. The same seed gives the same take; another one differs a little, as takes do.

    `amount` scales the move (1 is medium). `seconds` is the clip's length. `half_width` and `half_height` are half the
    frame in half shorter sides. `subject` is where the eye goes in the still, in the same units, x right and y down.
    """

    amount: float
    seconds: float
    half_width: float
    half_height: float
    subject: tuple[float, float] = (0.0, 0.0)
    dice: tuple[float, ...] = (0.0,) * 16

    def wander(self, t: float, channel: int, rate: float = 1.0) -> float:
        """A smooth unrest about -1..1 at `rate` swings a second; each channel (0..3) its own, fixed by the seed."""
        angle = math.tau * rate * self.seconds * t
        first, second, third = (math.pi * roll for roll in self.dice[channel * 3 : channel * 3 + 3])
        return (
            math.sin(angle + first) + 0.55 * math.sin(2.17 * angle + second) + 0.3 * math.sin(4.63 * angle + third)
        ) / 1.5

    def aim(self, zoom: float, share: float = 1.0) -> tuple[float, float]:
        """The shift that brings the subject towards the frame's centre as the lens closes in, never past the edge."""
        reach = share * (1 - 1 / max(zoom, 1.0))
        return self.subject[0] * reach, self.subject[1] * reach


def take(
    seed: int, motion: str | None, seconds: float, width: int, height: int, subject: tuple[float, float] = (0.0, 0.0)
) -> Take:
    """A take for one clip; `subject` is in half sides of the frame, -1..1. Raises ValueError for an unknown motion."""
    if (motion or "auto") not in AMOUNTS:
        raise ValueError(f"motion {motion!r} is not one of {', '.join(AMOUNTS)}.")
    rolls = np.random.Generator(np.random.PCG64(abs(seed) * 2 + (seed < 0))).random(16) * 2 - 1
    half = min(width, height)
    half_width, half_height = width / half, height / half
    near = (max(-0.5, min(0.5, subject[0])) * half_width, max(-0.5, min(0.5, subject[1])) * half_height)
    amount = AMOUNTS[motion or "auto"] * (1 + 0.1 * float(rolls[15]))
    return Take(amount, seconds, half_width, half_height, near, tuple(float(roll) for roll in rolls))
