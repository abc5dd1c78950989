"""A still or a clip as one small JPEG: scaled down, or frames from the first to the last with their times."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from callsheet.renderers.edit.conform import resized
from callsheet.renderers.edit.contact_sheet import clock
from callsheet.renderers.edit.frames import pictures
from callsheet.renderers.edit.reel import Reel, reel
from callsheet.renderers.edit.thumbnail import chosen
from callsheet.renderers.previz import lettering

Rgb = NDArray[np.uint8]

LONGEST_SIDE = 1024
"""Pixels of the longer side of whatever is shown."""

MOST_BYTES = 600_000
"""Bytes of a picture that is shown; as base64 in JSON it stays under what common clients take."""

MOST_FRAMES = 16

_PAPER, _INK = (24, 25, 28), (214, 212, 206)
_LIGHT, _DARK, _SQUARE = 236, 204, 16
_QUALITIES = (86, 74, 60, 44)


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as JPEG, what it is in words, and when each frame on it stands in seconds."""

    jpeg: bytes
    said: str
    times: tuple[float, ...] = field(default_factory=tuple)


def still(path: Path) -> Seen:
    """A still, upright and no longer than LONGEST_SIDE; what is transparent shows as a chequered ground."""
    with Image.open(path) as image:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        width, height = image.size
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        opaque = upright.mode in ("RGB", "L", "CMYK", "YCbCr")
        rgb = np.asarray(upright.convert("RGB") if opaque else _on_squares(upright.convert("RGBA")))
    smaller = "" if max(width, height) <= LONGEST_SIDE else ", scaled down"
    return Seen(jpeg(rgb), f"The picture{smaller}{'' if opaque else ', what is transparent on a chequered ground'}.")


def clip(path: Path, frames: int) -> Seen:
    """Up to `frames` frames of a video, spread evenly from the first to the last, each with its time."""
    found = reel(path)
    numbers = np.unique(
        np.linspace(0, found.frames - 1, min(frames, MOST_FRAMES, found.frames)).round().astype(np.intp)
    )
    times = tuple(round(float(_at(found, int(one))), 3) for one in numbers)
    sheet = _sheet(found, numbers)
    return Seen(jpeg(sheet), f"{len(numbers)} frames, row by row, each with its time below it.", times)


def moment(path: Path, at: float) -> Seen:
    """The frame that shows at this time. Raises RenderError where the clip is over."""
    found = reel(path)
    number = chosen(found, at)
    rgb = next(pictures(found, np.array([number])))
    time = float(_at(found, number))
    return Seen(jpeg(_fitted(rgb, LONGEST_SIDE)), f"The frame at {time:.3f} s.", (round(time, 3),))


def jpeg(rgb: Rgb) -> bytes:
    """The picture within MOST_BYTES, in the best quality that stays there."""
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            Image.fromarray(rgb).save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= MOST_BYTES:
                return out.getvalue()
        rgb = _fitted(rgb, max(rgb.shape) * 3 // 4)


def _sheet(found: Reel, numbers: NDArray[np.intp]) -> Rgb:
    wide = found.width >= found.height
    columns = min(len(numbers), 3 if wide else 4)
    rows = -(-len(numbers) // columns)
    gap, letters = 8, 15
    cell = (LONGEST_SIDE - gap * (columns + 1)) // columns
    tall = max(1, round(cell * found.height / found.width))
    step = tall + letters + 2 * gap
    sheet = np.full((gap + rows * step, LONGEST_SIDE, 3), _PAPER, np.uint8)
    for place, (number, rgb) in enumerate(zip(numbers, pictures(found, numbers), strict=True)):
        x, y = gap + place % columns * (cell + gap), gap + place // columns * step
        sheet[y : y + tall, x : x + cell] = resized(rgb, cell, tall)
        lettering.draw(sheet, clock(_at(found, int(number))), (x, y + tall + letters), letters, _INK)
    return _fitted(sheet, LONGEST_SIDE * 3 // 2)


def _at(found: Reel, number: int) -> Fraction:
    return Fraction(int(found.times[number] - found.times[0])) * found.base


def _fitted(rgb: Rgb, side: int) -> Rgb:
    height, width = rgb.shape[:2]
    share = side / max(width, height)
    return rgb if share >= 1 else resized(rgb, max(1, round(width * share)), max(1, round(height * share)))


def _on_squares(image: Image.Image) -> Image.Image:
    rows, columns = np.indices((image.height, image.width)) // _SQUARE
    ground = np.where((rows + columns) % 2, _DARK, _LIGHT).astype(np.uint8)
    under = Image.fromarray(np.dstack([ground] * 3)).convert("RGBA")
    return Image.alpha_composite(under, image).convert("RGB")
