"""Things that sound: struck bodies, tones that glide, voices with formants, and where in the stereo they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz.effects.noise import Mono, Stereo, Throw, at, bent, filtered
from callsheet.renderers.sound import waves

Partial = tuple[float, float, float]
"""Hertz, gain, and the seconds in which it falls by 60 dB."""


def struck(count: int, partials: Iterable[Partial], attack: float = 0.0008) -> Mono:
    """A body struck once: decaying partials that begin together."""
    made = np.zeros(count, np.float32)
    for k, (pitch, gain, seconds) in enumerate(partials):
        length = min(count, at(seconds * 1.4) + 1)
        made[:length] += np.float32(gain) * waves.tone(pitch, length, 0.13 * k) * waves.decay(length, seconds)
    return made * edge(count, attack)


def puff(throw: Throw, count: int, seconds: float, low: float, high: float, order: int = 2) -> Mono:
    """Noise between two frequencies that begins at once and falls by 60 dB in `seconds`.

    It is filtered before it falls: the filter rings to both sides, and would be heard before the beginning.
    """
    return filtered(waves.noise(throw, count), low, high, order) * waves.decay(count, seconds)


def turns(pitch: NDArray[np.floating] | Sequence[float]) -> NDArray[np.float64]:
    """The phase, in whole turns, of a tone that has this pitch in hertz at each sample."""
    return np.cumsum(np.asarray(pitch, np.float64)) / SAMPLE_RATE


def buzz(phase: NDArray[np.floating], gains: Sequence[float]) -> Mono:
    """Harmonics 1, 2, 3 ... of a phase with these gains."""
    made = np.zeros(len(phase), np.float32)
    for k, gain in enumerate(gains):
        if gain:
            made += np.float32(gain) * waves.sine(phase * (k + 1))
    return made


def sung(
    pitch: float, formants: Sequence[tuple[float, float, float]], most: int = 24, top: float = 9000
) -> list[float]:
    """Gains of a voice's harmonics at a pitch: formants are (hertz, width, gain) over a source of 6 dB an octave."""
    gains: list[float] = []
    for k in range(1, most + 1):
        f = pitch * k
        shape = sum(gain / (1 + ((f - centre) / width) ** 2) for centre, width, gain in formants)
        gains.append(shape / k**0.5 if f < top else 0.0)
    return gains


def swept(throw: Throw, count: int, centres: NDArray[np.floating], quality: float = 3.0) -> Mono:
    """Noise through a resonance that moves: `centres` in hertz per sample, `quality` its sharpness; about 1 in level.

    A state-variable filter would loop over samples; noise that rides on a gliding carrier sounds the same.
    """
    width = max(float(np.mean(centres)) / quality, 8.0)
    short = max(2, int(SAMPLE_RATE / width))
    low = _smoothed(waves.noise(throw, count + short), short)[:count]
    high = _smoothed(waves.noise(throw, count + short), short)[:count]
    phase = turns(centres)
    made = (low * waves.sine(phase) + high * waves.sine(phase + 0.25)) * np.float32(short**0.5 * 1.7)
    return filtered(made, 0.5 * float(np.min(centres)), 20_000, 4)


def edge(count: int, attack: float, release: float = 0.0) -> Mono:
    """One, but rising from 0 in `attack` seconds and falling to 0 in the last `release` seconds."""
    made = np.ones(count, np.float32)
    rise, fall = min(count, at(attack)), min(count, at(release))
    if rise:
        made[:rise] = _smooth(np.arange(rise) / rise)
    if fall:
        made[-fall:] *= _smooth(np.arange(fall, 0, -1) / fall - 1 / fall)
    return made


def swell(count: int, peak: float = 0.5) -> Mono:
    """From 0 up to 1 at the share `peak` of the length and back to 0, smooth at all three."""
    line = bent(count, (0.0, 0.0), (peak, 1.0), (1.0, 0.0))
    return _smooth(line)


def lay(canvas: Stereo, voice: Mono, start: int, gain: float = 1.0, pan: float = 0.0) -> None:
    """Add a mono or stereo voice to a canvas from a sample on, `pan` from -1 (left) to 1; the rest is cut off."""
    part = voice[max(0, -start) : max(0, len(canvas) - start)]
    if not len(part):
        return
    start = max(0, start)
    sides = _sides(pan)
    for side in range(2):
        track = part if part.ndim == 1 else part[:, side]
        canvas[start : start + len(part), side] += track * np.float32(gain * sides[side])


def lay_around(canvas: Stereo, voice: Mono, start: int, gain: float = 1.0, pan: float = 0.0) -> None:
    """The same, but what reaches beyond the end goes on at the beginning."""
    total = len(canvas)
    start %= total
    while len(voice):
        room = total - start
        lay(canvas, voice[:room], start, gain, pan)
        voice, start = voice[room:], 0


def scatter(
    canvas: Stereo,
    throw: Throw,
    voices: Sequence[Mono],
    starts: Iterable[int],
    gain: tuple[float, float] = (0.1, 1.0),
    spread: float = 0.9,
) -> None:
    """Lay voices picked by chance around the canvas at these samples: most of them soft, few of them loud."""
    for start in starts:
        u = float(throw.random())
        loud = gain[0] + (gain[1] - gain[0]) * u * u * u
        voice = voices[int(throw.integers(len(voices)))]
        lay_around(canvas, voice, int(start), loud, float(throw.uniform(-spread, spread)))


def _sides(pan: float) -> tuple[float, float]:
    pan = min(1.0, max(-1.0, pan))
    return (1 - pan) ** 0.5, (1 + pan) ** 0.5


def _smooth(x: NDArray[np.floating]) -> Mono:
    return (x * x * (3 - 2 * x)).astype(np.float32)


def _smoothed(mono: Mono, width: int) -> Mono:
    """A moving mean, twice, which is a gentle low pass."""
    total = np.cumsum(np.concatenate([np.zeros(1), mono.astype(np.float64)]))
    made = (total[width:] - total[:-width]) / width
    return np.concatenate([made, np.zeros(len(mono) - len(made))]).astype(np.float32)
