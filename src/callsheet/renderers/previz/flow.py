"""Motion between pictures: where each pixel went (dense), and how the whole frame moved (a similarity)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Flow = NDArray[np.float32]

_SIDE = 480
_NO_MAP: Any = None


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


def morph_flow(first: Rgb, last: Rgb) -> tuple[Flow, Flow]:
    """The dense flow from first to last and back, float32 (height, width, 2) in pixels of the pictures' own size.

    Large motion is found by features first (ORB, RANSAC); dense flow (DIS) then explains what is left, both ways.
    """
    height, width = first.shape[:2]
    scale = min(1.0, _SIDE / min(height, width))
    size = (max(32, round(width * scale)), max(32, round(height * scale)))
    one, two = _grey(first, size), _grey(last, size)
    jump = _jump(one, two)
    ratio = np.array([width / size[0], height / size[1]], np.float32)
    ahead = _guided(one, two, jump)
    back = _guided(two, one, _inverse(jump))
    grown = [np.asarray(cv2.resize(flow, (width, height)), np.float32) * ratio for flow in (ahead, back)]
    return grown[0], grown[1]


def camera_drift(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> Drift:
    """How the frame as a whole moved between two grey pictures of one size: followed corners, RANSAC over them."""
    corners: Any = cv2.goodFeaturesToTrack(before, 300, 0.01, 7)
    if corners is None or len(corners) < 8:
        return Drift()
    found, seen, _ = cv2.calcOpticalFlowPyrLK(before, now, corners, np.empty(0), winSize=(21, 21), maxLevel=4)
    kept = seen.ravel() == 1
    if int(kept.sum()) < 8:
        return Drift()
    similar: Any
    similar, _ = cv2.estimateAffinePartial2D(corners[kept], found[kept], ransacReprojThreshold=1.5)
    return _as_drift(similar, before.shape[1], before.shape[0]) if similar is not None else Drift()


def look_up(picture: Any, where: Any) -> Any:
    """The picture sampled at float32 places (height, width, 2); beyond its edge the edge goes on."""
    return cv2.remap(picture, where, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


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
    found = np.asarray(dense.calc(one, two, start), np.float32)
    return np.asarray(cv2.GaussianBlur(found, (0, 0), 2.0), np.float32)


def _inverse(jump: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(cv2.invertAffineTransform(jump), np.float64)


def _as_drift(similar: Any, width: int, height: int) -> Drift:
    a, b = float(similar[0, 0]), float(similar[1, 0])
    centre = np.array([(width - 1) / 2, (height - 1) / 2, 1.0])
    way = similar @ centre - centre[:2]
    unit = min(width, height) / 2
    return Drift(float(way[0]) / unit, float(way[1]) / unit, math.atan2(b, a), math.log(max(math.hypot(a, b), 1e-3)))
