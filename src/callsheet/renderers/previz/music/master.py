"""Mastering: a piece of any length brought to a balanced tone, a loudness and a ceiling, through one file on disk."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.scene import Progress
from callsheet.renderers.sound.levels import Meter
from callsheet.renderers.sound.limiter import Limiter
from callsheet.renderers.sound.room import Convolver, equaliser

Stereo = NDArray[np.float32]

LOUDNESS = -14.0
CEILING = -1.2
"""dBTP; an encoder that loses something adds a little to the peaks."""

_BANDS = (31.5, 63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0)
_TARGET = (-10.0, -1.5, -1.0, -1.5, -2.5, -4.5, -7.0, -10.0, -14.5, -24.0)
"""Octave levels of a balanced master, in dB: level to 250 Hz, falling 2 to 3 dB an octave, steeper at the top."""
_SHARE, _MOST = 0.7, 8.0
_TAPS = 2047
_CHUNK = 4 * SAMPLE_RATE
_WINDOW = 8192
_CLOSE = 0.08
_TRIES = 3


def mastered(blocks: Iterable[Stereo], count: int, spool: Path, progress: Progress) -> Iterator[Stereo]:
    """The mastered blocks of `count` samples. `spool` holds the mix meanwhile and is removed at the end.

    `progress` hears 0..1 up to the first mastered block.
    """
    try:
        with spool.open("w+b") as held:
            bands = _spooled(blocks, count, held, progress)
            level = _equalised(held, count, bands)
            gain = _gain(held, count, level)
            yield from _limited(held, count, gain)
    finally:
        spool.unlink(missing_ok=True)


def _spooled(blocks: Iterable[Stereo], count: int, held: BinaryIO, progress: Progress) -> NDArray[np.float64]:
    """Write the mix and return the power in each octave."""
    power = np.zeros(_WINDOW // 2 + 1)
    done = 0
    window = np.hanning(_WINDOW).astype(np.float32)
    for block in blocks:
        held.write(np.ascontiguousarray(block, np.float32).tobytes())
        mono = block.mean(axis=1)
        for start in range(0, len(mono) - _WINDOW, _WINDOW * 2):
            spectrum = np.fft.rfft(mono[start : start + _WINDOW] * window)
            power += spectrum.real.astype(np.float64) ** 2 + spectrum.imag.astype(np.float64) ** 2
        done += len(block)
        progress(done / count)
    hertz = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE)
    edges = [(centre / math.sqrt(2), centre * math.sqrt(2)) for centre in _BANDS]
    return np.array([power[(hertz >= low) & (hertz < high)].sum() + 1e-9 for low, high in edges])


def _equalised(held: BinaryIO, count: int, bands: NDArray[np.float64]) -> float:
    """Bend the mix towards the target, in place, and return its loudness."""
    taps = equaliser(_curve(bands), _TAPS)
    convolver = Convolver(np.stack([taps, taps], axis=1))
    meter, lag, at = Meter(), (_TAPS - 1) // 2, 0
    late = lag
    for block in _chunks(held, count + lag):
        made = convolver.feed(block)
        made, late = made[late:], max(0, late - len(made))
        meter.feed(made)
        back = held.tell()
        held.seek(at * 8)
        held.write(made.tobytes())
        held.seek(back)
        at += len(made)
    return meter.value()


def _curve(bands: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Decibels per octave: part of the way from what it is to what it should be, around the middle's level."""
    have = [10 * math.log10(power) for power in bands]
    away = [want - is_ for want, is_ in zip(_TARGET, have, strict=True)]
    middle = sum(away[2:7]) / 5
    bent = [max(-_MOST, min(_MOST, _SHARE * (part - middle))) for part in away]
    bent[0], bent[-1] = min(bent[0], 0.0), min(bent[-1], 3.0)
    return [(hertz, round(level, 3)) for hertz, level in zip(_BANDS, bent, strict=True)]


def _gain(held: BinaryIO, count: int, level: float) -> float:
    """The gain in dB that gives the wanted loudness once the limiter has taken its part."""
    if level == -math.inf:
        return 0.0
    gain = LOUDNESS - level
    for _ in range(_TRIES):
        meter = Meter()
        for block in _limited(held, count, gain):
            meter.feed(block)
        off = LOUDNESS - meter.value()
        gain = round(gain + off, 4)
        if abs(off) < _CLOSE:
            break
    return gain


def _limited(held: BinaryIO, count: int, gain: float) -> Iterator[Stereo]:
    limiter, factor = Limiter(CEILING), np.float32(10 ** (gain / 20))
    for block in _chunks(held, count):
        yield limiter.feed(block * factor)
    yield limiter.flush()


def _chunks(held: BinaryIO, count: int) -> Iterator[Stereo]:
    """The spool from its beginning, `count` samples; where it is shorter, silence."""
    held.seek(0)
    for start in range(0, count, _CHUNK):
        wanted = min(_CHUNK, count - start)
        made = np.frombuffer(held.read(wanted * 8), np.float32).reshape(-1, 2)
        yield made if len(made) == wanted else np.concatenate([made, np.zeros((wanted - len(made), 2), np.float32)])
