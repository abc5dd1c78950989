"""The mixing desk: notes into stereo, a bar at a time, with a shared room, ducking under the kick and a soft knee."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz.music import kit, voices
from callsheet.renderers.previz.music.band import Note
from callsheet.renderers.previz.music.score import Score
from callsheet.renderers.previz.painter.stage import dice
from callsheet.renderers.sound.room import Convolver, hall, sides
from callsheet.renderers.sound.waves import decay, soft

Stereo = NDArray[np.float32]

_AHEAD = 16 * SAMPLE_RATE
_KEPT = 32_000_000
_GRID = SAMPLE_RATE // 50
_DRIVE = 0.9
_DRY_DRUMS = 0.25
_DUCK = {"house": 0.6, "boombap": 0.2, "lofi": 0.3, "pop": 0.15}
"""How far the band gives way to each kick."""


def samples(seconds: float) -> int:
    """How many samples a piece of that length has."""
    return round(seconds * SAMPLE_RATE)


def played(score: Score, accents: Sequence[Note] = (), swells: Sequence[float] = ()) -> Iterator[Stereo]:
    """The piece as blocks of a bar or so, samples(form.seconds) in all, before mastering.

    `accents` are notes of their own (a soundtrack's cuts) that are mixed in where they fall. `swells` are decibels
    at each second's middle, between which the level moves smoothly; accents move with it.
    """
    desk = _Desk(score)
    form = score.form
    total, done = samples(form.seconds), 0
    waiting = sorted(accents, key=lambda note: note.at)
    for index in range(form.bars + 1):
        until = samples((index + 1) * form.bar) if index < form.bars else total
        notes = score.bar(index) if index < form.bars else score.last()
        while waiting and waiting[0].at * SAMPLE_RATE < until:
            notes.append(waiting.pop(0))
        for note in notes:
            desk.add(note, done)
        while done < until:
            count = min(until - done, 4 * SAMPLE_RATE)
            yield _ended(_swelled(desk.take(count), done, swells), done, total)
            done += count


def _swelled(block: Stereo, done: int, swells: Sequence[float]) -> Stereo:
    if not swells:
        return block
    edges = np.array([10 ** (level / 20) for level in swells])
    here = (done + np.arange(len(block))) / SAMPLE_RATE
    gain = np.interp(here, np.arange(len(edges)) + 0.5, edges).astype(np.float32)
    return block * gain[:, None]


def _ended(block: Stereo, done: int, total: int) -> Stereo:
    """The piece's last stretch falls to nothing exactly at its end; the first 5 ms rise."""
    fall = min(total // 3, int(1.2 * SAMPLE_RATE))
    if done + len(block) > total - fall:
        left = np.clip((total - done - np.arange(len(block), dtype=np.float32)) / np.float32(fall), 0, 1)
        block *= np.asarray(left * left * (3 - 2 * left), np.float32)[:, None]
    if done == 0:
        rise = min(220, len(block))
        block[:rise] *= (np.arange(rise, dtype=np.float32) / np.float32(rise))[:, None]
    return block


class _Desk:
    """The busses, each some seconds ahead of what was taken: dry, ducked, and what the room hears."""

    def __init__(self, score: Score) -> None:
        kind = score.brief.kind
        self._buses = [np.zeros((_AHEAD, 2), np.float32) for _ in range(3)]
        self._room = Convolver(hall(dice(score.brief.prompt, score.seed, "hall"), kind.hall, bright=0.45))
        self._wet = np.float32(kind.wet * 1.5)
        self._duck = _DUCK.get(kind.groove, 0.0) if score.brief.drums else 0.0
        self._kicks = np.zeros(_AHEAD, np.float32)
        self._cache: OrderedDict[tuple[str, int, int, int], Stereo] = OrderedDict()
        self._held = 0

    def add(self, note: Note, done: int) -> None:
        """Mix a note in; `done` is the sample that the next block begins with."""
        at = max(0, samples(note.at) - done)
        if note.drum:
            wave, send, bus = kit.stroke(note.voice), _DRY_DRUMS, 0
            if note.voice == "kick" and self._duck:
                self._give_way(at)
        else:
            wave, send, bus = self._sound(note), voices.VOICES[note.voice].send, 1
        part = wave[: _AHEAD - at] * np.float32(note.level * (0.35 + 0.65 * note.strength))
        self._buses[bus][at : at + len(part)] += part
        if send:
            part *= np.float32(send)
            self._buses[2][at : at + len(part)] += part

    def take(self, count: int) -> Stereo:
        """The next samples: the busses together, the room's answer, and a soft knee over all."""
        dry, ducked, heard = (self._shift(bus, count) for bus in self._buses)
        if self._duck:
            ducked *= (1 - np.minimum(self._shift(self._kicks, count), np.float32(1)) * np.float32(self._duck))[:, None]
        dry += ducked
        dry += self._room.feed(heard) * self._wet
        dry *= np.float32(_DRIVE)
        return np.asarray(soft(dry) * np.float32(1 / _DRIVE), np.float32)

    def _sound(self, note: Note) -> Stereo:
        held = max(1, round(note.held * SAMPLE_RATE / _GRID)) * _GRID
        strength = max(1, round(note.strength * 5))
        key = (note.voice, note.midi, held, strength)
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        wave = voices.note(note.voice, note.midi, held, strength / 5)[: _AHEAD // 2]
        left, right = sides(voices.VOICES[note.voice].place)
        wave = wave * np.array([left, right], np.float32)
        self._cache[key] = wave
        self._held += wave.nbytes
        while self._held > _KEPT:
            self._held -= self._cache.popitem(last=False)[1].nbytes
        return wave

    def _give_way(self, at: int) -> None:
        fall = decay(int(0.32 * SAMPLE_RATE), 0.6)
        end = min(_AHEAD, at + len(fall))
        self._kicks[at:end] = np.maximum(self._kicks[at:end], fall[: end - at])

    @staticmethod
    def _shift(bus: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        taken = bus[:count].copy()
        bus[:-count] = bus[count:]
        bus[-count:] = 0
        return taken
