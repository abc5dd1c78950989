"""How closely a new picture follows the one it starts from: what is loosened before a treatment, what is given back."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.enlarge import enlarge
from callsheet.renderers.previz.picture.planes import (
    Rgb,
    along_edges,
    blur,
    displaced,
    floats,
    from_lab,
    grey,
    lab,
    noise,
    to_bytes,
)

WORKING = 1_700_000
"""So many pixels are treated at once; a larger picture is treated at this size and enlarged."""


def covering(rgb: Rgb, width: int, height: int) -> Rgb:
    """The picture filling that size: its middle, where the proportions differ."""
    left, top, wide, high = middle((rgb.shape[1], rgb.shape[0]), (width, height))
    return enlarge(rgb[top : top + high, left : left + wide], width, height)


def middle(picture: tuple[int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Which part of a picture fills that size: left, top, width and height. Half a pixel of proportion is nothing."""
    columns, rows = picture
    scale = max(size[0] / columns, size[1] / rows)
    wide, high = min(columns, round(size[0] / scale)), min(rows, round(size[1] / scale))
    wide, high = columns if columns - wide <= 1 else wide, rows if rows - high <= 1 else high
    return (columns - wide) // 2, (rows - high) // 2, wide, high


def working_size(width: int, height: int) -> tuple[int, int]:
    """The size a picture of this size is treated at."""
    scale = min(1.0, (WORKING / (width * height)) ** 0.5)
    return max(16, round(width * scale)), max(16, round(height * scale))


def unit(rgb: Rgb) -> float:
    """What one pixel of a picture 720 high is here: the measure of strokes and grain."""
    return max(0.35, min(rgb.shape[:2]) / 720)


def loosened(rgb: Rgb, strength: float, dice: np.random.Generator) -> Rgb:
    """Details let go and forms swayed: none at strength 1, the more the less it is."""
    free, size = 1 - min(max(strength, 0.0), 1.0), unit(rgb)
    if free < 0.02:
        return rgb
    sway = [26 * free**1.5 * size * (noise(dice, rgb.shape, 150 * size, 2) - 0.5) for _ in range(2)]
    picture = np.asarray(displaced(floats(rgb), *sway), np.float32)
    calm = along_edges(grey(to_bytes(picture)), picture, max(1.0, 11 * free * size), 0.0004 + 0.008 * free**2)
    return to_bytes(picture * (1 - free) + calm * free)


def restored(made: Rgb, source: Rgb, strength: float) -> Rgb:
    """The drawing of the source given back to what was made of it, by its strength: brightness only, no colour."""
    share = 0.55 * max(0.0, strength - 0.25) ** 1.5
    if share < 0.01:
        return made
    planes, size = lab(made), unit(source)
    light = 100 * grey(source)
    planes[..., 0] = np.clip(planes[..., 0] + share * (light - blur(light, 14 * size)), 0, 100)
    return from_lab(planes)
