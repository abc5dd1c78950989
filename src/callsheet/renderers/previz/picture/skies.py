"""Finds a picture's sky: areas merge over their weakest borders, from the top and from the land, until both meet."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz import depth
from callsheet.renderers.previz.picture.planes import Plane, Rgb, along_edges, blur, fit, grey, lab

Where = NDArray[np.bool_]
Labels = NDArray[np.int32]

_SIDE = 480
_CALM = 0.9
"""A slope in Lab a pixel, below which a place lies within an area and not on the border of one."""
_FIRM = 1.7
"""How sharp a border must be, in the mean, for the sky to end there: clouds lie below it, roofs and ridges above."""
_YIELDS = 0.4
"""The sky ends at no border that is less than this share as sharp as the other borders of what lies behind it."""
_SOFT = 1.2
"""How much of the slope that is left in a blurred copy is taken off: all of a cloud's, less of a roof's."""
_BUSY = 60.0
"""How much brightness, in Lab, an area loses where all around it is full of sharp lines, as a wall of windows is."""
_LIKE = 6.0
"""How much less bright and blue than the top's best, in Lab, an area at the top may be that is sky from the start."""
_SKY, _LAND = 1, 2


def sky(rgb: Rgb, *, hanging: bool = True) -> Where:
    """Where the sky is, with all that hangs in it (sun, birds) unless told not to; nowhere, where the top is no sky.

    Areas are told apart by how steep the picture is between them. The two with the weakest border, in the mean over
    its whole length, become one, over and over (as in Arbelaez et al., TPAMI 2011): a cloud's soft rim gives way long
    before a pale roof's sharp one, though both are as bright as the sky.
    """
    scale = min(1.0, _SIDE / max(rgb.shape[:2]))
    small = np.ascontiguousarray(fit(rgb, max(8, round(rgb.shape[1] * scale)), max(8, round(rgb.shape[0] * scale))))
    if float(depth.sky(small)[: max(1, small.shape[0] // 12)].mean()) < 0.25:
        return np.zeros(rgb.shape[:2], bool)
    steep = _steep(small, 0.8)
    areas = _areas(small, steep)
    sharp = np.maximum(steep - _SOFT * _steep(small, 3.0), 0)
    found = np.isin(areas, np.flatnonzero(_merged(_borders(areas, sharp), _sides(small, areas, sharp)) == _SKY))
    found |= _shining(small, areas, found)
    if hanging:
        found = _filled(found)
    rough = cv2.medianBlur(found.astype(np.uint8) * 255, 3).astype(np.float32) / 255
    rough = np.asarray(cv2.resize(rough, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    return along_edges(grey(rgb), rough, max(2.0, max(rgb.shape) / 240), 0.0003) > 0.5


def _steep(small: Rgb, sigma: float) -> Plane:
    tones = blur(lab(cv2.medianBlur(small, 3)), sigma)  # type: ignore[arg-type]
    dx = np.asarray(cv2.Scharr(tones, cv2.CV_32F, 1, 0, scale=1 / 32), np.float32)
    dy = np.asarray(cv2.Scharr(tones, cv2.CV_32F, 0, 1, scale=1 / 32), np.float32)
    return np.sqrt((dx * dx + dy * dy).sum(axis=2)).astype(np.float32)


def _areas(small: Rgb, steep: Plane) -> Labels:
    """Every pixel's area, from 1: the calm places and, by a watershed, what lies between them."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((steep < _CALM).astype(np.uint8), connectivity=4)
    large = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= 12)
    large = large[large > 0]
    number = np.zeros(count, np.int32)
    number[large] = np.arange(1, len(large) + 1)
    areas = np.ascontiguousarray(number[np.asarray(labels, np.int32)])
    cv2.watershed(cv2.bilateralFilter(cv2.medianBlur(small, 3), 5, 30, 3), areas)
    lines = areas < 1
    areas[lines] = cv2.dilate(np.maximum(areas, 0).astype(np.float32), np.ones((3, 3))).astype(np.int32)[lines]
    return np.maximum(areas, 1)


def _sides(small: Rgb, areas: Labels, sharp: Plane) -> NDArray[np.int8]:
    """For each area whether it is known as sky or as land before any merging; 0 where neither.

    Of what reaches the top, the sky is the brightest, bluest and calmest: walls and trees that reach it are not.
    """
    rows = len(areas)
    count = int(areas.max()) + 1
    size = np.bincount(areas.ravel(), minlength=count)
    tones = lab(cv2.medianBlur(small, 5))  # type: ignore[arg-type]
    busy = blur((sharp > _FIRM).astype(np.float32), 8.0)
    worth = tones[..., 0] - 1.2 * tones[..., 2] - _BUSY * busy
    heavenly = np.bincount(areas.ravel(), worth.ravel(), count) / np.maximum(size, 1)
    top = np.bincount(areas[: max(1, rows // 30)].ravel(), minlength=count)
    low = np.bincount(areas[rows - rows // 5 :].ravel(), minlength=count)
    sides = np.zeros(count, np.int8)
    sides[low > 0] = _LAND
    open_top = (top > 0) & (sides == 0)
    if not open_top.any():
        return sides
    best = float(np.max(heavenly[open_top & (top >= 0.2 * top[open_top].max())]))
    sides[open_top & (heavenly > best - _LIKE)] = _SKY
    return sides


@dataclass(slots=True)
class _Border:
    total: float
    length: int

    @property
    def strength(self) -> float:
        return self.total / self.length


Around = dict[int, dict[int, _Border]]
"""For each area those beside it, and the border that both share."""


def _merged(around: Around, sides: NDArray[np.int8]) -> NDArray[np.int8]:
    """Each area's side after all merging: sky and land never merge, nor the sky over a firm border."""
    parent, side = list(range(len(sides))), sides.tolist()
    queue = [(one.strength, a, b) for a, near in around.items() for b, one in near.items() if a < b]
    heapq.heapify(queue)
    while queue:
        strength, a, b = heapq.heappop(queue)
        border = around.get(a, {}).get(b)
        if border is None or border.strength != strength or _apart(around, side, a, b):
            continue
        parent[b], side[a] = a, max(side[a], side[b])
        _join(around, a, b)
        for other, one in around[a].items():
            heapq.heappush(queue, (one.strength, min(a, other), max(a, other)))
    for area, into in enumerate(parent):
        while parent[into] != into:
            into = parent[into]
        side[area] = side[into]
    return np.array(side, np.int8)


def _apart(around: Around, side: list[int], a: int, b: int) -> bool:
    """Whether two areas stay two: sky and land, and the sky and what is bordered as firmly by it as by all else."""
    if side[a] + side[b] == _SKY + _LAND:
        return True
    strength = around[a][b].strength
    if _SKY not in (side[a], side[b]) or side[a] == side[b] or strength <= _FIRM:
        return False
    own = b if side[a] == _SKY else a
    rest = [one for other, one in around[own].items() if side[other] != _SKY]
    return strength > _YIELDS * sum(one.total for one in rest) / max(sum(one.length for one in rest), 1)


def _join(around: Around, a: int, b: int) -> None:
    """Give area `a` all borders of area `b`, which is no more."""
    for other, one in around.pop(b).items():
        del around[other][b]
        if other != a:
            mine = around[a].setdefault(other, _Border(0.0, 0))
            mine.total, mine.length = mine.total + one.total, mine.length + one.length
            around[other][a] = mine


def _borders(areas: Labels, sharp: Plane) -> Around:
    count = int(areas.max()) + 1
    pairs = np.concatenate(
        [
            (np.minimum(a, b).astype(np.int64) * count + np.maximum(a, b)).ravel()
            for a, b in ((areas[1:], areas[:-1]), (areas[:, 1:], areas[:, :-1]))
        ]
    )
    thick = np.asarray(cv2.dilate(sharp, np.ones((3, 3), np.uint8)), np.float32)
    slopes = np.concatenate(
        [np.maximum(a, b).ravel() for a, b in ((thick[1:], thick[:-1]), (thick[:, 1:], thick[:, :-1]))]
    )
    apart = pairs // count != pairs % count
    kinds, which = np.unique(pairs[apart], return_inverse=True)
    totals, lengths = np.bincount(which, slopes[apart]), np.bincount(which)
    around: Around = {}
    for kind, total, length in zip(kinds.tolist(), totals.tolist(), lengths.tolist(), strict=True):
        a, b = divmod(kind, count)
        around.setdefault(a, {})[b] = around.setdefault(b, {})[a] = _Border(total, length)
    return around


def _shining(small: Rgb, areas: Labels, found: Where) -> Where:
    """The sun on a ridge: what is small, nearly white, and bordered by the sky more than by all else."""
    count = int(areas.max()) + 1
    size = np.bincount(areas.ravel(), minlength=count)
    light = np.bincount(areas.ravel(), lab(small)[..., 0].ravel(), count) / np.maximum(size, 1)
    shining = np.zeros(areas.shape, bool)
    for area in np.flatnonzero((size > 0) & (size < 0.02 * areas.size) & (light > 90)):
        own = areas == area
        rim = (cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & ~own
        if found[rim].mean() > 0.6:
            shining |= own
    return shining


def _filled(found: Where) -> Where:
    """With all that hangs free within it: the sun, the moon, birds."""
    rows = len(found)
    _, parts = cv2.connectedComponents((~found).astype(np.uint8))
    footed = np.isin(parts, np.unique(parts[rows - rows // 8 :])) & (parts > 0)
    return ~footed if found.any() else found
