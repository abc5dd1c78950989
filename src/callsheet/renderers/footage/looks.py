"""How a shot looks and how its camera moves, gathered from its frames as they pass."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.footage.frames import WIDE, Small
from callsheet.renderers.footage.shape import Camera, Colour, Shot

_STILL = 0.012
"""Picture widths, or growth, a second under which a camera counts as still."""
_COLOURS = 5


@dataclass(slots=True)
class ShotLog:
    """One shot in the making. `feed` takes each frame with its change; flow is measured a few times a second."""

    start: float
    fps: float
    frames: int = 0
    motion: float = 0.0
    light: float = 0.0
    light_square: float = 0.0
    warmth: float = 0.0
    saturation: float = 0.0
    steps: list[tuple[float, float, float, float]] = field(default_factory=list)
    pictures: list[NDArray[np.float32]] = field(default_factory=list)
    _past: tuple[float, NDArray[np.uint8]] | None = None

    def feed(self, small: Small, change: float) -> None:
        """Take a frame; `change` is how much it moved since the last one, 0..1."""
        luma = small.luma.astype(np.float32)
        self.light += float(luma.mean())
        self.light_square += float((luma**2).mean())
        blue, red = small.blue.astype(np.float32) - 128, small.red.astype(np.float32) - 128
        self.warmth += float((red - blue).mean())
        self.saturation += float(np.sqrt(blue**2 + red**2).mean())
        self.motion += change
        every = max(2, round(self.fps / 4))
        if self.frames % every == 0:
            self._look(small)
        self.frames += 1

    def shot(self, end: float) -> Shot:
        """What was gathered, as a shot that ends there."""
        count = max(1, self.frames)
        light = self.light / count
        spread = math.sqrt(max(0.0, self.light_square / count - light**2))
        return Shot(
            round(self.start, 6),
            round(end, 6),
            self.frames,
            motion=round(self.motion / max(1, count - 1), 4),
            brightness=round(light / 255, 4),
            contrast=round(spread / 255, 4),
            warmth=round(self.warmth / count / 128, 4),
            saturation=round(self.saturation / count / 128, 4),
            camera=_camera(self.steps),
            palette=_palette(self.pictures),
        )

    def _look(self, small: Small) -> None:
        if self._past is not None:
            step = _moved(self._past[1], small.luma)
            seconds = max(small.at - self._past[0], 1e-3)
            if step is not None:
                self.steps.append(tuple(value / seconds for value in step))  # pyright: ignore[reportArgumentType]
        self._past = (small.at, small.luma)
        if len(self.pictures) < 12:
            self.pictures.append(_rgb(small))


def _moved(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> tuple[float, float, float, float] | None:
    """How the picture moved between two frames: right, down (widths), growth (log) and turn (radians)."""
    points: Any = cv2.goodFeaturesToTrack(before, 120, 0.01, 5)
    if points is None or len(points) < 8:
        return None
    found, known, _ = cv2.calcOpticalFlowPyrLK(before, after, points, points.copy(), winSize=(15, 15), maxLevel=3)
    good = known.ravel() == 1
    if good.sum() < 8:
        return None
    middle = np.array([before.shape[1] / 2, before.shape[0] / 2], np.float32)
    fitted: Any = cv2.estimateAffinePartial2D(points[good] - middle, found[good] - middle, ransacReprojThreshold=1.5)
    matrix = fitted[0]
    if matrix is None:
        return None
    growth = math.log(max(1e-3, math.hypot(matrix[0, 0], matrix[1, 0])))
    return matrix[0, 2] / WIDE, matrix[1, 2] / WIDE, growth, math.atan2(matrix[1, 0], matrix[0, 0])


def _camera(steps: list[tuple[float, float, float, float]]) -> Camera:
    """The camera's way from the picture's: it goes right where the picture goes left."""
    if not steps:
        return Camera("static")
    right, down, growth, turn = (float(np.median(column)) for column in np.array(steps).T)
    shake = float(np.median(np.abs(np.diff(np.array(steps)[:, :2], axis=0)))) if len(steps) > 3 else 0.0
    sizes = {
        "pan right" if right < 0 else "pan left": abs(right),
        "tilt down" if down < 0 else "tilt up": abs(down),
        "zoom in" if growth > 0 else "zoom out": abs(growth),
        "turn": abs(turn) * 0.5,
    }
    word, size = max(sizes.items(), key=lambda item: item[1])
    if size < _STILL:
        word = "handheld" if shake > 2 * _STILL else "static"
    return Camera(word, round(-right, 4), round(down, 4), round(growth, 4), round(math.degrees(turn), 3))


def _palette(pictures: list[NDArray[np.float32]]) -> tuple[Colour, ...]:
    """The shot's main colours, by k-means in Lab, the largest share first."""
    if not pictures:
        return ()
    pixels = np.concatenate(pictures)
    lab = cv2.cvtColor((pixels / 255).reshape(1, -1, 3), cv2.COLOR_RGB2LAB).reshape(-1, 3)
    cv2.setRNGSeed(7)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    count = min(_COLOURS, len(lab))
    _, labels, centres = cv2.kmeans(lab, count, np.zeros((0,), np.int32), stop, 1, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(labels.ravel(), minlength=count) / len(lab)
    rgb = cv2.cvtColor(centres.reshape(1, -1, 3).astype(np.float32), cv2.COLOR_LAB2RGB).reshape(-1, 3)
    whole = np.rint(np.clip(rgb, 0, 1) * 255).astype(int)
    order = np.argsort(-shares, kind="stable")
    return tuple(
        Colour(*(int(v) for v in whole[k]), share=round(float(shares[k]), 3)) for k in order if shares[k] > 0.01
    )


def _rgb(small: Small) -> NDArray[np.float32]:
    """Every frame's colours at 40 x 22 or so, as rows of RGB."""
    size = (40, max(8, round(40 * small.luma.shape[0] / small.luma.shape[1])))
    luma, blue, red = (
        cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        for plane in (small.luma, small.blue, small.red)
    )
    y, b, r = (luma - 16) * 1.164, blue - 128, red - 128
    made = np.stack([y + 1.596 * r, y - 0.392 * b - 0.813 * r, y + 2.017 * b], axis=-1)
    return np.clip(made, 0, 255).reshape(-1, 3).astype(np.float32)
