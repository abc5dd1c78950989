"""Things of a house: doors, glass, coins, paper."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.effects.bodies import edge, lay, puff, struck, swell
from callsheet.renderers.previz.effects.noise import Mono, Stereo, Throw, at, bent, wander, wide
from callsheet.renderers.previz.effects.recipe import Claim, Recipe
from callsheet.renderers.sound import waves


def creak(throw: Throw, count: int) -> Mono:
    """A hinge sticks and slips: pulses that hurry and tire, each ringing in the door's wood."""
    made = np.zeros(count, np.float32)
    pace = bent(count, (0, 24), (0.3, 62), (0.55, 118), (0.8, 78), (1, 30)) * wander(throw, count, 5, 0.85, 1.2)
    body = float(throw.uniform(0.93, 1.07))
    pulse = struck(
        at(0.035),
        ((430 * body, 0.7, 0.03), (870 * body, 1.0, 0.028), (1490 * body, 0.75, 0.022), (2350 * body, 0.4, 0.015)),
        0.0003,
    )
    where = 0.0
    while where < count - 1:
        here = int(where)
        part = pulse[: count - here]
        made[here : here + len(part)] += part * np.float32(throw.uniform(0.5, 1.0))
        where += 44_100 / float(pace[here]) * float(throw.uniform(0.9, 1.12))
    return made * bent(count, (0, 0.2), (0.15, 0.8), (0.55, 1), (0.85, 0.6), (1, 0)) * edge(count, 0.01, 0.1)


def knock(throw: Throw, count: int) -> Mono:
    """Knuckles on a door: the panel, and the skin's tap."""
    door = float(throw.uniform(0.97, 1.03))
    made = struck(
        count,
        ((128 * door, 1.0, 0.16), (246 * door, 0.85, 0.11), (415 * door, 0.5, 0.08), (930 * door, 0.3, 0.035)),
        0.0008,
    )
    return made + puff(throw, count, 0.018, 700, 4500, 1) * np.float32(0.8)


def slam(throw: Throw, count: int) -> Stereo:
    """Leaf meets frame; the wall answers and the latch rattles."""
    made = wide(throw, count, 80, 1800, 1) * waves.decay(count, 0.28)[:, None] * np.float32(0.9)
    lay(made, struck(count, ((58, 1.0, 0.5), (97, 0.9, 0.36), (171, 0.6, 0.22), (305, 0.35, 0.14)), 0.001), 0, 2.2)
    lay(made, puff(throw, count, 0.03, 500, 7000, 1), 0, 2.5)
    for start in (0.07, 0.11, 0.16):
        latch = struck(at(0.06), ((1800, 0.5, 0.03), (3300, 0.4, 0.02)))
        lay(made, latch, at(start), 0.22, 0.2)
    return made * edge(count, 0.0005, 0.2)[:, None]


def glass(throw: Throw, count: int) -> Stereo:
    """The blow, the pane that bursts, and shards that ring as they land."""
    made = wide(throw, count, 2500, 14_000, 1) * waves.decay(count, 0.35)[:, None] * np.float32(0.5)
    lay(made, puff(throw, at(0.1), 0.04, 400, 5000, 1), 0, 2.0)
    for _ in range(70):
        base = float(throw.uniform(2300, 8200))
        ring = float(throw.uniform(0.04, 0.32))
        shard = struck(
            at(ring), ((base, 1.0, ring), (base * 1.47, 0.6, ring * 0.7), (base * 1.94, 0.4, ring * 0.5)), 0.0003
        )
        u = float(throw.random())
        lay(
            made,
            shard,
            at(0.004 + 1.15 * u * u),
            0.05 + 0.3 * (1 - u) * float(throw.random()),
            float(throw.uniform(-0.9, 0.9)),
        )
    return made * edge(count, 0.0003, 0.3)[:, None]


def coins(throw: Throw, count: int) -> Stereo:
    """A handful of coins dropped: each bounces faster and faster, and rings."""
    made = np.zeros((count, 2), np.float32)
    for k in range(6):
        base, pan = float(throw.uniform(4300, 7400)), float(throw.uniform(-0.6, 0.6))
        where, gap, gain = 0.09 * k * float(throw.uniform(0.6, 1.2)), float(throw.uniform(0.14, 0.24)), 1.0
        while gap > 0.02 and where < count / 44_100:
            ring = struck(at(0.22), ((base, 1.0, 0.22), (base * 1.53, 0.7, 0.16), (base * 2.11, 0.35, 0.1)), 0.0003)
            lay(made, ring, at(where), gain * 0.5, pan)
            where, gap, gain = where + gap, gap * 0.68, gain * 0.62
    return made * edge(count, 0.0, 0.05)[:, None]


def paper(throw: Throw, count: int) -> Stereo:
    """A sheet that is turned: folds that snap in bursts over a dry rustle."""
    push = np.maximum(wander(throw, count, 5, -0.35, 1.0), 0)
    grain = np.maximum(wander(throw, count, 320, -1.2, 1.0), 0)
    made = wide(throw, count, 2200, 9000) * (push * (0.15 + grain))[:, None]
    for _ in range(26):
        start = int(throw.random() * count * 0.85)
        fold = puff(throw, at(0.02), 0.012, 1300, 8000, 2)
        lay(made, fold, start, 1.3 * float(push[start]) * float(throw.random()), float(throw.uniform(-0.5, 0.5)))
    return made * edge(count, 0.02, 0.08)[:, None]


def clatter(throw: Throw, count: int) -> Stereo:
    """Plates and cutlery: porcelain and steel that touch."""
    made = np.zeros((count, 2), np.float32)
    for _ in range(9):
        base, ring = float(throw.uniform(1500, 4200)), float(throw.uniform(0.08, 0.4))
        dish = struck(
            at(ring), ((base, 1.0, ring), (base * 2.32, 0.6, ring * 0.6), (base * 3.9, 0.4, ring * 0.4)), 0.0003
        )
        lay(
            made,
            dish,
            int(throw.random() * count * 0.7),
            float(throw.uniform(0.2, 0.9)),
            float(throw.uniform(-0.7, 0.7)),
        )
    return made * edge(count, 0, 0.1)[:, None]


def pour(throw: Throw, count: int) -> Stereo:
    """A glass that fills: a trickle whose resonance climbs with the water."""
    made = np.zeros((count, 2), np.float32)
    for _ in range(int(count / 44_100 * 110)):
        share = float(throw.random())
        pitch = (420 + 1500 * share * share) * float(throw.uniform(0.75, 1.35))
        drop = struck(at(0.045), ((pitch, 1.0, 0.05), (pitch * 2.4, 0.2, 0.02)), 0.002)
        lay(made, drop, int(share * count * 0.96), float(throw.random()) ** 2 * 0.7, float(throw.uniform(-0.3, 0.3)))
    made += wide(throw, count, 1500, 7000, 1) * np.float32(0.03)
    return made * (edge(count, 0.05, 0.2) * (0.6 + 0.4 * swell(count, 0.5)))[:, None]


RECIPES = (
    Recipe(
        "door-creak",
        "a hinge that sticks and slips, faster and slower",
        creak,
        Claim(centroid=(500, 2300), decay=(0.2, 1.6)),
        level=-23,
        seconds=1.7,
        every=2.4,
        stretch=(0.9, 3),
    ),
    Recipe(
        "door-slam",
        "leaf meets frame; the latch rattles",
        slam,
        Claim(centroid=(40, 900), decay=(0.05, 0.5)),
        level=-16,
        seconds=0.9,
        every=1.4,
    ),
    Recipe(
        "door-knock",
        "knuckles on a panel",
        knock,
        Claim(centroid=(90, 900), decay=(0.02, 0.2)),
        level=-20,
        seconds=0.3,
        every=0.34,
        loose=0.06,
        usual=3,
    ),
    Recipe(
        "glass-break",
        "the blow, the burst, and shards that ring as they land",
        glass,
        Claim(centroid=(2500, 9500), decay=(0.05, 1.2)),
        level=-19,
        seconds=1.7,
        every=2.2,
    ),
    Recipe(
        "coins",
        "coins that bounce ever faster and ring",
        coins,
        Claim(centroid=(4000, 11000), tonal=True),
        level=-24,
        seconds=1.3,
        every=1.8,
    ),
    Recipe(
        "paper",
        "folds that snap in bursts over a dry rustle",
        paper,
        Claim(centroid=(3000, 9000), tonal=False),
        level=-27,
        seconds=1.5,
        every=1.9,
        repeats=False,
        stretch=(0.8, 4),
    ),
    Recipe(
        "dishes",
        "porcelain and steel that touch",
        clatter,
        Claim(centroid=(1800, 7500), tonal=True),
        level=-24,
        seconds=1.5,
        every=1.9,
    ),
    Recipe(
        "pour",
        "a trickle whose resonance climbs as the glass fills",
        pour,
        Claim(centroid=(600, 3500)),
        level=-26,
        seconds=3.0,
        every=4.0,
        stretch=(1.5, 6),
    ),
)
