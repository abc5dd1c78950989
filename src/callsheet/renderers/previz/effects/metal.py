"""Metal and skin: bells, gongs, blades, a drum."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.effects.bodies import edge, lay, puff, struck, swept
from callsheet.renderers.previz.effects.noise import Mono, Stereo, Throw, at, bent, hiss
from callsheet.renderers.previz.effects.recipe import Claim, Recipe

# A church bell's named partials: hum, prime, tierce, quint, nominal, and what lies above (ratio, gain, decay's share).
_CHURCH = (
    (0.5, 0.55, 1.0),
    (1.0, 0.8, 0.7),
    (1.183, 0.75, 0.6),
    (1.506, 0.4, 0.4),
    (2.0, 1.0, 0.42),
    (2.514, 0.4, 0.26),
    (2.662, 0.35, 0.24),
    (3.011, 0.45, 0.2),
    (4.166, 0.35, 0.13),
    (5.433, 0.2, 0.09),
)


def church_bell(throw: Throw, count: int) -> Stereo:
    """A great bell: a minor third in it, a hum an octave below, every partial beating slowly."""
    made = np.zeros((count, 2), np.float32)
    base, ring = 262.0, count / 44_100 * 0.95
    for side in range(2):
        lean = 1 + 0.0011 * (side - 0.5)
        made[:, side] = struck(count, ((base * r * lean, g, ring * d) for r, g, d in _CHURCH), 0.002)
        made[:, side] += struck(count, ((base * r * 1.0023, g * 0.5, ring * d) for r, g, d in _CHURCH[:5]), 0.002)
    clapper = puff(throw, at(0.05), 0.03, 800, 6000, 1)
    lay(made, clapper, 0, 1.2)
    return made * edge(count, 0.0, 0.5)[:, None]


def hand_bell(throw: Throw, count: int) -> Mono:
    """A small bell: few, high, inharmonic partials."""
    base = float(throw.uniform(1240, 1300))
    ring = count / 44_100
    partials = ((1.0, 1.0, 0.9), (2.76, 0.8, 0.75), (5.4, 0.45, 0.5), (1.004, 0.5, 0.8), (8.9, 0.2, 0.25))
    return struck(count, ((base * r, g, ring * d) for r, g, d in partials), 0.0005) * edge(count, 0, 0.1)


def door_bell(throw: Throw, count: int) -> Mono:
    """Ding, dong: a major third down."""
    made = np.zeros(count, np.float32)
    for start, pitch in ((0.0, 659.3), (0.55, 523.3)):
        bar = struck(count, ((pitch, 1.0, 1.3), (pitch * 2.76, 0.25, 0.5), (pitch * 5.4, 0.12, 0.2)), 0.001)
        made[at(start) :] += bar[: count - at(start)]
    return made * edge(count, 0, 0.15)


def gong(throw: Throw, count: int) -> Stereo:
    """Low partials at once, and the shimmer that blooms half a second later."""
    made = np.zeros((count, 2), np.float32)
    for side in range(2):
        spread = 1 + 0.0015 * side
        low = [(f * spread, g, d) for f, g, d in ((68, 1.0, 7.0), (103, 0.8, 6.0), (151, 0.8, 5.5), (187, 0.6, 5.0))]
        made[:, side] = struck(count, low, 0.006)
        ladder = [(210 * 1.065**k * float(throw.uniform(0.98, 1.02)), 0.5 * 0.97**k, 4.2 * 0.965**k) for k in range(36)]
        bloom = bent(count, (0, 0.15), (0.09, 1.0), (1, 0.5))
        made[:, side] += struck(count, ladder, 0.01) * bloom
    mallet = puff(throw, at(0.1), 0.08, 60, 900, 1)
    lay(made, mallet, 0, 2.0)
    return made * edge(count, 0, 0.8)[:, None]


def sword(throw: Throw, count: int) -> Stereo:
    """Blade on blade: the scrape and the ring of two steels."""
    made = np.zeros((count, 2), np.float32)
    for pan in (-0.4, 0.4):
        base = float(throw.uniform(1900, 2500))
        steel = tuple(
            (base * r, g, 0.75 / r**0.4) for r, g in ((1, 0.7), (1.59, 1.0), (2.13, 0.8), (2.92, 0.6), (3.71, 0.5))
        )
        lay(made, struck(count, steel, 0.0004), int(at(0.006) * (pan + 0.4)), 0.6, pan)
    scrape = hiss(throw, at(0.16), 3000, 9000, 1) * bent(at(0.16), (0, 1), (0.3, 0.5), (1, 0))
    lay(made, scrape, 0, 0.55)
    lay(made, puff(throw, at(0.03), 0.02, 900, 8000, 1), 0, 2.2)
    return made * edge(count, 0, 0.1)[:, None]


def unsheathe(throw: Throw, count: int) -> Mono:
    """A blade drawn along its sheath: a scrape that climbs and ends in a ring."""
    slide = swept(throw, count, bent(count, (0, 2200), (0.6, 5200), (1, 6800)), 2.2)
    made = slide * bent(count, (0, 0), (0.1, 0.6), (0.5, 1), (0.62, 0), (1, 0))
    here = int(count * 0.55)
    made[here:] += struck(count - here, ((3150, 0.7, 0.7), (5020, 0.6, 0.5), (7100, 0.3, 0.35)), 0.004) * np.float32(
        0.6
    )
    return made * edge(count, 0.01, 0.08)


def hammer(throw: Throw, count: int) -> Mono:
    """A hammer on an anvil."""
    partials = ((880, 0.5, 0.35), (2140, 1.0, 0.5), (3420, 0.8, 0.4), (5100, 0.5, 0.25), (7600, 0.3, 0.15))
    made = struck(count, partials, 0.0003)
    made[: at(0.03)] += puff(throw, at(0.03), 0.015, 300, 7000, 1) * np.float32(2)
    return made * edge(count, 0, 0.05)


def drum_roll(throw: Throw, count: int) -> Stereo:
    """Sticks on a snare, eighteen strokes a second, louder and louder, and the last one."""
    made = np.zeros((count, 2), np.float32)
    end = count - at(0.45)
    strokes = max(4, int(end / 44_100 * 18))
    for k in range(strokes):
        where = int(end * k / strokes) + int(throw.integers(at(0.004)))
        grow = 0.25 + 0.75 * (k / strokes) ** 2
        lay(made, _snare(throw), where, grow * float(throw.uniform(0.85, 1.0)), 0.1 if k % 2 else -0.1)
    lay(made, _snare(throw), end, 2.0)
    return made * edge(count, 0, 0.03)[:, None]


def drum(throw: Throw, count: int) -> Mono:
    """A big drum struck once: the skin sinks in pitch as it comes to rest."""
    made = struck(count, ((62, 1.0, 1.1), (99, 0.55, 0.6), (141, 0.35, 0.4)), 0.002)
    return made + puff(throw, count, 0.06, 80, 1600, 1) * np.float32(1.2)


def _snare(throw: Throw) -> Mono:
    count = at(0.16)
    wires = puff(throw, count, 0.13, 1200, 5000, 2)
    return 1.5 * wires + struck(count, ((186, 0.3, 0.1), (331, 0.2, 0.07)), 0.0005)


RECIPES = (
    Recipe(
        "church-bell",
        "a minor third in it and a hum an octave below",
        church_bell,
        Claim(pitch=(120, 800), tonal=True, decay=(0.5, 4.5)),
        level=-18,
        seconds=6.0,
        every=2.6,
        loose=0.03,
    ),
    Recipe(
        "door-bell", "two bars, a major third down", door_bell, Claim(pitch=(515, 670), tonal=True), -22, 2.0, every=2.4
    ),
    Recipe(
        "bell",
        "few, high, inharmonic partials",
        hand_bell,
        Claim(pitch=(1200, 3700), tonal=True, decay=(0.2, 1.8)),
        level=-22,
        seconds=1.8,
        every=0.9,
    ),
    Recipe(
        "gong",
        "low partials at once, a shimmer that blooms after",
        gong,
        Claim(centroid=(60, 900), tonal=True, decay=(0.8, 5.5)),
        level=-17,
        seconds=7.0,
        every=4.5,
    ),
    Recipe(
        "sword-clash",
        "a scrape and the ring of two steels",
        sword,
        Claim(centroid=(2200, 7500), tonal=True, decay=(0.03, 0.7)),
        level=-19,
        seconds=1.0,
        every=0.7,
        loose=0.3,
    ),
    Recipe(
        "sword-draw",
        "a scrape that climbs and ends in a ring",
        unsheathe,
        Claim(centroid=(2200, 7500)),
        level=-22,
        seconds=1.0,
        every=1.6,
    ),
    Recipe(
        "hammer",
        "steel on an anvil",
        hammer,
        Claim(pitch=(800, 5300), tonal=True, decay=(0.04, 0.5)),
        level=-20,
        seconds=0.7,
        every=0.8,
        repeats=True,
        loose=0.1,
    ),
    Recipe(
        "drum-roll",
        "eighteen strokes a second, louder and louder, and the last one",
        drum_roll,
        Claim(centroid=(900, 5000), onsets=(8, 20)),
        level=-18,
        seconds=2.6,
        every=3.4,
        stretch=(1.2, 8),
    ),
    Recipe(
        "drum",
        "a skin struck once",
        drum,
        Claim(pitch=(50, 105), decay=(0.1, 0.8)),
        level=-18,
        seconds=1.0,
        every=0.75,
        repeats=True,
        loose=0.02,
    ),
)
