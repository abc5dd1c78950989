"""A look-ahead limiter: no true peak above a ceiling, gain that moves smoothly, and any number of blocks."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

Stereo = NDArray[np.float32]
"""Shape (samples, 2), or (samples, 1) where one channel is heard on both sides."""

_HOP = 32
_REACH = 64
"""How many hops the gain looks to either side: 46 ms, slow enough that the bass stays clean."""
_EDGE = 8
"""Samples needed to either side of one to know the wave between it and its neighbours."""
_WORTH = 0.6
"""A wave between samples never stands higher than about 1/0.6 of the samples around it: below, none is looked at."""


class Limiter:
    """Limits blocks in order: `feed` returns what is ready, later than it came; `flush` returns the rest.

    All that was fed comes out, sample for sample. `peak_db` is the ceiling in dBTP (ITU-R BS.1770, four times
    oversampled). Where nothing exceeds it, samples come out unchanged.
    """

    def __init__(self, peak_db: float = -1.0) -> None:
        self._ceiling = 10 ** (peak_db / 20)
        self._window = np.zeros((0, 2), np.float32)
        self._held: list[Stereo] = []
        # The wanted gain per hop, from _REACH + 1 hops before the next one to go out.
        self._wanted = np.ones(2 * _REACH + 1, np.float32)
        self._ready = 0

    def feed(self, stereo: Stereo) -> Stereo:
        """Take a block of any length and return what can be given by now."""
        if not len(self._window):
            self._window = np.zeros((_EDGE, stereo.shape[1]), np.float32)
        self._window = np.concatenate([self._window, stereo])
        hops = (len(self._window) - 2 * _EDGE) // _HOP
        if hops < 1:
            return self._window[:0]
        take = hops * _HOP
        wanted = self._wish(self._window[: take + 2 * _EDGE], hops)
        self._held.append(self._window[_EDGE : _EDGE + take])
        self._window = self._window[take:]
        return self._pass(wanted)

    def flush(self) -> Stereo:
        """Return all that is left."""
        rest = max(0, len(self._window) - _EDGE)
        owed = rest + sum(map(len, self._held))
        silence = -rest % _HOP + (2 * _REACH + 2) * _HOP + 2 * _EDGE
        return self.feed(np.zeros((silence, self._window.shape[1]), np.float32))[:owed]

    def _wish(self, window: Stereo, hops: int) -> NDArray[np.float32]:
        """The gain each hop needs on its own, at most 1."""
        inner = np.abs(window[_EDGE : _EDGE + hops * _HOP]).reshape(hops, -1).max(axis=1)
        loud = np.flatnonzero(inner > self._ceiling * _WORTH)
        if len(loud):
            inner[loud] = np.maximum(inner[loud], _between(window, loud))
        return np.minimum(np.float32(1), np.float32(self._ceiling) / np.maximum(inner, np.float32(1e-9)))

    def _pass(self, wanted: NDArray[np.float32]) -> Stereo:
        """Give out every hop whose neighbours are known far enough ahead."""
        known = np.concatenate([self._wanted, wanted])
        count = len(known) - (4 * _REACH + 1)
        if count < 1:
            self._wanted = known
            return self._window[:0]
        lowest = np.lib.stride_tricks.sliding_window_view(known, 2 * _REACH).min(axis=1)
        edges = np.convolve(lowest, _weights(), "valid")[: count + 1].astype(np.float32)
        self._wanted = known[count:]
        held = np.concatenate(self._held)
        out, rest = held[: count * _HOP], held[count * _HOP :]
        self._held = [rest]
        if edges.min() >= 1:
            return out
        share = (np.arange(_HOP, dtype=np.float32) / np.float32(_HOP))[None, :]
        gain = edges[:-1, None] * (1 - share) + edges[1:, None] * share
        return (out * gain.reshape(-1, 1)).astype(np.float32, copy=False)


def limited(stereo: Stereo, peak_db: float = -1.0) -> Stereo:
    """The whole sound with no true peak above `peak_db` dBTP."""
    limiter = Limiter(peak_db)
    return np.concatenate([limiter.feed(stereo), limiter.flush()])


def true_peak(stereo: Stereo) -> float:
    """The highest level of the wave, between samples too, as a factor: 1 is full scale."""
    if not len(stereo):
        return 0.0
    hops = -(-len(stereo) // _HOP)
    window = np.zeros((hops * _HOP + 2 * _EDGE, 2), np.float32)
    window[_EDGE : _EDGE + len(stereo)] = stereo
    inner = np.abs(window[_EDGE:-_EDGE]).reshape(hops, _HOP * 2).max(axis=1)
    loud = np.flatnonzero(inner >= inner.max() * _WORTH)
    return float(max(inner.max(), _between(window, loud).max()))


def _between(window: Stereo, hops: NDArray[np.intp]) -> NDArray[np.float32]:
    """The highest value between the samples of each hop, at three places between every two."""
    at = (hops[:, None] * _HOP + np.arange(_HOP)[None, :]).ravel()
    highest = np.zeros(len(hops), np.float32)
    for taps in _fractions():
        made = np.zeros((len(at), window.shape[1]), np.float32)
        for offset, factor in enumerate(taps):
            made += window[at + offset] * np.float32(factor)
        highest = np.maximum(highest, np.abs(made).reshape(len(hops), -1).max(axis=1))
    return highest


@cache
def _fractions() -> tuple[tuple[float, ...], ...]:
    """Windowed sinc taps for a quarter, a half and three quarters between the taps' middle pair.

    Tap k weighs the sample k - _EDGE + 1 from the place itself, so that a hop needs _EDGE samples to either side.
    """
    made: list[tuple[float, ...]] = []
    for share in (0.25, 0.5, 0.75):
        away = [k - _EDGE - share for k in range(2 * _EDGE + 1)]
        taps = [math.sin(math.pi * x) / (math.pi * x) * math.cos(math.pi * x / (2 * _EDGE + 2)) ** 2 for x in away]
        made.append(tuple(tap / sum(taps) for tap in taps))
    return tuple(made)


@cache
def _weights() -> NDArray[np.float64]:
    """A Hann bell over the reach, summing to just below 1 so that no rounding lifts a gain above what was wanted."""
    bell = np.array([math.sin(math.pi * (k + 0.5) / (2 * _REACH)) ** 2 for k in range(2 * _REACH)])
    return bell / bell.sum()
