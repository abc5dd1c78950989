"""When each cue sounds: steps in their order, beds under them, what repeats and what happens so many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from callsheet.renderers.previz.effects.cue import Cue
from callsheet.renderers.previz.effects.noise import at

_AGAIN, _BREATH, _LEAST = 4.0, 0.35, 1.0
"""Seconds between two occasions of one sound; after a step; that a step which could go on for ever gets at least."""


@dataclass(frozen=True, slots=True)
class Play:
    """One cue in time: from sample `start` to `end`, struck at `hits`; a bed has none and sounds all the while."""

    cue: Cue
    start: int
    end: int
    hits: tuple[int, ...] = ()


def plan(cues: Sequence[Cue], count: int, throw: np.random.Generator) -> tuple[Play, ...]:
    """Place the cues in `count` samples. Every cue is heard, and a counted one exactly as often as it says."""
    if not cues:
        return ()
    last = cues[-1].step
    starts = [*_starts(cues, count), count]
    plays: list[Play] = []
    for cue in cues:
        start, end = starts[cue.step], starts[cue.step + 1]
        if cue.recipe.bed:
            later = [other.step for other in cues if other.recipe.bed and other.step > cue.step]
            plays.append(Play(cue, start, starts[min(later)] if later else count))
        else:
            ring = count if cue.step == last or not cue.recipe.repeats else end
            plays.append(Play(cue, start, ring, _hits(cue, start, end, throw, alone=last == 0)))
    return tuple(plays)


def _starts(cues: Sequence[Cue], count: int) -> list[int]:
    """Where each step begins: what happens gets the time it needs, what goes on shares the rest."""
    steps = range(cues[-1].step + 1)
    open_ended = [any(_goes_on(cue) for cue in cues if cue.step == step) for step in steps]
    needs = [
        max([_LEAST if open_ended[step] else 0.0, *(_need(cue) for cue in cues if cue.step == step)]) for step in steps
    ]
    total = count / at(1.0)
    rest = total - sum(needs)
    if rest < 0:
        needs = [need * total / sum(needs) for need in needs]
    elif any(open_ended):
        needs = [need + rest / sum(open_ended) * goes for need, goes in zip(needs, open_ended, strict=True)]
    return [at(float(sum(needs[:step]))) for step in steps]


def _goes_on(cue: Cue) -> bool:
    return cue.recipe.bed or (cue.recipe.repeats and cue.count is None)


def _need(cue: Cue) -> float:
    if _goes_on(cue):
        return 0.0
    times = cue.count or cue.recipe.usual
    return (times - 1) * cue.recipe.every / cue.manner.pace + min(cue.recipe.seconds, 3.0) + _BREATH


def _hits(cue: Cue, start: int, end: int, throw: np.random.Generator, *, alone: bool) -> tuple[int, ...]:
    every = cue.recipe.every / cue.manner.pace
    span = (end - start) / at(1.0)
    if cue.count is not None:
        return _spaced(start, cue.count, min(every, span / cue.count), cue.recipe.loose, throw)
    if cue.recipe.repeats:
        times = 1 + int(max(0.0, span - 0.6 * cue.recipe.seconds) / every)
        return _spaced(start, times, every, cue.recipe.loose, throw, end)
    occasion = cue.recipe.seconds + (cue.recipe.usual - 1) * every
    again = max(_AGAIN, 1.6 * occasion)
    times = 1 + int(max(0.0, span - occasion) / again) if alone and cue.recipe.stretch is None else 1
    firsts = _spaced(start, times, again, 0.1, throw)
    every = min(every, span / cue.recipe.usual)
    return tuple(hit for first in firsts for hit in _spaced(first, cue.recipe.usual, every, cue.recipe.loose, throw))


def _spaced(
    start: int, times: int, every: float, loose: float, throw: np.random.Generator, end: int | None = None
) -> tuple[int, ...]:
    """`times` moments about `every` seconds apart; the first is exact, none reaches `end`."""
    sway = throw.uniform(-loose, loose, times) * every * 0.5
    sway[0] = 0.0
    made = [start + at(k * every + float(sway[k])) for k in range(times)]
    return tuple(hit for hit in made if end is None or hit < end)
