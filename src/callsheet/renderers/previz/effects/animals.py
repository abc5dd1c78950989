"""Animals: birds, insects, frogs, and those with a voice."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.effects.bodies import buzz, edge, lay, lay_around, puff, struck, sung, swell, turns
from callsheet.renderers.previz.effects.noise import (
    Mono,
    Stereo,
    Throw,
    at,
    bent,
    filtered,
    hiss,
    instants,
    wander,
    wide,
)
from callsheet.renderers.previz.effects.recipe import Claim, Recipe
from callsheet.renderers.sound import waves


def birds(throw: Throw, count: int) -> Stereo:
    """Three kinds of singer that answer each other, in a quiet wood."""
    made = wide(throw, count, 300, 4000, 1, pink=True) * np.float32(0.008)
    for song, rate in ((_warble, 0.45), (_cheep, 0.6), (_trill, 0.25)):
        pan = float(throw.uniform(-0.8, 0.8))
        for start in instants(throw, count, rate):
            lay_around(made, song(throw), int(start), float(throw.uniform(0.25, 1.0)), pan)
    return made


def crickets(throw: Throw, count: int) -> Stereo:
    """Four crickets: each a pure tone cut into chirps of three pulses, at its own pace."""
    made = wide(throw, count, 2500, 9000, 1) * np.float32(0.006)
    for k in range(4):
        pitch, pan = float(throw.uniform(4100, 4900)), -0.8 + 0.53 * k
        pulse = waves.tone(pitch, at(0.022)) * swell(at(0.022))
        many = max(1, round(float(throw.uniform(1.9, 2.6)) * count / at(1.0)))
        first, gain = float(throw.random()), (0.9, 0.3, 0.5, 0.2)[k]
        for chirp in range(many):
            start = int((chirp + first) * count / many)
            for beat in range(3):
                lay_around(made, pulse, start + at(0.036) * beat, gain * (0.7, 0.9, 1.0)[beat], pan)
    return made


def frogs(throw: Throw, count: int) -> Stereo:
    """A pond: croaks are trains of pulses in two throats' resonances."""
    made = wide(throw, count, 200, 1500, 1) * np.float32(0.008)
    for k in range(4):
        low, pan = (420, 560, 760, 1050)[k], (-0.6, 0.4, 0.8, -0.1)[k]
        for start in instants(throw, count, 0.45):
            croak = _croak(throw, low)
            lay_around(made, croak, int(start), float(throw.uniform(0.3, 0.9)), pan)
    return made


def wolf(throw: Throw, count: int) -> Mono:
    """Up, held, and slowly down, nearly a pure voice."""
    top = float(throw.uniform(560, 640))
    pitch = top * bent(count, (0, 0.52), (0.16, 0.95), (0.3, 1.0), (0.6, 0.97), (0.85, 0.8), (1, 0.6))
    pitch = pitch * (1 + np.float32(0.006) * waves.sine(np.arange(count) * (5.2 / 44_100)))
    voice = buzz(turns(pitch), (1, 0.34, 0.12, 0.05, 0.02))
    breath = hiss(throw, count, 500, 1500) * np.float32(0.03)
    return (voice + breath) * bent(count, (0, 0), (0.1, 0.6), (0.35, 1), (0.75, 0.8), (1, 0)) * edge(count, 0.05, 0.3)


def dog(throw: Throw, count: int) -> Mono:
    """One bark: a throat that jumps up and falls, rough in its middle."""
    length = at(float(throw.uniform(0.16, 0.2)))
    base = float(throw.uniform(380, 430))
    pitch = base * bent(length, (0, 0.75), (0.2, 1.5), (0.5, 1.25), (1, 0.7))
    voice = buzz(turns(pitch), sung(base * 1.2, ((620, 200, 1.0), (1350, 260, 0.8), (2900, 500, 0.25)), 14))
    rough = filtered(waves.noise(throw, length), 500, 2600) * np.float32(0.9)
    made = np.zeros(count, np.float32)
    made[:length] = (voice + rough * swell(length, 0.35)) * swell(length, 0.22)
    return made


def cat(throw: Throw, count: int) -> Mono:
    """Mi-a-ow: the mouth opens and closes, so the resonances climb and sink while the pitch arches."""
    base = float(throw.uniform(520, 600))
    pitch = base * bent(count, (0, 0.85), (0.25, 1.22), (0.55, 1.12), (1, 0.72))
    phase = turns(pitch)
    closed = buzz(phase, sung(base, ((500, 160, 1.0), (2500, 400, 0.5)), 12))
    opened = buzz(phase, sung(base, ((1150, 320, 1.0), (2100, 420, 0.9), (3300, 500, 0.35)), 14))
    mouth = bent(count, (0, 0), (0.18, 0.25), (0.45, 1), (0.7, 0.7), (1, 0))
    return (
        (closed * (1 - mouth) + opened * mouth)
        * bent(count, (0, 0), (0.1, 0.6), (0.45, 1), (1, 0))
        * edge(count, 0.02, 0.08)
    )


def cow(throw: Throw, count: int) -> Mono:
    base = float(throw.uniform(130, 150))
    pitch = base * bent(count, (0, 0.8), (0.2, 1.12), (0.6, 1.08), (1, 0.75))
    shut = sung(base, ((260, 90, 1.0), (900, 200, 0.15)), 20)
    open_ = sung(base, ((480, 140, 1.0), (950, 200, 0.6), (2300, 400, 0.12)), 24)
    phase, mouth = turns(pitch), bent(count, (0, 0), (0.3, 1), (0.8, 0.9), (1, 0.2))
    rough = 1 + np.float32(0.25) * wander(throw, count, 40, -1, 1)
    voice = buzz(phase, shut) * (1 - mouth) + buzz(phase, open_) * mouth
    return voice * rough * bent(count, (0, 0), (0.12, 1), (0.8, 0.8), (1, 0)) * edge(count, 0.05, 0.2)


def gallop(throw: Throw, count: int) -> Mono:
    """One stride: three hoofs and the pause in which the horse flies."""
    made = np.zeros(count, np.float32)
    for start, gain in ((0.0, 0.7), (0.115, 0.8), (0.225, 1.0)):
        body = float(throw.uniform(0.9, 1.1))
        hoof = struck(at(0.12), ((95 * body, 1.0, 0.09), (210 * body, 0.6, 0.06), (640 * body, 0.35, 0.035)))
        hoof += puff(throw, at(0.12), 0.05, 200, 3500, 1) * np.float32(0.5)
        here = at(start)
        made[here : here + len(hoof)] += (hoof * np.float32(gain))[: count - here]
    return made


def horse(throw: Throw, count: int) -> Mono:
    """A whinny: a high voice that shakes as it falls, and a snort."""
    length = int(count * 0.82)
    shake = 1 + np.float32(0.1) * waves.sine(np.arange(length) * (11.5 / 44_100))
    pitch = 820 * bent(length, (0, 0.75), (0.12, 1.35), (0.5, 1.05), (1, 0.55)) * shake
    voice = buzz(turns(pitch), sung(900, ((1100, 400, 1), (2700, 600, 0.5)), 9))
    made = np.zeros(count, np.float32)
    made[:length] = voice * bent(length, (0, 0), (0.06, 1), (0.7, 0.6), (1, 0)) * (0.75 + 0.25 * shake)
    snort = hiss(throw, count - length, 200, 2500) * swell(count - length, 0.2)
    made[length:] += snort * np.float32(0.25) * (0.5 + 0.5 * waves.tone(28, count - length))
    return made


def bees(throw: Throw, count: int) -> Stereo:
    """A swarm: five rough wings near 200 a second, each wandering."""
    made = np.zeros((count, 2), np.float32)
    for k in range(5):
        pitch = (178, 196, 212, 231, 254)[k] * wander(throw, count, 1.4, 0.96, 1.05)
        wings = buzz(_whole(pitch) + float(throw.random()), (1, 0.8, 0.6, 0.45, 0.35, 0.25, 0.18, 0.12))
        lay(made, wings * wander(throw, count, 1.1, 0.05, 1.0), 0, 0.5, -0.8 + 0.4 * k)
    return made


def owl(throw: Throw, count: int) -> Mono:
    made = np.zeros(count, np.float32)
    base = float(throw.uniform(370, 410))
    for start, seconds, gain in ((0.0, 0.28, 0.6), (0.5, 0.2, 0.5), (0.78, 0.75, 1.0)):
        length = at(seconds)
        pitch = base * bent(length, (0, 0.94), (0.3, 1.0), (1, 0.93))
        here = at(start)
        made[here : here + length] += buzz(turns(pitch), (1, 0.12, 0.05)) * swell(length, 0.35) * np.float32(gain)
    return made


def _whole(pitch: Mono) -> np.ndarray:
    """A phase that ends on a whole turn, so that a loop has no seam."""
    phase = turns(pitch)
    return phase * (round(float(phase[-1])) / float(phase[-1]))


def _warble(throw: Throw) -> Mono:
    parts: list[Mono] = []
    base = float(throw.uniform(2600, 3400))
    for _ in range(int(throw.integers(4, 8))):
        length = at(float(throw.uniform(0.05, 0.13)))
        a, b, c = (base * float(throw.uniform(0.8, 1.45)) for _ in range(3))
        parts += [waves.sine(turns(bent(length, (0, a), (0.5, b), (1, c)))) * swell(length, 0.4)]
        parts += [np.zeros(at(float(throw.uniform(0.02, 0.07))), np.float32)]
    return np.concatenate(parts)


def _cheep(throw: Throw) -> Mono:
    base, parts = float(throw.uniform(4200, 5400)), list[Mono]()
    for _ in range(int(throw.integers(1, 4))):
        length = at(0.09)
        parts += [waves.sine(turns(base * bent(length, (0, 1.25), (0.4, 0.92), (1, 1.1)))) * swell(length, 0.3)]
        parts += [np.zeros(at(0.11), np.float32)]
    return np.concatenate(parts)


def _trill(throw: Throw) -> Mono:
    length, base = at(0.8), float(throw.uniform(3300, 4100))
    beat = waves.sine(np.arange(length) * (24 / 44_100))
    return waves.sine(turns(base * (1 + np.float32(0.1) * beat))) * swell(length, 0.6) * (0.6 + 0.4 * beat)


def _croak(throw: Throw, low: float) -> Mono:
    length, rate = at(float(throw.uniform(0.3, 0.5))), float(throw.uniform(26, 38))
    pulse = struck(at(0.03), ((low, 1.0, 0.035), (low * 2.1, 0.5, 0.025), (low * 3.3, 0.2, 0.02)))
    made = np.zeros(length, np.float32)
    for k in range(int(rate * length / 44_100)):
        here = int(k * 44_100 / rate)
        made[here : here + len(pulse)] += pulse[: length - here]
    return made * swell(length, 0.4)


RECIPES = (
    Recipe(
        "birds",
        "whistled phrases that glide, trill and answer",
        birds,
        Claim(centroid=(2300, 5200), onsets=(1, 15)),
        level=-28,
        seconds=9,
        bed=True,
    ),
    Recipe(
        "crickets",
        "pure tones near 4.5 kHz in chirps of three pulses",
        crickets,
        Claim(pitch=(3900, 5100), tonal=True),
        level=-32,
        seconds=8,
        bed=True,
    ),
    Recipe("frogs", "croaks: trains of pulses in a throat", frogs, Claim(centroid=(350, 1600)), -28, 9, bed=True),
    Recipe(
        "wolf-howl",
        "a voice that climbs, holds and sinks",
        wolf,
        Claim(pitch=(400, 660), tonal=True, travel=(1.2, 2.6)),
        level=-19,
        seconds=3.4,
        every=5.0,
        loose=0.2,
    ),
    Recipe(
        "dog-bark",
        "short rough barks that fall",
        dog,
        Claim(centroid=(500, 2200), decay=(0.03, 0.3), pitch=(250, 1500)),
        level=-16,
        seconds=0.24,
        every=0.7,
        repeats=True,
        loose=0.5,
    ),
    Recipe(
        "cat-meow",
        "one arching voice whose mouth opens and closes",
        cat,
        Claim(pitch=(450, 1500), tonal=True, travel=(1.1, 3.2)),
        level=-20,
        seconds=0.9,
        every=2.6,
        repeats=True,
        loose=0.3,
    ),
    Recipe(
        "cow-moo",
        "a deep throat that opens",
        cow,
        Claim(pitch=(100, 620), tonal=True),
        level=-18,
        seconds=1.7,
        every=4.0,
        repeats=True,
        loose=0.3,
    ),
    Recipe(
        "horse-gallop",
        "three hoofs and a flight, again and again",
        gallop,
        Claim(centroid=(60, 900), onsets=(4, 9)),
        level=-17,
        seconds=0.36,
        every=0.46,
        repeats=True,
        loose=0.03,
    ),
    Recipe(
        "horse-neigh",
        "a high voice that shakes as it falls, and a snort",
        horse,
        Claim(pitch=(450, 2600), travel=(1.2, 4)),
        level=-18,
        seconds=1.7,
        every=4.5,
        loose=0.3,
    ),
    Recipe("bees", "rough wings near 200 beats a second", bees, Claim(pitch=(150, 560), tonal=True), -27, 7, bed=True),
    Recipe(
        "owl",
        "two short hoots and a long one",
        owl,
        Claim(pitch=(330, 430), tonal=True),
        level=-24,
        seconds=1.6,
        every=4.5,
        repeats=True,
        loose=0.2,
    ),
)
