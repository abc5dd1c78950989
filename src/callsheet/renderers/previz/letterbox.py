"""Fits a whole picture into a frame without cutting or stretching it, on a soft copy of itself."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]


def fit(still: Rgb, width: int, height: int) -> Rgb:
    """The whole still inside width x height at its own proportions, uint8 RGB; the rest is its blurred, darkened self.

    A still that differs from the frame's proportions by less than a pixel fills it.
    """
    rows, columns = still.shape[:2]
    scale = min(width / columns, height / rows)
    inner_w, inner_h = round(columns * scale), round(rows * scale)
    if width - inner_w <= 1 and height - inner_h <= 1:
        return _resized(still, width, height)
    ground = _ground(still, width, height)
    left, top = (width - inner_w) // 2, (height - inner_h) // 2
    ground[top : top + inner_h, left : left + inner_w] = _resized(still, inner_w, inner_h)
    return ground


def _ground(still: Rgb, width: int, height: int) -> Rgb:
    rows, columns = still.shape[:2]
    scale = max(width / columns, height / rows)
    wide, tall = min(columns, round(width / scale)), min(rows, round(height / scale))
    left, top = (columns - wide) // 2, (rows - tall) // 2
    small = _resized(still[top : top + tall, left : left + wide], max(2, width // 8), max(2, height // 8))
    soft = cv2.GaussianBlur(small, (0, 0), max(1.0, min(width, height) / 8 / 18))
    return np.asarray(
        cv2.convertScaleAbs(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC), alpha=0.55), np.uint8
    )


def _resized(still: Rgb, width: int, height: int) -> Rgb:
    if still.shape[:2] == (height, width):
        return still.copy()
    how = cv2.INTER_AREA if width < still.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(still, (max(1, width), max(1, height)), interpolation=how), np.uint8)
