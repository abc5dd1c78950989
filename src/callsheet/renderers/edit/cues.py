"""Subtitles as cues, each with its text and seconds: read from SRT and WebVTT, or gathered from the times of words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from callsheet.errors import RenderError

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_ARROW = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}")
_INNER = re.compile(rf"<{_TIME}>")
_TAG = re.compile(r"<[^<>]*>|\{[^{}]*\}")
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
_ENDS = re.compile(r"[.!?…。！？]['\"”’」』)]*$")
_PAUSES = re.compile(r"[,;:，、；：—]['\"”’」』)]*$")
_CLOSING = re.compile(r"^[，。、；：？！）】》」』”’…,.;:?!)\]}%]")

COLUMNS = 42
"""How long a cue made of words gets at most, in Latin letters; a wide character counts two."""
LONGEST, PAUSE, STAYS = Fraction(6), Fraction(7, 10), Fraction(3, 10)
"""Seconds: how long a cue of words stays at most, which silence ends it, and how long it stays after its last word."""


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of a cue's text, from character `begin` to `end` of it, spoken from `start` seconds on."""

    begin: int
    end: int
    start: Fraction


@dataclass(frozen=True, slots=True)
class Cue:
    """What is to be read from `start` to `end` seconds; a line break in the text is one on the picture."""

    start: Fraction
    end: Fraction
    text: str
    words: tuple[Word, ...] = ()

    def spoken(self, seconds: Fraction) -> Word | None:
        """The word that is being spoken."""
        return next((word for word in reversed(self.words) if word.start <= seconds), None)


def cues(given: Mapping[str, Any]) -> list[Cue]:
    """The cues that `subtitles`, `cues` or `words` describe, `offset` seconds later, by their start.

    Raises RenderError, with the param, where there is none or one ends before it begins.
    """
    if "subtitles" in given:
        found = list(parsed(given["subtitles"]))
        name = "subtitles"
    elif "cues" in given:
        found = [Cue(_seconds(row["start"]), _seconds(row["end"]), row["text"].strip()) for row in given["cues"]]
        name = "cues"
    else:
        found = list(gathered(given["words"]))
        name = "words"
    if not found:
        raise RenderError(
            f"{name} holds no subtitle.",
            hint="SRT and WebVTT have lines like 00:00:01,000 --> 00:00:02,500.",
            param=name,
        ).because("no_subtitle", param=name)
    wrong = next((cue for cue in found if cue.end <= cue.start), None)
    if wrong:
        said = f"The subtitle {wrong.text[:40]!r} ends at {float(wrong.end):g} s, before it begins."
        hint = f"It begins at {float(wrong.start):g} s."
        raise RenderError(said, hint=hint, param=name).because("cue_backwards", param=name, text=wrong.text[:40])
    return sorted((_later(cue, _seconds(given.get("offset", 0))) for cue in found), key=lambda cue: cue.start)


def parsed(text: str) -> Iterator[Cue]:
    """The cues of an SRT or WebVTT file's text: markup is left out, times inside a cue become its words."""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")):
        lines = block.strip("\n").split("\n")
        place, times = next(((i, m) for i, line in enumerate(lines) if (m := _ARROW.match(line))), (0, None))
        if times is None:
            continue
        start, end = _stamp(times.groups()[:4]), _stamp(times.groups()[4:])
        words, said = _inside("\n".join(line.strip() for line in lines[place + 1 :]), start)
        if said:
            yield Cue(start, end, said, words)


def gathered(rows: Sequence[Mapping[str, Any]]) -> Iterator[Cue]:
    """Words gathered into cues: a sentence's end, a pause, or too long a line ends one, best after a comma."""
    held: list[tuple[str, Fraction, Fraction]] = []
    for row in rows:
        word = (row["text"].strip(), _seconds(row["start"]), _seconds(row["end"]))
        if held and _breaks(held, word):
            cut = _cut(held) if not _ENDS.search(held[-1][0]) and word[1] - held[-1][2] < PAUSE else len(held)
            yield _cue(held[:cut], held[cut][1] if cut < len(held) else word[1])
            held = held[cut:]
        if word[0]:
            held.append(word)
    if held:
        yield _cue(held, held[-1][2] + STAYS)


def _breaks(held: Sequence[tuple[str, Fraction, Fraction]], word: tuple[str, Fraction, Fraction]) -> bool:
    joined = _joined([*(one[0] for one in held), word[0]])[0]
    over = columns(joined) > 2 * COLUMNS or word[2] - held[0][1] > LONGEST
    return bool(over or _ENDS.search(held[-1][0]) or word[1] - held[-1][2] >= PAUSE)


def _cut(held: Sequence[tuple[str, Fraction, Fraction]]) -> int:
    """After which word a line that is too long breaks: the last comma of its second half, else where it is full."""
    places = [place for place in range(len(held), len(held) // 2, -1) if _PAUSES.search(held[place - 1][0])]
    return places[0] if places else len(held)


def _cue(held: Sequence[tuple[str, Fraction, Fraction]], following: Fraction) -> Cue:
    text, spans = _joined([word for word, _, _ in held])
    words = tuple(Word(begin, end, start) for (begin, end), (_, start, _) in zip(spans, held, strict=True))
    last = max(held[-1][2], held[0][1] + Fraction(1, 10))
    return Cue(held[0][1], max(last, min(last + STAYS, following)), text, words)


def columns(text: str) -> int:
    """How wide a text is in Latin letters."""
    return len(text) + len(_WIDE.findall(text))


def _joined(words: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The words as a text, and where in it each stands: a blank between them but beside Chinese and before a comma."""
    text, spans = "", list[tuple[int, int]]()
    for word in words:
        tight = not text or _WIDE.match(text[-1]) or _WIDE.match(word) or _CLOSING.match(word)
        text += "" if tight else " "
        spans.append((len(text), len(text) + len(word)))
        text += word
    return text, spans


def _inside(marked: str, start: Fraction) -> tuple[tuple[Word, ...], str]:
    """A cue's text without its markup, and its words where it has times inside."""
    said, words, since = "", list[Word](), start
    pieces = _INNER.split(marked)
    for place in range(0, len(pieces), 5):
        piece = html.unescape(_TAG.sub("", pieces[place]))
        begin = len(said) + len(piece) - len(piece.lstrip())
        if piece.strip():
            words.append(Word(begin, len(said) + len(piece.rstrip()), since))
        said += piece
        if place + 4 < len(pieces):
            since = _stamp(pieces[place + 1 : place + 5])
    return (tuple(words) if len(pieces) > 1 else ()), said.rstrip()


def _stamp(parts: Iterable[str | None]) -> Fraction:
    hours, minutes, seconds, rest = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + Fraction(int((rest or "0").ljust(3, "0")), 1000)


def _seconds(number: float) -> Fraction:
    return Fraction(number).limit_denominator(1_000_000)


def _later(cue: Cue, offset: Fraction) -> Cue:
    words = tuple(Word(word.begin, word.end, word.start + offset) for word in cue.words)
    return Cue(cue.start + offset, cue.end + offset, cue.text, words)
