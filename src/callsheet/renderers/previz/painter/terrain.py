"""Rolling land: hills, dunes, fields and snow, each paler and softer the farther it lies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from callsheet.renderers.previz.painter import noise
from callsheet.renderers.previz.painter.brush import Sheet, below, smooth
from callsheet.renderers.previz.painter.layers import Layer
from callsheet.renderers.previz.painter.palette import hex_, mix, rgb
from callsheet.renderers.previz.painter.stage import Stage

Finish = Callable[[Sheet, np.ndarray, np.ndarray, float], None]


def hills(
    stage: Stage,
    name: str,
    crest: float,
    swell: float,
    colour: str,
    depth: float,
    *,
    cell: float = 0.9,
    finish: Finish | None = None,
) -> Layer:
    """One soft hill across the picture: `crest` is its mean row, `swell` how far it rises and falls (unit shares)."""
    x = _columns(stage)
    edge = crest + noise.line(stage.dice(name), x, stage.width, cell * stage.unit, 2, 0.35) * swell * stage.unit
    sheet = Sheet(stage, edge.min() - 2, None)
    body(sheet, edge, stage.own("ground", hex_(colour)), depth)
    if finish is not None:
        finish(sheet, edge, below(edge, sheet.y), depth)
    return sheet.layer(depth)


def body(sheet: Sheet, edge: np.ndarray, colour: np.ndarray, depth: float, *, fall: float = 0.5) -> None:
    """Fill the land under `edge`: lit along its crest towards the light, hazy or dark towards its foot."""
    stage = sheet.stage
    top = stage.palette.lit(colour, depth)
    foot = stage.palette.lit(mix(colour, stage.palette.silhouette, 0.35), min(1.0, depth + 0.15))
    place = np.clip((sheet.y - edge[None, :]) / (fall * stage.unit), 0, 1)[..., None]
    field = top + (foot - top) * place
    crest = np.exp(-np.clip(sheet.y - edge[None, :], 0, None) / (0.012 * stage.unit))
    slope = np.gradient(edge) * np.sign((sheet.x - stage.sun[0]) + 1e-3) * -1
    facing = smooth(-0.5, 0.5, -slope)[None, :]
    near_sun = np.exp(-(((sheet.x - stage.sun[0]) / (0.7 * stage.unit)) ** 2))[None, :]
    rim = crest * (0.14 + 0.42 * facing * near_sun) * (0.35 if stage.brief.time in ("night",) else 1)
    field = field + (stage.palette.sun - field) * (rim * (0.4 + 0.6 * depth))[..., None]
    sheet.over(below(edge, sheet.y), field)


def dune(sheet: Sheet, edge: np.ndarray, cover: np.ndarray, depth: float) -> None:
    """The shaded lee side of a dune, bounded by a winding line that runs down from the crest, and wind ripples."""
    stage = sheet.stage
    dice = stage.dice(f"lee{depth:.2f}")
    side = noise.line(dice, _columns(stage), stage.width, 0.75 * stage.unit, 2, 0.3)
    lean = np.clip((sheet.y - edge[None, :]) / (0.5 * stage.unit), 0, 1.5)
    shade = smooth(-0.04, 0.06, side[None, :] * 0.9 - lean * 0.55 + 0.05)
    sheet.tint(cover * shade * 0.46, stage.palette.lit(hex_("#8a4a48"), depth))
    box = (sheet.x0, sheet.y0, sheet.x0 + sheet.width, sheet.y0 + sheet.height)
    ripple = noise.field(dice, box, (stage.width, stage.height), (0.5 * stage.unit, 0.018 * stage.unit), 2)
    sheet.tint(cover * smooth(0.5, 0.72, ripple) * 0.10 * depth, stage.palette.sun)


def rows(sheet: Sheet, edge: np.ndarray, cover: np.ndarray, depth: float) -> None:
    """Rows of a crop that converge at the horizon, in two tones."""
    stage = sheet.stage
    dice = stage.dice(f"rows{depth:.2f}")
    vanish = stage.width * dice.uniform(0.3, 0.7)
    fall = np.maximum(sheet.y - stage.horizon + 0.05 * stage.unit, 1)
    angle = (sheet.x[None, :] - vanish) / fall
    stripes = smooth(-0.25, 0.25, np.sin(angle * 5.5 + (edge[None, :] - stage.horizon) * 0.02))
    fade = np.clip((sheet.y - edge[None, :]) / (0.1 * stage.unit), 0, 1)
    sheet.tint(cover * stripes * fade * 0.22, stage.palette.lit(hex_("#e4c65a"), depth))


def mottle(sheet: Sheet, edge: np.ndarray, cover: np.ndarray, depth: float) -> None:
    """Broad soft patches of light, longer across than deep, as sun through clouds leaves on grass or snow."""
    stage = sheet.stage
    box = (sheet.x0, sheet.y0, sheet.x0 + sheet.width, sheet.y0 + sheet.height)
    patch = noise.field(
        stage.dice(f"mottle{depth:.2f}"), box, (stage.width, stage.height), (0.8 * stage.unit, 0.12 * stage.unit), 4
    )
    sheet.tint(
        cover * smooth(0.5, 0.75, patch) * 0.22,
        stage.palette.lit(mix(stage.palette.sun, rgb(255, 255, 255), 0.2), depth),
    )
    sheet.tint(cover * smooth(0.5, 0.25, patch) * 0.18, stage.palette.silhouette)


def _columns(stage: Stage) -> np.ndarray:
    return np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
