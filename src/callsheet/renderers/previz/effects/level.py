"""How loud a sound's loudest moment is, by which every recipe is set to its level before it is mixed."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE

_HOP = SAMPLE_RATE // 10
_QUIETEST = -120.0


def loudest(sound: NDArray[np.floating]) -> float:
    """The loudest 400 ms of mono or stereo samples in LUFS (momentary, BS.1771 in steps of 100 ms).

    Mono counts as the same on both sides. What is shorter is followed by silence. -120 for silence.
    """
    stereo = sound[:, None] if sound.ndim == 1 else sound
    hops = max(4, -(-len(stereo) // _HOP) + 1)
    size = hops * _HOP
    weighted = np.fft.irfft(np.fft.rfft(stereo, size, axis=0) * _weights(size)[:, None], size, axis=0)
    power = (weighted.reshape(hops, _HOP, -1) ** 2).mean(axis=1).sum(axis=1) * (2 if sound.ndim == 1 else 1)
    moments = np.convolve(power, np.full(4, 0.25), "valid")
    return -0.691 + 10 * math.log10(max(float(moments.max()), 10 ** (_QUIETEST / 10)))


def factor(decibels: float) -> np.float32:
    """Decibels as a factor."""
    return np.float32(10 ** (decibels / 20))


def _weights(size: int) -> NDArray[np.float32]:
    """BS.1770's shelf of +4 dB above 1.7 kHz and its high pass near 38 Hz, as gains of a transform's bins."""
    f = np.maximum(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), 1e-3)
    shelf = f / 1681.97
    shelf = shelf * shelf * shelf * shelf
    high = f / 38.135
    high = high * high
    return (np.sqrt((1 + 2.5119 * shelf) / (1 + shelf)) * high / (1 + high)).astype(np.float32)
