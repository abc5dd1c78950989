"""Enlarges a picture: Lanczos, smoothed along its edges, sharpened across them, and never with a halo."""

from __future__ import annotations

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
_BAND = 512
"""Rows that are smoothed along edges at once: it bounds the memory for 8K."""


def enlarge(rgb: Rgb, width: int, height: int) -> Rgb:
    """The picture at exactly `width` x `height`, uint8 RGB; a smaller size is averaged, the same size copied.

    No value leaves the range of the source pixels around its place, so that a sharp edge gets no bright or dark rim.
    The proportions may change: fitting is the caller's. About 0.25 s for 1280x720 to 2560x1440 on one core.
    """
    rows, columns = rgb.shape[:2]
    if (columns, rows) == (width, height):
        return rgb.copy()
    if width <= columns and height <= rows:
        return np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    rgb = np.ascontiguousarray(rgb)
    large = np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LANCZOS4), np.uint8)
    scale = max(width / columns, height / rows)
    if scale > 1.2 and min(rows, columns) >= 8:
        _smooth_along_edges(large, rgb)
    _sharpen(large, scale)
    _keep_in_range(large, rgb)
    return large


def _smooth_along_edges(large: Rgb, source: Rgb) -> None:
    """Average each place with its neighbours along the edge it lies on, in place: staircases become lines."""
    (height, width), (rows, columns) = large.shape[:2], source.shape[:2]
    along_x, along_y, strength = _tangents(source)
    reach = (width / columns * 0.75, height / rows * 0.75)
    original = large.copy()
    x = np.arange(width, dtype=np.float32)[None, :]
    for top in range(0, height, _BAND):
        band = slice(top, min(top + _BAND, height))
        dx, dy, share = (_band_of(plane, band, (width, height)) for plane in (along_x, along_y, strength))
        y = np.arange(band.start, band.stop, dtype=np.float32)[:, None]
        ways = [
            cv2.remap(
                original, x + dx * s * reach[0], y + dy * s * reach[1], cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT
            )
            for s in (-1.0, 1.0)
        ]
        mean = np.asarray(cv2.addWeighted(ways[0], 0.5, ways[1], 0.5, 0), np.uint8)
        large[band] = cv2.blendLinear(mean, original[band], share * 0.66, 1 - share * 0.66)


def _band_of(plane: Plane, band: slice, size: tuple[int, int]) -> Plane:
    """Rows of the plane as if it had been enlarged to `size`, without enlarging the rest."""
    width, height = size
    rows, columns = plane.shape
    y = (np.arange(band.start, band.stop, dtype=np.float32) + 0.5) * np.float32(rows / height) - 0.5
    x = (np.arange(width, dtype=np.float32) + 0.5) * np.float32(columns / width) - 0.5
    where = np.broadcast_to(x[None, :], (y.size, width)), np.broadcast_to(y[:, None], (y.size, width))
    grid_x, grid_y = (np.ascontiguousarray(part) for part in where)
    return np.asarray(cv2.remap(plane, grid_x, grid_y, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE), np.float32)


def _tangents(source: Rgb) -> tuple[Plane, Plane, Plane]:
    """The direction along the edge at each source pixel, and how surely there is exactly one (0..1)."""
    grey = np.asarray(cv2.cvtColor(source, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)
    dx = np.asarray(cv2.Scharr(grey, cv2.CV_32F, 1, 0, scale=1 / 16), np.float32)
    dy = np.asarray(cv2.Scharr(grey, cv2.CV_32F, 0, 1, scale=1 / 16), np.float32)
    xx, yy, xy = (np.asarray(cv2.GaussianBlur(p, (0, 0), 1.1), np.float32) for p in (dx * dx, dy * dy, dx * dy))
    spread = np.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.float32(np.pi / 2)
    strength = (spread / (xx + yy + 1e-6)) ** 2 * np.clip((xx + yy - _GRAIN) * 300, 0, 1)
    # Directions of two sides of a line may differ by half a turn: sines and cosines would cancel where they meet.
    angle = np.where(angle > np.pi / 2, angle - np.pi, angle)
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32), strength.astype(np.float32)


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
