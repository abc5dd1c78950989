"""Noise and slow chance for effects: coloured, and circular, so that a bed's end flows into its beginning."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.sound import waves

Mono = NDArray[np.floating]
Stereo = NDArray[np.floating]
Throw = np.random.Generator


def at(seconds: float) -> int:
    """Seconds as samples."""
    return round(seconds * SAMPLE_RATE)


def filtered(mono: Mono, low: float = 1.0, high: float = 20_000.0, order: int = 2, pink: bool = False) -> Mono:
    """Keep what lies between two frequencies in hertz, by FFT and therefore around the end.

    Each edge falls by 6 dB an octave and `order`, which is 1, 2 or 4; `pink` lets the whole fall by 3 dB an octave.
    """
    count = len(mono)
    made = np.fft.irfft(np.fft.rfft(mono) * _gains(count, low, high, order, pink), count)
    return made.astype(np.float32)


def hiss(throw: Throw, count: int, low: float, high: float, order: int = 2, pink: bool = False) -> Mono:
    """Circular noise between two frequencies, of root mean square 1."""
    return levelled(filtered(waves.noise(throw, count), low, high, order, pink))


def wide(throw: Throw, count: int, low: float, high: float, order: int = 2, pink: bool = False) -> Stereo:
    """The same in stereo, each side its own noise, with a third in common so that a mono speaker keeps it."""
    middle, left, right = (hiss(throw, count, low, high, order, pink) for _ in range(3))
    return np.stack([0.5 * middle + 0.86 * left, 0.5 * middle + 0.86 * right], axis=1).astype(np.float32)


def levelled(mono: Mono) -> Mono:
    """Scaled to a root mean square of 1; silence stays silence."""
    power = float(np.dot(mono, mono)) / max(len(mono), 1)
    return (mono * np.float32(1 / np.sqrt(power))).astype(np.float32) if power > 1e-20 else mono


def wander(throw: Throw, count: int, rate: float, low: float, high: float) -> Mono:
    """A smooth curve by chance between `low` and `high` with about `rate` turns a second; it ends where it began."""
    knots = max(3, round(rate * count / SAMPLE_RATE))
    values = low + (high - low) * throw.random(knots)
    place = np.arange(count) * (knots / count)
    index = place.astype(np.intp)
    part = place - index
    part = part * part * (3 - 2 * part)
    before, after = values[index % knots], values[(index + 1) % knots]
    return (before + (after - before) * part).astype(np.float32)


def instants(throw: Throw, count: int, rate: float) -> NDArray[np.intp]:
    """Moments by chance, `rate` a second in the mean, sorted, in samples."""
    many = max(1, round(rate * count / SAMPLE_RATE))
    return np.sort((throw.random(many) * count).astype(np.intp))


def bent(count: int, *points: tuple[float, float]) -> Mono:
    """A line through points (share of the length, value), straight between them."""
    shares, values = zip(*points, strict=True)
    return np.interp(np.arange(count), np.array(shares) * count, np.array(values)).astype(np.float32)


@lru_cache(maxsize=24)
def _gains(count: int, low: float, high: float, order: int, pink: bool) -> NDArray[np.float32]:
    """Plain arithmetic and square roots only: these are the same on every processor, powers and cosines are not."""
    f = np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE), 1.0)
    below, above = low / f, f / high
    for _ in range({1: 1, 2: 2, 4: 3}[order]):
        below, above = below * below, above * above
    gains = 1 / np.sqrt((1 + below) * (1 + above))
    if pink:
        gains *= np.sqrt(low / np.maximum(f, low / 2))
    gains[0] = 0.0
    return gains.astype(np.float32)
