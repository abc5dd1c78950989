"""Melodies: a motif, answered, raised, turned and closed, sung over the chords that stand under it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callsheet.renderers.previz.music.figures import RHYTHMS
from callsheet.renderers.previz.music.harmony import MELODY, Chord

_STARTS = (0, 0, 4, 4, 2)
"""Where a theme may begin: on the tonic, its fifth or its third, in scale steps."""


@dataclass(frozen=True, slots=True)
class Sung:
    """A note of a melody: beats from its bar's start, length in beats, MIDI note, 0..1 how strongly."""

    beat: float
    length: float
    midi: int
    strength: float


@dataclass(frozen=True, slots=True)
class Motif:
    """The seed of a theme: two bars of rhythm, and a line of scale steps for each."""

    rhythms: tuple[tuple[tuple[float, float], ...], ...]
    lines: tuple[tuple[int, ...], ...]
    start: int


def motif(throw: np.random.Generator, metre: int, density: float) -> Motif:
    """A motif of two bars: a cell and its answer, each a walk of small steps with one leap, within an octave."""
    cells = [_cell(throw, metre, density) for _ in range(2)]
    lines = tuple(tuple(_walk(throw, len(cell))) for cell in cells)
    return Motif(tuple(cells), lines, _STARTS[int(throw.integers(len(_STARTS)))])


def sung(seed: Motif, bar: int, chord: Chord, tonic: int, mode: str, centre: int, *, closing: bool) -> list[Sung]:
    """What bar number `bar` of a theme sings: phrases of four bars go motif, answer, motif raised, close.

    The second phrase of eight bars turns its motif upside down. On strong beats stand tones of the chord.
    """
    phrase, place = divmod(bar, 4)
    if place == 3:
        return _close(seed, chord, tonic, mode, centre, final=closing or phrase % 2 == 1)
    which = place % 2
    mirrored = -1 if phrase % 4 == 2 else 1
    lift = seed.start + (2 if place == 2 else 0) + (1 if phrase % 2 else 0)
    made: list[Sung] = []
    for (beat, length), step in zip(seed.rhythms[which], seed.lines[which], strict=True):
        midi = _scale_note(lift + mirrored * step, tonic, mode, centre)
        if beat == int(beat) and (int(beat) % 2 == 0 or length >= 1):
            midi = _settled(midi, chord)
        made.append(Sung(beat, length, midi, 0.85 if beat == 0 else 0.7))
    return made


def _close(seed: Motif, chord: Chord, tonic: int, mode: str, centre: int, *, final: bool) -> list[Sung]:
    """The end of a phrase: two notes that come to rest on the chord, on its root where the phrase is the last."""
    rest = _scale_note(0 if final else 4, tonic, mode, centre)
    aim = _settled(rest, chord)
    above = _scale_note(2 if final else 5, tonic, mode, centre)
    return [Sung(0, 1, _settled(above, chord), 0.75), Sung(1, 2 if len(seed.rhythms[0]) > 2 else 1.5, aim, 0.8)]


def _cell(throw: np.random.Generator, metre: int, density: float) -> tuple[tuple[float, float], ...]:
    if metre == 6:
        first, second = _cell(throw, 3, density), _cell(throw, 3, density)
        return first + tuple((beat + 3, length) for beat, length in second)
    cells = sorted(RHYTHMS[3 if metre == 3 else 4], key=len)
    aim = density * (len(cells) - 1)
    at = int(np.clip(round(aim + float(throw.normal(0, 1.6))), 0, len(cells) - 1))
    return cells[at]


def _walk(throw: np.random.Generator, count: int) -> list[int]:
    """Steps of the scale from 0: mostly one at a time, one leap, and after a leap back the other way."""
    line, at, way = [0], 0, 1 if throw.random() < 0.6 else -1
    leap = int(throw.integers(1, max(2, count)))
    for index in range(1, count):
        step = (2 + int(throw.integers(0, 3))) if index == leap else 1
        at += way * step
        if index == leap or abs(at) > 4 or throw.random() < 0.3:
            way = -way
        line.append(at)
    return line


def _scale_note(step: int, tonic: int, mode: str, centre: int) -> int:
    """The note so many scale steps above the tonic nearest below the centre."""
    scale = MELODY[mode]
    base = centre - 7 + (tonic - centre + 7) % 12
    octave, degree = divmod(step, len(scale))
    note = base + 12 * octave + scale[degree]
    while note > centre + 11:
        note -= 12
    return note


def _settled(midi: int, chord: Chord) -> int:
    """The chord's tone nearest to a note, among its triad and seventh."""
    return min(
        (midi + shift for shift in range(-4, 5) if (midi + shift) % 12 in chord.classes),
        key=lambda n: (abs(n - midi), -n),
    )
