"""How a figure meets the ground: the shadow it casts, what water mirrors of it, and what water hides."""

from __future__ import annotations

import cv2
import numpy as np

from callsheet.renderers.previz.painter import strokes
from callsheet.renderers.previz.painter.figures import Figure
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.spot import Spot
from callsheet.renderers.previz.painter.sprite import Sprite
from callsheet.renderers.previz.painter.stage import Stage


def shadow(stage: Stage, spot: Spot, motion: Motion) -> Layer:
    """A soft shadow under the feet, drawn out away from the light."""
    wide = ratio(spot.figure) * spot.high * 0.56
    side = 1 if stage.sun[0] < spot.x else -1
    long = wide * (1.5 if stage.brief.time in ("golden", "dawn") else 1.1)
    rows, columns = max(4, int(0.2 * wide + 0.05 * spot.high)) * 2 + 1, int(long * 1.6) * 2 + 1
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    soft = np.clip(1 - np.sqrt(x * x + y * y), 0, 1) ** 1.3 * (0.62 if stage.brief.weather == "clear" else 0.4)
    pixels = np.dstack(
        [np.broadcast_to(stage.palette.silhouette * 0.5, (rows, columns, 3)) * soft[..., None], soft]
    ).astype(np.float32)
    return Layer(
        to_bytes(pixels),
        round(spot.x + side * wide * 0.28 - columns / 2),
        round(spot.y - rows / 2 - 0.004 * spot.high),
        spot.depth,
        motion if spot.figure.motion == "drive" else Motion(),
    )


def submerged(drawn: Sprite, share: float) -> Sprite:
    """Only what rises above the water, `share` of its height; the cut is soft."""
    line = drawn.foot_y * share
    rows = np.arange(drawn.pixels.shape[0], dtype=np.float32)[:, None, None]
    keep = np.clip((line - rows) / (0.05 * drawn.foot_y + 1), 0, 1)
    return Sprite(drawn.pixels * keep, drawn.foot_x, line)


def reflection(stage: Stage, spot: Spot, drawn: Sprite, motion: Motion) -> Layer:
    """The figure upside down in the water, broken by waves and fading with depth."""
    foot = min(int(drawn.foot_y), drawn.pixels.shape[0] - 1)
    flipped = drawn.pixels[: foot + 1][::-1]
    rows, columns = int(flipped.shape[0] * 0.8) + 1, flipped.shape[1]
    pad = int(0.03 * spot.high) + 3
    y, x = np.mgrid[0:rows, -pad : columns + pad].astype(np.float32)
    fall = y / max(rows, 1)
    wave = np.sin(y * (34 / max(spot.high, 8)) ** 0.9 * 2.2 + spot.index) + 0.6 * np.sin(
        y * 0.9 * 34 / max(spot.high, 8) + 1.7
    )
    seen = cv2.remap(
        np.ascontiguousarray(flipped),
        x + wave * pad * 0.42 * (0.25 + fall),
        y / 0.8,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    )
    seen = cv2.blur(seen, (1, max(1, int(0.02 * spot.high)) | 1))
    seen *= (0.62 * (1 - fall) ** 0.7)[..., None]
    seen[..., :3] += (stage.palette.deep * 0.35) * seen[..., 3:] - seen[..., :3] * 0.3
    lift = Motion(
        bob=(motion.bob[0], -motion.bob[1]),
        drift=motion.drift,
        waves=0.006 * stage.unit,
        period=motion.period,
        phase=motion.phase,
    )
    return Layer(
        to_bytes(np.clip(seen, 0, None)),
        round(spot.x - drawn.foot_x) - pad,
        round(spot.y - 0.009 * stage.unit) - 1,
        spot.depth,
        lift,
    )


def to_bytes(pixels: np.ndarray) -> np.ndarray:
    """A sprite's pixels as the premultiplied bytes of a layer."""
    made = np.empty(pixels.shape, np.uint8)
    made[..., :3] = np.clip(pixels[..., :3] + 0.5, 0, 255)
    made[..., 3] = np.clip(pixels[..., 3] * 255 + 0.5, 0, 255)
    return made


def ratio(figure: Figure) -> float:
    """The figure's width to its height."""
    from_parts = strokes.extent(strokes.parse(figure.parts))
    return (from_parts[2] - from_parts[0]) / 100
