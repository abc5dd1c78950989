"""Lines and pauses one after the other as one sound at 44.1 kHz: exact in time, even in loudness, in blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz.speech.worker import RATE
from callsheet.renderers.sound.levels import Meter
from callsheet.renderers.sound.limiter import Limiter

Mono = NDArray[np.float32]
"""Shape (samples, 1): a voice is one channel, heard on both sides."""

_BLOCK = 1 << 17
_TAPS = 24
_NEAR = 0.05
_TRIES = 4


class Track:
    """`line(samples, gain)` and `pause(seconds)` in order; then `levelled(lufs)` gives the sound, and its gain in dB.

    Lines are mono of 16 bits at the synthesiser's rate and stay so until they are given out: an hour is 160 MB.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[NDArray[np.int16], float]] = []
        self._length = 0

    @property
    def length(self) -> int:
        """In samples at 44.1 kHz."""
        return self._length

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self._length / SAMPLE_RATE

    def line(self, samples: NDArray[np.int16], gain: float = 0.0) -> None:
        """Add what was spoken, louder or softer by `gain` decibels."""
        self._parts.append((samples, 10 ** (gain / 20)))
        self._length += 2 * len(samples)

    def pause(self, seconds: float) -> None:
        """Add silence, to half a sample of its length."""
        silent = np.broadcast_to(np.int16(0), (round(seconds * RATE),))
        self._parts.append((silent, 0.0))
        self._length += 2 * len(silent)

    def loudness(self) -> float:
        """In LUFS, before it is levelled; -inf where all is silent."""
        return _measured(self._blocks(1.0))

    def levelled(self, gain: float, peak_db: float) -> Iterator[Mono]:
        """The sound in blocks, `gain` decibels louder, with no true peak above `peak_db`."""
        limiter = Limiter(peak_db)
        for block in self._blocks(10 ** (gain / 20)):
            yield limiter.feed(block)
        yield limiter.flush()

    def gain(self, lufs: float, peak_db: float) -> tuple[float, float]:
        """By how many decibels it must be louder to be at `lufs` behind the limiter, and how loud it then is."""
        level = self.loudness()
        if level == -math.inf:
            return 0.0, level
        gain = round(lufs - level, 4)  # sums differ in their last digits with the machine; the samples must not
        for _ in range(_TRIES):
            level = _measured(self.levelled(gain, peak_db))
            if abs(lufs - level) < _NEAR:
                break
            gain = round(min(gain + lufs - level, 40.0), 4)
        return gain, level

    def _blocks(self, factor: float) -> Iterator[Mono]:
        for samples, gain in self._parts:
            for start in range(0, len(samples), _BLOCK):
                mono = _doubled(samples, start, min(start + _BLOCK, len(samples)))
                mono *= np.float32(factor * gain / 32_768)
                yield mono[:, None]


def _measured(blocks: Iterator[Mono]) -> float:
    meter = Meter()
    for block in blocks:
        meter.feed(block)
    return meter.value()


def _doubled(samples: NDArray[np.int16], start: int, end: int) -> NDArray[np.float32]:
    """A stretch at twice the rate: every sample stays, and between every two stands what the wave is there."""
    before, after = max(0, start - _TAPS), min(len(samples), end + _TAPS)
    window = np.zeros(end - start + 2 * _TAPS, np.float32)
    window[before - start + _TAPS : after - start + _TAPS] = samples[before:after]
    made = np.empty(2 * (end - start), np.float32)
    made[0::2] = window[_TAPS : _TAPS + end - start]
    between = np.zeros(end - start, np.float32)
    for offset, tap in enumerate(_half()):
        between += window[offset + 1 : offset + 1 + end - start] * np.float32(tap)
    made[1::2] = between
    return made


@cache
def _half() -> tuple[float, ...]:
    """A windowed sinc for half a sample on; tap k weighs the sample k - _TAPS + 1 from the place."""
    away = [k - _TAPS + 0.5 for k in range(2 * _TAPS)]
    taps = [math.sin(math.pi * x) / (math.pi * x) * math.cos(math.pi * x / (2 * _TAPS)) ** 2 for x in away]
    return tuple(tap / sum(taps) for tap in taps)
