"""Reads a prompt into a brief: kind, mood, key, tempo, metre, players; what it leaves open, the seed throws."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from callsheet.renderers.previz.music import lexicon
from callsheet.renderers.previz.music.genres import GENRES, MOOD_GENRES, Genre
from callsheet.renderers.previz.painter.stage import dice

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

_DARK = frozenset({"sad", "tense", "mysterious"})
_ENERGY = {"calm": -0.2, "sad": -0.15, "dreamy": -0.15, "romantic": -0.1, "energetic": 0.2, "epic": 0.15, "happy": 0.08}
_PACE = {"calm": 0.2, "sad": 0.15, "dreamy": 0.2, "romantic": 0.3, "energetic": 0.9, "happy": 0.7}
# Which part of the band takes a voice that the prompt names.
_SEATS = {
    "piano": "comp", "epiano": "comp", "guitar": "comp", "guzheng": "comp", "distorted": "comp", "organ": "pad",
    "strings": "pad", "choir": "high", "brass": "lead", "violin": "lead", "erhu": "lead", "dizi": "lead",
    "flute": "lead", "bell": "high", "musicbox": "lead", "celesta": "lead", "vibes": "lead", "whistle": "lead",
    "synth": "lead", "bass": "bass",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Brief:
    """What is to be composed. `tonic` is 0 (C) to 11 (B), `tempo` in beats a minute, `metre` in beats a bar.

    `said` names what the prompt itself decides: of these nothing may be bent. `players` maps parts to voices, and
    `stand_ins` instruments that nobody here plays to the voices that play in their place.
    """

    prompt: str
    genre: str
    mood: str
    mode: str
    tonic: int
    tempo: float
    metre: int
    players: Mapping[str, str]
    drums: bool
    energy: float
    said: frozenset[str] = field(default_factory=frozenset)
    stand_ins: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def kind(self) -> Genre:
        return GENRES[self.genre]

    @property
    def key(self) -> str:
        return f"{NAMES[self.tonic]} {self.mode}"

    @property
    def pulses(self) -> float:
        """Seconds of one beat."""
        return 60.0 / self.tempo


def read(prompt: str, negative: str = "", seed: int = 0, hints: Mapping[str, str | float] | None = None) -> Brief:
    """The brief of a prompt in English or Chinese. `hints` (mood, genre, energy) count where the prompt is silent."""
    hint = dict(hints or {})
    out = lexicon.refused(prompt, negative)
    text = lexicon.cleared(prompt, out)
    throw = dice(prompt, seed, "brief")
    moods, genres = lexicon.found(lexicon.MOOD_WORDS, text), lexicon.found(lexicon.GENRE_WORDS, text)
    mood = moods[0] if moods else str(hint.get("mood", "neutral"))
    genre = genres[0] if genres else str(hint.get("genre", MOOD_GENRES[mood]))
    kind = GENRES[genre]
    tempo, metre = _tempo(text), _metre(text)
    tonic, mode = _key(text)
    said = {
        name
        for name, given in (("tempo", tempo), ("metre", metre), ("key", tonic), ("mode", mode))
        if given is not None
    }
    said |= {name for name, given in (("mood", moods), ("genre", genres)) if given}
    drawn, bent = float(throw.random()), int(throw.integers(12))
    return Brief(
        prompt=prompt,
        genre=genre,
        mood=mood,
        mode=mode or _mode(kind, mood, float(throw.random())),
        tonic=bent if tonic is None else tonic,
        tempo=tempo or _pace(kind, mood, drawn),
        metre=metre or kind.metre,
        players=_band(kind, text, out),
        drums=_drummed(kind, text, out),
        energy=min(1.0, max(0.1, float(hint.get("energy", kind.energy)) + _ENERGY.get(mood, 0.0))),
        said=frozenset(said),
        stand_ins=lexicon.stood_in(text),
    )


def _tempo(text: str) -> float | None:
    match = lexicon.BPM.search(text)
    if match:
        return min(240.0, max(30.0, float(match[1] or match[2])))
    words = lexicon.found(lexicon.TEMPO_WORDS, text)
    return float(words[0]) if words else None


def _metre(text: str) -> int | None:
    match = lexicon.METRE.search(text)
    if match is None:
        return None
    return {"三": 3, "四": 4, "六": 6}[match[3]] if match[3] else int(match[1])


def _key(text: str) -> tuple[int | None, str | None]:
    """Tonic and mode as far as they are named."""
    modes = lexicon.found(lexicon.MODE_WORDS, text)
    english, chinese = lexicon.KEY_EN.search(text), lexicon.KEY_ZH.search(text)
    if english:
        word = english[3].lower()
        return _pitch(english[1], english[2] or ""), {"maj": "major", "min": "minor"}.get(word, word)
    if chinese:
        sign = {"升": "#", "降": "b"}.get(chinese[1] or "", chinese[3] or "")
        tonic, mode = _pitch(chinese[2], sign), {"大调": "major", "小调": "minor"}.get(chinese[4])
        return tonic, mode or (modes[0] if modes else None)
    plain = lexicon.KEY_PLAIN.search(text)
    mode = modes[0] if modes else _bare_mode(text)
    return (_pitch(plain[1], plain[2] or "") if plain else None), mode


def _bare_mode(text: str) -> str | None:
    if re.search(r"\bminor\b|小调", text, re.IGNORECASE):
        return "minor"
    return "major" if re.search(r"\bmajor\b|大调", text, re.IGNORECASE) else None


def _pitch(letter: str, sign: str) -> int:
    lower = sign.lower().strip(" -")
    shift = 1 if lower in ("#", "♯", "sharp") else -1 if lower in ("b", "♭", "flat") else 0
    return (lexicon.NOTES[letter.lower()] + shift) % 12


def _mode(kind: Genre, mood: str, thrown: float) -> str:
    if mood in _DARK and "minor" in kind.modes:
        return "minor"
    if mood in ("happy", "romantic") and "major" in kind.modes:
        return "major"
    return kind.modes[0] if thrown < 0.6 else kind.modes[int((thrown - 0.6) / 0.4 * len(kind.modes))]


def _pace(kind: Genre, mood: str, thrown: float) -> float:
    low, high = kind.tempo
    centre = _PACE.get(mood, 0.5)
    return float(round(low + (high - low) * min(1.0, max(0.0, centre + (thrown - 0.5) * 0.6))))


def _band(kind: Genre, text: str, out: frozenset[str]) -> Mapping[str, str]:
    """The kind's own players, those the prompt names in their seats, and no one it refuses."""
    band = dict(kind.players)
    taken: set[str] = set()
    named = lexicon.found(lexicon.VOICE_WORDS, text)
    out |= {one for family in out for one in lexicon.FAMILIES.get(family, ()) if one not in named}
    for voice in [*named, *lexicon.stood_in(text).values()]:
        seat = _SEATS.get(voice)
        if seat is None or voice in band.values():
            continue
        seat = (
            seat if seat not in taken else next((free for free in ("lead", "high", "comp") if free not in taken), seat)
        )
        band[seat] = voice if seat != "bass" or "bass" not in band else band["bass"]
        taken.add(seat)
    if "bass" in out:
        band.pop("bass", None)
    return {seat: voice for seat, voice in band.items() if voice not in out} or {"comp": "piano"}


def _drummed(kind: Genre, text: str, out: frozenset[str]) -> bool:
    if "drums" in out:
        return False
    return bool(kind.groove) or bool(lexicon.VOICE_WORDS["drums"].search(text))
