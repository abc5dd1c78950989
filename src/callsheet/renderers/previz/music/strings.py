"""Strings: plucked after Karplus and Strong, bowed as a driven wave with a body and a hand's vibrato."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.sound.waves import noise, sine

Mono = NDArray[np.float32]


def plucked(
    pitch: float, held: int, strength: float, *, release: float, ring: float, bright: float, bend: float = 0.0
) -> Mono:
    """A plucked string that rings `ring` seconds (to -60 dB at 220 Hz) or till its release.

    The loop is one whole period long, so that a period at a time is one step of arithmetic; reading it a little faster
    or slower brings the exact pitch. `bend` is how many cents sharp the pluck begins.
    """
    count = held + int(release * SAMPLE_RATE)
    share = 0.5 - 0.35 * bright
    period = max(8, math.ceil(SAMPLE_RATE / pitch))
    speed = pitch * (period + share) / SAMPLE_RATE
    need = int(count * speed * 1.02) + 2 * period
    loop = _loop(
        period,
        need // period + 2,
        share,
        round(10 ** (-3 / (ring * (220 / pitch) ** 0.35 * pitch)), 7),
        round(strength, 1),
    )
    steps = np.arange(count) * speed
    if bend:
        steps += _glide(count, bend)
    whole = steps.astype(np.int64)
    part = (steps - whole).astype(np.float32)
    made = loop[whole] * (1 - part) + loop[whole + 1] * part
    fall = min(count, max(64, int(release * SAMPLE_RATE)))
    made[count - fall :] *= (np.arange(fall, 0, -1, dtype=np.float32) / np.float32(fall)) ** 2
    return made.astype(np.float32)


def bowed(
    pitch: float, held: int, strength: float, *, body: Sequence[tuple[float, float]], slide: float, attack: float
) -> Mono:
    """A bowed string: a saw coloured by its body's resonances, sliding in from `slide` semitones below."""
    count = held + int(0.16 * SAMPLE_RATE)
    seconds = np.arange(count) / SAMPLE_RATE
    come = np.clip((seconds - 0.18) / 0.4, 0, 1)
    cents = sine(seconds * 5.6) * come * (16 + 10 * strength)
    arrive = np.clip(1 - seconds / 0.09, 0, 1) ** 2 * (-100 * slide)
    ratio = 1 + (cents + arrive) * 0.00057779
    turns = np.cumsum(pitch * ratio) / SAMPLE_RATE
    wave = _saw(min(18, int(14_000 / pitch)), tuple(body)).take(
        ((turns - np.floor(turns)) * 8192).astype(np.int32), mode="wrap"
    )
    hair = noise(np.random.default_rng(int(pitch)), count) * np.float32(0.02)
    rise, fall = max(2, int(attack * SAMPLE_RATE)), int(0.16 * SAMPLE_RATE)
    made = wave + hair
    made[:rise] *= np.arange(len(made[:rise]), dtype=np.float32) / np.float32(rise)
    made[count - fall :] *= (np.arange(fall, 0, -1, dtype=np.float32) / np.float32(fall)) ** 2
    return (made * (1 + np.float32(0.06) * sine(seconds * 5.6 + 0.2) * come.astype(np.float32))).astype(np.float32)


@lru_cache(maxsize=96)
def _loop(period: int, rounds: int, share: float, kept: float, strength: float) -> Mono:
    """The string's samples: each period is the last one, smoothed by its own delayed copy and damped."""
    throw = np.random.default_rng(period)
    now = noise(throw, period)
    for _ in range(1 + round(4 * (1 - strength))):
        now = (now + np.roll(now, 1)) * np.float32(0.5)
    now = now - now.mean(dtype=np.float64).astype(np.float32)
    now = (now - np.roll(now, period // 5) * np.float32(0.6)) / np.float32(max(float(np.abs(now).max()), 1e-6))
    made = np.empty((rounds, period), np.float32)
    keep, lag, before = np.float32(kept * (1 - share)), np.float32(kept * share), now[-1]
    for index in range(rounds):
        made[index] = now
        shifted = np.concatenate([[before], now[:-1]]).astype(np.float32)
        before = now[-1]
        now = keep * now + lag * shifted
    flat = made.ravel()
    flat.flags.writeable = False
    return flat


@lru_cache(maxsize=16)
def _glide(count: int, bend: float) -> NDArray[np.float64]:
    """How many samples ahead a pluck runs that begins sharp and settles within a tenth of a second."""
    fall = np.clip(1 - np.arange(count) / (0.1 * SAMPLE_RATE), 0, 1) ** 2
    return np.cumsum(fall * (bend * 0.00057779))


@lru_cache(maxsize=64)
def _saw(partials: int, body: tuple[tuple[float, float], ...]) -> Mono:
    where = np.arange(8192) / 8192
    made = np.zeros(8192, np.float32)
    for k in range(1, max(2, partials) + 1):
        colour = 0.25 + sum(weight / (1 + ((k - peak) / 1.3) ** 2) for peak, weight in body)
        made += np.float32(colour / k) * sine(where * k)
    return made / np.float32(np.abs(made).max())
