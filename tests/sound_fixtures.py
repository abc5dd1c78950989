"""What tests measure in music: its tempo, its key, its onsets and its loudness over time."""

from __future__ import annotations

import numpy as np

RATE = 44_100
HOP = 441
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def onsets(stereo: np.ndarray) -> np.ndarray:
    """Onset strength every 10 ms: by how much the (compressed) spectrum rises."""
    mono = stereo.mean(axis=1)
    count = (len(mono) - 2048) // HOP
    windows = np.lib.stride_tricks.sliding_window_view(mono, 2048)[::HOP][:count]
    spectrum = np.log1p(30 * np.abs(np.fft.rfft(windows * np.hanning(2048).astype(np.float32), axis=1))[:, :500])
    flux = np.maximum(np.diff(spectrum, axis=0), 0).sum(axis=1)
    return np.concatenate([[0.0], flux])


def tempo(stereo: np.ndarray, low: float, high: float) -> float:
    """The tempo between two bounds by the autocorrelation of the onsets, to about 0.2 %: four beats are measured."""
    strength = onsets(stereo)
    strength = strength - np.convolve(strength, np.ones(100) / 100, "same")
    size = 1 << int(np.ceil(np.log2(2 * len(strength))))
    same = np.fft.irfft(np.abs(np.fft.rfft(strength, size)) ** 2)[: len(strength)]
    same /= len(strength) - np.arange(len(strength)) * 0.9
    choices = np.arange(low, high, 0.25)
    lags = 100 * 60 / choices
    scores = sum(np.interp(lags * k, np.arange(len(same)), same) for k in (1, 2, 4, 8))
    return float(choices[int(np.argmax(scores))])


def key(stereo: np.ndarray) -> tuple[int, str]:
    """Tonic and mode by the chroma's correlation with the profiles of Krumhansl and Kessler."""
    mono = stereo.mean(axis=1)
    size = 16_384
    chroma = np.zeros(12)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    inside = (hertz > 60) & (hertz < 2000)
    classes = np.round(12 * np.log2(hertz[inside] / 440) + 69).astype(int) % 12
    for start in range(0, len(mono) - size, size // 2):
        power = np.abs(np.fft.rfft(mono[start : start + size] * np.hanning(size)))[inside]
        np.add.at(chroma, classes, power)
    found = [
        (float(np.corrcoef(np.roll(profile, tonic), chroma)[0, 1]), tonic, mode)
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
        for tonic in range(12)
    ]
    return max(found)[1:]


def octaves(stereo: np.ndarray) -> np.ndarray:
    """The level of each octave from 63 Hz to 8 kHz in dB, beside the whole."""
    mono = stereo.mean(axis=1)
    power = np.abs(np.fft.rfft(mono)) ** 2
    hertz = np.fft.rfftfreq(len(mono), 1 / RATE)
    centres = [63 * 2**k for k in range(8)]
    bands = [power[(hertz >= c / 1.414) & (hertz < c * 1.414)].sum() for c in centres]
    return 10 * np.log10(np.array(bands) / power.sum() + 1e-12)
