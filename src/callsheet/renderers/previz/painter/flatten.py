"""Lays layers over each other: premultiplied bytes, in place, only where they touch the picture."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from callsheet.renderers.previz.painter.layers import Layer


class Scratch:
    """Memory that is used again: fresh pages for every frame would cost more than the arithmetic on them."""

    def __init__(self) -> None:
        self._held: dict[str, np.ndarray] = {}

    def take(self, name: str, rows: int, columns: int, channels: int) -> np.ndarray:
        """A uint8 array of that shape with anything in it; the same memory for the same name every time."""
        need = rows * columns * channels
        held = self._held.get(name)
        if held is None or held.size < need:
            held = self._held[name] = np.empty(need, np.uint8)
        shape = (rows, columns, channels) if channels > 1 else (rows, columns)
        return held[:need].reshape(shape)


def over(
    picture: np.ndarray,
    pixels: np.ndarray,
    x: int,
    y: int,
    scratch: Scratch | None = None,
    *,
    solid: int | None = None,
    glow: bool = False,
) -> None:
    """Lay premultiplied RGBA bytes onto an RGB picture with their top left pixel at (x, y).

    What is known of them saves work: from their row `solid` on they are opaque, and a `glow` covers nothing.
    """
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(picture.shape[1], x + pixels.shape[1]), min(picture.shape[0], y + pixels.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    middle = y1 if solid is None else min(max(y + solid, y0), y1)
    room = scratch or Scratch()
    if y0 < middle:
        _blend(picture[y0:middle, x0:x1], pixels[y0 - y : middle - y, x0 - x : x1 - x], room, glow=glow)
    if middle < y1:
        cv2.cvtColor(pixels[middle - y : y1 - y, x0 - x : x1 - x], cv2.COLOR_RGBA2RGB, dst=picture[middle:y1, x0:x1])


def flat(layers: Iterable[Layer], box: tuple[int, int, int, int]) -> np.ndarray:
    """The layers as one RGB picture of the box (x0, y0, x1, y1) in frame pixels, the camera at rest."""
    x0, y0, x1, y1 = box
    picture = np.zeros((y1 - y0, x1 - x0, 3), np.uint8)
    for layer in layers:
        over(picture, layer.pixels, layer.x - x0, layer.y - y0)
    return picture


def _blend(under: np.ndarray, part: np.ndarray, room: Scratch, *, glow: bool) -> None:
    rows, columns = part.shape[:2]
    colour = cv2.cvtColor(part, cv2.COLOR_RGBA2RGB, dst=room.take("colour", rows, columns, 3))
    if glow:
        cv2.add(under, colour, dst=under)
        return
    alpha = cv2.extractChannel(part, 3, dst=room.take("alpha", rows, columns, 1))
    cv2.bitwise_not(alpha, dst=alpha)
    keep = cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB, dst=room.take("keep", rows, columns, 3))
    cv2.multiply(under, keep, dst=keep, scale=1 / 255)
    cv2.add(keep, colour, dst=under)
