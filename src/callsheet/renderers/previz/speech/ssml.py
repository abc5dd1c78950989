"""Reads SSML without trusting it: what is known is followed, the rest is read through and noted, nothing is fetched."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from xml.etree.ElementTree import ParseError, XMLParser
from xml.parsers import expat

from callsheet.errors import RenderError
from callsheet.renderers.previz.speech.script import Pause, Piece, Say, Script, pause
from callsheet.renderers.previz.speech.tongues import speaks

_OPENING = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE\b.*?)?<speak[\s>]", re.DOTALL)
_SILENT = -96.0
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

_RATES = MappingProxyType({"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.35, "x-fast": 1.75})
_PITCHES = MappingProxyType({"x-low": -6.0, "low": -3.0, "medium": 0.0, "default": 0.0, "high": 3.0, "x-high": 6.0})
_RANGES = MappingProxyType({"x-low": 0.3, "low": 0.6, "medium": 1.0, "default": 1.0, "high": 1.4, "x-high": 1.8})
_VOLUMES = MappingProxyType(
    {"silent": _SILENT, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 4.0, "x-loud": 8.0}
)
_STRENGTHS = MappingProxyType({"none": 0.0, "x-weak": 0.1, "weak": 0.25, "medium": 0.5, "strong": 0.9, "x-strong": 1.4})
_EMPHASES = MappingProxyType(
    {"strong": (0.85, 2.0, 3.0), "moderate": (0.92, 1.0, 1.5), "reduced": (1.1, -1.0, -2.0), "none": (1.0, 0.0, 0.0)}
)
_AFTER = MappingProxyType({"p": 0.45, "s": 0.2})
_SPELT = frozenset({"characters", "spell-out", "verbatim", "digits", "telephone"})
_AS_READ = frozenset(
    {"cardinal", "number", "ordinal", "date", "time", "currency", "unit", "fraction", "address", "name"}
)
_THROUGH = frozenset({"speak", "p", "s", "w", "token", "voice", "lang"})


def is_ssml(text: str) -> bool:
    """Whether a text says of itself that it is SSML: it begins with <speak>, perhaps after an XML prologue."""
    return _OPENING.match(text) is not None


def read(text: str) -> Script:
    """The pieces of an SSML document. RenderError, with the place, where it is not well-formed or brings entities."""
    reader = _Reader()
    parser = XMLParser(target=reader)
    try:
        parser.feed(text.strip())
        parser.close()
    except ParseError as error:
        line, column = error.position
        raise RenderError(
            f"The text begins with <speak> but is not well-formed SSML: {expat.ErrorString(error.code)} in line "
            f"{line}, column {column + 1}.",
            hint="Close every tag and write & as &amp;, or leave out <speak> to have the text read as it stands.",
            param="text",
        ).because("ssml_broken", param="text", line=line, column=column + 1) from error
    return Script(tuple(reader.pieces), tuple(dict.fromkeys(reader.notes)))


@dataclass(frozen=True, slots=True)
class _Style:
    """How text is spoken inside an element."""

    say: Say
    spelt: bool = False
    instead: str | None = None


class _Reader:
    """Follows the elements with a stack of styles; every one opened is one style deeper."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.notes: list[str] = []
        self._heard: list[str] = []
        self._styles = [_Style(Say(""))]
        self._known: Mapping[str, Callable[[_Style, Mapping[str, str]], _Style]] = {
            "prosody": self._prosody,
            "emphasis": self._emphasis,
            "say-as": self._say_as,
            "sub": self._sub,
            "break": self._break,
            "mark": lambda style, _: style,
            **dict.fromkeys(_THROUGH, self._through),
        }

    def start(self, name: str, given: Mapping[str, str]) -> None:
        self._words()
        style = self._styles[-1]
        name = name.rpartition("}")[2]
        follow = self._known.get(name)
        if follow is None:
            self.notes.append(f"<{name[:40]}> is not followed: what stands in it is read.")
        self._styles.append(follow(style, given) if follow else style)

    def end(self, name: str) -> None:
        self._words()
        style, name = self._styles.pop(), name.rpartition("}")[2]
        if style.instead is not None and self._styles[-1].instead is None:
            self._add(replace(style.say, text=style.instead), style.say.shown)
        if name in _AFTER and self.pieces:
            self.pieces.append(Pause(_AFTER[name]))

    def data(self, text: str) -> None:
        self._heard.append(text)

    def doctype(self, *_: object) -> None:
        raise RenderError(
            "SSML with a document type is not read: it could bring entities.",
            hint="Leave out <!DOCTYPE>.",
            param="text",
        ).because("ssml_doctype", param="text")

    def close(self) -> None:
        pass

    def _words(self) -> None:
        style = self._styles[-1]
        text = re.sub(r"\s+", " ", "".join(self._heard))
        self._heard.clear()
        if style.instead is not None:
            # What stands in <sub> is what is shown; its alias is spoken when it ends.
            shown = ((style.say.shown or "") + text).strip()
            self._styles[-1] = replace(style, say=replace(style.say, shown=shown))
        elif text:
            spelt = " ".join(letter for letter in text if not letter.isspace())
            self._add(
                replace(style.say, text=spelt if style.spelt else text),
                text.strip() if style.spelt and text.strip() else None,
            )

    def _add(self, say: Say, shown: str | None) -> None:
        self.pieces.append(replace(say, shown=shown))

    def _through(self, style: _Style, given: Mapping[str, str]) -> _Style:
        if "name" in given:
            self.notes.append(f"<voice name={given['name'][:60]!r}>: one voice speaks the whole text.")
        language = given.get(_LANGUAGE)
        return replace(style, say=replace(style.say, language=speaks(language))) if language else style

    def _prosody(self, style: _Style, given: Mapping[str, str]) -> _Style:
        say = style.say
        rate, pitch = self._read(given, "rate", _rate), self._read(given, "pitch", _pitch)
        span, gain = self._read(given, "range", _range), self._read(given, "volume", _volume)
        return replace(
            style,
            say=replace(
                say,
                rate=say.rate * (1.0 if rate is None else rate),
                pitch=say.pitch + (pitch or 0.0),
                range=say.range * (1.0 if span is None else span),
                gain=max(_SILENT, say.gain + (gain or 0.0)),
            ),
        )

    def _read(self, given: Mapping[str, str], name: str, meaning: Callable[[str], float | None]) -> float | None:
        if name not in given:
            return None
        found = meaning(given[name].strip().lower())
        if found is None or not math.isfinite(found):
            self.notes.append(f"<prosody {name}={given[name][:40]!r}> is not followed.")
            return None
        return found

    def _emphasis(self, style: _Style, given: Mapping[str, str]) -> _Style:
        rate, pitch, gain = _EMPHASES.get(given.get("level", "moderate"), _EMPHASES["moderate"])
        say = style.say
        return replace(style, say=replace(say, rate=say.rate * rate, pitch=say.pitch + pitch, gain=say.gain + gain))

    def _say_as(self, style: _Style, given: Mapping[str, str]) -> _Style:
        meant = given.get("interpret-as", "")
        if meant not in _SPELT | _AS_READ:
            self.notes.append(f"<say-as interpret-as={meant[:40]!r}> is not followed: it is read as it stands.")
        return replace(style, spelt=meant in _SPELT)

    def _sub(self, style: _Style, given: Mapping[str, str]) -> _Style:
        return replace(style, instead=given["alias"]) if given.get("alias", "").strip() else style

    def _break(self, style: _Style, given: Mapping[str, str]) -> _Style:
        seconds = _time(given["time"]) if "time" in given else _STRENGTHS.get(given.get("strength", "medium"))
        if seconds is None:
            self.notes.append(f"<break {given}> is not followed."[:100])
        elif seconds:
            self.pieces.append(pause(seconds))
        return style


def _time(said: str) -> float | None:
    found = re.fullmatch(r"\+?(\d+(?:\.\d+)?|\.\d+)(ms|s)", said.strip().lower())
    return float(found[1]) / (1000 if found[2] == "ms" else 1) if found else None


def _rate(said: str) -> float | None:
    if said in _RATES:
        return _RATES[said]
    found = _number(said, "%")
    if found is not None:
        return max(0.1, 1 + found / 100) if said[0] in "+-" else max(0.1, found / 100)
    plain = _number(said, "")
    return plain if plain is not None and plain > 0 and said[0] not in "+-" else None


def _pitch(said: str) -> float | None:
    if said in _PITCHES:
        return _PITCHES[said]
    semitones = _number(said, "st")
    if semitones is not None:
        return semitones
    percent = _number(said, "%")
    return 12 * math.log2(1 + percent / 100) if percent is not None and percent > -90 else None


def _range(said: str) -> float | None:
    if said in _RANGES:
        return _RANGES[said]
    percent = _number(said, "%")
    return max(0.0, 1 + percent / 100) if percent is not None else None


def _volume(said: str) -> float | None:
    if said in _VOLUMES:
        return _VOLUMES[said]
    decibels = _number(said, "db")
    if decibels is not None:
        return decibels
    share = _number(said.removesuffix("%"), "")
    if share is None or said[0] in "+-":
        return None
    return 20 * math.log10(share / 100) if share > 0 else _SILENT


def _number(said: str, unit: str) -> float | None:
    found = re.fullmatch(rf"([+-]?\d+(?:\.\d+)?){unit}", said)
    return float(found[1]) if found else None
