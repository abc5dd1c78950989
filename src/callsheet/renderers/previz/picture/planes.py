"""What all work on given pictures shares: smoothing along edges, filling holes smoothly, colour planes and paper."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Plane = NDArray[np.floating[Any]]
"""A picture or one of its channels in floating point, mostly 0..1."""


def floats(rgb: Rgb) -> Plane:
    """The picture as float32 0..1."""
    return rgb.astype(np.float32) / np.float32(255)


def to_bytes(picture: Plane) -> Rgb:
    """A float32 picture 0..1 as uint8, clipped."""
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)


def grey(rgb: Rgb) -> Plane:
    """Its brightness, float32 0..1."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)


def lab(rgb: Rgb) -> Plane:
    """CIE Lab, float32: L 0..100, a and b about -128..127."""
    return np.asarray(cv2.cvtColor(floats(rgb), cv2.COLOR_RGB2LAB), np.float32)


def from_lab(planes: Plane) -> Rgb:
    """Lab back to uint8 RGB; colours outside are clipped."""
    return to_bytes(np.asarray(cv2.cvtColor(planes, cv2.COLOR_LAB2RGB), np.float32))


def blur(plane: Plane, sigma: float) -> Plane:
    """A Gaussian; a wide one is done on a smaller copy, which no one can tell apart."""
    if sigma < 0.3:
        return plane
    if sigma < 12:
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32)
    step = sigma / 5
    small = fit(plane, max(2, round(plane.shape[1] / step)), max(2, round(plane.shape[0] / step)))
    soft = cv2.GaussianBlur(small, (0, 0), 5, borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.resize(soft, plane.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def fit(picture: Any, width: int, height: int) -> Any:
    """The picture at that size: averaged where smaller, cubic where larger."""
    if picture.shape[1::-1] == (width, height):
        return picture
    smaller = width * height < picture.shape[0] * picture.shape[1]
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


def along_edges(guide: Plane, plane: Plane, radius: float, softness: float) -> Plane:
    """The guided filter (He, Sun and Tang, ECCV 2010) of a single plane or of several, at half size where it is wide.

    `softness` is the squared contrast, of 0..1, from which on the guide's edges are kept.
    """
    step = max(1, min(4, int(radius / 4)))
    size = max(2, guide.shape[1] // step), max(2, guide.shape[0] // step)
    g, p = fit(guide, *size), fit(plane, *size)
    window = (2 * max(1, round(radius / step)) + 1,) * 2
    many = g[..., None] if p.ndim == 3 else g
    mean_g, mean_p = cv2.blur(g, window), cv2.blur(p, window)
    spread = cv2.blur(g * g, window) - mean_g * mean_g
    wide_g, wide_s = (mean_g[..., None], spread[..., None]) if p.ndim == 3 else (mean_g, spread)
    slope = (cv2.blur(many * p, window) - wide_g * mean_p) / (wide_s + softness)
    level = mean_p - slope * wide_g
    slope, level = (
        cv2.resize(cv2.blur(part, window), guide.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        for part in (slope, level)
    )
    return np.asarray(slope * (guide[..., None] if p.ndim == 3 else guide) + level, np.float32)


def fill(values: Plane, known: NDArray[np.bool_]) -> Plane:
    """The values where they are known, and between them the smoothest surface that a pyramid gives (push and pull)."""
    weight = known.astype(np.float32)
    return _pull(values.astype(np.float32) * (weight[..., None] if values.ndim == 3 else weight), weight)


def _pull(held: Plane, weight: Plane) -> Plane:
    rows, columns = weight.shape
    wide = weight[..., None] if held.ndim == 3 else weight
    own = held / np.maximum(wide, 1e-6)
    if min(rows, columns) <= 2 or weight.min() >= 1:
        mean = held.sum(axis=(0, 1)) / max(float(weight.sum()), 1e-6)
        return np.where(wide > 0, own, mean).astype(np.float32)
    size = ((columns + 1) // 2, (rows + 1) // 2)
    small, less = (
        np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.float32) for part in (held, weight)
    )
    # What is known well enough counts in full on the next step: far away only the mean of what is near matters.
    share = np.minimum(less * 4, 1.0) / np.maximum(less, 1e-6)
    coarse = _pull(small * (share[..., None] if held.ndim == 3 else share), np.minimum(less * 4, 1.0))
    coarse = np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)
    return (own * wide + coarse * (1 - wide)).astype(np.float32)


def noise(dice: np.random.Generator, shape: tuple[int, ...], cell: float, octaves: int = 4) -> Plane:
    """Clouds in 0..1 (mean near one half) whose coarsest patches are `cell` pixels wide."""
    rows, columns = shape[:2]
    made, total, weight = np.zeros((rows, columns), np.float32), 0.0, 1.0
    for _ in range(octaves):
        step = max(cell, 1.0)
        lattice = dice.random((int(rows / step) + 4, int(columns / step) + 4), dtype=np.float32)
        matrix = np.array([[1 / step, 0, 1.0], [0, 1 / step, 1.0]])
        made += weight * cv2.warpAffine(
            lattice,
            matrix,
            (columns, rows),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT,
        )
        total, weight, cell = total + weight, weight * 0.5, cell / 2
    return (made / np.float32(total)).astype(np.float32)


def paper(dice: np.random.Generator, shape: tuple[int, ...], unit: float) -> Plane:
    """The tooth of cold-pressed paper: a height field with mean 0 and a spread of one."""
    rough = noise(dice, shape, 5.0 * unit, 3) + 0.6 * noise(dice, shape, 1.8 * unit, 1)
    return ((rough - rough.mean()) / max(float(rough.std()), 1e-6)).astype(np.float32)


def displaced(picture: Any, dx: Plane, dy: Plane) -> Any:
    """The picture with every place taken from that many pixels to the right and below."""
    rows, columns = dx.shape
    x = np.arange(columns, dtype=np.float32)[None, :] + dx
    y = np.arange(rows, dtype=np.float32)[:, None] + dy
    return cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def tangents(plane: Plane, sigma: float) -> tuple[Plane, Plane, Plane]:
    """The direction along the picture's lines at each place (x, y), and how surely there is one, 0..1."""
    soft = blur(plane, 1.0)
    dx = np.asarray(cv2.Scharr(soft, cv2.CV_32F, 1, 0, scale=1 / 32), np.float32)
    dy = np.asarray(cv2.Scharr(soft, cv2.CV_32F, 0, 1, scale=1 / 32), np.float32)
    xx, yy, xy = blur(dx * dx, sigma), blur(dy * dy, sigma), blur(dx * dy, sigma)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.float32(np.pi / 2)
    one_way = np.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (xx + yy + 1e-6)
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32), one_way.astype(np.float32)


def smeared(picture: Any, along: tuple[Plane, Plane], length: float, steps: int = 3) -> Any:
    """The mean of the picture along the lines of a field of directions, `length` pixels to each side."""
    total, count = picture.astype(np.float32), 1
    for sign in (-1.0, 1.0):
        for step in range(1, steps + 1):
            reach = np.float32(sign * length * step / steps)
            total = total + displaced(picture, along[0] * reach, along[1] * reach)
            count += 1
    return (total / np.float32(count)).astype(np.float32)


def smooth(low: float, high: float, x: Any) -> Any:
    """From 0 at `low` to 1 at `high`, gently at both ends."""
    share = np.clip((x - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)
