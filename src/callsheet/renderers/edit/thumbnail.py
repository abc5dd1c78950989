"""One frame of a clip as a still: at a time, the first, the last, the sharpest, or the one most like the whole."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.edit.checks import at_time
from callsheet.renderers.edit.conform import resized
from callsheet.renderers.edit.frames import Rgb, pictures
from callsheet.renderers.edit.origin import notes
from callsheet.renderers.edit.reel import Reel, reel
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.stills import write_still

_LOOKED_AT = 120
"""How many frames, evenly spread, are compared."""


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Write the frame that `at` names as `out/frame.png` or its like."""
    given = scene.extra
    clip = reel(given["video"])
    number = chosen(clip, given.get("at", "typical"))
    rgb = next(pictures(clip, np.array([number])))
    if "width" in given:
        rgb = resized(rgb, given["width"], max(1, round(rgb.shape[0] * given["width"] / rgb.shape[1])))
    seconds = float(Fraction(int(clip.times[number] - clip.times[0])) * clip.base)
    told = notes(scene, [clip.path], frame=number, seconds=round(seconds, 6))
    path = out / f"frame.{given.get('format', 'png')}"
    kind = write_still(path, rgb, told)
    progress(1.0)
    facts = {name: told[name] for name in ("frame", "seconds", "preview", "inputs")}
    return [Made(path, kind, rgb.shape[1], rgb.shape[0], extra=facts)]


def chosen(clip: Reel, at: float | str) -> int:
    """The number of the frame that is meant. Raises RenderError for a time at which the clip is over."""
    if at == "first":
        return 0
    if at == "last":
        return clip.frames - 1
    if isinstance(at, str):
        return _best(clip, at)
    return at_time(clip, at)


def _best(clip: Reel, how: str) -> int:
    numbers = np.unique(np.linspace(0, clip.frames - 1, min(clip.frames, _LOOKED_AT)).round().astype(np.intp))
    looks = list(_looks(pictures(clip, numbers)))
    sharpness = np.array([sharp for sharp, _ in looks])
    if how == "sharpest":
        return int(numbers[int(sharpness.argmax())])
    colours = np.array([colour for _, colour in looks])
    away = np.abs(colours - np.median(colours, axis=0)).sum(axis=1)
    # The most usual colours, but no frame that a move or a dissolve has smeared.
    away[sharpness < np.median(sharpness) / 2] = np.inf
    return int(numbers[int(away.argmin())])


def _looks(frames: Iterator[Rgb]) -> Iterator[tuple[float, NDArray[np.float64]]]:
    """How sharp each frame is, and the shares of its colours in 8 x 8 x 8 boxes."""
    for rgb in frames:
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        small = np.asarray(cv2.resize(rgb, (64, 64), interpolation=cv2.INTER_AREA), np.uint8).reshape(-1, 3) >> 5
        boxes = small[:, 0].astype(np.int64) * 64 + small[:, 1] * 8 + small[:, 2]
        yield float(cv2.Laplacian(grey, cv2.CV_32F).var()), np.bincount(boxes, minlength=512) / len(boxes)
