"""Speaks for the tests, and measures what was spoken: energy over time, and the height of the voice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.render import render
from callsheet.renderers.scene import Made, Scene
from callsheet.renderers.sound.read import read_sound

RATE = 44_100

SENTENCE = "The quick brown fox jumps over the lazy dog."


def spoken(out: Path, text: str, *, seed: int = 5, format: str = "wav", **extra: Any) -> Made:
    """The one file that this text becomes."""
    (made,) = render(Scene("speech", seed=seed, format=format, extra={"text": text, **extra}), out, lambda share: None)
    return made


def heard(made: Made) -> NDArray[np.float32]:
    """Its samples, mono."""
    return read_sound(made.path).mean(axis=1)


def level(sound: NDArray[np.float32], start: float, end: float) -> float:
    """How loud it is between two moments, in dB of full scale."""
    part = sound[round(start * RATE) : round(end * RATE)].astype(np.float64)
    return float(10 * np.log10(np.mean(part**2) + 1e-12))


def height(sound: NDArray[np.float32]) -> float:
    """The median fundamental of the voiced parts in hertz, by autocorrelation of frames of 46 ms."""
    found: list[float] = []
    for start in range(0, len(sound) - 2048, 1024):
        frame = sound[start : start + 2048].astype(np.float64)
        frame = (frame - frame.mean()) * np.hanning(2048)
        if np.mean(frame**2) < 1e-4:
            continue
        same = np.fft.irfft(np.abs(np.fft.rfft(frame, 4096)) ** 2)[:1024]
        same /= same[0]
        low, high = RATE // 600, RATE // 55
        lag = low + int(np.argmax(same[low:high]))
        if same[lag] > 0.5:
            found.append(RATE / lag)
    return float(np.median(found))
