"""Cities: skylines in three distances with lit windows, and a street between two rows of houses."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.painter.brush import Sheet, smooth
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.palette import hex_, mix
from callsheet.renderers.previz.painter.stage import Stage

Box = tuple[float, float, float, float]


def skyline(stage: Stage, foot: float) -> list[Layer]:
    """Three rows of towers, far to near, taller towards the focus; windows twinkle in the two nearer rows."""
    made: list[Layer] = []
    for i, (rise, depth, wide) in enumerate(((0.5, 0.12, 0.07), (0.38, 0.32, 0.1), (0.2, 0.58, 0.16))):
        made += _row(stage, f"row{i}", foot, rise, depth, wide)
    return made


def _row(stage: Stage, name: str, foot: float, rise: float, depth: float, wide: float) -> list[Layer]:
    dice = stage.dice(name)
    sheet = Sheet(stage, foot - 1.35 * rise * stage.unit - 0.1 * stage.unit, None)
    shades = [
        stage.palette.lit(stage.own("buildings", hex_(c)), depth) for c in ("#5f7390", "#6d7f97", "#56657f", "#7b8494")
    ]
    boxes: list[Box] = []
    x = float(stage.left) - wide * stage.unit
    while x < stage.right:
        w = wide * stage.unit * dice.uniform(0.55, 1.35)
        pull = np.exp(-(((x + w / 2 - stage.focus) / (0.55 * stage.unit)) ** 2))
        h = rise * stage.unit * (0.32 + 0.5 * dice.random() ** 1.4 + 0.62 * pull * dice.uniform(0.5, 1.0))
        box = (x, foot - h, x + w, foot + 0.5 * stage.height)
        _tower(sheet, dice, box, shades[int(dice.integers(len(shades)))], depth)
        boxes.append(box)
        x += w * dice.uniform(0.82, 1.12)
    fade = np.clip((sheet.y - (foot - 0.5 * rise * stage.unit)) / (0.5 * rise * stage.unit), 0, 1)
    sheet.tint(np.broadcast_to(fade * (0.8 - 0.55 * depth), sheet.alpha.shape), stage.palette.haze)
    layers = [sheet.layer(depth)]
    if depth > 0.1:
        layers += _lights(stage, name, boxes, foot, depth)
    return layers


def _tower(sheet: Sheet, dice: np.random.Generator, box: Box, colour: np.ndarray, depth: float) -> None:
    """One tower: a lit and a shaded face, and one of five heads."""
    x0, y0, x1, y1 = box
    stage, w = sheet.stage, x1 - x0
    side = 1 if stage.sun[0] > (x0 + x1) / 2 else -1
    lit, dark = mix(colour, stage.palette.sun, 0.12), mix(colour, stage.palette.silhouette, 0.3)
    sheet.polygons([_rect(x0, y0, x1, y1)], lit)
    edge = x0 + w * (0.62 if side < 0 else 0.38)
    sheet.polygons([_rect(edge, y0, x1, y1) if side < 0 else _rect(x0, y0, edge, y1)], dark)
    head = int(dice.integers(5))
    middle = (x0 + x1) / 2
    if head == 1:
        sheet.polygons([_rect(x0 + 0.2 * w, y0 - 0.16 * w, x1 - 0.2 * w, y0 + 1)], mix(lit, dark, 0.5))
    elif head == 2:
        sheet.polygons([np.array([[x0, y0 + 1], [x0 if side < 0 else x1, y0 - 0.4 * w], [x1, y0 + 1]])], dark)
    elif head == 3:
        sheet.polygons(
            [
                _rect(x0 + 0.18 * w, y0 - 0.22 * w, x1 - 0.18 * w, y0 + 1),
                _rect(x0 + 0.34 * w, y0 - 0.4 * w, x1 - 0.34 * w, y0),
            ],
            mix(lit, dark, 0.6),
        )
        sheet.polygons([_rect(middle - 0.018 * w, y0 - 1.1 * w, middle + 0.018 * w, y0 - 0.3 * w)], dark)
    if head != 2:
        sheet.polygons([_rect(x0, y0, x1, y0 + max(1.0, 0.02 * w))], mix(lit, stage.palette.sun, 0.4), 0.8)


def _lights(stage: Stage, name: str, boxes: list[Box], foot: float, depth: float) -> list[Layer]:
    """Windows: by day faint panes, by night warm and cool lights in two groups that twinkle."""
    dice = stage.dice(name + "windows")
    night = stage.palette.night
    size = stage.unit * (0.0045 + 0.007 * depth)
    warm = [hex_(c) for c in ("#ffd08a", "#ffe3b0", "#ffb765", "#bfe0ff")]
    if stage.brief.style == "neon":
        warm += list(stage.palette.accents)
    groups: list[dict[int, list[np.ndarray]]] = [{}, {}]
    for x0, y0, x1, _ in boxes:
        share = dice.uniform(0.08, 0.5)
        rows = np.arange(y0 + size * 1.6, foot, size * 2.3)
        columns = np.arange(x0 + size, x1 - size * 1.4, size * 1.75)
        for y in rows:
            lit = dice.random(columns.size) < share * (0.25 + 0.75 * max(night, 0.25))
            pick = dice.integers(0, len(warm), columns.size)
            pick = np.where(dice.random(columns.size) < 0.6, int(pick[0]) if pick.size else 0, pick)
            for x, tone in zip(columns[lit], pick[lit], strict=True):
                groups[int(dice.random() < 0.2)].setdefault(int(tone), []).append(
                    _rect(x, y, x + size * 0.95, y + size * 1.25)
                )
    made: list[Layer] = []
    for k, group in enumerate(groups):
        sheet = Sheet(stage, foot - 1.2 * stage.unit, None)
        for tone, panes in group.items():
            colour = warm[tone] if night > 0.15 else stage.palette.lit(hex_("#dceaf5"), depth)
            sheet.polygons(
                panes, np.asarray(colour), 0.16 + 0.74 * max(night, 0.06) * (0.35 + 0.65 * min(1, depth * 1.6))
            )
        made.append(sheet.layer(depth, Motion(pulse=0.55, period=2.7) if k else Motion()))
    return made


def street(stage: Stage) -> list[Layer]:
    """A street seen along its middle: road and pavements running to the horizon, houses closing in on both sides."""
    return [_road(stage), *[layer for i in range(5) for layer in _houses(stage, i)]]


def _road(stage: Stage) -> Layer:
    sheet = Sheet(stage, stage.horizon, None)
    palette, h, middle = stage.palette, stage.horizon, stage.width * 0.5
    far = np.clip((sheet.y - h) / (stage.bottom - h), 0, 1)[..., None]
    tarmac = palette.lit(stage.own("ground", hex_("#6c7079")), 0.8)
    sheet.flood(
        np.broadcast_to(
            mix(palette.haze, tarmac, 0.35) + (tarmac - mix(palette.haze, tarmac, 0.35)) * far**0.6, sheet.rgb.shape
        )
    )
    deep = stage.bottom - h
    wide = 0.75 * stage.unit * deep / (stage.height - h)
    for side in (-1, 1):
        kerb = np.array([[middle, h], [middle + side * wide, stage.bottom], [middle + side * 9 * wide, stage.bottom]])
        sheet.polygons([kerb], palette.lit(hex_("#a39a92"), 0.7), 0.9)
        sheet.polygons(
            [
                np.array(
                    [[middle, h], [middle + side * wide, stage.bottom], [middle + side * wide * 1.035, stage.bottom]]
                )
            ],
            palette.lit(hex_("#d8d2c8"), 0.8),
        )
    t = 1 / np.linspace(1, 14, 24)
    dashes = [
        np.array(
            [[middle - s * a * wide * 0.03, h + a * deep] for s in (1, -1)]
            + [[middle - s * b * wide * 0.03, h + b * deep] for s in (-1, 1)]
        )
        for a, b in zip(t[::2], t[1::2], strict=True)
    ]
    sheet.polygons(dashes, palette.lit(hex_("#efe6cf"), 0.85), 0.85)
    if stage.brief.weather in ("rain", "storm") or palette.night > 0.4:
        glow = np.exp(-(((sheet.x[None, :] - middle) / (0.05 * stage.unit + 0.5 * (sheet.y - h))) ** 2))
        sheet.tint(glow * (1 - far[..., 0]) * 0.55, mix(palette.sky[-1][1], palette.accents[1], 0.3))
    return sheet.layer(0.7, ground=True)


def _houses(stage: Stage, i: int) -> list[Layer]:
    """One pair of blocks; block 0 is the farthest."""
    near = 1 / (5.6 - 1.08 * i)
    h, middle, palette = stage.horizon, stage.width * 0.5, stage.palette
    depth = stage.floor(h + (stage.height - h) * near)
    sheet, lamps = Sheet(stage), Sheet(stage)
    dice = stage.dice(f"block{i}")
    reach = 0.95 * stage.unit * (stage.height - h) / (stage.height - h)
    for side in (-1, 1):
        inner = middle + side * reach * near * 1.12
        back = middle + side * reach * near * 0.86
        outer = middle + side * (stage.width + 2 * stage.margin + stage.unit)
        foot, rear = h + (stage.height - h) * near * 1.0, h + (stage.height - h) * near * 0.76
        tall = stage.unit * near * dice.uniform(1.25, 2.1)
        top, rear_top = h - tall, h - tall * 0.78
        wall = palette.lit(hex_(("#b0785a", "#8c8f9a", "#a58a6a", "#78838f", "#9a6a5e")[int(dice.integers(5))]), depth)
        sheet.polygons(
            [np.array([[inner, top], [outer, top], [outer, foot], [inner, foot]])], mix(wall, palette.silhouette, 0.25)
        )
        sheet.polygons(
            [np.array([[inner, top], [back, rear_top], [back, rear], [inner, foot]])], mix(wall, palette.sun, 0.10)
        )
        _panes(sheet, lamps, dice, (inner, back, top, rear_top, foot, rear), depth)
        _front(sheet, lamps, dice, (inner, outer, top, foot), near, depth, side)
    fade = smooth(h - 0.9 * stage.unit, h, sheet.y)
    sheet.tint(np.broadcast_to(fade * (0.5 - 0.5 * depth), sheet.alpha.shape), palette.haze)
    return [sheet.layer(depth), lamps.layer(depth)]


def _panes(sheet: Sheet, lamps: Sheet, dice: np.random.Generator, wall: tuple[float, ...], depth: float) -> None:
    """Windows on the wall that faces the street, in perspective."""
    inner, back, top, rear_top, foot, rear = wall
    for row in np.arange(0.08, 0.86, 0.13):
        for a in (0.12, 0.42, 0.72):
            quad = []
            for u, v in ((a, row), (a + 0.17, row), (a + 0.17, row + 0.075), (a, row + 0.075)):
                x = inner + (back - inner) * u
                quad.append([x, (top + (rear_top - top) * u) * (1 - v) + (foot + (rear - foot) * u) * v])
            _pane(sheet, lamps, dice, np.array(quad), depth)


def _front(
    sheet: Sheet, lamps: Sheet, dice: np.random.Generator, wall: tuple[float, ...], near: float, depth: float, side: int
) -> None:
    """Windows and a shop's awning on the wall that faces us."""
    inner, outer, top, foot = wall
    size = 0.16 * near * sheet.stage.unit
    for k in range(int(min(9, abs(outer - inner) / (1.7 * size)))):
        x = inner + side * size * (0.8 + 1.7 * k)
        for y in np.arange(top + size, foot - 3.2 * size, 2.1 * size):
            _pane(sheet, lamps, dice, _rect(min(x, x + side * size), y, max(x, x + side * size), y + 1.3 * size), depth)
    _shop(sheet, lamps, dice, (inner, inner + side * size * 7, foot - 2.0 * size, foot - 0.25 * size), depth)


def _shop(sheet: Sheet, lamps: Sheet, dice: np.random.Generator, box: Box, depth: float) -> None:
    """A lit shop front in panes under a striped awning."""
    near, far, top, foot = box
    palette, wide = sheet.stage.palette, (far - near) / 5
    glass = mix(palette.lit(hex_("#4a5668"), depth), hex_("#ffcf87"), 0.15 + 0.6 * palette.night)
    for k in range(5):
        x = near + wide * (k + 0.06)
        x0, x1 = sorted((x, x + wide * 0.88))
        (lamps if palette.night > 0.3 else sheet).polygons(
            [_rect(x0, top, x1, foot)], mix(glass, palette.silhouette, 0.12 * (k % 2)), 0.85
        )
    cloth = palette.lit(palette.accents[int(dice.integers(len(palette.accents)))], max(depth, 0.6))
    drop = 0.30 * (foot - top)
    for k in range(10):
        a, b = near + (far - near) * k / 10, near + (far - near) * (k + 1) / 10
        stripe = cloth if k % 2 else mix(cloth, palette.lit(hex_("#fff4e4"), 0.9), 0.75)
        sheet.polygons(
            [np.array([[a, top - drop], [b, top - drop], [b, top + 0.3 * drop], [a, top + 0.3 * drop]])], stripe
        )


def _pane(sheet: Sheet, lamps: Sheet, dice: np.random.Generator, quad: np.ndarray, depth: float) -> None:
    stage = sheet.stage
    sheet.polygons([quad], stage.palette.lit(hex_("#39465a"), depth), 0.75)
    if dice.random() < 0.12 + 0.5 * stage.palette.night:
        colour = hex_("#ffd38f") if dice.random() < 0.8 or stage.brief.style != "neon" else stage.palette.accents[0]
        lamps.polygons([quad], np.asarray(colour), 0.3 + 0.6 * stage.palette.night)


def _rect(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
