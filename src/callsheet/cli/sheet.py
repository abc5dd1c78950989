"""A contact sheet: frames of several clips on one picture, a row per clip, each frame with its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.media import open_video
from callsheet.renderers.previz import lettering
from callsheet.renderers.stills import write_still

COLUMNS = 5
FRAME_WIDTH = 376
_MARGIN, _GAP, _TITLE, _TIME = 32, 12, 62, 34
_PAPER, _INK, _FAINT = (24, 25, 28), (240, 238, 232), (150, 150, 156)

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Strip:
    """One clip on the sheet: the file, what it is called, and what was asked."""

    path: Path
    title: str
    asked: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A frame, and when in the clip it stands, in seconds."""

    picture: Picture
    at: float


def contact_sheet(strips: Sequence[Strip], out: Path) -> Path:
    """Write the sheet as a PNG: for each clip COLUMNS frames, spread evenly from the first to the last."""
    rows = [(strip, take(strip.path, COLUMNS)) for strip in strips]
    heights = [_TITLE + _scaled(frames[0].picture).shape[0] + _TIME + _GAP for _, frames in rows]
    width = 2 * _MARGIN + COLUMNS * FRAME_WIDTH + (COLUMNS - 1) * _GAP
    sheet = np.full((sum(heights) + 2 * _MARGIN, width, 3), _PAPER, np.uint8)
    top = _MARGIN
    for (strip, frames), height in zip(rows, heights, strict=True):
        _lay_strip(sheet, top, strip, frames)
        top += height
    write_still(out, sheet, {"title": "contact sheet"})
    return out


def take(path: Path, count: int) -> list[Taken]:
    """`count` frames of a clip, spread evenly, the first and the last among them."""
    with open_video(path) as container:
        stream = container.streams.video[0]
        frames = stream.frames or sum(1 for _ in container.decode(stream))
        wanted = {round(number * (frames - 1) / max(1, count - 1)) for number in range(count)}
        container.seek(0)
        return [
            Taken(frame.to_ndarray(format="rgb24"), float(frame.time or 0))
            for number, frame in enumerate(container.decode(stream))
            if number in wanted
        ]


def _lay_strip(sheet: Picture, top: int, strip: Strip, frames: Sequence[Taken]) -> None:
    lettering.draw(sheet, strip.title, (_MARGIN, top + 26), 24, _INK, weight=600)
    room = sheet.shape[1] - 2 * _MARGIN
    asked = lettering.fit(strip.asked, 16, room)
    lettering.draw(sheet, asked, (_MARGIN, top + 50), 16, _FAINT)
    for column, taken in enumerate(frames):
        picture = _scaled(taken.picture)
        left, above = _MARGIN + column * (FRAME_WIDTH + _GAP), top + _TITLE
        sheet[above : above + picture.shape[0], left : left + picture.shape[1]] = picture
        lettering.draw(sheet, f"{taken.at:.2f} s", (left, above + picture.shape[0] + 22), 15, _FAINT)


def _scaled(picture: Picture) -> Picture:
    height = round(picture.shape[0] * FRAME_WIDTH / picture.shape[1])
    return np.asarray(cv2.resize(picture, (FRAME_WIDTH, height), interpolation=cv2.INTER_AREA), np.uint8)
