"""What a recipe is: a function that makes a sound, how it is played, and a claim that can be measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE

Make = Callable[[np.random.Generator, int], NDArray[np.floating]]
"""Makes so many samples, mono (n,) or stereo (n, 2) float32, all chance from the generator. Its level is free."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Claim:
    """What measuring the sound must find, each as a range from..to; None claims nothing.

    `centroid` is the middle of its power in hertz, `pitch` its strongest partial in hertz, `onsets` how many a second,
    `decay` the seconds from its loudest moment until it stays 20 dB below, `travel` how many times higher or lower its
    pitch gets. `tonal`: True for partials that stand out, False for noise.
    """

    centroid: Span | None = None
    pitch: Span | None = None
    onsets: Span | None = None
    decay: Span | None = None
    travel: Span | None = None
    tonal: bool | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """One sound; `about` says in words what is made. What calls for it stands in words.toml.

    `seconds` is its own length, a bed's loop. A `bed` goes on as long as it is wanted and flows into its own
    beginning. Other sounds happen: `every` so many seconds when they happen again (`loose` is the share by which that
    varies), which they do by themselves where `repeats`; `usual` is how many make one occasion: a knock is three. One
    that can be longer or shorter without being another sound says by how much in `stretch`. `wet` is how much of a
    room belongs to it, 0..1. `level` is how loud its loudest moment is, in LUFS (momentary, as in BS.1771), when
    nothing else is said.
    """

    name: str
    about: str
    make: Make
    claim: Claim
    level: float
    seconds: float
    bed: bool = False
    every: float = 1.0
    repeats: bool = False
    loose: float = 0.08
    usual: int = 1
    wet: float = 0.0
    stretch: Span | None = None

    @property
    def count(self) -> int:
        """Its own length in samples."""
        return round(self.seconds * SAMPLE_RATE)
