"""Keeps the distances of a picture apart: a ridge, hill or skyline is told from what lies behind it in every light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from callsheet.renderers.previz.painter.layers import Layer
from callsheet.renderers.previz.painter.palette import mix
from callsheet.renderers.previz.painter.sprite import Sprite
from callsheet.renderers.previz.painter.stage import Stage

_LEAST = {"fog": 30.0, "snow": 16.0, "rain": 18.0, "storm": 18.0}
"""Levels of 255 between a crest and what lies behind it; mist in front takes most of them away again."""
_CLEAR = 12.0
_COLUMNS = 72
_FEW = 20
_STANDS_OUT = 46.0
"""Levels of 255 between a figure and what lies behind it, from which on it needs no help."""
_SKY = 0.08


def parted(stage: Stage, layers: Sequence[Layer]) -> list[Layer]:
    """The layers, back to front, each whose crest would be lost against those behind it a little darker or lighter."""
    made: list[Layer] = []
    for layer in layers:
        made.append(_told_apart(stage, layer, made) if _SKY < layer.depth < 1.0 else layer)
    return made


def halo(stage: Stage, drawn: Sprite, corner: tuple[int, int], behind: Sequence[Layer]) -> Layer | None:
    """A soft shade or light around a figure that is hardly told from what lies behind it; None where it stands out.

    `corner` is where the figure's top left pixel comes, x and y. The layer is still and as near as the sky.
    """
    alpha = drawn.pixels[..., 3]
    wide = max(2, round(0.02 * stage.unit))
    solid = (alpha > 0.9).astype(np.uint8)
    grown = cv2.dilate(solid, np.ones((2 * wide + 1, 2 * wide + 1), np.uint8))
    inner = _some(solid > cv2.erode(solid, np.ones((2 * wide + 1, 2 * wide + 1), np.uint8)))
    outer = _some(grown > (alpha > 0.02))
    if min(len(inner), len(outer)) < _FEW:
        return None
    own = drawn.pixels[inner[:, 0], inner[:, 1], :3].mean(axis=0)
    back = seen(behind, outer[:, 1] + corner[0], outer[:, 0] + corner[1]).mean(axis=0)
    gap = float(np.abs(own - back).max())
    if gap >= _STANDS_OUT:
        return None
    darker = own.mean() >= back.mean()
    tone = stage.palette.silhouette if darker else mix(stage.palette.haze, stage.palette.cloud, 0.6)
    pad = 6 * wide
    room = cv2.copyMakeBorder(alpha, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
    # So soft a shade needs no fine picture.
    coarse = cv2.resize(room, (room.shape[1] // wide + 1, room.shape[0] // wide + 1), interpolation=cv2.INTER_AREA)
    soft = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), 2), room.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    cover = np.clip(soft * (0.95 if darker else 0.5) * (1 - gap / _STANDS_OUT), 0, 0.6)
    pixels = np.dstack([tone * cover[..., None], cover * 255])
    return Layer(np.rint(np.clip(pixels, 0, 255)).astype(np.uint8), corner[0] - pad, corner[1] - pad, 0.0)


def seen(layers: Sequence[Layer], columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The colour of the nearest layer that covers each place; black where none does."""
    found, open_ = np.zeros((len(columns), 3), np.float32), np.ones(len(columns), bool)
    for layer in reversed(layers):
        high, wide = layer.pixels.shape[:2]
        x, y = columns - layer.x, rows - layer.y
        inside = open_ & (x >= 0) & (y >= 0) & (x < wide) & (y < high)
        there = layer.pixels[np.clip(y, 0, high - 1), np.clip(x, 0, wide - 1)]
        inside &= there[:, 3] > 200
        found[inside] = there[inside, :3]
        open_ &= ~inside
        if not open_.any():
            break
    return found


def _some(mask: np.ndarray) -> np.ndarray:
    """A few hundred of a mask's places (row, column), evenly taken."""
    places = np.argwhere(mask)
    return places[:: max(1, len(places) // 300)]


def _told_apart(stage: Stage, layer: Layer, behind: Sequence[Layer]) -> Layer:
    step = max(2, round(0.012 * stage.unit))
    crest = _crest(stage, layer, step)
    if crest is None:
        return layer
    columns, rows = crest
    own = seen([layer], columns, rows + step)
    back = seen(behind, columns, rows - step)
    least = _LEAST.get(stage.brief.weather, _CLEAR)
    if _apart(own, back) >= least:
        return layer
    palette = stage.palette
    tones = (palette.silhouette, mix(palette.haze, palette.cloud, 0.5))
    share, tone = min(((_share(own, back, tone, least), tone) for tone in tones), key=lambda pair: pair[0])
    return _shifted(layer, tone, share)


def _crest(stage: Stage, layer: Layer, step: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Columns and rows of the layer's skyline in the frame; None for what has none from side to side."""
    wide = stage.right - stage.left
    if layer.ground or layer.motion.flow != (0.0, 0.0) or layer.pixels.shape[1] < wide - 2:
        return None
    columns = np.linspace(0.02 * stage.width, 0.98 * stage.width, _COLUMNS).astype(int)
    solid = layer.pixels[:, columns - layer.x, 3] > 200
    rows = np.argmax(solid, axis=0) + layer.y
    kept = solid.any(axis=0) & (rows > stage.top + step + 1) & (rows < stage.height - 2 * step) & (rows > step)
    return (columns[kept], rows[kept]) if kept.mean() > 0.6 else None


def _apart(own: np.ndarray, back: np.ndarray) -> float:
    return float(np.median(np.abs(own - back).max(axis=1)))


def _share(own: np.ndarray, back: np.ndarray, tone: np.ndarray, least: float) -> float:
    """How much of a tone sets the crest apart, 1 where no share of it does."""
    shares = np.linspace(0.04, 0.6, 15)
    return next((float(s) for s in shares if _apart(own + (tone - own) * np.float32(s), back) >= least), 1.0)


def _shifted(layer: Layer, tone: np.ndarray, share: float) -> Layer:
    """The layer with a share of a tone in it, no more covered than before. It is bytes with their coverage in them."""
    share = min(share, 0.6)
    way = np.diag([1 - share, 1 - share, 1 - share, 1.0]).astype(np.float32)
    way[:3, 3] = tone * share / 255
    return replace(layer, pixels=np.asarray(cv2.transform(layer.pixels, way), np.uint8))
