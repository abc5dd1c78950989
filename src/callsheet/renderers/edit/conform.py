"""Clips of any size and rate shown at one: which size is meant, and how a picture of another shape fits into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import cv2
import numpy as np

from callsheet.renderers import frame
from callsheet.renderers.edit.frames import Rgb
from callsheet.renderers.edit.parts import rate
from callsheet.renderers.edit.reel import Reel
from callsheet.renderers.previz import letterbox


@dataclass(frozen=True, slots=True)
class Target:
    """What a clip shall be: width and height in pixels, even; the rate; how other shapes are fitted.

    `focus` says which part a crop keeps: 0 left or top, 1 right or bottom.
    """

    width: int
    height: int
    fps: Fraction
    fit: str = "letterbox"
    focus: float = 0.5

    def fitted(self, rgb: Rgb) -> Rgb:
        """A picture at the target's size. What differs by a pixel only, as odd sizes do, fills it."""
        height, width = rgb.shape[:2]
        if (width, height) == (self.width, self.height):
            return rgb
        scale = min(self.width / width, self.height / height)
        rest = max(self.width - width * scale, self.height - height * scale)
        if rest <= 1 or self.fit == "stretch":
            return resized(rgb, self.width, self.height)
        if self.fit == "crop":
            return self._cropped(rgb)
        return letterbox.fit(rgb, self.width, self.height) if self.fit == "blur" else self._barred(rgb, scale)

    def _cropped(self, rgb: Rgb) -> Rgb:
        height, width = rgb.shape[:2]
        scale = max(self.width / width, self.height / height)
        wide, tall = min(width, round(self.width / scale)), min(height, round(self.height / scale))
        left, top = round((width - wide) * self.focus), round((height - tall) * self.focus)
        return resized(rgb[top : top + tall, left : left + wide], self.width, self.height)

    def _barred(self, rgb: Rgb, scale: float) -> Rgb:
        # Even margins: H.264 keeps colour for every second pixel, and a bar's edge between two would bleed.
        wide = min(self.width, frame.even(rgb.shape[1] * scale))
        tall = min(self.height, frame.even(rgb.shape[0] * scale))
        left, top = (self.width - wide) // 4 * 2, (self.height - tall) // 4 * 2
        made = np.zeros((self.height, self.width, 3), np.uint8)
        made[top : top + tall, left : left + wide] = resized(rgb, wide, tall)
        return made


def target(given: Mapping[str, Any], clip: Reel) -> Target:
    """The size and rate asked for, what was left out taken from this clip.

    A ratio alone keeps the length of the clip's shorter side.
    """
    width, height = _size(given, clip)
    return Target(width, height, rate(given, clip), given.get("fit", "letterbox"), given.get("focus", 0.5))


def resized(rgb: Rgb, width: int, height: int) -> Rgb:
    """The picture stretched to a size: averaged where it shrinks, bicubic where it grows."""
    if rgb.shape[:2] == (height, width):
        return np.ascontiguousarray(rgb)
    how = cv2.INTER_AREA if width < rgb.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=how), np.uint8)


def _size(given: Mapping[str, Any], clip: Reel) -> tuple[int, int]:
    if "width" in given and "height" in given:
        return given["width"], given["height"]
    resolution, ratio = given.get("resolution"), given.get("aspect_ratio", "original")
    if resolution is not None or ratio == "original":
        return frame.size(resolution, ratio, (clip.width, clip.height))
    across, down = map(int, ratio.split(":"))
    short = min(clip.width, clip.height)
    if across >= down:
        return frame.even(Fraction(short * across, down)), frame.even(short)
    return frame.even(short), frame.even(Fraction(short * down, across))
