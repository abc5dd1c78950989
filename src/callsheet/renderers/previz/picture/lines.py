"""Draws the lines of a picture as a hand would: differences of Gaussians along its contours, thick and thin."""

from __future__ import annotations

import cv2
import numpy as np

from callsheet.renderers.previz.picture.masks import edges
from callsheet.renderers.previz.picture.planes import Plane, Rgb, blur, grey, smeared, smooth, tangents


def drawn(rgb: Rgb, wide: float, *, firm: float = 1.0, threshold: float = 0.012) -> Plane:
    """How much ink lies at each place, 0..1; `wide` is the width of a line in pixels, `firm` how many are drawn.

    The flow-based difference of Gaussians (Kang, Lee and Chui, 2007): lines follow the contours and do not break.
    """
    light = grey(rgb)
    x, y, _ = tangents(light, 2.0 * wide + 1)
    near, far = blur(light, 0.7 * wide), blur(light, 0.7 * wide * 1.6)
    dark = smeared(far - near, (x, y), 3.0 * wide, 3)
    return smooth(threshold / firm, 4.0 * threshold / firm, dark).astype(np.float32)


def contours(rgb: Rgb, wide: float) -> Plane:
    """Lines on every border between two areas, whatever their brightness: 0..1, soft at their sides."""
    marked = edges(rgb).astype(np.float32) / 255
    thin = max(1, round(min(rgb.shape[:2]) / 480))
    soft = np.asarray(cv2.GaussianBlur(marked, (0, 0), max(0.5, 0.55 * wide)), np.float32)
    return np.clip(soft * (1.5 + 0.9 * wide / thin), 0, 1).astype(np.float32)
