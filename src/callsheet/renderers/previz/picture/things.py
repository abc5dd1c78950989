"""Proposes shapes that may be things, and says of each how much it looks like one: outline, colours, size, place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.picture import barrier
from callsheet.renderers.previz.picture.planes import Plane, Rgb

Shape = NDArray[np.bool_]

LEAST, MOST = 0.002, 0.8
"""Shares of the picture between which a thing's size lies."""

_WEIGHTS = np.array([0.65, 1.35, 1.35], np.float32)
"""A difference of colour says more than one of brightness, which light alone makes."""
_LEVELS = (0.72, 0.82, 0.89, 0.94, 0.97)
"""Which shares of a picture are tried as less strange than its subject."""
_LINES = (5.0, 9.0, 16.0, 28.0)
"""Slopes of colour from which on a line is tried as an outline."""
_LINE_WEIGHTS = np.array([0.8, 1.3, 1.3], np.float32)
_SEEN = 9.0
"""A difference across an outline that is seen as one."""
_RIVAL = 0.93


@dataclass(frozen=True, slots=True)
class View:
    """A small picture as shapes in it are judged: its colours, weighed, how steep they are, and what is walled in."""

    colours: Plane
    slope: Plane
    wall: Plane

    @classmethod
    def of(cls, small: Rgb) -> View:
        """Of an RGB picture about 320 pixels wide."""
        colours = np.asarray(cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.0), cv2.COLOR_RGB2LAB), np.float32)
        return cls(colours * _WEIGHTS, _slope(colours), barrier.walled(small))


@dataclass(frozen=True, slots=True)
class Outline:
    """How clear a shape's outline is: `closed` is the share of it across which colours differ so as to be seen,
    `contrast` that difference (the lower third), `clear` its steepness against the picture's own (1 is as steep)."""

    closed: float
    contrast: float
    clear: float

    @property
    def certainty(self) -> float:
        """0..1: one where all of it is seen, strongly, and steeper than what else is in the picture."""
        return self.closed**2 * min(1.0, self.contrast / 16) * min(1.0, self.clear / 1.5)


def best(small: Rgb, view: View) -> tuple[Shape, bool]:
    """The shape most like a thing, and whether it may well be a part of another, whose outline is as whole."""
    tried = [(worth(shape, view), shape) for shape in _proposed(small, view)]
    if not tried:
        return np.zeros(small.shape[:2], bool), False
    return _whole(tried, view)


def outline(shape: Shape, view: View) -> Outline:
    """What is measured along a shape's rim: means of both sides, each of its own side alone."""
    line = cv2.morphologyEx(shape.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    away = np.linalg.norm(_side_of(shape, view.colours, line) - _side_of(~shape, view.colours, line), axis=1)
    if not len(away):
        return Outline(0.0, 0.0, 0.0)
    clear = float(np.quantile(view.slope[line], 0.35)) / (float(view.slope.mean()) + 4)
    return Outline(float((away > _SEEN).mean()), float(np.quantile(away, 0.3)), clear)


def worth(shape: Shape, view: View) -> float:
    """How much a shape is like a thing, about 0 to 8: a clear outline, its own colour, a middling size and place."""
    area = float(shape.mean())
    if not LEAST < area < MOST:
        return 0.0
    rows, columns = shape.shape
    y, x = (float(at.mean()) for at in np.nonzero(shape))
    place = np.exp(-(((x / columns - 0.5) / 0.42) ** 2) - ((y / rows - 0.56) / 0.36) ** 2)
    size = np.exp(-((np.log(area / 0.07) / 2.4) ** 2)) * np.exp(-6 * touching(shape))
    if place * size < 0.04:
        return 0.0
    rim = outline(shape, view)
    mean = view.colours[shape].mean(axis=0)
    elsewhere = ((view.colours[~shape] - mean) ** 2).sum(axis=1)
    rare = 1 / (1 + 12 * float(np.exp(-elsewhere / (2 * 18.0**2)).mean()))
    seen = min(rim.clear, 4.0) * rim.closed**3 * min(rim.contrast / 15, 2.0)
    return float(seen * np.sqrt(rare) * place * size)


def inside_another(shape: Shape, view: View) -> float:
    """0..1: how much what lies round a shape is walled in as high as the shape is, as a cup is round its coffee."""
    round_it = (cv2.dilate(shape.astype(np.uint8), np.ones((11, 11), np.uint8)) > 0) & ~shape
    if not round_it.any():
        return 1.0
    around, own = float(np.median(view.wall[round_it])), float(np.quantile(view.wall[shape], 0.2))
    return float(np.clip((around / max(own, 1.0) - 0.75) / 0.3, 0, 1))


def filled(mask: Shape) -> Shape:
    """With its holes: what the outside cannot reach."""
    framed = np.pad(mask.astype(np.uint8), 1)
    cv2.floodFill(framed, None, (0, 0), 2)  # type: ignore[call-overload]
    return framed[1:-1, 1:-1] != 2


def touching(mask: Shape) -> float:
    """Which share of the picture's rim the mask lies on."""
    return float(mask[_ring(mask.shape[0], mask.shape[1], 1)].mean())


def _proposed(small: Rgb, view: View) -> list[Shape]:
    """What four ideas of strangeness and closed outlines set apart."""
    made = _enclosed(small)
    for strange in (_strangeness(small), _against_row(small), _against_round(small), view.wall):
        for level in np.quantile(strange, _LEVELS):
            made += _shapes(strange > max(level, 1e-3))
    return made


def _whole(tried: list[tuple[float, Shape]], view: View) -> tuple[Shape, bool]:
    """The best shape, or the largest nearly as good one that it is a part of; and whether another may be the thing."""
    value, first = max(tried, key=lambda pair: pair[0])
    area = int(first.sum())
    around = [
        (own, shape)
        for own, shape in tried
        if area < shape.sum() < 12 * area and int((shape & first).sum()) > 0.9 * area
    ]
    chosen = max((shape for own, shape in around if own > 0.45 * value), key=lambda shape: shape.sum(), default=first)
    larger = (shape for _, shape in around if shape.sum() > 1.6 * chosen.sum() and touching(shape) == 0)
    return chosen, any(outline(shape, view).closed > _RIVAL for shape in larger)


def _enclosed(small: Rgb) -> list[Shape]:
    """What lines wall in, whatever its colours: all that a flood from the border does not reach."""
    soft = cv2.bilateralFilter(cv2.medianBlur(small, 3), 5, 20, 3)
    slope = _slope(np.asarray(cv2.cvtColor(soft, cv2.COLOR_RGB2LAB), np.float32) * _LINE_WEIGHTS)
    made: list[Shape] = []
    for level in _LINES:
        line = (slope > level).astype(np.uint8)
        for wide in (1, 3):
            made += _shapes(filled(cv2.morphologyEx(line, cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8)) > 0), 2)
    return made


def _slope(colours: Plane) -> Plane:
    dx = cv2.Scharr(colours, cv2.CV_32F, 1, 0, scale=1 / 16)
    dy = cv2.Scharr(colours, cv2.CV_32F, 0, 1, scale=1 / 16)
    return np.sqrt((dx * dx + dy * dy).sum(axis=2)).astype(np.float32)


def _side_of(shape: Shape, colours: Plane, line: Shape) -> Plane:
    """The mean colour of one side near each place of a line."""
    inside = shape.astype(np.float32)
    near, total = cv2.blur(inside, (7, 7)), cv2.blur(colours * inside[..., None], (7, 7))
    return np.asarray(total[line] / np.maximum(near[line], 1e-3)[:, None], np.float32)


def _strangeness(small: Rgb) -> Plane:
    """How far each place's colour lies from all colours of the border, in spreads of those."""
    soft = cv2.bilateralFilter(cv2.medianBlur(small, 5), 7, 30, 5)
    colours = np.asarray(cv2.cvtColor(soft, cv2.COLOR_RGB2LAB), np.float32)
    rows, columns = colours.shape[:2]
    rim = _ring(rows, columns, max(3, min(rows, columns) // 16))
    border = colours[rim]
    centres, spreads = _clusters(border)
    nearest = np.full((rows, columns), np.inf, np.float32)
    for centre, spread in zip(centres, spreads, strict=True):
        away = colours - centre
        nearest = np.minimum(nearest, np.einsum("ijk,kl,ijl->ij", away, spread, away, optimize=True))
    distance = np.sqrt(np.maximum(nearest, 0))
    return np.asarray(cv2.GaussianBlur(np.minimum(distance, 9).astype(np.float32), (0, 0), 1.5), np.float32)


def _clusters(border: Plane) -> tuple[list[Plane], list[Plane]]:
    """Up to five colours of the border with the inverse of each one's covariance."""
    cv2.setRNGSeed(7)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    count = min(5, len(border))
    empty: Any = None
    _, labels, centres = cv2.kmeans(border, count, empty, stop, 2, cv2.KMEANS_PP_CENTERS)
    kept: list[Plane] = []
    spreads: list[Plane] = []
    for index in range(count):
        own = border[labels.ravel() == index]
        if len(own) < 0.03 * len(border):
            continue
        spread = np.cov(own.T) + np.diag([60.0, 16.0, 16.0])
        kept.append(centres[index])
        spreads.append(np.linalg.inv(spread).astype(np.float32))
    return kept, spreads


def _against_row(small: Rgb) -> Plane:
    """How far each place differs from what lies level with it: a landscape is bands, its subject is none."""
    colours = np.asarray(cv2.cvtColor(cv2.medianBlur(small, 5), cv2.COLOR_RGB2LAB), np.float32)
    usual = np.median(colours, axis=1, keepdims=True)
    usual = cv2.blur(usual, (1, 5)).reshape(usual.shape)
    away = np.linalg.norm((colours - usual) * _WEIGHTS, axis=2)
    spread = np.median(away, axis=1, keepdims=True) + 6
    return np.asarray(cv2.GaussianBlur((away / spread).astype(np.float32), (0, 0), 1.2), np.float32)


def _against_round(small: Rgb) -> Plane:
    """How far each place differs from its wider surroundings."""
    colours = np.asarray(cv2.cvtColor(cv2.medianBlur(small, 5), cv2.COLOR_RGB2LAB), np.float32)
    wide = cv2.GaussianBlur(colours, (0, 0), max(small.shape) / 9, borderType=cv2.BORDER_REFLECT)
    near = cv2.GaussianBlur(colours, (0, 0), 1.5)
    return np.linalg.norm((near - wide) * _WEIGHTS, axis=2).astype(np.float32)


def _shapes(mask: Shape, thin: int = 0) -> list[Shape]:
    """The eight largest parts of a mask, each without holes, less the `thin` pixels that lines add to its rim."""
    if thin:
        opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        opened = cv2.erode(opened, np.ones((thin, thin), np.uint8))
    else:
        closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:8] + 1 if count > 1 else []
    large = [int(index) for index in order if stats[index, cv2.CC_STAT_AREA] > LEAST * mask.size]
    return [filled(labels == index) for index in large]


def _ring(rows: int, columns: int, wide: int) -> NDArray[np.bool_]:
    ring = np.ones((rows, columns), bool)
    ring[wide:-wide, wide:-wide] = False
    return ring
