"""Chords: functional progressions for each mode, cadences, and voicings that move as little as they must."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

SCALES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10), "dorian": (0, 2, 3, 5, 7, 9, 10),
        "phrygian": (0, 1, 3, 5, 7, 8, 10), "lydian": (0, 2, 4, 6, 7, 9, 11), "mixolydian": (0, 2, 4, 5, 7, 9, 10),
        "gong": (0, 2, 4, 5, 7, 9, 11), "yu": (0, 2, 3, 5, 7, 8, 10),
    }
)  # fmt: skip
"""Semitones above the tonic. The two pentatonic modes harmonise by their full scale and sing by `MELODY`."""

MELODY: Mapping[str, tuple[int, ...]] = MappingProxyType({**SCALES, "gong": (0, 2, 4, 7, 9), "yu": (0, 3, 5, 7, 10)})

_PROGRESSIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "major": (
            "I V vi IV", "I vi IV V", "I IV vi V", "I IV I V", "vi IV I V", "I IV ii V", "I V IV I", "I vi ii V",
        ),
        "minor": (
            "i VI III VII", "i VII VI VII", "i iv VI V", "i VI iv V", "i III iv V", "i v VI VII", "i VI VII i",
        ),
        "dorian": ("i IV i VII", "i III IV i", "i VII IV i", "i ii III IV"),
        "phrygian": ("i II i vii", "i II III II", "i VI II i", "i iv II i"),
        "lydian": ("I II I II", "I II vi V", "I V II I", "I vi II V"),
        "mixolydian": ("I VII IV I", "I v IV I", "I IV VII I", "I VII I IV"),
        "gong": ("I vi IV V", "I ii vi V", "I IV I V", "I vi ii V", "I V vi I"),
        "yu": ("i VII i v", "i III VII i", "i iv VII i", "i VI VII i"),
    }
)  # fmt: skip
_JAZZ: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "major": ("I vi ii V", "ii V I vi", "iii vi ii V", "I IV iii vi", "IV V iii vi"),
        "minor": ("i iv VII III", "VI V i i", "i VI iio V", "i iv iio V"),
        "dorian": ("i IV i IV", "i ii III IV", "i VII i IV"),
    }
)
_CADENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "major": ("ii V", "IV V"), "minor": ("iv V", "VI V"), "dorian": ("III IV", "VII IV"),
        "phrygian": ("iv II", "VI II"), "lydian": ("II V", "vi II"), "mixolydian": ("IV VII", "v VII"),
        "gong": ("ii V", "vi V"), "yu": ("iv VII", "VI VII"),
    }
)  # fmt: skip
"""Two chords that lead home, in each mode its own way."""

_ON_THIRD = 2.0
"""What a voicing that stands on its third costs, in semitones of movement: it sounds like another key's chord."""
_DEGREES = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_ROMAN = re.compile(r"^([iIvV]+)(o?)$")


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord in a key: its name there, its root as a pitch class, and its tones in semitones above the root."""

    name: str
    root: int
    tones: tuple[int, ...]

    @property
    def classes(self) -> tuple[int, ...]:
        """Its pitch classes, root first."""
        return tuple((self.root + tone) % 12 for tone in self.tones)


def progression(mode: str, sevenths: bool, throw: np.random.Generator, other_than: str = "") -> str:
    """One of the mode's progressions, in Roman numerals; another one than given."""
    table = _JAZZ.get(mode) if sevenths and throw.random() < 0.6 else None
    choices = [numerals for numerals in table or _PROGRESSIONS[mode] if numerals != other_than]
    return choices[int(throw.integers(len(choices)))]


def cadence(mode: str, throw: np.random.Generator) -> str:
    """Two chords before the tonic."""
    return _CADENCES[mode][int(throw.integers(2))]


def home(mode: str) -> str:
    """The tonic chord's numeral."""
    return "I" if 4 in SCALES[mode] else "i"


def chords(numerals: str, tonic: int, mode: str, sevenths: bool) -> list[Chord]:
    """The chords of a progression in a key."""
    return [_chord(numeral, tonic, mode, sevenths) for numeral in numerals.split()]


def voiced(chord: Chord, before: Sequence[int], centre: int = 60, voices: int = 4) -> tuple[int, ...]:
    """MIDI notes of the chord near `centre`, each voice moving as little as it can from the notes before."""
    classes = chord.classes[:voices] if len(chord.tones) >= voices else chord.classes
    best: tuple[int, ...] = ()
    least = float("inf")
    for octaves in itertools.product((-1, 0, 1), repeat=len(classes)):
        notes = sorted(_near(pitch, centre) + 12 * shift for pitch, shift in zip(classes, octaves, strict=True))
        spread = notes[-1] - notes[0]
        if spread > 16 or min(np.diff(notes), default=12) < 2:
            continue
        moved = sum(min(abs(note - old) for old in before) for note in notes) if before else 0
        cost = moved + 0.4 * abs(sum(notes) / len(notes) - centre) + 0.15 * abs(spread - 11)
        cost += _ON_THIRD if notes[0] % 12 == chord.classes[1] else 0.0
        if cost < least:
            best, least = tuple(notes), cost
    return best or tuple(sorted(_near(pitch, centre) for pitch in classes))


def _near(pitch: int, centre: int) -> int:
    """The octave of a pitch class that lies nearest below or around the centre."""
    return centre - 6 + (pitch - centre + 6) % 12


def _chord(numeral: str, tonic: int, mode: str, sevenths: bool) -> Chord:
    match = _ROMAN.match(numeral)
    if match is None:
        raise ValueError(f"{numeral!r} is no chord.")
    degree = _DEGREES.index(match[1].lower())
    minor, dim = match[1].islower(), bool(match[2])
    tones = (0, 3, 6) if dim else (0, 3, 7) if minor else (0, 4, 7)
    if sevenths:
        tones = (*tones, _seventh(degree, minor or dim, mode))
    return Chord(numeral, (tonic + SCALES[mode][degree]) % 12, tones)


def _seventh(degree: int, minor: bool, mode: str) -> int:
    """A major seventh where the scale has it above a major chord, else the minor one."""
    scale = SCALES[mode]
    return 11 if not minor and (scale[degree] + 11) % 12 in scale else 10
