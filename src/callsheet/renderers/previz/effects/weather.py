"""Weather: rain, thunder, wind, storm."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.effects.bodies import edge, lay, lay_around, puff, scatter, swell
from callsheet.renderers.previz.effects.noise import Mono, Stereo, Throw, at, hiss, instants, wander, wide
from callsheet.renderers.previz.effects.recipe import Claim, Recipe
from callsheet.renderers.sound import waves


def rain(throw: Throw, count: int, drops: float, curtain: float, low: float = 1500.0) -> Stereo:
    """Single drops, `drops` a second, over a curtain of far ones."""
    made = wide(throw, count, low, 9000) * np.float32(curtain)
    made *= wander(throw, count, 0.5, 0.8, 1.15)[:, None]
    scatter(made, throw, [_drop(throw) for _ in range(40)], instants(throw, count, drops), (0.15, 2.6))
    return made


def rain_light(throw: Throw, count: int) -> Stereo:
    return rain(throw, count, 90, 0.1, 2600)


def rain_heavy(throw: Throw, count: int) -> Stereo:
    made = rain(throw, count, 260, 0.55, 900)
    return made + np.float32(0.16) * wide(throw, count, 250, 1400)


def thunder(throw: Throw, count: int) -> Stereo:
    """A crack that tears, then a rumble that rolls away in several waves."""
    made = np.zeros((count, 2), np.float32)
    rumble = wide(throw, count, 28, 130, 2)
    roll = np.zeros(count, np.float32)
    for k in range(7):
        start = at(0.05 + 0.55 * k + float(throw.uniform(0, 0.4)))
        length = max(1, min(count - start, at(float(throw.uniform(0.9, 2.2)))))
        roll[start : start + length] += swell(length, 0.18) * np.float32(0.86**k * throw.uniform(0.5, 1.0))
    lay(made, rumble * roll[:, None], 0)
    for k in range(5):
        tear = puff(throw, at(0.7), 0.35 + 0.2 * k, 120, 2600 - 380 * k, 1)
        lay(made, tear, at(0.015 + float(throw.uniform(0.02, 0.11)) * k), 1.5 * 0.7**k, float(throw.uniform(-0.5, 0.5)))
    return made * edge(count, 0.003, 1.2)[:, None]


def wind(throw: Throw, count: int) -> Stereo:
    """Gusts: three bands of noise that come and go by themselves, the higher the rarer."""
    made = wide(throw, count, 90, 420, 2, pink=True) * wander(throw, count, 0.5, 0.1, 1.0)[:, None]
    for low, high, share in ((300, 620, 0.7), (520, 980, 0.4)):
        gust = wander(throw, count, 0.8, -0.4, 1.0)
        made += np.float32(share) * wide(throw, count, low, high, 4) * np.maximum(gust, 0)[:, None]
    return made


def wind_howl(throw: Throw, count: int) -> Stereo:
    """Wind in a crack: narrow noise whose pitch follows the gusts, over the wind itself."""
    made = wind(throw, count) * np.float32(0.4)
    for side in range(2):
        for centre in (430, 520, 640, 780):
            strength = np.maximum(wander(throw, count, 0.7, -0.9, 1.0), 0)
            narrow = hiss(throw, count, centre * 0.97, centre * 1.03, 4)
            made[:, side] += narrow * strength * np.float32(1.2)
    return made


def storm(throw: Throw, count: int) -> Stereo:
    """Heavy rain in gusts, wind, and thunder that rolls across the loop's end."""
    gusts = wander(throw, count, 0.6, 0.5, 1.1)[:, None]
    made = rain_heavy(throw, count) * np.float32(0.5) * gusts + wind(throw, count) * np.float32(0.35)
    peal = thunder(throw, at(5.0))
    lay_around(made, peal * np.float32(0.7 / max(float(np.abs(peal).max()), 1e-6) * 3), int(throw.integers(count)))
    return made


def _drop(throw: Throw) -> Mono:
    """A drop on something hard: a few thousandths of a second of noise, sometimes with a small ring."""
    count = at(0.02)
    tick = puff(throw, count, float(throw.uniform(0.003, 0.012)), float(throw.uniform(1200, 4500)), 13_000, 1)
    ring = waves.tone(float(throw.uniform(2200, 6500)), count) * waves.decay(count, 0.012)
    made = tick + np.float32(throw.uniform(0, 0.45)) * ring
    return made / np.float32(max(float(np.abs(made).max()), 1e-6)) * edge(count, 0.0, 0.003)


RECIPES = (
    Recipe(
        "rain-light",
        "single drops over a thin curtain",
        rain_light,
        Claim(centroid=(4000, 9500), tonal=False, onsets=(3, 40)),
        level=-32,
        seconds=8,
        bed=True,
    ),
    Recipe(
        "rain-heavy",
        "a dense curtain of broadband noise with near drops in it",
        rain_heavy,
        Claim(centroid=(2500, 7500), tonal=False),
        level=-23,
        seconds=8,
        bed=True,
    ),
    Recipe(
        "thunder",
        "a tearing crack and a rumble that rolls away in waves",
        thunder,
        Claim(centroid=(50, 500), decay=(0.6, 5.5), tonal=False),
        level=-15,
        seconds=6,
        every=6.5,
        repeats=True,
        loose=0.3,
    ),
    Recipe(
        "wind",
        "gusts of low noise without a beat",
        wind,
        Claim(centroid=(150, 700), tonal=False, onsets=(0, 1.5)),
        level=-28,
        seconds=10,
        bed=True,
    ),
    Recipe(
        "wind-howl",
        "wind that whistles in cracks, its pitch following the gusts",
        wind_howl,
        Claim(centroid=(300, 900), onsets=(0, 1.5)),
        level=-24,
        seconds=10,
        bed=True,
    ),
    Recipe(
        "storm",
        "heavy rain in gusts, wind, and thunder",
        storm,
        Claim(centroid=(60, 4500), tonal=False),
        level=-18,
        seconds=12,
        bed=True,
    ),
)
