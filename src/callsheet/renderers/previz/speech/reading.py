"""How a text is going to be read: its lines, in whose voice, how fast, how high, and what cannot be followed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from callsheet.errors import RenderError
from callsheet.renderers.previz.speech import script, ssml, tongues
from callsheet.renderers.previz.speech.bend import FARTHEST, split
from callsheet.renderers.previz.speech.script import Pause, Piece, Say, Script
from callsheet.renderers.previz.speech.talker import Line
from callsheet.renderers.previz.speech.voices import Voice, find

_NORMAL_RATE, _RATES = 175, (80, 450)
_MELODY = 0.25
_FINISHED = re.compile(r"[.!?…。！？；;][\"'”’）)】」』]*\s*$")


@dataclass(frozen=True, slots=True)
class Mood:
    """What an emotion does to a voice: tempo as a factor, pitch in semitones, range of the melody (50 is normal)."""

    rate: float = 1.0
    pitch: float = 0.0
    range: int = 50


MOODS: Mapping[str, Mood] = MappingProxyType(
    {
        "neutral": Mood(),
        "happy": Mood(1.07, 1.5, 75),
        "sad": Mood(0.86, -1.5, 28),
        "angry": Mood(1.1, 1.0, 80),
        "fearful": Mood(1.14, 2.5, 65),
        "disgusted": Mood(0.92, -1.0, 40),
        "surprised": Mood(1.05, 2.5, 90),
        "calm": Mood(0.94, -0.5, 40),
    }
)
"""What is heard of an emotion: tempo, height and melody. Nothing of its timbre."""


@dataclass(frozen=True, slots=True)
class Spell:
    """One line for the synthesiser; `shown` stands in the text for it, `gain` is in decibels.

    `before` is what stands between it and the line before, and is not spoken; `bend` is for `bend.bent`.
    """

    line: Line
    bend: float
    before: str
    shown: str | None
    gain: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with all that was asked for it. `language` is the synthesiser's name of the text's own language."""

    pieces: Sequence[Piece]
    language: str
    voice: Voice
    emotion: str
    speed: float
    pitch: float
    notes: tuple[str, ...]

    @property
    def mood(self) -> Mood:
        """What the emotion does."""
        return MOODS[self.emotion]

    def spells(self, seed: int) -> Iterator[Spell | Pause]:
        """Every line and pause in order. The seed moves the height of each line by at most a quarter of a semitone."""
        throw, before = random.Random(seed), ""
        for piece in self.pieces:
            if isinstance(piece, Pause):
                yield piece
                before = ""
                continue
            for language, text in self._stretches(piece):
                if not re.search(r"\w", text):
                    before += text
                    continue
                line, bend = self._line(piece, language, text, throw.uniform(-_MELODY, _MELODY))
                yield Spell(line, bend, before, piece.shown, piece.gain)
                before = ""

    def told(self) -> dict[str, Any]:
        """What a file's `extra` says of how it was read."""
        voice = {"asked": self.voice.name or None, "known": self.voice.known, "variant": self.voice.variant}
        said: dict[str, Any] = {"language": self.language, "voice": voice}
        if self.emotion != "neutral":
            said["emotion"] = {
                "asked": self.emotion,
                "heard_as": {"rate": self.mood.rate, "pitch": self.mood.pitch, "range": self.mood.range},
            }
        notes = (*self.notes, *self._limits())
        return said | ({"notes": list(notes)} if notes else {})

    def _stretches(self, say: Say) -> list[tuple[str, str]]:
        if say.language and "-latn-" in say.language:
            return [(say.language, say.text)]
        found = list(tongues.runs(say.text, say.language or self.language))
        # What is shown as one word is said in one voice.
        return [(found[0][0], say.text)] if say.shown is not None and found else found

    def _line(self, say: Say, language: str, text: str, melody: float) -> tuple[Line, float]:
        pitch, bend = split(self._pitch(say) + melody)
        voices = tuple(f"{name}+{self.voice.variant}" for name in tongues.voices(language))
        # What is going to be played faster is spoken slower.
        rate = round(max(_RATES[0], min(_RATES[1], self._rate(say) / bend)))
        span = max(0, min(100, round(self.mood.range * say.range)))
        return Line(text, voices, rate, pitch, span, _FINISHED.search(text) is not None), bend

    def _rate(self, say: Say) -> float:
        return _NORMAL_RATE * self.speed * self.voice.rate * self.mood.rate * say.rate

    def _pitch(self, say: Say) -> float:
        return self.pitch + self.voice.pitch + self.mood.pitch + say.pitch

    def _limits(self) -> Iterator[str]:
        said = [piece for piece in self.pieces if isinstance(piece, Say)]
        if any(not _RATES[0] - 1 <= self._rate(say) <= _RATES[1] + 1 for say in said):
            yield f"The tempo stops at {_RATES[0]} or {_RATES[1]} words a minute: that is the synthesiser's limit."
        if any(abs(self._pitch(say)) > FARTHEST for say in said):
            yield f"The pitch stops {FARTHEST:g} semitones above or below the voice's own."


def read(given: Mapping[str, Any]) -> Reading:
    """The reading of a scene's `extra`: text, voice, language, speed, pitch, emotion, pronunciations.

    The language is the one asked for, else the voice's own, else that of the text's letters. RenderError for broken
    SSML, an entry of the dictionary that says nothing, or a text without a word.
    """
    text = str(given.get("text") or "").replace("\0", " ")
    voice = find(given.get("voice"))
    found = ssml.read(text) if ssml.is_ssml(text) else Script(tuple(script.plain(text)))
    bare = " ".join(piece.text for piece in found.pieces if isinstance(piece, Say))
    if not re.search(r"\w", bare):
        raise RenderError("There is nothing to say in this text.", hint="Give some words.", param="text").because(
            "nothing_to_say", param="text"
        )
    asked = given.get("language")
    language = tongues.speaks(asked) if asked else voice.language or tongues.detected(bare)
    return Reading(
        pieces=script.pronounced(found.pieces, given.get("pronunciations") or (), language),
        language=language,
        voice=voice,
        emotion=given.get("emotion") or "neutral",
        speed=float(given.get("speed") or 1.0),
        pitch=float(given.get("pitch") or 0.0),
        notes=found.notes,
    )
