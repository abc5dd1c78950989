"""Decodes a clip into small pictures, one at a time: luma and chroma straight from the decoder's planes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers import media

Plane = NDArray[np.uint8]

_PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"}
WIDE = 160


@dataclass(frozen=True, slots=True)
class Small:
    """One frame, shrunk: luma, and the two chroma planes at half that size; `at` in seconds from the first frame."""

    at: float
    luma: Plane
    blue: Plane
    red: Plane


def frames(path: Path, width: int, height: int, fps: float, *, name: str = "video") -> Iterator[Small]:
    """Every frame of a video in order. Raises RenderError, with `name` as the param, where nothing can be decoded."""
    size = (WIDE, max(16, round(WIDE * height / width / 2) * 2))
    try:
        with media.open_video(path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            first: float | None = None
            for index, frame in enumerate(container.decode(stream)):
                at = index / fps if frame.time is None else float(frame.time)
                first = at if first is None else first
                yield _small(frame, at - first, size)
    except (FFmpegError, media.NotMedia, media.TooManyPixels) as error:
        raise RenderError(f"{name} cannot be read: {error}.", param=name).because(
            "media_unreadable", param=name
        ) from error


def _small(frame: Any, at: float, size: tuple[int, int]) -> Small:
    quarters = round(frame.rotation / 90) % 4
    if quarters % 2:
        size = (size[1], size[0])
    half = (size[0] // 2, size[1] // 2)
    if frame.format.name not in _PLANAR:
        frame = frame.reformat(width=size[0], height=size[1], format="yuv420p")
    planes = [_plane(plane) for plane in frame.planes]
    luma, blue, red = (
        np.asarray(cv2.resize(plane, to, interpolation=cv2.INTER_AREA), np.uint8)
        for plane, to in zip(planes, (size, half, half), strict=True)
    )
    if quarters:
        luma, blue, red = (np.ascontiguousarray(np.rot90(plane, quarters)) for plane in (luma, blue, red))
    return Small(at, luma, blue, red)


def _plane(plane: Any) -> Plane:
    """The samples of a plane without its padding, and without copying them."""
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
