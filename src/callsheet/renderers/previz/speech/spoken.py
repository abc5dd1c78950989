"""What has been spoken so far: the sound without idle silence, and when every word and sentence in it is heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from callsheet.errors import RenderError
from callsheet.renderers.previz.speech import words
from callsheet.renderers.previz.speech.bend import bent
from callsheet.renderers.previz.speech.reading import Spell
from callsheet.renderers.previz.speech.script import Pause
from callsheet.renderers.previz.speech.talker import Heard
from callsheet.renderers.previz.speech.track import Track
from callsheet.renderers.previz.speech.worker import RATE

LONGEST = 7200.0
"""Seconds that one speech may last."""

_LEAD, _JOINT, _TAIL = 0.04, 0.03, 0.2
_SENTENCE_PAUSE = 0.4


@dataclass(frozen=True, slots=True)
class _Timed:
    """A word in the whole speech, in seconds; `first` is its place in the whole text."""

    text: str
    start: float
    end: float
    first: int
    opens: bool


@dataclass(slots=True)
class Spoken:
    """`add` every line and pause in order, then `close`. `track` holds the sound."""

    track: Track = field(default_factory=Track)
    _text: str = ""
    _words: list[_Timed] = field(default_factory=list[_Timed])
    _voices: dict[str, None] = field(default_factory=dict[str, None])
    _owed: float = 0.0
    _finished: bool = True

    def rest(self, pause: Pause) -> None:
        """Add a pause, which keeps its whole length."""
        self.track.pause(self._owed + pause.seconds)
        self._owed = 0.0
        self._finished = self._finished or pause.seconds >= _SENTENCE_PAUSE
        self._text += "\n"
        self._check()

    def add(self, spell: Spell, heard: Heard) -> None:
        """Add a line as it was spoken, cut to where it sounds; silence after a sentence is owed to what comes next."""
        heard = bent(heard, spell.bend)
        begin, end = words.sounding(words.loudness(heard.samples))
        if end == 0.0:
            return
        self.track.pause(self._owed)
        first = max(0, round((begin - _LEAD) * RATE))
        last = min(len(heard.samples), round((end + _JOINT) * RATE))
        self._keep(spell, heard, self.track.seconds - first / RATE)
        self.track.line(heard.samples[first:last], spell.gain)
        self._owed = (len(heard.samples) - last) / RATE if spell.line.ends else 0.0
        self._finished = spell.line.ends
        self._voices[heard.voice] = None
        self._check()

    def close(self) -> None:
        """End with a breath of silence. RenderError where nothing was heard at all."""
        if not self._words:
            raise RenderError("Nothing in this text can be spoken.", hint="Give some words.", param="text").because(
                "nothing_to_say", param="text"
            )
        self.track.pause(min(self._owed, _TAIL) if self._owed else _TAIL - _JOINT)
        self._owed = 0.0

    def told(self) -> dict[str, Any]:
        """`words` and `sentences` as {text, start, end} in seconds, and the synthesiser's `voices` that were heard."""
        return {
            "words": [_fact(word.text, word.start, word.end) for word in self._words],
            "sentences": [_fact(*sentence) for sentence in self._sentences()],
            "voices": list(self._voices),
        }

    def _keep(self, spell: Spell, heard: Heard, offset: float) -> None:
        self._text += spell.before
        text = spell.line.text if spell.shown is None else spell.shown
        for at, word in enumerate(words.words(spell.line.text, heard, spell.shown)):
            opens = self._finished if at == 0 else word.opens
            first = len(self._text) + word.first
            self._words.append(_Timed(word.text, offset + word.start, offset + word.end, first, opens))
        self._text += text

    def _sentences(self) -> list[tuple[str, float, float]]:
        opening = [index for index, word in enumerate(self._words) if word.opens or index == 0]
        made: list[tuple[str, float, float]] = []
        for first, after in zip(opening, [*opening[1:], len(self._words)], strict=True):
            until = self._words[after].first if after < len(self._words) else len(self._text)
            text = " ".join(self._text[self._words[first].first : until].split())
            made.append((text, self._words[first].start, self._words[after - 1].end))
        return made

    def _check(self) -> None:
        if self.track.seconds > LONGEST:
            raise RenderError(
                f"This speech would last more than {LONGEST / 3600:g} hours.",
                hint="Give the text in parts, or shorter pauses.",
                param="text",
            )


def _fact(text: str, start: float, end: float) -> dict[str, Any]:
    return {"text": text, "start": round(start, 3), "end": round(end, 3)}
