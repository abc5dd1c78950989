"""The minimum barrier distance: how high a wall stands between each place of a picture and its border."""

from __future__ import annotations

import cv2
import numpy as np

from callsheet.renderers.previz.picture.planes import Plane, Rgb

_ROUNDS = 3
_WEIGHTS = np.array([0.8, 1.3, 1.3], np.float32)


def walled(small: Rgb) -> Plane:
    """For each pixel the least range of colour on any way to the border (Zhang et al., ICCV 2015), in Lab.

    What lies within a closed outline is high all over, be it many colours; what runs on to the border is low, be it a
    floor, a sky or a slow change of light. Ways are found by sweeps in four directions.
    """
    soft = cv2.medianBlur(small, 3)
    colours = np.asarray(cv2.cvtColor(soft, cv2.COLOR_RGB2LAB), np.float32) * _WEIGHTS
    reached = np.full(colours.shape, np.inf, np.float32)
    reached[[0, -1]], reached[:, [0, -1]] = 0, 0
    state = np.stack([reached, colours, colours])
    for _ in range(_ROUNDS):
        for turned in (state, state[:, ::-1]):
            _swept(turned, colours if turned is state else colours[::-1])
        across = state.transpose(0, 2, 1, 3)
        for turned, seen in ((across, colours.transpose(1, 0, 2)), (across[:, ::-1], colours.transpose(1, 0, 2)[::-1])):
            _swept(turned, seen)
    return np.asarray(state[0].sum(axis=2), np.float32)


def _swept(state: Plane, colours: Plane) -> None:
    """Let each row take the ways of the row before it where they are better. In place: barrier, highest, lowest."""
    for row in range(1, len(colours)):
        high = np.maximum(state[1, row - 1], colours[row])
        low = np.minimum(state[2, row - 1], colours[row])
        wall = high - low
        better = wall < state[0, row]
        np.copyto(state[0, row], wall, where=better)
        np.copyto(state[1, row], high, where=better)
        np.copyto(state[2, row], low, where=better)
