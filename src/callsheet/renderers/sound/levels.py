"""How loud a sound is, by ITU-R BS.1770-4, and how it is brought to a loudness without clipping."""

from __future__ import annotations

import cmath
import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.sound.limiter import limited

Stereo = NDArray[np.float32]
"""Shape (samples, 2), or (samples, 1) where one channel is heard on both sides."""

_HOP = SAMPLE_RATE // 10
_STEP = 6 * _HOP
_SIZE = 32_768
_PAST = _SIZE - _STEP
_SILENCE = -70.0
_CLOSE = 0.03
_TRIES = 6


class Meter:
    """Integrated loudness of sound that comes in blocks of any length, kept as ten numbers a second."""

    def __init__(self) -> None:
        self._past: Stereo | None = None
        self._waiting: list[Stereo] = []
        self._count = 0
        self._energies: list[float] = []

    def feed(self, stereo: Stereo) -> None:
        """Take the next samples, shape (n, 2) or (n, 1), the same all along."""
        self._waiting.append(np.asarray(stereo, np.float32))
        self._count += len(stereo)
        if self._count < _STEP:
            return
        joined = np.concatenate(self._waiting)
        whole = len(joined) // _STEP * _STEP
        for start in range(0, whole, _STEP):
            self._weigh(joined[start : start + _STEP])
        self._waiting = [joined[whole:].copy()]
        self._count = len(joined) - whole

    def value(self) -> float:
        """LUFS of all that was fed, gated; -inf where it is silent. Sound under 400 ms counts as one block."""
        energies = self._energies + self._rest()
        if len(energies) < 4:
            total = sum(energies) + self._tail_energy()
            return _level(total / max(1, len(energies) * _HOP + self._count % _HOP))
        powers = np.convolve(np.asarray(energies), np.ones(4), "valid") / (4 * _HOP)
        audible = powers[powers > _power(_SILENCE)]
        if not len(audible):
            return -math.inf
        gate = float(audible.mean()) / 10
        return _level(float(audible[audible > gate].mean()))

    def _weigh(self, step: Stereo) -> None:
        self._energies += _summed(self._weighted(step), 6)
        self._past = step[-_PAST:]

    def _weighted(self, step: Stereo) -> NDArray[np.float32]:
        """The squares of the K-weighted samples of a step, padded to its full length."""
        window = np.zeros((step.shape[1], _SIZE), np.float32)
        if self._past is not None:
            window[:, :_PAST] = self._past.T
        window[:, _PAST : _PAST + len(step)] = step.T
        heard = np.fft.irfft(np.fft.rfft(window, axis=1) * _k_weighting(), _SIZE, axis=1)[:, _PAST:]
        return np.ascontiguousarray((heard * heard).T, np.float32)

    def _rest(self) -> list[float]:
        """The energies of the full hops that wait for a step to fill."""
        hops = self._count // _HOP
        if not hops:
            return []
        return _summed(self._weighted(np.concatenate(self._waiting)), hops)

    def _tail_energy(self) -> float:
        if not self._count % _HOP:
            return 0.0
        squares = self._weighted(np.concatenate(self._waiting))[: self._count]
        rest = squares[self._count // _HOP * _HOP :]
        return float(rest.astype(np.float64).sum()) * 2 / rest.shape[1]


def _summed(squares: NDArray[np.float32], hops: int) -> list[float]:
    """The energy of each hop over both sides; one channel is heard on both."""
    sides = squares.shape[1]
    whole = squares[: hops * _HOP].reshape(hops, _HOP * sides).astype(np.float64)
    return (whole.sum(axis=1) * (2 / sides)).tolist()


def loudness(stereo: Stereo) -> float:
    """Integrated loudness in LUFS of samples of shape (n, 2) or (n, 1), gated; -inf for silence."""
    meter = Meter()
    meter.feed(stereo)
    return meter.value()


def normalised(stereo: Stereo, lufs: float = -14.0, peak_db: float = -1.0) -> Stereo:
    """The sound at a loudness in LUFS, limited so that its true peak stays under `peak_db`.

    What is all peaks and little else (a single click) stays softer than asked, as the ceiling has it. Silence stays.
    """
    level = loudness(stereo)
    if level == -math.inf:
        return stereo
    made, gain = stereo, 0.0
    for _ in range(_TRIES):
        gain = round(min(gain + lufs - level, 60.0), 4)
        made = limited(stereo * np.float32(10 ** (gain / 20)), peak_db)
        level = loudness(made)
        if abs(level - lufs) < _CLOSE:
            break
    return made


def _level(power: float) -> float:
    return -0.691 + 10 * math.log10(power) if power > 1e-13 else -math.inf


def _power(level: float) -> float:
    return 10 ** ((level + 0.691) / 10)


@cache
def _k_weighting() -> NDArray[np.complex64]:
    """BS.1770's two filters at 44.1 kHz as a response over the transform's bins.

    Their answers to a click fade within 100 ms, far less than a window's past: the product is the filters themselves.
    """
    turns = [cmath.exp(-2j * math.pi * k / _SIZE) for k in range(_SIZE // 2 + 1)]
    shelf, high = _shelf(), _high_pass()
    return np.array([_response(shelf, z) * _response(high, z) for z in turns], np.complex64)


def _response(biquad: tuple[float, ...], z: complex) -> complex:
    b0, b1, b2, a1, a2 = biquad
    return (b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)


def _shelf() -> tuple[float, ...]:
    """The head's shelf of +4 dB, from its analogue form, so that it holds at 44.1 kHz (the standard prints 48 kHz)."""
    k, q = math.tan(math.pi * 1681.974450955533 / SAMPLE_RATE), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    return (
        (high + band * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    )


def _high_pass() -> tuple[float, ...]:
    k, q = math.tan(math.pi * 38.13547087602444 / SAMPLE_RATE), 0.5003270373238773
    a0 = 1 + k / q + k * k
    return (1.0, -2.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)
