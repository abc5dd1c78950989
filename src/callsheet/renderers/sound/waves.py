"""Sine, decay and noise of plain arithmetic: the same samples on any machine, and faster than the general functions."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE

Mono = NDArray[np.float32]

# numpy's sin, exp and tanh differ in their last bits by what the processor offers. A polynomial, fitted to sin(2 pi x)
# over a quarter of a turn to either side, does not; its error is below single precision.
_SINE = (6.28318516, -41.34165493, 81.60099819, -76.54965682, 39.53581371)
_GRAIN = 256


def sine(turns: NDArray[np.floating]) -> Mono:
    """The sine of a phase counted in whole turns. Give long phases in double precision, or they lose their pitch."""
    within = (turns - np.rint(turns)).astype(np.float32, copy=False)
    quarter = np.float32(0.25)
    x = np.copysign(quarter - np.abs(np.abs(within) - quarter), within)
    square = x * x
    made = np.float32(_SINE[4]) * square
    for factor in _SINE[3:0:-1]:
        made += np.float32(factor)
        made *= square
    made += np.float32(_SINE[0])
    return (made * x).astype(np.float32, copy=False)


def tone(pitch: float, count: int, phase: float = 0.0) -> Mono:
    """A sine of `pitch` hertz, `count` samples long, that begins `phase` turns into its wave."""
    return sine(np.arange(count) * (pitch / SAMPLE_RATE) + phase)


def decay(count: int, seconds: float) -> Mono:
    """From 1 downwards, falling to a thousandth (-60 dB) every `seconds`."""
    rate = math.log(1000.0) / max(seconds * SAMPLE_RATE, 1e-9)
    return _falling(count, rate)


def ramp(count: int, start: float, end: float) -> Mono:
    """A straight line of `count` samples from `start` towards `end`, which the next sample would have."""
    return (start + (end - start) * (np.arange(count) / max(count, 1))).astype(np.float32)


def noise(throw: np.random.Generator, count: int) -> Mono:
    """White noise between -1 and 1."""
    return throw.random(count, np.float32) * np.float32(2) - np.float32(1)


def soft(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bend what is loud towards -1..1, as a tube or a tape does: near tanh, never beyond 1."""
    x = np.asarray(np.clip(values, -3, 3), np.float32)
    square = x * x
    return np.asarray(x * (27 + square) / (27 + 9 * square), np.float32)


def _falling(count: int, rate: float) -> Mono:
    """exp(-rate * n) as an outer product of two short tables."""
    rough, fine = _tables(count, rate)
    made = (rough[:, None] * fine[None, :]).ravel()[:count]
    made.flags.writeable = False
    return made


@lru_cache(maxsize=256)
def _tables(count: int, rate: float) -> tuple[Mono, Mono]:
    """Kept in place of what they make, which is hundreds of times as large."""
    fine = np.array([math.exp(-rate * n) for n in range(min(_GRAIN, max(count, 1)))], np.float32)
    rough = np.array([math.exp(-min(rate * n, 700.0)) for n in range(0, count, _GRAIN)], np.float32)
    return rough, fine
