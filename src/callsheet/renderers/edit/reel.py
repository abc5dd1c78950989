"""A clip as an editor needs it: how long it is and when each of its frames shows, read without decoding any."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers import media
from callsheet.renderers.headers import facts

_RATES = tuple(Fraction(whole) for whole in (10, 12, 15, 16, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 144, 240))
_BROADCAST = tuple(Fraction(whole * 1000, 1001) for whole in (24, 30, 48, 60, 120))


@dataclass(frozen=True, slots=True)
class Reel:
    """A clip whose every frame's time is known. Sizes in pixels as shown, times in ticks of `base` seconds, rising.

    `fps` is its rate, or where the frames come unevenly the rate that loses none of them (at most 60). `first` is the
    time of its first frame by the file's own clock, in seconds.
    """

    path: Path
    name: str
    width: int
    height: int
    times: NDArray[np.int64]
    base: Fraction
    end: int
    fps: Fraction
    steady: bool
    has_audio: bool

    @property
    def frames(self) -> int:
        """How many frames are stored."""
        return len(self.times)

    @property
    def first(self) -> Fraction:
        """When the first frame shows, by the file's own clock, in seconds."""
        return Fraction(int(self.times[0])) * self.base

    @property
    def seconds(self) -> Fraction:
        """From the first frame to the end of the last."""
        return Fraction(self.frames) / self.fps if self.steady else (self.end - int(self.times[0])) * self.base

    def count(self, fps: Fraction) -> int:
        """How many frames it lasts at a rate, at least one."""
        return max(1, round(self.seconds * fps))

    def shown(self, start: Fraction, count: int, fps: Fraction) -> NDArray[np.intp]:
        """Which of its frames show at `start`, `start + 1/fps` ...: `count` numbers, never falling."""
        # A container that counts milliseconds rounds its times: what is stamped a hair late still counts as shown.
        hair = min(max(self.base, Fraction(1, 1500)), 1 / (4 * self.fps))
        begin = int(self.times[0])
        marks = [begin + (start + Fraction(k) / fps + hair) / self.base for k in (0, count - 1)]
        step = (marks[1] - marks[0]) / max(1, count - 1)
        places = np.array([int(marks[0] + step * k) for k in range(count)], np.int64)
        return np.maximum(np.searchsorted(self.times, places, side="right") - 1, 0)


def reel(path: str | Path, name: str = "video") -> Reel:
    """Read when each frame of a clip shows, decoding none. Raises RenderError, with `name` as the param."""
    path = Path(path)
    found = facts(path, name)
    with opened(path, name) as container:
        stream = container.streams.video[0]
        times, end = _times(container, stream)
        guessed = Fraction(stream.guessed_rate or stream.average_rate or 24)
        base = Fraction(stream.time_base)
    if not len(times):
        raise RenderError(f"{name} holds no frame.", param=name).because("media_empty", param=name)
    fps, steady = _rate(times, base, guessed)
    size = (found.width or 2, found.height or 2)
    return Reel(path, name, *size, times, base, end, fps, steady, found.has_audio)


@contextmanager
def opened(path: Path, name: str) -> Generator[Any]:
    """The clip's container, for one who decodes it. Raises RenderError, with `name` as the param."""
    try:
        with media.open_video(path) as container:
            yield container
    except (media.NotMedia, media.TooManyPixels) as error:
        raise RenderError(f"{name} cannot be used: {error}", param=name).because(
            "media_unusable", param=name, quoted=str(error)
        ) from error
    except (FFmpegError, OSError) as error:
        raise RenderError(f"{name} cannot be read: {error}.", param=name).because(
            "media_unreadable", param=name
        ) from error


def _times(container: Any, stream: Any) -> tuple[NDArray[np.int64], int]:
    """The times of all frames that are shown, and where the last one ends."""
    found: list[tuple[int, int]] = []
    for packet in container.demux(stream):
        time = packet.dts if packet.pts is None else packet.pts
        if time is not None and packet.size and not packet.is_discard:
            found.append((time, packet.duration or 0))
    found.sort()
    times = np.array([time for time, _ in found], np.int64)
    if not found:
        return times, 0
    step = found[-1][1] or (int(np.median(np.diff(times))) if len(times) > 1 else 1)
    return times, int(times[-1]) + step


def _rate(times: NDArray[np.int64], base: Fraction, guessed: Fraction) -> tuple[Fraction, bool]:
    """The rate and whether every frame keeps to it, to the rounding of the container's clock."""
    if len(times) < 2:
        return _known(guessed), True
    for rate in (guessed, _known(Fraction(len(times) - 1) / (int(times[-1] - times[0]) * base or 1))):
        ideal = np.arange(len(times)) * float(1 / (rate * base))
        if np.abs(times - times[0] - ideal).max() <= max(1.01, 0.02 / float(rate * base)):
            return _known(rate), True
    closest = max(1, int(np.diff(times).min())) * base
    return min(_known(1 / closest), Fraction(60)), False


def _known(rate: Fraction) -> Fraction:
    """The rate that is meant: a usual one where it is that to 0.04 %, else itself."""
    nearest = min((*_RATES, *_BROADCAST), key=lambda one: abs(one - rate))
    return nearest if abs(nearest / rate - 1) < Fraction(4, 10_000) else rate.limit_denominator(1001)
