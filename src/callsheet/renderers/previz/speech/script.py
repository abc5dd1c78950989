"""What is to be said, piece by piece: stretches of text with how they are spoken, and pauses of an exact length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from callsheet.errors import RenderError

LONGEST_PAUSE = 99.99
"""Seconds; what the vendors' own pause markers may ask for."""

_PAUSE = re.compile(r"<#\s*(\d+(?:\.\d+)?)\s*#>")
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n\s*")
_PARAGRAPH_PAUSE = 0.45
_SYLLABLES = re.compile(r"\s*(?:\([a-zü:]+[1-9]\)\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Say:
    """A stretch of text. `rate` and `range` are factors, `pitch` is in semitones, `gain` in decibels.

    `language` is the synthesiser's name where the text itself says one. `shown` is what stands in the text for this: it
    counts as one word, whatever is spoken for it.
    """

    text: str
    language: str | None = None
    rate: float = 1.0
    pitch: float = 0.0
    range: float = 1.0
    gain: float = 0.0
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds."""

    seconds: float


Piece = Say | Pause


@dataclass(frozen=True, slots=True)
class Script:
    """All pieces in order, and in words what of the text could not be followed."""

    pieces: tuple[Piece, ...]
    notes: tuple[str, ...] = field(default=())


def plain(text: str) -> list[Piece]:
    """The pieces of a plain text: `<#1.5#>` is a pause in seconds, a blank line a short one; no other mark-up."""
    pieces: list[Piece] = []
    for at, part in enumerate(_PAUSE.split(text)):
        if at % 2:
            pieces.append(pause(float(part)))
        else:
            pieces += _paragraphs(part)
    return pieces


def pause(seconds: float) -> Pause:
    """Silence of that length. RenderError where it is longer than LONGEST_PAUSE."""
    if seconds > LONGEST_PAUSE:
        raise RenderError(
            f"A pause of {seconds:g} s is too long.", hint=f"At most {LONGEST_PAUSE} s each.", param="text"
        ).because("pause_too_long", param="text", seconds=seconds, most=LONGEST_PAUSE)
    return Pause(seconds)


def pronounced(pieces: Sequence[Piece], entries: Sequence[str], base: str) -> list[Piece]:
    """The pieces with words replaced as a pronunciation dictionary says.

    An entry is `word/how it is said` (`omg/oh my god`); sounds in parentheses are pinyin with tones
    (`处理/(chu3)(li3)`), in a Cantonese text (`base` is yue) jyutping. Whole words are replaced, whatever their case;
    Chinese anywhere. RenderError for an entry that is not of that form.
    """
    sounds = dict(_entry(entry, at) for at, entry in enumerate(entries))
    if not sounds:
        return list(pieces)
    longest = sorted(sounds, key=len, reverse=True)
    pattern = re.compile("|".join(map(_whole, longest)), re.IGNORECASE)
    made: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Pause) or piece.shown is not None:
            made.append(piece)
        else:
            made += _replaced(piece, pattern, sounds, base)
    return made


def _paragraphs(text: str) -> Iterator[Piece]:
    said = False
    for paragraph in _PARAGRAPH.split(text):
        if paragraph.strip():
            if said:
                yield Pause(_PARAGRAPH_PAUSE)
            yield Say(paragraph)
            said = True


def _entry(entry: str, at: int) -> tuple[str, str]:
    word, slash, sound = entry.partition("/")
    if not (slash and word.strip() and sound.strip()):
        raise RenderError(
            f"pronunciations[{at}] {entry[:60]!r} does not say how a word is said.",
            hint="Write word/sound: omg/oh my god, or 处理/(chu3)(li3).",
            param="pronunciations",
        ).because("pronunciation_wrong", param="pronunciations", given=entry[:60])
    return word.strip().lower(), sound.strip()


def _whole(word: str) -> str:
    """A pattern for the word on its own; letters of scripts that put no blanks between words match anywhere."""
    body = re.escape(word)
    before = r"(?<![^\W_])" if word[0].isascii() else ""
    return before + body + (r"(?![^\W_])" if word[-1].isascii() else "")


def _replaced(say: Say, pattern: re.Pattern[str], sounds: dict[str, str], base: str) -> Iterator[Say]:
    at = 0
    for found in pattern.finditer(say.text):
        if found.start() > at:
            yield replace(say, text=say.text[at : found.start()])
        yield _sounding(say, found.group(), sounds[found.group().lower()], base)
        at = found.end()
    if at < len(say.text):
        yield replace(say, text=say.text[at:])


def _sounding(say: Say, word: str, sound: str, base: str) -> Say:
    if not _SYLLABLES.fullmatch(sound):
        return replace(say, text=sound.replace("(", " ").replace(")", " ").strip(), shown=word)
    syllables = " ".join(re.findall(r"\(([^)]+)\)", sound.lower()))
    letters = "yue-latn-jyutping" if (say.language or base) == "yue" else "cmn-latn-pinyin"
    return replace(say, text=syllables, language=letters, shown=word)
