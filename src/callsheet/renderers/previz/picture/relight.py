"""Puts a picture under another light: a painted sky, the land lit and hazed by its depth, and weather in front."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from callsheet.renderers.previz.painter import compose, sky, weather
from callsheet.renderers.previz.painter.brief import Brief
from callsheet.renderers.previz.painter.flatten import flat, over
from callsheet.renderers.previz.painter.scenes import Setting
from callsheet.renderers.previz.painter.stage import Stage
from callsheet.renderers.previz.picture import masks, skies
from callsheet.renderers.previz.picture.planes import (
    Plane,
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


def near(rgb: Rgb) -> Plane:
    """How near each place is, 0..1 over the full range, drawn to the picture's edges."""
    return masks.nearness(rgb).astype(np.float32) / 255


def relit(rgb: Rgb, brief: Brief, time: str, seed: int) -> Rgb:
    """The picture at another time of day: its sky painted anew, the rest under that light, its lamps burning."""
    rows, columns = rgb.shape[:2]
    above = skies.sky(rgb)
    horizon = _horizon(above)
    stage = _stage(replace(brief, time=time, weather="clear", setting="field"), columns, rows, seed, horizon)
    share = along_edges(grey(rgb), blur(above.astype(np.float32), 1.5), max(rows, columns) / 200, 0.001)
    land = _lit(rgb, stage, near(rgb))
    if above.mean() < 0.02:
        return to_bytes(land)
    heaven = floats(flat(sky.paint(stage), (0, 0, columns, rows)))
    share = np.clip((share - 0.15) / 0.7, 0, 1)[..., None]
    # The old clouds stay as a breath of brightness: the picture keeps its own sky's drawing.
    drawing = grey(rgb) - blur(grey(rgb), rows / 12)
    heaven = np.clip(heaven + (0.22 * drawing * above)[..., None], 0, 1)
    return to_bytes(_sunlit(heaven * share + land * (1 - share), stage, 1 - share[..., 0]))


def weathered(rgb: Rgb, brief: Brief, seed: int) -> Rgb:
    """Rain, snow, fog or storm before the picture, which loses colour and distance as it would."""
    rows, columns = rgb.shape[:2]
    above = skies.sky(rgb)
    stage = _stage(replace(brief, setting="field"), columns, rows, seed, max(_horizon(above), 0.56 * rows))
    kind = brief.weather
    planes = lab(rgb)
    dull, dim, thick = {
        "fog": (0.55, 1.0, 0.72), "snow": (0.62, 1.0, 0.42), "rain": (0.62, 0.80, 0.36), "storm": (0.5, 0.62, 0.34),
        "cloudy": (0.62, 0.9, 0.18),
    }[kind]  # fmt: skip
    planes[..., 1:] *= dull
    planes[..., 0] *= dim
    picture = floats(from_lab(planes))
    if kind == "snow":
        picture = _snowed(picture, rgb)
    far = np.maximum(1 - near(rgb), above)[..., None]
    haze = stage.palette.haze / 255
    made = to_bytes(picture * (1 - thick * far**1.4) + haze * thick * far**1.4)
    for layer in weather.paint(stage, Setting([])):
        over(made, layer.pixels, layer.x, layer.y)
    return made


def _snowed(picture: Plane, rgb: Rgb) -> Plane:
    """Snow lies on what faces upwards: where it grows darker below."""
    light = blur(grey(rgb), 1.5)
    facing = smooth(0.02, 0.14, -np.asarray(cv2.Sobel(light, cv2.CV_32F, 0, 1, ksize=3), np.float32))
    ground = smooth(0.45, 0.95, near(rgb)) * 0.55
    lies = np.clip(blur(facing.astype(np.float32), 1.2) * 0.7 + ground, 0, 0.85)[..., None]
    return picture * (1 - lies) + np.array([0.92, 0.94, 0.97], np.float32) * lies * (0.75 + 0.25 * light)[..., None]


def _stage(brief: Brief, width: int, height: int, seed: int, horizon: float) -> Stage:
    stage = compose.staged(brief, width, height, seed)
    rise = stage.horizon - stage.sun[1]
    return replace(stage, horizon=horizon, sun=(stage.sun[0], max(horizon - rise, 0.08 * height)))


def _horizon(above: Any) -> float:
    """The row where the sky ends, at most at three quarters."""
    rows = above.shape[0]
    reach = above.mean(axis=1)
    found = np.flatnonzero(reach > 0.12)
    return float(np.clip((found[-1] + 1) if found.size else 0.5 * rows, 0.25 * rows, 0.75 * rows))


def _lit(rgb: Rgb, stage: Stage, nearness: Plane) -> Plane:
    """The land as the painter lights it: its own colours under the light, dark close by, lost in haze far off."""
    palette = stage.palette
    planes = lab(rgb)
    planes[..., 0] = np.clip(58 + (planes[..., 0] - float(np.median(planes[..., 0]))) * 0.95, 4, 98)
    own = floats(from_lab(planes))
    dark = (palette.dark * 0.85 * (0.40 + 0.60 * nearness))[..., None]
    seen = own * (palette.ambient if palette.ambient.max() <= 1.3 else palette.ambient / 255)
    seen = seen * (1 - dark) + (palette.silhouette / 255) * dark + 0.18 * dark * own
    share = np.clip(0.55 + 0.75 * nearness, 0, 1)[..., None]
    seen = seen * share + (palette.haze / 255) * (1 - share)
    light = grey(rgb)
    lamps = (palette.night * smooth(0.80, 0.96, light) * smooth(0.03, 0.15, light - blur(light, stage.unit / 14)))[
        ..., None
    ]
    warm = np.array([1.0, 0.82, 0.52], np.float32)
    glow = np.clip(lamps + 0.6 * blur(lamps[..., 0], stage.unit * 0.03)[..., None], 0, 1)
    return np.asarray(1 - (1 - np.clip(seen, 0, 1)) * (1 - 0.85 * glow * warm), np.float32)


def _sunlit(picture: Plane, stage: Stage, land: Plane) -> Plane:
    """The light's own glow over the land around it."""
    rows, columns = picture.shape[:2]
    y, x = np.arange(rows, dtype=np.float32)[:, None], np.arange(columns, dtype=np.float32)[None, :]
    away = np.hypot(x - stage.sun[0], (y - stage.sun[1]) * 1.3) / stage.unit
    strength = {"golden": 0.42, "dawn": 0.34, "dusk": 0.22, "night": 0.08, "day": 0.16}[stage.brief.time]
    glow = (strength * np.exp(-away / 0.42) * (0.35 + 0.65 * land))[..., None] * (stage.palette.sun / 255)
    return np.asarray(1 - (1 - np.clip(picture, 0, 1)) * (1 - np.clip(glow, 0, 1)), np.float32)
