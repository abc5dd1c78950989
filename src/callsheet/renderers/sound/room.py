"""The few tools that music, effects, speech and mixing share: reverb, equaliser, panning and fades."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.sound.waves import decay, noise

Mono = NDArray[np.float32]
Stereo = NDArray[np.float32]


class Convolver:
    """Filters a stereo stream by an impulse response of shape (taps, 2), block by block, each side by its own.

    `feed` returns as many samples as came; `flush` returns the taps - 1 that ring on after the last.
    """

    def __init__(self, response: Stereo) -> None:
        self._taps = len(response)
        self._size = 1 << math.ceil(math.log2(max(4096, 4 * self._taps)))
        self._step = self._size - self._taps + 1
        self._spectrum = np.fft.rfft(response.T, self._size, axis=1).astype(np.complex64)
        self._ringing = np.zeros((self._taps - 1, 2), np.float32)

    def feed(self, stereo: Stereo) -> Stereo:
        made = np.empty_like(stereo)
        for start in range(0, len(stereo), self._step):
            part = stereo[start : start + self._step]
            made[start : start + len(part)] = self._convolved(part)
        return made

    def flush(self) -> Stereo:
        ringing, self._ringing = self._ringing, np.zeros_like(self._ringing)
        return ringing

    def _convolved(self, part: Stereo) -> Stereo:
        size = self._size if len(part) == self._step else _enough(len(part) + self._taps - 1)
        spectrum = self._spectrum if size == self._size else self._spectrum[:, :: self._size // size]
        heard = np.fft.irfft(np.fft.rfft(part.T, size, axis=1) * spectrum, size, axis=1).T
        whole = heard[: len(part) + self._taps - 1].astype(np.float32)
        whole[: self._taps - 1] += self._ringing
        self._ringing = whole[len(part) :].copy()
        return whole[: len(part)]


def hall(throw: np.random.Generator, seconds: float, *, bright: float = 0.5, wait: float = 0.015) -> Stereo:
    """The impulse response of a room that rings for `seconds` (to -60 dB), of unit energy on each side.

    High sound dies sooner, the more so the less `bright` (0..1) it is; `wait` seconds pass before the first echo.
    """
    count = max(64, int(seconds * SAMPLE_RATE))
    made = np.zeros((count, 2), np.float32)
    for side in range(2):
        grains = noise(throw, count)
        for low, high, share in _BANDS:
            lasting = seconds * (share + (1 - share) * (0.35 + 0.65 * bright))
            made[:, side] += shaped(grains, [(low, 1.0), (high, 1.0)], outside=0.0) * decay(count, lasting)
    first = int(wait * SAMPLE_RATE)
    made = np.concatenate([np.zeros((first, 2), np.float32), made * swell(count, 0.004)[:, None]])
    return made / np.sqrt((made**2).sum(axis=0, keepdims=True) + np.float32(1e-12))


_BANDS = ((60.0, 250.0, 0.9), (250.0, 1000.0, 1.0), (1000.0, 4000.0, 0.55), (4000.0, 12000.0, 0.0))


def reverb(stereo: Stereo, response: Stereo, wet: float) -> Stereo:
    """The sound with its room: `wet` times what the room answers is added. It rings on for the response's length."""
    room = Convolver(response)
    answer = np.concatenate([room.feed(stereo), room.flush()])
    answer *= np.float32(wet)
    answer[: len(stereo)] += stereo
    return answer


def equaliser(points: Sequence[tuple[float, float]], taps: int = 2047) -> Mono:
    """A linear-phase filter through (hertz, decibel) points, straight between them on a logarithmic scale.

    It delays by (taps - 1) / 2 samples. Points rise in frequency; beyond the first and the last the level holds.
    """
    size = 8192
    hertz = np.maximum(np.arange(size // 2 + 1) * (SAMPLE_RATE / size), 1.0)
    where = [math.log(max(point[0], 1.0)) for point in points]
    curve = np.interp(np.log(hertz), where, [point[1] for point in points])
    click = np.roll(np.fft.irfft(10 ** (curve / 20), size), (taps - 1) // 2)[:taps]
    return (click * np.hanning(taps + 2)[1:-1]).astype(np.float32)


def shaped(mono: Mono, points: Sequence[tuple[float, float]], outside: float | None = None) -> Mono:
    """The sound with its spectrum weighed: factors at frequencies, straight between them on a logarithmic scale.

    `outside` is the factor well beyond the first and last point (an octave past them); left out, theirs holds.
    """
    count = len(mono)
    size = _enough(count)
    hertz = np.maximum(np.arange(size // 2 + 1) * (SAMPLE_RATE / size), 1.0)
    wanted = list(points)
    if outside is not None:
        wanted = [(points[0][0] / 2, outside), *points, (points[-1][0] * 2, outside)]
    where = [math.log(max(point[0], 1.0)) for point in wanted]
    curve = np.interp(np.log(hertz), where, [point[1] for point in wanted]).astype(np.float32)
    return np.fft.irfft(np.fft.rfft(mono, size) * curve, size)[:count].astype(np.float32)


def pan(mono: Mono, where: float) -> Stereo:
    """One channel placed between left (-1) and right (1) at the same power everywhere."""
    left, right = sides(where)
    return np.stack([mono * np.float32(left), mono * np.float32(right)], axis=1)


def sides(where: float) -> tuple[float, float]:
    """How loud each side is for a place between -1 and 1."""
    angle = (min(1.0, max(-1.0, where)) + 1) * math.pi / 4
    return math.cos(angle) * math.sqrt(2), math.sin(angle) * math.sqrt(2)


def swell(count: int, seconds: float) -> Mono:
    """An envelope that rises smoothly over `seconds` and stays at 1."""
    length = min(count, max(1, int(seconds * SAMPLE_RATE)))
    rise = np.array([0.5 - 0.5 * math.cos(math.pi * (k + 0.5) / length) for k in range(length)], np.float32)
    return np.concatenate([rise, np.ones(count - length, np.float32)])


def faded(stereo: Stereo, rise: float = 0.0, fall: float = 0.0) -> Stereo:
    """The sound with smooth edges: it comes over `rise` seconds and goes over `fall`."""
    made = stereo.copy()
    if rise > 0:
        made *= swell(len(made), rise)[:, None]
    if fall > 0:
        made *= swell(len(made), fall)[::-1, None]
    return made


def _enough(count: int) -> int:
    return 1 << math.ceil(math.log2(max(2, count)))
