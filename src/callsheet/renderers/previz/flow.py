"""Motion between pictures: where each pixel went (dense), and how the whole frame moved (a similarity)."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.sampling import look_up

Rgb = NDArray[np.uint8]
Flow = NDArray[np.float32]

_SIDE = 480
_PARTS = (4, 5)
_FLAT = 2.5
"""Codes: a part of a picture that varies less shows nothing that could be followed."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How a whole frame moved: a turn, a growth, and the centre's way, in half shorter sides, x right and y down.

    `growth` is the natural logarithm of the scale, so that drifts add up and can be faded.
    """

    right: float = 0.0
    down: float = 0.0
    turn: float = 0.0
    growth: float = 0.0

    def plus(self, other: Drift, share: float = 1.0) -> Drift:
        """This drift with a share of another added."""
        return Drift(
            self.right + share * other.right,
            self.down + share * other.down,
            self.turn + share * other.turn,
            self.growth + share * other.growth,
        )


@dataclass(frozen=True, slots=True)
class Bridge:
    """The flow between two pictures, both ways, on a coarse grid in its own pixels; `here` is every fine place."""

    ahead: Flow
    back: Flow
    here: Flow

    def from_first(self, share: float, arc: Flow) -> tuple[Flow, Flow]:
        """Where a frame that share of the way finds its pixels in the first picture, and how surely they are in it.

        `arc` (2,) is added to every place. Gives float32 (height, width, 2) and (height, width).
        """
        return self._followed(self.ahead, share, arc)

    def from_last(self, share: float, arc: Flow) -> tuple[Flow, Flow]:
        """Where the same frame finds its pixels in the last picture, and how surely they are in it."""
        return self._followed(self.back, 1 - share, arc)

    def _followed(self, flow: Flow, share: float, arc: Flow) -> tuple[Flow, Flow]:
        """A pixel of the frame came from the place whose own flow led here: found by asking again from there."""
        rows, columns = flow.shape[:2]
        coarse = places(columns, rows)
        way = np.zeros_like(flow)
        for _ in range(4):
            way = np.asarray(look_up(flow, coarse + way), np.float32) * np.float32(-share)
        height, width = self.here.shape[:2]
        scale = np.array([width / columns, height / rows], np.float32)
        fine: Any = cv2.resize(way * scale + arc, (width, height), interpolation=cv2.INTER_LINEAR)
        sure = cv2.resize(
            _inside((coarse + way + arc / scale).astype(np.float32)), (width, height), interpolation=cv2.INTER_LINEAR
        )
        return np.asarray(cv2.add(fine, self.here, dst=fine), np.float32), np.asarray(sure, np.float32)


def bridge(first: Rgb, last: Rgb) -> Bridge:
    """How the first picture becomes the last.

    Large motion is found by features first (ORB, RANSAC); dense flow (DIS) then explains what is left. Where both
    directions disagree nothing was understood, and the motion around it is carried on, so that shapes do not melt.
    """
    height, width = first.shape[:2]
    scale = min(1.0, _SIDE / min(height, width))
    size = (max(32, round(width * scale)), max(32, round(height * scale)))
    one, two = _grey(first, size), _grey(last, size)
    jump = _jump(one, two)
    ahead, back = _halved(_guided(one, two, jump)), _halved(_guided(two, one, _inverse(jump)))
    jump = jump * np.array([1, 1, 0.5])
    return Bridge(_agreed(ahead, back, jump), _agreed(back, ahead, _inverse(jump)), places(width, height))


def _halved(flow: Flow) -> Flow:
    size = (flow.shape[1] // 2, flow.shape[0] // 2)
    return np.asarray(cv2.resize(flow, size, interpolation=cv2.INTER_AREA), np.float32) / np.float32(2)


def _inside(where: Flow) -> Flow:
    """1 for places inside the grid, falling to nearly 0 a little beyond its edge."""
    rows, columns = where.shape[:2]
    x, y = where[..., 0], where[..., 1]
    beyond = np.maximum(np.maximum(-x, x - (columns - 1)), np.maximum(-y, y - (rows - 1)))
    return np.clip(1 - beyond / (0.02 * min(rows, columns)), 1e-4, 1).astype(np.float32)


def camera_drift(before: NDArray[np.uint8], now: NDArray[np.uint8], slack: float = 1.5) -> Drift:
    """How the frame as a whole moved between two grey pictures of one size: followed corners, RANSAC over them.

    `slack` is how many pixels a corner may stray from the motion that most share.
    """
    corners = _spread_corners(before)
    if len(corners) < 8:
        return Drift()
    found, seen, _ = cv2.calcOpticalFlowPyrLK(before, now, corners, np.empty(0), winSize=(21, 21), maxLevel=4)
    kept = seen.ravel() == 1
    if int(kept.sum()) < 8:
        return Drift()
    similar: Any
    similar, _ = cv2.estimateAffinePartial2D(corners[kept], found[kept], ransacReprojThreshold=slack)
    return _as_drift(similar, before.shape[1], before.shape[0]) if similar is not None else Drift()


def _spread_corners(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Corners from every part of the picture, each part's own best: what is full of detail shall not outvote the rest.

    A part without contrast has none to give.
    """
    rows, columns = (
        np.linspace(0, size, parts + 1).astype(int) for size, parts in zip(grey.shape, _PARTS, strict=True)
    )
    found: list[Any] = []
    for top, foot in itertools.pairwise(rows):
        for left, right in itertools.pairwise(columns):
            part = np.ascontiguousarray(grey[top:foot, left:right])
            best: Any = cv2.goodFeaturesToTrack(part, 300 // (_PARTS[0] * _PARTS[1]), 0.03, 5)
            if best is not None and part.std() > _FLAT:
                found.append(best + np.array([left, top], np.float32))
    return np.concatenate(found) if found else np.zeros((0, 1, 2), np.float32)


def places(width: int, height: int) -> Flow:
    """Every pixel's own place, float32 (height, width, 2)."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.dstack([x, y])


def _grey(rgb: Rgb, size: tuple[int, int]) -> NDArray[np.uint8]:
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def _jump(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The affine motion most features agree on, 2x3; none where too few agree, or where it would be absurd."""
    still = np.eye(2, 3)
    orb: Any = cv2.ORB.create(1500)
    here, words = orb.detectAndCompute(one, np.empty(0))
    there, others = orb.detectAndCompute(two, np.empty(0))
    if words is None or others is None or min(len(here), len(there)) < 12:
        return still
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(words, others)
    if len(pairs) < 12:
        return still
    source = np.array([here[pair.queryIdx].pt for pair in pairs], np.float32)
    target = np.array([there[pair.trainIdx].pt for pair in pairs], np.float32)
    found: Any
    found, agreed = cv2.estimateAffine2D(source, target, ransacReprojThreshold=4.0)
    if found is None or int(agreed.sum()) < max(15, len(pairs) // 6) or not 0.25 < abs(np.linalg.det(found[:, :2])) < 4:
        return still
    return np.asarray(found, np.float64)


def _guided(one: NDArray[np.uint8], two: NDArray[np.uint8], jump: NDArray[np.float64]) -> Flow:
    height, width = one.shape
    here = places(width, height)
    start = np.ascontiguousarray((cv2.transform(here, jump) - here).astype(np.float32))
    dense = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(dense.calc(one, two, start), np.float32)


def _agreed(flow: Flow, other: Flow, jump: NDArray[np.float64]) -> Flow:
    """The flow smoothed over what both directions agree on, over a wider and wider neighbourhood where few do."""
    height, width = flow.shape[:2]
    here = places(width, height)
    whole = (np.asarray(cv2.transform(here, jump)) - here).astype(np.float32)
    gap = np.linalg.norm(flow + np.asarray(look_up(other, here + flow), np.float32), axis=2)
    trust = np.exp(-((gap / 0.75) ** 2)).astype(np.float32)
    rest = np.zeros_like(flow)
    for reach in (width / 10, width / 36, width / 110):
        weight = np.asarray(cv2.GaussianBlur(trust, (0, 0), reach), np.float32)[..., None]
        mean = np.asarray(cv2.GaussianBlur((flow - whole) * trust[..., None], (0, 0), reach), np.float32)
        sure = weight / (weight + np.float32(0.15))
        rest = rest * (1 - sure) + mean / np.maximum(weight, np.float32(1e-4)) * sure
    return (whole + rest).astype(np.float32)


def _inverse(jump: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(cv2.invertAffineTransform(jump), np.float64)


def _as_drift(similar: Any, width: int, height: int) -> Drift:
    a, b = float(similar[0, 0]), float(similar[1, 0])
    centre = np.array([(width - 1) / 2, (height - 1) / 2, 1.0])
    way = similar @ centre - centre[:2]
    unit = min(width, height) / 2
    return Drift(float(way[0]) / unit, float(way[1]) / unit, math.atan2(b, a), math.log(max(math.hypot(a, b), 1e-3)))
