"""Screens and dreams: what interfaces, games and science fiction sound like."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.effects.bodies import buzz, edge, lay, puff, struck, swell, turns
from callsheet.renderers.previz.effects.noise import Mono, Stereo, Throw, at, bent, filtered, wander, wide
from callsheet.renderers.previz.effects.recipe import Claim, Recipe
from callsheet.renderers.sound import waves

_SQUARE = (1.0, 0.0, 0.33, 0.0, 0.2, 0.0, 0.14, 0.0, 0.11)


def pop(throw: Throw, count: int) -> Mono:
    """A bubble of soap or a cork: a short tone that jumps up."""
    pitch = float(throw.uniform(380, 460)) * bent(count, (0, 0.8), (0.25, 2.0), (1, 2.3))
    made = waves.sine(turns(pitch)) * waves.decay(count, 0.07)
    return made * edge(count, 0.001, 0.01)


def click(throw: Throw, count: int) -> Mono:
    made = struck(count, ((2100, 0.7, 0.012), (3900, 0.5, 0.008), (900, 0.4, 0.018)), 0.0002)
    return made + puff(throw, count, 0.005, 1500, 10_000, 1) * np.float32(0.6)


def beep(throw: Throw, count: int) -> Mono:
    return buzz(turns(np.full(count, 988.0)), (1, 0.12, 0.05)) * edge(count, 0.004, 0.03)


def success(throw: Throw, count: int) -> Mono:
    """Three bars of a glockenspiel, a major chord upward."""
    return _notes(count, ((0.0, 1046.5), (0.09, 1318.5), (0.18, 1568.0)), 0.9)


def failure(throw: Throw, count: int) -> Mono:
    """Two low rough tones: no."""
    made = np.zeros(count, np.float32)
    for start, seconds in ((0.0, 0.16), (0.22, 0.34)):
        length = at(seconds)
        tone = buzz(turns(np.full(length, 146.8)), _SQUARE) + buzz(turns(np.full(length, 155.6)), _SQUARE)
        made[at(start) : at(start) + length] += tone * edge(length, 0.004, 0.03)
    return made


def coin(throw: Throw, count: int) -> Mono:
    """A game's coin: B5, and E6 that stays."""
    split = at(0.085)
    pitch = np.where(np.arange(count) < split, 987.8, 1318.5)
    return buzz(turns(pitch), _SQUARE) * bent(count, (0, 1), (0.1, 1), (1, 0)) * edge(count, 0.002, 0.03)


def laser(throw: Throw, count: int) -> Mono:
    """A tone that falls three octaves in a third of a second."""
    pitch = bent(count, (0, 2900), (0.12, 1900), (0.3, 1050), (0.6, 520), (1, 300))
    voice = buzz(turns(pitch), (1, 0.5, 0.33, 0.2))
    return voice * bent(count, (0, 1), (0.5, 0.6), (1, 0)) * edge(count, 0.002, 0.02)


def hum(throw: Throw, count: int) -> Stereo:
    """An engine room of tomorrow: low fifths that beat, a slow sweep through their harmonics."""
    made = wide(throw, count, 60, 500, 1, pink=True) * np.float32(0.05)
    for k, pitch in enumerate((55.0, 55.25, 82.5, 110.25)):
        whole = round(pitch * count / 44_100) / count
        bright = wander(throw, count, 0.4, 0.0, 1.0)
        phase = np.arange(count) * whole + 0.21 * k
        tone = buzz(phase, (1, 0.4, 0.2)) + buzz(phase, (0, 0, 0, 0.3, 0.25, 0.22, 0.2, 0.15)) * bright
        lay(made, tone, 0, 0.35, -0.7 + 0.47 * k)
    return made


def teleport(throw: Throw, count: int) -> Stereo:
    """Something vanishes: tones that spiral upward and dissolve."""
    made = np.zeros((count, 2), np.float32)
    for k in range(7):
        shake = 1 + 0.12 * waves.sine(np.arange(count) * ((9 + k) / 44_100))
        pitch = (260 + 130 * k) * bent(count, (0, 1), (0.6, 2.6), (1, 5)) * shake
        lay(made, waves.sine(turns(pitch)) * swell(count, 0.45), 0, 0.4, -0.9 + 0.3 * k)
    return made


def sparkle(throw: Throw, count: int) -> Stereo:
    """A handful of tiny bells thrown upward."""
    made = np.zeros((count, 2), np.float32)
    scale = (0, 2, 4, 7, 9)
    for k in range(26):
        share = k / 26
        note = 12 * int(share * 2.2) + scale[int(throw.integers(5))]
        pitch = 1568.0 * 2 ** (note / 12)
        bell = struck(at(0.6), ((pitch, 1.0, 0.6), (pitch * 2.76, 0.2, 0.2)), 0.001)
        lay(
            made,
            bell,
            int(share * count * 0.62) + int(throw.integers(at(0.02))),
            float(throw.uniform(0.15, 0.5)),
            float(throw.uniform(-0.9, 0.9)),
        )
    return made * edge(count, 0, 0.2)[:, None]


def boing(throw: Throw, count: int) -> Mono:
    """A spring let go: a twang that shakes ever wider while it rises."""
    shake = waves.sine(turns(bent(count, (0, 15), (1, 9)))) * bent(count, (0, 0.35), (1, 0.06))
    pitch = 190 * bent(count, (0, 1), (0.15, 1.5), (1, 2.1)) * (1 + shake)
    return buzz(turns(pitch), (1, 0.6, 0.45, 0.3, 0.2, 0.12)) * waves.decay(count, 1.0) * edge(count, 0.002, 0.05)


def power_up(throw: Throw, count: int) -> Mono:
    """A game's reward: a quick climb by steps."""
    made = np.zeros(count, np.float32)
    step = count // 10
    for k in range(9):
        tone = buzz(turns(np.full(step, 392.0 * 2 ** ((0, 4, 7, 12, 16, 19, 24, 28, 31)[k] / 12))), _SQUARE)
        made[k * step : (k + 1) * step] += tone * edge(step, 0.002, 0.006)
    return made


def glitch(throw: Throw, count: int) -> Stereo:
    """Data that breaks: snippets of noise and tone, cut by a clock."""
    made = np.zeros((count, 2), np.float32)
    cell = at(0.028)
    for k in range(count // cell):
        kind = float(throw.random())
        if kind < 0.35:
            continue
        length = int(cell * float(throw.uniform(0.3, 1.0)))
        tone = buzz(turns(np.full(length, float(throw.choice([180.0, 720.0, 1440.0, 2880.0, 5200.0])))), _SQUARE)
        piece = tone if kind < 0.75 else filtered(waves.noise(throw, length), 900, 12_000, 1)
        lay(
            made,
            piece * edge(length, 0.0005, 0.0005),
            k * cell,
            float(throw.uniform(0.2, 0.8)),
            float(throw.uniform(-0.8, 0.8)),
        )
    return made


def _notes(count: int, notes: tuple[tuple[float, float], ...], ring: float) -> Mono:
    made = np.zeros(count, np.float32)
    for start, pitch in notes:
        bar = struck(count, ((pitch, 1.0, ring), (pitch * 2.76, 0.16, ring * 0.3)), 0.0015)
        made[at(start) :] += bar[: count - at(start)]
    return made * edge(count, 0, 0.1)


RECIPES = (
    Recipe(
        "pop",
        "a short tone that jumps up",
        pop,
        Claim(pitch=(300, 1100), decay=(0.005, 0.1)),
        level=-21,
        seconds=0.12,
        every=0.4,
        loose=0.2,
    ),
    Recipe(
        "click",
        "a hard tick of a few thousandths of a second",
        click,
        Claim(centroid=(1200, 7000), decay=(0.001, 0.03)),
        level=-27,
        seconds=0.06,
        every=0.4,
        loose=0.2,
    ),
    Recipe(
        "ui-beep",
        "one clean tone",
        beep,
        Claim(pitch=(970, 1005), tonal=True, decay=(0.02, 0.3)),
        level=-23,
        seconds=0.16,
        every=0.35,
        loose=0.0,
    ),
    Recipe("success", "a major chord upward", success, Claim(pitch=(1030, 1600), tonal=True), -21, 1.1, every=1.5),
    Recipe("error", "two low rough tones", failure, Claim(pitch=(140, 1100), tonal=True), -21, 0.62, every=1.0),
    Recipe("coin-pickup", "B5, and E6 that stays", coin, Claim(pitch=(970, 1340), tonal=True), -22, 0.6, every=0.7),
    Recipe("power-up", "a quick climb by steps", power_up, Claim(travel=(2, 8), tonal=True), -22, 0.75, every=1.2),
    Recipe(
        "laser",
        "a tone that falls three octaves",
        laser,
        Claim(travel=(2.5, 12)),
        level=-20,
        seconds=0.38,
        every=0.45,
        loose=0.25,
    ),
    Recipe(
        "sci-fi-hum",
        "low fifths that beat",
        hum,
        Claim(centroid=(45, 400), tonal=True, onsets=(0, 1.5)),
        level=-25,
        seconds=8,
        bed=True,
    ),
    Recipe(
        "teleport",
        "tones that spiral upward and dissolve",
        teleport,
        Claim(travel=(1.8, 9)),
        level=-22,
        seconds=1.5,
        every=2.2,
        stretch=(0.8, 3),
    ),
    Recipe(
        "magic-sparkle",
        "tiny bells thrown upward",
        sparkle,
        Claim(centroid=(1800, 6500), tonal=True),
        level=-23,
        seconds=2.0,
        every=2.6,
    ),
    Recipe(
        "boing",
        "a twang that shakes while it rises",
        boing,
        Claim(pitch=(150, 1300), tonal=True, travel=(1.1, 4)),
        level=-20,
        seconds=1.1,
        every=1.3,
    ),
    Recipe(
        "glitch",
        "snippets of noise and tone cut by a clock",
        glitch,
        Claim(centroid=(700, 6500)),
        level=-23,
        seconds=0.9,
        every=1.4,
        stretch=(0.4, 4),
    ),
)
