"""Indoors: a room by its window, and the studio, an honest backdrop for what no setting was named for."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.painter import noise
from callsheet.renderers.previz.painter.brush import Sheet, below, ramp, smooth
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.palette import hex_, mix, rgb
from callsheet.renderers.previz.painter.plants import disc, leaf
from callsheet.renderers.previz.painter.stage import Stage

_WALLS = ("#d9b48f", "#8fa89b", "#c98f7c", "#7f93ad", "#d8c3a0", "#a08fae")


def room(stage: Stage) -> list[Layer]:
    """A wall with a window and its light, a shelf, a hanging lamp, and a table across the foreground."""
    dice = stage.dice("room")
    wall = hex_(_WALLS[int(dice.integers(len(_WALLS)))])
    if stage.brief.colours:
        wall = mix(wall, hex_(stage.brief.colours[0]), 0.5)
    wall = stage.own("wall", wall)
    side = 1 if stage.sun[0] > stage.width / 2 else -1
    return [
        _wall(stage, wall, side),
        _window(stage, side),
        _shelf(stage, dice, wall, -side),
        _lamp(stage, side),
        _table(stage, wall),
    ]


def _indoor(stage: Stage, colour: np.ndarray) -> np.ndarray:
    """A colour under this room's light: lamps keep the evening warm."""
    return colour * (
        stage.palette.ambient * (1 - 0.35 * stage.palette.night) + stage.palette.night * rgb(0.36, 0.24, 0.12)
    )


def _frame(stage: Stage, side: int) -> tuple[float, float, float, float]:
    wide, high = 0.46 * stage.unit, 0.5 * stage.unit
    middle = stage.width / 2 + side * 0.27 * stage.width
    top = 0.40 * stage.height - high / 2
    return middle - wide / 2, top, middle + wide / 2, top + high


def _wall(stage: Stage, wall: np.ndarray, side: int) -> Layer:
    sheet = Sheet(stage)
    tone = _indoor(stage, wall)
    away = np.clip(np.abs(sheet.x - (stage.width / 2 + side * 0.27 * stage.width)) / stage.width, 0, 1)[None, :]
    down = np.clip(sheet.y / stage.height, 0, 1)
    shade = np.clip(0.95 * away + 0.35 * (down - 0.3), 0, 1)[..., None] * 0.62
    sheet.flood(mix(tone, rgb(255, 246, 230), 0.18) + (mix(tone, stage.palette.silhouette, 0.4) - tone) * shade)
    x0, y0, x1, y1 = _frame(stage, side)
    slant, fall = -side * 0.62 * stage.unit, 0.30 * stage.unit
    if stage.palette.night < 0.5 and stage.brief.weather == "clear":
        for u in (0.0, 0.52):
            a, b = x0 + (x1 - x0) * u, x0 + (x1 - x0) * (u + 0.48)
            patch = np.array([[a, y0], [b, y0], [b, y1], [a, y1]]) + np.array([slant, fall])
            patch[:, 1] += (patch[:, 0] - patch[0, 0]) * 0.16 * side
            sheet.polygons([patch], mix(stage.palette.sun, tone, 0.25), 0.42)
    return sheet.layer(0.15)


def _window(stage: Stage, side: int) -> Layer:
    x0, y0, x1, y1 = _frame(stage, side)
    sheet = Sheet(stage, y0 - 0.1 * stage.unit, y1 + 0.1 * stage.unit)
    pad = 0.018 * stage.unit
    frame = _indoor(stage, hex_("#f3ece0"))
    sheet.polygons([_rect(x0 - pad, y0 - pad, x1 + pad, y1 + pad)], frame)
    place = np.clip((sheet.y - y0) / (y1 - y0), 0, 1)
    sheet.polygons([_rect(x0, y0, x1, y1)], ramp(stage.palette.sky, place * 0.75 + 0.25))
    dice = stage.dice("view")
    t = np.linspace(x0, x1, 40)
    for k in range(2):
        edge = y1 - (0.12 - 0.05 * k + 0.03 * np.sin(t / stage.unit * 14 + dice.uniform(0, 6))) * stage.unit
        hill = np.concatenate([np.stack([t, edge], axis=1), [[x1, y1], [x0, y1]]])
        sheet.polygons([hill], stage.palette.lit(hex_("#6f9a6a"), 0.3 + 0.25 * k))
    middle = (x0 + x1) / 2
    bar = 0.007 * stage.unit
    sheet.polygons(
        [
            _rect(middle - bar, y0, middle + bar, y1),
            _rect(x0, y0 + 0.42 * (y1 - y0) - bar, x1, y0 + 0.42 * (y1 - y0) + bar),
        ],
        frame,
    )
    sheet.polygons(
        [_rect(x0 - 2.4 * pad, y1 + 0.6 * pad, x1 + 2.4 * pad, y1 + 1.9 * pad)],
        mix(frame, stage.palette.silhouette, 0.12),
    )
    for way, at in ((-1, x0 - pad), (1, x1 + pad)):
        _curtain(sheet, stage, at, way, y0 - 3 * pad, y1 + 3 * pad)
    return sheet.layer(0.2)


def _curtain(sheet: Sheet, stage: Stage, at: float, way: int, top: float, foot: float) -> None:
    cloth = _indoor(stage, stage.own("curtains", mix(stage.palette.accents[0], rgb(255, 245, 235), 0.45)))
    wide = 0.1 * stage.unit
    for k in range(5):
        a, b = at + way * wide * (k / 5 - 0.3), at + way * wide * ((k + 1) / 5 - 0.3)
        sheet.polygons(
            [np.array([[a, top], [b, top], [b + way * 0.01 * stage.unit, foot], [a, foot]])],
            mix(cloth, stage.palette.silhouette, (0.06, 0.2, 0.1, 0.26, 0.14)[k]),
        )


def _shelf(stage: Stage, dice: np.random.Generator, wall: np.ndarray, side: int) -> Layer:
    """A shelf with books and a plant on the wall away from the window."""
    sheet = Sheet(stage, 0, stage.horizon)
    y, wide = 0.38 * stage.height, 0.3 * stage.unit
    x = stage.width / 2 + side * 0.30 * stage.width
    wood = _indoor(stage, hex_("#8a5f3f"))
    at = x - wide * 0.8
    while at < x + wide * 0.25:
        w, h = stage.unit * dice.uniform(0.014, 0.03), stage.unit * dice.uniform(0.085, 0.13)
        book = mix(stage.palette.accents[int(dice.integers(len(stage.palette.accents)))], wall, 0.3)
        sheet.polygons([_rect(at, y - h, at + w, y)], _indoor(stage, book))
        sheet.polygons([_rect(at, y - h * 0.82, at + w, y - h * 0.74)], _indoor(stage, hex_("#f4e8d0")), 0.6)
        at += w * 1.08
    pot = x + 0.6 * wide
    for _ in range(16):
        sheet.polygons(
            [
                leaf(
                    pot + dice.normal(0, 0.03) * stage.unit,
                    y - stage.unit * dice.uniform(0.07, 0.15),
                    0.034 * stage.unit,
                    dice.uniform(0.3, 2.8),
                )
            ],
            _indoor(stage, mix(hex_("#4f8a52"), hex_("#2d5c45"), dice.random())),
        )
    s = stage.unit * 0.034
    sheet.polygons(
        [np.array([[pot - s, y - 2 * s], [pot + s, y - 2 * s], [pot + 0.75 * s, y], [pot - 0.75 * s, y]])],
        _indoor(stage, hex_("#c46a48")),
    )
    sheet.polygons([_rect(x - wide, y, x + wide, y + 0.018 * stage.unit)], wood)
    sheet.polygons(
        [_rect(x - wide, y + 0.018 * stage.unit, x + wide, y + 0.03 * stage.unit)], stage.palette.silhouette, 0.18
    )
    return sheet.layer(0.25)


def _lamp(stage: Stage, side: int) -> Layer:
    sheet = Sheet(stage)
    x, y, s = stage.width / 2 - side * 0.02 * stage.width, 0.16 * stage.height, 0.07 * stage.unit
    sheet.polygons([_rect(x - 0.002 * stage.unit - 0.5, stage.top, x + 0.002 * stage.unit + 0.5, y)], hex_("#2b2a2e"))
    shade = np.array(
        [[x - 0.3 * s, y - 0.2 * s], [x + 0.3 * s, y - 0.2 * s], [x + s, y + 0.8 * s], [x - s, y + 0.8 * s]]
    )
    sheet.polygons([disc(x, y + 0.8 * s, 0.3 * s)], hex_("#fff3cf"))
    sheet.polygons([shade], _indoor(stage, mix(stage.palette.accents[1], hex_("#3a3236"), 0.25)))
    glow = np.exp(-(((sheet.x[None, :] - x) ** 2 + (sheet.y - y - s) ** 2) / (0.42 * stage.unit) ** 2))
    sheet.light(glow * (0.12 + 0.42 * stage.palette.night), hex_("#ffc77a"))
    return sheet.layer(0.5)


def _table(stage: Stage, wall: np.ndarray) -> Layer:
    row = stage.horizon
    sheet = Sheet(stage, row - 2, None)
    wood = _indoor(stage, stage.own("table", stage.own("floor", hex_("#a8744b"))))
    lit = mix(wood, stage.palette.sun, 0.22)
    place = np.clip((sheet.y - row) / (stage.height - row), 0, 1)[..., None]
    field = lit + (mix(wood, stage.palette.silhouette, 0.5) - lit) * place**0.8
    grain = noise.field(
        stage.dice("grain"),
        (sheet.x0, sheet.y0, sheet.x0 + sheet.width, sheet.y0 + sheet.height),
        (stage.width, stage.height),
        (1.2 * stage.unit, 0.02 * stage.unit),
        3,
    )
    edge = np.full(sheet.width, row, np.float32)
    sheet.over(below(edge, sheet.y), field * (0.94 + 0.12 * grain)[..., None])
    gleam = np.exp(-(((sheet.x - stage.sun[0]) / (0.4 * stage.unit)) ** 2))[None, :] * (1 - place[..., 0])
    sheet.tint(gleam * 0.28, stage.palette.sun)
    return sheet.layer(0.75, ground=True)


def studio(stage: Stage) -> list[Layer]:
    """A seamless backdrop in the picture's colours: broad folds of paper, a pool of light, and a floor."""
    dice = stage.dice("studio")
    a, b, *_ = stage.palette.accents
    ground = mix(a, b, 0.35) if stage.brief.colours else mix(stage.palette.sky[1][1], stage.palette.haze, 0.35)
    plain = stage.brief.tint("backdrop") is not None
    ground = _indoor(stage, stage.own("backdrop", ground)) if plain else ground
    sheet = Sheet(stage)
    spot = np.exp(
        -(
            ((sheet.x[None, :] - stage.focus) / (0.75 * stage.unit)) ** 2
            + ((sheet.y - 0.48 * stage.height) / (0.6 * stage.unit)) ** 2
        )
    )
    bright = 0.12 if plain and ground.mean() < 110 else 0.42
    dark, light = (
        mix(ground, stage.palette.silhouette, 0.12 if plain else 0.45),
        mix(ground, rgb(255, 250, 240), bright),
    )
    sheet.flood(dark + (light - dark) * spot[..., None])
    layers = [sheet.layer(0.0)]
    tints = (ground,) * 3 if plain else (b, b, a)
    tones = [mix(mix(ground, t, 0.2 + 0.08 * k), light, 0.28 - 0.12 * k) for k, t in enumerate(tints)]
    side = dice.choice([-1, 1])
    for i, tone in enumerate(tones):
        layers.append(_fold(stage, dice, i, tone, (side, bright * 2 / 3)))
    layers.append(_floor(stage, stage.own("floor", ground), stage.own("floor", light), 0.12 if plain else 0.4))
    return layers


def _fold(stage: Stage, dice: np.random.Generator, i: int, tone: np.ndarray, fall: tuple[int, float]) -> Layer:
    """A sheet of paper that sweeps in a curve behind the floor, with a soft shadow along its edge."""
    x = np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
    side, bright = fall
    u = (x / stage.width - 0.5) * side
    sweep = 0.34 * np.tanh((u + 0.12 * i - 0.1) * 3.2)
    wave = noise.line(dice, x, stage.width, 0.9 * stage.unit, 2, 0.3) * 0.08
    edge = stage.height * (0.36 + 0.15 * i) + (sweep + wave) * stage.unit
    sheet = Sheet(stage, edge.min() - 0.1 * stage.unit, None)
    down = sheet.y - edge[None, :]
    sheet.over(np.exp(-(np.clip(-down, 0, None) / (0.04 * stage.unit))) * 0.22, stage.palette.silhouette)
    crest, foot = mix(tone, rgb(255, 250, 244), bright), mix(tone, stage.palette.silhouette, 0.22)
    field = crest + (foot - crest) * np.clip(down / (0.7 * stage.unit), 0, 1)[..., None]
    sheet.over(below(edge, sheet.y), field)
    return sheet.layer(0.12 + 0.12 * i, Motion(bob=(0, 0.008 * stage.unit), period=6.0, phase=0.3 * i))


def _floor(stage: Stage, ground: np.ndarray, light: np.ndarray, fall: float) -> Layer:
    sheet = Sheet(stage, stage.horizon - 0.2 * stage.unit, None)
    blend = smooth(stage.horizon - 0.12 * stage.unit, stage.horizon + 0.1 * stage.unit, sheet.y)
    pool = np.exp(
        -(
            ((sheet.x[None, :] - stage.focus) / (0.62 * stage.unit)) ** 2
            + ((sheet.y - stage.horizon - 0.16 * stage.height) / (0.2 * stage.unit)) ** 2
        )
    )
    dark = mix(ground, stage.palette.silhouette, fall)
    sheet.over(np.broadcast_to(blend, sheet.alpha.shape).copy(), dark + (light - dark) * (pool * 0.9)[..., None])
    return sheet.layer(0.7, ground=True)


def _rect(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
