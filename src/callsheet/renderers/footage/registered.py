"""Tells whether one small picture is another seen nearer, farther or beside: whether motion alone explains a change."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

_NEAREST = 2.6
_STEPS = 18
_LIKE = 0.62
"""Correlation of fine detail. One picture at two sizes gives 0.77 and more, two pictures give 0.52 at most."""
_GRAIN = 4.0
_EDGE = 0.08


def registered(one: Plane, other: Plane) -> bool:
    """Whether either is the other enlarged up to 2.6 times, anywhere in it. Both are grey and of one size.

    Only detail is compared: any two landscapes are light above and dark below.
    """
    details = _detail(one), _detail(other)
    for scale in np.geomspace(1, _NEAREST, _STEPS):
        for (whole, _), (_, near) in itertools.permutations(zip(details, (one, other), strict=True)):
            size = (max(12, round(near.shape[1] / scale)), max(8, round(near.shape[0] / scale)))
            part = _inner(_detail(np.asarray(cv2.resize(near, size, interpolation=cv2.INTER_AREA), np.uint8)))
            if part.std() > 1 and cv2.matchTemplate(whole, part, cv2.TM_CCOEFF_NORMED).max() > _LIKE:
                return True
    return False


def _detail(plane: Plane) -> NDArray[np.float32]:
    light = plane.astype(np.float32)
    return light - np.asarray(cv2.GaussianBlur(light, (0, 0), _GRAIN), np.float32)


def _inner(detail: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without its border, which a motion to the side has brought in."""
    rows, columns = (round(_EDGE * side) for side in detail.shape)
    return np.ascontiguousarray(detail[rows : detail.shape[0] - rows, columns : detail.shape[1] - columns])
