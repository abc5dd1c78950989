"""Small machines: clocks, bells that call, keys, shutters, printers, radios."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.effects.bodies import buzz, edge, lay_around, puff, struck, swell, turns
from callsheet.renderers.previz.effects.noise import Mono, Stereo, Throw, at, bent, filtered, instants, wander, wide
from callsheet.renderers.previz.effects.recipe import Claim, Recipe
from callsheet.renderers.sound import waves


def tick(throw: Throw, count: int) -> Mono:
    """A gear stopped by its anchor: a tiny hard knock in a wooden case."""
    voice = 1.0 if throw.random() < 0.5 else 0.88
    made = struck(
        count,
        ((2350 * voice, 1.0, 0.022), (4100 * voice, 0.6, 0.014), (6300, 0.3, 0.01), (690 * voice, 0.35, 0.05)),
        0.0002,
    )
    return made + puff(throw, count, 0.006, 2500, 12_000, 1) * np.float32(0.5)


def alarm(throw: Throw, count: int) -> Mono:
    """Four beeps of a cheap crystal."""
    made = np.zeros(count, np.float32)
    beep = buzz(turns(np.full(at(0.07), 2048.0)), (1, 0.0, 0.33, 0.0, 0.2)) * edge(at(0.07), 0.002, 0.004)
    for k in range(4):
        made[at(0.13) * k : at(0.13) * k + len(beep)] += beep
    return made


def telephone(throw: Throw, count: int) -> Mono:
    """Two brass bells and a clapper that goes twenty times a second."""
    made = np.zeros(count, np.float32)
    for k in range(int((count / 44_100 - 0.5) * 22)):
        base = 1420.0 if k % 2 else 1705.0
        bell = struck(at(0.5), ((base, 1.0, 0.5), (base * 2.63, 0.5, 0.3), (base * 4.2, 0.25, 0.15)), 0.0004)
        here = at(k / 22)
        made[here : here + len(bell)] += (bell * np.float32(throw.uniform(0.85, 1)))[: count - here]
    return made * edge(count, 0, 0.05)


def key(throw: Throw, count: int) -> Mono:
    """A key goes down and comes up again."""
    made = np.zeros(count, np.float32)
    cap = float(throw.uniform(0.85, 1.2))
    for start, gain in ((0.0, 1.0), (float(throw.uniform(0.055, 0.08)), 0.45)):
        click = struck(at(0.04), ((1900 * cap, 0.5, 0.02), (3400 * cap, 0.4, 0.014), (310 * cap, 0.5, 0.03)), 0.0003)
        click += puff(throw, at(0.04), 0.016, 1200, 8000, 1) * np.float32(0.9)
        made[at(start) : at(start) + len(click)] += (click * np.float32(gain))[: count - at(start)]
    return made


def shutter(throw: Throw, count: int) -> Mono:
    """The mirror up, the curtain, the mirror down."""
    made = np.zeros(count, np.float32)
    for start, low, gain, seconds in ((0.0, 700, 1.0, 0.035), (0.045, 2200, 0.7, 0.02), (0.115, 900, 0.85, 0.045)):
        clack = puff(throw, at(0.09), seconds, low, 9000, 1)
        clack += struck(at(0.09), ((low * 1.3, 0.5, 0.03), (3700, 0.3, 0.02))) * np.float32(0.7)
        made[at(start) : at(start) + len(clack)] += (clack * np.float32(gain))[: count - at(start)]
    return made


def printer(throw: Throw, count: int) -> Stereo:
    """A head that goes there and back: a stepper's buzz, the hiss of paper, and a clack at each turn."""
    made = wide(throw, count, 1500, 6000, 1) * np.float32(0.05)
    strokes = max(2, round(count / at(0.62)))
    for k in range(strokes):
        length = int(count / strokes * 0.8)
        step = 176.0 if k % 2 else 152.0
        motor = buzz(
            turns(step * bent(length, (0, 0.6), (0.12, 1), (0.88, 1), (1, 0.6))),
            (0.6, 0.4, 0.8, 0.3, 0.7, 0.3, 0.4, 0.3, 0.3, 0.2),
        )
        head = motor * np.float32(0.3) + filtered(waves.noise(throw, length), 1800, 5200) * np.float32(0.5)
        start = int(k * count / strokes)
        lay_around(made, head * edge(length, 0.03, 0.03), start, 0.6, -0.4 if k % 2 else 0.4)
        lay_around(made, key(throw, at(0.09)), start + length, 0.9, 0.5 if k % 2 else -0.5)
    return made


def static(throw: Throw, count: int) -> Stereo:
    """A radio between stations: hiss, a whistle that drifts, crackle."""
    made = wide(throw, count, 350, 6500) * wander(throw, count, 4, 0.55, 1.05)[:, None]
    phase = turns(wander(throw, count, 0.7, 700, 2100))
    whistle = waves.sine(phase * (round(float(phase[-1])) / float(phase[-1]))) * wander(throw, count, 1, 0.05, 0.45)
    made += whistle[:, None]
    for start in instants(throw, count, 9):
        crack = puff(throw, at(0.012), 0.01, 500, 9000, 1)
        lay_around(made, crack, int(start), float(throw.uniform(3.0, 12.0)), float(throw.uniform(-0.4, 0.4)))
    return made


def fan(throw: Throw, count: int) -> Stereo:
    """A fan or an air conditioner: blades, a mains hum and moved air."""
    made = wide(throw, count, 90, 1800, 1, pink=True) * np.float32(0.5)
    hum = buzz(np.arange(count) * (round(100 * count / 44_100) / count), (0.5, 0.25, 0.1, 0.05)) * np.float32(0.35)
    blades = 0.85 + 0.15 * waves.sine(np.arange(count) * (round(14 * count / 44_100) / count))
    return made * blades[:, None] + hum[:, None]


def switch(throw: Throw, count: int) -> Mono:
    made = np.zeros(count, np.float32)
    for start, gain in ((0.0, 0.6), (0.022, 1.0)):
        snap = struck(at(0.05), ((1450, 0.6, 0.02), (2700, 0.5, 0.015), (480, 0.5, 0.035)), 0.0002)
        snap += puff(throw, at(0.05), 0.012, 1500, 9000, 1)
        made[at(start) : at(start) + len(snap)] += (snap * np.float32(gain))[: count - at(start)]
    return made


def zipper(throw: Throw, count: int) -> Mono:
    """Teeth, one after the other, ever faster."""
    made = np.zeros(count, np.float32)
    where, pace = 0.0, 75.0
    while where < count / 44_100 - 0.02:
        tooth = puff(throw, at(0.008), 0.008, 1800 + 9 * pace, 8000, 2)
        here = at(where)
        made[here : here + len(tooth)] += (tooth * np.float32(throw.uniform(0.6, 1)))[: count - here]
        pace *= 1.012
        where += float(throw.uniform(0.85, 1.15)) / pace
    return made * swell(count, 0.7)


RECIPES = (
    Recipe(
        "clock-tick",
        "tiny hard knocks in a case, two a second",
        tick,
        Claim(centroid=(1500, 6500), onsets=(1.7, 2.3)),
        level=-31,
        seconds=0.12,
        every=0.5,
        repeats=True,
        loose=0.0,
    ),
    Recipe(
        "alarm",
        "beeps of a crystal, four in a row",
        alarm,
        Claim(pitch=(2000, 2100), tonal=True, onsets=(2.5, 8.5)),
        level=-20,
        seconds=0.5,
        every=1.0,
        repeats=True,
        loose=0.0,
    ),
    Recipe(
        "telephone",
        "two brass bells under a quick clapper",
        telephone,
        Claim(pitch=(1350, 1760), tonal=True),
        level=-20,
        seconds=1.9,
        every=3.2,
        repeats=True,
        loose=0.0,
    ),
    Recipe(
        "typing",
        "keys that go down and come up",
        key,
        Claim(centroid=(1300, 6500), onsets=(4, 14)),
        level=-27,
        seconds=0.13,
        every=0.15,
        repeats=True,
        loose=0.45,
    ),
    Recipe(
        "camera-shutter",
        "mirror up, curtain, mirror down",
        shutter,
        Claim(centroid=(1200, 6500), tonal=False, decay=(0.05, 0.3)),
        level=-23,
        seconds=0.26,
        every=0.9,
        loose=0.3,
    ),
    Recipe(
        "printer",
        "a stepper's buzz there and back, with a clack at each turn",
        printer,
        Claim(centroid=(600, 4500)),
        level=-26,
        seconds=6.2,
        bed=True,
    ),
    Recipe(
        "radio-static",
        "hiss between stations, a drifting whistle, crackle",
        static,
        Claim(centroid=(1500, 6500)),
        level=-27,
        seconds=7,
        bed=True,
    ),
    Recipe("fan", "moved air over a mains hum", fan, Claim(centroid=(90, 900), onsets=(0, 3)), -30, 7, bed=True),
    Recipe(
        "switch",
        "a spring that goes over",
        switch,
        Claim(centroid=(1000, 6500), decay=(0.005, 0.12)),
        level=-27,
        seconds=0.12,
        every=0.6,
    ),
    Recipe(
        "zipper",
        "teeth, one after the other, ever faster",
        zipper,
        Claim(centroid=(3000, 9500), tonal=False),
        level=-25,
        seconds=0.7,
        every=1.2,
    ),
)
