"""Paints a scene anew over the structure of a given picture: over its edges, or over its depth."""

from __future__ import annotations

import cv2
import numpy as np

from callsheet.renderers.previz.painter import compose
from callsheet.renderers.previz.painter.brief import Brief
from callsheet.renderers.previz.painter.stage import dice as dice_of
from callsheet.renderers.previz.picture import colours, relight, structure
from callsheet.renderers.previz.picture.lines import contours, drawn
from callsheet.renderers.previz.picture.planes import (
    Rgb,
    along_edges,
    blur,
    floats,
    from_lab,
    grey,
    lab,
    smooth,
    to_bytes,
)


def over_edges(source: Rgb, brief: Brief, strength: float, seed: int) -> Rgb:
    """The source's drawing in the colours of the prompt's scene: areas laid in flat, lines over them.

    The more `strength`, the more of the lines and of the light and shade are the source's.
    """
    rows, columns = source.shape[:2]
    size = structure.unit(source)
    source = structure.loosened(source, strength, dice_of(brief.prompt, seed, "edges"))
    scene = compose.show(compose.compose(brief, columns, rows, seed))
    areas = along_edges(grey(source), floats(source), 7 * size, 0.002)
    filled = lab(colours.transferred(to_bytes(areas), scene, 1.0, 0.75))
    layout = lab(to_bytes(blur(floats(scene), 0.06 * rows)))
    own = 0.2 + 0.75 * strength
    made = filled * own + layout * (1 - own)
    made[..., 1:] *= 1.1
    lines = np.maximum(drawn(source, 1.3 * size), 0.8 * contours(source, 1.2 * size)) * (0.2 + 0.45 * strength)
    made[..., 0] = made[..., 0] * (1 - 0.72 * lines)
    return from_lab(made.astype(np.float32))


def over_depth(source: Rgb, brief: Brief, strength: float, seed: int) -> Rgb:
    """The source's depth as the prompt's scene: each distance in that scene's colours there, its air between.

    The more `strength`, the sharper the layers follow the source and the more of its light and shade stays.
    """
    rows, columns = source.shape[:2]
    size = structure.unit(source)
    scene = compose.show(compose.compose(brief, columns, rows, seed))
    stage = compose.staged(brief, columns, rows, seed)
    near = relight.near(source)
    near = near * strength + blur(near, 22 * size) * (1 - strength)
    layered = _stepped(near, 6, 0.20)
    horizon = int(np.clip(stage.horizon, 0.2 * rows, 0.9 * rows))
    at = np.clip(
        horizon + (rows - 1 - horizon) * layered - 0.35 * horizon * (1 - smooth(0.0, 0.22, layered)), 0, rows - 1
    )
    profile = cv2.GaussianBlur(lab(scene).mean(axis=1, keepdims=True), (1, 0), sigmaX=0.1, sigmaY=0.02 * rows).reshape(
        rows, 3
    )
    index = at.astype(np.int64)
    hues = lab(colours.transferred(source, scene, 1.0, 0.6))
    made = profile[index] * 0.42 + lab(to_bytes(blur(floats(scene), 0.03 * rows))) * 0.20 + hues * 0.38
    made[..., 1:] *= 1.25
    light = 100 * grey(source)
    made[..., 0] += (0.15 + 0.5 * strength) * (light - blur(light, 40 * size))
    step = np.abs(np.asarray(cv2.Sobel(layered, cv2.CV_32F, 0, 1, ksize=3), np.float32))
    made[..., 0] += 4 * smooth(0.01, 0.10, step)
    haze = lab((stage.palette.haze[None, None]).astype(np.uint8))[0, 0]
    air = (0.30 * (1 - layered) ** 2)[..., None]
    return from_lab((made * (1 - air) + haze * air).astype(np.float32))


def _stepped(near: np.ndarray, count: int, softness: float) -> np.ndarray:
    steps = near * count
    part = steps - np.floor(steps)
    return ((np.floor(steps) + smooth(0.5 - softness, 0.5 + softness, part)) / count).astype(np.float32)
