"""The honest fallback: where no recipe is known, a neutral abstract sound that follows the prompt's adjectives."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from callsheet.renderers.previz.effects.bodies import buzz, edge, lay, swept, turns
from callsheet.renderers.previz.effects.level import factor, loudest
from callsheet.renderers.previz.effects.mix import Sounding
from callsheet.renderers.previz.effects.noise import Stereo, Throw, at, bent, wander
from callsheet.renderers.sound import waves

_LEVEL = -26.0
_PIECE, _FLOW = at(8.0), at(1.0)
_WORDS = {
    "bright": r"bright|sharp|shiny|high|crisp|glow\w*|crystal|明亮|尖|清脆|高音|闪",
    "dark": r"dark|deep|low|heavy|ominous|gloomy|dull|黑暗|低沉|沉重|阴森|深",
    "rough": r"harsh|rough|gritty|noisy|dirty|broken|粗糙|嘈杂|刺耳|噪",
    "metal": r"metal\w*|robot\w*|machine\w*|mechanic\w*|steel|金属|机械|机器",
    "rising": r"ris\w+|grow\w*|up\b|ascend\w*|open\w*|上升|渐强|升起|变大",
    "falling": r"fall\w*|sink\w*|down\b|descend\w*|fad\w*|下降|落下|渐弱|消散",
    "quick": r"fast|quick|nervous|puls\w+|rapid|flicker\w*|快|急|脉冲|闪烁",
    "soft": r"soft|gentle|calm|quiet|peace\w*|dream\w*|温柔|轻|宁静|安静|梦",
}


def traits(prompt: str) -> tuple[str, ...]:
    """Which adjectives were heard: they are all that this sound knows of the prompt."""
    return tuple(name for name, words in _WORDS.items() if re.search(words, prompt, re.IGNORECASE | re.ASCII))


def sounding(prompt: str, count: int, throw: Throw) -> Sounding:
    """A slow chord of plain tones in moving air, `count` samples of stereo, that begins and ends in silence.

    A long one is made in pieces of 8 s that flow into each other for a second, their tones without a break.
    """
    said = frozenset(traits(prompt))
    if count <= _PIECE + 2 * _FLOW:
        whole = _faded(_chord(said, count, (0, count), throw), 0, count)
        return lambda first, last: whole[first:last].copy()
    starts = range(0, count - _FLOW, _PIECE)
    seeds = throw.integers(2**62, size=len(starts))

    @lru_cache(maxsize=2)
    def piece(index: int) -> Stereo:
        first = starts[index]
        last = min(count, first + _PIECE + _FLOW) if index + 1 < len(starts) else count
        made = _chord(said, count, (first, last), np.random.Generator(np.random.PCG64(int(seeds[index]))))
        flow = np.linspace(0, 1, _FLOW, dtype=np.float32)[:, None]
        if index:
            made[:_FLOW] *= flow
        if last < count:
            made[-_FLOW:] *= 1 - flow
        return _faded(made, first, count)

    def between(first: int, last: int) -> Stereo:
        canvas = np.zeros((last - first, 2), np.float32)
        for index, start in enumerate(starts):
            if start < last and start + _PIECE + 2 * _FLOW > first:
                lay(canvas, piece(index), start - first)
        return canvas

    return between


def _chord(said: frozenset[str], count: int, part: tuple[int, int], throw: Throw) -> Stereo:
    """The samples of `part` of a sound of `count` samples, at their level, its tones as far as they have come there."""
    first, length = part[0], part[1] - part[0]
    octave = 2.0 ** (("bright" in said) - ("dark" in said))
    bend = 2.0 ** (("rising" in said) - ("falling" in said))
    begin, end = (1 + (bend - 1) * sample / count for sample in part)
    glide = bent(length, (0, begin), (1, end)) if bend != 1 else np.ones(length, np.float32)
    gone = (first + (bend - 1) * first * (first - 1) / (2 * count)) / at(1.0)
    steps = (1.0, 1.41, 2.76, 4.3) if "metal" in said else (1.0, 1.498, 2.0, 3.0)
    rough = 0.9 if "rough" in said else 0.12 if "soft" in said else 0.3
    made = np.zeros((length, 2), np.float32)
    for k, ratio in enumerate(steps):
        pitch = 165.0 * octave * ratio
        tone = buzz(turns(pitch * glide) + pitch * gone % 1.0, (1, 0.25, 0.08))
        moved = tone * wander(throw, length, 2.5 if "quick" in said else 0.5, 0.15, 1.0)
        lay(made, moved, 0, 0.5 / ratio**0.5, -0.6 + 0.4 * k)
    for side in (-0.8, 0.8):
        air = swept(throw, length, 700.0 * octave * glide * wander(throw, length, 0.4, 0.7, 1.4), 1.5)
        lay(made, air * wander(throw, length, 0.6, 0.4, 1.0), 0, rough, side)
    if "quick" in said:
        made *= (0.55 + 0.45 * waves.sine((first + np.arange(length)) * (6 / at(1.0))))[:, None]
    return made * factor(_LEVEL - 4 * ("soft" in said) - loudest(made))


def _faded(made: Stereo, first: int, count: int) -> Stereo:
    """A part of the whole that begins at `first`, with what of the whole's rise and fall lies in it."""
    length = count / at(1.0)
    rise, fall = min(0.3, length / 5), min(0.6, length / 4)
    whole_rise, whole_fall = rise if first == 0 else 0.0, fall if first + len(made) == count else 0.0
    return made * edge(len(made), whole_rise, whole_fall)[:, None]
