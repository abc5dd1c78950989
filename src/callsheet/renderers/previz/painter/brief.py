"""Reads a prompt, English or Chinese, into what a painter needs: setting, time, weather, colours, mood and subjects.

It matches words against a vocabulary and claims nothing beyond it: where no setting is named and no subject implies
one, the setting is the studio.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from callsheet.renderers.previz.painter import figures

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]")
# Chinese numbers stand right before their noun; English ones may be followed by a few describing words.
_REACH = 5
_MOST = 9


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of thing the prompt names: the figure that stands for it, how many, and its colour if one was said."""

    figure: str
    count: int = 1
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """What was read. `named`: the prompt itself gave the setting; `close`: it wants a close shot of its one subject.

    `shore` is what rises from the sea where that is the setting: cliff, heights, or nothing.
    """

    prompt: str
    setting: str = "studio"
    named: bool = False
    time: str = "day"
    weather: str = "clear"
    colours: tuple[str, ...] = ()
    warmth: int = 0
    mood: str = "calm"
    style: str = "plain"
    subjects: tuple[Subject, ...] = ()
    close: bool = False
    shore: str = ""


@dataclass(frozen=True, slots=True)
class _Hit:
    at: int
    kinds: tuple[tuple[str, str], ...]


def read(prompt: str, negative: str = "") -> Brief:
    """Read a prompt; what `negative` names is left out."""
    hits = list(_scan(prompt))
    said: dict[str, list[str]] = {}
    for hit in hits:
        for kind, value in hit.kinds:
            said.setdefault(kind, []).append(value)
    refused = {value for hit in _scan(negative) for kind, value in hit.kinds if kind == "figure"}
    subjects = tuple(s for s in _subjects(hits) if s.figure not in refused)
    setting = _setting(said, subjects)
    owned = {s.colour for s in subjects}
    warmth = said.get("warmth", [])
    return Brief(
        prompt=prompt,
        setting=setting or "studio",
        named=setting is not None,
        time=_time(said, setting),
        weather=_weather(said),
        colours=tuple(dict.fromkeys(c for c in _scheme(hits) if c not in owned))[:3],
        warmth=(1 if warmth[0] == "warm" else -1) if warmth else 0,
        mood=said.get("mood", ["calm"])[0],
        style=said.get("style", ["plain"])[0],
        subjects=subjects[:6],
        close="framing" in said and len(subjects) == 1 and subjects[0].count == 1,
        shore=_shore(said) if setting == "sea" else "",
    )


def _scheme(hits: list[_Hit]) -> Iterator[str]:
    """Colour words that speak of the whole picture: one right before a place's name (a green field) is that place's."""
    for hit, after in zip(hits, [*hits[1:], _Hit(10_000, ())], strict=False):
        kinds = dict(hit.kinds)
        if "colour" in kinds and not ("setting" in dict(after.kinds) and after.at - hit.at <= 2):
            yield kinds["colour"]


def _shore(said: dict[str, list[str]]) -> str:
    return next((rise for rise in ("cliff", "heights") if rise in said.get("shore", [])), "")


def _coast(said: dict[str, list[str]], subjects: tuple[Subject, ...]) -> bool:
    """Whether land and sea are named together: a cliff with waves, mountains by the sea, a lighthouse on a cliff."""
    named, shore = said.get("setting", []), said.get("shore", [])
    if any(other in named for other in ("harbour", "lake", "underwater", "space", "city", "room")):
        return False
    if "cliff" in shore:
        return "sea" in named or any(s.figure == "lighthouse" for s in subjects)
    return "heights" in shore and "sea" in shore


def _setting(said: dict[str, list[str]], subjects: tuple[Subject, ...]) -> str | None:
    named = said.get("setting", [])
    if _coast(said, subjects):
        return "sea"
    # "A mountain lake" is a lake (with mountains); "a street in the city" is a street, a desert road is desert.
    wild = any(n in named for n in ("desert", "field", "mountains", "forest", "snow", "sea"))
    for first in ("underwater", "space", "harbour", "lake", *(() if wild else ("street",)), "room"):
        if first in named:
            return first
    if named:
        last = [n for n in named if n not in ("sky", "street")]
        return last[0] if last else named[0]
    homes = [figures.load()[s.figure].home for s in subjects]
    homes = [h for h in homes if h]
    # A fox in the snow stands out of doors, though no place is named.
    outside = {"snow": "snow", "clear": None}.get(_weather(said), "field") if subjects else None
    return homes[0] if homes else outside


def _time(said: dict[str, list[str]], setting: str | None) -> str:
    times = said.get("time", [])
    for strong in ("golden", "dusk", "night", "dawn"):
        if strong in times:
            return strong
    if times:
        return times[0]
    if setting == "space" or "neon" in said.get("style", []):
        return "night"
    return "day"


def _weather(said: dict[str, list[str]]) -> str:
    weathers = said.get("weather", [])
    for strong in ("storm", "snow", "rain", "fog", "cloudy"):
        if strong in weathers:
            return strong
    return "clear"


def _subjects(hits: list[_Hit]) -> Iterator[Subject]:
    count, counted_at, colour, coloured_at, no_at = 1, -99, None, -99, -99
    seen: set[str] = set()
    for hit in hits:
        kinds = dict(hit.kinds)
        if "count" in kinds:
            count, counted_at = int(kinds["count"]), hit.at
        elif "no" in kinds:
            no_at = hit.at
        elif "figure" in kinds:
            name = kinds["figure"]
            usual = figures.load()[name].usual
            if hit.at - no_at > _REACH and name not in seen:
                seen.add(name)
                many = count if hit.at - counted_at <= _REACH and not ("plural" in kinds and count == 1) else 0
                many = many or (max(3, usual) if "plural" in kinds else usual)
                yield Subject(name, min(_MOST, many), colour if hit.at - coloured_at <= 3 else None)
            count, counted_at, colour, coloured_at = 1, -99, None, -99
        elif "colour" in kinds:
            colour, coloured_at = kinds["colour"], hit.at


def _scan(text: str) -> Iterator[_Hit]:
    """The vocabulary's words in the text, the longest first at each place; a word is read once."""
    tokens = _TOKEN.findall(text.lower())
    known, longest = _vocabulary()
    at = 0
    while at < len(tokens):
        for size in range(min(longest, len(tokens) - at), 0, -1):
            kinds = known.get(_key(tokens[at : at + size]))
            if kinds:
                if kinds[0][0] != "skip":
                    yield _Hit(at + size - 1, _plural(tokens[at + size - 1], kinds))
                at += size
                break
        else:
            if tokens[at].isdigit() and 0 < int(tokens[at][:3]) <= 99:
                yield _Hit(at, (("count", str(min(_MOST, int(tokens[at][:3])))),))
            at += 1


def _plural(token: str, kinds: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return (*kinds, ("plural", "")) if token.isascii() and _single(token) != token else kinds


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[dict[str, tuple[tuple[str, str], ...]], int]:
    """Every phrase by its key, with all it means, and the length of the longest in tokens."""
    text = files("callsheet.renderers.previz.painter").joinpath("words.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, str]] = tomllib.loads(text)
    tables["figure"] = {name: figure.words for name, figure in figures.load().items()}
    known: dict[str, list[tuple[str, str]]] = {}
    longest = 1
    for kind, table in tables.items():
        for value, phrases in table.items():
            for phrase in phrases.split("|"):
                tokens = _TOKEN.findall(phrase.lower())
                longest = max(longest, len(tokens))
                known.setdefault(_key(tokens), []).append((kind, value))
    return {key: tuple(kinds) for key, kinds in known.items()}, longest


def _key(tokens: list[str]) -> str:
    return " ".join([*tokens[:-1], _single(tokens[-1])])


_ODD = {"people": "person", "men": "man", "women": "woman", "children": "child", "wolves": "wolf", "leaves": "leaf"}
_WHOLE = frozenset(
    [
        "waves",
        "clouds",
        "hills",
        "woods",
        "bus",
        "cactus",
        "canvas",
        "pass",
        "grass",
        "glass",
        "pans",
        "octopus",
        "stairs",
        "plus",
        "us",
        "is",
        "as",
    ]
)


def _single(token: str) -> str:
    """An English noun without its plural ending."""
    if token in _ODD:
        return _ODD[token]
    if len(token) < 4 or token in _WHOLE or not token.endswith("s") or token.endswith("ss"):
        return token
    if token.endswith("ies"):
        return token[:-3] + "y"
    if token.endswith(("shes", "ches", "xes", "sses", "buses")):
        return token[:-2]
    return token[:-1]
