"""A clip's pictures by number, and its sound in step with them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers.edit.reel import Reel, opened
from callsheet.renderers.encode import Tape
from callsheet.renderers.frame import SAMPLE_RATE
from callsheet.renderers.sound.read import blocks

Rgb = NDArray[np.uint8]
Stereo = NDArray[np.float32]

_UNSPECIFIED, _BT709 = 2, 1
_BLOCK = 32_768


def pictures(clip: Reel, numbers: NDArray[np.intp]) -> Iterator[Rgb]:
    """The frames with these numbers (never falling), uint8 RGB upright; one that comes twice is the same array twice.

    A frame that is damaged is stood in for by the one before it. Raises RenderError where none can be decoded.
    """
    frames = _numbered(clip, int(numbers[0]))
    held = following = next(frames, None)
    if held is None:
        raise RenderError(f"{clip.name} holds no frame that can be decoded.", param=clip.name).because(
            "media_empty", param=clip.name
        )
    rgb = upright(held[1])
    for wanted in numbers:
        before = held
        while following is not None and following[0] <= wanted:
            held, following = following, next(frames, None)
        if held is not before:
            rgb = upright(held[1])
        yield rgb


def upright(frame: Any) -> Rgb:
    """A decoded frame as uint8 RGB, by its own colours (HD that does not say is BT.709) and turned as it is shown."""
    if frame.colorspace == _UNSPECIFIED and min(frame.width, frame.height) >= 720:
        frame.colorspace = _BT709
    pixels = frame.to_ndarray(format="rgb24")
    return np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90) % 4))


def sound(clip: Reel, start: Fraction, count: int) -> Iterator[Stereo]:
    """Exactly `count` samples of the clip's sound from a second of its picture on, in blocks; silence where none is."""
    skip = round(start * SAMPLE_RATE) - (_lag(clip) if clip.has_audio else 0)
    lead = min(count, max(0, -skip))
    tape = Tape(blocks(clip.path, name=clip.name) if clip.has_audio else ())
    for gone in pieces(max(0, skip)):
        tape.take(gone)
    for quiet in pieces(lead):
        yield np.zeros((quiet, 2), np.float32)
    for wanted in pieces(count - lead):
        block = tape.take(wanted)
        yield np.concatenate([block, np.zeros((wanted - len(block), 2), np.float32)])


def pieces(count: int) -> Iterator[int]:
    """The lengths of the blocks that so many samples are worked in."""
    while count > 0:
        yield min(count, _BLOCK)
        count -= _BLOCK


def _numbered(clip: Reel, start: int) -> Iterator[tuple[int, Any]]:
    """Decoded frames with their numbers, from a key frame at or before `start` on."""
    for place in (start, 0) if start else (0,):
        found = _decoded(clip, place)
        first = next(found, None)
        # Some containers seek roughly: what lands behind the frame that is wanted is read again from the beginning.
        if first is not None and (first[0] <= start or place == 0):
            yield first
            yield from found
            return
        found.close()


def _decoded(clip: Reel, place: int) -> Generator[tuple[int, Any]]:
    with opened(clip.path, clip.name) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        if place:
            container.seek(int(clip.times[place]), stream=stream)
        number = -1
        for frame in container.decode(stream):
            after = number + 1
            number = after if frame.pts is None else int(np.searchsorted(clip.times, frame.pts, side="right")) - 1
            if number >= 0:
                yield number, frame


def _lag(clip: Reel) -> int:
    """By how many samples the sound begins after the first picture; negative where it begins before."""
    with opened(clip.path, clip.name) as container:
        stream = container.streams.audio[0]
        for frame in container.decode(stream):
            begins = Fraction(frame.pts or 0) * Fraction(frame.time_base or stream.time_base)
            return round((begins - clip.first) * SAMPLE_RATE)
    return 0
