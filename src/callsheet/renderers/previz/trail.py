"""How everything in a clip moved since its first frame: the camera as a similarity, and the rest as a field."""

from __future__ import annotations

import cmath
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers.previz import footage
from callsheet.renderers.previz.flow import Drift, Flow, camera_drift, places
from callsheet.renderers.previz.sampling import look_up

Grey = NDArray[np.uint8]

MOST_RATE = 30
"""Looks a second at most: a clip of 120 frames a second shows no more of a motion than one of 30."""

_SIDE = 180
_GRID = 2
_SLACK = 0.6
"""Pixels: what moves a little by itself shall not be taken for the camera's motion."""
_NOISE = (0.25, 0.7)
"""Pixels of the small picture: a residue below the first is noise, above the second it is motion."""
_LEFT = 2.0
"""Codes: so much of a difference is the encoder's."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the frame at `time` (seconds) shows of the first one.

    Places are complex numbers, x + iy in half shorter sides from the centre, x right and y down. The frame's place z
    shows the first frame's place `turn * z + shift`, plus `local` (rows, columns, 2) there: what moved by itself.
    """

    time: float
    turn: complex
    shift: complex
    local: Flow


@dataclass(frozen=True, slots=True)
class Trail:
    """A clip's moments in order, the first at 0, and half its frame's sides in half shorter sides."""

    moments: tuple[Moment, ...]
    half: tuple[float, float]

    def at(self, time: float) -> Moment:
        """The moment at any time, between the two looks beside it; after the last one nothing moves any more."""
        later = next((index for index, one in enumerate(self.moments) if one.time > time), len(self.moments))
        if later == 0 or later == len(self.moments):
            return self.moments[min(later, len(self.moments) - 1)]
        one, two = self.moments[later - 1], self.moments[later]
        share = (time - one.time) / (two.time - one.time)
        turn = cmath.exp((1 - share) * cmath.log(one.turn) + share * cmath.log(two.turn))
        local = np.asarray(cv2.addWeighted(one.local, 1 - share, two.local, share, 0), np.float32)
        return Moment(time, turn, (1 - share) * one.shift + share * two.shift, local)


def trail(path: Path, seconds: float) -> Trail:
    """Follow the first `seconds` of a clip of any size and rate. RenderError where nothing can be decoded.

    At a cut nothing in one picture is anywhere in the other: there the motion so far is held, and goes on after it.
    """
    looks = _looks(path, seconds)
    first = next(looks, None)
    if first is None:
        raise RenderError("video holds no frame that can be decoded.", param="video").because(
            "media_empty", param="video"
        )
    rows, columns = first[1].shape
    unit = min(rows, columns) / 2
    moments = [Moment(0.0, 1 + 0j, 0j, np.zeros((rows // _GRID, columns // _GRID, 2), np.float32))]
    for (_, before), (time, now) in itertools.pairwise(itertools.chain([first], looks)):
        moments.append(_next(moments[-1], float(time), before, now, unit))
    return Trail(tuple(moments), (columns / 2 / unit, rows / 2 / unit))


def _looks(path: Path, seconds: float) -> Iterator[tuple[Fraction, Grey]]:
    """Frames by their time, no more than `MOST_RATE` a second, small and grey, all of the first one's size."""
    due, size = Fraction(0), None
    for time, frame in footage.timed(path):
        if time < due:
            continue
        due += max(Fraction(1, MOST_RATE), time - due)
        small = footage.grey(frame, _SIDE)
        size = size or small.shape[::-1]
        yield time, small if small.shape[::-1] == size else np.asarray(cv2.resize(small, size), np.uint8)
        if time > seconds:
            return


def _next(last: Moment, time: float, before: Grey, now: Grey, unit: float) -> Moment:
    drift = camera_drift(before, now, _SLACK)
    if not _plausible(drift):
        return Moment(time, last.turn, last.shift, last.local)
    # One step back in time: the place in the frame before of every place in this one.
    turn = 1 / cmath.rect(float(np.exp(drift.growth)), drift.turn)
    shift = -turn * complex(drift.right, drift.down)
    step = _similar(now.shape, turn, shift, unit)
    own = _residue(before, now, step)
    # Whoever moved by itself came from elsewhere: what it had moved before is looked up there.
    size = last.local.shape[1::-1]
    ratio = np.array([size[0] / now.shape[1], size[1] / now.shape[0]], np.float32)
    came = np.asarray(cv2.resize(step + own, size, interpolation=cv2.INTER_AREA), np.float32)
    earlier = np.asarray(look_up(last.local, (came + 0.5) * ratio - 0.5), np.float32)
    earlier[~_within(came, now.shape)] = 0
    coarse = cv2.resize(own, size, interpolation=cv2.INTER_AREA) / np.float32(unit)
    return Moment(time, last.turn * turn, last.turn * shift + last.shift, earlier + _turned(coarse, last.turn))


def _similar(shape: tuple[int, ...], turn: complex, shift: complex, unit: float) -> Flow:
    """Every pixel's place in the frame before, by the camera's motion alone."""
    rows, columns = shape
    middle = np.array([(columns - 1) / 2, (rows - 1) / 2], np.float32)
    return (_turned(places(columns, rows) - middle, turn) + middle + unit * _pair(shift)).astype(np.float32)


def _residue(before: Grey, now: Grey, step: Flow) -> Flow:
    """How far dense flow leads away from the camera's own motion, in pixels; nothing where it is mere noise."""
    if _explained(before, now, step):
        return np.zeros_like(step)
    here = places(now.shape[1], now.shape[0])
    start = np.ascontiguousarray(step - here)
    dense = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    found = np.asarray(dense.calc(now, before, start.copy()), np.float32) - start
    calm = np.dstack([cv2.medianBlur(np.ascontiguousarray(found[..., part]), 5) for part in range(2)])
    inside = _within(step, now.shape).astype(np.float32)
    far = np.linalg.norm(calm, axis=2)
    sure = np.clip((far - _NOISE[0]) / (_NOISE[1] - _NOISE[0]), 0, 1) * inside
    return np.asarray(cv2.GaussianBlur(calm * sure[..., None], (0, 0), 1.6), np.float32)


def _explained(before: Grey, now: Grey, step: Flow) -> bool:
    """Whether the camera's motion alone explains the picture: nowhere is a difference left that its slopes do not.

    Dense flow, half of the whole cost, has nothing to find then.
    """
    seen = np.asarray(look_up(before, step), np.uint8)
    left = cv2.blur(np.asarray(cv2.absdiff(seen, now), np.float32), (7, 7))
    slopes = [cv2.Sobel(now, cv2.CV_32F, one, 1 - one, scale=1 / 8) for one in (0, 1)]
    steep = cv2.blur(np.asarray(cv2.magnitude(slopes[0], slopes[1]), np.float32), (7, 7))
    moved = (left > _NOISE[0] * steep + _LEFT) & _within(step, now.shape)
    return not bool(cv2.erode(moved.astype(np.uint8), np.ones((3, 3), np.uint8)).any())


def _within(where: Flow, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    rows, columns = shape
    x, y = where[..., 0], where[..., 1]
    return (x >= 0) & (y >= 0) & (x <= columns - 1) & (y <= rows - 1)


def _turned(pairs: Any, turn: complex) -> Flow:
    x, y = pairs[..., 0], pairs[..., 1]
    return np.dstack([x * turn.real - y * turn.imag, x * turn.imag + y * turn.real]).astype(np.float32)


def _pair(place: complex) -> NDArray[np.float32]:
    return np.array([place.real, place.imag], np.float32)


def _plausible(drift: Drift) -> bool:
    """Whether a camera could have moved so from one look to the next; at a cut the fit is anything."""
    far = max(abs(drift.right), abs(drift.down)) > 0.5
    return not (far or abs(drift.turn) > 0.35 or abs(drift.growth) > 0.35)
