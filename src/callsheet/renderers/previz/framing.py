"""Closer shots of one picture: which part of it a medium shot, a close-up or a detail shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz import focus
from callsheet.renderers.previz.painter import compose
from callsheet.renderers.previz.painter.brief import Brief
from callsheet.renderers.previz.painter.layers import Layer, Painting
from callsheet.renderers.previz.shoot import Rgb

SHARES = {"wide": 1.0, "medium": 0.62, "close-up": 0.4, "detail": 0.34}
"""How much of the frame's sides each size of shot shows."""

_MOST_PIXELS = 5_000_000


def of_still(still: Rgb, size: str | None, width: int, height: int) -> Rgb:
    """The part of a still that a shot of this size shows, in the frame's proportions; all of it for a wide one."""
    share = SHARES[size or "wide"]
    if share == 1.0:
        return still
    rows, columns = still.shape[:2]
    cover = min(columns / width, rows / height)
    wide, tall = max(2, round(width * cover * share)), max(2, round(height * cover * share))
    across, down = focus.subject(still)
    x, y = (1 + across) / 2 * columns, (1 + down) / 2 * rows
    if size == "close-up":
        y -= 0.16 * tall  # what one looks at, a face or a sail, is in the upper part of a thing
    if size == "detail":
        x, y = _elsewhere(still, (x, y), (wide, tall))
    left, top = _inside(x - wide / 2, columns - wide), _inside(y - tall / 2, rows - tall)
    return _crisp(still[top : top + tall, left : left + wide], width, height)


def of_painting(size: str | None, width: int, height: int) -> Callable[[Brief, int, int, float], Painting]:
    """How to compose the part of a painted scene that a shot of this size shows: painted anew in its own detail."""
    share = max(SHARES[size or "wide"], (width * height / _MOST_PIXELS) ** 0.5)
    if size in (None, "wide") or share >= 1:
        return lambda brief, seed, margin, seconds: compose.compose(
            brief, width, height, seed, margin=margin, duration=seconds
        )

    def composed(brief: Brief, seed: int, margin: int, seconds: float) -> Painting:
        big = compose.compose(brief, round(width / share), round(height / share), seed, margin=margin, duration=seconds)
        return _window(big, size == "detail", width, height)

    return composed


def _window(big: Painting, aside: bool, width: int, height: int) -> Painting:
    """The frame's part of a larger painting, around its subject or, `aside`, around what lies across from it."""
    x, y = (big.subject[0], big.subject[1]) if big.subject else (big.width * 0.5, min(big.horizon, big.height * 0.7))
    if aside:
        x = big.width - x if abs(x - big.width / 2) > 0.08 * big.width else big.width * 0.27
        y = min(big.horizon, big.height * 0.7)
    left, top = _inside(x - width / 2, big.width - width), _inside(y - height / 2, big.height - height)
    layers = tuple(_moved(layer, left, top) for layer in big.layers)
    subject = None
    if big.subject and not aside:
        subject = (big.subject[0] - left, big.subject[1] - top, *big.subject[2:])
    return Painting(width, height, big.horizon - top, layers, big.vignette, subject)


def _moved(layer: Layer, left: int, top: int) -> Layer:
    pivot = (layer.motion.pivot[0] - left, layer.motion.pivot[1] - top)
    return replace(layer, x=layer.x - left, y=layer.y - top, motion=replace(layer.motion, pivot=pivot))


def _elsewhere(still: Rgb, subject: tuple[float, float], size: tuple[int, int]) -> tuple[float, float]:
    """The middle of the liveliest part of a still that is not its subject."""
    grey = np.asarray(cv2.cvtColor(still, cv2.COLOR_RGB2GRAY), np.float32)
    small = cv2.resize(grey, (96, 64), interpolation=cv2.INTER_AREA)
    edges = np.abs(cv2.Laplacian(cv2.GaussianBlur(small, (0, 0), 1), cv2.CV_32F))
    reach = (max(3, round(96 * size[0] / still.shape[1])), max(3, round(64 * size[1] / still.shape[0])))
    lively: NDArray[np.float32] = np.asarray(cv2.blur(edges, reach), np.float32)
    y, x = np.mgrid[0:64, 0:96].astype(np.float32)
    away = np.hypot((x / 96 - subject[0] / still.shape[1]) * 1.4, y / 64 - subject[1] / still.shape[0])
    best = int(np.argmax(lively * np.clip(away / 0.35, 0, 1)))
    return (best % 96 + 0.5) / 96 * still.shape[1], (best // 96 + 0.5) / 64 * still.shape[0]


def _inside(start: float, room: float) -> int:
    return round(min(max(start, 0), max(room, 0)))


def _crisp(part: Rgb, width: int, height: int) -> Rgb:
    """A small part enlarged to the frame, its edges drawn again a little."""
    if part.shape[1] >= width:
        return part
    large = cv2.resize(part, (width, height), interpolation=cv2.INTER_LANCZOS4)
    soft = cv2.GaussianBlur(large, (0, 0), max(1.0, width / part.shape[1] * 0.7))
    return np.asarray(cv2.addWeighted(large, 1.5, soft, -0.5, 0), np.uint8)
