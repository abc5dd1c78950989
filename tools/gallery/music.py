"""Sheets of music: waveform, spectrogram, loudness and section map of a piece of each kind, and two short MP3s."""

from __future__ import annotations

import itertools
import math
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz import lettering
from callsheet.renderers.previz.music import render
from callsheet.renderers.scene import Scene
from callsheet.renderers.sound.levels import loudness
from callsheet.renderers.sound.read import read_sound

Rgb = NDArray[np.uint8]
Stereo = NDArray[np.float32]

PROMPTS = (
    "dreamy ambient in E lydian", "epic orchestral trailer in D minor, 96 bpm", "lo-fi beats to study to",
    "pop in G major at 110 bpm", "house, 124 bpm", "acoustic folk guitar", "jazz trio in Bb major",
    "waltz in A major", "solo piano nocturne, sad",
    "中国风 古筝与二胡 D大调", "悬疑 恐怖 配乐", "happy corporate ukulele", "rock 132 bpm", "儿歌 八音盒",
)  # fmt: skip
HEARD = {
    "lo-fi.mp3": ("lo-fi beats to study to", 8.0),
    "trailer.mp3": ("epic orchestral trailer in D minor, 96 bpm", 8.0),
}
SECONDS = 48.0

_WIDE, _MARGIN, _ROW = 1100, 50, 392
_PAPER, _INK, _SOFT = (250, 248, 244), (38, 42, 52), (128, 124, 116)
_COLOURS = {
    "intro": (196, 214, 226), "theme": (150, 190, 214), "build": (236, 200, 140), "climax": (226, 140, 110),
    "break": (200, 210, 190), "ending": (190, 180, 214), "sting": (226, 180, 140), "last chord": (160, 150, 170),
}  # fmt: skip


def draw(out: Path) -> None:
    """Write sheet-1.png ..., three pieces each, and the MP3s."""
    for index, start in enumerate(range(0, len(PROMPTS), 3)):
        rows = [_row(prompt) for prompt in PROMPTS[start : start + 3]]
        # A palette keeps the files small.
        Image.fromarray(np.concatenate(rows)).quantize(48).save(out / f"sheet-{index + 1}.png", optimize=True)
    for name, (prompt, seconds) in HEARD.items():
        _composed(prompt, seconds, "mp3", out / name)


def _composed(prompt: str, seconds: float, ending: str, path: Path) -> tuple[Stereo, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene("music", prompt=prompt, seed=1, duration=seconds, format=ending)
        (made,) = render.render(scene, Path(folder), lambda _: None)
        path.write_bytes(made.path.read_bytes())
    return read_sound(path), dict(made.extra["music"])


def _row(prompt: str) -> Rgb:
    with tempfile.TemporaryDirectory() as folder:
        sound, said = _composed(prompt, SECONDS, "wav", Path(folder) / "a.wav")
    rgb = np.empty((_ROW, _WIDE, 3), np.uint8)
    rgb[:] = _PAPER
    lettering.draw(rgb, prompt, (_MARGIN, 34), 24, _INK)
    lettering.draw(rgb, _words(said), (_MARGIN, 60), 15, _SOFT)
    lettering.draw(rgb, _measured(sound), (_MARGIN, 80), 15, _SOFT)
    inner = slice(_MARGIN, _WIDE - _MARGIN)
    _sections(rgb[90:114, inner], said)
    _wave(rgb[118:188, inner], sound)
    _spectrum(rgb[192:352, inner], sound)
    _axis(rgb)
    return rgb


def _words(said: dict[str, Any]) -> str:
    players = ", ".join(said["instruments"])
    return "   ".join(
        [
            f"{said['genre']}, {said['mood']}",
            said["key"],
            f"{said['tempo']:g} bpm",
            said["metre"],
            said["progression"],
            players,
        ]
    )


def _measured(sound: Stereo) -> str:
    """The measures that stand in for ears: loudness, crest, width, and where the spectrum's middle lies."""
    middle, side = sound.mean(axis=1), (sound[:, 0] - sound[:, 1]) / 2
    crest = 20 * math.log10(float(np.abs(middle).max() / middle.std()))
    magnitude = np.abs(np.fft.rfft(middle)) ** 2
    hertz = np.fft.rfftfreq(len(middle), 1 / SAMPLE_RATE)
    share = np.cumsum(magnitude) / magnitude.sum()
    half, most = (float(hertz[np.searchsorted(share, part)]) for part in (0.5, 0.85))
    width = float(side.std() / middle.std())
    return (
        f"{loudness(sound):.1f} LUFS   crest {crest:.1f} dB   width {width:.2f}   "
        f"half of the power below {half:.0f} Hz, 85 % below {most:.0f} Hz"
    )


def _sections(area: Rgb, said: dict[str, Any]) -> None:
    scale = area.shape[1] / SECONDS
    for part in said["sections"]:
        left, right = round(part["start"] * scale), round(part["end"] * scale)
        area[:, left : max(left + 1, right - 2)] = _COLOURS[part["name"]]
        if right - left > 8 * len(part["name"]):
            lettering.draw(area, part["name"], (left + 6, 17), 14, _INK)


def _wave(area: Rgb, sound: Stereo) -> None:
    middle = area.shape[0] // 2
    mono = sound.mean(axis=1)
    edges = np.linspace(0, len(mono), area.shape[1] + 1).astype(int)
    for x, (start, end) in enumerate(itertools.pairwise(edges)):
        part = mono[start:end]
        top, bottom = round(middle - part.max() * middle), round(middle - part.min() * middle)
        area[top : bottom + 1, x] = (120, 150, 180)
        loud = round(float(np.sqrt((part**2).mean())) * middle)
        area[middle - loud : middle + loud + 1, x] = (40, 80, 130)


def _spectrum(area: Rgb, sound: Stereo) -> None:
    """40 Hz to 16 kHz, an octave as high as the next; 90 ms at a time."""
    size, mono = 4096, sound.mean(axis=1)
    at = np.linspace(0, len(mono) - size, area.shape[1]).astype(int)
    frames = np.stack([mono[start : start + size] for start in at]) * np.hanning(size).astype(np.float32)
    power = 20 * np.log10(np.abs(np.fft.rfft(frames, axis=1)) + 1e-4)
    pitches = 40 * 400 ** np.linspace(1, 0, area.shape[0])
    rows = np.clip((pitches / SAMPLE_RATE * size), 0, size // 2).astype(np.float32)
    columns = np.arange(len(at), dtype=np.float32)
    down, across = np.meshgrid(rows, columns, indexing="ij")
    grid = cv2.remap(power.astype(np.float32), down, across, cv2.INTER_LINEAR)
    tilted = grid + 4.5 * np.log2(pitches / 40)[:, None]
    # Few shades, as the palette has few colours.
    shade = (np.rint(np.clip((tilted + 10) / 75, 0, 1) * 20) * 12).astype(np.uint8)
    area[:] = cv2.applyColorMap(shade, cv2.COLORMAP_MAGMA)[:, :, ::-1]


def _axis(rgb: Rgb) -> None:
    for second in range(0, int(SECONDS) + 1, 8):
        x = _MARGIN + round(second / SECONDS * (_WIDE - 2 * _MARGIN))
        lettering.draw(rgb, f"{second} s", (x - 8, 372), 14, _SOFT)
    for hertz, name in ((100, "100"), (1000, "1k"), (10000, "10k")):
        y = 192 + round(160 * (1 - math.log(hertz / 40) / math.log(400)))
        lettering.draw(rgb, name, (14, y + 5), 13, _SOFT)
