"""Places without a horizon of land: open space, the sea below the surface, and a sea of clouds."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.painter import noise, sky
from callsheet.renderers.previz.painter.brush import Sheet, below, ramp, smooth
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.palette import hex_, mix, rgb
from callsheet.renderers.previz.painter.plants import blade, disc
from callsheet.renderers.previz.painter.stage import Stage

_NEBULAE = (
    ("#1b1147", "#6a2c91", "#e0559a", "#ffb37a"),
    ("#06142e", "#0f4c81", "#23a6b8", "#b8f2e6"),
    ("#130a2a", "#43318f", "#3f8fd8", "#f0c3e8"),
)


def space(stage: Stage) -> list[Layer]:
    """Deep space: a nebula lit from within, stars in two sheets, a large planet and a small far one."""
    dice, unit = stage.dice("nebula"), stage.unit
    tones = [hex_(c) for c in _NEBULAE[int(dice.integers(len(_NEBULAE)))]]
    if stage.brief.colours:
        tones[1:3] = [mix(tone, accent, 0.35) for tone, accent in zip(tones[1:3], stage.palette.accents, strict=False)]
    backdrop = _nebula(stage, dice, tones)
    x, y = stage.focus, stage.height * dice.uniform(0.52, 0.66) + 0.12 * unit
    colour = mix(tones[1], stage.palette.accents[0], 0.5)
    far = _planet(stage, stage.width - x, stage.height * 0.26, 0.07 * unit, tones[2], 0.08, ring=False)
    big = (0.30 + 0.08 * dice.random()) * unit
    near = _planet(stage, x, y, big, colour, 0.2, ring=dice.random() < 0.6)
    return [backdrop, *_starfield(stage), far, near]


def _nebula(stage: Stage, dice: np.random.Generator, tones: list[np.ndarray]) -> Layer:
    """A band of glowing gas across the frame."""
    sheet = Sheet(stage)
    box = (sheet.x0, sheet.y0, sheet.x0 + sheet.width, sheet.y0 + sheet.height)
    frame, unit = (stage.width, stage.height), stage.unit
    cloud = noise.field(dice, box, frame, (0.9 * unit, 0.7 * unit), 6, 0.55)
    veil = noise.field(dice, box, frame, (0.5 * unit, 0.4 * unit), 5, 0.55)
    middle = stage.height * 0.45 + (sheet.x[None, :] - stage.width / 2) * dice.uniform(-0.5, 0.5)
    band = np.exp(-(((sheet.y - middle) / (0.42 * unit)) ** 2))
    glow = np.clip(cloud * 1.5 - 0.42, 0, 1) * (0.2 + 0.9 * band) * (0.55 + 0.8 * smooth(0.35, 0.65, veil))
    deep = hex_("#04050f")
    stops = ((0.0, deep), (0.22, mix(deep, tones[0], 0.8)), (0.5, tones[1]), (0.8, tones[2]), (1.0, tones[3]))
    sheet.flood(ramp(stops, np.clip(glow, 0, 1)))
    return sheet.layer(0.0)


def _starfield(stage: Stage) -> list[Layer]:
    from_sky = Stage(
        stage.width,
        stage.height,
        stage.margin,
        stage.brief,
        stage.palette,
        stage.seed,
        stage.bottom * 1.3,
        stage.sun,
        stage.focus,
        stage.duration,
    )
    return sky.stars(from_sky, 3.4)


def _planet(stage: Stage, x: float, y: float, r: float, colour: np.ndarray, depth: float, *, ring: bool) -> Layer:
    """A planet with bands, a terminator, a thin air that glows, and perhaps a ring."""
    sheet = Sheet(stage, y - 1.5 * r, y + 1.5 * r)
    dx, dy = (sheet.x[None, :] - x) / r, (sheet.y - y) / r
    distance = np.sqrt(dx * dx + dy * dy)
    ball = np.clip((1 - distance) * r + 0.5, 0, 1)
    dice = stage.dice(f"planet{depth}")
    tilted = dy + dx * 0.25
    box = (sheet.x0, sheet.y0, sheet.x0 + sheet.width, sheet.y0 + sheet.height)
    swirl = noise.field(dice, box, (stage.width, stage.height), (1.1 * r, 0.22 * r), 4)
    bands = 0.5 + 0.5 * np.sin(tilted * 9 + swirl * 6)
    face = (
        mix(colour, rgb(255, 236, 214), 0.25)
        + (mix(colour, hex_("#20153f"), 0.35) - mix(colour, rgb(255, 236, 214), 0.25)) * bands[..., None]
    )
    way = np.array([stage.sun[0] - x, stage.sun[1] - y])
    way = way / (np.hypot(*way) + 1e-6)
    normal = np.sqrt(np.clip(1 - distance**2, 0, 1))
    light = smooth(-0.12, 0.75, dx * way[0] + dy * way[1] + normal * 0.35)
    halo = np.exp(-np.clip(distance - 1, 0, None) * 14) * (1 - ball) * smooth(-0.3, 0.8, dx * way[0] + dy * way[1])
    if ring:
        _ring(sheet, (dx, dy), ball, colour, behind=True)
    sheet.light(halo * 0.5, mix(colour, rgb(200, 225, 255), 0.5))
    sheet.over(ball, face * (0.05 + 0.95 * light)[..., None])
    edge = ball * smooth(0.8, 1.0, distance) * light
    sheet.tint(edge * 0.6, rgb(214, 232, 255))
    if ring:
        _ring(sheet, (dx, dy), ball, colour, behind=False)
    return sheet.layer(depth)


def _ring(
    sheet: Sheet, place: tuple[np.ndarray, np.ndarray], ball: np.ndarray, colour: np.ndarray, *, behind: bool
) -> None:
    dx, dy = place
    across, along = dy - dx * 0.3, dx + dy * 0.3
    radius = np.sqrt((along / 1.02) ** 2 + (across / 0.24) ** 2)
    cover = smooth(1.25, 1.3, radius) * smooth(1.95, 1.85, radius) * (0.45 + 0.4 * np.sin(radius * 34) ** 2) * 0.75
    half = (across < 0) if behind else (across >= 0)
    sheet.over(np.where(half, cover, 0).astype(np.float32), mix(colour, rgb(255, 240, 220), 0.55))


def underwater(stage: Stage) -> list[Layer]:
    """Below the surface: light falling in shafts, far rocks, a sandy bed, weeds and corals, rising bubbles."""
    palette = stage.palette
    dim = {"night": 0.42, "dusk": 0.65}.get(stage.brief.time, 1.0)
    own = [hex_(c) * dim for c in ("#a8ecea", "#3fb6c9", "#12789c", "#0a4570", "#062a4d")]
    own = [mix(c, palette.sky[i][1] * dim, 0.12) for i, c in enumerate(own)]
    sheet = Sheet(stage)
    place = np.clip((sheet.y + 0.05 * stage.height) / (1.05 * stage.height), 0, 1)
    away = np.clip(np.abs(sheet.x - stage.sun[0]) / (1.3 * stage.unit), 0, 1)[None, :] ** 1.3
    sheet.flood(
        ramp(tuple(zip((0, 0.2, 0.5, 0.8, 1.0), own, strict=True)), np.clip(place + 0.25 * away * (1 - place), 0, 1))
    )
    layers = [sheet.layer(0.0), _shafts(stage, own[0])]
    for i, (crest, depth) in enumerate(((0.74, 0.25), (0.84, 0.5))):
        layers.append(_reef(stage, i, crest, depth, mix(own[2], own[4], 0.3 + 0.4 * i)))
    layers.append(_bed(stage, own))
    layers.append(_bubbles(stage))
    return layers


def _shafts(stage: Stage, colour: np.ndarray) -> Layer:
    sheet = Sheet(stage)
    dice = stage.dice("shafts")
    source = (stage.sun[0], -0.55 * stage.height)
    angle = (sheet.x[None, :] - source[0]) / (sheet.y - source[1])
    beam = np.zeros_like(sheet.alpha)
    for _ in range(9):
        beam += np.exp(-(((angle - dice.normal(0, 0.28)) / dice.uniform(0.012, 0.05)) ** 2)) * dice.uniform(0.25, 0.8)
    fade = np.clip(1 - sheet.y / (0.95 * stage.height), 0, 1) ** 1.1
    sheet.light(beam * fade * 0.30, colour)
    return sheet.layer(0.1, Motion(bob=(0.012 * stage.unit, 0), pulse=0.25, period=5.0))


def _reef(stage: Stage, i: int, crest: float, depth: float, colour: np.ndarray) -> Layer:
    x = np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
    wide = noise.line(stage.dice(f"reef{i}"), x, stage.width, 0.7 * stage.unit, 5, 0.5)
    edge = crest * stage.height - (0.35 * np.abs(x / stage.width - 0.5) * 2 + wide * 0.5) * 0.32 * stage.unit
    sheet = Sheet(stage, edge.min() - 2, None)
    sheet.over(below(edge, sheet.y), np.asarray(colour))
    return sheet.layer(depth)


def _bed(stage: Stage, own: list[np.ndarray]) -> Layer:
    dice = stage.dice("bed")
    x = np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
    edge = 0.9 * stage.height + noise.line(dice, x, stage.width, 0.8 * stage.unit, 3) * 0.03 * stage.unit
    sheet = Sheet(stage, 0.45 * stage.height, None)
    colours = [mix(c, own[3], 0.32) for c in (hex_("#e8607a"), hex_("#f0a050"), hex_("#b06fd0"), hex_("#3fae7c"))]
    for _ in range(int(13 * stage.width / stage.unit)):
        px = dice.uniform(stage.left, stage.right)
        away = abs(px / stage.width - 0.5) * 2
        high = stage.unit * dice.uniform(0.08, 0.22) * (0.35 + 0.95 * min(away, 1.2))
        colour = colours[int(dice.integers(4))]
        foot = float(np.interp(px, x, edge)) + 4
        if dice.random() < 0.5:
            blades = [
                blade(
                    px + dice.normal(0, 0.02) * stage.unit,
                    foot,
                    high * dice.uniform(0.7, 1.6),
                    dice.normal(0, 0.3) * high,
                    0.06 * high,
                )
                for _ in range(6)
            ]
            sheet.polygons(blades, mix(colours[3], own[3], 0.35))
        else:
            sheet.polygons(_coral(dice, px, foot, high), colour)
    sand = mix(hex_("#d9cfa0"), own[2], 0.62)
    sheet.over(
        below(edge, sheet.y),
        sand + (own[4] - sand) * smooth(0.9 * stage.height, 1.06 * stage.height, sheet.y)[..., None] * 0.7,
    )
    return sheet.layer(0.8, Motion(bob=(0.003 * stage.unit, 0), period=4.5))


def _coral(dice: np.random.Generator, x: float, y: float, high: float) -> list[np.ndarray]:
    """A coral that forks three times."""
    made: list[np.ndarray] = []

    def grow(px: float, py: float, turn: float, long: float, level: int) -> None:
        qx, qy = px + np.sin(turn) * long, py - np.cos(turn) * long
        w = long * (0.17 + 0.035 * level)
        ox, oy = np.cos(turn) * w, np.sin(turn) * w
        made.append(
            np.array(
                [[px - ox, py - oy], [qx - ox * 0.8, qy - oy * 0.8], [qx + ox * 0.8, qy + oy * 0.8], [px + ox, py + oy]]
            )
        )
        made.append(disc(qx, qy, w * 0.86, 12))
        if level:
            for way in (-1, 1):
                grow(qx, qy, turn + way * dice.uniform(0.3, 0.65), long * 0.72, level - 1)

    grow(x, y, float(dice.normal(0, 0.1)), high * 0.42, 3)
    return made


def _bubbles(stage: Stage) -> Layer:
    sheet = Sheet(stage)
    dice = stage.dice("bubbles")
    for _ in range(34):
        x, y = dice.uniform(0, stage.width), dice.uniform(0.05, 0.9) * stage.height
        r = stage.unit * dice.uniform(0.003, 0.012)
        sheet.polygons([disc(x, y, r)], rgb(210, 244, 250), 0.22)
        sheet.polygons([disc(x - 0.3 * r, y - 0.35 * r, r * 0.3, 12)], rgb(255, 255, 255), 0.7)
    pace = -min(0.03 * stage.height, 0.9 * max(stage.margin, 4) / max(stage.duration, 1))
    return sheet.layer(0.9, Motion(drift=(0, pace), bob=(0.004 * stage.unit, 0), period=2.6))


def cloud_sea(stage: Stage) -> tuple[list[Layer], list[Layer]]:
    """High above the clouds: the sky and banks of billows, and the nearest bank on its own to stand before subjects."""
    back = sky.paint(stage)
    h = stage.height
    banks = [_bank(stage, i, h * (0.62 + 0.115 * i), 0.2 + 0.2 * i) for i in range(4)]
    return back + banks[:3], banks[3:]


def _bank(stage: Stage, i: int, row: float, depth: float) -> Layer:
    """A bank of cumulus: rounds heaped on a line, lit above and shaded below."""
    dice = stage.dice(f"bank{i}")
    scale = stage.unit * (0.055 + 0.045 * i)
    sheet = Sheet(stage, row - 4.5 * scale, None)
    palette = stage.palette
    count = int(sheet.width / (scale * 0.5))
    x = dice.uniform(stage.left, stage.right, count)
    heap = (
        0.6
        + 0.55 * np.sin(x / stage.unit * 2.3 + dice.uniform(0, 6))
        + 0.3 * np.sin(x / stage.unit * 5.7 + dice.uniform(0, 6))
    )
    y = row + scale * 0.7 - np.clip(heap, 0, 2) * scale * dice.random(count) * 1.7
    r = scale * dice.uniform(0.55, 1.15, count)
    order = np.argsort(y)
    lit = mix(mix(palette.haze, palette.cloud, 0.55 + 0.4 * depth), palette.sun, 0.25)
    shade = mix(palette.haze, palette.shade, 0.5 + 0.4 * depth)
    side = np.sign(stage.sun[0] - stage.width / 2)
    stops = ((0.0, lit), (0.5, mix(lit, shade, 0.5)), (1.0, shade))
    for px, py, size in np.stack([x, y, r], axis=1)[order].tolist():
        gradient = ramp(stops, np.clip((sheet.y - (py - size)) / (1.7 * size), 0, 1))
        sheet.polygons([disc(px, py, size, 36)], gradient)
        sheet.polygons([disc(px + side * 0.2 * size, py - 0.28 * size, size * 0.62, 30)], lit, 0.35)
    edge = np.full(sheet.width, row + scale * 0.8, np.float32)
    sheet.over(smooth(-0.8 * scale, 0.5 * scale, sheet.y - edge[None, :]), shade)
    return sheet.layer(depth, Motion(drift=(min(0.004 * (1 + i), 0.1 / max(stage.duration, 1)) * stage.width, 0)))
