"""The small sign in a corner of every preview: legible on any picture, and absent when the scene asks for none."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from callsheet.renderers.previz import lettering

WORD = "PREVIZ"
"""What it says."""


Overlay = tuple[int, int, np.ndarray, np.ndarray]
"""A thing laid onto pictures: its first row and column, what it keeps of each pixel (255 all of it), what it adds."""


def stamp(rgb: np.ndarray, text: str = WORD) -> None:
    """Lay the mark into the top right corner, in place.

    White letters on a soft dark plate read on white and on black alike. They are made once per size, so a frame costs
    next to nothing. Pictures under 48 pixels on a side are too small for it.
    """
    laid = overlay(rgb.shape[1], rgb.shape[0], text)
    if laid is None:
        return
    top, left, shade, light = laid
    part = rgb[top : top + shade.shape[0], left : left + shade.shape[1]]
    cv2.multiply(part, shade, dst=part, scale=1 / 255)
    cv2.add(part, light, dst=part)


def overlay(width: int, height: int, text: str = WORD) -> Overlay | None:
    """The mark of a picture of that size; None where the picture is too small for it."""
    if min(height, width) < 48:
        return None
    shade, light = _plate(text, max(10, round(min(height, width) * 0.022)))
    margin = max(4, round(min(height, width) * 0.024))
    columns = shade.shape[1]
    return None if columns + 2 * margin > width else (margin, width - margin - columns, shade, light)


def rows(width: int, height: int) -> int:
    """How many rows at the top of a picture of that size the mark reaches down, its margin with it."""
    size, margin = max(10, round(min(height, width) * 0.022)), max(4, round(min(height, width) * 0.024))
    return _plate(WORD, size)[0].shape[0] + margin if min(height, width) >= 48 else 0


@lru_cache(maxsize=16)
def _plate(text: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """What to multiply the corner by (255 keeps) and what to add to it, both uint8 height x width x 3."""
    letters, ascent = lettering.coverage(text, size, weight=600)
    top = ascent - round(size * 0.98)
    letters = letters[top : ascent + round(size * 0.28)].astype(np.float32) / 255
    plate = _rounded(letters.shape[0], letters.shape[1], letters.shape[0] // 2)
    keep = (1 - 0.46 * plate) * (1 - 0.94 * letters)
    add = 0.94 * letters * 255
    return _three(keep * 255), _three(add)


def _rounded(height: int, width: int, radius: int) -> np.ndarray:
    big = np.zeros((height * 4, width * 4), np.uint8)
    r = radius * 4
    cv2.rectangle(big, (r, 0), (width * 4 - r - 1, height * 4 - 1), (255,), -1)
    cv2.circle(big, (r, height * 2), height * 2, (255,), -1)
    cv2.circle(big, (width * 4 - r - 1, height * 2), height * 2, (255,), -1)
    return cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _three(plane: np.ndarray) -> np.ndarray:
    return np.repeat(np.rint(plane).astype(np.uint8)[..., None], 3, axis=2)
