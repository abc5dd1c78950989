"""Shows a painting through a moving camera: every layer by its own homography, alive by its own motion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from callsheet.renderers.previz.looks import Looks
from callsheet.renderers.previz.painter import flatten, light
from callsheet.renderers.previz.painter.cels import Cel, grown, prepare, seen_at
from callsheet.renderers.previz.painter.layers import Layer, Painting
from callsheet.renderers.previz.painter.stage import FARTHEST_FLOOR
from callsheet.renderers.previz.pose import Pose
from callsheet.renderers.previz.sampling import look_up, padded
from callsheet.renderers.previz.warp import matrix

# How far beyond the frame a painting may reach, as a share of the frame's shorter side: what a move needs beyond
# that it gets by zooming in a little.
MOST_MARGIN = 0.22
_CELL = 16
# How much a fisheye may enlarge the middle, so that it still shows where it is.
_MOST_BULGE = 0.45


def fit(poses: Sequence[Pose], width: int, height: int) -> tuple[list[Pose], int]:
    """The poses, zoomed in where they must be, and the margin in pixels that their painting needs.

    A bulge is shown by the finished frame itself, so it needs no margin.
    """
    plain = [replace(pose, bulge=0.0, drift=0.0) for pose in poses]
    most = int(MOST_MARGIN * min(width, height))
    zoom = 1.0
    while _need([p.moved(zoom=zoom) for p in plain], width, height) > most and zoom < 6:
        zoom *= 1.03
    fitted = [pose.moved(zoom=zoom) for pose in poses]
    need = _need([p.moved(zoom=zoom) for p in plain], width, height)
    return fitted, min(most, max(2, math.ceil(need) + 2))


def _need(poses: Sequence[Pose], width: int, height: int) -> float:
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float64).T
    size = np.array([[width], [height]])
    worst = 0.0
    for pose in [*poses[:: max(1, len(poses) // 24)], poses[-1]]:
        for near in (0.0, 1.0):
            there = matrix(pose, near, width, height) @ corners
            there = there[:2] / there[2:]
            worst = max(worst, float(np.max(-there)), float(np.max(there - size)))
    return worst


def follow(poses: Sequence[Pose], painting: Painting, seconds: float) -> list[Pose]:
    """The poses, led so that the first subject stays in the frame while the camera closes in on it.

    As the picture is enlarged the subject is held nearer to the middle; a camera that does not close in is left alone.
    """
    if painting.subject is None:
        return list(poses)
    x, y, near, drift = painting.subject
    width, height = painting.width, painting.height
    unit = min(width, height) / 2
    led: list[Pose] = []
    for index, pose in enumerate(poses):
        spot = np.array([x + drift * seconds * index / max(len(poses) - 1, 1), y])
        plain = replace(pose, bulge=0.0, drift=0.0)
        back = matrix(plain, near, width, height)
        seen = _through(np.linalg.inv(back), spot)
        closer = float(np.hypot(*(_through(back, seen + np.array([1.0, 0.0])) - spot)))
        larger = (1 + min(pose.bulge * 3, _MOST_BULGE)) / max(closer, 0.05)
        share = min(1.0, max(0.0, (larger - 1.04) / 0.9))
        share = share * share * (3 - 2 * share)
        room = np.array([width, height]) * (0.5 - (0.16 + 0.2 * share))
        middle = np.array([width, height]) * (0.5, 0.47)
        held = middle + np.clip(seen - middle, -room, room)
        shift = (spot - _through(back, seen + (held - seen) * min(1.0, 4 * share))) / unit
        led.append(pose.moved(shift_x=float(shift[0]), shift_y=float(shift[1])))
    return led


@dataclass(frozen=True, slots=True)
class _View:
    """How one cel meets the camera: the way from the frame to its pixels (3x3), and the part of the frame it touches.

    From frame row `solid` on, as far down as it is seen, it is opaque from side to side.
    """

    cel: Cel
    back: np.ndarray
    window: tuple[int, int, int, int]
    strength: float
    blur: int
    solid: int


class Show:
    """One painting ready to be filmed: `frame(pose, seconds)` gives uint8 RGB of the painting's size."""

    def __init__(self, painting: Painting, margin: int) -> None:
        self._painting = painting
        self._size = (painting.width, painting.height)
        self._backdrop = grown(painting.layers[0], painting, margin)
        self._cels = prepare(painting, margin)
        self._scratch = flatten.Scratch()
        self._tiles = {cel: _tiled(cel.layer) for cel in self._cels if cel.layer.motion.flow != (0.0, 0.0)}
        self._corners = light.corners(painting.width, painting.height, painting.vignette)
        self._looks = Looks(painting.width, painting.height)
        self._picture = np.empty((painting.height, painting.width, 3), np.uint8)

    def frame(self, pose: Pose, seconds: float) -> np.ndarray:
        """What the camera sees; the array is used again for the next frame."""
        picture = self._picture
        views, floor = self._views(pose, seconds)
        self._lay_backdrop(picture[:floor], pose)
        for view in views:
            self._lay(picture, view, pose, seconds)
        if pose.bulge:
            picture[:] = self._bulged(picture, pose.bulge)
        cv2.multiply(picture, self._corners, dst=picture, scale=1 / 255)
        return self._looks.apply(picture, pose.look)

    def _views(self, pose: Pose, seconds: float) -> tuple[list[_View], int]:
        """What is to be drawn, back to front, and the frame row from which on nothing of the backdrop is seen.

        Looked at from the front: what a nearer layer hides down to the frame's foot need not be drawn behind it.
        """
        views: list[_View] = []
        floor, ground = self._size[1], self._ground(pose)
        for cel in reversed(self._cels):
            layer, strength = cel.layer, _strength(cel.layer, seconds)
            if strength <= 0.01 or floor == 0:
                continue
            camera = ground if layer.ground else matrix(pose, layer.depth, *self._size)
            back = _local(layer, seconds) @ camera
            blur = int(abs(layer.depth - pose.look.focus) * pose.look.aperture * 0.035 * min(self._size))
            window = (0, 0, *self._size) if cel in self._tiles else self._window(layer, back, floor + max(0, blur))
            if window is None:
                continue
            whole = strength >= 0.995 and blur <= 1
            solid = cel.hides(back, self._size[0], floor) if whole else floor
            views.append(_View(cel, back, window, strength, blur, solid))
            floor = solid
        return views[::-1], floor

    def _lay_backdrop(self, picture: np.ndarray, pose: Pose) -> None:
        if not picture.size:
            return
        layer, size = self._backdrop, (picture.shape[1], picture.shape[0])
        back = _local(layer, 0.0) @ matrix(pose, layer.depth, *self._size)
        room = self._scratch.take("seen", size[1], size[0], 4)
        cv2.warpPerspective(layer.pixels, back, size, dst=room, flags=_INVERSE, borderMode=cv2.BORDER_REFLECT)
        cv2.cvtColor(room, cv2.COLOR_RGBA2RGB, dst=picture)

    def _lay(self, picture: np.ndarray, view: _View, pose: Pose, seconds: float) -> None:
        cel, layer = view.cel, view.cel.layer
        if cel in self._tiles:
            self._scroll(picture, layer, self._tiles[cel], seconds)
            return
        x0, y0, x1, y1 = view.window
        back = view.back @ np.array([[1, 0, x0], [0, 1, y0], [0, 0, 1]], np.float64)
        if layer.motion.waves:
            seen = _rippled(layer, back, (x1 - x0, y1 - y0), seconds)
        else:
            room = self._scratch.take("seen", y1 - y0, x1 - x0, 4)
            seen = cv2.warpPerspective(
                layer.pixels, back, (x1 - x0, y1 - y0), dst=room, flags=_INVERSE, borderMode=cv2.BORDER_CONSTANT
            )
        if view.strength < 0.995:
            seen = cv2.convertScaleAbs(seen, dst=seen, alpha=view.strength)
        if view.blur > 1:
            seen = cv2.blur(seen, (view.blur, view.blur))
        flatten.over(picture, seen, x0, y0, self._scratch, solid=view.solid - y0, glow=cel.glow)

    def _window(self, layer: Layer, back: np.ndarray, floor: int) -> tuple[int, int, int, int] | None:
        """The part of the frame this layer touches above row `floor`, None when it is out of sight."""
        rows, columns = layer.pixels.shape[:2]
        left, top, right, foot = -0.5, -0.5, columns - 0.5, rows - 0.5
        there = seen_at(np.linalg.inv(back), [(left, top), (right, top), (left, foot), (right, foot)])
        if there is None:  # the layer goes on behind the camera: it may be anywhere
            return 0, 0, self._size[0], min(floor, self._size[1])
        low, high = np.floor(there.min(axis=1)) - 1, np.ceil(there.max(axis=1)) + 1
        x0, y0 = max(0, int(low[0])), max(0, int(low[1]))
        x1, y1 = min(self._size[0], int(high[0])), min(self._size[1], floor, int(high[1]))
        return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def _ground(self, pose: Pose) -> np.ndarray:
        """The homography of the plane that runs from the horizon, far off, to the frame's foot, close by."""
        width, height = self._size
        line = min(self._painting.horizon, height - 2.0)
        far, near = (np.linalg.inv(matrix(pose, d, width, height)) for d in (FARTHEST_FLOOR, 1.0))
        here = np.array([[0, line], [width, line], [0, height], [width, height]], np.float32)
        seen = [_through(far, here[0]), _through(far, here[1]), _through(near, here[2]), _through(near, here[3])]
        return cv2.getPerspectiveTransform(np.array(seen, np.float32), here)

    def _scroll(self, picture: np.ndarray, layer: Layer, tile: tuple[np.ndarray, np.ndarray], seconds: float) -> None:
        rows, columns = layer.pixels.shape[:2]
        x = int(-layer.motion.flow[0] * seconds) % columns
        y = int(-layer.motion.flow[1] * seconds) % rows
        x, y = (x - layer.x) % columns, (y - layer.y) % rows
        keep, colour = (plane[y : y + self._size[1], x : x + self._size[0]] for plane in tile)
        cv2.multiply(picture, keep, dst=picture, scale=1 / 255)
        cv2.add(picture, colour, dst=picture)

    def _bulged(self, picture: np.ndarray, amount: float) -> np.ndarray:
        width, height = self._size
        half = min(width, height) / 2
        x = (np.arange(width, dtype=np.float32) - (width - 1) / 2)[None, :] / half
        y = (np.arange(height, dtype=np.float32) - (height - 1) / 2)[:, None] / half
        corner = (width / 2 / half) ** 2 + (height / 2 / half) ** 2
        amount = min(amount, _MOST_BULGE / corner)
        reach = 1 + amount * corner
        bend = (1 + amount * (x * x + y * y)) / reach * half
        where = np.dstack([x * bend + (width - 1) / 2, y * bend + (height - 1) / 2])
        return look_up(padded(picture), where)


_NO_MAP: Any = None
_INVERSE = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


def _through(homography: np.ndarray, point: np.ndarray) -> np.ndarray:
    there = homography @ np.array([point[0], point[1], 1.0])
    return there[:2] / there[2]


def _tiled(layer: Layer) -> tuple[np.ndarray, np.ndarray]:
    """The layer laid out twice each way: what it lets through, and what it adds."""
    keep = np.repeat(255 - layer.pixels[..., 3:], 3, axis=2)
    return np.tile(keep, (2, 2, 1)), np.tile(layer.pixels[..., :3], (2, 2, 1))


def _strength(layer: Layer, seconds: float) -> float:
    motion = layer.motion
    if not motion.pulse:
        return 1.0
    return 1 - motion.pulse * (0.5 - 0.5 * math.cos(math.tau * (seconds / motion.period + motion.phase)))


def _local(layer: Layer, seconds: float) -> np.ndarray:
    """From picture pixels to this layer's own pixels at one time (3x3)."""
    motion = layer.motion
    turn = math.tau * (seconds / motion.period + motion.phase)
    rest = math.tau * motion.phase
    sway = math.sin(turn) - math.sin(rest)
    dx = motion.drift[0] * seconds + motion.bob[0] * sway
    dy = motion.drift[1] * seconds + motion.bob[1] * (math.sin(1.3 * turn) - math.sin(1.3 * rest))
    to_layer = np.array([[1, 0, -layer.x], [0, 1, -layer.y], [0, 0, 1]], np.float64)
    moved = np.array([[1, 0, -dx], [0, 1, -dy], [0, 0, 1]], np.float64)
    if not (motion.roll or motion.flap):
        return to_layer @ moved
    angle = math.radians(motion.roll * sway)
    squeeze = 1 / (1 - motion.flap * (0.5 - 0.5 * math.cos(turn)))
    px, py = motion.pivot
    cos, sin = math.cos(angle), math.sin(angle)
    about = np.array([[1, 0, px], [0, 1, py], [0, 0, 1]], np.float64)
    spin = np.array([[cos, sin, 0], [-sin * squeeze, cos * squeeze, 0], [0, 0, 1]], np.float64)
    return to_layer @ about @ spin @ np.linalg.inv(about) @ moved


def _rippled(layer: Layer, back: np.ndarray, size: tuple[int, int], seconds: float) -> np.ndarray:
    """The layer as moving water bends it: long slow waves near, short ones far. One remap from a coarse grid."""
    width, height = size
    rows, columns = -(-height // 2) + 2, -(-width // _CELL) + 2
    x = (np.arange(columns, dtype=np.float32)[None, :] - 0.5) * _CELL + (_CELL - 1) / 2
    y = (np.arange(rows, dtype=np.float32)[:, None] - 0.5) * 2 + 0.5
    away, across, down = (row[0] * x + (row[1] * y + row[2]) for row in back[[2, 0, 1]].astype(np.float32))
    there_x, there_y = across / away, down / away
    motion = layer.motion
    fall = np.clip(there_y / max(layer.pixels.shape[0], 1), 0, 1)
    time = math.tau * seconds / motion.period
    phase = 30 * np.sqrt(fall + 0.02)
    push = motion.waves * (0.25 + fall)
    grid = np.empty((rows, columns, 2), np.float32)
    grid[..., 0] = there_x + push * np.sin(phase * 2.3 + time * 1.7 + there_x * 0.004)
    lower = there_y + 0.5 * push * fall * np.sin(phase * 1.6 + time + there_x * 0.011)
    grid[..., 1] = np.where(there_y < 0, there_y, np.maximum(lower, 0))
    fine = cv2.resize(grid, (columns * _CELL, rows * 2), interpolation=cv2.INTER_LINEAR)
    fine = fine[1 : 1 + height, _CELL // 2 : _CELL // 2 + width]
    return cv2.remap(layer.pixels, fine, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
