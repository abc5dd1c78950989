"""The watermark a scene asks for: words or a picture in a corner, soft enough to look through, on every frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np

from callsheet.errors import RenderError
from callsheet.renderers import media
from callsheet.renderers.previz import lettering, mark
from callsheet.renderers.scene import Scene

WORDS = "AI GENERATED"
"""What it says where no picture is given."""

TOP_LEFT, TOP_RIGHT, BOTTOM_RIGHT, BOTTOM_LEFT = 1, 2, 3, 4

_OPACITY = 0.8
_PICTURE_HIGH, _PICTURE_WIDE = 0.09, 0.22


class Watermark:
    """One watermark for frames of one size, made once: `Watermark.of(scene)`, then `lay(rgb)` in place."""

    def __init__(self, picture: np.ndarray, at: tuple[int, int]) -> None:
        """`picture` is premultiplied float RGBA in 0..255 whose top left corner lies at `at` (column, row)."""
        self._at = at
        self._add = np.rint(picture[..., :3]).astype(np.uint8)
        self._keep = np.repeat(np.rint(255 - picture[..., 3:]).astype(np.uint8), 3, axis=2)

    @classmethod
    def of(cls, scene: Scene, foot: int = 0) -> Self | None:
        """The scene's watermark, None where it asks for none or its frames are too small for one.

        `watermark`, `watermark_position` (1 top left, 2 top right, 3 bottom right, 4 bottom left; 3 if not given) and
        `watermark_image` stand in `extra`. At the foot it keeps clear of `foot` rows, at the top right of the mark.
        """
        if not scene.extra.get("watermark"):
            return None
        given = scene.extra.get("watermark_image")
        picture = _pictured(Path(given), scene) if given else _lettered(scene)
        rows, columns = picture.shape[:2]
        margin = max(4, round(min(scene.width, scene.height) * 0.03))
        if columns + 2 * margin > scene.width or rows + 2 * margin + foot > scene.height:
            return None
        place = scene.extra.get("watermark_position") or BOTTOM_RIGHT
        right, low = place in (TOP_RIGHT, BOTTOM_RIGHT), place in (BOTTOM_RIGHT, BOTTOM_LEFT)
        taken = mark.rows(scene.width, scene.height) if scene.mark and place == TOP_RIGHT else 0
        x = scene.width - margin - columns if right else margin
        y = scene.height - margin - rows - foot if low else margin + taken
        return cls(picture, (x, y))

    def lay(self, rgb: np.ndarray) -> None:
        """Lay it onto a frame, in place."""
        x, y = self._at
        part = rgb[y : y + self._keep.shape[0], x : x + self._keep.shape[1]]
        cv2.multiply(part, self._keep, dst=part, scale=1 / 255)
        cv2.add(part, self._add, dst=part)


def _lettered(scene: Scene) -> np.ndarray:
    """White words with a dark rim, so that they read on white as on black."""
    size = max(9, round(min(scene.width, scene.height) * 0.034))
    letters, _ = lettering.coverage(WORDS, size, weight=600)
    tops = np.nonzero(letters.max(axis=1))[0]
    if not len(tops):
        return np.zeros((1, 1, 4), np.float32)
    pad = max(2, size // 6)
    letters = letters[max(0, tops[0] - pad) : tops[-1] + pad + 1].astype(np.float32) / 255
    rim: Any = cv2.GaussianBlur(letters, (0, 0), max(1.0, size / 14))
    dark = np.clip(rim * 1.6, 0, 1) * 0.55
    cover = letters + dark * (1 - letters)
    colour = np.repeat((letters * 255)[..., None], 3, axis=2)
    return np.dstack([colour, cover * 255]) * _OPACITY


def _pictured(path: Path, scene: Scene) -> np.ndarray:
    """The given picture, its transparency kept, at most a tenth of the frame high and a fifth of it wide."""
    try:
        rgba = media.load_cutout(path).astype(np.float32)
    except (media.NotMedia, media.TooManyPixels, OSError) as error:
        raise RenderError(f"watermark_image cannot be used: {error}", param="watermark_image").because(
            "media_unusable", param="watermark_image", quoted=str(error)
        ) from error
    rows, columns = rgba.shape[:2]
    scale = min(scene.height * _PICTURE_HIGH / rows, scene.width * _PICTURE_WIDE / columns)
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    rgba[..., :3] *= rgba[..., 3:] / 255
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgba, size, interpolation=how), np.float32).reshape(size[1], size[0], 4) * _OPACITY
