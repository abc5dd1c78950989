"""Sets the subjects of given pictures into a painted scene: cut out, sized and spaced, lit, shadowed and hazed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from callsheet.renderers.previz.painter import compose
from callsheet.renderers.previz.painter.brief import Brief
from callsheet.renderers.previz.painter.stage import Stage
from callsheet.renderers.previz.painter.stage import dice as dice_of
from callsheet.renderers.previz.picture import cutout
from callsheet.renderers.previz.picture.planes import Plane, Rgb, blur, fit, floats, smooth, to_bytes


@dataclass(frozen=True, slots=True)
class Cast:
    """One subject ready to be placed: its pixels, where they cover (0..1), and whether it is a print in a frame."""

    rgb: Rgb
    alpha: Plane
    framed: bool


def cast(rgb: Rgb) -> Cast:
    """The subject of a picture, cut to its box; a picture without one that stands out becomes a print with a border."""
    found = cutout.cut(rgb)
    if not found.sure:
        return _print(rgb)
    x0, y0, x1, y1 = found.box
    part = np.s_[y0:y1, x0:x1]
    return Cast(np.ascontiguousarray(rgb[part]), np.ascontiguousarray(found.alpha[part]), framed=False)


def arranged(brief: Brief, casts: list[Cast], width: int, height: int, seed: int) -> Rgb:
    """The painted scene with all of them in it, each recognisable, the first the largest."""
    scene = compose.show(compose.compose(brief, width, height, seed))
    stage = compose.staged(brief, width, height, seed)
    dice = dice_of(brief.prompt, seed, "arrangement")
    made = floats(scene)
    for one, x, foot, high in sorted(_places(stage, casts, dice), key=lambda place: place[2]):
        _place(made, stage, one, x, foot, high)
    return to_bytes(made)


def _print(rgb: Rgb) -> Cast:
    border = max(2, round(min(rgb.shape[:2]) * 0.045))
    card = cv2.copyMakeBorder(rgb, border, border, border, border, cv2.BORDER_CONSTANT, value=(247, 244, 238))
    return Cast(np.asarray(card, np.uint8), np.ones(card.shape[:2], np.float32), framed=True)


def _places(stage: Stage, casts: list[Cast], dice: np.random.Generator) -> list[tuple[Cast, float, float, float]]:
    """For each: its column, the row of its foot, its height. They share the width; every second one steps back."""
    count = len(casts)
    ground = min(max(stage.horizon + 0.30 * (stage.height - stage.horizon), 0.62 * stage.height), 0.93 * stage.height)
    base = stage.height * (0.56 if count == 1 else 0.50 if count == 2 else 0.42)
    wanted = [
        _sized(one, base * (1.0 if k == 0 else 0.9 if k % 2 else 0.8), 0.5 * stage.width) for k, one in enumerate(casts)
    ]
    widths = [high * one.rgb.shape[1] / one.rgb.shape[0] for one, high in zip(casts, wanted, strict=True)]
    gap = 0.035 * stage.width
    squeeze = min(1.0, (0.92 * stage.width - gap * (count - 1)) / sum(widths))
    order = list(dice.permutation(count)) if count > 1 else [0]
    free = stage.width - squeeze * sum(widths) - gap * (count - 1)
    left = free * (float(dice.uniform(0.28, 0.72)) if count == 1 else 0.5)
    placed: list[tuple[Cast, float, float, float]] = []
    for turn, k in enumerate(order):
        wide = widths[k] * squeeze
        back = 0.0 if count == 1 else 0.30 * (turn % 2) * (1 if count > 2 else 0.5)
        low = min(
            ground + (stage.height * 0.95 - ground) * (0.62 + float(dice.uniform(-0.06, 0.10)) - back),
            0.96 * stage.height,
        )
        placed.append((casts[k], left + wide / 2, low, wanted[k] * squeeze * (1 - 0.10 * (turn % 2))))
        left += wide + gap
    return placed


def _sized(one: Cast, high: float, widest: float) -> float:
    return min(high, widest * one.rgb.shape[0] / one.rgb.shape[1])


def _place(made: Plane, stage: Stage, one: Cast, x: float, foot: float, high: float) -> None:
    """Lay one subject onto the picture, in place: its shadow, then itself under the scene's light."""
    wide = max(4, round(high * one.rgb.shape[1] / one.rgb.shape[0]))
    size = wide, max(4, round(high))
    alpha = np.clip(np.asarray(fit(one.alpha, *size), np.float32), 0, 1)
    colour = np.clip(np.asarray(fit(floats(one.rgb), *size), np.float32), 0, 1)
    left, top = round(x - wide / 2), round(foot - high)
    _shadow(made, stage, alpha, left, top)
    _over(made, _lit(colour, alpha, stage, framed=one.framed), alpha, left, top)


def _lit(colour: Plane, alpha: Plane, stage: Stage, *, framed: bool) -> Plane:
    """Its own colours in the scene's light: dimmer by night, a shaded foot, a rim towards the sun."""
    palette = stage.palette
    made = colour * (0.45 + 0.55 * palette.ambient)
    rows = np.linspace(0, 1, colour.shape[0], dtype=np.float32)[:, None, None]
    dark = 0.55 * palette.dark * (0.55 + 0.45 * rows)
    made = made * (1 - dark) + palette.silhouette / 255 * dark * 0.6
    if framed:
        return np.asarray(np.clip(made * 1.04, 0, 1), np.float32)
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    step = max(1.5, 0.006 * stage.unit)
    behind = cv2.warpAffine(alpha, np.array([[1, 0, -side * step], [0, 1, 0.7 * step]], np.float32), alpha.shape[1::-1])
    rim = blur(np.clip(alpha - np.asarray(behind, np.float32), 0, 1), 0.5 * step)[..., None]
    strength = {"golden": 0.7, "dawn": 0.55, "dusk": 0.5, "night": 0.3, "day": 0.25}[stage.brief.time]
    return np.asarray(np.clip(made + rim * strength * (palette.sun / 255 - made * 0.6), 0, 1), np.float32)


def _shadow(made: Plane, stage: Stage, alpha: Plane, left: int, top: int) -> None:
    """A soft pool under its foot, and its outline laid on the ground away from the light."""
    high, wide = alpha.shape
    feet = smooth(0.0, 1.0, alpha[int(high * 0.66) :].max(axis=0))
    flat = max(4, round(high * 0.14))
    lean = np.clip((left + wide / 2 - stage.sun[0]) / stage.width, -0.6, 0.6) * high * 0.9
    pad = round(high * 0.75)
    plane = np.zeros((2 * flat + 8, wide + 2 * pad), np.float32)
    cast_at = (
        np.array([[0, 0], [wide, 0], [0, high]], np.float32),
        np.array([[pad + lean, flat * 1.3], [pad + lean + wide, flat * 1.3], [pad, flat]], np.float32),
    )
    laid = cv2.warpAffine(alpha, cv2.getAffineTransform(*cast_at), plane.shape[1::-1])
    plane += 0.42 * np.asarray(laid, np.float32) * (1 - 0.7 * stage.palette.night)
    pool = np.zeros_like(plane)
    pool[max(0, flat - flat // 5) : flat + flat // 5 + 1, pad : pad + wide] = feet[None, :]
    plane = np.maximum(plane, 0.95 * blur(pool, max(1.0, flat * 0.20)))
    plane = blur(plane, max(0.8, high * 0.008))
    dark = np.broadcast_to(stage.palette.silhouette / 255 * 0.45, (*plane.shape, 3)).astype(np.float32)
    _over(made, dark, np.clip(plane * 0.8, 0, 0.72), left - pad, top + high - flat)


def _over(made: Plane, colour: Plane, alpha: Plane, left: int, top: int) -> None:
    rows, columns = made.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(columns, left + alpha.shape[1]), min(rows, top + alpha.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    share = alpha[part][..., None]
    made[y0:y1, x0:x1] = made[y0:y1, x0:x1] * (1 - share) + colour[part] * share
