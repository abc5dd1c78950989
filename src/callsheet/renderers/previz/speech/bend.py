"""Pitch in semitones: as far as the synthesiser's own scale reaches, and by playing faster or slower beyond that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from callsheet.renderers.previz.speech.talker import Heard

FARTHEST = 14.0
"""Semitones up or down that a voice is moved; beyond, it is no voice any more."""

# What espeak-ng's pitch parameter does, measured by autocorrelation of flat voices (cmn+f2 and en-us+m3 agree to 0.2).
_STEPS = (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
_SEMITONES = (-8.55, -6.85, -5.33, -3.6, -1.9, 0.0, 1.93, 3.85, 5.9, 7.96, 9.74)


def split(semitones: float) -> tuple[int, float]:
    """The synthesiser's step for a pitch, and the factor by which its sound must then be played faster, mostly 1."""
    wanted = max(-FARTHEST, min(FARTHEST, semitones))
    step = round(float(np.interp(wanted, _SEMITONES, _STEPS)))
    rest = wanted - max(_SEMITONES[0], min(_SEMITONES[-1], wanted))
    return step, 2 ** (rest / 12)


def bent(heard: Heard, factor: float) -> Heard:
    """A line played `factor` times as fast, its marks with it."""
    if factor == 1.0 or not len(heard.samples):
        return heard
    count = max(1, round(len(heard.samples) / factor))
    at = np.arange(count) * factor
    samples = np.rint(np.interp(at, np.arange(len(heard.samples)), heard.samples)).astype(np.int16)
    events = tuple((kind, round(sample / factor), position) for kind, sample, position in heard.events)
    return replace(heard, samples=samples, events=events)
