"""Takes a motion apart where it uncovers ground: what moved by itself, what lies behind it, and how each moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.flow import Flow
from callsheet.renderers.previz.picture.planes import fill
from callsheet.renderers.previz.sampling import look_up
from callsheet.renderers.previz.trail import Moment

_LEAST = 0.06
"""Half shorter sides: below this nothing that is seen is uncovered, and the motion is followed as one."""
_SHARE = 0.35
"""What has moved this share of the farthest motion belongs to what moves by itself."""
_WHOLE = (0.55, 1.8)
"""A place that was stretched or squeezed beyond this is the rim between two motions, and tells nothing of either."""
_SMALLEST, _LARGEST = 0.002, 0.55
_LOOKS = 24


@dataclass(frozen=True, slots=True)
class Split:
    """One moment taken apart, on the moment's own grid: the same places by two motions.

    `ground` and `moving` (rows, columns, 2) stand for the moment's `local`. `reach` is where in the frame what moves
    may be. `share` is 0 where the whole is to be shown by the moment's own motion, 1 where it is to be taken apart.
    """

    ground: Flow
    moving: Flow
    reach: NDArray[np.bool_]
    share: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What of the first frame moves by itself, 0..1 on the moments' grid, and how far it goes."""

    moving: Flow
    half: tuple[float, float]

    def at(self, moment: Moment) -> Split:
        """The moment taken apart. What was uncovered since the first frame takes the motion of the ground round it."""
        far = np.linalg.norm(moment.local, axis=2)
        carried, rim = _carried(moment, self.half)
        still = np.zeros_like(moment.local)
        if not carried.any():
            return Split(moment.local, still, carried, 0.0)
        touched = _wider((carried | rim) | (far > 0.3 * _SHARE * _farthest(far)), 2)
        ground = fill(moment.local, ~touched) if not touched.all() else still
        own = self._inner(carried, _sources(moment, self.half))
        return Split(ground, fill(moment.local, own), _wider(own, 8), min(_farthest(far) / _LEAST, 1.0))

    def _inner(self, carried: NDArray[np.bool_], seen: Flow) -> NDArray[np.bool_]:
        """Of what is carried along only the inside, which comes from the inside: dense motion is blurred at rims."""
        inside = cv2.erode(self.moving, _DISC)
        where = np.dstack(_cells(seen, self.half, inside.shape)).astype(np.float32)
        own = carried & (np.asarray(look_up(inside, where)) > 0.5)
        return next((part for part in (_narrower(own, 2), _narrower(own, 1), own) if part.any()), carried)


def parts(moments: Sequence[Moment], half: tuple[float, float]) -> Parts | None:
    """What moves by itself, found by where it is carried from; None where nothing moves far, or nearly all does.

    `half` is half the frame's sides in half shorter sides.
    """
    looked = moments[:: max(1, len(moments) // _LOOKS)]
    rows, columns = moments[0].local.shape[:2]
    votes, looks = np.zeros((rows, columns), np.float32), 0
    for moment in looked:
        if _farthest(np.linalg.norm(moment.local, axis=2)) < _LEAST:
            continue
        carried, _ = _carried(moment, half)
        votes += _landed(_sources(moment, half)[carried], half, (rows, columns))
        looks += 1
    if not looks:
        return None
    found = (votes > 0.4 * looks).astype(np.uint8)
    found = cv2.morphologyEx(cv2.morphologyEx(found, cv2.MORPH_CLOSE, _DISC), cv2.MORPH_OPEN, _DISC)
    return Parts(np.asarray(found, np.float32), half) if _SMALLEST < found.mean() < _LARGEST else None


_DISC = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)), np.uint8)


def _wider(mask: NDArray[np.bool_], cells: int) -> NDArray[np.bool_]:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), _DISC, iterations=max(1, cells // 2)) > 0)


def _narrower(mask: NDArray[np.bool_], times: int) -> NDArray[np.bool_]:
    return np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=times) > 0)


def _farthest(far: Flow) -> float:
    """How far the farthest hundredth moved: single cells may be anything."""
    return float(np.partition(far.ravel(), -max(1, far.size // 100))[-max(1, far.size // 100)])


def _carried(moment: Moment, half: tuple[float, float]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where the frame shows what moved by itself, whole; and where one motion tears away from another."""
    far = np.linalg.norm(moment.local, axis=2)
    area = _area(moment, half)
    torn = (area < _WHOLE[0]) | (area > _WHOLE[1])
    moved = far > max(_SHARE * _farthest(far), 0.25 * _LEAST)
    return np.asarray(moved & ~torn), np.asarray(torn)


def _sources(moment: Moment, half: tuple[float, float]) -> Flow:
    """The place in the first frame of every place of the grid, by the whole motion, in half shorter sides."""
    rows, columns = moment.local.shape[:2]
    x = ((np.arange(columns, dtype=np.float32) + 0.5) * (2 / columns) - 1) * np.float32(half[0])
    y = ((np.arange(rows, dtype=np.float32) + 0.5) * (2 / rows) - 1) * np.float32(half[1])
    turn, shift = moment.turn, moment.shift
    seen_x = turn.real * x[None, :] - turn.imag * y[:, None] + shift.real + moment.local[..., 0]
    seen_y = turn.imag * x[None, :] + turn.real * y[:, None] + shift.imag + moment.local[..., 1]
    return np.dstack([seen_x, seen_y]).astype(np.float32)


def _area(moment: Moment, half: tuple[float, float]) -> Flow:
    """How much of the first frame each place shows, beside what the camera's motion alone would show there."""
    seen = _sources(moment, half)
    rows, columns = seen.shape[:2]
    across = np.gradient(seen, 2 * half[0] / columns, axis=1)
    down = np.gradient(seen, 2 * half[1] / rows, axis=0)
    turned = across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0]
    return np.asarray(turned / abs(moment.turn) ** 2, np.float32)


def _landed(seen: Flow, half: tuple[float, float], size: tuple[int, int]) -> Flow:
    """1 at the cells of the first frame's grid that one of these places falls into, and beside them."""
    rows, columns = size
    x, y = (np.rint(place).astype(int) for place in _cells(seen, half, size))
    inside = (x >= 0) & (y >= 0) & (x < columns) & (y < rows)
    hit = np.zeros(size, np.uint8)
    hit[y[inside], x[inside]] = 1
    return np.asarray(cv2.morphologyEx(hit, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.float32)


def _cells(seen: Flow, half: tuple[float, float], size: tuple[int, ...]) -> tuple[Flow, Flow]:
    """The columns and rows of a grid of that size (rows, columns) that places fall on."""
    rows, columns = size[:2]
    return (seen[..., 0] / half[0] + 1) * (columns / 2) - 0.5, (seen[..., 1] / half[1] + 1) * (rows / 2) - 0.5


def of_still(found: Parts, size: tuple[int, int], room: tuple[float, float], zoom: float, middle: complex) -> Flow:
    """`moving` as it lies on a still of that size (width, height), which covers `room` half shorter sides each way.

    The still is shown `zoom` times as large as the first frame, its centre at `middle`.
    """
    x = ((np.arange(size[0], dtype=np.float32) + 0.5) * (2 / size[0]) - 1) * room[0] * zoom + middle.real
    y = ((np.arange(size[1], dtype=np.float32) + 0.5) * (2 / size[1]) - 1) * room[1] * zoom + middle.imag
    where = _cells(np.dstack(np.meshgrid(x, y)), found.half, found.moving.shape)
    return np.asarray(look_up(found.moving, np.dstack(where).astype(np.float32)), np.float32)
