"""When every word is heard: the synthesiser's marks joined to the words of the text, cut to where there is sound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.speech.talker import Heard
from callsheet.renderers.previz.speech.worker import RATE, SENTENCE, WORD

# Scripts that put no blanks between words: kana, bopomofo, Chinese, Thai, Lao, Myanmar, Khmer. Their words are what the
# synthesiser says they are.
_UNSPACED = (
    "\u3040-\u30ff\u3105-\u312f\u31a0-\u31ff\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_TOKEN = re.compile(rf"[{_UNSPACED}]+|[^\s{_UNSPACED}]+")
_SIGNS = ".,!?;:…—–-\"'“”‘’„«»()[]{}，。！？；：、（）《》「」『』【】"
_FRAME = RATE // 200
_AT_ONCE = 4096
_QUIET = 0.012
_LEAST = 0.02


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text, its time in seconds since its line began; `opens` says that a sentence begins here."""

    text: str
    start: float
    end: float
    first: int
    opens: bool


def words(line: str, heard: Heard, shown: str | None = None) -> list[Word]:
    """The words of one spoken line, in order and never overlapping. `shown` stands for the whole line as one word."""
    loud = loudness(heard.samples)
    length = len(heard.samples) / RATE
    if shown is not None:
        begun = [(0, 0, _bare(shown))] if shown.strip() else []
        opens = frozenset[int]()
    else:
        begun = list(_begun(line, [(sample, at) for kind, sample, at in heard.events if kind == WORD]))
        opens = _openings([first for _, first, _ in begun], [at for kind, _, at in heard.events if kind == SENTENCE])
    made: list[Word] = []
    for index, (sample, first, text) in enumerate(begun):
        until = begun[index + 1][0] / RATE if index + 1 < len(begun) else length
        start, end = _sounding(loud, sample / RATE, until)
        made.append(Word(text, start, end, first, first in opens))
    return made


def loudness(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """How loud each 5 ms are, as RMS from 0 to 1."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    made = np.empty(len(frames), np.float32)
    for start in range(0, len(frames), _AT_ONCE):
        part = frames[start : start + _AT_ONCE].astype(np.float32) / np.float32(32_768)
        made[start : start + _AT_ONCE] = np.sqrt((part * part).mean(axis=1))
    return made


def sounding(loud: NDArray[np.float32]) -> tuple[float, float]:
    """From when to when there is sound, in seconds; (0, 0) where there is none."""
    frames = np.flatnonzero(loud > _QUIET)
    return (float(frames[0]) * _FRAME / RATE, float(frames[-1] + 1) * _FRAME / RATE) if len(frames) else (0.0, 0.0)


def _begun(line: str, marks: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """(sample, character, text) of every word: marks inside one token count once, unspaced tokens are cut at each."""
    found: list[tuple[int, int]] = []
    spans = [(token.start(), token.end(), _unspaced(token.group())) for token in _TOKEN.finditer(line)]
    at = 0
    for sample, position in marks:
        while at < len(spans) and spans[at][1] <= position:
            at += 1
        if at == len(spans):
            break
        start, _, cut = spans[at]
        first = max(position, start) if cut else start
        if not found or first > found[-1][1]:
            found.append((sample, first))
    for index, (sample, first) in enumerate(found):
        until = found[index + 1][1] if index + 1 < len(found) else len(line)
        # From this word's first letter to the next word's: tokens without a mark of their own were spoken with it.
        text = _bare(line[first:until])
        if text:
            yield sample, first, text


def _unspaced(token: str) -> bool:
    return re.match(rf"[{_UNSPACED}]", token) is not None


def _bare(text: str) -> str:
    text = text.strip()
    return text.strip(_SIGNS + " \t\r\n") or text


def _openings(firsts: Sequence[int], sentences: Sequence[int]) -> frozenset[int]:
    """The first word at or after every mark of a sentence."""
    return frozenset(next((first for first in firsts if first >= at), -1) for at in sentences)


def _sounding(loud: NDArray[np.float32], start: float, until: float) -> tuple[float, float]:
    """The part of a stretch where there is sound; the stretch's first moment where there is none."""
    first, last = round(start * RATE / _FRAME), round(until * RATE / _FRAME)
    begin, end = sounding(loud[first:last])
    if end == 0.0:
        return start, min(until, start + _LEAST)
    return min(start + begin, until), min(start + end, until)
