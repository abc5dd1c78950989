"""Sheets of sound effects: the spectrogram of every recipe with what it claims and what was measured."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.encode import SAMPLE_RATE
from callsheet.renderers.previz import lettering
from callsheet.renderers.previz.effects import mix
from callsheet.renderers.previz.effects.library import FAMILIES
from callsheet.renderers.previz.effects.measure import Measured, measure, spectrogram
from callsheet.renderers.previz.effects.recipe import Claim, Recipe
from callsheet.renderers.stills import write_still

Rgb = NDArray[np.uint8]

_COLUMNS, _CELL, _HIGH, _TEXT, _GAP = 3, 440, 130, 66, 14
_PAPER, _INK, _SOFT, _FAULT = (250, 248, 244), (38, 42, 52), (110, 106, 100), (190, 40, 30)
_LOW_HERTZ, _HIGH_HERTZ, _FLOOR, _TONES = 30.0, 16_000.0, -66.0, 10
_UNITS = {"centroid": "Hz", "pitch": "Hz", "onsets": "/s", "decay": "s", "travel": "x"}


def draw(out: Path) -> None:
    """Write a sheet for each family."""
    for family, recipes in FAMILIES.items():
        rows = -(-len(recipes) // _COLUMNS)
        height = 70 + rows * (_HIGH + _TEXT + _GAP) + _GAP
        rgb = np.empty((height, _COLUMNS * (_CELL + _GAP) + _GAP, 3), np.uint8)
        rgb[:] = _PAPER
        about = f"{family}: 30 Hz to 16 kHz, log scale, {-_FLOOR:.0f} dB"
        lettering.draw(rgb, about, (_GAP, 46), 26, _INK)
        for index, recipe in enumerate(recipes):
            row, column = divmod(index, _COLUMNS)
            _draw_recipe(rgb, recipe, _GAP + column * (_CELL + _GAP), 70 + row * (_HIGH + _TEXT + _GAP))
        write_still(
            out / f"{family.replace(' ', '-')}.png", rgb, {"family": family, "recipes": [r.name for r in recipes]}
        )


def _draw_recipe(rgb: Rgb, recipe: Recipe, left: int, top: int) -> None:
    sound = mix.sample(recipe, 1)
    found = measure(sound)
    faults = found.faults(recipe.claim)
    kind = "bed" if recipe.bed else "repeats" if recipe.repeats else "once"
    lettering.draw(rgb, recipe.name, (left, top + 16), 18, _FAULT if faults else _INK)
    said = f"{kind}, {len(sound) / SAMPLE_RATE:.1f} s, {recipe.level:g} LUFS"
    lettering.draw(rgb, said, (left + 190, top + 16), 14, _SOFT)
    lettering.draw(rgb, recipe.about, (left, top + 36), 13, _SOFT)
    lettering.draw(rgb, _claimed(recipe.claim, found), (left, top + 55), 12, _FAULT if faults else _SOFT)
    rgb[top + _TEXT : top + _TEXT + _HIGH, left : left + _CELL] = _picture(sound)


def _claimed(claim: Claim, found: Measured) -> str:
    """`centroid 930 Hz (600..1500)` and so on, for what is claimed."""
    said = [
        f"{name} {_number(getattr(found, name))} {unit} ({span[0]:g}..{span[1]:g})"
        for name, unit in _UNITS.items()
        if (span := getattr(claim, name)) is not None
    ]
    if claim.tonal is not None:
        said.append(f"{'tonal' if claim.tonal else 'noise'} {found.partials:.2f}")
    return ", ".join(said)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.2g}"


def _picture(sound: NDArray[np.float32]) -> Rgb:
    """Power by time and log frequency, in a dozen tones of ink: few enough for a small file."""
    power = spectrogram(sound)[:-4]
    ratio = (_HIGH_HERTZ / _LOW_HERTZ) ** (1 / (_HIGH - 1))
    bins = _LOW_HERTZ * ratio ** np.arange(_HIGH) / SAMPLE_RATE * 2 * (power.shape[1] - 1)
    maps = np.meshgrid(bins, np.arange(len(power)))
    between = cv2.remap(power, maps[0].astype(np.float32), maps[1].astype(np.float32), cv2.INTER_LINEAR)
    # A row of the sheet spans many bins at the top: the loudest is shown, or a thin partial would be lost.
    highest = np.maximum.reduceat(power, np.maximum.accumulate(bins.astype(np.intp)), axis=1)
    seen = cv2.resize(np.maximum(np.asarray(between), highest), (_HIGH, _CELL), interpolation=cv2.INTER_LINEAR).T[::-1]
    share = np.clip(1 - np.asarray(cv2.blur(np.ascontiguousarray(seen), (5, 1)), np.float32) / _FLOOR, 0, 1)
    toned = np.round(share * (_TONES - 1)) / (_TONES - 1)
    coloured = cv2.applyColorMap((toned * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
    return np.asarray(coloured[:, :, ::-1], np.uint8)
