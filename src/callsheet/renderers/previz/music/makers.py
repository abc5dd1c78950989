"""How notes are made: from tables of one wave that are read at any pitch, struck, held, blown, bowed or plucked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz.music.strings import bowed, plucked
from callsheet.renderers.sound.waves import decay, noise, sine, soft

Mono = NDArray[np.float32]
Stereo = NDArray[np.float32]
Maker = Callable[[float, int, float], Stereo]
"""(pitch in hertz, held samples, strength 0..1) -> the note with its release."""

_SIZE = 16_384
_TOP = 15_000.0


def struck(
    groups: Sequence[tuple[Sequence[float], float]], release: float, knock: float = 0.0, wide: float = 1.2
) -> Maker:
    """A struck sounding body: groups of partials, each with the seconds it takes to die at middle C."""

    def make(pitch: float, held: int, strength: float) -> Stereo:
        count = held + int(release * SAMPLE_RATE)
        pace = min(2.2, max(0.25, (261.6 / pitch) ** 0.6))
        sides = [np.zeros(count, np.float32) for _ in range(2)]
        for index, (weights, seconds) in enumerate(groups):
            share = strength ** (0.6 * index)
            fade = decay(count, seconds * pace) * np.float32(share)
            for side, cents in enumerate((-wide, wide)):
                sides[side] += _cycle(pitch, count, weights, cents=cents) * fade
        made = _both(*sides) * _envelope(count, held, 0.002, release)[:, None]
        if knock:
            made[: len(_knock())] += (_knock() * np.float32(knock * strength))[:count, None]
        return made

    return make


def bell(ratios: Sequence[tuple[float, float, float]], release: float) -> Maker:
    """Partials that are no harmonics: (times the pitch, weight, seconds to die)."""

    def make(pitch: float, held: int, strength: float) -> Stereo:
        count = max(held, int(0.4 * SAMPLE_RATE)) + int(release * SAMPLE_RATE)
        sides = [np.zeros(count, np.float32) for _ in range(2)]
        steps = np.arange(count)
        for ratio, weight, seconds in ratios:
            if pitch * ratio > _TOP:
                continue
            fade = decay(count, seconds * min(1.6, (700 / pitch) ** 0.4)) * np.float32(
                weight * strength ** (ratio * 0.15)
            )
            for side in range(2):
                sides[side] += sine(steps * (pitch * ratio * (1 + (side - 0.5) * 0.0006) / SAMPLE_RATE)) * fade
        return _both(*sides) * _envelope(count, held, 0.0015, release)[:, None]

    return make


def held_long(
    weights: Sequence[float],
    attack: float,
    release: float,
    *,
    detune: float = 6.0,
    sway: float = 5.0,
    breath: float = 0.0,
    bloom: Sequence[float] = (),
) -> Maker:
    """A sustained ensemble: two players to a side, slightly apart; `bloom` is a brighter wave that comes in slowly."""

    def make(pitch: float, held: int, strength: float) -> Stereo:
        count = held + int(release * SAMPLE_RATE)
        sides: list[Mono] = []
        for side, cents in enumerate(((-detune, detune * 0.7), (detune, -detune * 0.6))):
            wave = np.zeros(count, np.float32)
            for index, apart in enumerate(cents):
                wave += _cycle(pitch, count, weights, cents=apart, sway=sway, at=0.31 * index + 0.17 * side)
            if bloom:
                come = np.minimum(np.arange(count, dtype=np.float32) / np.float32(0.6 * SAMPLE_RATE), np.float32(1))
                wave += (
                    _cycle(pitch, count, bloom, cents=cents[0], sway=sway, at=0.4 * side) * come * np.float32(strength)
                )
            sides.append(wave)
        made = _both(*sides)
        if breath:
            made += (noise(np.random.default_rng(int(pitch)), count) * np.float32(breath))[:, None]
        return made * _envelope(count, held, attack * (1.3 - 0.5 * strength), release)[:, None]

    return make


def tine(pitch: float, held: int, strength: float) -> Stereo:
    """An electric piano: one wave bends another's phase, less and less, and a tremolo passes from side to side."""
    count = held + int(0.3 * SAMPLE_RATE)
    steps = np.arange(count)
    base = steps * (pitch / SAMPLE_RATE)
    bend = sine(base) * decay(count, 2.2) * np.float32(0.10 + 0.16 * strength)
    ting = sine(base * 14.0 if pitch * 14 < _TOP else base * 4) * decay(count, 0.25) * np.float32(0.05 * strength)
    wave = (sine(base + bend) + ting) * decay(count, 5.0 * min(1.5, (261.6 / pitch) ** 0.5))
    sway = sine(steps * (4.6 / SAMPLE_RATE)) * np.float32(0.22)
    return _both(wave * (1 + sway), wave * (1 - sway)) * _envelope(count, held, 0.003, 0.3)[:, None]


def driven(pitch: float, held: int, strength: float) -> Stereo:
    """An overdriven guitar: the plucked string through two amplifiers, one to a side."""
    string = plucked(pitch, held, 0.9, release=0.08, ring=9.0, bright=0.6)
    body = soft(string * np.float32(7 + 9 * strength))
    dull = np.convolve(body, _CABINET, "same").astype(np.float32)
    late = np.concatenate([np.zeros(310, np.float32), dull])[: len(dull)]
    return _both(dull, late * np.float32(0.9))


def string(ring: float, bright: float, release: float, *, bend: float = 0.0, spread: float = 0.3) -> Maker:
    def make(pitch: float, held: int, strength: float) -> Stereo:
        wave = plucked(pitch, held, strength, release=release, ring=ring, bright=bright, bend=bend)
        twin = plucked(pitch * 1.0012, held, strength, release=release, ring=ring, bright=bright, bend=bend)
        return _both(wave + np.float32(1 - spread) * twin, twin + np.float32(1 - spread) * wave)

    return make


def solo(body: Sequence[tuple[float, float]], slide: float, attack: float) -> Maker:
    def make(pitch: float, held: int, strength: float) -> Stereo:
        wave = bowed(pitch, held, strength, body=body, slide=slide, attack=attack)
        return _both(wave, wave)

    return make


def falling(power: float, count: int = 24, odd: float = 1.0, corner: float = 99.0) -> tuple[float, ...]:
    """Weights k ** -power, even ones times `odd`, rolled off beyond partial `corner`."""
    return tuple(k**-power * (1.0 if k % 2 else odd) / (1 + (k / corner) ** 4) for k in range(1, count + 1))


def formant(peaks: Sequence[float]) -> tuple[float, ...]:
    return tuple(k**-0.9 * (0.12 + sum(1 / (1 + ((k - peak) / 1.1) ** 2) for peak in peaks)) for k in range(1, 17))


def _cycle(
    pitch: float, count: int, weights: Sequence[float], *, cents: float = 0.0, sway: float = 0.0, at: float = 0.0
) -> Mono:
    """A periodic wave of partials with these weights; `sway` is the depth of a vibrato in cents, 5.3 times a second."""
    kept = tuple(weight for k, weight in enumerate(weights, 1) if k * pitch < _TOP) or (weights[0],)
    turns = np.arange(count) * (pitch * 2 ** (cents / 1200) / SAMPLE_RATE) + at
    if sway:
        beats = np.arange(count) * (5.3 / SAMPLE_RATE)
        come = np.minimum(np.arange(count, dtype=np.float32) / np.float32(0.35 * SAMPLE_RATE), np.float32(1))
        turns += (sway * 0.000578 * pitch / (5.3 * 6.2832)) * (sine(beats) * come)
    places = ((turns - np.floor(turns)) * _SIZE).astype(np.int32)
    return _table(kept).take(places, mode="wrap")


@lru_cache(maxsize=96)
def _table(weights: tuple[float, ...]) -> Mono:
    where = np.arange(_SIZE) / _SIZE
    made = np.zeros(_SIZE, np.float32)
    for k, weight in enumerate(weights, 1):
        made += np.float32(weight) * sine(where * k)
    return made / np.float32(max(float(np.abs(made).max()), 1e-6))


def _envelope(count: int, held: int, attack: float, release: float) -> Mono:
    """Rises over `attack` seconds, holds, and falls over the rest after `held`."""
    made = np.ones(count, np.float32)
    rise = min(max(2, int(attack * SAMPLE_RATE)), count)
    made[:rise] = _smooth(rise)
    fall = min(count, max(64, int(release * SAMPLE_RATE)))
    made[count - fall :] *= _smooth(fall)[::-1]
    return made


def _smooth(count: int) -> Mono:
    x = (np.arange(count, dtype=np.float32) + np.float32(0.5)) / np.float32(count)
    return np.asarray(x * x * (3 - 2 * x), np.float32)


def _both(left: NDArray[np.floating], right: NDArray[np.floating]) -> Stereo:
    return np.stack([left, right], axis=1).astype(np.float32, copy=False)


@lru_cache(maxsize=1)
def _knock() -> Mono:
    grains = noise(np.random.default_rng(7), 900)
    return np.convolve(grains, np.ones(9, np.float32) / 9, "same").astype(np.float32) * decay(900, 0.02)


_CABINET = (np.hanning(15) / np.hanning(15).sum()).astype(np.float32)
