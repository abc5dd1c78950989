"""Weather in front of the picture: rain, snow, drifting fog and lightning."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.painter import noise
from callsheet.renderers.previz.painter.brush import Sheet, mask, smooth
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.palette import mix, rgb
from callsheet.renderers.previz.painter.plants import disc
from callsheet.renderers.previz.painter.scenes import Setting
from callsheet.renderers.previz.painter.stage import Stage


def paint(stage: Stage, setting: Setting) -> list[Layer]:
    """The weather's layers; none indoors, in space or under water."""
    if not setting.outdoors:
        return []
    kind = stage.brief.weather
    if kind == "fog":
        return [_fog(stage, 0, 0.38), _fog(stage, 1, 0.30)]
    if kind == "rain":
        return [_fog(stage, 0, 0.28), *(_rain(stage, k, 1.0) for k in range(2))]
    if kind == "storm":
        return [_fog(stage, 0, 0.25), _lightning(stage), *(_rain(stage, k, 1.5) for k in range(2))]
    if kind == "snow":
        return [_fog(stage, 0, 0.25), *(_snow(stage, k) for k in range(3))]
    return []


def _fog(stage: Stage, k: int, strength: float) -> Layer:
    """A bank of mist that lies along the horizon and drifts."""
    sheet = Sheet(stage, 0.2 * stage.height, None)
    box = (sheet.x0, sheet.y0, sheet.x0 + sheet.width, sheet.y0 + sheet.height)
    wisps = noise.field(
        stage.dice(f"fog{k}"), box, (stage.width, stage.height), (1.1 * stage.unit, 0.22 * stage.unit), 4
    )
    line = stage.height * (0.6 + 0.2 * k) if stage.horizon > stage.height else stage.horizon + 0.12 * k * stage.height
    belt = np.exp(-(((sheet.y - line) / (0.26 * stage.unit)) ** 2))
    white = mix(stage.palette.haze, rgb(255, 255, 255), 0.25 * (1 - stage.palette.night))
    sheet.over(np.clip(belt * (0.35 + 1.1 * smooth(0.3, 0.7, wisps)) * strength, 0, 0.92), np.asarray(white))
    way = 1 if k else -1
    return sheet.layer(0.5 + 0.3 * k, Motion(drift=(way * min(0.006, 0.09 / max(stage.duration, 1)) * stage.width, 0)))


def _rain(stage: Stage, k: int, force: float) -> Layer:
    """A tile of slanting streaks, the nearer the longer and faster; it repeats in both directions."""
    dice = stage.dice(f"rain{k}")
    sheet = Sheet(stage)
    near = 0.5 + 0.5 * k
    count = int(230 * force * (1 - 0.45 * k) * stage.width / stage.unit)
    long = (0.035 + 0.05 * near) * stage.unit * force
    slant = 0.16 + 0.14 * (force > 1)
    wide = max(0.45, 0.0011 * stage.unit * (0.7 + near))
    streaks = []
    for _ in range(count):
        x, y = dice.uniform(0, sheet.width) + sheet.x0, dice.uniform(0, sheet.height) + sheet.y0
        for dx in (0, -sheet.width):
            for dy in (0, -sheet.height):
                streaks.append(
                    np.array([[x + dx - wide, y + dy], [x + dx + wide, y + dy], [x + dx - slant * long, y + dy + long]])
                )
    drawn = mask(streaks, (sheet.x0, sheet.y0), (sheet.height, sheet.width))
    if drawn is not None:
        cover, window = drawn
        sheet.over(cover * (0.20 + 0.14 * k), mix(stage.palette.haze, rgb(255, 255, 255), 0.55), window)
    speed = (1.1 + 0.7 * k) * stage.height * force
    return _whole(sheet, 0.95, Motion(flow=(-slant * speed, speed)))


def _snow(stage: Stage, k: int) -> Layer:
    """A tile of flakes, small and many far away, large and few close by."""
    dice = stage.dice(f"flakes{k}")
    sheet = Sheet(stage)
    count = int((260, 120, 34)[k] * stage.width / stage.unit)
    size = (0.0022, 0.0045, 0.010)[k] * stage.unit
    flakes = []
    for _ in range(count):
        x, y = dice.uniform(0, sheet.width) + sheet.x0, dice.uniform(0, sheet.height) + sheet.y0
        r = max(0.6, size * dice.uniform(0.6, 1.3))
        flakes += [disc(x + dx, y + dy, r, 12) for dx in (0, -sheet.width) for dy in (0, -sheet.height)]
    drawn = mask(flakes, (sheet.x0, sheet.y0), (sheet.height, sheet.width))
    if drawn is not None:
        cover, window = drawn
        sheet.over(cover * (0.7, 0.85, 0.5)[k], mix(stage.palette.cloud, rgb(255, 255, 255), 0.75), window)
    pace = (0.07, 0.12, 0.2)[k] * stage.height
    return _whole(sheet, 0.95, Motion(flow=(-0.25 * pace, pace)))


def _whole(sheet: Sheet, depth: float, motion: Motion) -> Layer:
    """A layer that keeps the canvas's full size, so that it can scroll around."""
    pixels = np.dstack([sheet.rgb, sheet.alpha * 255])
    return Layer(np.clip(pixels + 0.5, 0, 255).astype(np.uint8), sheet.x0, sheet.y0, depth, motion)


def _lightning(stage: Stage) -> Layer:
    """One forked stroke with its glow, from the clouds to the horizon."""
    dice = stage.dice("lightning")
    sheet = Sheet(stage, None, min(stage.horizon, stage.height))
    x, foot = stage.sun[0], min(stage.horizon, 0.9 * stage.height)
    path = [(x, float(stage.top))]
    while path[-1][1] < foot:
        path.append(
            (path[-1][0] + dice.normal(0, 0.035) * stage.unit, path[-1][1] + dice.uniform(0.02, 0.06) * stage.unit)
        )
    points = np.array(path)
    thick = np.linspace(0.0042, 0.0012, len(points)) * stage.unit
    stroke = np.concatenate(
        [points + np.stack([thick, 0 * thick], axis=1), (points - np.stack([thick, 0 * thick], axis=1))[::-1]]
    )
    column = np.interp(sheet.y[:, 0], points[:, 1], points[:, 0])[:, None]
    halo = np.exp(-np.abs(sheet.x[None, :] - column) / (0.07 * stage.unit)) * 0.5
    sheet.light(halo, rgb(150, 170, 230))
    sheet.polygons([stroke], rgb(245, 248, 255), 0.95)
    return sheet.layer(0.05, Motion(pulse=1.0, period=2.2))
