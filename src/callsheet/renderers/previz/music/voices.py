"""The pitched players by name: how their notes are made and set in loudness, where they stand, what room they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz.music.makers import (
    Maker,
    bell,
    driven,
    falling,
    formant,
    held_long,
    solo,
    string,
    struck,
    tine,
)
from callsheet.renderers.sound.levels import loudness

Stereo = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Voice:
    """A player: how a note is made, at which MIDI note its loudness is set, where it stands, how much room it gets."""

    make: Maker
    reference: int = 64
    place: float = 0.0
    send: float = 1.0


def note(name: str, midi: int, held: int, strength: float) -> Stereo:
    """One note of a voice, at the same loudness for every voice at its reference note."""
    return VOICES[name].make(hertz(midi), max(held, 64), strength) * np.float32(_even(name))


def hertz(midi: float) -> float:
    return 440.0 * 2 ** ((midi - 69) / 12)


@lru_cache(maxsize=64)
def _even(name: str) -> float:
    voice = VOICES[name]
    level = loudness(voice.make(hertz(voice.reference), SAMPLE_RATE * 3 // 4, 0.8))
    return round(10 ** ((-22.0 - level) / 20), 5)


_GLASS = ((1.0, 1.0, 3.0), (2.76, 0.45, 1.4), (5.4, 0.22, 0.7), (8.93, 0.08, 0.3))
_TUBE = ((1.0, 1.0, 3.6), (2.0, 0.5, 2.6), (3.01, 0.36, 1.8), (4.17, 0.3, 1.3), (5.43, 0.2, 0.9), (0.5, 0.25, 4.0))

VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        "piano": Voice(
            struck(
                [
                    ((1, 0.55), 6.0),
                    ((0, 0, 0.42, 0.3, 0.22), 3.4),
                    ((0,) * 5 + (0.5, 0.36, 0.3, 0.2, 0.14, 0.1, 0.07), 1.4),
                ],
                0.28,
                knock=0.35,
            )
        ),
        "pianobass": Voice(
            struck(
                [((1, 0.8, 0.6), 6.0), ((0, 0, 0, 0.5, 0.4, 0.3), 3.0), ((0,) * 6 + (0.4, 0.3, 0.2, 0.15), 1.2)], 0.4
            ),
            43,
        ),
        "epiano": Voice(tine, send=0.8),
        "strings": Voice(held_long(falling(1.05, 24, corner=14), 0.38, 0.9), 60, send=1.2),
        "warm": Voice(held_long(falling(1.3, 14, corner=7), 0.3, 0.6, detune=8.0, sway=0.0), 60),
        "dark": Voice(held_long(falling(1.5, 10, corner=5), 0.9, 1.2, detune=11.0), 52, send=1.3),
        "choir": Voice(held_long(formant((2.6, 4.2, 9.5)), 0.5, 0.9, detune=9.0, sway=9.0, breath=0.012), 67, send=1.5),
        "organ": Voice(held_long((1, 0.8, 0.5, 0.6, 0, 0.3, 0, 0.35), 0.02, 0.09, detune=2.0, sway=6.0), 60),
        "brass": Voice(
            held_long(falling(1.3, 20, corner=6), 0.14, 0.35, detune=4.0, sway=4.0, bloom=falling(0.75, 24, corner=12)),
            62,
            send=1.2,
        ),
        "spiccato": Voice(
            struck(
                [(falling(1.0, 16, corner=10), 0.9), (falling(0.6, 20, corner=14), 0.4)], 0.16, knock=0.15, wide=5.0
            ),
            55,
            send=1.1,
        ),
        "flute": Voice(
            held_long((1, 0.32, 0.12, 0.05, 0.02), 0.06, 0.14, detune=1.5, sway=11.0, breath=0.03), 76, 0.12
        ),
        "whistle": Voice(held_long((1, 0.06, 0.02), 0.05, 0.1, detune=1.0, sway=9.0, breath=0.02), 79, -0.1),
        "dizi": Voice(
            held_long((1, 0.6, 0.4, 0.22, 0.14, 0.1, 0.05), 0.04, 0.12, detune=1.5, sway=12.0, breath=0.04), 76, 0.25
        ),
        "synth": Voice(held_long(falling(1.0, 24, odd=0.35, corner=12), 0.012, 0.14, detune=7.0, sway=3.0), 72, 0.0),
        "stab": Voice(
            struck([(falling(1.0, 16, corner=8), 1.1), (falling(0.7, 20, corner=12), 0.35)], 0.1, wide=7.0), 62
        ),
        "arp": Voice(
            struck([((1, 0.5, 0.33, 0.25), 0.7), ((0, 0, 0, 0, 0.4, 0.3, 0.25, 0.2), 0.3)], 0.12, wide=4.0), 76, 0.3
        ),
        "bell": Voice(bell(_TUBE, 1.4), 79, 0.25, 1.4),
        "celesta": Voice(bell(_GLASS, 0.9), 79, -0.25, 1.3),
        "musicbox": Voice(bell(_GLASS, 1.2), 79, 0.1, 1.2),
        "vibes": Voice(bell(((1.0, 1.0, 3.4), (3.98, 0.28, 1.2), (9.9, 0.06, 0.3)), 0.9), 70, 0.2),
        "guitar": Voice(string(3.2, 0.55, 0.2), 60, -0.2),
        "guzheng": Voice(string(3.8, 0.85, 0.7, bend=14.0), 67, -0.2, 1.1),
        "pizzicato": Voice(string(0.7, 0.5, 0.12), 67, 0.15, 1.1),
        "distorted": Voice(driven, 52),
        "violin": Voice(solo(((1.0, 1.0), (3.0, 0.7), (6.5, 0.35)), 0.25, 0.09), 74, 0.1, 1.2),
        "erhu": Voice(solo(((1.0, 0.9), (2.2, 0.9), (4.5, 0.5)), 0.8, 0.08), 72, 0.1, 1.3),
        "upright": Voice(string(1.6, 0.22, 0.1, spread=0.05), 40, send=0.4),
        "bass": Voice(
            struck([((1, 0.5, 0.22), 3.0), ((0, 0, 0, 0.3, 0.25, 0.15), 0.9)], 0.07, knock=0.12, wide=0.0),
            40,
            send=0.15,
        ),
        "synthbass": Voice(struck([(falling(1.0, 8), 3.0), (falling(0.6, 14), 0.5)], 0.05, wide=0.0), 40, send=0.1),
        "sub": Voice(held_long((1, 0.35, 0.12, 0.06), 0.05, 0.25, detune=0.0, sway=0.0), 38, send=0.1),
        "contrabass": Voice(held_long(falling(1.15, 16, corner=8), 0.12, 0.3, detune=3.0, sway=2.0), 40, send=0.7),
    }
)
"""Every player by name; the reference note is about where its part lies."""
