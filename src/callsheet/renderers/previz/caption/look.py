"""Measures a video or a picture: shots, motion, camera, light, palette, sound and the words in the file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from callsheet.renderers import media
from callsheet.renderers.footage.analysis import analyse
from callsheet.renderers.footage.shape import Camera, Shot
from callsheet.renderers.previz.caption.colours import Named, Rgb, named, palette
from callsheet.renderers.scene import Progress
from callsheet.renderers.sound.levels import Meter
from callsheet.renderers.sound.read import blocks

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A shot, or a picture, and the names of its colours, largest first. A picture lasts from 0 to 0."""

    shot: Shot
    colours: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured. `loudness` is in LUFS, None without sound; `words` are title, comment and description."""

    facts: media.Facts
    duration: float | None
    fps: float | None
    stretches: tuple[Stretch, ...]
    loudness: float | None
    words: dict[str, str]


def at_video(path: Path, progress: Progress) -> Seen:
    """Measure a whole video. RenderError where it is none, or nothing in it can be decoded."""
    found = analyse(path, progress=lambda share: progress(0.95 * share))
    stretches = tuple(Stretch(shot, named(shot.palette)) for shot in found.shots)
    loudness = _loudness(path) if found.has_audio else None
    return Seen(media.probe(path), found.duration, found.fps, stretches, loudness, _words(path))


def at_still(path: Path, pixels: Rgb) -> Seen:
    """Measure a picture, uint8 RGB of any size."""
    small = np.asarray(cv2.resize(pixels, (192, 108), interpolation=cv2.INTER_AREA), np.uint8)
    light = small.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32) / 255
    colours = palette(small)
    shot = Shot(0, 0, 1, 0, float(light.mean()), float(light.std()), 0, 0, Camera("static"), ())
    return Seen(media.probe(path), None, None, (Stretch(shot, colours),), None, {})


def _loudness(path: Path) -> float | None:
    meter = Meter()
    for block in blocks(path, name="video"):
        meter.feed(block)
    level = meter.value()
    return round(level, 1) if math.isfinite(level) else None


def _words(path: Path) -> dict[str, str]:
    with media.open_video(path) as container:
        tags = {str(name).lower(): str(value).strip() for name, value in container.metadata.items()}
    return {name: tags[name][:_LONGEST] for name in ("title", "comment", "description") if tags.get(name)}
