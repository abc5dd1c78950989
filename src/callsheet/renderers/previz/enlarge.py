"""Enlarges a picture: Lanczos, smoothed along its edges, sharpened across them, and never with a halo."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Plane = NDArray[np.float32]

_SHARPNESS = 0.9
"""How much of the detail lost by sampling is put back."""
_GRAIN = 0.0018
"""Squared slopes up to this are grain: it has no edges to follow."""
_CORE: Any = (4, 4, 4, 0)
"""Differences up to this are grain too: it is not sharpened."""
_BAND = 128
"""Rows that are smoothed along edges at once: it bounds the memory for 8K, and they stay in the cache."""
_SOURCE_BAND = 48
_SMOOTH = 0.66
"""How much of a place on a sure edge is the mean along that edge."""
_NO_MAP: Any = None
_NOTHING: Any = 0.0


def enlarge(picture: Rgb, width: int, height: int) -> Rgb:
    """The picture at exactly `width` x `height`, uint8 RGB; a smaller size is averaged, the same size copied.

    No value leaves the range of the source pixels around its place, so that a sharp edge gets no bright or dark rim.
    The proportions may change: fitting is the caller's. A single plane (height, width) is enlarged as well, for a third
    of the work. About 0.15 s of RGB for 1280x720 to 2560x1440 on one core.
    """
    rows, columns = picture.shape[:2]
    if (columns, rows) == (width, height):
        return picture.copy()
    if width <= columns and height <= rows:
        return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    picture = np.ascontiguousarray(picture)
    large = _interpolated(picture, width, height)
    scale = max(width / columns, height / rows)
    if scale > 1.2 and min(rows, columns) >= 8:
        _smooth_along_edges(large, picture)
    _sharpen(large, scale)
    _keep_in_range(large, picture)
    return large


def _interpolated(picture: Rgb, width: int, height: int) -> Rgb:
    """By Lanczos, plane by plane: of float32 OpenCV makes it in 40 % of the time of bytes."""
    planes = [picture] if picture.ndim == 2 else cv2.split(picture)
    large: list[Any] = []
    for plane in planes:
        wide: Any = cv2.resize(np.asarray(plane, np.float32), (width, height), interpolation=cv2.INTER_LANCZOS4)
        large.append(cv2.add(wide, _NOTHING, dtype=cv2.CV_8U))
    return np.asarray(large[0] if picture.ndim == 2 else cv2.merge(large), np.uint8)


def _smooth_along_edges(large: Rgb, source: Rgb) -> None:
    """Average each place with its neighbours along the edge it lies on, in place: staircases become lines."""
    (height, width), (rows, columns) = large.shape[:2], source.shape[:2]
    reach = (width / columns * 0.75, height / rows * 0.75)
    along_x, along_y, share = _tangents(source, reach)
    original = large.copy()
    margin = math.ceil(reach[1]) + 2
    for top in range(0, height, _BAND):
        count, above = min(_BAND, height - top), min(margin, top)
        weight = _band_of(share, (top, count), (width, height))
        if not weight.any():
            continue
        dx, dy = (_band_of(plane, (top, count), (width, height)) for plane in (along_x, along_y))
        x, y = _places(width, count, above)
        near = original[top - above : top + count + margin]
        ways = [
            cv2.remap(near, to(x, dx), to(y, dy), cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT)
            for to in (cv2.subtract, cv2.add)
        ]
        mean = cv2.addWeighted(ways[0], 0.5, ways[1], 0.5, 0, dst=ways[0])
        kept = original[top : top + count]
        large[top : top + count] = cv2.blendLinear(mean, kept, weight, 1 - weight)


def _band_of(plane: Plane, band: tuple[int, int], size: tuple[int, int]) -> Plane:
    """Rows (the first, how many) of the plane as if it had been enlarged to `size`, without enlarging the rest."""
    (width, height), (rows, columns), (top, count) = size, plane.shape, band
    across, down = columns / width, rows / height
    way = np.array([[across, 0, across / 2 - 0.5], [0, down, (top + 0.5) * down - 0.5]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(plane, way, (width, count), None, how, cv2.BORDER_REPLICATE), np.float32)


@lru_cache(maxsize=4)
def _places(width: int, rows: int, above: int) -> tuple[Plane, Plane]:
    """Every pixel's own place, x and y, in rows that begin after `above` others. Shared: not to be written on."""
    x, y = np.arange(width, dtype=np.float32), np.arange(above, above + rows, dtype=np.float32)
    return np.tile(x, (rows, 1)), np.repeat(y[:, None], width, axis=1)


def _tangents(source: Rgb, reach: tuple[float, float]) -> Plane:
    """At each source pixel the way along the edge (x and y), `reach` long, and how much it is to be smoothed there.

    Shape (3, height, width). Reckoned in bands of rows, with as many rows around each as the arithmetic looks at.
    """
    rows, columns = source.shape[:2]
    found = np.empty((3, rows, columns), np.float32)
    around = 8
    for top in range(0, rows, _SOURCE_BAND):
        above, count = min(around, top), min(_SOURCE_BAND, rows - top)
        band = source[top - above : top + count + around]
        for plane, part in zip(found, _tangents_of(band, reach), strict=True):
            plane[top : top + count] = part[above : above + count]
    return found


def _tangents_of(source: Rgb, reach: tuple[float, float]) -> tuple[Any, Any, Any]:
    grey = source if source.ndim == 2 else cv2.cvtColor(source, cv2.COLOR_RGB2GRAY)
    grey = np.asarray(grey, np.float32) / np.float32(255)
    dx = np.asarray(cv2.Scharr(grey, cv2.CV_32F, 1, 0, scale=1 / 16), np.float32)
    dy = np.asarray(cv2.Scharr(grey, cv2.CV_32F, 0, 1, scale=1 / 16), np.float32)
    xx, yy, xy = (np.asarray(cv2.GaussianBlur(p, (0, 0), 1.1), np.float32) for p in (dx * dx, dy * dy, dx * dy))
    power, uneven = xx + yy, xx - yy
    spread = np.asarray(cv2.magnitude(uneven, 2 * xy), np.float32)
    # The edge's angle is half the angle of (xx - yy, 2xy), turned by a quarter. Directions on two sides of a line may
    # differ by half a turn, and would cancel where they meet: x is never negative.
    half = uneven / (2 * spread + np.float32(1e-12))
    x = np.sqrt(np.maximum(np.float32(0.5) - half, 0)) * np.float32(reach[0])
    y = np.sqrt(np.maximum(np.float32(0.5) + half, 0)) * np.copysign(np.float32(reach[1]), -xy)
    sure = spread / (power + np.float32(1e-6))
    return x, y, sure * sure * np.clip((power - _GRAIN) * 300, 0, 1) * np.float32(_SMOOTH)


def _sharpen(large: Rgb, scale: float) -> None:
    soft = cv2.GaussianBlur(large, (0, 0), max(0.6, 0.62 * scale))
    above = cv2.subtract(cv2.subtract(large, soft), _CORE)
    below = cv2.subtract(cv2.subtract(soft, large), _CORE)
    cv2.addWeighted(large, 1, above, _SHARPNESS, 0, dst=large)
    cv2.addWeighted(large, 1, below, -_SHARPNESS, 0, dst=large)


def _keep_in_range(large: Rgb, source: Rgb) -> None:
    """No brighter and no darker than the source around each place."""
    size = (large.shape[1], large.shape[0])
    around = np.ones((3, 3), np.uint8)
    cv2.min(large, cv2.resize(cv2.dilate(source, around), size, interpolation=cv2.INTER_LINEAR), dst=large)
    cv2.max(large, cv2.resize(cv2.erode(source, around), size, interpolation=cv2.INTER_LINEAR), dst=large)
