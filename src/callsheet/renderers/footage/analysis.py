"""Analyses a clip in one pass over its frames: `analyse(path)` gives shots, motion, light and colours."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from callsheet.errors import RenderError
from callsheet.renderers import headers
from callsheet.renderers.footage.cuts import CutFinder
from callsheet.renderers.footage.frames import Small, frames
from callsheet.renderers.footage.looks import ShotLog
from callsheet.renderers.footage.shape import Footage, Shot
from callsheet.renderers.scene import Progress

_AHEAD = 2
"""Frames that the cut finder looks ahead."""


def analyse(path: Path, *, name: str = "video", progress: Progress | None = None) -> Footage:
    """Measure a video, frame by frame, in little memory.

    Cuts are exact to the frame; dissolves and fades are no cuts. `progress` hears 0..1 where the container
    says how many frames there are. Raises RenderError, with `name` as the param, for what is no video.
    """
    facts = headers.facts(path, name)
    width, height = facts.width or 16, facts.height or 9
    fps = float(facts.fps or 24)
    log = _Log(fps)
    for small in frames(path, width, height, fps, name=name):
        log.feed(small)
        if progress and facts.frames:
            progress(min(1.0, log.count / facts.frames))
    if not log.count:
        raise RenderError(f"{name} holds no picture that can be decoded.", param=name).because(
            "media_empty", param=name
        )
    shots = log.close()
    return Footage(
        width,
        height,
        fps,
        log.count,
        round(log.end, 6),
        facts.has_audio,
        shots,
        log.means(log.motions),
        log.means(log.lights),
    )


class _Log:
    """Gathers frames into shots; a frame waits until the cut finder is sure of it."""

    def __init__(self, fps: float) -> None:
        self.count = 0
        self.end = 0.0
        self.motions: dict[int, list[float]] = {}
        self.lights: dict[int, list[float]] = {}
        self._fps = fps
        self._finder = CutFinder()
        self._waiting: list[tuple[int, Small, float]] = []
        self._shots: list[Shot] = []
        self._open: ShotLog | None = None
        self._last: Small | None = None

    def feed(self, small: Small) -> None:
        self._finder.feed(small)
        moved = _motion(self._last, small)
        self._waiting.append((self.count, small, moved))
        self._last = small
        self.count += 1
        self.end = small.at + 1 / self._fps
        while len(self._waiting) > _AHEAD:
            self._settle(*self._waiting.pop(0))

    def close(self) -> tuple[Shot, ...]:
        self._finder.close()
        for waiting in self._waiting:
            self._settle(*waiting)
        if self._open is not None:
            self._shots.append(self._open.shot(self.end))
        return tuple(self._shots)

    def means(self, values: dict[int, list[float]]) -> tuple[float, ...]:
        """One value for each second begun; a second without a frame keeps the last one's."""
        made: list[float] = []
        for second in range(max(1, math.ceil(self.end - 1e-6))):
            found = values.get(second)
            made.append(round(float(np.mean(found)), 4) if found else (made[-1] if made else 0.0))
        return tuple(made)

    def _settle(self, index: int, small: Small, moved: float) -> None:
        new = index in self._finder.cuts[-2:] or self._open is None
        if new:
            if self._open is not None:
                self._shots.append(self._open.shot(small.at))
            self._open = ShotLog(small.at, self._fps)
            moved = 0.0
        if self._open is not None:
            self._open.feed(small, moved)
        self.motions.setdefault(int(small.at + 1e-6), []).append(moved)
        self.lights.setdefault(int(small.at + 1e-6), []).append(float(small.luma.mean()) / 255)


def _motion(before: Small | None, after: Small) -> float:
    """The mean change of light between two frames as a share of full range, made 1 at a tenth."""
    if before is None:
        return 0.0
    change = float(np.abs(after.luma.astype(np.int16) - before.luma).mean()) / 255
    return min(1.0, change * 10)
