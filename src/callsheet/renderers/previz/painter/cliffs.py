"""Cliffs over the sea: a headland that ends in a steep face, grass on its top and foam at its foot."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.painter import noise, terrain
from callsheet.renderers.previz.painter.brush import Sheet, below, smooth
from callsheet.renderers.previz.painter.layers import Layer
from callsheet.renderers.previz.painter.palette import hex_
from callsheet.renderers.previz.painter.stage import Stage

DEPTH = 0.55
"""How near a cliff is, and with it what stands on its top."""

_HIGH, _FACE = 0.13, 0.25


def cliff(stage: Stage) -> tuple[Layer, float]:
    """A cliff from the focus to the frame's nearer side, and the row of its top at the focus."""
    unit, horizon = stage.unit, stage.horizon
    x = np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
    side = 1 if stage.focus > stage.width / 2 else -1
    inland = (x - stage.focus) * side / unit + _FACE
    crag = noise.line(stage.dice("cliff"), x, stage.width, 0.16 * unit, 5, 0.6)
    steps = smooth(-0.09, -0.03, inland + 0.03 * crag) * 0.45 + smooth(-0.01, 0.035, inland + 0.02 * crag) * 0.55
    roll = 0.05 * np.clip(inland - 0.3, 0, 1) + 0.008 * crag * smooth(0.3, 0.5, inland)
    foot = horizon + 0.2 * (stage.height - horizon)
    top = horizon - _HIGH * unit
    edge = foot + 4 - steps * (foot + 4 - top) - roll * unit
    sheet = Sheet(stage, edge.min() - 2, foot)
    terrain.body(sheet, edge.astype(np.float32), hex_("#6b5f57"), DEPTH, fall=0.34)
    _face(sheet, edge, foot, side)
    cover = below(edge, sheet.y)
    turf = edge + (0.016 + 0.01 * crag) * unit * smooth(0.0, 0.06, inland)
    sheet.tint(cover * (1 - below(turf, sheet.y)) * 0.9, stage.palette.lit(hex_("#5d7a45"), DEPTH))
    return sheet.layer(DEPTH), top


def _face(sheet: Sheet, edge: np.ndarray, foot: float, side: int) -> None:
    """Clefts that run down the rock, its shaded half, and the foam of waves where it meets the water."""
    stage = sheet.stage
    box = (sheet.x0, sheet.y0, sheet.x0 + sheet.width, sheet.y0 + sheet.height)
    cells = (0.05 * stage.unit, 0.3 * stage.unit)
    cleft = noise.field(stage.dice("clefts"), box, (stage.width, stage.height), cells, 3)
    cover = below(edge, sheet.y)
    sheet.tint(cover * smooth(0.46, 0.6, cleft) * 0.34, stage.palette.silhouette)
    sheet.tint(cover * (1 - smooth(0.3, 0.42, cleft)) * 0.12, stage.palette.sun)
    near = np.clip((sheet.y - (foot - 0.03 * stage.unit)) / (0.03 * stage.unit), 0, 1)
    spray = noise.line(stage.dice("foam"), sheet.x, stage.width, 0.05 * stage.unit, 3)[None, :]
    sheet.tint(cover * smooth(0.5, 0.9, near + 0.35 * spray) * 0.75, (stage.palette.haze + stage.palette.sun) / 2)
