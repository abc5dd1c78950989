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
    rows, columns = rgb.shape[:2]
    scale = max(width / columns, height / rows)
    keep_w, keep_h = min(columns, round(width / scale)), min(rows, round(height / scale))
    left, top = (columns - keep_w) // 2, (rows - keep_h) // 2
    return enlarge(rgb[top : top + keep_h, left : left + keep_w], width, height)


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
