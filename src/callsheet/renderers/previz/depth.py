"""Guesses how near each part of a still is: smooth, cheap, and right often enough for parallax to look alive."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

_SIDE = 192
_BACKGROUND, _SLOPE = 0.2, 1.25


def nearness(rgb: NDArray[np.uint8]) -> Plane:
    """How near each part is, 0 far to 1 near: float32, at most 192 pixels on the longer side, smooth everywhere.

    Three cues: the ground comes nearer below the horizon, what stands out is nearer, and open sky is far. Above the
    horizon the ground's own depth is level, so that houses stay upright when the camera passes; below it the slope is
    limited, so that no move folds the picture. It follows the picture's edges but has none of its own, since a step
    in depth would tear.
    """
    small = _shrink(rgb)
    grey = _grey(small)
    height, width = grey.shape
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    ground = _BACKGROUND + _SLOPE * np.maximum(rows - horizon(grey), 0)
    near = np.repeat(ground, width, axis=1) + 0.22 * (_salience(grey) - 0.2) - 0.12 * sky(small)
    near = _follow_edges(grey, near.astype(np.float32), max(4, width // 14))
    near = np.asarray(cv2.GaussianBlur(near, (0, 0), max(height, width) / 34), np.float32)
    return np.clip(near, 0, 1)


def horizon(grey: Plane) -> float:
    """At which share of the height the ground ends: the longest level contour near the middle, else just above it."""
    height = grey.shape[0]
    level = np.abs(np.asarray(cv2.Sobel(cv2.GaussianBlur(grey, (0, 0), 1.2), cv2.CV_32F, 0, 1, ksize=3)))
    profile = np.minimum(level, 0.12).mean(axis=1)
    rows = np.linspace(0, 1, height)
    likely = profile * np.exp(-(((rows - 0.56) / 0.16) ** 2))
    best = int(likely.argmax())
    clear = profile[best] > 2.2 * float(np.median(profile)) + 1e-3
    return float(np.clip(rows[best], 0.38, 0.72)) if clear else 0.5


def wind(rgb: NDArray[np.uint8]) -> Plane:
    """How far each part goes with the wind, 0..1: nothing outside the sky, little near its rim, all high above.

    The rim is still and the change gentle, so that moving clouds tear neither themselves nor the skyline.
    """
    open_sky = sky(_shrink(rgb))
    height = open_sky.shape[0]
    inside = (open_sky > 0.5).astype(np.uint8)
    framed = cv2.copyMakeBorder(inside, height, 0, height, height, cv2.BORDER_REPLICATE)
    depth_in = cv2.distanceTransform(framed, cv2.DIST_L2, 5)[height:, height:-height]
    eased = np.clip((np.asarray(depth_in, np.float32) - 0.03 * height) / (0.3 * height), 0, 1)
    eased = eased * eased * (3 - 2 * eased)
    return np.asarray(cv2.GaussianBlur(eased, (0, 0), height * 0.03), np.float32) * inside


def sky(rgb: NDArray[np.uint8]) -> Plane:
    """How surely each part is open sky, 0..1: it reaches down from the top edge to the first clear contour."""
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32) / 255
    height = rgb.shape[0]
    step = np.linalg.norm(cv2.Sobel(cv2.GaussianBlur(lab, (0, 0), 1.0), cv2.CV_32F, 0, 1, ksize=3), axis=2)
    sharpest_above = np.maximum.accumulate(step.astype(np.float32), axis=0)
    unbroken = 1 / (1 + (sharpest_above / 0.16) ** 6)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    high = np.clip(3.2 - 4.5 * rows, 0, 1)
    return np.asarray(cv2.GaussianBlur(unbroken * high, (0, 0), 2.0), np.float32)


def subject(rgb: NDArray[np.uint8]) -> tuple[float, float]:
    """Where the eye goes: the centre of what stands out, in half sides from the centre, x right and y down, -1..1."""
    small = _shrink(rgb)
    grey = _grey(small)
    height, width = grey.shape
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    weight = _salience(grey) ** 3 * np.exp(-(x**2 + y**2) * 1.3) * (1 - 0.8 * sky(small))
    total = float(weight.sum()) + 1e-6
    return float((weight * x).sum()) / total, float((weight * y).sum()) / total


def _shrink(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = rgb.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _grey(rgb: NDArray[np.uint8]) -> Plane:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)


def _salience(grey: Plane) -> Plane:
    """Spectral residual: what the picture's own average spectrum does not explain (Hou and Zhang, CVPR 2007)."""
    tiny: Any = cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA)
    spectrum = np.fft.fft2(tiny)
    logs = np.log(np.abs(spectrum) + 1e-6).astype(np.float32)
    residual = logs - cv2.blur(logs, (3, 3))
    back = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    heat: Any = cv2.GaussianBlur(back.astype(np.float32), (0, 0), 3.0)
    heat = heat / max(float(heat.max()), 1e-9)
    return np.asarray(cv2.resize(heat, grey.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _follow_edges(guide: Plane, plane: Plane, radius: int, softness: float = 0.02) -> Plane:
    """The guided filter (He, Sun and Tang, ECCV 2010): smooth the plane, but along the guide's own edges."""
    size = (2 * radius + 1, 2 * radius + 1)
    mean_g, mean_p = cv2.blur(guide, size), cv2.blur(plane, size)
    spread = cv2.blur(guide * guide, size) - mean_g * mean_g
    joint = cv2.blur(guide * plane, size) - mean_g * mean_p
    slope = joint / (spread + softness)
    level = mean_p - slope * mean_g
    return np.asarray(cv2.blur(slope, size) * guide + cv2.blur(level, size), np.float32)
