"""Measures a sound against a recipe's claim: where its power lies, how it begins, rings and dies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz.effects.recipe import Claim

TONAL = 0.25
"""The share of power in partials from which on a sound is tonal; noise has less than 0.05."""

_WINDOW, _HOP = 4096, 512
_STEP = SAMPLE_RATE // 100


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found: hertz, hertz, beginnings a second, seconds, times, and the share of power in partials."""

    centroid: float
    pitch: float
    onsets: float
    decay: float
    travel: float
    partials: float

    def faults(self, claim: Claim) -> list[str]:
        """What the claim says and the sound does not keep, in words."""
        spans: Mapping[str, tuple[float, float] | None] = {
            "centroid": claim.centroid,
            "pitch": claim.pitch,
            "onsets": claim.onsets,
            "decay": claim.decay,
            "travel": claim.travel,
        }
        found = [
            f"{name} {getattr(self, name):.4g} is not in {span[0]:g}..{span[1]:g}"
            for name, span in spans.items()
            if span is not None and not span[0] <= getattr(self, name) <= span[1]
        ]
        if claim.tonal is not None and claim.tonal != (self.partials >= TONAL):
            found.append(f"partials {self.partials:.2f}: {'not ' * claim.tonal}tonal")
        return found


def measure(sound: NDArray[np.floating]) -> Measured:
    """Measure mono or stereo samples at 44.1 kHz."""
    mono = np.asarray(sound if sound.ndim == 1 else sound.mean(axis=1), np.float32)
    frames = _frames(mono)
    power = frames.mean(axis=0)
    f = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE)
    return Measured(
        centroid=float((power * f).sum() / max(power.sum(), 1e-30)),
        pitch=float(f[1 + int(power[1:].argmax())]),
        onsets=len(onsets(mono)) / (len(mono) / SAMPLE_RATE),
        decay=_decay(mono),
        travel=_travel(frames, f),
        partials=_partials(frames),
    )


def onsets(sound: NDArray[np.floating], gap: float = 0.06, rise: float = 6.0) -> list[float]:
    """The seconds at which something begins: the level of 10 ms rises by `rise` dB over the 40 ms before it.

    What lies 36 dB below the loudest counts as silence; two beginnings are at least `gap` seconds apart.
    """
    mono = np.asarray(sound if sound.ndim == 1 else sound.mean(axis=1), np.float64)
    level = _level(mono)
    level = np.maximum(level, level.max() - 36)
    before = np.concatenate([np.full(4, level.min()), level])
    past = sliding_window_view(before, 4)[: len(level)].mean(axis=1)
    jump = level - past
    found: list[float] = []
    last = -(10**6)
    for k in np.flatnonzero(jump >= rise):
        if (k - last) * 0.01 >= gap:
            found.append(float(k) * 0.01)
        last = int(k) if (k - last) * 0.01 >= gap else last
    return found


def spectrogram(sound: NDArray[np.floating]) -> NDArray[np.float32]:
    """Power in dB below the loudest cell, shape (frames, 2049), by a Hann window of 4,096 every 512 samples."""
    mono = np.asarray(sound if sound.ndim == 1 else sound.mean(axis=1), np.float32)
    frames = _frames(mono)
    return (10 * np.log10(np.maximum(frames, 1e-12) / max(float(frames.max()), 1e-12))).astype(np.float32)


def _frames(mono: NDArray[np.float32]) -> NDArray[np.float32]:
    padded = np.concatenate([np.zeros(_WINDOW // 2, np.float32), mono, np.zeros(_WINDOW, np.float32)])
    windows = sliding_window_view(padded, _WINDOW)[::_HOP] * np.hanning(_WINDOW).astype(np.float32)
    return (np.abs(np.fft.rfft(windows, axis=1)) ** 2).astype(np.float32)


def _level(mono: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = max(1, len(mono) // _STEP)
    power = (mono[: steps * _STEP].reshape(steps, -1) ** 2).mean(axis=1) if len(mono) >= _STEP else np.array([1.0])
    return 10 * np.log10(np.maximum(power, 1e-14))


def _decay(mono: NDArray[np.float32]) -> float:
    level = _level(mono.astype(np.float64))
    top = int(level.argmax())
    above = np.flatnonzero(level[top:] > level[top] - 20)
    return float(above[-1] + 1) * 0.01 if len(above) else 0.0


def _loud(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """The frames within 25 dB of the loudest, in order; at most 160 of them."""
    total = frames.sum(axis=1)
    kept = frames[total > total.max() * 10**-2.5]
    return kept[:: max(1, len(kept) // 160)]


def _travel(frames: NDArray[np.float32], f: NDArray[np.floating]) -> float:
    """How many times higher the highest pitch is than the lowest, by the middle 90 % of the frames' centroids."""
    loud = _loud(frames)
    centres = (loud * f).sum(axis=1) / np.maximum(loud.sum(axis=1), 1e-30)
    low, high = np.quantile(centres, (0.05, 0.95))
    return float(high / max(low, 1e-9))


def _partials(frames: NDArray[np.float32]) -> float:
    """The share of power in lines that stand 10 times above the median of the 41 bins around them."""
    loud = _loud(frames)[:: max(1, len(_loud(frames)) // 40)]
    around = np.median(sliding_window_view(np.pad(loud, ((0, 0), (20, 20)), mode="reflect"), 41, axis=1), axis=-1)
    lines = np.where(loud > 10 * around, loud, 0)
    return float(lines.sum() / max(float(loud.sum()), 1e-30))
