"""The band: what pad, chords, bass, high voice and lead play in a bar, with the swing and the small delays of hands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from callsheet.renderers.previz.music import figures
from callsheet.renderers.previz.music.brief import Brief
from callsheet.renderers.previz.music.form import Form, Section
from callsheet.renderers.previz.music.harmony import Chord
from callsheet.renderers.previz.music.melody import Sung

_LEVEL = {"pad": 0.42, "comp": 0.62, "bass": 0.95, "lead": 0.85, "high": 0.36}
"""How loud each part is beside the others; every voice is even at 1."""

_ENTERS = {"pad": 0.0, "comp": 0.3, "bass": 0.5, "high": 0.7, "lead": 0.0}
"""How full a section must be for a part to play."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note to be sounded: seconds from the start, seconds held, a voice and its MIDI note, or a drum (midi 0)."""

    at: float
    held: float
    voice: str
    midi: int
    strength: float
    level: float
    drum: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """Where the band is: bar number, its first second, its chord and the next, its section, and its own randomness."""

    index: int
    start: float
    beat: float
    metre: int
    chord: Chord
    coming: Chord
    voicing: tuple[int, ...]
    section: Section
    brief: Brief
    throw: np.random.Generator
    ends: bool

    def when(self, beat: float) -> float:
        """The second at which a beat of this bar sounds: offbeats swing, hands are late by up to 9 ms."""
        within = beat % 1
        swung = beat + (self.brief.kind.swing * 0.5 if abs(within - 0.5) < 1e-6 else 0.0)
        loose = 0.0 if beat == 0 else float(self.throw.random()) * 0.009
        return self.start + swung * self.beat + loose

    @property
    def fullness(self) -> float:
        """0..1: how full the band plays here, by the section and by the energy asked for."""
        return self.section.level * (0.6 + 0.4 * self.brief.energy)


def pitched(bar: Bar) -> Iterator[Note]:
    """Every part but the lead."""
    for part, voice in bar.brief.players.items():
        if part == "lead" or not _plays(bar, part):
            continue
        yield from {"pad": _pad, "comp": _comp, "bass": _bass, "high": _high}[part](bar, voice)


def lead(bar: Bar, notes: Sequence[Sung]) -> Iterator[Note]:
    """The melody's notes as the lead plays them."""
    voice = bar.brief.players["lead"]
    level = _LEVEL["lead"] * (0.8 + 0.25 * bar.section.level)
    for note in notes:
        if note.beat < bar.metre:
            length = min(note.length, bar.metre - note.beat) * bar.beat * 0.96
            yield Note(bar.when(note.beat), length, voice, note.midi, note.strength, level)


def final(brief: Brief, form: Form, chord: Chord, voicing: Sequence[int]) -> list[Note]:
    """The last chord, struck by all and held as long as it may."""
    held = max(0.2, form.seconds - form.last)
    made: list[Note] = []
    for part, voice in brief.players.items():
        if part == "bass":
            made.append(Note(form.last, held, voice, _root(chord), 0.8, _LEVEL["bass"]))
        elif part in ("lead", "high"):
            made.append(Note(form.last, held, voice, 72 + (chord.root - 72) % 12, 0.75, _LEVEL[part]))
        else:
            level = _LEVEL[part] * 0.9
            made += [Note(form.last + 0.012 * at, held, voice, midi, 0.75, level) for at, midi in enumerate(voicing)]
    if brief.drums and brief.energy > 0.5:
        made += [Note(form.last, 0, drum, 0, 1.0, level, drum=True) for drum, level in (("kick", 0.5), ("crash", 0.22))]
    return made


def _plays(bar: Bar, part: str) -> bool:
    alone = len(bar.brief.players) <= 2 or "pad" not in bar.brief.players
    floor = 0.0 if alone and part == "comp" else _ENTERS[part]
    return bar.section.level >= floor


def _pad(bar: Bar, voice: str) -> Iterator[Note]:
    level = _LEVEL["pad"] * (0.7 + 0.5 * bar.fullness)
    for midi in bar.voicing:
        yield Note(bar.start, bar.beat * bar.metre * 1.02, voice, midi, 0.5 + 0.3 * bar.fullness, level)


def _comp(bar: Bar, voice: str) -> Iterator[Note]:
    shapes = figures.COMP[bar.brief.kind.comp]
    shape = shapes[min(len(shapes) - 1, int(bar.section.level * len(shapes) * 0.99))]
    for beat, length, what in _fitted(shape, bar.metre):
        strength = (0.78 if beat == 0 else 0.62) * (0.75 + 0.3 * bar.fullness)
        for order, midi in enumerate(_picked(what, bar)):
            at = bar.when(beat) + 0.011 * order * (voice in ("guitar", "guzheng"))
            share = _LEVEL["comp"] * (0.62 if what == "c" else 1.0)
            yield Note(at, length * bar.beat, voice, midi, min(1.0, strength), share)


def _picked(what: str, bar: Bar) -> Sequence[int]:
    if what == "c":
        if bar.brief.kind.comp == "power":
            root = 40 + (bar.chord.root - 40) % 12
            return (root, root + 7, root + 12)
        return bar.voicing
    octave, voice = divmod(int(what), 4)
    return (bar.voicing[voice % len(bar.voicing)] + 12 * octave + 12 * (voice >= len(bar.voicing)),)


def _bass(bar: Bar, voice: str) -> Iterator[Note]:
    root = _root(bar.chord)
    third, fifth = root + bar.chord.tones[1], root + bar.chord.tones[2]
    coming = _root(bar.coming)
    near = coming + (1 if bar.throw.random() < 0.4 else -1) if abs(coming - root) > 1 else fifth
    pitches = {"r": root, "f": fifth if fifth < 52 else fifth - 12, "o": root + 12, "t": third, "a": near}
    for beat, length, what in _fitted(figures.LOW[bar.brief.kind.low], bar.metre):
        strength = 0.85 if beat == 0 else 0.7
        yield Note(
            bar.when(beat), min(length, bar.metre - beat) * bar.beat, voice, pitches[what], strength, _LEVEL["bass"]
        )


def _high(bar: Bar, voice: str) -> Iterator[Note]:
    """A high voice: sparse answers of chord tones, or a running figure where it is an arpeggio."""
    if voice == "arp":
        for step in range(bar.metre * 4):
            midi = bar.voicing[step % len(bar.voicing)] + 12 + 12 * (step // 4 % 2)
            yield Note(bar.when(step / 4), bar.beat * 0.24, voice, midi, 0.6, _LEVEL["high"] * 0.8)
        return
    if voice in ("choir", "strings"):
        for midi in bar.voicing[-2:]:
            yield Note(bar.start, bar.beat * bar.metre, voice, midi + 12, 0.6, _LEVEL["high"])
        return
    tones = [midi + 12 for midi in bar.voicing if midi + 12 >= 67] or [bar.voicing[-1] + 12]
    for beat in (1.5, 3.0) if bar.index % 2 else (2.5,):
        if beat < bar.metre:
            midi = tones[int(bar.throw.integers(len(tones)))]
            yield Note(bar.when(beat), bar.beat * 1.4, voice, midi, 0.55, _LEVEL["high"])


def _fitted(shape: Sequence[figures.Step], metre: int) -> Iterator[figures.Step]:
    """A figure of four beats in a bar of another metre: cut short, or begun again."""
    for beat, length, what in shape:
        if beat < metre:
            yield beat, min(length, metre - beat + 0.2), what
    if metre > 4:
        yield from ((beat + 4, length, what) for beat, length, what in shape if beat + 4 < metre)


def _root(chord: Chord) -> int:
    return 36 + (chord.root - 36) % 12
