"""The score of a piece: its form, its chords bar by bar, its themes, and each bar's notes when it is asked for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from callsheet.renderers.previz.music import band, drumming, harmony, melody
from callsheet.renderers.previz.music.band import Note
from callsheet.renderers.previz.music.brief import Brief
from callsheet.renderers.previz.music.form import Form, Section
from callsheet.renderers.previz.music.harmony import Chord
from callsheet.renderers.previz.painter.stage import dice


@dataclass(frozen=True, slots=True)
class Score:
    """A piece, ready to be played: `bar(k)` gives the notes of bar k, `last()` those of the chord that ends it."""

    brief: Brief
    form: Form
    seed: int
    chords: tuple[Chord, ...]
    numerals: Mapping[str, str]
    motif: melody.Motif
    voicings: tuple[tuple[int, ...], ...] = field(repr=False)

    def bar(self, index: int) -> list[Note]:
        """Its notes in seconds from the piece's start, of every part that plays there."""
        section = self.form.at(index)
        throw = dice(self.brief.prompt, self.seed, f"bar {index}")
        ending = section.first + section.bars - 1 == index
        scene = band.Bar(
            index, index * self.form.bar, self.form.beat, self.form.metre, self.chords[index],
            self.chords[index + 1] if index + 1 < len(self.chords) else self.tonic,
            self.voicings[index], section, self.brief, throw, ending,
        )  # fmt: skip
        return [*band.pitched(scene), *self._sung(scene), *drumming.strokes(scene)]

    def last(self) -> list[Note]:
        """The final chord: the whole band on the tonic, left to ring."""
        voicing = harmony.voiced(self.tonic, self.voicings[-1] if self.voicings else ())
        return band.final(self.brief, self.form, self.tonic, voicing)

    @property
    def tonic(self) -> Chord:
        return _home(self.brief)

    def _sung(self, scene: band.Bar) -> Iterator[Note]:
        section = scene.section
        if "lead" not in self.brief.players or section.name in ("intro", "break"):
            return iter(())
        centre = 72 + (5 if section.name == "climax" else 0)
        bar = scene.index - section.first
        closing = scene.ends and section.name == "ending"
        chord = self.chords[scene.index]
        notes = melody.sung(self.motif, bar, chord, self.brief.tonic, self.brief.mode, centre, closing=closing)
        return band.lead(scene, notes)


def write(brief: Brief, form: Form, seed: int) -> Score:
    """Compose: a progression for each kind of section, cadences at their ends, one motif through all."""
    throw = dice(brief.prompt, seed, "harmony")
    kind = brief.kind
    theme = harmony.progression(brief.mode, kind.sevenths, throw)
    other = harmony.progression(brief.mode, kind.sevenths, throw, theme)
    numerals = {
        "intro": theme,
        "theme": theme,
        "build": other,
        "climax": theme,
        "break": other,
        "ending": theme,
        "sting": theme,
    }
    line: list[str] = []
    for section in form.sections:
        line += _section(section, numerals[section.name], brief, throw, closes=section is form.sections[-1])
    chords = tuple(chord for name in line for chord in harmony.chords(name, brief.tonic, brief.mode, kind.sevenths))
    voicings: list[tuple[int, ...]] = []
    for chord in chords:
        voicings.append(harmony.voiced(chord, voicings[-1] if voicings else ()))
    motif = melody.motif(dice(brief.prompt, seed, "motif"), brief.metre, kind.density)
    return Score(brief, form, seed, chords, numerals, motif, tuple(voicings))


def _section(section: Section, numerals: str, brief: Brief, throw: np.random.Generator, *, closes: bool) -> list[str]:
    """A chord for every bar: the progression over and over, and before a climax or the last chord a cadence."""
    names = (numerals.split() * (section.bars // 4 + 1))[: section.bars]
    if section.name in ("intro", "climax"):
        names[0] = harmony.home(brief.mode)
    if closes or section.name == "build":
        names[-2:] = harmony.cadence(brief.mode, throw).split()[-section.bars :]
    return names


def _home(brief: Brief) -> Chord:
    return harmony.chords(harmony.home(brief.mode), brief.tonic, brief.mode, sevenths=False)[0]
