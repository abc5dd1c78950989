"""The drum kit and its small percussion: each stroke made once, then struck louder or softer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.sound.room import pan, shaped
from callsheet.renderers.sound.waves import decay, noise, ramp, sine, soft, tone

Mono = NDArray[np.float32]
Stereo = NDArray[np.float32]


@lru_cache(maxsize=64)
def stroke(name: str) -> Stereo:
    """One stroke of a drum, its peak at 1, placed where it stands in the kit."""
    make, place = KIT[name]
    mono = make()
    fall = min(len(mono), 600)
    mono[len(mono) - fall :] *= ramp(fall, 1.0, 0.0)
    made = pan(mono / np.float32(np.abs(mono).max()), place)
    made.flags.writeable = False
    return made


def _seconds(length: float) -> int:
    return int(length * SAMPLE_RATE)


def _grains(name: str, count: int) -> Mono:
    return noise(np.random.default_rng(sum(map(ord, name))), count)


def _thump(top: float, bottom: float, fall: float, ring: float, click: float = 0.0) -> Callable[[], Mono]:
    """A skin whose pitch falls from `top` to `bottom` hertz within about `fall` seconds."""

    def make() -> Mono:
        count = _seconds(ring * 1.1)
        pitch = bottom + (top - bottom) * decay(count, fall * 3).astype(np.float64)
        made = sine(np.cumsum(pitch) / SAMPLE_RATE) * decay(count, ring)
        if click:
            snap = _seconds(0.012)
            made[:snap] += (
                shaped(_grains("click", snap), [(1500, 1), (5000, 1)], 0.05) * decay(snap, 0.012) * np.float32(click)
            )
        return soft(made * np.float32(1.4))

    return make


def _hiss(
    bands: Sequence[tuple[float, float]], ring: float, attack: float = 0.0, skin: float = 0.0, pitch: float = 190.0
) -> Callable[[], Mono]:
    """Shaped noise that dies within `ring` seconds, over a skin of its own where it has one."""

    def make() -> Mono:
        count = _seconds(ring * 1.1)
        made = shaped(_grains(f"{bands}{ring}", count), bands, 0.0) * decay(count, ring)
        made = made / np.float32(np.abs(made).max())
        if skin:
            made += (
                (tone(pitch, count) + np.float32(0.6) * tone(pitch * 1.72, count))
                * decay(count, 0.16)
                * np.float32(skin)
            )
        if attack:
            rise = _seconds(attack)
            made[:rise] *= ramp(rise, 0.0, 1.0) ** 2
        return made

    return make


def _clap() -> Mono:
    count = _seconds(0.3)
    made = np.zeros(count, np.float32)
    for late, level in ((0.0, 0.7), (0.011, 0.8), (0.023, 0.7), (0.034, 1.0)):
        start = _seconds(late)
        length = count - start
        ring = 0.25 if late > 0.03 else 0.03
        made[start:] += _grains("clap", length) * decay(length, ring) * np.float32(level)
    return shaped(made, [(900, 1.0), (1400, 1.3), (4000, 0.5)], 0.1)


def _wood(pitch: float, ring: float) -> Callable[[], Mono]:
    def make() -> Mono:
        count = _seconds(ring * 1.2)
        made = tone(pitch, count)
        made += np.float32(0.5) * tone(pitch * 1.62, count, 0.2)
        return made * decay(count, ring)

    return make


def _metal(ring: float, low: float) -> Callable[[], Mono]:
    """Cymbals: noise and a crowd of inharmonic partials."""

    def make() -> Mono:
        count = _seconds(ring)
        made = shaped(_grains("metal", count), [(low, 0.5), (low * 2, 1.0), (9000, 0.6), (13000, 0.25)], 0.0)
        made = made / np.float32(np.abs(made).max())
        for index in range(9):
            made += np.float32(0.05) * tone(low * (1 + 0.43 * index + 0.17 * math.sin(index * 2.1)), count, 0.1 * index)
        return made * decay(count, ring)

    return make


KIT: Mapping[str, tuple[Callable[[], Mono], float]] = MappingProxyType(
    {
        "kick": (_thump(150, 50, 0.03, 0.34, 0.35), 0.0),
        "deep": (_thump(95, 42, 0.05, 0.6, 0.1), 0.0),
        "taiko": (_thump(140, 62, 0.06, 0.9, 0.25), -0.12),
        "tom": (_thump(210, 95, 0.05, 0.45, 0.15), 0.25),
        "boom": (_thump(80, 34, 0.12, 2.2, 0.0), 0.0),
        "snare": (_hiss([(700, 0.8), (2200, 1.0), (7000, 0.6), (11000, 0.2)], 0.22, skin=0.55), 0.06),
        "rim": (_wood(1720, 0.05), 0.15),
        "brush": (_hiss([(1500, 0.6), (4000, 1.0), (9000, 0.4)], 0.2, attack=0.02), 0.05),
        "hat": (_hiss([(6500, 0.7), (9500, 1.0), (13000, 0.35)], 0.07), 0.3),
        "open": (_hiss([(6000, 0.7), (9000, 1.0), (13000, 0.35)], 0.42), 0.3),
        "ride": (_metal(0.9, 3300), 0.35),
        "crash": (_metal(2.4, 2600), -0.3),
        "swell": (lambda: _metal(1.8, 2400)()[::-1].copy(), 0.0),
        "clap": (_clap, -0.1),
        "shaker": (_hiss([(5000, 0.6), (8000, 1.0), (12000, 0.4)], 0.08, attack=0.015), -0.35),
        "tambourine": (_hiss([(6500, 0.8), (10000, 1.0), (14000, 0.4)], 0.16), -0.3),
        "wood": (_wood(880, 0.11), -0.25),
        "conga": (_thump(320, 215, 0.02, 0.3, 0.1), -0.3),
        "pulse": (_thump(75, 44, 0.03, 0.32, 0.0), 0.0),
    }
)
"""How each is made, and where it stands between left (-1) and right (1)."""
