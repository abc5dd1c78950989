"""Plants: conifers, broad trees, palms, trunks, grass, reeds and flowers, as polygons lit from the stage's light."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from callsheet.renderers.previz.painter.brush import Sheet, points
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.palette import hex_, mix, rgb
from callsheet.renderers.previz.painter.stage import Stage


def conifers(
    sheet: Sheet, name: str, edge: np.ndarray, depth: float, *, tall: float, every: float, colour: str = "#2f5a48"
) -> None:
    """A row of firs along the line `edge` (a row per canvas column): `tall` in units, one each `every` units or so."""
    stage, dice = sheet.stage, sheet.stage.dice(name)
    count = max(3, int(sheet.width / (every * stage.unit)))
    x = np.sort(dice.uniform(stage.left, stage.right, count))
    gaps = np.sin(x / stage.unit * 2.4 + dice.uniform(0, 6)) + np.sin(x / stage.unit * 5.1 + dice.uniform(0, 6))
    high = tall * stage.unit * dice.uniform(0.55, 1.1, count) * np.clip(0.85 + 0.22 * gaps, 0.35, 1.25)
    foot = np.interp(x, sheet.x, edge)
    base = sheet.stage.palette.lit(sheet.stage.own("leaves", hex_(colour)), depth)
    dark = mix(base, stage.palette.silhouette, 0.35)
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    trees = [(px, py + 0.06 * h, h, int(dice.integers(1 << 30))) for px, py, h in zip(x, foot, high, strict=True)]
    sheet.polygons([fir(*tree) for tree in trees], dark)
    sheet.polygons([fir(*tree, half=side) for tree in trees], mix(base, stage.palette.sun, 0.10), 0.75)


def fir(x: float, y: float, high: float, seed: int, half: float = 0.0) -> np.ndarray:
    """One fir standing at (x, y): ragged boughs; with `half` only its left (-1) or right (1) side."""
    dice = np.random.Generator(np.random.PCG64(seed))
    boughs = 5 if high < 60 else 8
    wide = high * dice.uniform(0.17, 0.23)
    t = np.repeat(np.linspace(0.08, 1, boughs), 2)
    out = np.where(np.arange(2 * boughs) % 2 == 0, 1.0, 0.52) * t * wide * dice.uniform(0.85, 1.1, 2 * boughs)
    rows = y - high + t * high * 0.94 - np.where(np.arange(2 * boughs) % 2 == 0, 0, high * 0.035)
    right = np.stack([x + out, rows], axis=1)
    left = np.stack([x - out * dice.uniform(0.85, 1.1, 2 * boughs), rows], axis=1)[::-1]
    tip = np.array([[x, y - high]])
    if half > 0:
        return np.concatenate([tip, right, [[x, rows[-1]]]])
    if half < 0:
        return np.concatenate([tip, left[::-1], [[x, rows[-1]]]])
    stem = high * 0.018
    return np.concatenate(
        [tip, right, [[x + stem, rows[-1]], [x + stem, y], [x - stem, y], [x - stem, rows[-1]]], left]
    )


def crowns(
    sheet: Sheet, name: str, spots: list[tuple[float, float, float]], depth: float, colour: str = "#5f8a45"
) -> None:
    """Broad-leaved trees at (column, row, height in pixels): a trunk and a crown of rounds, lit on one side."""
    stage, dice = sheet.stage, sheet.stage.dice(name)
    leaf = stage.palette.lit(stage.own("leaves", hex_(colour)), depth)
    trunk = stage.palette.lit(hex_("#5a4334"), depth)
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    for x, y, high in spots:
        sheet.polygons(
            [
                np.array(
                    [
                        [x - 0.03 * high, y],
                        [x - 0.016 * high, y - 0.55 * high],
                        [x + 0.016 * high, y - 0.55 * high],
                        [x + 0.03 * high, y],
                    ]
                )
            ],
            trunk,
        )
        puffs = [
            (x + dice.uniform(-0.2, 0.2) * high, y - dice.uniform(0.45, 0.82) * high, dice.uniform(0.13, 0.22) * high)
            for _ in range(9)
        ]
        for shift, tone in (
            (0.0, mix(leaf, stage.palette.silhouette, 0.32)),
            (0.05, leaf),
            (0.1, mix(leaf, stage.palette.sun, 0.22)),
        ):
            scale = 1 - shift * 3.2
            sheet.polygons(
                [disc(px + side * shift * high, py - shift * high * 0.8, r * scale) for px, py, r in puffs], tone
            )


def disc(x: float, y: float, r: float, corners: int = 26) -> np.ndarray:
    """A round, as a polygon."""
    t = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return np.stack([x + np.cos(t) * r, y + np.sin(t) * r], axis=1)


def grass(
    stage: Stage, name: str, colour: str = "#3f6b34", *, tall: float = 0.16, every: float = 0.012, flowers: float = 0.0
) -> Layer:
    """A foreground of grass blades along the bottom, bending in the wind, with flowers among them if asked for."""
    dice = stage.dice(name)
    sheet = Sheet(stage, stage.height - 1.6 * tall * stage.unit, None)
    count = int(sheet.width / (every * stage.unit))
    near = stage.palette.lit(stage.own("ground", hex_(colour)), 1.0)
    for tone in (0.45, 0.18, 0.0):
        x = dice.uniform(stage.left, stage.right, count)
        clump = 0.55 + 0.3 * np.sin(x / stage.unit * 3.1 + 2) + 0.25 * np.sin(x / stage.unit * 7.7)
        sides = 0.6 + 0.9 * np.abs(x / stage.width - 0.5) * 1.3
        high = tall * stage.unit * dice.uniform(0.45, 1.0, count) * np.clip(clump, 0.3, 1.2) * sides
        bend = dice.normal(0.1, 0.28, count) * high
        blades = [
            blade(*b)
            for b in zip(x, np.full(count, stage.height + 4.0), high + 4, bend, high * 0.035 + 0.8, strict=True)
        ]
        sheet.polygons(blades, mix(near, stage.palette.silhouette, 0.5 - tone))
    sheet.polygons(
        [
            np.array(
                [
                    [stage.left, stage.height],
                    [stage.right, stage.height],
                    [stage.right, stage.bottom],
                    [stage.left, stage.bottom],
                ]
            )
        ],
        mix(near, stage.palette.silhouette, 0.5),
    )
    for x, y, r, petals in _flowers(stage, dice, tall, flowers):
        sheet.polygons(petals, stage.palette.lit(x, 0.9))
        sheet.polygons([disc(y[0], y[1], r * 0.4, 12)], stage.palette.lit(hex_("#f7d65a"), 0.9))
    return sheet.layer(1.0, Motion(bob=(0.006 * stage.unit, 0), period=3.6))


def blade(x: float, y: float, high: float, bend: float, wide: float) -> np.ndarray:
    """One blade of grass from its foot at (x, y)."""
    t = np.linspace(0, 1, 6)
    middle = x + bend * t**2
    rows = y - high * t
    thin = wide * (1 - t**1.5)
    return np.concatenate([np.stack([middle - thin, rows], axis=1), np.stack([middle + thin, rows], axis=1)[::-1]])


def _flowers(
    stage: Stage, dice: np.random.Generator, tall: float, share: float
) -> Iterator[tuple[np.ndarray, tuple[float, float], float, list[np.ndarray]]]:
    for _ in range(int(share * 60 * stage.width / stage.unit)):
        x = dice.uniform(stage.left, stage.right)
        y = stage.height - tall * stage.unit * dice.uniform(0.05, 1.05) * (0.6 + 0.9 * abs(x / stage.width - 0.5))
        r = stage.unit * dice.uniform(0.006, 0.014)
        turn = dice.uniform(0, 6.3)
        petals = [
            disc(x + np.cos(turn + k * 1.2566) * r, y + np.sin(turn + k * 1.2566) * r, r * 0.72, 14) for k in range(5)
        ]
        colour = stage.palette.accents[int(dice.integers(len(stage.palette.accents)))]
        yield mix(colour, rgb(255, 240, 235), float(dice.uniform(0, 0.3))), (x, y), r, petals


def trunks(stage: Stage, name: str, foot: float, depth: float, *, count: int, wide: float, colour: str) -> Layer:
    """Tall trunks that run out of the picture above, with a branch here and there and light along one edge."""
    dice = stage.dice(name)
    sheet = Sheet(stage)
    tone = stage.palette.lit(hex_(colour), depth)
    step = (stage.right - stage.left) / count
    shapes: list[np.ndarray] = []
    edges: list[np.ndarray] = []
    for slot in range(count):
        x = stage.left + (slot + dice.uniform(0.05, 0.95)) * step
        if depth > 0.8 and abs(x - stage.width / 2) < 0.3 * stage.width:
            continue
        wood, edge = _trunk(stage, dice, x, foot, wide * stage.unit * dice.uniform(0.6, 1.35))
        shapes += wood
        edges.append(edge)
    sheet.polygons(shapes, tone)
    sheet.polygons(edges, mix(tone, stage.palette.sun, 0.3), 0.5)
    fog = np.clip((sheet.y - (foot - 0.35 * stage.unit)) / (0.4 * stage.unit), 0, 1)
    sheet.tint(np.broadcast_to(fog * 0.5 * (1 - depth), sheet.alpha.shape), stage.palette.haze)
    return sheet.layer(depth)


def _trunk(
    stage: Stage, dice: np.random.Generator, x: float, foot: float, w: float
) -> tuple[list[np.ndarray], np.ndarray]:
    """One trunk with two branches, and the strip of it that is lit."""
    unit, top = stage.unit, stage.top - 5.0
    y, lean = foot + dice.uniform(-0.02, 0.05) * unit, dice.normal(0, 0.025) * stage.height
    right = (x + 0.42 * w + lean, top, x + 0.55 * w, y - 0.12 * unit, x + 0.95 * w, y + 0.02 * unit)
    left = (x - 0.95 * w, y + 0.02 * unit, x - 0.55 * w, y - 0.12 * unit, x - 0.42 * w + lean, top)
    shapes = [points(*left, *right)]
    for _ in range(2):
        row, way, long = dice.uniform(0.05, 0.6) * foot, dice.choice([-1, 1]), dice.uniform(0.06, 0.2) * unit
        root = x + lean * 0.5
        shapes.append(points(root, row, root + way * long, row - long * 0.5, root, row + 0.24 * w))
    a, b = (0.25, 0.5) if stage.sun[0] > stage.width / 2 else (-0.5, -0.25)
    lit = points(x + a * w, y, x + 0.8 * a * w + lean, top, x + 0.84 * b * w + lean, top, x + 1.1 * b * w, y)
    return shapes, lit


def canopy(stage: Stage, name: str, depth: float, colour: str, reach: float) -> Layer:
    """Leaves that hang into the picture from above, denser at its sides."""
    dice = stage.dice(name)
    sheet = Sheet(stage, None, 0.62 * stage.height)
    tone = stage.palette.lit(stage.own("leaves", hex_(colour)), depth)
    count = int(240 * stage.width / stage.unit)
    x = dice.uniform(stage.left, stage.right, count)
    hang = reach * stage.unit * (0.22 + 1.5 * np.abs(x / stage.width - 0.5) ** 1.5)
    y = dice.uniform(-0.3, 1, count) * hang
    r = stage.unit * dice.uniform(0.012, 0.034, count)
    for k, share in enumerate((0.35, 0.1, -0.05)):
        part = slice(k, None, 3)
        leaves = [leaf(*v) for v in zip(x[part], y[part], r[part], dice.uniform(0.6, 2.5, x[part].size), strict=True)]
        sheet.polygons(
            leaves, mix(tone, stage.palette.silhouette, share) if share > 0 else mix(tone, stage.palette.sun, 0.16)
        )
    cover = sheet.rgb, np.clip(1 - (sheet.y - stage.top) / (0.25 * reach * stage.unit + stage.margin), 0, 1) ** 0.5
    sheet.over(np.broadcast_to(cover[1] * 0.5, sheet.alpha.shape).copy(), mix(tone, stage.palette.silhouette, 0.4))
    return sheet.layer(depth, Motion(bob=(0.004 * stage.unit, 0.002 * stage.unit), period=4.2))


def leaf(x: float, y: float, r: float, turn: float) -> np.ndarray:
    """A pointed leaf of length 2r, turned by `turn` radians."""
    t = np.linspace(-1, 1, 7)
    bulge = (1 - t**2) * 0.42
    shape = np.concatenate([np.stack([t, bulge], axis=1), np.stack([t[::-1], -bulge[::-1]], axis=1)[1:-1]]) * r
    c, s = np.cos(turn), np.sin(turn)
    return shape @ np.array([[c, s], [-s, c]]) + (x, y)
