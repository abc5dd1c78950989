"""Sounds laid over each other, each at its place, level and fades; music goes down smoothly while what leads sounds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers.edit import checks
from callsheet.renderers.edit.frames import Stereo, pieces
from callsheet.renderers.edit.sequence import eased
from callsheet.renderers.encode import SAMPLE_RATE, Tape
from callsheet.renderers.sound.levels import Meter
from callsheet.renderers.sound.limiter import Limiter
from callsheet.renderers.sound.read import blocks
from callsheet.renderers.sound.room import sides

ATTACK, HOLD, RELEASE = 0.12, 0.35, 0.5
"""Seconds in which a ducked track goes down, how long it stays down after the last sound that leads, and comes back."""
WINDOW = 441
"""Samples in each of which what leads either sounds or does not: 10 ms."""

_SOUNDS = 10 ** (-45 / 20)
_CEILING = -1.0
_FREE = 0.5
"""A sample below this share of full scale stands for no wave that the limiter would touch."""
_CLOSE = 0.05
_TRIES = 9


@dataclass(frozen=True, slots=True)
class Track:
    """One sound in a mix; times in samples, `gain` and `duck` in decibels, `pan` -1..1. `count` is how long it sounds.

    `open` gives its samples from the beginning each time; `begin` is where in them it is taken from.
    """

    open: Callable[[], Iterator[Stereo]]
    count: int
    begin: int = 0
    at: int = 0
    gain: float = 0.0
    pan: float = 0.0
    rise: int = 0
    fall: int = 0
    duck: float = 0.0
    lead: bool = False
    period: int | None = None

    def heard(self) -> Iterator[Stereo]:
        """Its `count` samples, levelled and faded, from its own beginning on."""
        left, right = sides(self.pan)
        level = np.array([[left, right]], np.float32) * np.float32(10 ** (self.gain / 20))
        tape = Tape(self._turned())
        levelled = (np.asarray(tape.take(size) * level, np.float32) for size in pieces(self.count))
        yield from eased(levelled, self.count, self.rise, self.fall)

    def _turned(self) -> Iterator[Stereo]:
        """What is taken of the sound, again and again where it loops; with a short dip at each turn, not a click."""
        length = self.period or self.count
        edge = min(length // 2, SAMPLE_RATE // 200) if self.period else 0
        while True:
            tape = Tape(self.open())
            for size in pieces(self.begin):
                tape.take(size)
            yield from eased((tape.take(size) for size in pieces(length)), length, edge, edge)
            if not self.period:
                return


def track(row: Mapping[str, Any], at: str) -> Track:
    """The track that one row of `tracks` describes. Raises RenderError, naming its place, where nothing is taken."""
    path = Path(row["audio"])
    total = length(path, at)
    begin = round(row.get("start", 0) * SAMPLE_RATE)
    end = min(total, round(row["end"] * SAMPLE_RATE)) if "end" in row else total
    if begin >= end:
        raise RenderError(
            f"Nothing of {at} lies between its start and its end.",
            hint=f"It lasts {total / SAMPLE_RATE:.3f} s.",
            param=f"{at}.start",
        ).because("part_empty", param=at, length=round(total / SAMPLE_RATE, 3))
    return Track(
        open=lambda: blocks(path, name=f"{at}.audio"),
        count=end - begin,
        begin=begin,
        at=round(row.get("offset", 0) * SAMPLE_RATE),
        gain=row.get("gain", 0.0),
        pan=row.get("pan", 0.0),
        rise=round(row.get("fade_in", 0) * SAMPLE_RATE),
        fall=round(row.get("fade_out", 0) * SAMPLE_RATE),
        duck=row.get("duck", 0.0),
        lead=row.get("lead", False),
        period=end - begin if row.get("loop") else None,
    )


def length(path: Path, at: str) -> int:
    """How many samples a sound really has, which its header need not say right."""
    return sum(len(block) for block in blocks(path, name=f"{at}.audio"))


def fitted(found: Sequence[Track], whole: int | None) -> tuple[list[Track], int]:
    """The tracks cut or looped to the mix's length, and that length: left out, where the last that does not loop ends.

    Raises RenderError where all loop and none is asked for, or where a track would begin after the end.
    """
    ends = [track.at + track.count for track in found if track.period is None]
    total = checks.mixed([track.at for track in found], ends, whole)
    return [
        replace(one, count=total - one.at if one.period else min(one.count, total - one.at)) for one in found
    ], total


def mixed(tracks: Sequence[Track], total: int, loudness: float | None = None) -> Iterator[Stereo]:
    """Exactly `total` samples of all tracks together, in blocks, with no true peak above -1 dBTP.

    With `loudness` in LUFS, the level is first measured over the whole and then set; without, it stays as it is.
    Nothing that stays under the ceiling is changed by it.
    """
    curves = _curves(tracks, total)
    gain = 0.0 if loudness is None else _gain(tracks, curves, total, loudness)
    yield from _limited(_summed(tracks, curves, total), gain)


def sounding(track: Track, total: int) -> NDArray[np.bool_]:
    """For every 10 ms of the mix whether this track sounds: louder than -45 dB of full scale."""
    found = np.zeros(-(-total // WINDOW), bool)
    lead = np.zeros((track.at % WINDOW, 2), np.float32)
    tape, place = Tape(itertools.chain([lead], track.heard())), track.at // WINDOW
    while len(block := tape.take(64 * WINDOW)):
        whole = np.zeros((-(-len(block) // WINDOW) * WINDOW, 2), np.float32)
        whole[: len(block)] = block
        powers = (whole.reshape(-1, WINDOW * 2).astype(np.float64) ** 2).mean(axis=1)
        found[place : place + len(powers)] |= powers > _SOUNDS**2
        place += len(powers)
    return found


def ducking(leads: NDArray[np.bool_], depth: float) -> NDArray[np.float32]:
    """The gain at the edges of every 10 ms while others sound: down before they begin, and smoothly back after them.

    It is down by `depth` decibels wherever what leads sounds; the way there lies before, over ATTACK seconds.
    """
    windows = SAMPLE_RATE / WINDOW
    attack, hold, release = (round(seconds * windows) for seconds in (ATTACK, HOLD, RELEASE))
    edges = np.zeros(len(leads) + 1, bool)
    edges[:-1] |= leads
    edges[1:] |= leads
    before = _since(edges[::-1])[::-1]
    after = np.maximum(_since(edges) - hold, 0)
    near = np.clip(1 - np.minimum(before / attack, after / release), 0, 1)
    eased_share = near * near * (3 - 2 * near)
    return (10 ** (-depth * eased_share / 20)).astype(np.float32)


def _since(marks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For every place how many places ago the last mark was; without end where none was."""
    places = np.arange(len(marks), dtype=np.float64)
    last = np.maximum.accumulate(np.where(marks, places, -math.inf))
    return places - last


def _curves(tracks: Sequence[Track], total: int) -> list[NDArray[np.float32] | None]:
    """For each track that ducks the gain by 10 ms."""
    if not any(track.duck for track in tracks):
        return [None] * len(tracks)
    named = any(track.lead for track in tracks)
    leads = np.zeros(-(-total // WINDOW), bool)
    for track in tracks:
        if track.lead if named else not track.duck:
            leads |= sounding(track, total)
    return [ducking(leads, track.duck) if track.duck and not track.lead else None for track in tracks]


def _summed(tracks: Sequence[Track], curves: Sequence[NDArray[np.float32] | None], total: int) -> Iterator[Stereo]:
    tapes = [Tape(track.heard()) for track in tracks]
    at = 0
    for size in pieces(total):
        made = np.zeros((size, 2), np.float32)
        for track, tape, curve in zip(tracks, tapes, curves, strict=True):
            first = max(0, track.at - at)
            if first >= size:
                continue
            block = tape.take(size - first)
            if curve is not None and len(block):
                block = block * _between(curve, at + first, len(block))
            made[first : first + len(block)] += block
        yield made
        at += size


def _between(curve: NDArray[np.float32], at: int, count: int) -> NDArray[np.float32]:
    first, last = at // WINDOW, (at + count) // WINDOW + 2
    places = np.arange(at - first * WINDOW, at + count - first * WINDOW) / WINDOW
    near = curve[first:last]
    return np.interp(places, np.arange(len(near)), near).astype(np.float32)[:, None]


def _gain(tracks: Sequence[Track], curves: Sequence[NDArray[np.float32] | None], total: int, loudness: float) -> float:
    """The gain in decibels after which the limited mix has this loudness; found at once where nothing is limited."""
    meter, peak = Meter(), 0.0
    for block in _summed(tracks, curves, total):
        meter.feed(block)
        peak = max(peak, float(np.abs(block).max()))
    level = meter.value()
    if level == -math.inf:
        return 0.0
    gain = min(loudness - level, 60.0)
    if peak * 10 ** (gain / 20) < _FREE:
        return gain
    for _ in range(_TRIES):
        meter = Meter()
        for block in _limited(_summed(tracks, curves, total), gain):
            meter.feed(block)
        level = meter.value()
        if abs(loudness - level) < _CLOSE:
            break
        gain = min(gain + loudness - level, 60.0)
    return gain


def _limited(sound: Iterator[Stereo], gain: float) -> Iterator[Stereo]:
    limiter = Limiter(_CEILING)
    factor = np.float32(10 ** (gain / 20))
    for block in sound:
        yield limiter.feed(block * factor)
    yield limiter.flush()
