"""The shape of a piece: its bars in sections, and where the last chord falls so that it ends when it is asked to."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from callsheet.renderers.previz.music.brief import Brief

NATURAL_BARS = 28
"""How many bars a piece has that may last as long as it likes."""

_BEND = 0.05
"""How far a tempo that no one named may move, so that the bars fill the time."""

_LEVELS = {"intro": 0.35, "theme": 0.6, "build": 0.78, "climax": 1.0, "break": 0.42, "ending": 0.7, "sting": 0.9}
_CYCLE = ("theme", "build", "climax", "break")


@dataclass(frozen=True, slots=True)
class Section:
    """Some bars with one role. `level` 0..1 says how full the band plays; `round` counts its returns."""

    name: str
    first: int
    bars: int
    level: float
    round: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """Sections of whole bars from 0 on; the last chord begins at `last` seconds and has died away at `seconds`."""

    sections: tuple[Section, ...]
    seconds: float
    last: float
    tempo: float
    metre: int

    @property
    def beat(self) -> float:
        return 60.0 / self.tempo

    @property
    def bar(self) -> float:
        return self.beat * self.metre

    @property
    def bars(self) -> int:
        return sum(section.bars for section in self.sections)

    def at(self, bar: int) -> Section:
        """The section that a bar belongs to."""
        return next(section for section in self.sections if section.first <= bar < section.first + section.bars)


def natural(brief: Brief) -> float:
    """How long a piece is that nobody gave a length: a full form, in whole seconds."""
    return float(math.ceil(NATURAL_BARS * brief.metre * brief.pulses + _ring(60.0, brief)))


def plan(brief: Brief, seconds: float) -> Form:
    """The form of a piece of exactly that length; a tempo that the prompt does not name bends up to 5 % to fit."""
    ring = _ring(seconds, brief)
    bar = brief.pulses * brief.metre
    room = max(0.0, seconds - ring)
    bars = round(room / bar) if "tempo" not in brief.said else math.floor(room / bar)
    tempo = brief.tempo
    if "tempo" not in brief.said and bars:
        wanted = bars * brief.metre * 60.0 / room
        tempo = min(tempo * (1 + _BEND), max(tempo * (1 - _BEND), wanted))
        bars = bars if bars * brief.metre * 60.0 / tempo <= seconds - ring * 0.6 else bars - 1
    last = bars * brief.metre * 60.0 / tempo
    return Form(_sections(bars), seconds, last, tempo, brief.metre)


def with_levels(form: Form, levels: list[float]) -> Form:
    """The same form with a level of one's own for each section."""
    pairs = zip(form.sections, levels, strict=True)
    return replace(form, sections=tuple(replace(section, level=level) for section, level in pairs))


def _ring(seconds: float, brief: Brief) -> float:
    """How long the last chord may ring: a bar or so, less in short pieces."""
    return min(max(1.8, brief.pulses * brief.metre * 0.9), max(0.5, seconds * 0.35))


def _sections(bars: int) -> tuple[Section, ...]:
    if bars < 6:
        names = ("sting",) if bars < 3 else ("intro", "theme")
        return _laid(names, _shares([1.0] * len(names), bars, 1))
    unit = 4 if bars >= 40 else 2 if bars >= 14 else 1
    cycles = max(1, round(bars / 44))
    names = ["intro", *(_CYCLE * cycles)[:-1], "ending"]
    weights = [1.0, *([2.0, 1.0, 2.0, 1.0] * cycles)[:-1], 1.0]
    if bars < 2 * len(names):
        names, weights = ["intro", "theme", "climax", "ending"], [1.0, 2.0, 2.0, 1.0]
    return _laid(names, _shares(weights, bars, unit))


def _shares(weights: list[float], bars: int, unit: int) -> list[int]:
    """Whole units of bars by weight, at least one each; what is no whole unit goes to the last."""
    units = bars // unit
    ideal = [weight * units / sum(weights) for weight in weights]
    given = [max(1, math.floor(share)) for share in ideal] if units >= len(weights) else [1] * len(weights)
    order = sorted(range(len(weights)), key=lambda at: given[at] - ideal[at])
    step = 1 if sum(given) < units else -1
    for at in _changed(order if step > 0 else order[::-1], abs(units - sum(given)), given, step):
        given[at] += step
    made = [share * unit for share in given]
    made[-1] += bars - sum(made)
    return made


def _changed(order: list[int], count: int, given: list[int], step: int) -> list[int]:
    """Which of them change by one, round and round; none falls below one."""
    able = [at for at in order if step > 0 or given[at] > 1]
    return [able[k % len(able)] for k in range(count)] if able else []


def _laid(names: list[str] | tuple[str, ...], bars: list[int]) -> tuple[Section, ...]:
    made: list[Section] = []
    first = 0
    rounds: dict[str, int] = {}
    for name, count in zip(names, bars, strict=True):
        if count < 1:
            continue
        made.append(Section(name, first, count, _LEVELS[name], rounds.get(name, 0)))
        rounds[name] = rounds.get(name, 0) + 1
        first += count
    return tuple(made)
