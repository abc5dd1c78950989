"""Parts of clips one after the other: cuts, dissolves and fades, every frame and every sample in its exact place."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.edit.conform import Target
from callsheet.renderers.edit.frames import Rgb, Stereo, pictures, pieces, sound
from callsheet.renderers.edit.parts import Part, fit, half, whole
from callsheet.renderers.encode import SAMPLE_RATE, Tape, samples

_SMOOTH = round(0.004 * SAMPLE_RATE)
"""How many samples a sound takes to go and come where a cut would click."""
_NEAR = 64


@dataclass(frozen=True, slots=True)
class Cut:
    """Parts in order at one size and rate. `fade_in` and `fade_out` are in frames, from and to black and silence."""

    parts: tuple[Part, ...]
    target: Target
    fade_in: int = 0
    fade_out: int = 0

    @property
    def frames(self) -> int:
        """How many frames the whole has: those of all parts, less what dissolves share."""
        return whole(self.parts)

    def check(self) -> None:
        """Raises RenderError where transitions or fades want more frames than there are."""
        fit(self.parts, self.target.fps, (self.fade_in, self.fade_out))

    def pictures(self) -> Iterator[Rgb]:
        """Every frame of the whole in order, uint8 RGB; each may be drawn on."""
        whole = self.frames
        for place, rgb in enumerate(self._joined()):
            share = _share(place, whole, self.fade_in, self.fade_out)
            yield rgb if share == 1 else _veiled(rgb, share, 0)

    def sound(self) -> Iterator[Stereo] | None:
        """The sound of the whole in blocks, exactly as long as its frames; None where no part has any."""
        if not any(part.clip.has_audio for part in self.parts):
            return None
        return self._faded(self._heard())

    def _joined(self) -> Iterator[Rgb]:
        streams = [self._shown(index) for index in range(len(self.parts))]
        taken = 0
        for index, part in enumerate(self.parts):
            into = self.parts[index + 1].overlap if index + 1 < len(self.parts) else 0
            yield from itertools.islice(streams[index], part.count - taken - into)
            for step in range(into):
                share = (step + 1) / (into + 1)
                old, new = next(streams[index]), next(streams[index + 1])
                yield np.asarray(cv2.addWeighted(old, 1 - share, new, share, 0), np.uint8)
            streams[index].close()
            taken = into

    def _shown(self, index: int) -> Generator[Rgb]:
        """One part's frames at the target's size, with what fades through a colour already laid over them."""
        part, fps = self.parts[index], self.target.fps
        after = self.parts[index + 1] if index + 1 < len(self.parts) else None
        numbers = part.clip.shown(part.start, part.count, fps)
        held: tuple[int, Rgb] | None = None
        for place, (number, rgb) in enumerate(zip(numbers, pictures(part.clip, numbers), strict=True)):
            if held is None or held[0] != number:
                held = (int(number), self.target.fitted(rgb))
            come = _share(place, part.count, half(part, first=False), 0, black_first=False)
            go = _share(place, part.count, 0, half(after, first=True))
            colour = _COLOURS[part.transition if come < 1 else after.transition if after and go < 1 else "cut"]
            yield held[1].copy() if come * go == 1 else _veiled(held[1], come * go, colour)

    def _heard(self) -> Iterator[Stereo]:
        """All parts' sound laid end to end: dissolves at equal power, fades as their pictures, cuts without a click."""
        fps, at, tail = self.target.fps, 0, np.zeros((0, 2), np.float32)
        for index, part in enumerate(self.parts):
            at -= part.overlap
            begin, stop = samples(at, fps), samples(at + part.count, fps)
            tape = Tape(self._dimmed(index, stop - begin))
            shared = samples(at + part.overlap, fps) - begin
            after = self.parts[index + 1] if index + 1 < len(self.parts) else None
            keep = stop - samples(at + part.count - after.overlap, fps) if after and after.overlap else _SMOOTH
            keep = min(keep, stop - begin - shared) if after else 0
            head = tape.take(shared or min(_SMOOTH, stop - begin - keep))
            yield from _met(tail, head, dissolve=bool(shared))
            for count in pieces(stop - begin - len(head) - keep):
                yield tape.take(count)
            tail = tape.take(keep)
            at += part.count
        yield tail

    def _dimmed(self, index: int, count: int) -> Iterator[Stereo]:
        """One part's samples, with what fades through a colour gone and come as its pictures do."""
        part, fps = self.parts[index], self.target.fps
        after = self.parts[index + 1] if index + 1 < len(self.parts) else None
        rise, fall = samples(half(part, first=False), fps), samples(half(after, first=True), fps)
        yield from eased(sound(part.clip, part.start, count), count, rise, fall)

    def _faded(self, heard: Iterator[Stereo]) -> Iterator[Stereo]:
        fps = self.target.fps
        yield from eased(heard, samples(self.frames, fps), samples(self.fade_in, fps), samples(self.fade_out, fps))


_COLOURS = {"cut": 0, "dissolve": 0, "fade-black": 0, "fade-white": 255}


def eased(heard: Iterator[Stereo], whole: int, rise: int, fall: int) -> Iterator[Stereo]:
    """Blocks that come to `whole` samples, coming up over the first `rise` and going over the last `fall`."""
    at = 0
    for block in heard:
        places = np.arange(at, at + len(block), dtype=np.float64)
        at += len(block)
        if len(block) and (places[0] < rise or places[-1] >= whole - fall):
            up = np.clip((places + 0.5) / rise, 0, 1) if rise else np.ones(len(block))
            down = np.clip((whole - places - 0.5) / fall, 0, 1) if fall else np.ones(len(block))
            gain = (np.sin(up * (np.pi / 2)) * np.sin(down * (np.pi / 2))) ** 2
            yield (block * gain[:, None]).astype(np.float32)
        else:
            yield block


def _share(place: int, whole: int, rise: int, fall: int, *, black_first: bool = True) -> float:
    """How much of a frame shows: 0 to 1 over the first `rise`, back to 0 at the last of `fall`."""
    up = min(1.0, (place if black_first else place + 1) / rise) if rise else 1.0
    down = min(1.0, (whole - 1 - place) / fall) if fall else 1.0
    return up * down


def _veiled(rgb: Rgb, share: float, colour: int) -> Rgb:
    return np.asarray(cv2.convertScaleAbs(rgb, alpha=share, beta=colour * (1 - share)), np.uint8)


def _met(tail: Stereo, head: Stereo, *, dissolve: bool) -> Iterator[Stereo]:
    """The end of one sound and the beginning of the next, where they meet."""
    if dissolve:
        share = ((np.arange(len(head)) + 0.5) / len(head) * (np.pi / 2))[:, None]
        yield (tail * np.cos(share) + head * np.sin(share)).astype(np.float32)
    elif _clicks(tail, head):
        yield tail * _ramp(len(tail))[::-1]
        yield head * _ramp(len(head))
    else:
        yield tail
        yield head


def _clicks(tail: Stereo, head: Stereo) -> bool:
    """Whether the step from one sound to the next is larger than any step near it: what goes on smoothly is left."""
    if not len(tail) or not len(head):
        return False
    near = [np.abs(np.diff(side, axis=0)).max() for side in (tail[-_NEAR:], head[:_NEAR]) if len(side) > 1]
    return float(np.abs(head[0] - tail[-1]).max()) > 2 * float(max(near, default=0.0)) + 0.001


def _ramp(count: int) -> NDArray[np.float32]:
    rise = np.sin((np.arange(count) + 0.5) / max(1, count) * (np.pi / 2)) ** 2
    return rise.astype(np.float32)[:, None]
