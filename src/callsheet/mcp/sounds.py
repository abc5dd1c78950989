"""A sound as one small picture, its wave above its spectrum, and as figures: how long, how loud, how high it peaks."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.mcp.pictures import LONGEST_SIDE, Rgb, jpeg
from callsheet.renderers.edit.conform import resized
from callsheet.renderers.edit.contact_sheet import clock
from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz import lettering
from callsheet.renderers.sound.levels import Meter
from callsheet.renderers.sound.read import blocks

Mono = NDArray[np.float32]

_STEP, _WINDOW = 1024, 4096
_BANDS, _LOWEST, _HIGHEST = 96, 40.0, 16_000.0
_DEPTH = 80.0
"""Decibels below the loudest at which the spectrum is black."""

_WAVE, _SPECTRUM, _MARGIN, _LETTERS = 240, 280, 12, 15
_PAPER, _INK, _FAINT, _TRACE = (24, 25, 28), (214, 212, 206), (64, 66, 72), (120, 190, 230)
_MARKS = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """What a sound is: seconds, LUFS (None where it is silent), the highest sample in dBFS, and its picture as JPEG."""

    jpeg: bytes
    duration: float
    loudness: float | None
    peak: float | None


@dataclass(slots=True)
class _Ear:
    """Takes a sound block by block, and keeps of it what a picture needs."""

    meter: Meter = field(default_factory=Meter)
    samples: int = 0
    peak: float = 0.0
    lows: list[Mono] = field(default_factory=list[Mono])
    highs: list[Mono] = field(default_factory=list[Mono])
    bands: list[Mono] = field(default_factory=list[Mono])
    _rest: Mono = field(default_factory=lambda: np.zeros(_WINDOW - _STEP, np.float32))

    def hear(self, stereo: NDArray[np.float32]) -> None:
        self.meter.feed(stereo)
        self.samples += len(stereo)
        self.peak = max(self.peak, float(np.abs(stereo).max(initial=0.0)))
        self._take(np.concatenate([self._rest, stereo.mean(axis=1, dtype=np.float32)]))

    def end(self) -> None:
        self._take(np.concatenate([self._rest, np.zeros(_STEP, np.float32)]))

    def _take(self, mono: Mono) -> None:
        count = max(0, (len(mono) - _WINDOW) // _STEP + 1)
        self._rest = mono[count * _STEP :]
        if not count:
            return
        windows = np.lib.stride_tricks.sliding_window_view(mono, _WINDOW)[::_STEP][:count]
        newest = windows[:, -_STEP:]
        self.lows.append(newest.min(axis=1))
        self.highs.append(newest.max(axis=1))
        power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW).astype(np.float32), axis=1)) ** 2
        edges = _edges()
        self.bands.append(
            (np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1) / np.diff(edges)).astype(np.float32)
        )


def heard(path: Path) -> Heard:
    """Listen to the sound of a file, a video's too. Raises RenderError where it holds none or cannot be read."""
    ear = _Ear()
    for block in blocks(path):
        ear.hear(block)
    ear.end()
    seconds, level = ear.samples / SAMPLE_RATE, ear.meter.value()
    loudness = None if math.isinf(level) else round(level, 1)
    peak = round(20 * math.log10(ear.peak), 1) if ear.peak > 0 else None
    return Heard(jpeg(_picture(ear, seconds)), round(seconds, 3), loudness, peak)


def _picture(ear: _Ear, seconds: float) -> Rgb:
    wide = LONGEST_SIDE - 2 * _MARGIN
    tall = 4 * _MARGIN + _WAVE + _SPECTRUM + _LETTERS
    picture = np.full((tall, LONGEST_SIDE, 3), _PAPER, np.uint8)
    wave = picture[_MARGIN : _MARGIN + _WAVE, _MARGIN : _MARGIN + wide]
    _draw_wave(wave, np.concatenate(ear.lows), np.concatenate(ear.highs))
    below = 2 * _MARGIN + _WAVE
    picture[below : below + _SPECTRUM, _MARGIN : _MARGIN + wide] = _spectrum(np.concatenate(ear.bands), wide)
    for mark in range(_MARKS):
        share = mark / (_MARKS - 1)
        text = clock(Fraction(seconds * share).limit_denominator(1000))
        left = _MARGIN + round(share * (wide - lettering.measure(text, _LETTERS)))
        lettering.draw(picture, text, (left, below + _SPECTRUM + _MARGIN + _LETTERS), _LETTERS, _INK)
    return picture


def _draw_wave(into: Rgb, lows: Mono, highs: Mono) -> None:
    """Full scale is the whole height: what is soft looks soft."""
    height, width = into.shape[:2]
    into[height // 2] = _FAINT
    edges = np.linspace(0, len(lows), width + 1).astype(np.intp)
    for x in range(width):
        part = slice(edges[x], max(edges[x + 1], edges[x] + 1))
        top, bottom = (
            round((1 - float(np.clip(one, -1, 1))) / 2 * (height - 1)) for one in (highs[part].max(), lows[part].min())
        )
        into[top : bottom + 1, x] = _TRACE


def _spectrum(bands: Mono, width: int) -> Rgb:
    """Low below, high above, louder is brighter."""
    level = 10 * np.log10(np.maximum(bands, 1e-12))
    loudest = max(float(level.max()), -60.0)
    grey = np.clip((level - loudest + _DEPTH) / _DEPTH * 255, 0, 255).astype(np.uint8)
    upright = np.ascontiguousarray(grey.T[::-1])
    colours = np.asarray(cv2.applyColorMap(upright, cv2.COLORMAP_INFERNO), np.uint8)
    return resized(np.ascontiguousarray(colours[..., ::-1]), width, _SPECTRUM)


def _edges() -> NDArray[np.intp]:
    """The bins where the bands begin, each at least one bin wide."""
    even = np.geomspace(_LOWEST, _HIGHEST, _BANDS + 1) / SAMPLE_RATE * _WINDOW
    edges = np.round(even).astype(np.intp)
    for place in range(1, len(edges)):
        edges[place] = max(edges[place], edges[place - 1] + 1)
    return edges
