"""Mountain ranges in the manner of a poster: sharp peaks, a lit and a shaded flank, snow on their heads, haze below."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.painter import noise
from callsheet.renderers.previz.painter.brush import Sheet, below
from callsheet.renderers.previz.painter.layers import Layer
from callsheet.renderers.previz.painter.palette import hex_, mix
from callsheet.renderers.previz.painter.stage import Stage


def ranges(
    stage: Stage, count: int, rise: float, colours: tuple[str, str], *, snow: float = 0.0, foot: float | None = None
) -> list[Layer]:
    """`count` ranges back to front; `rise` is the tallest as a share of the unit, `foot` the row they stand on."""
    made: list[Layer] = []
    for i in range(count):
        near = (i + 1) / count if count > 1 else 0.45
        tall = rise * (1 - 0.66 * (near if count > 1 else 0))
        colour = stage.own("mountains", mix(hex_(colours[0]), hex_(colours[1]), near))
        line = stage.horizon if foot is None else foot
        made.append(_range(stage, f"range{i}", line, tall, colour, 0.1 + 0.46 * near, snow * (1 - 0.85 * near)))
    return made


def _range(stage: Stage, name: str, foot: float, rise: float, colour: np.ndarray, depth: float, snow: float) -> Layer:
    dice = stage.dice(name)
    peaks = _peaks(stage, dice, rise)
    edge = _ridge(stage, dice, peaks, foot, rise)
    # What stands in front hides the rest, however the camera moves.
    sheet = Sheet(stage, edge.min() - 2, foot + 0.16 * stage.height)
    palette = stage.palette
    base = palette.lit(colour, depth + (0.3 if stage.brief.tint("mountains") else 0.0))
    cover = below(edge, sheet.y)
    sheet.over(cover, base)
    side = 1.0 if stage.sun[0] < stage.width / 2 else -1.0
    shadow = _shadow(sheet, dice, peaks, edge, foot, side)
    if snow > 0.05:
        _snow(sheet, dice, edge, foot, rise, snow, depth)
    sheet.tint(
        cover * shadow * (0.5 - 0.18 * (1 - depth)),
        mix(palette.lit(mix(colour, palette.silhouette, 0.55), depth), palette.shade, 0.18),
    )
    crest = np.exp(-np.maximum(sheet.y - edge[None, :], 0) / (0.02 * stage.unit)) * (1 - shadow)
    sheet.tint(cover * crest * 0.28, palette.sun)
    fade = np.clip((sheet.y - (foot - (0.25 + rise * 0.55) * stage.unit)) / ((0.25 + rise * 0.55) * stage.unit), 0, 1)
    sheet.tint(cover * fade**1.6 * (0.85 - 0.55 * depth), palette.haze)
    return sheet.layer(depth)


def _peaks(stage: Stage, dice: np.random.Generator, rise: float) -> np.ndarray:
    """Summits as rows of (column, height 0..1, half width in pixels), from one side of the canvas to the other."""
    step = (0.34 + 0.5 * rise) * stage.unit
    reach = noise.REACH * stage.width
    x = np.arange(-reach, stage.width + reach + step, step) + dice.uniform(-0.3, 0.3) * step
    x = x + dice.uniform(-0.32, 0.32, x.size) * step
    high = dice.uniform(0.42, 0.86, x.size)
    crown = int(np.argmin(np.abs(x - (stage.focus + stage.sun[0] * 0.25) / 1.25)))
    high[crown] = 1.0
    wide = step * dice.uniform(0.75, 1.2, x.size) * (0.5 + 0.75 * high)
    return np.stack([x, high, wide], axis=1)


def _ridge(stage: Stage, dice: np.random.Generator, peaks: np.ndarray, foot: float, rise: float) -> np.ndarray:
    x = np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
    bend = noise.line(dice, x, stage.width, 0.16 * stage.unit, 3) * 0.05 * stage.unit
    away = np.abs(x[None, :] + bend[None, :] - peaks[:, :1]) / peaks[:, 2:]
    height = np.maximum((peaks[:, 1:2] * (1 - away) * (1 + 0.25 * away)), 0).max(axis=0)
    crag = noise.line(dice, x, stage.width, 0.11 * stage.unit, 5, 0.55)
    return foot - (0.04 + height + crag * (0.05 + 0.07 * height)) * rise * stage.unit


def _shadow(
    sheet: Sheet, dice: np.random.Generator, peaks: np.ndarray, edge: np.ndarray, foot: float, side: float
) -> np.ndarray:
    """How far each pixel lies on a flank turned from the light (0..1): past a jagged line that falls from its peak."""
    stage = sheet.stage
    x, rows = sheet.x, sheet.y[:, 0]
    height = peaks[:, 1:2] - np.abs(x[None, :] - peaks[:, :1]) / peaks[:, 2:] * peaks[:, 1:2]
    owner = np.argmax(height, axis=0)
    jag = np.stack([_zigzag(dice, rows, stage.unit) for _ in range(4)])
    lean = (peaks[:, 0] - stage.width / 2) / stage.width * 0.3 - 0.16 * side
    summit = np.interp(peaks[:, 0], x, edge)
    down = np.maximum(rows[:, None] - summit[None, owner], 0)
    border = (
        peaks[owner, 0][None, :]
        + lean[owner][None, :] * down
        + (jag[owner % 4].T * np.minimum(1, down / (0.05 * stage.unit)))
    )
    return np.clip((x[None, :] - border) * side / 1.5 + 0.5, 0, 1) * np.clip(1.2 - down / (0.75 * stage.unit), 0.45, 1)


def _zigzag(dice: np.random.Generator, rows: np.ndarray, unit: float) -> np.ndarray:
    """A jagged walk over the rows, in pixels: straight strokes of uneven length, as a ridge seen from the front."""
    count = int(6 * 1.8 / 0.05)
    steps = np.cumsum(dice.uniform(0.02, 0.07, count)) * unit + rows[0] - 0.1 * unit
    turn = np.where(np.arange(count) % 2 == 0, 1.0, -1.0) * dice.uniform(0.006, 0.04, count) * unit
    return np.interp(rows, steps, turn).astype(np.float32)


def _snow(
    sheet: Sheet, dice: np.random.Generator, edge: np.ndarray, foot: float, rise: float, snow: float, depth: float
) -> None:
    """White from the summits down to a jagged line."""
    stage = sheet.stage
    line = foot - (0.70 - 0.34 * snow) * rise * stage.unit
    jag = noise.line(dice, sheet.x, stage.width, 0.06 * stage.unit, 2, 0.6)
    saw = np.abs(((sheet.x / (0.035 * stage.unit)) + jag * 3) % 2 - 1) - 0.5
    limit = line + (jag * 0.7 + saw * 0.45) * 0.09 * stage.unit
    limit = np.minimum(limit, edge + 0.26 * stage.unit)
    cover = below(edge, sheet.y) * (1 - below(limit, sheet.y))
    white = mix(stage.palette.lit(hex_("#ffffff"), max(depth, 0.3)), stage.palette.cloud, 0.35)
    sheet.tint(cover * min(1.0, 3.3 * snow) * 0.94, white)
