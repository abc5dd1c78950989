"""The furniture of landscapes: quay, pier, headland, mesas, copses, glades with shafts of light, a roof's parapet."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.painter import noise, plants, terrain
from callsheet.renderers.previz.painter.brush import Sheet, below, points, smooth
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.palette import hex_, mix
from callsheet.renderers.previz.painter.stage import Stage


def headland(stage: Stage) -> Layer:
    """Rocks that run into the sea from the side away from the light."""
    side = -1 if stage.sun[0] > stage.width / 2 else 1
    x = np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
    u = (x / stage.width - 0.5) * side
    crag = noise.line(stage.dice("crag"), x, stage.width, 0.25 * stage.unit, 6, 0.55)
    height = np.clip((u - 0.12) * 1.1, 0, 0.4) ** 0.8 * (1 + 0.4 * crag) + 0.015 * crag * (u > 0.08)
    edge = stage.horizon + 2 - np.where(height > 0.002, height, -0.02) * 0.85 * stage.unit
    sheet = Sheet(stage, edge.min() - 2, stage.horizon + 3)
    terrain.body(sheet, edge.astype(np.float32), hex_("#56665a"), 0.5)
    return sheet.layer(0.4)


def quay(stage: Stage) -> list[Layer]:
    """A row of gabled houses along the water with lit windows, and masts before them."""
    dice = stage.dice("quay")
    row, unit = stage.horizon, stage.unit
    sheet, lamps = Sheet(stage, row - 0.36 * unit, row + 3), Sheet(stage, row - 0.36 * unit, row + 3)
    walls = [hex_(c) for c in ("#d9c3a0", "#c98a6a", "#b9a58f", "#8fa3ad", "#d8ccb8", "#b0705a")]
    x = float(stage.left)
    away = 1 if stage.sun[0] < stage.width / 2 else -1
    while x < stage.right:
        w = unit * dice.uniform(0.04, 0.075)
        lean = (x / stage.width - 0.5) * away
        h = unit * dice.uniform(0.05, 0.085) * float(np.clip(0.72 + 1.1 * lean, 0.25, 1.5))
        if lean > -0.22:
            _house(
                sheet, lamps, dice, (x, row - h, w, h), stage.palette.lit(walls[int(dice.integers(len(walls)))], 0.5)
            )
        x += w * (1.0 if dice.random() < 0.75 else dice.uniform(1.1, 1.6))
    wall = stage.palette.lit(hex_("#6f6a66"), 0.55)
    end = stage.width * (0.5 - away * 0.24)
    edge = (end, stage.right) if away > 0 else (stage.left, end)
    sheet.polygons([_rect(edge[0], row - 0.012 * unit, edge[1], row + 3)], wall)
    boats = [
        boat(dice.uniform(edge[0], edge[1]), row, unit * dice.uniform(0.07, 0.15))
        for _ in range(int(13 * stage.width / unit))
    ]
    sheet.polygons([part for _, rig in boats for part in rig], mix(wall, stage.palette.silhouette, 0.6), 0.9)
    for k, (hull, _) in enumerate(boats):
        sheet.polygons([hull], stage.palette.lit(hex_(("#f0ebe0", "#a8453a", "#2f5570")[k % 3]), 0.6))
    return [sheet.layer(0.42), lamps.layer(0.42)]


def boat(x: float, row: float, high: float) -> tuple[np.ndarray, list[np.ndarray]]:
    """A moored boat: its hull, and its mast and boom."""
    t = max(0.5, high * 0.008)
    top, foot = row - 0.12 * high, row + 2
    hull = points(x - 0.4 * high, top, x + 0.46 * high, top - 0.03 * high, x + 0.3 * high, foot, x - 0.3 * high, foot)
    return hull, [_rect(x - t, row - high, x + t, row), _rect(x, row - 0.3 * high, x + 0.34 * high, row - 0.28 * high)]


def _house(
    sheet: Sheet, lamps: Sheet, dice: np.random.Generator, box: tuple[float, float, float, float], wall: np.ndarray
) -> None:
    x, y, w, h = box
    stage = sheet.stage
    roof = stage.palette.lit(hex_(("#a4543f", "#7a4a44", "#5f5a66")[int(dice.integers(3))]), 0.5)
    sheet.polygons([_rect(x, y, x + w, y + h + 3)], wall)
    peak = w * dice.uniform(0.28, 0.5)
    if dice.random() < 0.5:
        sheet.polygons([np.array([[x - 0.04 * w, y], [x + w / 2, y - peak], [x + 1.04 * w, y]])], roof)
    else:
        sheet.polygons(
            [
                np.array(
                    [
                        [x - 0.04 * w, y],
                        [x + 0.12 * w, y - 0.6 * peak],
                        [x + 0.88 * w, y - 0.6 * peak],
                        [x + 1.04 * w, y],
                    ]
                )
            ],
            roof,
        )
    shaded = _rect(x, y, x + 0.3 * w, y + h) if stage.sun[0] > x else _rect(x + 0.7 * w, y, x + w, y + h)
    sheet.polygons([shaded], stage.palette.silhouette, 0.2)
    size = w * 0.15
    for wy in np.arange(y + 0.5 * size, y + h - 1.5 * size, 2.0 * size):
        for u in (0.16, 0.44, 0.70):
            pane = _rect(x + u * w, wy, x + u * w + size * 0.8, wy + size)
            sheet.polygons([pane], mix(wall, stage.palette.silhouette, 0.5))
            if dice.random() < 0.15 + 0.6 * stage.palette.night:
                lamps.polygons([pane], hex_("#ffd58a"), min(1.0, 0.35 + stage.palette.night))


def pier(stage: Stage) -> Layer:
    """A jetty in the foreground corner, dark against the water, with its posts."""
    side, unit, palette = (1 if stage.focus > stage.width / 2 else -1), stage.unit, stage.palette
    sheet = Sheet(stage, stage.height - 0.34 * unit, None)
    wood = palette.lit(hex_("#6b5240"), 1.0)
    end, far = stage.width * (0.5 + side * 0.14), stage.right if side > 0 else stage.left
    top = stage.height - 0.085 * unit
    beam = points(end, top, far, top - 0.05 * unit, far, stage.bottom, end + side * 0.03 * unit, top + 0.035 * unit)
    sheet.polygons([beam], mix(wood, palette.silhouette, 0.3))
    for k in range(int(abs(far - end) / (0.045 * unit)) + 1):
        x = end + side * k * 0.045 * unit
        y = top - 0.05 * unit * abs(x - end) / max(abs(far - end), 1)
        a, b, c = (x + side * share * unit for share in (0.04, 0.052, 0.012))
        plank = points(x, y, a, y - 0.001 * unit, b, y + 0.03 * unit, c, y + 0.03 * unit)
        sheet.polygons([plank], mix(wood, palette.sun, 0.12 + 0.05 * (k % 3)))
    for k in range(5):
        x, y = end + side * (0.03 + 0.2 * k) * unit, top - 0.02 * unit * k
        post = _rect(x - 0.013 * unit, y - 0.085 * unit, x + 0.013 * unit, stage.bottom)
        head = _rect(x - 0.016 * unit, y - 0.092 * unit, x + 0.016 * unit, y - 0.078 * unit)
        sheet.polygons([post], mix(wood, palette.silhouette, 0.5))
        sheet.polygons([head], mix(wood, palette.sun, 0.3))
    return sheet.layer(1.0)


def mesas(stage: Stage) -> Layer:
    """Table mountains far off in the heat."""
    dice = stage.dice("mesas")
    x = np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
    level = noise.line(dice, x, stage.width, 0.6 * stage.unit, 2, 0.5)
    step = smooth(0.05, 0.12, level) * 0.6 + smooth(0.3, 0.36, level) * 0.4
    crag = noise.line(dice, x, stage.width, 0.06 * stage.unit, 4) * 0.012
    edge = stage.horizon + 0.02 * stage.height - (step * 0.2 + crag + 0.02) * stage.unit
    sheet = Sheet(stage, edge.min() - 2, None)
    terrain.body(sheet, edge, hex_("#b5684a"), 0.24, fall=0.3)
    return sheet.layer(0.12)


def copse(stage: Stage, name: str, row: float, depth: float, tall: float) -> Layer:
    """Broad-leaved trees in two or three groups along a field's edge."""
    dice = stage.dice(name)
    sheet = Sheet(stage, row - 2.2 * tall * stage.unit, row + 0.1 * stage.unit)
    spots: list[tuple[float, float, float]] = []
    for _ in range(int(dice.integers(2, 4) * max(1, stage.width / stage.unit / 1.8))):
        middle = dice.uniform(0, stage.width)
        spots += [
            (
                middle + dice.normal(0, 0.5) * tall * 2 * stage.unit,
                row + dice.uniform(0, 0.012) * stage.unit,
                tall * stage.unit * dice.uniform(0.5, 1.1),
            )
            for _ in range(int(dice.integers(1, 5)))
        ]
    plants.crowns(sheet, name, sorted(spots, key=lambda s: s[1]), depth)
    return sheet.layer(depth)


def glade(stage: Stage) -> Layer:
    """The bright mist between the trees."""
    sheet = Sheet(stage)
    palette = stage.palette
    leaf = palette.lit(stage.own("leaves", hex_("#9cc08a")), 0.35)
    glow = np.exp(
        -(
            ((sheet.x[None, :] - stage.focus) / (0.5 * stage.unit)) ** 2
            + ((sheet.y - 0.5 * stage.height) / (0.55 * stage.unit)) ** 2
        )
    )
    field = (
        mix(leaf, palette.silhouette, 0.3)
        + (mix(palette.haze, palette.sun, 0.35) - mix(leaf, palette.silhouette, 0.3)) * glow[..., None]
    )
    sheet.flood(field)
    return sheet.layer(0.02)


def shafts(stage: Stage) -> Layer:
    """Light falling through the crowns in slanting shafts."""
    sheet = Sheet(stage)
    dice = stage.dice("beams")
    source = (stage.sun[0] + np.sign(stage.sun[0] - stage.width / 2) * 0.3 * stage.width, -0.6 * stage.height)
    angle = (sheet.x[None, :] - source[0]) / (sheet.y - source[1] + stage.margin * 0.2)
    beam = np.zeros_like(sheet.alpha)
    for _ in range(10):
        beam += np.exp(
            -(
                ((angle - dice.normal(-np.sign(source[0] - stage.width / 2) * 0.4, 0.3)) / dice.uniform(0.015, 0.05))
                ** 2
            )
        ) * dice.uniform(0.3, 1)
    fade = np.clip(1.1 - sheet.y / (stage.horizon + 0.1 * stage.height), 0, 1)
    strength = 0.34 if stage.brief.weather == "clear" and stage.palette.night < 0.6 else 0.14
    sheet.light(beam * fade * strength, stage.palette.sun)
    return sheet.layer(0.5, Motion(pulse=0.3, period=5.5))


def parapet(stage: Stage) -> Layer:
    """A stone embankment along the bottom, with a rail."""
    unit = stage.unit
    top = stage.height - 0.075 * unit
    sheet = Sheet(stage, top - 0.1 * unit, None)
    stone = stage.palette.lit(hex_("#5f6470"), 1.0)
    edge = np.full(sheet.width, top, np.float32)
    sheet.over(below(edge, sheet.y), np.asarray(mix(stone, stage.palette.silhouette, 0.55)))
    sheet.polygons(
        [_rect(stage.left, top - 0.004 * unit, stage.right, top + 0.01 * unit)], mix(stone, stage.palette.sun, 0.3)
    )
    posts = np.arange(stage.left, stage.right, 0.13 * unit)
    sheet.polygons(
        [_rect(x, top - 0.07 * unit, x + 0.007 * unit, top) for x in posts], mix(stone, stage.palette.silhouette, 0.6)
    )
    sheet.polygons(
        [
            _rect(stage.left, top - 0.075 * unit, stage.right, top - 0.066 * unit),
            _rect(stage.left, top - 0.04 * unit, stage.right, top - 0.036 * unit),
        ],
        mix(stone, stage.palette.silhouette, 0.5),
    )
    return sheet.layer(1.0)


def _rect(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
