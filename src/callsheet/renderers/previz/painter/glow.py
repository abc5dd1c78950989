"""Light that subjects give off: a halo around lamps and lanterns, a lighthouse's beams, steam over a cup."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from callsheet.renderers.previz.painter import strokes
from callsheet.renderers.previz.painter.brush import Sheet
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.palette import hex_, rgb
from callsheet.renderers.previz.painter.spot import Spot
from callsheet.renderers.previz.painter.stage import Stage


def around(stage: Stage, spot: Spot, motion: Motion) -> list[Layer]:
    """The layers of light (or steam) that belong to one figure; most have none."""
    night = max(stage.palette.night, 0.3 if stage.brief.time == "golden" else 0.12)
    if spot.figure.motion == "beam":
        lantern, flicker = (spot.x, spot.y - 0.84 * spot.high), Motion(pulse=0.3, period=2.2)
        return [_halo(stage, lantern, 0.5 * spot.high, 0.75 * night, spot.depth, flicker), _beams(stage, spot, night)]
    if spot.figure.motion == "glow" or spot.figure.glows:
        middle = (spot.x, spot.y - spot.high * (0.7 if spot.figure.name == "lamp" else 0.5))
        along = replace(motion, roll=0.0, flap=0.0, pulse=0.2)
        return [_halo(stage, middle, 0.9 * spot.high, 0.7 * night, spot.depth, along)]
    if spot.figure.motion == "drive" and spot.figure.name != "bicycle" and stage.palette.night > 0.3:
        return [_headlight(stage, spot, motion)]
    if spot.figure.motion == "steam":
        return [_steam(stage, spot)]
    return []


def _halo(stage: Stage, place: tuple[float, float], r: float, strength: float, depth: float, motion: Motion) -> Layer:
    x, y = place
    sheet = Sheet(stage, y - 2 * r, y + 2 * r)
    bell = np.exp(-(((sheet.x[None, :] - x) ** 2 + (sheet.y - y) ** 2) / (0.55 * r) ** 2))
    sheet.light(bell * strength, hex_("#ffc46b"))
    return sheet.layer(depth, motion)


def _beams(stage: Stage, spot: Spot, night: float) -> Layer:
    """Two shafts from the lantern, wide and thin with distance."""
    x, y = spot.x, spot.y - 0.84 * spot.high
    sheet = Sheet(stage, y - 0.6 * stage.unit, y + 0.6 * stage.unit)
    dx, dy = sheet.x[None, :] - x, sheet.y - y
    angle = np.arctan2(dy - 0.05 * np.abs(dx), np.abs(dx) + 1e-3)
    reach = np.hypot(dx, dy) / (1.5 * stage.unit)
    beam = np.exp(-((angle / 0.055) ** 2)) * np.clip(1 - reach, 0, 1) ** 1.5
    sheet.light(beam * 0.55 * night, hex_("#ffe9b8"))
    return sheet.layer(spot.depth, Motion(pulse=0.7, period=4.0))


def _headlight(stage: Stage, spot: Spot, motion: Motion) -> Layer:
    """The light a vehicle throws ahead."""
    way = -1 if spot.flip else 1
    x0, _, x1, _ = strokes.extent(strokes.parse(spot.figure.parts))
    x, y = spot.x + way * 0.95 * max(x1, -x0) * spot.high / 100, spot.y - 0.36 * spot.high
    sheet = Sheet(stage, y - 1.2 * spot.high, y + 1.2 * spot.high)
    ahead = (sheet.x[None, :] - x) * way / spot.high
    side = (sheet.y - y) / spot.high
    beam = np.exp(-((side - 0.1 * ahead) ** 2) / (0.02 + 0.05 * np.maximum(ahead, 0)) ** 1.1 / 2)
    beam = beam * np.clip(1 - ahead / 2.6, 0, 1) ** 1.6 * np.clip(ahead * 14 + 0.4, 0, 1)
    bulb = np.exp(-(ahead**2 + side**2) / 0.03)
    sheet.light(np.clip(beam * 0.5 + bulb * 0.8, 0, 1).astype(np.float32), hex_("#ffe2a0"))
    return sheet.layer(spot.depth, motion)


def _steam(stage: Stage, spot: Spot) -> Layer:
    high = spot.high
    sheet = Sheet(stage, spot.y - 1.9 * high, spot.y - 0.7 * high)
    up = np.clip((spot.y - 0.72 * high - sheet.y) / high, 0, 1)
    cover = np.zeros_like(sheet.alpha)
    for k in (-1, 0, 1):
        middle = spot.x + k * 0.13 * high + np.sin(up * 7 + k * 2.1) * 0.05 * high * (0.4 + up)
        cover += (
            np.exp(-(((sheet.x[None, :] - middle) / (0.022 * high * (1 + 2.4 * up))) ** 2))
            * (1 - up) ** 1.4
            * np.clip(up * 8, 0, 1)
            * 0.34
        )
    sheet.over(np.clip(cover, 0, 1), rgb(255, 252, 246))
    return sheet.layer(spot.depth, Motion(bob=(0.006 * stage.unit, 0.008 * stage.unit), pulse=0.4, period=2.8))
