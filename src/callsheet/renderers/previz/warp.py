"""Shows a still through a moving camera: one smooth displacement on a coarse grid, one remap per frame.

Places are in half shorter sides of the frame from its centre, x right and y down (see `Pose`). The displacement is
reckoned for every eighth pixel and enlarged: with a smooth depth nothing is lost, and a 720p frame costs a few
milliseconds. No frame ever shows what lies beyond the still: `overscan` finds how far the whole move must be zoomed in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.depth import Plane
from callsheet.renderers.previz.pose import FOCAL, Pose

Rgb = NDArray[np.uint8]

CELL = 8
FARTHEST = 0.12
"""How much of the nearest point's motion the farthest still makes."""

_TRIES = 24
_PICKED = 240
_UNBENT = 0.3
_HAIR = 0.002
_FITS = 1.0001


def pull(near: Any) -> Any:
    """How strongly a point follows the camera's own movement, by its nearness 0..1."""
    return FARTHEST + (1 - FARTHEST) * near


def rotation(pose: Pose) -> NDArray[np.float64]:
    """The 3x3 turn of a ray from the frame to the world: first roll, then pitch, then yaw."""
    cr, sr = math.cos(pose.roll), math.sin(pose.roll)
    cp, sp = math.cos(pose.pitch), math.sin(pose.pitch)
    cy, sy = math.cos(pose.yaw), math.sin(pose.yaw)
    roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    return yaw @ pitch @ roll


def matrix(pose: Pose, near: float, width: int, height: int) -> NDArray[np.float64]:
    """The 3x3 homography from frame pixels to picture pixels for a flat layer at one nearness (0 far, 1 near).

    Both are width x height and centred on each other; use it with `cv2.warpPerspective(..., WARP_INVERSE_MAP)`. It
    holds everything of the pose but `bulge` and `drift`, which are no homographies.
    """
    unit = min(width, height) / 2
    frame = np.array([[1 / unit, 0, -(width - 1) / 2 / unit], [0, 1 / unit, -(height - 1) / 2 / unit], [0, 0, 1]])
    lens = np.diag([1 / pose.zoom, 1 / pose.zoom, FOCAL])
    project = np.diag([FOCAL, FOCAL, 1.0])
    follow, closer = float(pull(near)), 1 - pose.z * float(pull(near))
    right, down = pose.x * follow + pose.shift_x, -pose.y * follow + pose.shift_y
    move = np.array([[closer, 0, right], [0, closer, down], [0, 0, 1]])
    found = np.linalg.inv(frame) @ move @ project @ rotation(pose) @ lens @ frame
    return found / found[2, 2]


@dataclass(frozen=True, slots=True)
class Field:
    """The still as the camera meets it: half its size in the units above, its nearness, and where its sky is.

    `give` lets the frame reach that share of half a side beyond the still, whose outer parts then stretch to fill.
    """

    half_width: float
    half_height: float
    near: Plane | None = None
    sky: Plane | None = None
    give: float = 0.0

    def source(self, pose: Pose, x: Plane, y: Plane) -> tuple[Plane, Plane]:
        """Which place of the still each place of the frame shows."""
        flat_x, flat_y = _through_lens(pose, x, y)
        if self.near is None:
            return self._follow(pose, flat_x, flat_y, pull(0.35))
        # The depth is known where the still is, not where the frame is: two looks settle it, since it is smooth.
        there_x, there_y = self._follow(pose, flat_x, flat_y, pull(self._at(self.near, flat_x, flat_y)))
        there_x, there_y = self._follow(pose, flat_x, flat_y, pull(self._at(self.near, there_x, there_y)))
        if pose.drift and self.sky is not None:
            there_x = _plane(there_x - pose.drift * self._at(self.sky, there_x, there_y))
        return there_x, there_y

    def _follow(self, pose: Pose, x: Plane, y: Plane, follow: Any) -> tuple[Plane, Plane]:
        closer = 1 - pose.z * follow
        return _plane(x * closer + pose.x * follow + pose.shift_x), _plane(y * closer - pose.y * follow + pose.shift_y)

    def _at(self, plane: Plane, x: Plane, y: Plane) -> Plane:
        height, width = plane.shape
        across = ((x / self.half_width + 1) * (width / 2) - 0.5).astype(np.float32)
        down = ((y / self.half_height + 1) * (height / 2) - 0.5).astype(np.float32)
        found = cv2.remap(plane, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(found, np.float32).reshape(x.shape)


def _through_lens(pose: Pose, x: Plane, y: Plane) -> tuple[Plane, Plane]:
    x, y = _plane(x / pose.zoom), _plane(y / pose.zoom)
    if pose.bulge:
        bend = 1 + pose.bulge * (x * x + y * y)
        x, y = _plane(x * bend), _plane(y * bend)
    if not (pose.roll or pose.pitch or pose.yaw):
        return x, y
    turn = rotation(pose)
    ahead = (turn[2, 0] * x + turn[2, 1] * y + turn[2, 2] * FOCAL) / FOCAL
    across = (turn[0, 0] * x + turn[0, 1] * y + turn[0, 2] * FOCAL) / ahead
    down = (turn[1, 0] * x + turn[1, 1] * y + turn[1, 2] * FOCAL) / ahead
    return _plane(across), _plane(down)


def _plane(values: Any) -> Plane:
    return np.asarray(values, np.float32)


def overscan(field: Field, poses: Sequence[Pose], width: int, height: int) -> list[float]:
    """For each pose, the least extra zoom (1 or more) that keeps the whole frame inside the still."""
    edge_x, edge_y = _edge(width, height)
    picked = np.unique(np.linspace(0, len(poses) - 1, min(len(poses), _PICKED)).round().astype(int))
    exact: list[float] = []
    for index in picked:
        # The neighbour's answer is a good first guess: a path moves little from one frame to the next.
        exact.append(_least_zoom(field, poses[index], edge_x, edge_y, exact[-1] if exact else 1.0))
    found = [float(zoom) for zoom in np.interp(np.arange(len(poses)), picked, exact)]
    if len(picked) == len(poses):
        return found
    for index, pose in enumerate(poses):
        # What a long path does between the picked poses is checked, and reckoned only where the guess falls short.
        if _excess(field, pose.moved(zoom=found[index]), edge_x, edge_y) > _FITS:
            found[index] = _least_zoom(field, pose, edge_x, edge_y, found[index])
    return found


def _least_zoom(field: Field, pose: Pose, x: Plane, y: Plane, guess: float) -> float:
    low, high = 1.0, 8.0
    zoom = max(1.0, guess)
    for _ in range(_TRIES):
        excess = _excess(field, pose.moved(zoom=zoom), x, y)
        if excess <= _FITS:
            high = min(high, zoom)
        else:
            low = max(low, zoom)
        if high - low < _HAIR / 2 or (excess <= _FITS and zoom == 1.0):
            break
        step = zoom * excess * 1.0005
        zoom = step if low < step < high else (low + high) / 2
    return high


def _excess(field: Field, pose: Pose, x: Plane, y: Plane) -> float:
    there_x, there_y = field.source(pose, x, y)
    reach = max(float(np.abs(there_x).max()) / field.half_width, float(np.abs(there_y).max()) / field.half_height)
    return reach / (1 + field.give)


def _stretched(there: Plane, half: float) -> Plane:
    """Places drawn in from beyond the still: the outer parts of the picture spread smoothly; nothing is mirrored."""
    inner = there[1:-1, 1:-1]
    for side in (1.0, -1.0):
        reach = float((inner * side).max()) / half
        if reach <= 1:
            continue
        beyond = np.maximum(there * np.float32(side / half) - _UNBENT, 0)
        bend = (reach - 1) / (reach - _UNBENT) ** 2
        there = _plane(there - np.float32(side * half) * bend * beyond * beyond)
    return there


def _edge(width: int, height: int) -> tuple[Plane, Plane]:
    """Places all along the frame's edge, as two columns of 1 x n."""
    unit = min(width, height) / 2
    half_w, half_h = width / 2 / unit, height / 2 / unit
    along = np.linspace(-1, 1, 25, dtype=np.float32)
    one = np.ones_like(along)
    x = np.concatenate([along, along, one, -one]) * half_w
    y = np.concatenate([one, -one, along, along]) * half_h
    return _plane(x[None]), _plane(y[None])


class Lens:
    """The frame's grid: turns a pose into a map for `cv2.remap`. Made once per clip."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        unit = min(width, height) / 2
        # One cell beyond each side, so that enlarging interpolates between true values up to the very edge.
        columns = np.arange(-1, -(-width // CELL) + 1) * CELL + (CELL - 1) / 2
        rows = np.arange(-1, -(-height // CELL) + 1) * CELL + (CELL - 1) / 2
        x = ((columns - (width - 1) / 2) / unit).astype(np.float32)
        y = ((rows - (height - 1) / 2) / unit).astype(np.float32)
        self._x, self._y = np.meshgrid(x, y)
        self._coarse = np.empty((*self._x.shape, 2), np.float32)

    def travel(self, field: Field, before: Pose, now: Pose) -> float:
        """How many pixels the fastest part of the frame moves from one pose to the other."""
        x, y = self._x[::6, ::6], self._y[::6, ::6]
        (from_x, from_y), (to_x, to_y) = field.source(before, x, y), field.source(now, x, y)
        way = float(np.hypot(to_x - from_x, to_y - from_y).max())
        return way * now.zoom * min(self._width, self._height) / 2

    def map(self, field: Field, pose: Pose, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """For every frame pixel the place in a picture of `shape` it shows: float32 (height, width, 2)."""
        there_x, there_y = field.source(pose, self._x, self._y)
        if field.give:
            there_x, there_y = _stretched(there_x, field.half_width), _stretched(there_y, field.half_height)
        rows, columns = shape[:2]
        self._coarse[..., 0] = (there_x / field.half_width + 1) * (columns / 2) - 0.5
        self._coarse[..., 1] = (there_y / field.half_height + 1) * (rows / 2) - 0.5
        tall, wide = self._coarse.shape[0] * CELL, self._coarse.shape[1] * CELL
        fine = np.asarray(cv2.resize(self._coarse, (wide, tall), interpolation=cv2.INTER_LINEAR), np.float32)
        return fine[CELL : CELL + self._height, CELL : CELL + self._width]
