"""Sheets of speech: waveform and spectrogram of a text in three languages, with every word where its time says."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz import lettering
from callsheet.renderers.previz.speech import speak
from callsheet.renderers.scene import Made, Scene
from callsheet.renderers.sound.read import read_sound
from callsheet.renderers.stills import write_still

Rgb = NDArray[np.uint8]

TEXTS = {
    "mandarin": ("zh-CN-XiaoxiaoNeural", "zh-CN", "夜色降临，城市的灯一盏一盏亮起来。我们下一站去 Shanghai，好吗？"),
    "english": ("en-GB-SoniaNeural", "en-GB", "Night falls; one by one the city lights come on. <#0.8#> Where now?"),
    "cantonese": ("zh-HK-HiuMaanNeural", "zh-HK", "天黑喇，城市嘅燈一盞一盞着起嚟。我哋下一站去邊度呀？"),
}  # fmt: skip

_WIDTH, _MARGIN = 1400, 60
_WAVE, _SPECTRUM, _WORDS = 150, 280, 96
_HIGHEST = 8000.0
_PAPER, _INK, _SOFT = (250, 248, 244), (38, 42, 52), (150, 146, 138)
_ODD, _EVEN = (35, 105, 170), (190, 85, 40)


def draw(out: Path) -> None:
    """Write mandarin.png, english.png and cantonese.png."""
    for name, (voice, language, text) in TEXTS.items():
        with tempfile.TemporaryDirectory() as folder:
            extra = {"text": text, "voice": voice, "language": language}
            (made,) = speak.render(Scene("speech", seed=1, format="wav", extra=extra), Path(folder), lambda _: None)
            sound = read_sound(made.path).mean(axis=1)
        write_still(out / f"{name}.png", _sheet(text, made, sound), {"text": text, "voice": voice})


def _sheet(text: str, made: Made, sound: NDArray[np.float32]) -> Rgb:
    height = 130 + _WAVE + _SPECTRUM + _WORDS + 70
    rgb = np.empty((height, _WIDTH, 3), np.uint8)
    rgb[:] = _PAPER
    lettering.draw(rgb, text, (_MARGIN, 58), 30, _INK)
    voices = ", ".join(made.extra["voices"])
    said = f"{voices}   {made.duration:.2f} s   {made.extra['loudness']:.1f} LUFS   {len(made.extra['words'])} words"
    lettering.draw(rgb, said, (_MARGIN, 98), 20, _SOFT)
    _wave(rgb[120 : 120 + _WAVE, _MARGIN : _WIDTH - _MARGIN], sound)
    top = 130 + _WAVE
    rgb[top : top + _SPECTRUM, _MARGIN : _WIDTH - _MARGIN] = _spectrum(sound, _WIDTH - 2 * _MARGIN)
    _words(rgb, made, top + _SPECTRUM)
    return rgb


def _wave(area: Rgb, sound: NDArray[np.float32]) -> None:
    middle = area.shape[0] // 2
    edges = np.linspace(0, len(sound), area.shape[1] + 1).astype(int)
    for x, (start, end) in enumerate(itertools.pairwise(edges)):
        part = sound[start:end] * middle
        area[round(middle - part.max()) : round(middle - part.min()) + 1, x] = _INK


def _spectrum(sound: NDArray[np.float32], width: int) -> Rgb:
    """Decibels from black to bright over linear frequency, 23 ms at a time."""
    size = 1024
    at = np.linspace(0, max(0, len(sound) - size), width).astype(int)
    frames = np.stack([sound[start : start + size] for start in at]) * np.hanning(size).astype(np.float32)
    power = 20 * np.log10(np.abs(np.fft.rfft(frames, axis=1)) + 1e-5)
    kept = power[:, : int(_HIGHEST / SAMPLE_RATE * size)]
    # Few shades keep the file small.
    shade = np.rint(np.clip((kept + 45) / 75, 0, 1) * 15) * 17
    image = cv2.resize(shade.T[::-1].astype(np.uint8), (width, _SPECTRUM), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.applyColorMap(image, cv2.COLORMAP_MAGMA)[:, :, ::-1], np.uint8)


def _words(rgb: Rgb, made: Made, top: int) -> None:
    """Every word as a bracket over its time, its letters in two rows below, and seconds at the foot."""
    scale = (_WIDTH - 2 * _MARGIN) / float(made.duration or 1)
    for index, word in enumerate(made.extra["words"]):
        left, right = (_MARGIN + round(word[edge] * scale) for edge in ("start", "end"))
        colour = _EVEN if index % 2 else _ODD
        for x in (left, max(left + 1, right - 1)):
            rgb[120:top, x] = (rgb[120:top, x] * 0.45 + np.array(colour) * 0.55).astype(np.uint8)
        rgb[top + 6 : top + 14, left:right] = colour
        size = min(22, max(12, round(22 * (right - left + 12) / max(1, lettering.measure(word["text"], 22)))))
        place = (left + right - lettering.measure(word["text"], size)) // 2
        lettering.draw(rgb, word["text"], (place, top + (42 if index % 2 == 0 else 70)), size, colour)
    for second in range(int(made.duration or 0) + 1):
        x = _MARGIN + round(second * scale)
        rgb[top + _WORDS : top + _WORDS + 8, x : x + 2] = _SOFT
        lettering.draw(rgb, f"{second} s", (x + 6, top + _WORDS + 22), 16, _SOFT)
