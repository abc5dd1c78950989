"""People: steps, hands, crowds, breath and heart; laughter and words are left to those who can speak."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.effects.bodies import buzz, edge, lay, puff, scatter, struck, sung, swell, turns
from callsheet.renderers.previz.effects.noise import Mono, Stereo, Throw, at, filtered, hiss, wander, wide
from callsheet.renderers.previz.effects.recipe import Claim, Recipe
from callsheet.renderers.sound import waves

_VOWELS = (
    ((730, 110, 1.0), (1090, 150, 0.6), (2440, 250, 0.2)),
    ((530, 90, 1.0), (1840, 200, 0.5), (2480, 250, 0.25)),
    ((570, 90, 1.0), (840, 120, 0.7), (2410, 250, 0.15)),
    ((440, 80, 1.0), (1020, 140, 0.5), (2240, 250, 0.15)),
)


def step_wood(throw: Throw, count: int) -> Mono:
    """Heel, then toe, on boards: two knocks of one floor."""
    made = np.zeros(count, np.float32)
    floor = float(throw.uniform(0.92, 1.08))
    for start, gain in ((0.0, 1.0), (float(throw.uniform(0.07, 0.1)), 0.35)):
        board = ((92 * floor, 1.0, 0.13), (188 * floor, 0.7, 0.1), (362 * floor, 0.4, 0.07), (810 * floor, 0.2, 0.04))
        knock = struck(at(0.16), board)
        knock += puff(throw, at(0.16), 0.03, 900, 5000, 1) * np.float32(0.5)
        here = at(start)
        made[here : here + len(knock)] += (knock * np.float32(gain))[: count - here]
    return made


def step_gravel(throw: Throw, count: int) -> Stereo:
    """Stones that grind while the foot rolls over them."""
    return _crunch(throw, count, 70, (0.0015, 0.007), (1300, 5200)) + 0.12 * _thud(throw, count)[:, None]


def step_snow(throw: Throw, count: int) -> Stereo:
    """Dry snow pressed together: a dull crunch that creaks."""
    made = _crunch(throw, count, 150, (0.002, 0.008), (500, 2400)) * np.float32(0.7)
    creak = filtered(waves.noise(throw, count), 550, 1300) * wander(throw, count, 70, 0.0, 1.0)
    return made + (creak * swell(count, 0.45) * np.float32(0.9))[:, None]


def applause(throw: Throw, count: int) -> Stereo:
    """Some sixty pairs of hands, each with its own pitch, place and pace."""
    made = wide(throw, count, 600, 3800) * np.float32(0.10)
    claps = [_clap(throw) for _ in range(40)]
    for _ in range(60):
        many = max(1, round(float(throw.uniform(3.2, 4.6)) * count / 44_100))
        hands = [claps[int(throw.integers(40))]]
        near = float(throw.random()) ** 2
        beats = ((np.arange(many) + throw.uniform(-0.12, 0.12, many) + throw.random()) * count / many).astype(np.intp)
        scatter(made, throw, hands, beats, (0.08 + 0.4 * near, 0.12 + 0.8 * near))
    return made


def crowd(throw: Throw, count: int) -> Stereo:
    """Many voices that say nothing: vowels at the pace of speech, none of them to be understood."""
    made = wide(throw, count, 180, 1400, 1, pink=True) * np.float32(0.035)
    for k in range(9):
        base = float(throw.uniform(95, 150) if k % 2 else throw.uniform(170, 240))
        phase = turns(base * wander(throw, count, 2.5, 0.88, 1.15))
        phase = phase * (round(float(phase[-1])) / float(phase[-1])) + float(throw.random())
        talk = np.maximum(wander(throw, count, 0.5, -0.4, 1.0), 0) * np.maximum(wander(throw, count, 9, -0.35, 1), 0)
        first, second = (_VOWELS[int(throw.integers(4))] for _ in range(2))
        mouth = wander(throw, count, 6, 0, 1)
        voice = buzz(phase, sung(base, first, 14, 3200)) * mouth + buzz(phase, sung(base, second, 14, 3200)) * (
            1 - mouth
        )
        lay(made, voice * talk, 0, float(throw.uniform(0.15, 0.5)), float(throw.uniform(-0.9, 0.9)))
    return made


def heartbeat(throw: Throw, count: int) -> Mono:
    """Lub, dub: two soft thumps, the second shorter and higher."""
    made = np.zeros(count, np.float32)
    for start, pitch, gain, seconds in ((0.0, 52, 1.0, 0.2), (0.3, 66, 0.7, 0.15)):
        thump = struck(
            at(0.24),
            ((pitch, 1.0, seconds), (pitch * 1.9, 0.45, seconds * 0.6), (pitch * 3.1, 0.2, seconds * 0.4)),
            0.008,
        )
        here = at(start + float(throw.uniform(0, 0.008)))
        made[here : here + len(thump)] += (thump * np.float32(gain))[: count - here]
    return made


def breathing(throw: Throw, count: int) -> Mono:
    """In through a narrow way, bright; a rest; out, longer and darker."""
    made = np.zeros(count, np.float32)
    for share, length, low, high, gain in ((0.02, 0.36, 900, 3600, 0.8), (0.46, 0.48, 350, 1900, 1.0)):
        here, much = int(share * count), int(length * count)
        air = hiss(throw, much, low, high) + 0.6 * hiss(throw, much, low * 1.5, low * 2, 4)
        made[here : here + much] += air * swell(much, 0.4) * np.float32(gain)
    return made


def snap(throw: Throw, count: int) -> Mono:
    """A thumb and a finger: a short hollow crack."""
    made = puff(throw, count, 0.02, 1200, 6500)
    return made + struck(count, ((1750, 0.5, 0.035), (2900, 0.35, 0.02)))


def clap(throw: Throw, count: int) -> Mono:
    made = np.zeros(count, np.float32)
    one = _clap(throw)
    made[: len(one)] = one[:count]
    return made


def _clap(throw: Throw) -> Mono:
    count = at(0.05)
    low = float(throw.uniform(700, 1300))
    made = puff(throw, count, float(throw.uniform(0.02, 0.045)), low, low * 3.2, 2)
    return made / np.float32(max(float(np.abs(made).max()), 1e-6)) * edge(count, 0.0005, 0.01)


def _thud(throw: Throw, count: int) -> Mono:
    return struck(count, ((74, 1.0, 0.1), (138, 0.5, 0.07))) * edge(count, 0.004)


def _crunch(
    throw: Throw, count: int, grains: int, lengths: tuple[float, float], pitches: tuple[float, float]
) -> Stereo:
    """Many small breaks, most of them as the weight comes and some as it goes."""
    made = np.zeros((count, 2), np.float32)
    weight = at(0.26)
    for _ in range(grains):
        grain = at(0.012)
        low = float(throw.uniform(*pitches))
        piece = puff(throw, grain, float(throw.uniform(*lengths)) * 1.6, low, low * 1.6, 2)
        u = float(throw.random())
        here = int(weight * (0.25 * u if throw.random() < 0.5 else 0.3 + 0.6 * u))
        lay(
            made,
            piece * edge(grain, 0.0003, 0.003),
            here,
            float(throw.uniform(0.2, 1.0)),
            float(throw.uniform(-0.35, 0.35)),
        )
    return made


def _steps(kind: str) -> str:
    return rf"(?:foot ?steps?|walk\w*|steps?|boots?) (?:\w+ ){{0,3}}(?:{kind})"


RECIPES = (
    Recipe(
        "footsteps-gravel",
        "stones that grind under a rolling foot",
        step_gravel,
        Claim(centroid=(2000, 7000), tonal=False, onsets=(1.2, 5.5)),
        level=-23,
        seconds=0.42,
        every=0.58,
        repeats=True,
    ),
    Recipe(
        "footsteps-snow",
        "dry snow pressed together, dull and creaking",
        step_snow,
        Claim(centroid=(700, 4000), tonal=False, onsets=(1, 4.5)),
        level=-25,
        seconds=0.42,
        every=0.66,
        repeats=True,
    ),
    Recipe(
        "footsteps-wood",
        "heel and toe on boards",
        step_wood,
        Claim(centroid=(60, 900), onsets=(1.2, 4.5)),
        level=-22,
        seconds=0.3,
        every=0.54,
        repeats=True,
    ),
    Recipe(
        "applause",
        "sixty pairs of hands, each at its own pace",
        applause,
        Claim(centroid=(1200, 4000), tonal=False),
        level=-21,
        seconds=7,
        bed=True,
    ),
    Recipe(
        "clap",
        "one pair of hands",
        clap,
        Claim(centroid=(900, 4200), tonal=False, decay=(0.003, 0.06)),
        level=-22,
        seconds=0.2,
        every=0.5,
    ),
    Recipe(
        "crowd",
        "many voices at the pace of speech, none to be understood",
        crowd,
        Claim(centroid=(250, 1500)),
        level=-27,
        seconds=8,
        bed=True,
    ),
    Recipe(
        "heartbeat",
        "two soft thumps, the second shorter",
        heartbeat,
        Claim(centroid=(40, 140), onsets=(1.5, 3.2)),
        level=-25,
        seconds=0.62,
        every=0.92,
        repeats=True,
        loose=0.02,
    ),
    Recipe(
        "breathing",
        "air in, bright; air out, longer and darker",
        breathing,
        Claim(centroid=(700, 3200), tonal=False, onsets=(0, 2.5)),
        level=-31,
        seconds=3.4,
        every=3.6,
        repeats=True,
        loose=0.05,
    ),
    Recipe(
        "finger-snap",
        "a short hollow crack",
        snap,
        Claim(centroid=(1200, 5000), decay=(0.002, 0.08)),
        level=-24,
        seconds=0.15,
        every=0.6,
    ),
)
