"""Water: a plane that mirrors what stands behind it, with waves in perspective and the light's glittering path."""

from __future__ import annotations

import cv2
import numpy as np

from callsheet.renderers.previz.painter import noise
from callsheet.renderers.previz.painter.brush import Sheet, smooth
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.palette import mix, rgb
from callsheet.renderers.previz.painter.stage import Stage


def paint(stage: Stage, behind: np.ndarray, *, calm: float = 0.5) -> list[Layer]:
    """The plane from the horizon down, then two sheets of waves and two of glitter that alternate.

    `behind` is what lies above the water, flattened on the whole canvas (uint8); `calm` 1 is a mirror, 0 open sea.
    """
    return [_plane(stage, behind, calm), *_waves(stage, calm), *_glitter(stage, calm)]


def _plane(stage: Stage, behind: np.ndarray, calm: float) -> Layer:
    sheet = Sheet(stage, stage.horizon, None)
    palette = stage.palette
    far = np.clip((sheet.y - stage.horizon) / max(stage.bottom - stage.horizon, 1), 0, 1)
    mirror = _mirror(stage, behind, sheet, calm).astype(np.float32)
    deep = mix(palette.deep, palette.silhouette, 0.15)
    own = (
        mix(palette.haze, palette.deep, 0.45)
        + (deep - mix(palette.haze, palette.deep, 0.45)) * smooth(0, 0.55, far)[..., None]
    )
    share = (0.42 + 0.42 * calm) * (1 - 0.6 * far**0.8) * (0.5 if stage.brief.tint("water") else 1.0)
    field = own + (mirror - own) * share[..., None]
    sheet.flood(field)
    edge = np.exp(-np.clip(sheet.y - stage.horizon, 0, None) / (0.012 * stage.unit))
    sheet.tint(np.broadcast_to(edge * 0.5, sheet.alpha.shape), mix(palette.haze, palette.sun, 0.3))
    return sheet.layer(0.5, Motion(waves=0.006 * stage.unit * (1.25 - calm), period=3.2), ground=True)


def _mirror(stage: Stage, behind: np.ndarray, sheet: Sheet, calm: float) -> np.ndarray:
    """What stands above, upside down, drawn out by the waves."""
    rows = np.arange(sheet.height, dtype=np.float32)[:, None]
    line = sheet.y0 - stage.top
    fall = rows / max(sheet.height, 1)
    box = (sheet.x0, sheet.y0, sheet.x0 + sheet.width, sheet.y0 + sheet.height)
    swell = noise.field(
        stage.dice("mirror"), box, (stage.width, stage.height), (0.28 * stage.unit, 0.022 * stage.unit), 3
    )
    push = (swell - 0.5) * (1.3 - calm) * stage.unit * (0.02 + 0.22 * fall)
    map_x = np.arange(sheet.width, dtype=np.float32)[None, :] + push * 0.55
    map_y = np.clip(line - 1 - rows * 0.86 + push * 0.9, 0, line - 1)
    flipped = cv2.remap(
        behind,
        map_x.astype(np.float32),
        np.broadcast_to(map_y, map_x.shape).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    k = max(1, int(stage.unit * (0.004 + 0.02 * (1 - calm)))) | 1
    return cv2.blur(flipped, (max(1, k // 2) | 1, k))


def _waves(stage: Stage, calm: float) -> list[Layer]:
    """Long lens-shaped crests, dark and light, growing towards the camera."""
    made: list[Layer] = []
    palette = stage.palette
    for group, colour in enumerate((mix(palette.deep, palette.silhouette, 0.5), mix(palette.haze, palette.sun, 0.35))):
        dice = stage.dice(f"waves{group}")
        sheet = Sheet(stage, stage.horizon, None)
        count = int((150 - 90 * calm) * max(1.0, stage.width / stage.unit / 1.4))
        fall = dice.random(count) ** 1.9
        depth_px = max(stage.bottom - stage.horizon, 4)
        y = stage.horizon + fall * depth_px
        x = dice.uniform(stage.left - 40, stage.right + 40, count)
        long = (0.015 + 0.16 * fall) * stage.unit * dice.uniform(0.4, 1.5, count)
        thick = (0.0008 + 0.008 * fall) * stage.unit * dice.uniform(0.5, 1.3, count)
        opacity = (0.26 if group == 0 else 0.34) * (1 - 0.5 * calm)
        sheet.polygons([lens(*wave) for wave in zip(x, y, long, thick, strict=True)], np.asarray(colour), opacity)
        sway = 0.006 * stage.unit
        made.append(
            sheet.layer(
                0.5, Motion(bob=(sway, sway * 0.3), pulse=0.35, period=3.4 + group, phase=0.5 * group), ground=True
            )
        )
    return made


def _glitter(stage: Stage, calm: float) -> list[Layer]:
    """The path of light under the sun or moon: bright dashes, dense at the horizon and wide in front."""
    if (
        stage.brief.weather in ("rain", "storm", "cloudy", "fog")
        or not -0.2 * stage.width < stage.sun[0] < 1.2 * stage.width
    ):
        return []
    made: list[Layer] = []
    low = {"golden": 1.0, "dawn": 0.85, "dusk": 0.75, "night": 0.7, "day": 0.5}[stage.brief.time]
    bright = mix(stage.palette.sun, rgb(255, 255, 255), 0.12)
    for group in range(2):
        dice = stage.dice(f"glitter{group}")
        sheet = Sheet(stage, stage.horizon, None)
        count = int(170 * low)
        fall = dice.random(count) ** 1.6
        y = stage.horizon + 1 + fall * (stage.bottom - stage.horizon)
        spread = (0.035 + 0.17 * fall) * stage.unit * (1.5 if stage.brief.time == "day" else 1.0)
        x = stage.sun[0] + dice.normal(0, 1, count) * spread
        long = (0.007 + 0.045 * fall) * stage.unit * dice.uniform(0.5, 1.5, count)
        thick = (0.0010 + 0.0036 * fall) * stage.unit * dice.uniform(0.6, 1.2, count)
        sheet.polygons([lens(*dash) for dash in zip(x, y, long, thick, strict=True)], np.asarray(bright), 0.62 * low)
        made.append(
            sheet.layer(0.5, Motion(pulse=0.6, bob=(0.004 * stage.unit, 0), period=2.3, phase=0.5 * group), ground=True)
        )
    return made


def lens(x: float, y: float, long: float, thick: float) -> np.ndarray:
    """A thin pointed lens, as a wave's crest is seen from the shore."""
    t = np.linspace(-1, 1, 7)
    bulge = (1 - t**2) * thick
    upper = np.stack([x + t * long, y - bulge], axis=1)
    lower = np.stack([x + t[::-1] * long, y + bulge[::-1] * 0.6], axis=1)
    return np.concatenate([upper, lower[1:-1]])
