"""Reads video: frame by frame with exact times, at another rate, or its end and how its camera moved there."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers import media
from callsheet.renderers.headers import facts
from callsheet.renderers.previz.flow import Drift, camera_drift
from callsheet.renderers.previz.letterbox import fit

Rgb = NDArray[np.uint8]

_SIDE = 270


@dataclass(frozen=True, slots=True)
class Tail:
    """A clip's last frame, and how the camera moved from frame to frame just before it, oldest first."""

    last: Rgb
    drifts: tuple[Drift, ...]
    fps: Fraction


def frames(path: Path, *, seek: float = 0.0) -> Iterator[Any]:
    """The decoded frames (PyAV) from `seek` seconds on. Raises RenderError where nothing can be decoded."""
    try:
        with media.open_video(path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            if seek > 0:
                container.seek(int(seek / stream.time_base), stream=stream)
            yield from container.decode(stream)
    except (FFmpegError, OSError) as error:
        raise RenderError(f"video cannot be decoded: {error}.", param="video") from error


def timed(path: Path) -> Iterator[tuple[Fraction, Any]]:
    """Every decoded frame with its exact time in seconds since the first."""
    start: Fraction | None = None
    for frame in frames(path):
        time = Fraction((frame.pts or 0) * frame.time_base)
        start = time if start is None else start
        yield time - start, frame


def rgb(frame: Any) -> Rgb:
    """A decoded frame as uint8 RGB, upright."""
    pixels = frame.to_ndarray(format="rgb24")
    return np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90) % 4))


def tail(path: Path, look_back: int = 9) -> Tail:
    """The last frame and the motion over the frames before it."""
    found = facts(path)
    start = max(0.0, (found.duration or 0.0) - 2.0 * (look_back + 1) / float(found.fps or 24) - 0.5)
    last = deque(frames(path, seek=start), maxlen=look_back) or deque(frames(path), maxlen=look_back)
    if not last:
        raise RenderError("video holds no frame that can be decoded.", param="video").because(
            "media_empty", param="video"
        )
    greys = [grey(frame) for frame in last]
    drifts = tuple(camera_drift(one, two) for one, two in itertools.pairwise(greys))
    return Tail(rgb(last[-1]), drifts, found.fps or Fraction(24))


def length(path: Path, fps: Fraction) -> int:
    """How many frames the clip lasts at another rate, at least one."""
    return max(1, round(Fraction(facts(path).duration or 0).limit_denominator(100_000) * fps))


def paced(path: Path, fps: Fraction, count: int, size: tuple[int, int]) -> Iterator[Rgb]:
    """`count` frames at `fps`, each the one that shows at its time, fitted whole into width x height."""
    given = 0
    held: Any = None
    for time, frame in timed(path):
        while held is not None and given < count and given / fps < time:
            yield fit(rgb(held), *size)
            given += 1
        held = frame
    while held is not None and given < count:
        yield fit(rgb(held), *size)
        given += 1


def grey(frame: Any, side: int = _SIDE) -> NDArray[np.uint8]:
    """A small upright grey picture of a decoded frame, from its brightness alone: `side` pixels on the shorter side."""
    plane = np.rot90(_brightness(frame), round(frame.rotation / 90) % 4)
    scale = min(1.0, side / min(plane.shape))
    size = (max(16, round(plane.shape[1] * scale)), max(16, round(plane.shape[0] * scale)))
    return np.asarray(cv2.resize(np.ascontiguousarray(plane), size, interpolation=cv2.INTER_AREA), np.uint8)


def _brightness(frame: Any) -> NDArray[np.uint8]:
    """The frame's brightness as it is coded, where that is a plane of bytes of its own: nothing is converted."""
    if not frame.format.name.startswith("yuv") or frame.planes[0].line_size < frame.width or _deep(frame):
        return np.asarray(frame.reformat(format="gray").to_ndarray(), np.uint8)
    return coded(frame.planes[0])


def coded(plane: Any) -> NDArray[np.uint8]:
    """A decoded frame's plane of bytes as it lies in memory, without what pads its lines."""
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]


def _deep(frame: Any) -> bool:
    """Whether a sample takes more than a byte, or brightness and colour lie together (yuyv)."""
    return not frame.format.is_planar or frame.format.components[0].bits > 8
