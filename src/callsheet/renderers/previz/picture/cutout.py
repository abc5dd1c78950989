"""Cuts the subject out of a picture: what differs from its own border, refined by GrabCut and along the edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.picture.planes import Plane, Rgb, along_edges, fit, grey

_SIDE = 320
_WEIGHTS = np.array([0.65, 1.35, 1.35], np.float32)
"""A difference of colour says more than one of brightness, which light alone makes."""
_LEAST, _MOST = 0.002, 0.8
_WORTH = 0.25
"""From this worth on (see `_worth`) a shape is taken for a thing."""
_LEVELS = (0.72, 0.82, 0.89, 0.94, 0.97)
"""Which shares of a picture are tried as less strange than its subject."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """Where the subject is, float32 0..1 in the picture's size; `sure` is False where nothing clearly stands out."""

    alpha: Plane
    sure: bool

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The subject's columns and rows: x0, y0, x1, y1 (past the end)."""
        rows, columns = np.flatnonzero((self.alpha > 0.5).any(axis=1)), np.flatnonzero((self.alpha > 0.5).any(axis=0))
        if not rows.size:
            return 0, 0, self.alpha.shape[1], self.alpha.shape[0]
        return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def cut(rgb: Rgb) -> Cutout:
    """The picture's subject: the largest thing that its border does not explain, without holes.

    A picture has to show it whole and away from most of the border; a close-up gives `sure` False and its middle.
    """
    scale = min(1.0, _SIDE / max(rgb.shape[:2]))
    small = fit(rgb, max(8, round(rgb.shape[1] * scale)), max(8, round(rgb.shape[0] * scale)))
    small = np.ascontiguousarray(small)
    first, worth = _best(small)
    found = _grabbed(small, first)
    if not _LEAST < found.mean() < _MOST:
        found = first
    sure = worth > _WORTH and bool(_LEAST < found.mean() < 0.62) and _touching(found) < 0.4
    if not found.any():
        found = _middle(found.shape)
    return Cutout(_refined(rgb, found), sure)


def cleaned(mask: NDArray[np.bool_], least: float = 0.06) -> NDArray[np.bool_]:
    """Without specks, holes, and parts that are less than `least` of the largest."""
    flat = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(flat)
    sizes = stats[:, cv2.CC_STAT_AREA].copy()
    sizes[0] = 0
    kept = np.isin(labels, np.flatnonzero(sizes > least * max(int(sizes.max()), 1))) & (labels > 0)
    return _filled(kept)


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


def _best(small: Rgb) -> tuple[NDArray[np.bool_], float]:
    """The shape most like a thing among all that three ideas of strangeness propose, and its worth."""
    colours = np.asarray(cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.0), cv2.COLOR_RGB2LAB), np.float32)
    dx = cv2.Scharr(colours, cv2.CV_32F, 1, 0, scale=1 / 16)
    dy = cv2.Scharr(colours, cv2.CV_32F, 0, 1, scale=1 / 16)
    slope = np.sqrt((dx * dx + dy * dy).sum(axis=2)).astype(np.float32)
    tried: list[tuple[float, NDArray[np.bool_]]] = []
    for strange in (_strangeness(small), _against_row(small), _against_round(small)):
        for level in np.quantile(strange, _LEVELS):
            tried += [(_worth(shape, colours, slope), shape) for shape in _shapes(strange > max(level, 1e-3))]
    return _whole(tried) if tried else (np.zeros(slope.shape, bool), 0.0)


def _whole(tried: list[tuple[float, NDArray[np.bool_]]]) -> tuple[NDArray[np.bool_], float]:
    """The best shape, or the largest nearly as good one that it is a part of: a cup rather than its coffee."""
    worth, best = max(tried, key=lambda pair: pair[0])
    area = int(best.sum())
    for value, shape in tried:
        holds = int((shape & best).sum()) > 0.9 * area
        if holds and value > 0.45 * worth and shape.sum() > best.sum() and shape.sum() < 12 * area:
            best = shape
    return best, worth


def _shapes(mask: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """The eight largest parts of a mask, each without holes."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:8] + 1 if count > 1 else []
    large = [int(index) for index in order if stats[index, cv2.CC_STAT_AREA] > _LEAST * mask.size]
    return [_filled(labels == index) for index in large]


def _worth(shape: NDArray[np.bool_], colours: Plane, slope: Plane) -> float:
    """How much a shape is like a thing, about 0 to 3: a clear outline, its own colour, a middling size and place."""
    flat = shape.astype(np.uint8)
    area = float(shape.mean())
    if area > _MOST:
        return 0.0
    outline = cv2.morphologyEx(flat, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    round_it = (cv2.dilate(flat, np.ones((3, 3), np.uint8), iterations=5) > 0) & ~shape
    if not round_it.any():
        return 0.0
    clear = float(np.quantile(slope[outline], 0.35)) / (float(slope.mean()) + 4)
    weighed = colours * _WEIGHTS
    mean, around = weighed[shape].mean(axis=0), weighed[round_it]
    own = float(np.linalg.norm(mean - around.mean(axis=0))) / (float(around.std(axis=0).sum()) + 12)
    elsewhere = ((weighed[~shape] - mean) ** 2).sum(axis=1)
    rare = 1 / (1 + 12 * float(np.exp(-elsewhere / (2 * 18.0**2)).mean()))
    rows, columns = shape.shape
    y, x = (float(at.mean()) for at in np.nonzero(shape))
    place = np.exp(-(((x / columns - 0.5) / 0.42) ** 2) - ((y / rows - 0.56) / 0.36) ** 2)
    size = np.exp(-((np.log(area / 0.07) / 2.4) ** 2))
    return float(min(clear, 4.0) * min(own, 3.0) * rare * place * size * np.exp(-6 * _touching(shape)))


def _grabbed(small: Rgb, first: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """GrabCut (Rother, Kolmogorov and Blake, 2004) that begins at a first guess."""
    if not first.any():
        return first
    core = cv2.erode(first.astype(np.uint8), np.ones((5, 5), np.uint8))
    near = cv2.dilate(first.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=max(3, max(small.shape) // 40))
    plan = np.full(first.shape, cv2.GC_BGD, np.uint8)
    plan[near > 0] = cv2.GC_PR_BGD
    plan[first] = cv2.GC_PR_FGD
    plan[(core > 0) & (cv2.distanceTransform(core, cv2.DIST_L2, 3) > 4)] = cv2.GC_FGD
    if not (plan == cv2.GC_BGD).any():
        return first
    cv2.setRNGSeed(7)
    cv2.grabCut(small, plan, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    return cleaned((plan == cv2.GC_FGD) | (plan == cv2.GC_PR_FGD), 0.12)


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With its holes: what the outside cannot reach."""
    framed = np.pad(mask.astype(np.uint8), 1)
    cv2.floodFill(framed, None, (0, 0), 2)  # type: ignore[call-overload]
    return framed[1:-1, 1:-1] != 2


def _ring(rows: int, columns: int, wide: int) -> NDArray[np.bool_]:
    ring = np.ones((rows, columns), bool)
    ring[wide:-wide, wide:-wide] = False
    return ring


def _touching(mask: NDArray[np.bool_]) -> float:
    """Which share of the picture's rim the mask lies on."""
    rim = _ring(mask.shape[0], mask.shape[1], 1)
    return float(mask[rim].mean())


def _middle(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    rows, columns = shape
    oval = np.zeros(shape, np.uint8)
    cv2.ellipse(oval, (columns // 2, rows // 2), (int(columns * 0.34), int(rows * 0.4)), 0, 0, 360, (1,), -1)
    return oval > 0


def _refined(rgb: Rgb, small: NDArray[np.bool_]) -> Plane:
    """At the picture's own size, its outline drawn to the picture's edges."""
    size = rgb.shape[1::-1]
    rough = np.asarray(cv2.resize(small.astype(np.float32), size, interpolation=cv2.INTER_LINEAR), np.float32)
    step = max(size) / max(small.shape)
    soft = np.asarray(cv2.GaussianBlur(rough, (0, 0), max(0.6, 0.5 * step)), np.float32)
    drawn = along_edges(grey(rgb), soft, 2.0 * step + 1, 2e-4)
    sharp = np.clip((drawn - 0.5) * 2.4 + 0.5, 0, 1)
    # Far from the outline the guided filter has nothing to say.
    near = np.asarray(cv2.resize(cv2.dilate(small.astype(np.uint8), np.ones((7, 7), np.uint8)), size), np.float32)
    deep = np.asarray(cv2.resize(cv2.erode(small.astype(np.uint8), np.ones((9, 9), np.uint8)), size), np.float32)
    return np.maximum(sharp * near, deep).astype(np.float32)
