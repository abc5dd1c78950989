"""Reads a prompt, English or Chinese, into what a painter needs: setting, time, weather, colours, mood and subjects.

It matches words against a vocabulary and claims nothing beyond it: where no setting is named and no subject implies
one, the setting is the studio.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from callsheet.renderers.previz.painter import binding, figures
from callsheet.renderers.previz.painter.binding import Bound
from callsheet.renderers.previz.painter.lexicon import MOST, Hit, scan, tokens

# Chinese numbers stand right before their noun; English ones may be followed by a few describing words.
_REACH = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of thing the prompt names: the figure that stands for it, how many, and its colour if one was said.

    `parts` are the colours said of its parts, by their role in the drawing: red hair, a blue roof.
    """

    figure: str
    count: int = 1
    colour: str | None = None
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """What was read. `named`: the prompt itself gave the setting; `close`: it wants a close shot of its one subject.

    `shore` is what rises from the sea where that is the setting: cliff, heights, or nothing. `colours` are those of
    the picture as a whole, `tints` those said of one element of the scene: sky, ground, wall, table, water ...
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
    tints: tuple[tuple[str, str], ...] = ()

    def tint(self, element: str) -> str | None:
        """The colour said of an element of the scene, `#rrggbb`, None where none was."""
        return dict(self.tints).get(element)


def read(prompt: str, negative: str = "") -> Brief:
    """Read a prompt; what `negative` names is left out."""
    words = tokens(prompt)
    hits = _patched(list(scan(words)))
    bound = binding.bind(words, hits)
    said: dict[str, list[str]] = {}
    for hit in hits:
        for kind, value in hit.kinds:
            said.setdefault(kind, []).append(value)
    refused = {value for hit in scan(tokens(negative)) for kind, value in hit.kinds if kind == "figure"}
    subjects = tuple(s for s in _subjects(hits, bound) if s.figure not in refused)
    setting, tints = _setting(said, subjects), _tints(said, bound)
    warmth = said.get("warmth", [])
    return Brief(
        prompt=prompt,
        setting=setting or "studio",
        named=setting is not None,
        time=_time(said, setting),
        weather=_weather(said),
        colours=_scheme(bound, setting, subjects),
        warmth=(1 if warmth[0] == "warm" else -1) if warmth else 0,
        mood=said.get("mood", ["calm"])[0],
        style=said.get("style", ["plain"])[0],
        subjects=tuple(_in_season(s, dict(tints)) for s in subjects[:6]),
        close="framing" in said and len(subjects) == 1 and subjects[0].count == 1,
        shore=_shore(said) if setting == "sea" else "",
        tints=tints,
    )


def _patched(hits: list[Hit]) -> list[Hit]:
    """A black and white cat is no black-and-white picture: before a thing, the words are its colours."""
    made: list[Hit] = []
    for index, hit in enumerate(hits):
        touching = any("figure" in after.said and after.start - hit.at <= 2 for after in hits[index + 1 : index + 2])
        patched = touching and "patches" in hit.said
        made.append(replace(hit, kinds=(("colour", "#23262e"), ("patches", ""))) if patched else hit)
    return made


def _scheme(bound: Bound, setting: str | None, subjects: tuple[Subject, ...]) -> tuple[str, ...]:
    """The colours of the whole picture; those of unknown things count only where nothing else was understood."""
    lost = bound.nowhere if setting in (None, "studio") and not subjects else []
    return tuple(dict.fromkeys([*bound.scheme, *lost]))[:3]


def _tints(said: dict[str, list[str]], bound: Bound) -> tuple[tuple[str, str], ...]:
    """What is said of the elements, then what a season does to leaves and grass."""
    found = dict(bound.tints)
    for season in said.get("season", []):
        for element, code in _SEASONS[season]:
            found.setdefault(element, code)
    return tuple(found.items())


def _in_season(subject: Subject, tints: dict[str, str]) -> Subject:
    leafy = subject.figure == "tree" and subject.colour is None
    return replace(subject, colour=tints.get("leaves")) if leafy else subject


_SEASONS = {"autumn": (("leaves", "#d0772c"), ("ground", "#b98f45"))}


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
    if named == ["sky"] * len(named) and "clouds" not in said and any(_grounded(s) for s in subjects):
        named = []
    if named:
        last = [n for n in named if n not in ("sky", "street")]
        return last[0] if last else named[0]
    homes = [figures.load()[s.figure].home for s in subjects]
    homes = [h for h in homes if h]
    # A fox in the snow stands out of doors, though no place is named; so does a house under a purple sky.
    weather = "air" if _open_air(said) and _weather(said) == "clear" else _weather(said)
    outside = {"snow": "snow", "clear": None}.get(weather, "field") if subjects or weather == "air" else None
    return homes[0] if homes else outside


def _open_air(said: dict[str, list[str]]) -> bool:
    return "season" in said or any(e in ("sky", "clouds", "leaves") for e in said.get("element", []))


def _grounded(subject: Subject) -> bool:
    """Whether it stands on land: a house under a purple sky is not up in the clouds."""
    return figures.load()[subject.figure].stands in ("ground", "table", "water")


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


def _subjects(hits: list[Hit], bound: Bound) -> Iterator[Subject]:
    count, counted_at, no_at = 1, -99, -99
    found: dict[str, Subject] = {}
    for index, hit in enumerate(hits):
        kinds = hit.said
        if "count" in kinds:
            count, counted_at = int(kinds["count"]), hit.at
        elif "no" in kinds:
            no_at = hit.at
        elif "figure" in kinds:
            name = kinds["figure"]
            if hit.at - no_at > _REACH:
                one = _subject(hits, index, count if hit.at - counted_at <= _REACH else 0, bound)
                found[name] = _merged(found[name], one) if name in found else one
            count, counted_at = 1, -99
    yield from found.values()


def _subject(hits: list[Hit], index: int, count: int, bound: Bound) -> Subject:
    kinds = hits[index].said
    name = kinds["figure"]
    usual = figures.load()[name].usual
    many = 0 if "plural" in kinds and count == 1 else count
    many = many or (max(3, usual) if "plural" in kinds else usual)
    parts = dict(bound.parts.get(index, {}))
    if index and "patches" in hits[index - 1].said:
        parts.setdefault("light", "#f4f1ea")
    return Subject(name, min(MOST, many), bound.subjects.get(index, kinds.get("own")), tuple(parts.items()))


def _merged(one: Subject, again: Subject) -> Subject:
    """A thing that is named twice: a sailboat with red sails."""
    return replace(
        one, colour=one.colour or again.colour, parts=tuple({**dict(again.parts), **dict(one.parts)}.items())
    )
