"""Draws one figure under the stage's light: its colours, a lit and a shaded side, a rim of light, and what glows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from callsheet.renderers.previz.painter import strokes
from callsheet.renderers.previz.painter.figures import Figure
from callsheet.renderers.previz.painter.palette import hex_, mix, rgb
from callsheet.renderers.previz.painter.stage import Stage

_OWN = {
    "dark": "#22262f", "white": "#f6f3ec", "skin": "#e2b08c", "wood": "#7a553a", "glass": "#8fbfd8", "glow": "#ffd98a",
    "hair": "#22262f", "legs": "#22262f", "eyes": "#22262f",
}  # fmt: skip
_WHITE = rgb(255, 255, 255)


Planes = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Colour (premultiplied), coverage, and how much of it shines by itself."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """A drawn figure: premultiplied float32 RGBA 0..255 (alpha 0..1 in plane 3), and where its foot stands in it."""

    pixels: np.ndarray
    foot_x: float
    foot_y: float


def draw(
    stage: Stage,
    figure: Figure,
    high: float,
    nearness: float,
    *,
    flip: bool,
    colour: str | None,
    roles: Mapping[str, str] | None = None,
    turn: float = 0.0,
) -> Sprite:
    """The figure `high` pixels tall (its 100 units), `turn` degrees anticlockwise about its middle.

    `colour` is that of its body, `roles` those of its other parts, where they are not the drawing's own.
    """
    parts = strokes.parse(figure.parts)
    x0, y0, x1, y1 = strokes.extent(parts)
    fine = 4 if high < 60 else 3 if high < 220 else 2
    scale = high / 100 * fine
    pad = int(0.03 * high + 4) * fine
    matrix = _matrix(scale, turn, flip=flip)
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) @ matrix.T
    low, up = corners.min(axis=0) - pad, corners.max(axis=0) + pad
    size = (np.ceil((up - low) / fine).astype(int)) * fine
    rgb, alpha = np.zeros((size[1], size[0], 3), np.float32), np.zeros((size[1], size[0]), np.float32)
    tones = _tones(stage, figure, nearness, colour, roles or {})
    shine = np.zeros_like(alpha)
    for part in parts:
        tone = tones[part.role] if part.role in tones else _lit(stage, hex_(part.role), nearness)
        for polygon in part.polygons:
            _fill(
                (rgb, alpha, shine),
                polygon @ matrix.T - low,
                tone,
                part.opacity,
                glows=part.role == "glow" or figure.glows,
            )
    _shape(stage, rgb, alpha, shine, nearness, fine * (0.8 + high / 330))
    small = (int(size[0] // fine), int(size[1] // fine))
    pixels = np.dstack([rgb, alpha])
    pixels = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
    foot = (np.array([0, 100]) @ matrix.T - low) / fine
    return Sprite(pixels, float(foot[0]), float(foot[1]))


def _matrix(scale: float, turn: float, *, flip: bool) -> np.ndarray:
    angle = np.deg2rad(turn if not flip else -turn)
    rotate = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return rotate @ np.diag([-scale if flip else scale, scale])


def _tones(
    stage: Stage, figure: Figure, nearness: float, colour: str | None, roles: Mapping[str, str]
) -> dict[str, np.ndarray]:
    """The colour of every role under this light."""
    body = hex_(colour or figure.base or "#888888")
    accent = (
        stage.palette.accents[0]
        if float(np.abs(stage.palette.accents[0] - body).sum()) > 90
        else stage.palette.accents[1]
    )
    local = {name: hex_(code) for name, code in _OWN.items()}
    local |= {"accent": accent, **_shaded(body)}
    if colour is None and "hair" in roles and float(np.abs(hex_(roles["hair"]) - body).sum()) < 150:
        # Who has hair of the dress's colour wears another.
        local |= _shaded(stage.palette.accents[2])
    local |= {name: hex_(code) for name, code in ({**figure.own, **roles}).items()}
    if stage.brief.style in ("monochrome", "ink"):
        local = {name: np.full(3, tone.mean(), np.float32) for name, tone in local.items()}
    tones = {name: _lit(stage, tone, nearness) for name, tone in local.items()}
    glow = mix(local["glow"], _WHITE, 0.15)
    tones["glow"] = mix(
        _lit(stage, mix(local["glow"], hex_("#6d7b88"), 0.5), nearness),
        glow,
        max(stage.palette.night, 0.25 if stage.brief.time == "golden" else 0),
    )
    if figure.glows:
        tones |= {name: mix(tones[name], mix(local[name], _WHITE, 0.2), 0.75) for name in ("body", "light", "shade")}
    return tones


def _shaded(body: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "body": body,
        "shade": mix(body, rgb(28, 24, 52), 0.32),
        "light": mix(body, rgb(255, 246, 226), 0.30),
    }


_LAMP = np.array([1.0, 0.93, 0.84], np.float32)


def _lit(stage: Stage, colour: np.ndarray, nearness: float) -> np.ndarray:
    """Subjects keep more of their colour than the land does, so that they can be read against it."""
    palette = stage.palette
    if stage.brief.close and palette.night > 0:
        # A portrait at night has a light of its own on the face.
        palette = replace(palette, ambient=mix(palette.ambient, _LAMP, 0.5), dark=0.5 * palette.dark)
    if stage.brief.setting == "space":
        return mix(colour, hex_("#2a2f5a"), 0.12)
    if stage.brief.setting == "room":
        # By night the room's own lamp lights it.
        lamp = palette.night * np.array([0.34, 0.26, 0.14], np.float32)
        light = 0.35 + 0.65 * palette.ambient * (1 - 0.35 * palette.night) + lamp
        return np.minimum(mix(colour * light, palette.silhouette, 0.08 + 0.06 * palette.dark), 255)
    if stage.brief.setting == "studio":
        return mix(colour * (0.35 + 0.65 * palette.ambient), palette.silhouette, 0.08 + 0.10 * palette.dark)
    if stage.brief.setting == "underwater":
        return mix(colour * rgb(0.9, 0.97, 1.0), hex_("#1f86ad"), 0.12 + 0.28 * (1 - nearness))
    seen = mix(colour * (0.25 + 0.75 * palette.ambient), palette.silhouette, palette.dark * 0.55)
    return mix(palette.haze, seen, min(1.0, 0.45 + 0.62 * nearness))


def _fill(planes: Planes, polygon: np.ndarray, tone: np.ndarray, opacity: float, *, glows: bool) -> None:
    rgb, alpha, shine = planes
    low = np.maximum(np.floor(polygon.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(polygon.max(axis=0)).astype(int) + 2, (alpha.shape[1], alpha.shape[0]))
    if (low >= high).any():
        return
    cover = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillPoly(cover, [np.rint((polygon - low - 0.5) * 16).astype(np.int32)], (255,), cv2.LINE_AA, 4)
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    share = cover.astype(np.float32) * np.float32(opacity / 255)
    rgb[window] += (tone * share[..., None]) - rgb[window] * share[..., None]
    alpha[window] += share * (1 - alpha[window])
    shine[window] = share if glows else shine[window] * (1 - share)
    if glows:
        shine[window] = np.maximum(shine[window], share)


def _shape(stage: Stage, rgb: np.ndarray, alpha: np.ndarray, shine: np.ndarray, nearness: float, unit: float) -> None:
    """Give the flat drawing its volume: darker below, a soft lit side, and a bright rim towards the light."""
    rows = np.linspace(0, 1, alpha.shape[0], dtype=np.float32)[:, None]
    dim = 1 - shine
    shade = (alpha * dim * 0.20 * rows**1.5)[..., None]
    rgb += shade * (stage.palette.silhouette - rgb / np.maximum(alpha, 1e-3)[..., None])
    side = 1.0 if stage.sun[0] > stage.focus else -1.0
    step = max(2.0, 1.7 * unit)
    moved = np.array([[1, 0, -side * step], [0, 1, step * 0.8]], np.float32)
    behind = cv2.warpAffine(alpha, moved, (alpha.shape[1], alpha.shape[0]), flags=cv2.INTER_LINEAR)
    rim = np.clip(alpha - behind, 0, 1)
    rim = cv2.blur(rim, (int(step) | 1, int(step) | 1)) * alpha * dim
    strength = {"golden": 0.95, "dawn": 0.7, "dusk": 0.7, "night": 0.4, "day": 0.45}[stage.brief.time]
    if stage.brief.weather not in ("clear", "fog", "snow"):
        strength *= 0.4
    rgb += (rim * strength)[..., None] * (stage.palette.sun - rgb / np.maximum(alpha, 1e-3)[..., None])
