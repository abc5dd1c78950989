"""Generated sound for previews: a soft bed in the prompt's mood, with wind, sea, rain or city to fit its place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE, samples
from callsheet.renderers.previz.painter.brief import Brief, read
from callsheet.renderers.previz.painter.stage import dice
from callsheet.renderers.scene import Scene
from callsheet.renderers.sound.levels import loudness

LOUDNESS = -20.0
"""Integrated loudness, in LUFS (ITU-R BS.1770)."""

PEAK = 10 ** (-1.2 / 20)

_MODES = {
    "calm": ((0, 4, 7, 11), (9, 12, 16, 19), (5, 9, 12, 16), (7, 11, 14, 17)),
    "happy": ((0, 4, 7, 12), (5, 9, 12, 17), (7, 11, 14, 19), (9, 12, 16, 21)),
    "sad": ((0, 3, 7, 10), (8, 12, 15, 19), (3, 7, 10, 14), (10, 14, 17, 21)),
    "tense": ((0, 3, 6, 10), (1, 5, 8, 12), (0, 3, 7, 13), (-2, 1, 5, 10)),
    "epic": ((0, 7, 12, 15), (8, 12, 15, 20), (3, 10, 15, 19), (10, 14, 17, 22)),
}
# How much of each noise a setting brings: wind, sea, city.
_PLACES = {
    "sea": (0.25, 1.0, 0.0), "harbour": (0.15, 0.8, 0.1), "lake": (0.25, 0.35, 0.0), "mountains": (0.8, 0.0, 0.0),
    "forest": (0.5, 0.0, 0.0), "desert": (0.9, 0.0, 0.0), "city": (0.1, 0.0, 0.8), "street": (0.1, 0.0, 1.0),
    "field": (0.5, 0.0, 0.0), "snow": (0.9, 0.0, 0.0), "space": (0.12, 0.0, 0.0), "underwater": (0.0, 0.7, 0.0),
    "room": (0.0, 0.0, 0.12), "sky": (0.8, 0.0, 0.0), "studio": (0.0, 0.0, 0.0),
}  # fmt: skip


def score(scene: Scene) -> NDArray[np.float32] | None:
    """Stereo float32 at 44.1 kHz, exactly as long as the clip, shape (samples, 2); None unless sound is asked for.

    The same prompt, seed and length give the same samples. Loudness is about -20 LUFS, peaks stay under -1 dBFS.
    """
    if not scene.generate_audio:
        return None
    count = samples(scene.frames, scene.fps)
    brief = read(scene.prompt, scene.negative_prompt)
    mix = _bed(brief, scene.seed, count) + _place(brief, scene.seed, count)
    return _master(mix, count)


def _bed(brief: Brief, seed: int, count: int) -> NDArray[np.float32]:
    """Slow chords: soft detuned tones that swell and overlap, a bell now and then, a low note under all."""
    throw = dice(brief.prompt, seed, "music")
    root = 110.0 * 2 ** (int(throw.integers(-3, 5)) / 12)
    chords = _MODES[brief.mood]
    step = {"tense": 3.2, "happy": 2.6}.get(brief.mood, 4.0)
    made = np.zeros((count, 2), np.float32)
    for k in range(int(count / SAMPLE_RATE / step) + 1):
        chord = chords[(k + int(throw.integers(2)) * (k > 0)) % len(chords)]
        start = int(k * step * SAMPLE_RATE)
        for j, note in enumerate(chord):
            pitch = root * 2 ** (note / 12)
            _add(made, _pad(pitch, step * 1.6, float(throw.uniform(0, 6.28))), start, 0.16, 0.5 + 0.22 * (j - 1.5))
        _add(made, _pad(root * 2 ** (chord[0] / 12) / 2, step * 1.5, 0.0), start, 0.24, 0.5)
        for _ in range(int(throw.integers(1, 4))):
            note = chord[int(throw.integers(4))] + 12 * int(throw.integers(1, 3))
            at = start + int(throw.uniform(0, step) * SAMPLE_RATE)
            _add(made, _bell(root * 2 ** (note / 12)), at, 0.075, float(throw.uniform(0.2, 0.8)))
    return made


def _pad(pitch: float, seconds: float, phase: float) -> NDArray[np.float32]:
    t = np.arange(int(seconds * SAMPLE_RATE), dtype=np.float32) / SAMPLE_RATE
    swell = np.sin(np.pi * np.clip(t / seconds, 0, 1)) ** 1.5
    wave = np.zeros_like(t)
    for detune, share in ((-0.25, 0.5), (0.3, 0.5)):
        base = 2 * np.pi * (pitch + detune) * t + phase
        wave += share * (np.sin(base) + 0.28 * np.sin(2 * base) + 0.10 * np.sin(3 * base))
    return (wave * swell * (1 + 0.12 * np.sin(2 * np.pi * 0.31 * t + phase))).astype(np.float32)


def _bell(pitch: float) -> NDArray[np.float32]:
    t = np.arange(int(2.4 * SAMPLE_RATE), dtype=np.float32) / SAMPLE_RATE
    strike = np.exp(-2.4 * t) * np.clip(t * 160, 0, 1)
    tone = np.sin(2 * np.pi * pitch * t) + 0.25 * np.sin(2 * np.pi * 2.01 * pitch * t) * np.exp(-3 * t)
    return (tone * strike * np.clip((2.4 - t) * 8, 0, 1)).astype(np.float32)


def _add(mix: NDArray[np.float32], voice: NDArray[np.float32], start: int, gain: float, pan: float) -> None:
    part = voice[: max(0, len(mix) - start)]
    if len(part):
        mix[start : start + len(part), 0] += part * np.float32(gain * np.cos(pan * np.pi / 2) * 1.4)
        mix[start : start + len(part), 1] += part * np.float32(gain * np.sin(pan * np.pi / 2) * 1.4)


def _place(brief: Brief, seed: int, count: int) -> NDArray[np.float32]:
    """The sound of the place and its weather, each side of the stereo its own noise."""
    wind, sea, city = _PLACES[brief.setting]
    rain = {"rain": 1.0, "storm": 1.3}.get(brief.weather, 0.0)
    wind = max(wind, 1.1 if brief.weather == "storm" else 0.0)
    t = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    throw = dice(brief.prompt, seed, "noise")
    made = np.zeros((count, 2), np.float32)
    slow = (float(throw.uniform(0, 6.28)), float(throw.uniform(0, 6.28)))
    gust = 0.55 + 0.3 * np.sin(2 * np.pi * 0.13 * t + slow[0]) + 0.15 * np.sin(2 * np.pi * 0.31 * t + slow[1])
    wave = 0.35 + 0.65 * np.clip(np.sin(2 * np.pi * t / 5.2 + slow[0]), 0, 1) ** 1.4
    murk = 0.25 if brief.setting == "underwater" else 1.0
    for side in range(2):
        for gain, low, high, shape in (
            (0.13 * wind, 180, 620, gust),
            (0.17 * sea, 90, 2600 * murk, wave),
            (0.10 * city, 50, 420, 0.8 + 0.2 * gust),
            (0.10 * rain, 1400, 9000, np.float32(1.0)),
        ):
            if gain:
                made[:, side] += gain * shape * _noise(throw, count, low, high)
    return made


def _noise(throw: np.random.Generator, count: int, low: float, high: float) -> NDArray[np.float32]:
    """Noise between two frequencies with soft edges, of about unit loudness."""
    size = 1 << int(np.ceil(np.log2(max(2, count))))
    spectrum = np.fft.rfft(throw.standard_normal(size, dtype=np.float32))
    f = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    shape = 1 / (1 + (low / np.maximum(f, 1)) ** 4) / (1 + (f / high) ** 2) / np.sqrt(np.maximum(f, 30) / low)
    made = np.fft.irfft(spectrum * shape, size)[:count]
    return (made / max(float(made.std()), 1e-9)).astype(np.float32)


def _master(mix: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    t = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    length = count / SAMPLE_RATE
    fade = min(0.6, length / 4)
    edge = np.clip(t / fade, 0, 1) * np.clip((length - t) / (fade * 1.6), 0, 1)
    mix = mix * (np.sin(edge * np.pi / 2) ** 2)[:, None].astype(np.float32)
    for _ in range(2):
        mix = mix * np.float32(10 ** ((LOUDNESS - loudness(mix)) / 20))
        over = float(np.abs(mix).max())
        if over > PEAK:
            mix = np.float32(PEAK) * np.tanh(mix / np.float32(PEAK))
    return np.clip(mix, -PEAK, PEAK).astype(np.float32)
