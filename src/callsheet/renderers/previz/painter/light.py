"""The finish of a still picture: bloom of what shines, darker corners, and a fine grain."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np


def finish(rgb: np.ndarray, *, vignette: float, bloom: float = 0.3, grain: float = 2.2) -> np.ndarray:
    """The picture as it is shown, a new array of the same shape. `grain` is in levels of 255."""
    height, width = rgb.shape[:2]
    small = cv2.resize(rgb, (max(2, width // 8), max(2, height // 8)), interpolation=cv2.INTER_AREA)
    shine = np.clip(small.astype(np.float32) - 190, 0, None) * (255 / 65)
    shine = cv2.GaussianBlur(shine, (0, 0), max(1.0, min(small.shape[:2]) * 0.05))
    glow = cv2.resize(np.clip(shine * bloom, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    made = 255 - cv2.multiply(255 - rgb, 255 - glow, scale=1 / 255)
    made = cv2.multiply(made, corners(width, height, vignette), scale=1 / 255)
    noise = _grain(height, width, grain)
    return cv2.add(made, noise, dtype=cv2.CV_8U)


@lru_cache(maxsize=4)
def corners(width: int, height: int, strength: float) -> np.ndarray:
    """What to multiply a picture by (uint8, 255 keeps): darkest in the corners. Shared, so it cannot be written."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    fall = np.clip((x * x + y * y - 0.35) / 1.65, 0, 1) ** 1.3
    plane = np.rint(255 * (1 - strength * fall)).astype(np.uint8)
    plane = np.repeat(plane[..., None], 3, axis=2)
    plane.setflags(write=False)
    return plane


@lru_cache(maxsize=2)
def _grain(height: int, width: int, strength: float) -> np.ndarray:
    dice = np.random.Generator(np.random.PCG64(11))
    tile = dice.normal(0, strength, (512, 512)).astype(np.float32)
    tile = np.tile(tile, (-(-height // 512), -(-width // 512)))[:height, :width]
    return np.repeat(np.rint(tile).astype(np.int16)[..., None], 3, axis=2)
