"""Shows a still by a field of places: the field on a coarse grid, the still at every size that is needed."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.flow import Flow
from callsheet.renderers.previz.sampling import look_up
from callsheet.renderers.previz.trail import Moment

Pixels = NDArray[np.uint8]
Window = tuple[int, int, int, int]
"""Cells of the grid: the first column and row, and one past the last."""

CELL = 4
"""Pixels of the frame from one place of the grid to the next: motion is smooth, so that is enough."""

_STEP = 1.7
_MOST_PIXELS = 24_000_000
_NO_MAP: Any = None


class Grid:
    """The frame's places on a coarse grid, one cell beyond the frame on every side, and what a moment says of each.

    `half` is half the sides of the moments' own frame. Places are in half shorter sides from the centre.
    """

    def __init__(self, width: int, height: int, half: tuple[float, float]) -> None:
        self.size = (width, height)
        self.cells = (-(-width // CELL), -(-height // CELL))
        unit = min(width, height) / 2
        columns = np.arange(-1, self.cells[0] + 1) * CELL + (CELL - 1) / 2
        rows = np.arange(-1, self.cells[1] + 1) * CELL + (CELL - 1) / 2
        self._x, self._y = np.meshgrid(
            ((columns - (width - 1) / 2) / unit).astype(np.float32),
            ((rows - (height - 1) / 2) / unit).astype(np.float32),
        )
        self._on = np.dstack([self._x / half[0] + 1, self._y / half[1] + 1])
        self._beyond = (np.abs(self._x) > half[0]) | (np.abs(self._y) > half[1])

    def of(self, plane: Any) -> Any:
        """A plane or field of a moment's grid, looked up at every place of this one; its edge goes on."""
        rows, columns = plane.shape[:2]
        where = self._on * np.array([columns / 2, rows / 2], np.float32) - np.float32(0.5)
        return look_up(plane, where.astype(np.float32))

    def source(self, moment: Moment, local: Flow) -> Flow:
        """What the first frame's place is that each cell shows, with `local` in place of the moment's own."""
        own = np.asarray(self.of(local), np.float32)
        own[self._beyond] = 0
        turn, shift = moment.turn, moment.shift
        x = turn.real * self._x - turn.imag * self._y + np.float32(shift.real) + own[..., 0]
        y = turn.imag * self._x + turn.real * self._y + np.float32(shift.imag) + own[..., 1]
        return np.dstack([x, y]).astype(np.float32)

    def fine(self, coarse: Flow, window: Window | None = None) -> Flow:
        """Such places for every pixel of the frame, or of a window of it."""
        x0, y0, x1, y1 = window or (0, 0, *self.cells)
        part = np.ascontiguousarray(coarse[y0 : y1 + 2, x0 : x1 + 2])
        size = ((x1 - x0 + 2) * CELL, (y1 - y0 + 2) * CELL)
        fine = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.float32)
        wide, tall = min(x1 * CELL, self.size[0]) - x0 * CELL, min(y1 * CELL, self.size[1]) - y0 * CELL
        return fine[CELL : CELL + tall, CELL : CELL + wide]


class Sizes:
    """A still, RGB or RGBA, at every size that a motion needs; between two it is mixed, so that no change is seen.

    It is `room` half shorter sides wide and high each way from its centre; a half shorter side is `unit` pixels of the
    frame. It is shown from `span[0]` to `span[1]` times as large.
    """

    def __init__(self, still: Pixels, room: tuple[float, float], unit: float, span: tuple[float, float]) -> None:
        steps = math.ceil(math.log(span[1] / span[0], _STEP) - 0.3)
        self._scales = [span[0] * _STEP**step for step in range(max(steps, 0) + 1)] if steps > 0 else [span[1]]
        self._room = room
        self._levels = [_level(still, room, unit * scale) for scale in self._scales]

    def seen(self, grid: Grid, where: Flow, magnified: float, window: Window | None = None) -> Pixels:
        """RGBA of the frame, or of a window of it: the still looked up at the grid's places, in half shorter sides.

        It is `magnified` so many times there.
        """
        place = math.log(magnified / self._scales[0], _STEP)
        lower = min(max(math.floor(place), 0), len(self._levels) - 1)
        upper = min(lower + 1, len(self._levels) - 1)
        share = min(max((place - lower - 0.25) * 2, 0.0), 1.0)
        one = self._sampled(self._levels[lower], grid, where, window)
        if upper == lower or share == 0.0:
            return one
        two = self._sampled(self._levels[upper], grid, where, window)
        return np.asarray(cv2.addWeighted(one, 1 - share, two, share, 0, dst=one), np.uint8)

    def _sampled(self, level: Pixels, grid: Grid, where: Flow, window: Window | None) -> Pixels:
        rows, columns = level.shape[:2]
        scale = np.array([columns / 2 / self._room[0], rows / 2 / self._room[1]], np.float32)
        middle = np.array([(columns - 1) / 2, (rows - 1) / 2], np.float32)
        fine = grid.fine(where * scale + middle, window)
        seen = cv2.remap(level, fine, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(seen, np.uint8)


def _level(still: Pixels, room: tuple[float, float], unit: float) -> Pixels:
    width, height = 2 * room[0] * unit, 2 * room[1] * unit
    shrink = min(1.0, math.sqrt(_MOST_PIXELS / (width * height)))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    how = cv2.INTER_AREA if size[0] < still.shape[1] else cv2.INTER_CUBIC
    # OpenCV samples four channels in half the time of three.
    rgba = still if still.shape[2] == 4 else cv2.cvtColor(still, cv2.COLOR_RGB2RGBA)
    return np.asarray(cv2.resize(rgba, size, interpolation=how), np.uint8)
