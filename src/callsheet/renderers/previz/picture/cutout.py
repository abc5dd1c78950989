"""Cuts the subject out of a picture: what differs from its own border, refined by GrabCut and along the edges."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.picture import things
from callsheet.renderers.previz.picture.planes import Plane, Rgb, along_edges, fill, fit, grey, lab

_SIDE = 320
_SURE = 0.65
"""From this certainty on a subject is taken for whole and rightly found."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """Where the subject is, float32 0..1 in the picture's size, and how certain that is, 0..1.

    The certainty is measured: how much of the outline is seen, how strongly, whether the two ways to find the subject
    agree, and whether it may be a part of something larger.
    """

    alpha: Plane
    certainty: float

    @property
    def sure(self) -> bool:
        """Whether one thing clearly stands out, whole."""
        return self.certainty >= _SURE

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
    view = things.View.of(small)
    first, part = things.best(small, view)
    found = _grabbed(small, first)
    if not things.LEAST < found.mean() < things.MOST:
        found = first
    certainty = _certainty(found, first, view, part)
    if not found.any():
        found = _middle(found.shape)
    return Cutout(_refined(rgb, found), certainty)


def around(rgb: Rgb, guess: Plane) -> Plane:
    """A thing known roughly, 0..1 in any size of the picture's proportions, drawn to the picture's edges: 0..1.

    Where nothing in the picture ends near the guess's own outline, the guess itself, softened.
    """
    scale = min(1.0, _SIDE / max(rgb.shape[:2]))
    small = np.ascontiguousarray(fit(rgb, max(8, round(rgb.shape[1] * scale)), max(8, round(rgb.shape[0] * scale))))
    first = np.asarray(fit(guess, small.shape[1], small.shape[0])) > 0.5
    found = _grabbed(small, first) if first.any() else first
    agree = float((found & first).sum()) / max(float((found | first).sum()), 1.0)
    return _refined(rgb, found if agree > 0.5 else first)


def cleaned(mask: NDArray[np.bool_], least: float = 0.06) -> NDArray[np.bool_]:
    """Without specks, holes, and parts that are less than `least` of the largest."""
    flat = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(flat)
    sizes = stats[:, cv2.CC_STAT_AREA].copy()
    sizes[0] = 0
    kept = np.isin(labels, np.flatnonzero(sizes > least * max(int(sizes.max()), 1))) & (labels > 0)
    return things.filled(kept)


def _certainty(found: NDArray[np.bool_], first: NDArray[np.bool_], view: things.View, part: bool) -> float:
    if not found.any() or not first.any() or found.mean() > 0.62 or things.touching(found) > 0.4:
        return 0.0
    agree = float((found & first).sum() / (found | first).sum())
    whole = (0.45 if part else 1.0) * (1 - things.inside_another(found, view))
    return things.outline(found, view).certainty * min(1.0, agree / 0.7) * whole


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
    taken = _off_the_ground(small, (plan == cv2.GC_FGD) | (plan == cv2.GC_PR_FGD))
    body = cleaned(taken, 0.12)
    # Limbs are thin: what hangs on the body stays.
    limbs = taken & (cv2.dilate(body.astype(np.uint8), np.ones((13, 13), np.uint8)) > 0)
    _, labels = cv2.connectedComponents((body | limbs).astype(np.uint8))
    return things.filled(np.isin(labels, np.unique(labels[body])) & (labels > 0)) if body.any() else body


def _off_the_ground(small: Rgb, found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without the shadow at its foot: what has the ground's own hue there, only darker, and is reached from outside."""
    rows = np.flatnonzero(found.any(axis=1))
    if not rows.size:
        return found
    low = np.arange(len(found))[:, None] > rows[0] + 0.62 * (rows[-1] - rows[0])
    colours = lab(small)
    known = cv2.dilate(found.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    away = colours - fill(colours, known)
    hue = np.hypot(away[..., 1], away[..., 2])
    darker = (away[..., 0] < -1) & (away[..., 0] > -38) & (hue < 5 + 0.12 * np.abs(away[..., 0]))
    dark = cv2.morphologyEx((found & low & darker).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(dark)
    outside = cv2.dilate((~things.filled(found)).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    shadow = np.isin(labels, np.unique(labels[outside])) & (labels > 0)
    return found & ~shadow if shadow.sum() < 0.2 * found.sum() else found


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
