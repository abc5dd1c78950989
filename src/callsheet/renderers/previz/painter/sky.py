"""Skies: gradient, sun or moon with their glow, stars, and clouds lit from where the light stands."""

from __future__ import annotations

import cv2
import numpy as np

from callsheet.renderers.previz.painter import noise
from callsheet.renderers.previz.painter.brush import Sheet, ramp, smooth
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.palette import mix, rgb
from callsheet.renderers.previz.painter.stage import Stage


def paint(stage: Stage, *, clouds: bool = True) -> list[Layer]:
    """The whole sky: an opaque backdrop, then stars and clouds as layers of their own."""
    layers = [backdrop(stage)]
    if stage.brief.time in ("night", "dusk") and stage.brief.weather == "clear":
        layers += stars(stage)
    layers += _disc(stage)
    if clouds:
        layers += _clouds(stage)
    return layers


def backdrop(stage: Stage) -> Layer:
    """The gradient from zenith to horizon, warmed around the light; below the horizon it fades into the haze."""
    sheet = Sheet(stage)
    reach = max(stage.horizon + 0.12 * stage.height, 1)
    place = np.clip((sheet.y + 0.12 * stage.height) / reach, 0, 1)
    sheet.flood(ramp(stage.palette.sky, place))
    strength = {"night": 0.24, "day": 0.22, "dawn": 0.5, "golden": 0.62, "dusk": 0.5}[stage.brief.time]
    strength *= {"clear": 1.0, "cloudy": 0.4, "snow": 0.4, "fog": 0.55}.get(stage.brief.weather, 0.2)
    sheet.rgb += (_glow(stage, sheet, 0.9, 0.36) * strength)[..., None] * (stage.palette.sun - sheet.rgb) * 0.75
    sheet.rgb += (_glow(stage, sheet, 0.2, 0.16) * strength)[..., None] * (stage.palette.sun - sheet.rgb) * 0.8
    return sheet.layer(0.0)


def stars(stage: Stage, thick: float = 1.0) -> list[Layer]:
    """Two sheets of stars that twinkle against each other, thinner towards the horizon."""
    made: list[Layer] = []
    dice = stage.dice("stars")
    for group in range(2):
        sheet = Sheet(stage, None, stage.horizon)
        count = int(150 * thick * (1.6 if stage.brief.time == "night" else 0.5))
        x = dice.uniform(-0.5, 1.5, count) * stage.width
        y = (dice.random(count) ** 1.4) * 1.25 * stage.horizon - 0.25 * stage.horizon
        size = dice.pareto(3.2, count) * 0.0011 + 0.0009
        bright = dice.uniform(0.35, 1, count) * np.clip(1.15 - y / max(stage.horizon, 1), 0.05, 1)
        for sx, sy, r, b in zip(x, y, np.minimum(size, 0.0045) * stage.unit, bright, strict=True):
            _star(sheet, sx, sy, max(0.55, r), b)
        made.append(sheet.layer(0.0, Motion(pulse=0.45, period=3.1 + group * 1.7, phase=group * 0.5)))
    return made


def _star(sheet: Sheet, x: float, y: float, r: float, bright: float) -> None:
    reach = int(np.ceil(r * 3)) + 1
    cx, cy = int(np.floor(x)) - sheet.x0, int(np.floor(y)) - sheet.y0
    if not (reach <= cx < sheet.width - reach and reach <= cy < sheet.height - reach):
        return
    grid = np.arange(-reach, reach + 1, dtype=np.float32)
    dx, dy = grid - (x % 1) + 0.5, grid - (y % 1) + 0.5
    spot = np.exp(-(dx[None, :] ** 2 + dy[:, None] ** 2) / (1.1 * r * r)) * bright
    window = (slice(cy - reach, cy + reach + 1), slice(cx - reach, cx + reach + 1))
    sheet.light(spot.astype(np.float32), np.array([235, 240, 255], np.float32), window)


def _glow(stage: Stage, sheet: Sheet, wide: float, high: float) -> np.ndarray:
    """A soft bell around the light, wider than high; lengths in units."""
    dx = ((sheet.x - stage.sun[0]) / (wide * stage.unit)) ** 2
    dy = ((sheet.y - stage.sun[1]) / (high * stage.unit)) ** 2
    return np.exp(-dy) * np.exp(-dx)[None, :]


def _disc(stage: Stage) -> list[Layer]:
    """The sun or the moon itself, unless the weather hides it."""
    if stage.brief.weather in ("rain", "storm", "cloudy", "snow"):
        return []
    night = stage.brief.time == "night"
    low = stage.brief.time in ("golden", "dawn", "dusk")
    r = stage.unit * (0.052 if night else 0.062 if low else 0.036)
    if stage.brief.style == "ink":
        r = stage.unit * 0.06
    x, y = stage.sun
    sheet = Sheet(stage, y - 7 * r, y + 7 * r)
    distance = np.sqrt((sheet.x[None, :] - x) ** 2 + (sheet.y - y) ** 2)
    halo = np.exp(-((distance / (r * 2.6)) ** 1.2))
    if stage.brief.style != "ink":
        sheet.light(halo * (0.26 if night else 0.30), stage.palette.sun)
    disc = np.clip(r - distance + 0.5, 0, 1) * (0.7 if stage.brief.weather == "fog" else 1.0)
    colour = stage.palette.sun if stage.brief.style == "ink" else mix(stage.palette.sun, rgb(255, 255, 255), 0.72)
    sheet.over(disc, np.asarray(colour))
    if night:
        _moon(stage, sheet, disc, r)
    return [sheet.layer(0.01)]


def _moon(stage: Stage, sheet: Sheet, disc: np.ndarray, r: float) -> None:
    """Soft grey seas on the moon."""
    x, y = stage.sun
    for dx, dy, size, depth in (
        (-0.3, -0.25, 0.42, 0.12),
        (0.25, 0.1, 0.34, 0.1),
        (-0.1, 0.45, 0.26, 0.09),
        (0.4, -0.4, 0.2, 0.08),
    ):
        spot = ((sheet.x[None, :] - x - dx * r) ** 2 + (sheet.y - y - dy * r) ** 2) / (size * r) ** 2
        sheet.tint(disc * smooth(1.15, 0.75, spot) * depth, rgb(96, 110, 150))


_COVER = {"clear": 0.56, "cloudy": 0.34, "rain": 0.26, "storm": 0.22, "snow": 0.3, "fog": 0.44}


def _clouds(stage: Stage) -> list[Layer]:
    """Two decks: high streaks and nearer billows, each drifting at its own pace."""
    weather = stage.brief.weather
    pace = min(0.012, 0.18 / max(stage.duration, 1.0)) * stage.width * (2.2 if weather == "storm" else 1.0)
    heavy = weather in ("rain", "storm", "cloudy", "snow")
    made = [_deck(stage, "streaks", (1.25, 0.13), _COVER[weather] - 0.02, 0.55, Motion(drift=(pace * 0.4, 0)), 0.02)]
    billow = (0.95, 0.4) if heavy else (0.62, 0.22)
    made.append(
        _deck(stage, "billows", billow, _COVER[weather] + (0.0 if heavy else 0.05), 0.95, Motion(drift=(pace, 0)), 0.05)
    )
    return made


def _deck(
    stage: Stage, name: str, cell: tuple[float, float], cut: float, strength: float, motion: Motion, depth: float
) -> Layer:
    """One deck of clouds: noise cut at a level, lighter towards the light, dense above and thin at the horizon."""
    sheet = Sheet(stage, None, stage.horizon + 2)
    half = 2 if stage.unit > 300 else 1
    box = (
        sheet.x0 // half,
        sheet.y0 // half,
        (sheet.x0 + sheet.width) // half + 1,
        (sheet.y0 + sheet.height) // half + 1,
    )
    unit, frame = stage.unit / half, (stage.width // half, stage.height // half)
    dice = stage.dice(name)
    density = noise.field(dice, box, frame, (cell[0] * unit, cell[1] * unit), 5, 0.52)
    step = max(1.0, 0.028 * unit)
    towards = np.array([stage.sun[0] - stage.width / 2, stage.sun[1] - stage.horizon * 0.5])
    towards = towards / (np.hypot(*towards) + 1) * step
    moved = np.array([[1, 0, -towards[0]], [0, 1, -towards[1]]], np.float32)
    size = (density.shape[1], density.shape[0])
    ahead = cv2.warpAffine(
        density, moved, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    lit = np.clip(0.52 + (density - ahead) * 5.5, 0, 1)
    cover = smooth(cut, cut + 0.2, density)
    full = (sheet.height, sheet.width)
    cover, lit = (_grown(plane, half)[: full[0], : full[1]] for plane in (cover, lit))
    near = np.clip((stage.horizon - sheet.y) / max(stage.horizon, 1), 0, 1)
    cover = cover * strength * (0.25 + 0.75 * smooth(0.0, 0.3, near))
    colour = stage.palette.shade + (stage.palette.cloud - stage.palette.shade) * lit[..., None]
    warm = np.exp(-(((sheet.x - stage.sun[0]) / (0.5 * stage.unit)) ** 2))[None, :] * np.exp(
        -(((sheet.y - stage.sun[1]) / (0.4 * stage.unit)) ** 2)
    )
    colour = colour + (stage.palette.sun - colour) * (0.5 * warm * lit)[..., None]
    sheet.over(cover, colour)
    return sheet.layer(depth, motion)


def _grown(plane: np.ndarray, times: int) -> np.ndarray:
    if times == 1:
        return plane
    return cv2.resize(plane, (plane.shape[1] * times, plane.shape[0] * times), interpolation=cv2.INTER_LINEAR)
