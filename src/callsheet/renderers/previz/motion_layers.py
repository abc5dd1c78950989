"""A still in two layers, so that what moves before its ground uncovers ground and stretches nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.flow import Flow
from callsheet.renderers.previz.lookups import CELL, Grid, Sizes, Window
from callsheet.renderers.previz.picture import cutout, refill
from callsheet.renderers.previz.picture.planes import Plane, fit
from callsheet.renderers.previz.sampling import look_up
from callsheet.renderers.previz.shoot import Rgb
from callsheet.renderers.previz.trail import Moment
from callsheet.renderers.previz.uncovered import Parts, Split, of_still

_SIDE = 960
"""Ground behind what moves is filled at this size: it is seen moving, and never for long."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How a still lies in the frame: `room` half shorter sides (`unit` pixels) each way, `zoom` times, at `centre`."""

    room: tuple[float, float]
    unit: float
    zoom: float
    centre: complex

    def on(self, seen: Flow) -> Flow:
        """Places on the still of places of the first frame."""
        return (seen - np.array([self.centre.real, self.centre.imag], np.float32)) / np.float32(self.zoom)


class Layers:
    """What moves, cut out, and the ground without it: `Layers.of(still, parts, ...)`, then `seen` for each moment."""

    def __init__(self, ground: Sizes, moving: Sizes, small: Plane, framing: Framing) -> None:
        self._ground, self._moving, self._small, self._framing = ground, moving, small, framing

    @classmethod
    def of(cls, still: Rgb, found: Parts, framing: Framing, span: tuple[float, float]) -> Self:
        """Cut the still where it moves, along its own edges."""
        scale = min(1.0, _SIDE / max(still.shape[:2]))
        size = (max(8, round(still.shape[1] * scale)), max(8, round(still.shape[0] * scale)))
        small = np.ascontiguousarray(fit(still, *size))
        guess = of_still(found, size, framing.room, framing.zoom, framing.centre)
        alpha = cutout.around(small, guess)
        ground = _cleared(still, small, alpha)
        fine = cv2.resize(np.clip((alpha - 0.3) / 0.6, 0, 1), still.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        cut = np.dstack([still, np.rint(fine * 255).astype(np.uint8)])
        sizes = [Sizes(layer, framing.room, framing.unit, span) for layer in (ground, cut)]
        return cls(sizes[0], sizes[1], np.asarray(fit(alpha, 160, 160), np.float32), framing)

    def seen(self, grid: Grid, moment: Moment, split: Split, magnified: float) -> NDArray[np.uint8]:
        """RGBA of the frame at one moment."""
        ground = self._framing.on(grid.source(moment, split.ground))
        picture = self._ground.seen(grid, ground, magnified)
        moving = self._framing.on(grid.source(moment, split.moving))
        near = np.asarray(grid.of(split.reach.astype(np.float32)), np.float32)
        window = self._window(near * self._cover(moving))
        if window is None:
            return picture
        layer = self._moving.seen(grid, moving, magnified, window)
        share = layer[..., 3].astype(np.float32) * np.clip(grid.fine(near, window), 0, 1) * np.float32(1 / 255)
        part = picture[window[1] * CELL :, window[0] * CELL :][: share.shape[0], : share.shape[1]]
        part[:] = cv2.blendLinear(layer, np.ascontiguousarray(part), share, 1 - share)
        return picture

    def _cover(self, where: Flow) -> Plane:
        rows, columns = self._small.shape
        room = self._framing.room
        scale = np.array([columns / 2 / room[0], rows / 2 / room[1]], np.float32)
        middle = np.array([(columns - 1) / 2, (rows - 1) / 2], np.float32)
        return np.asarray(look_up(self._small, where * scale + middle), np.float32)

    def _window(self, cover: Plane) -> Window | None:
        """The cells that any of it is seen in, and one around them."""
        there = cover[1:-1, 1:-1] > 0.004
        rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
        if not rows.size:
            return None
        high, wide = there.shape
        return (
            max(0, int(columns[0]) - 1), max(0, int(rows[0]) - 1),
            min(wide, int(columns[-1]) + 2), min(high, int(rows[-1]) + 2),
        )  # fmt: skip


def _cleared(still: Rgb, small: Rgb, alpha: Plane) -> Rgb:
    """The still without what moves: ground of its own in its place, sewn in."""
    around = max(4, round(0.045 * min(small.shape[:2])))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * around + 1, 2 * around + 1))
    hole = cv2.dilate((alpha > 0.03).astype(np.uint8), disc) > 0
    if hole.all():
        return still
    filled = refill.behind(small, hole)
    size = still.shape[1::-1]
    share = np.asarray(cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_LINEAR), np.float32)
    large = np.asarray(cv2.resize(filled, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    return np.asarray(cv2.blendLinear(large, np.ascontiguousarray(still), share, 1 - share), np.uint8)
