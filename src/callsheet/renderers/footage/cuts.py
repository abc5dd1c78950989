"""Finds hard cuts: where one frame's colours and layout leave those before for good, far beyond what motion does."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.footage.frames import Plane, Small
from callsheet.renderers.footage.registered import registered

_BINS = 24
_NEAR = 12
_LEAST = 0.06
_BEYOND = 3.0
_SHORTEST = 3
_FLASH = 0.6
_AFTER = 0.65
_MOVING = 0.12
"""Beside a change that motion may explain the picture moves by at least this share of it: a cut to a nearer view of
the same picture, at rest before and after, is a cut."""


Look = tuple[NDArray[np.float32], NDArray[np.float32]]
"""How a frame looks: how its values are spread, and how light lies in it."""


class CutFinder:
    """Feed frames in order; `cuts` are the indexes of frames that begin a new shot.

    A change counts as a cut when it is large by itself and far beyond the changes before and after it: a motion that
    begins at once goes on as large. A flash, after which the picture is as before, is none; nor is a fast push-in or
    whip, in which one frame is the other moved or enlarged. It looks two frames ahead, so ask for `cuts` after `close`.
    """

    def __init__(self) -> None:
        self.cuts: list[int] = []
        self._index = -1
        self._recent: deque[float] = deque(maxlen=_NEAR)
        self._seen: deque[Look] = deque(maxlen=4)
        self._after = 0.0
        self._candidate: tuple[int, float, Look] | None = None
        self._sides: tuple[Plane, Plane] | None = None
        self._last: tuple[Plane, float] | None = None
        self._before = 0.0

    def feed(self, small: Small) -> float:
        """Take the next frame and return how much it differs from the last, 0..1."""
        self._index += 1
        look = (_colours(small), _layout(small))
        change = _difference(look, self._seen[-1]) if self._seen else 0.0
        self._judge(look, change)
        if self._seen and self._candidate is None and self._stands_out(change):
            self._candidate = (self._index, change, self._seen[-1])
            self._after = 0.0
            if self._last is not None:
                self._sides, self._before = (self._last[0], small.luma), self._last[1]
        elif self._seen and self._candidate is None:
            self._recent.append(change)
        self._seen.append(look)
        self._last = (small.luma, change)
        return change

    def close(self) -> list[int]:
        """No more frames: what was waiting to be judged is a cut."""
        if self._candidate is not None:
            self._keep(self._candidate[0])
            self._candidate = None
        return self.cuts

    def _stands_out(self, change: float) -> bool:
        usual = float(np.mean(self._recent)) if self._recent else 0.0
        most = max(self._recent, default=0.0)
        return change > _LEAST and change > _BEYOND * usual and change > 1.4 * most

    def _judge(self, look: Look, change_now: float) -> None:
        """Two frames after a candidate: is the picture still another, and did it stop changing as much?"""
        if self._candidate is None:
            return
        self._after = max(self._after, change_now)
        if self._index < self._candidate[0] + 2:
            return
        at, change, before = self._candidate
        self._candidate = None
        stays = _difference(look, before) > _FLASH * change and self._after < _AFTER * change
        if stays and not self._explained(change):
            self._keep(at)

    def _explained(self, change: float) -> bool:
        """Whether the picture moves around the change, and one side of it is the other seen from nearer or beside."""
        if self._sides is None or max(self._before, self._after) < _MOVING * change:
            return False
        return registered(*self._sides)

    def _keep(self, index: int) -> None:
        if not self.cuts or index - self.cuts[-1] >= _SHORTEST:
            self.cuts.append(index)
            self._recent.clear()


def _difference(one: Look, other: Look) -> float:
    """Half the colours' difference and half the layout's, each 0..1."""
    colours = float(np.abs(one[0] - other[0]).sum()) / 6
    layout = float(np.abs(one[1] - other[1]).mean()) / 255 * 2.5
    return 0.5 * min(1.0, colours) + 0.5 * min(1.0, layout)


def _colours(small: Small) -> NDArray[np.float32]:
    """How the three planes' values are spread, each summing to 1, smoothed so that a drift of light moves little."""
    made = [
        cv2.GaussianBlur(cv2.calcHist([plane], [0], None, [_BINS], [0, 256]), (1, 5), 0).ravel() / plane.size
        for plane in (small.luma, small.blue, small.red)
    ]
    return np.concatenate(made).astype(np.float32)


def _layout(small: Small) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(small.luma, (32, 18), interpolation=cv2.INTER_AREA), np.float32)
