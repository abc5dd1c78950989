"""Guesses how near each part of a still is: smooth, cheap, and right often enough for parallax to look alive."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

_SIDE = 192


def nearness(rgb: NDArray[np.uint8]) -> Plane:
    """How near each part is, 0 far to 1 near: float32, at most 192 pixels on the longer side, smooth everywhere.

    Three cues: the lower the nearer (a ground plane), what stands out is nearer, and a bright smooth top is sky. The
    result follows the picture's edges but has none of its own, since a step in depth would tear the picture.
    """
    small = _shrink(rgb)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    height, width = grey.shape
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    ground = np.repeat(0.12 + 0.88 * rows**1.25, width, axis=1)
    near = ground + 0.32 * (_salience(grey) - 0.25) - 0.45 * sky(small)
    near = _follow_edges(grey, near.astype(np.float32), max(4, width // 14))
    near = np.asarray(cv2.GaussianBlur(near, (0, 0), max(height, width) / 34), np.float32)
    low, high = np.percentile(near, (2, 98))
    return np.clip((near - low) / max(float(high - low), 1e-3), 0, 1).astype(np.float32)


def open_sky(rgb: NDArray[np.uint8]) -> Plane:
    """`sky` of a still of any size, at most 192 pixels on the longer side."""
    return sky(_shrink(rgb))


def sky(rgb: NDArray[np.uint8]) -> Plane:
    """How surely each part is open sky, 0..1: high in the frame, smooth, and joined to the top edge."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    height, _ = grey.shape
    rough = cv2.GaussianBlur(np.abs(cv2.Laplacian(grey, cv2.CV_32F, ksize=3)), (0, 0), 2.0)
    smooth = np.exp(-((rough / 0.05) ** 2))
    below = np.maximum.accumulate(rough, axis=0)
    unbroken = np.exp(-((below / 0.16) ** 2))
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    high = np.clip(1.5 - 2.0 * rows, 0, 1)
    return np.asarray(cv2.GaussianBlur(smooth * unbroken * high, (0, 0), 2.0), np.float32)


def subject(rgb: NDArray[np.uint8]) -> tuple[float, float]:
    """Where the eye goes: the centre of what stands out, in half sides from the centre, x right and y down, -1..1."""
    small = _shrink(rgb)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
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
