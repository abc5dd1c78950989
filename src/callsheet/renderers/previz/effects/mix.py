"""Plays a plan: every sound made, dulled and set in its room, brought to its level, and laid where it belongs.

A sounding gives any stretch of the whole: voices are made once and kept, the whole never is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.effects.bodies import edge, lay
from callsheet.renderers.previz.effects.cue import Cue
from callsheet.renderers.previz.effects.level import factor, loudest
from callsheet.renderers.previz.effects.noise import Stereo, Throw, at, filtered
from callsheet.renderers.previz.effects.recipe import Recipe
from callsheet.renderers.previz.effects.timeline import Play, plan
from callsheet.renderers.sound.limiter import true_peak
from callsheet.renderers.sound.room import hall, reverb

CEILING = 10 ** (-1.0 / 20)
"""No wave rises above this, between samples neither: -1 dBTP."""

BLOCK = at(5)
"""Samples that are mixed at once."""

_LOOP = 16.0
_VOICES = 6
_COME, _GO, _CUT = 0.25, 0.4, 0.03

Dice = Callable[[str], Throw]
"""Chance by name: the same name gives the same chance, and one name's draws do not touch another's."""

Sounding = Callable[[int, int], Stereo]
"""Stereo float32 from one sample to another, a fresh array, the same whenever and in whatever pieces it is asked."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """A voice and the sample of the whole at which it begins."""

    voice: Stereo
    start: int
    gain: float = 1.0
    pan: float = 0.0


def played(plays: Sequence[Play], count: int, dice: Dice) -> Stereo:
    """The plan as stereo of `count` samples, at the levels its recipes claim; peaks are not yet under the ceiling."""
    return sounding(plays, count, dice)(0, count)


def sounding(plays: Sequence[Play], count: int, dice: Dice) -> Sounding:
    """The same, a stretch at a time. Every voice is made here, at most six a cue and 20 s each."""
    laid: list[_Laid] = []
    for index, play in enumerate(plays):
        throw = dice(f"{play.cue.recipe.name}/{index}")
        laid += _bed(play, count, throw) if play.cue.recipe.bed else _strikes(play, throw)

    def between(first: int, last: int) -> Stereo:
        canvas = np.zeros((last - first, 2), np.float32)
        for one in laid:
            if one.start < last and one.start + len(one.voice) > first:
                lay(canvas, one.voice, one.start - first, one.gain, one.pan)
        return canvas

    return between


def under_ceiling(between: Sounding, count: int) -> float:
    """By which factor the whole must be turned down, if need be, so that its true peak is at most -1 dBTP."""
    peak = max((true_peak(between(k, min(count, k + BLOCK + 64))) for k in range(0, count, BLOCK)), default=0.0)
    return 0.9995 * CEILING / peak if peak > CEILING else 1.0


def sample(recipe: Recipe, seed: int) -> Stereo:
    """What a claim is measured on: 5 s of a bed, or of what repeats and claims a pace; else one of its kind."""
    goes_on = recipe.bed or (recipe.repeats and recipe.claim.onsets is not None)
    count = at(5) if goes_on else recipe.count + at(0.5)
    alone = Cue(recipe, recipe.name, count=None if goes_on else 1)
    plays = plan([alone], count, _chance(seed, "plan"))
    between = sounding(plays, count, lambda name: _chance(seed, name))
    return between(0, count) * np.float32(under_ceiling(between, count))


def _chance(seed: int, name: str) -> Throw:
    return np.random.Generator(np.random.PCG64([seed, *name.encode()]))


def _bed(play: Play, count: int, throw: Throw) -> Iterator[_Laid]:
    """A bed up to 20 s is one piece whose end flows into its beginning; a longer one is that piece again and again."""
    span = play.end - play.start
    if span < 1:
        return
    length = span if span <= at(20) else at(_LOOP)
    loop = _voice(play.cue, throw, max(length, at(1.0)))
    gain = edge(span, _COME if play.start else 0.0, _GO if play.end < count else 0.0)[:, None]
    for first in range(0, span, len(loop)):
        part, own = loop[: span - first], gain[first : first + len(loop)]
        yield _Laid(part if own.min() == 1 else part * own, play.start + first)


def _strikes(play: Play, throw: Throw) -> Iterator[_Laid]:
    """Up to six takes of the sound, none the same, each strike a little stronger or weaker than the last."""
    recipe, how = play.cue.recipe, play.cue.manner
    length = recipe.count
    if recipe.stretch is not None:
        low, high = (at(seconds) for seconds in recipe.stretch)
        room = play.end - play.start
        length = min(high, max(low, room)) if len(play.hits) == 1 else length
    takes = [_voice(play.cue, throw, length) for _ in range(min(_VOICES, len(play.hits)))]
    for k, hit in enumerate(play.hits):
        take = takes[k % len(takes)]
        part = take[: max(0, play.end - hit)]
        if len(part) < len(take):
            part = part * edge(len(part), 0.0, _CUT)[:, None]
        swing = float(throw.uniform(-1.5, 1.0)) if len(play.hits) > 1 else 0.0
        pan = 0.0 if how.pan is not None else float(throw.uniform(-0.15, 0.15))
        yield _Laid(part, hit, float(factor(swing)), pan)


def _voice(cue: Cue, throw: Throw, length: int) -> Stereo:
    """The recipe's sound in stereo, played in the cue's manner, at its level."""
    recipe, how = cue.recipe, cue.manner
    voice = recipe.make(throw, max(1, round(length * how.height)) if how.height != 1 else length)
    if how.height != 1:
        voice = _resampled(voice, length)
    if not recipe.bed:
        voice = _ended(voice)
    stereo = voice if voice.ndim == 2 else np.stack([voice, voice], axis=1)
    if how.cut is not None:
        stereo = np.stack([filtered(stereo[:, side], 1.0, how.cut, 1) for side in range(2)], axis=1)
    if how.pan is not None:
        turned = np.zeros_like(stereo)
        lay(turned, stereo.mean(axis=1), 0, 1.0, how.pan)
        stereo = turned
    wet = max(how.wet, recipe.wet)
    if wet and not recipe.bed:
        stereo = reverb(np.ascontiguousarray(stereo, np.float32), hall(throw, 1.6, bright=0.4), wet)
    return (stereo * factor(recipe.level + how.gain - loudest(stereo))).astype(np.float32)


def _ended(voice: NDArray[np.floating]) -> NDArray[np.floating]:
    """Faded in its last hundredth of a second, so that no sound ends with a click of its own."""
    fade = edge(len(voice), 0.0, min(0.01, len(voice) / 4 / at(1.0)))
    return voice * (fade if voice.ndim == 1 else fade[:, None])


def _resampled(voice: NDArray[np.floating], length: int) -> NDArray[np.floating]:
    """Stretched or squeezed to a length, which lowers or raises it."""
    place = np.arange(length) * (len(voice) / length)
    tracks = [voice] if voice.ndim == 1 else [voice[:, 0], voice[:, 1]]
    made = [np.interp(place, np.arange(len(voice)), track, period=len(voice)).astype(np.float32) for track in tracks]
    return made[0] if voice.ndim == 1 else np.stack(made, axis=1)
