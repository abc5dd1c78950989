"""Blasts and movements of air: shots, explosions, impacts, whooshes, risers."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.effects.bodies import buzz, edge, lay, puff, swell, swept, turns
from callsheet.renderers.previz.effects.noise import Mono, Stereo, Throw, at, bent, filtered, wide
from callsheet.renderers.previz.effects.recipe import Claim, Recipe
from callsheet.renderers.sound import waves


def gunshot(throw: Throw, count: int) -> Stereo:
    """The bullet's crack, the muzzle's bang, and what houses and hills send back."""
    made = np.zeros((count, 2), np.float32)
    crack = waves.noise(throw, at(0.03)) * waves.decay(at(0.03), 0.008)
    bang = puff(throw, at(0.5), 0.28, 110, 1700, 2)
    lay(made, crack, 0, 1.6)
    lay(made, waves.soft(bang * np.float32(6)), 0, 1.0)
    for k in range(6):
        echo = filtered(bang, 90, 1300 - 170 * k, 2)
        lay(made, echo, at(0.11 + 0.13 * k + float(throw.uniform(0, 0.06))), 0.55 * 0.66**k, (-0.8, 0.8)[k % 2])
    return made * edge(count, 0.0, 0.4)[:, None]


def machine_gun(throw: Throw, count: int) -> Stereo:
    """Eleven rounds a second."""
    made = np.zeros((count, 2), np.float32)
    rounds = max(2, int((count - at(0.5)) / 44_100 * 11))
    for k in range(rounds):
        lay(made, gunshot(throw, at(0.6)), at(k / 11), float(throw.uniform(0.85, 1)))
    return made * edge(count, 0.0, 0.25)[:, None]


def explosion(throw: Throw, count: int) -> Stereo:
    """The blast, a fireball that tears for a second, earth that trembles, and what falls back."""
    made = wide(throw, count, 25, 110, 1) * waves.decay(count, 3.4)[:, None] * np.float32(1.1)
    fire = wide(throw, count, 90, 900, 2, pink=True) * waves.decay(count, 1.9)[:, None] * edge(count, 0.01)[:, None]
    made += fire * np.float32(0.9)
    lay(
        made,
        waves.soft(puff(throw, at(0.4), 0.2, 60, 1600, 2) * np.float32(5)),
        0,
        1.5,
    )
    drop = waves.sine(turns(bent(count, (0, 95), (0.06, 48), (0.3, 30), (1, 24)))) * waves.decay(count, 2.4)
    lay(made, drop, 0, 1.4)
    for _ in range(40):
        start = at(0.35 + 2.0 * float(throw.random()))
        bit = puff(throw, at(0.03), 0.02, 500, 5000, 1)
        lay(made, bit, start, 0.25 * float(throw.random()) ** 2, float(throw.uniform(-0.9, 0.9)))
    return waves.soft((made * 0.8).astype(np.float32)) * edge(count, 0.0, 0.8)[:, None]


def boom(throw: Throw, count: int) -> Stereo:
    """A film's impact: a hit, and a tone that falls below hearing."""
    made = wide(throw, count, 35, 260, 1) * waves.decay(count, 1.8)[:, None] * np.float32(0.5)
    drop = buzz(turns(bent(count, (0, 92), (0.05, 58), (0.4, 38), (1, 30))), (1, 0.3, 0.1)) * waves.decay(count, 3.0)
    lay(made, waves.soft(drop * np.float32(1.6)), 0, 1.0)
    lay(made, puff(throw, at(0.2), 0.08, 60, 3500, 1), 0, 2.2)
    return made * edge(count, 0.001, 0.6)[:, None]


def firework(throw: Throw, count: int) -> Stereo:
    """A rocket that whistles up, the burst, and a crackling rain of sparks."""
    made = np.zeros((count, 2), np.float32)
    rise = int(count * 0.36)
    lay(made, waves.sine(turns(bent(rise, (0, 1500), (1, 3900)))) * swell(rise, 0.7), 0, 0.16, -0.2)
    burst = puff(throw, at(0.7), 0.4, 50, 1400, 1)
    lay(made, waves.soft(burst * np.float32(4)), rise, 1.4)
    for _ in range(170):
        u = float(throw.random())
        spark = puff(throw, at(0.012), 0.006, 2500, 12_000, 1)
        where = rise + at(0.18) + int((count - rise - at(0.25)) * u)
        lay(made, spark, where, (1 - u) * float(throw.uniform(0.3, 2.0)), float(throw.uniform(-0.9, 0.9)))
    return made * edge(count, 0.005, 0.2)[:, None]


def whoosh(throw: Throw, count: int) -> Stereo:
    """Something large goes by: noise that swells, brightens and sinks, from left to right."""
    centre = bent(count, (0, 320), (0.5, 1500), (1, 260))
    sound = (swept(throw, count, centre, 1.6) + 0.5 * swept(throw, count, centre * 2.2, 1.6)) * swell(count, 0.5)
    place = bent(count, (0, -0.85), (1, 0.85))
    return np.stack([sound * np.sqrt(1 - place), sound * np.sqrt(1 + place)], axis=1).astype(np.float32)


def swish(throw: Throw, count: int) -> Mono:
    """A thin thing cuts the air."""
    made = swept(throw, count, bent(count, (0, 2400), (0.45, 6200), (1, 3000)), 2.0)
    return made * swell(count, 0.42)


def riser(throw: Throw, count: int) -> Stereo:
    """Tension: noise and a cluster of tones that climb four times as high, ever louder, and stop."""
    climb = bent(count, (0, 1), (0.5, 1.9), (1, 4.0))
    made = np.stack([swept(throw, count, 420 * climb * lean, 2.0) for lean in (0.97, 1.03)], axis=1) * np.float32(0.8)
    for k, pitch in enumerate((110.0, 164.8, 166.3, 220.0)):
        tone = buzz(turns(pitch * climb) + 0.2 * k, (1, 0.5, 0.33, 0.25, 0.2, 0.15)) * np.float32(0.22)
        lay(made, tone, 0, 1.0, -0.6 + 0.4 * k)
    line = bent(count, (0, 0.03), (0.5, 0.22), (0.9, 0.8), (1, 1))
    return (made * line[:, None] * edge(count, 0.05, 0.02)[:, None]).astype(np.float32)


def punch(throw: Throw, count: int) -> Mono:
    """A fist: the slap and the body behind it."""
    slap = puff(throw, count, 0.05, 250, 4200, 1) * np.float32(2)
    thud = waves.sine(turns(bent(count, (0, 170), (0.2, 85), (1, 60)))) * waves.decay(count, 0.22)
    return waves.soft((slap + thud).astype(np.float32)) * edge(count, 0.0005, 0.03)


RECIPES = (
    Recipe(
        "machine-gun",
        "eleven rounds a second",
        machine_gun,
        Claim(centroid=(200, 3500), onsets=(6, 13), tonal=False),
        level=-16,
        seconds=1.9,
        every=2.4,
        stretch=(1, 8),
    ),
    Recipe(
        "gunshot",
        "crack, bang and echoes",
        gunshot,
        Claim(centroid=(200, 3500), decay=(0.02, 0.6), tonal=False),
        level=-15,
        seconds=1.5,
        every=1.1,
        loose=0.3,
    ),
    Recipe(
        "firework",
        "a whistle upward, a burst, a rain of sparks",
        firework,
        Claim(centroid=(60, 4000)),
        level=-17,
        seconds=2.8,
        every=1.9,
        repeats=True,
        loose=0.4,
    ),
    Recipe(
        "explosion",
        "a blast, a tearing fireball, trembling earth",
        explosion,
        Claim(centroid=(25, 420), decay=(0.3, 2.4)),
        level=-13,
        seconds=4.0,
        every=3.2,
        loose=0.3,
    ),
    Recipe(
        "boom",
        "a hit and a tone that falls below hearing",
        boom,
        Claim(centroid=(25, 300), decay=(0.2, 2.4)),
        level=-15,
        seconds=3.0,
        every=2.4,
    ),
    Recipe(
        "whoosh",
        "noise that swells, brightens and sinks, left to right",
        whoosh,
        Claim(centroid=(400, 3500), tonal=False, onsets=(0, 3)),
        level=-20,
        seconds=1.1,
        every=1.5,
        stretch=(0.5, 2.5),
    ),
    Recipe(
        "swish",
        "a thin thing cuts the air",
        swish,
        Claim(centroid=(2200, 8000), tonal=False, decay=(0.02, 0.4)),
        level=-23,
        seconds=0.38,
        every=0.8,
    ),
    Recipe(
        "riser",
        "noise and tones that climb and stop",
        riser,
        Claim(travel=(1.8, 9), centroid=(400, 4500)),
        level=-18,
        seconds=4.0,
        every=5.0,
        stretch=(0.8, 15),
    ),
    Recipe(
        "punch",
        "a slap and the body behind it",
        punch,
        Claim(centroid=(60, 1800), decay=(0.02, 0.3)),
        level=-18,
        seconds=0.4,
        every=0.7,
        loose=0.25,
    ),
)
