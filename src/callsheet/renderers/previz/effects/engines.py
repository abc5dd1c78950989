"""Engines and vehicles: cars, trains, aircraft, tools that run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.effects.bodies import buzz, edge, lay, lay_around, puff, struck, turns
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

_SOUND_SPEED = 343.0


def car_engine(throw: Throw, count: int) -> Stereo:
    """A four-stroke at idle: 27 firings a second, uneven by cylinder, over the breath of its exhaust."""
    return _motor(throw, count, 27.0 * wander(throw, count, 1.2, 0.96, 1.05), (40, 620), 0.35)


def motorbike(throw: Throw, count: int) -> Stereo:
    """A big twin that is given gas and let go."""
    return _motor(throw, count, wander(throw, count, 0.9, 38, 105), (70, 1500), 0.5)


def chainsaw(throw: Throw, count: int) -> Stereo:
    """A two-stroke at full cry, pulled down when it bites."""
    speed = wander(throw, count, 0.9, 96, 138)
    made = _motor(throw, count, speed, (120, 4200), 0.4)
    rasp = wide(throw, count, 1500, 6000, 1) * (0.5 + 0.5 * waves.sine(_whole(speed)))[:, None]
    return made + rasp * np.float32(0.22)


def drill(throw: Throw, count: int) -> Stereo:
    """A commutator's whine with its gears, louder and lower where it bites."""
    bite = wander(throw, count, 0.7, 0, 1)
    phase = _whole(610 * (1 - 0.1 * bite))
    whine = buzz(phase, (0.7, 0.9, 0.3, 0.45, 0.2, 0.25, 0.1, 0.1))
    grind = wide(throw, count, 900, 7000, 1) * (0.1 + 0.32 * bite)[:, None]
    return grind + (whine * (0.75 + 0.25 * waves.sine(_whole(np.full(count, 47.0)))))[:, None] * np.float32(0.5)


def car_pass(throw: Throw, count: int) -> Stereo:
    """A car at 90 km/h, 6 m away: what reaches the ear is what it was when the sound left, hence the fall in pitch."""
    t = np.arange(count) / 44_100 - count / 88_200
    along, aside, speed = t * 25.0, 6.0, 25.0
    distance = np.sqrt(along * along + aside * aside)
    shift = 1 / (1 + speed * along / distance / _SOUND_SPEED)
    near = aside / distance
    motor = buzz(turns(84.0 * shift), (1, 0.9, 0.7, 0.8, 0.4, 0.5, 0.3, 0.2, 0.2, 0.1))
    tyres = filtered(waves.noise(throw, count), 250, 1900, 2) * np.float32(6)
    air = filtered(waves.noise(throw, count), 1500, 5000, 2) * np.float32(3)
    sound = (0.35 * motor + 0.5 * tyres) * near + air * near * near * 0.5
    place = along / distance
    sound = sound * edge(count, 0.6, 0.6)
    return np.stack([sound * np.sqrt(1 - 0.92 * place), sound * np.sqrt(1 + 0.92 * place)], axis=1).astype(np.float32)


def car_horn(throw: Throw, count: int) -> Mono:
    """Two discs a third apart, brassy."""
    gains = tuple(1 / k**0.55 for k in range(1, 13))
    made = buzz(turns(np.full(count, 415.0)), gains) + buzz(turns(np.full(count, 512.0)), gains)
    return made * edge(count, 0.015, 0.05)


def siren(throw: Throw, count: int) -> Stereo:
    """A wail: up and down between 600 and 1,350 Hz, whole cycles in a loop, with the street's answer."""
    cycles = max(1, round(count / at(4.0)))
    arc = 0.5 + 0.5 * waves.sine(np.arange(count) * (cycles / count) - 0.25)
    pitch = 600 + 750 * arc.astype(np.float64)
    voice = buzz(_whole(pitch), (1, 0.3, 0.42, 0.12, 0.15, 0.06))
    made = np.zeros((count, 2), np.float32)
    lay(made, voice, 0)
    for delay, gain, pan in ((0.11, 0.3, -0.8), (0.19, 0.22, 0.8)):
        lay_around(made, voice, at(delay), gain, pan)
    return made


def train(throw: Throw, count: int) -> Stereo:
    """Wheels over joints, two and two, over the rumble of the carriage."""
    made = wide(throw, count, 35, 420, 1, pink=True) * np.float32(0.6) * wander(throw, count, 1.5, 0.8, 1.1)[:, None]
    made += wide(throw, count, 800, 3500, 1) * np.float32(0.05)
    many = max(1, round(count / at(0.78)))
    for k in range(many):
        for start, gain, pan in ((0.0, 1.0, -0.3), (0.105, 0.8, -0.2), (0.33, 0.7, 0.3), (0.43, 0.6, 0.4)):
            clack = struck(at(0.16), ((120, 1.0, 0.12), (340, 0.7, 0.07), (1240, 0.4, 0.05), (2600, 0.2, 0.03)))
            clack += puff(throw, at(0.16), 0.05, 300, 4000, 1) * np.float32(0.7)
            lay_around(made, clack, int(k * count / many) + at(start), 2.4 * gain, pan)
    return made


def train_horn(throw: Throw, count: int) -> Mono:
    """Five trumpets, a chord that no one overhears."""
    made = np.zeros(count, np.float32)
    for k, pitch in enumerate((311.1, 370.0, 415.3, 493.9, 622.3)):
        rise = bent(count, (0, 0.985), (0.06, 1.0), (0.93, 1.0), (1, 0.98))
        made += buzz(turns(pitch * rise) + 0.17 * k, (1, 0.75, 0.6, 0.45, 0.3, 0.2, 0.14, 0.1))
    air = filtered(waves.noise(throw, count), 1500, 7000, 1) * np.float32(0.5)
    return (made + air) * edge(count, 0.06, 0.3)


def helicopter(throw: Throw, count: int) -> Stereo:
    """Blades that slap the air eleven times a second, and a turbine."""
    slaps = max(1, round(11.0 * count / 44_100))
    phase = np.arange(count) * (slaps / count)
    part = (phase - np.floor(phase)).astype(np.float32)
    chop = np.maximum(0, 1 - part * 2.6) ** 2 * np.minimum(part * 40, 1)
    made = wide(throw, count, 45, 900, 1, pink=True) * (0.15 + chop)[:, None]
    thump = buzz(phase, tuple(0.0 if k < 2 else 1 / k for k in range(1, 10))) * np.float32(0.25)
    turbine = waves.sine(_whole(np.full(count, 2380.0))) * np.float32(0.016)
    return (
        made
        + (thump + turbine)[:, None]
        + wide(throw, count, 2000, 6000, 1) * np.float32(0.018) * (0.4 + chop)[:, None]
    )


def airplane(throw: Throw, count: int) -> Stereo:
    """A jet: a roar without beat, and the whine of its fans."""
    made = wide(throw, count, 60, 900, 1, pink=True) * wander(throw, count, 1.2, 0.8, 1.1)[:, None]
    made += wide(throw, count, 900, 4500, 1) * np.float32(0.13)
    for pitch, gain in ((2210.0, 0.12), (2235.0, 0.1), (4420.0, 0.04)):
        made += (waves.sine(_whole(pitch * wander(throw, count, 0.5, 0.995, 1.005))) * np.float32(gain))[:, None]
    return made


def traffic(throw: Throw, count: int) -> Stereo:
    """A street from above: a low carpet, cars that pass in it, a horn far away."""
    made = wide(throw, count, 45, 600, 1, pink=True) * np.float32(0.35)
    for start in instants(throw, count, 0.45):
        length = at(float(throw.uniform(2.5, 4.5)))
        near = bent(length, (0, 0), (0.5, 1), (1, 0))
        sound = hiss(throw, length, 180, 2200, 1, pink=True) * near * near * near
        lay_around(made, sound, int(start), float(throw.uniform(0.15, 0.5)), float(throw.uniform(-0.7, 0.7)))
    horn = filtered(car_horn(throw, at(0.35)), 250, 900)
    lay_around(made, horn, int(throw.integers(count)), 0.03, float(throw.uniform(-0.8, 0.8)))
    return made


def _motor(throw: Throw, count: int, firing: NDArray[np.floating], band: tuple[float, float], rough: float) -> Stereo:
    """Explosions in a pipe: a train of uneven pulses, and noise that is let out with each of them."""
    phase = _whole(firing)
    part = (phase - np.floor(phase)).astype(np.float32)
    cylinder = np.floor(phase).astype(np.intp) % 4
    force = np.array([1.0, 0.82, 0.94, 0.74], np.float32)[cylinder]
    push = np.maximum(0, 1 - part * 2.2) ** 3 * np.minimum(part * 25, 1) * force
    tone = filtered(push, band[0], band[1], 1)
    made = wide(throw, count, band[0] * 2, band[1] * 2.2, 1) * push[:, None] * np.float32(rough)
    return made + tone[:, None] * np.float32(1.4)


def _whole(pitch: NDArray[np.floating]) -> NDArray[np.float64]:
    """A phase that ends on whole turns (a multiple of four where there are many), for a loop without seam."""
    phase = turns(pitch)
    end = float(phase[-1])
    return phase * ((round(end / 4) * 4 if end > 16 else max(1, round(end))) / end)


RECIPES = (
    Recipe(
        "car-pass",
        "comes, passes from left to right with its fall in pitch, and goes",
        car_pass,
        Claim(centroid=(250, 2600), onsets=(0, 2)),
        level=-19,
        seconds=5,
        every=6,
        loose=0.25,
    ),
    Recipe(
        "car-horn",
        "two brassy discs a third apart",
        car_horn,
        Claim(pitch=(390, 2600), tonal=True, decay=(0.2, 1.0)),
        level=-17,
        seconds=0.7,
        every=1.0,
        loose=0.15,
    ),
    Recipe(
        "siren",
        "a wail that sweeps between 600 and 1,350 Hz",
        siren,
        Claim(pitch=(560, 1400), tonal=True, travel=(1.7, 2.6)),
        level=-18,
        seconds=8,
        bed=True,
    ),
    Recipe(
        "train-horn",
        "a chord of five trumpets",
        train_horn,
        Claim(pitch=(290, 1900), tonal=True),
        level=-16,
        seconds=2.4,
        every=3.2,
        stretch=(1.2, 4),
    ),
    Recipe(
        "train",
        "wheels over joints, two and two, over a rumble",
        train,
        Claim(centroid=(60, 900), onsets=(2, 7)),
        level=-21,
        seconds=7.8,
        bed=True,
    ),
    Recipe(
        "motorbike", "a twin that is given gas and let go", motorbike, Claim(centroid=(120, 1500)), -20, 7, bed=True
    ),
    Recipe("car-engine", "27 uneven firings a second", car_engine, Claim(centroid=(50, 500)), -23, 8, bed=True),
    Recipe(
        "helicopter",
        "blades that slap the air eleven times a second",
        helicopter,
        Claim(centroid=(50, 700), onsets=(7, 13)),
        level=-20,
        seconds=7,
        bed=True,
    ),
    Recipe(
        "airplane",
        "a roar without beat and the whine of fans",
        airplane,
        Claim(centroid=(100, 1500), onsets=(0, 1.5)),
        level=-20,
        seconds=8,
        bed=True,
    ),
    Recipe(
        "power-drill",
        "a commutator's whine that bites",
        drill,
        Claim(centroid=(800, 3800), tonal=True),
        level=-21,
        seconds=6,
        bed=True,
    ),
    Recipe(
        "chainsaw",
        "a rasping two-stroke, pulled down when it bites",
        chainsaw,
        Claim(centroid=(400, 3500)),
        level=-19,
        seconds=6,
        bed=True,
    ),
    Recipe(
        "traffic",
        "a low carpet with cars passing in it",
        traffic,
        Claim(centroid=(100, 1100), tonal=False, onsets=(0, 2)),
        level=-25,
        seconds=9,
        bed=True,
    ),
)
