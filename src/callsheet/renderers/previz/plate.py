"""A still made ready for a whole camera move: fitted to the frame, and kept at every sharpness the move needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from callsheet.renderers.previz import depth
from callsheet.renderers.previz.looks import Looks
from callsheet.renderers.previz.pose import Look, Pose, between
from callsheet.renderers.previz.sampling import Padded, look_up, padded
from callsheet.renderers.previz.warp import CELL, Field, Lens, Rgb, overscan

_MOST_PIXELS = 24_000_000
_STEP = 1.7
"""From one size of the still to the next: close enough that neither is seen blurred nor shimmering."""
_SMEAR_PIXELS = 4.0
_SMEAR_MOST = 16
_ROOM = 1.6
"""How much of the still beyond the frame is kept, in frames, where it has other proportions."""


@dataclass(frozen=True, slots=True)
class Level:
    """The still at one size: `scale` of its pixels fall on one frame pixel at zoom 1. `soft` is it out of focus."""

    scale: float
    pixels: Padded
    soft: Padded | None = None


class Plate:
    """One still before one camera: `Plate(still, poses, 1280, 720)`, then `frame(i)` shows pose i.

    `still` is uint8 RGB of any size. It covers the frame at its own proportions; what lies beyond the frame is room for
    the camera. Every pose is zoomed in by `overscan` just so much that the still's edge is never seen: by the same
    amount for the whole clip, or with `breathing` by as much as each moment needs. `flat` gives the still no depth.
    With `give`, the still is of the frame's size and shown untouched at rest, and the frame may reach a little beyond
    it (see `Field`).
    """

    def __init__(
        self,
        still: Rgb,
        poses: Sequence[Pose],
        width: int,
        height: int,
        *,
        breathing: bool = False,
        flat: bool = False,
        give: float = 0.0,
    ) -> None:
        still = _trimmed(still, width, height)
        self._size = (width, height)
        self._lens = Lens(width, height)
        self._field = field_of(still, width, height, flat=flat, give=give)
        self._poses = _fitted(poses, overscan(self._field, poses, width, height), breathing=breathing)
        scales = [1.0] if give else _scales(self._poses)
        softly = any(pose.look.aperture for pose in self._poses)
        self._levels = [_level(still, self._field, scale, self._size, softly=softly) for scale in scales]
        self._looks = Looks(width, height)
        self._held: tuple[tuple[Pose, Pose], Rgb] | None = None  # a camera at rest sees the same again
        near = self._field.near
        self._range = (0.0, 1.0) if near is None else (float(near.min()), float(near.max()))

    def frame(self, index: int) -> Rgb:
        """The uint8 RGB picture of one pose, shape (height, width, 3); it is the caller's to draw on."""
        way = self._poses[max(index - 1, 0)], self._poses[index]
        if self._held is None or self._held[0] != way:
            self._held = way, self._shown(*way)
        return self._held[1].copy()

    def _shown(self, before: Pose, pose: Pose) -> Rgb:
        picture = self._smeared(before, pose) if pose.look.smear else self._seen(pose)
        return self._looks.apply(picture, pose.look)

    def _smeared(self, before: Pose, now: Pose) -> Rgb:
        """The mean of what an open shutter sees between the last pose and this one."""
        steps = self._steps(before, now)
        if steps < 2:
            return self._seen(now)
        total = np.zeros((self._size[1], self._size[0], 3), np.float32)
        for turn in range(steps):
            share = 1 - now.look.smear * turn / (steps - 1)
            cv2.accumulate(self._seen(between(before, now, share)), total)
        return np.asarray(cv2.convertScaleAbs(total, alpha=1 / steps), np.uint8)

    def _steps(self, before: Pose, now: Pose) -> int:
        """How many samples the smear needs so that no single one is seen: one for every few pixels of the way."""
        way = self._lens.travel(self._field, before, now) * now.look.smear
        return min(math.ceil(way / _SMEAR_PIXELS) + 1, _SMEAR_MOST) if way > 1 else 1

    def _seen(self, pose: Pose) -> Rgb:
        """Sampled from the size that fits the zoom, or mixed from the two beside it, so that no change is seen."""
        place = math.log(max(_magnified(pose) / self._levels[0].scale, 1e-6), _STEP)
        lower = min(max(math.floor(place), 0), len(self._levels) - 1)
        upper = min(lower + 1, len(self._levels) - 1)
        share = min(max((place - lower - 0.25) * 2, 0.0), 1.0)
        if upper == lower or share == 0.0:
            return self._sampled(self._levels[lower], pose)
        high = self._sampled(self._levels[upper], pose)
        if share == 1.0:
            return high
        low = self._sampled(self._levels[lower], pose)
        return np.asarray(cv2.addWeighted(low, 1 - share, high, share, 0, dst=low), np.uint8)

    def _sampled(self, level: Level, pose: Pose) -> Rgb:
        where = self._lens.map(self._field, pose, level.pixels.shape)
        sharp = look_up(level.pixels, where)
        if not pose.look.aperture or level.soft is None or self._field.near is None:
            return sharp
        blurred = look_up(level.soft, self._lens.map(self._field, pose, level.soft.shape))
        coarse = np.ascontiguousarray(where[CELL // 2 :: CELL, CELL // 2 :: CELL])
        near = look_up(self._field.near, _rescaled(coarse, self._field.near.shape[1] / level.pixels.shape[1]))
        share = np.asarray(cv2.resize(_blur_share(self._in_range(near), pose.look), self._size), np.float32)
        return np.asarray(cv2.blendLinear(blurred, sharp, share, 1 - share), np.uint8)

    def _in_range(self, near: Any) -> Any:
        """Nearness from this still's own farthest to its nearest, so that focus 0 and 1 always hit something."""
        return (near - self._range[0]) / np.float32(max(self._range[1] - self._range[0], 1e-3))


def _trimmed(still: Rgb, width: int, height: int) -> Rgb:
    """The middle of the still where its proportions reach far beyond the frame's."""
    rows, columns = still.shape[:2]
    cover = max(width / columns, height / rows)
    keep_w = min(columns, math.ceil(width * _ROOM / cover))
    keep_h = min(rows, math.ceil(height * _ROOM / cover))
    left, top = (columns - keep_w) // 2, (rows - keep_h) // 2
    return still[top : top + keep_h, left : left + keep_w]


def field_of(still: Rgb, width: int, height: int, *, flat: bool = False, give: float = 0.0) -> Field:
    """The still covering a frame of that size, with the depth guessed from it unless `flat`."""
    rows, columns = still.shape[:2]
    cover, unit = max(width / columns, height / rows), min(width, height) / 2
    half = (columns * cover / 2 / unit, rows * cover / 2 / unit)
    near, sky = (None, None) if flat else (depth.nearness(still), depth.wind(still))
    return Field(*half, near, sky, give)


def _fitted(poses: Sequence[Pose], extra: Sequence[float], *, breathing: bool) -> list[Pose]:
    extra = _envelope(extra) if breathing else [max(extra)] * len(poses)
    return [pose.moved(zoom=zoom) for pose, zoom in zip(poses, extra, strict=True)]


def _envelope(extra: Sequence[float]) -> list[float]:
    """A smooth curve nowhere below this one: a running mean of the running maximum over the same window."""
    reach = max(1, len(extra) // 10)
    padded = np.pad(np.asarray(extra), 2 * reach, mode="edge")
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
    weights = np.hanning(2 * reach + 3)[1:-1]
    return list(np.convolve(highest, weights / weights.sum(), mode="valid"))


def _magnified(pose: Pose) -> float:
    """How many times larger than at rest the middle distance is seen."""
    return pose.zoom / max(1 - 0.45 * pose.z, 0.1)


def _scales(poses: Sequence[Pose]) -> list[float]:
    """The sizes of the still that the move needs. One is enough for most; a long zoom takes several."""
    seen = [_magnified(pose) for pose in poses]
    least, most = max(min(seen), 0.5), max(seen)
    steps = round(math.log(most / least, _STEP)) if most / least > _STEP else 0
    return [least * _STEP**step for step in range(steps + 1)] if steps else [math.sqrt(least * most)]


def _level(still: Rgb, field: Field, scale: float, size: tuple[int, int], *, softly: bool) -> Level:
    unit = min(size) / 2
    width, height = field.half_width * 2 * unit * scale, field.half_height * 2 * unit * scale
    shrink = min(1.0, math.sqrt(_MOST_PIXELS / (width * height)))
    pixels = _resized(still, max(1, round(width * shrink)), max(1, round(height * shrink)))
    soft = padded(_out_of_focus(pixels, scale * min(size))) if softly else None
    return Level(scale, padded(pixels), soft)


def _resized(still: Rgb, width: int, height: int) -> Rgb:
    if still.shape[:2] == (height, width):
        return np.ascontiguousarray(still)
    smaller = width < still.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(still, (width, height), interpolation=how), np.uint8)


def _out_of_focus(pixels: Rgb, short: float) -> Rgb:
    """The picture through an open aperture, at half size; bright points grow into discs."""
    half = _resized(pixels, max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2))
    # Light adds up, not codes: in a steep power of the codes a lamp outshines what it is spread over.
    radius = max(1, round(short * 0.009))
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.float32)
    light = (half.astype(np.float32) / 255) ** 3
    spread = cv2.filter2D(light, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
    spread = cv2.GaussianBlur(spread, (0, 0), radius / 3)
    return np.clip(np.cbrt(np.maximum(spread, 0)) * 255 + 0.5, 0, 255).astype(np.uint8)


def _blur_share(near: Any, look: Look) -> Any:
    away = (np.abs(near - look.focus) - 0.1) * 3.0
    return np.clip(away, 0, 1).astype(np.float32) * np.float32(min(look.aperture, 1.0))


def _rescaled(where: Any, ratio: float) -> Any:
    return (where + 0.5) * np.float32(ratio) - np.float32(0.5)
