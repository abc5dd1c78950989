"""Water and fire: sea, stream, waterfall, drops, bubbles, a splash, a campfire."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.effects.bodies import edge, lay, lay_around, puff, scatter, swell, turns
from callsheet.renderers.previz.effects.noise import Mono, Stereo, Throw, at, bent, instants, wander, wide
from callsheet.renderers.previz.effects.recipe import Claim, Recipe
from callsheet.renderers.sound import waves


def ocean(throw: Throw, count: int) -> Stereo:
    """Waves that come in low, break bright, and draw back hissing."""
    made = wide(throw, count, 60, 380, 1, pink=True) * np.float32(0.22)
    layers = [wide(throw, count, low, high, 1) for low, high in ((80, 700), (300, 2600), (1500, 8000))]
    tides = [np.zeros((count, 2), np.float32) for _ in layers]
    many = max(1, round(count / at(5.5)))
    for k in range(many):
        length = min(count, at(float(throw.uniform(5.0, 6.5))))
        start = (k * count) // many + at(float(throw.uniform(0, 0.5)))
        pan = float(throw.uniform(-0.3, 0.3))
        for tide, peak, share in zip(tides, (0.36, 0.42, 0.5), (0.75, 0.5, 0.22), strict=True):
            lay_around(tide, swell(length, peak), start, share, pan)
    for layer, tide in zip(layers, tides, strict=True):
        made += layer * tide
    return made


def stream(throw: Throw, count: int) -> Stereo:
    """A brook is thousands of small bubbles: each a short tone that rises as it closes."""
    made = wide(throw, count, 500, 5000, 1) * np.float32(0.07)
    voices = [bubble(float(throw.uniform(380, 2600)), float(throw.uniform(0.02, 0.07))) for _ in range(48)]
    scatter(made, throw, voices, instants(throw, count, 75), (0.06, 0.8), 0.7)
    return made


def waterfall(throw: Throw, count: int) -> Stereo:
    made = wide(throw, count, 120, 7000, 1, pink=True) * wander(throw, count, 3, 0.85, 1.1)[:, None]
    return made + wide(throw, count, 40, 160, 1) * np.float32(0.25)


def drip(throw: Throw, count: int) -> Mono:
    """A drop into standing water: the tick of the surface, then the tone of the bubble it takes down."""
    made = np.zeros(count, np.float32)
    made[: at(0.004)] += puff(throw, at(0.004), 0.004, 2000, 12_000, 1) * np.float32(0.3)
    tone = bubble(float(throw.uniform(900, 1300)), 0.16)
    made[at(0.012) : at(0.012) + len(tone)] += tone[: count - at(0.012)]
    return made


def bubbles(throw: Throw, count: int) -> Stereo:
    """Under water: a dull murk, and bubbles in clusters that rise."""
    made = wide(throw, count, 30, 220, 2) * np.float32(0.12) * wander(throw, count, 0.6, 0.7, 1.2)[:, None]
    for start in instants(throw, count, 1.3):
        pan, base = float(throw.uniform(-0.7, 0.7)), float(throw.uniform(170, 420))
        for k in range(int(throw.integers(4, 10))):
            voice = bubble(base * float(throw.uniform(0.8, 1.7)), float(throw.uniform(0.05, 0.13)), 1.9)
            lay_around(made, voice, int(start) + at(0.055 * k + float(throw.uniform(0, 0.03))), 0.6 * 0.88**k, pan)
    return made


def splash(throw: Throw, count: int) -> Stereo:
    """A body hits the water: a slap, a burst of spray, drops that fall back."""
    made = wide(throw, count, 500, 9000, 1) * waves.decay(count, 0.9)[:, None] * edge(count, 0.02)[:, None]
    lay(made, puff(throw, count, 0.25, 60, 500, 1), 0, 3.0)
    for _ in range(45):
        start = at(0.12 + 0.9 * float(throw.random()) ** 1.5)
        lay(
            made,
            bubble(float(throw.uniform(500, 2400)), 0.05),
            start,
            float(throw.uniform(0.05, 0.4)),
            float(throw.uniform(-0.8, 0.8)),
        )
    return made * edge(count, 0.001, 0.3)[:, None]


def campfire(throw: Throw, count: int) -> Stereo:
    """A low breathing roar, the hiss of sap, and crackles that come in clusters."""
    made = wide(throw, count, 60, 320, 1, pink=True) * np.float32(0.11) * wander(throw, count, 2.5, 0.5, 1.2)[:, None]
    made += wide(throw, count, 2500, 9000, 1) * np.float32(0.014) * wander(throw, count, 1.0, 0.3, 1.3)[:, None]
    pops = [_crackle(throw) for _ in range(40)]
    near = instants(throw, count, 3.0)
    clusters = np.concatenate([start + (throw.random(4) * at(0.16)).astype(np.intp) for start in near])
    scatter(made, throw, pops, clusters, (0.3, 3.0), 0.6)
    return made


def bubble(pitch: float, seconds: float, rise: float = 1.45) -> Mono:
    """A bubble of air in water: a tone that dies away while it rises."""
    count = at(seconds * 1.5)
    pitches = pitch * bent(count, (0, 1), (1, rise))
    return waves.sine(turns(pitches)) * waves.decay(count, seconds * 1.5) * edge(count, 0.002, 0.004)


def _crackle(throw: Throw) -> Mono:
    count = at(0.03)
    snap = puff(throw, count, float(throw.uniform(0.004, 0.02)), float(throw.uniform(700, 2500)), 7000, 2)
    return snap / np.float32(max(float(np.abs(snap).max()), 1e-6)) * edge(count, 0.0, 0.005)


RECIPES = (
    Recipe(
        "ocean-waves",
        "swells that break and draw back",
        ocean,
        Claim(centroid=(200, 2600), tonal=False, onsets=(0, 1.5)),
        level=-22,
        seconds=11,
        bed=True,
    ),
    Recipe(
        "stream",
        "small bubbles, each a short rising tone, over a thin hiss",
        stream,
        Claim(centroid=(500, 3500), onsets=(3, 40)),
        level=-27,
        seconds=8,
        bed=True,
    ),
    Recipe(
        "waterfall",
        "unbroken broadband roar",
        waterfall,
        Claim(centroid=(600, 4500), tonal=False, onsets=(0, 2)),
        level=-21,
        seconds=8,
        bed=True,
    ),
    Recipe(
        "dripping",
        "the tick of a surface and the tone of one bubble, in a room",
        drip,
        Claim(pitch=(800, 2000), tonal=True, decay=(0.02, 0.6)),
        level=-28,
        seconds=0.4,
        every=1.1,
        repeats=True,
        loose=0.25,
        wet=0.4,
    ),
    Recipe(
        "bubbles",
        "dull murk and clusters of low rising bubbles",
        bubbles,
        Claim(centroid=(80, 800)),
        level=-26,
        seconds=8,
        bed=True,
    ),
    Recipe(
        "splash",
        "a slap, spray and drops that fall back",
        splash,
        Claim(centroid=(300, 6500), tonal=False, decay=(0.1, 1.2)),
        level=-18,
        seconds=1.6,
        every=2.2,
        loose=0.2,
    ),
    Recipe(
        "campfire",
        "a low breathing roar with crackles in clusters",
        campfire,
        Claim(centroid=(300, 5000), tonal=False, onsets=(2, 25)),
        level=-25,
        seconds=9,
        bed=True,
    ),
)
