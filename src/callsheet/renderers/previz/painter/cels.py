"""A painting's layers made ready to be filmed: grown where the camera may look further, and fewer where they can be.

What hides what is known beforehand, so that no frame draws what another layer then covers wholly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from callsheet.renderers.previz.painter.layers import Layer, Painting


@dataclass(frozen=True, slots=True, eq=False)
class Cel:
    """One layer before the camera.

    From row `solid` down to its foot every pixel is opaque; there is none when that is its height. `glow` is a layer
    that only adds light and covers nothing.
    """

    layer: Layer
    solid: int
    glow: bool

    def hides(self, back: np.ndarray, width: int, floor: int) -> int:
        """The frame row from which down to row `floor` this layer leaves nothing to be seen behind it, or `floor`.

        `back` is the 3x3 way from frame pixels to the layer's own.
        """
        rows, columns = self.layer.pixels.shape[:2]
        slack = 1 + 1.25 * self.layer.motion.waves
        top = self.solid + slack
        if top >= rows - slack:
            return floor
        edge = seen_at(np.linalg.inv(back), [(0, top), (columns, top)])
        first = floor if edge is None else max(0, int(np.ceil(edge[1].max())))
        if first >= floor:
            return floor
        band = seen_at(back, [(0, first), (width - 1, first), (0, floor - 1), (width - 1, floor - 1)])
        if band is None:
            return floor
        (left, high), (right, low) = band.min(axis=1), band.max(axis=1)
        inside = slack <= left and right <= columns - 1 - slack and top <= high and low <= rows - 1 - slack
        return first if inside else floor


def prepare(painting: Painting, margin: int) -> list[Cel]:
    """The layers before the first one, back to front, for a camera that needs `margin` pixels around the frame."""
    return [_cel(layer) for layer in _merged(grown(layer, painting, margin) for layer in painting.layers[1:])]


def seen_at(homography: np.ndarray, points: Sequence[tuple[float, float]]) -> np.ndarray | None:
    """Where points (x, y) come to lie, shape (2, points); None when one of them is behind the camera."""
    there = homography @ np.array([[x, y, 1.0] for x, y in points]).T
    return there[:2] / there[2] if there[2].min() > 1e-6 else None


def grown(layer: Layer, painting: Painting, margin: int) -> Layer:
    """A layer as wide as the canvas goes on beyond its sides by reflection, and below where it reaches that far down.

    Never above: its skyline would be seen twice.
    """
    rows, columns = layer.pixels.shape[:2]
    spans = layer.x <= 1 - margin and layer.x + columns >= painting.width + margin - 1
    if not spans or layer.motion.flow != (0.0, 0.0):
        return layer
    side = round(0.16 * columns)
    down = round(0.16 * painting.height) if layer.y + rows >= painting.height + margin - 1 else 0
    pixels = cv2.copyMakeBorder(layer.pixels, 0, min(down, rows), side, side, cv2.BORDER_REFLECT)
    return replace(layer, pixels=pixels, x=layer.x - side)


def _cel(layer: Layer) -> Cel:
    alpha = layer.pixels[..., 3]
    holed = np.flatnonzero(alpha.min(axis=1) < 255)
    return Cel(layer, int(holed[-1]) + 1 if holed.size else 0, not alpha.any())


def _merged(layers: Iterable[Layer]) -> list[Layer]:
    """Neighbours that move as one, laid together where that leaves less to draw."""
    kept: list[Layer] = []
    for layer in layers:
        box = _union(kept[-1], layer) if kept and _together(kept[-1], layer) else None
        if box is None:
            kept.append(layer)
        else:
            kept[-1] = _laid(kept[-1], layer, box)
    return kept


def _together(one: Layer, two: Layer) -> bool:
    lives = one.motion.pulse or one.motion.waves or one.motion.flow != (0.0, 0.0)
    return not lives and (one.depth, one.ground, one.motion) == (two.depth, two.ground, two.motion)


def _union(one: Layer, two: Layer) -> tuple[int, int, int, int] | None:
    """The box of both (x0, y0, x1, y1); None where it holds more pixels than the two by themselves."""
    (tall, wide), (tall_too, wide_too) = one.pixels.shape[:2], two.pixels.shape[:2]
    x0, y0 = min(one.x, two.x), min(one.y, two.y)
    x1, y1 = max(one.x + wide, two.x + wide_too), max(one.y + tall, two.y + tall_too)
    return (x0, y0, x1, y1) if (x1 - x0) * (y1 - y0) <= tall * wide + tall_too * wide_too else None


def _laid(under: Layer, upper: Layer, box: tuple[int, int, int, int]) -> Layer:
    x0, y0, x1, y1 = box
    pixels = np.zeros((y1 - y0, x1 - x0, 4), np.uint8)
    for layer in (under, upper):
        rows, columns = layer.pixels.shape[:2]
        part = pixels[layer.y - y0 : layer.y - y0 + rows, layer.x - x0 : layer.x - x0 + columns]
        keep = np.repeat(255 - layer.pixels[..., 3:], 4, axis=2)
        cv2.add(cv2.multiply(part, keep, scale=1 / 255), layer.pixels, dst=part)
    return replace(upper, pixels=pixels, x=x0, y=y0)
