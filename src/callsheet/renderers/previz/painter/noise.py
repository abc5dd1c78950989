"""Smooth noise over frame coordinates, so that a picture keeps its shapes at every size and margin."""

from __future__ import annotations

import cv2
import numpy as np

# Lattices reach this far beyond the frame on each side, in frame lengths: no margin is wider.
REACH = 0.5


def line(
    dice: np.random.Generator, x: np.ndarray, length: float, cell: float, octaves: int = 4, gain: float = 0.5
) -> np.ndarray:
    """Noise in -1..1 at columns `x` of a frame `length` wide; `cell` is its coarsest period in pixels."""
    total, weight, made = 0.0, 1.0, np.zeros_like(x)
    for octave in range(octaves):
        step = cell / 2**octave
        knots = dice.random(int((1 + 2 * REACH) * length / step) + 6).astype(np.float32) * 2 - 1
        at = (x + REACH * length) / step + 1
        at = np.clip(at, 1, len(knots) - 3.001)
        whole = at.astype(np.int64)
        part = at - whole
        made += weight * _cubic(knots, whole, part)
        total += weight
        weight *= gain
    return made / total


def field(
    dice: np.random.Generator,
    box: tuple[int, int, int, int],
    frame: tuple[int, int],
    cell: tuple[float, float],
    octaves: int = 4,
    gain: float = 0.5,
) -> np.ndarray:
    """Two-dimensional noise in 0..1 over box (x0, y0, x1, y1) in frame pixels; `cell` is its coarsest period (x, y)."""
    x0, y0, x1, y1 = box
    made = np.zeros((y1 - y0, x1 - x0), np.float32)
    total, weight = 0.0, 1.0
    for octave in range(octaves):
        cx, cy = max(2.0, cell[0] / 2**octave), max(2.0, cell[1] / 2**octave)
        columns, rows = (int((1 + 2 * REACH) * n / c) + 6 for n, c in zip(frame, (cx, cy), strict=True))
        lattice = dice.random((rows, columns), dtype=np.float32)
        shift_x, shift_y = REACH * frame[0] / cx + 2, REACH * frame[1] / cy + 2
        matrix = np.array([[1 / cx, 0, (x0 + 0.5) / cx + shift_x], [0, 1 / cy, (y0 + 0.5) / cy + shift_y]])
        made += weight * cv2.warpAffine(
            lattice,
            matrix,
            (x1 - x0, y1 - y0),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        total += weight
        weight *= gain
    return made / total


def _cubic(knots: np.ndarray, whole: np.ndarray, part: np.ndarray) -> np.ndarray:
    before, here, there, after = (knots[whole + k] for k in (-1, 0, 1, 2))
    return here + 0.5 * part * (
        there
        - before
        + part * (2 * before - 5 * here + 4 * there - after + part * (3 * (here - there) + after - before))
    )
