"""What is laid over a frame after the camera has seen it: light, dark corners, a shoulder in the foreground."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from callsheet.renderers.previz.pose import Look
from callsheet.renderers.previz.warp import Rgb


class Looks:
    """The overlays of one frame size, each made when first needed."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._corners: Any = None
        self._shadow: Any = None

    def apply(self, rgb: Rgb, look: Look) -> Rgb:
        """The frame under this look; it may be the same array, changed in place."""
        if look.light != (1.0, 1.0, 1.0):
            rgb = np.asarray(cv2.LUT(rgb, _curve(look.light)), np.uint8)
        if look.shoulder > 0:
            rgb = self._behind_shoulder(rgb, look.shoulder)
        if look.vignette > 0:
            rgb = self._darkened(rgb, look.vignette)
        return rgb

    def _darkened(self, rgb: Rgb, strength: float) -> Rgb:
        if self._corners is None:
            y, x = np.mgrid[-1 : 1 : self._height * 1j, -1 : 1 : self._width * 1j]
            fall = np.clip((x * x + y * y) / 2 - 0.18, 0, 1) ** 1.2
            self._corners = np.repeat((255 * (1 - fall))[..., None], 3, axis=2).astype(np.uint8)
        dark = cv2.multiply(rgb, self._corners, scale=1 / 255)
        return np.asarray(cv2.addWeighted(dark, strength, rgb, 1 - strength, 0, dst=dark), np.uint8)

    def _behind_shoulder(self, rgb: Rgb, arrived: float) -> Rgb:
        """A head and shoulder seen from behind, far out of focus, slides in from the right edge with `arrived` 0..1."""
        if self._shadow is None:
            self._shadow = _silhouette(self._width, self._height)
        gone = round((1 - arrived) * self._width * 0.5)
        if gone >= self._width:
            return rgb
        shade = np.zeros((self._height, self._width), np.float32)
        shade[:, gone:] = self._shadow[:, : self._width - gone]
        dark = np.empty_like(rgb)
        dark[:] = (cv2.mean(rgb)[0] * 0.16, cv2.mean(rgb)[1] * 0.15, cv2.mean(rgb)[2] * 0.17)
        return np.asarray(cv2.blendLinear(dark, rgb, shade, 1 - shade), np.uint8)


def _curve(light: tuple[float, float, float]) -> Any:
    """A 256 x 1 x 3 table: each channel times its light, with a soft shoulder instead of clipping."""
    codes = np.arange(256, dtype=np.float64)[:, None] / 255
    lit = codes * np.asarray(light)[None, :]
    rolled = np.where(lit > 0.8, 0.8 + 0.2 * np.tanh((lit - 0.8) / 0.2), lit)
    # Below the knee nothing is rolled off, so light of 1 must leave white white.
    kept = np.where(np.asarray(light)[None, :] <= 1, lit, rolled)
    return np.clip(np.rint(kept * 255), 0, 255).astype(np.uint8)[:, None, :]


def _silhouette(width: int, height: int) -> Any:
    """How much of each pixel the head and shoulder cover, float32 0..1, soft as things close to the lens are."""
    small_h = 180
    small_w = max(2, round(small_h * width / height))
    mask = np.zeros((small_h, small_w), np.float32)
    unit = min(small_w, small_h)
    right = small_w - round(unit * 0.16)
    cv2.ellipse(mask, (right, round(small_h * 0.47)), (round(unit * 0.15), round(unit * 0.20)), 8, 0, 360, (1.0,), -1)
    cv2.rectangle(
        mask, (right - round(unit * 0.08), round(small_h * 0.5)), (right + round(unit * 0.1), small_h), (1.0,), -1
    )
    cv2.ellipse(
        mask, (right + round(unit * 0.08), small_h), (round(unit * 0.52), round(unit * 0.3)), 0, 0, 360, (1.0,), -1
    )
    mask = cv2.GaussianBlur(mask, (0, 0), unit * 0.028)
    return np.clip(np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_CUBIC)), 0, 1).astype(
        np.float32
    )
