"""Treatments made with a brush or a pencil: watercolour, oil, pencil and ink wash."""

from __future__ import annotations

import cv2
import numpy as np

from callsheet.renderers.previz.picture.lines import contours, drawn
from callsheet.renderers.previz.picture.planes import (
    Plane,
    Rgb,
    along_edges,
    blur,
    displaced,
    floats,
    grey,
    noise,
    paper,
    smeared,
    smooth,
    tangents,
    to_bytes,
)

_PAPER = np.array([0.985, 0.972, 0.940], np.float32)
_RICE = np.array([0.955, 0.936, 0.890], np.float32)


def watercolour(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """Transparent washes with pigment gathered at their rims, granulated by the paper, with a ragged white margin."""
    shape = rgb.shape[:2]
    sway = [7.0 * unit * (noise(dice, shape, 46 * unit) - 0.5) for _ in range(2)]
    wet = np.asarray(displaced(floats(rgb), *sway), np.float32)
    for radius, softness in ((7.0, 0.004), (4.0, 0.002)):
        wet = np.clip(along_edges(grey(to_bytes(wet)), wet, radius * unit, softness), 0, 1)
    wet = _washes(wet, unit)
    # Pigment is density: washes lie over each other by adding, and white is only paper.
    density = -np.log(np.clip(0.08 + 0.92 * wet, 0.04, 1))
    rim = np.abs(blur(density.mean(axis=2), 3.2 * unit) - blur(density.mean(axis=2), 1.1 * unit))
    flow = noise(dice, shape, 150 * unit, 4) - 0.5
    tooth = paper(dice, shape, unit)
    depth = 0.98 + 0.62 * flow + 1.1 * smooth(0.01, 0.16, rim) + 0.06 * tooth
    made = np.exp(-density * np.clip(depth, 0.25, 2.0)[..., None]) * _PAPER
    made *= (1 + 0.012 * (tooth - blur(tooth, 2 * unit)))[..., None]
    return to_bytes(_margin(made, dice, unit))


def _washes(wet: Plane, unit: float) -> Plane:
    """Brightness in a few soft steps, colours a little fuller: what a painter mixes beforehand."""
    planes = np.asarray(cv2.cvtColor(np.ascontiguousarray(wet, np.float32), cv2.COLOR_RGB2LAB), np.float32)
    steps = planes[..., 0] / 11.0
    part = steps - np.floor(steps)
    planes[..., 0] = 0.45 * planes[..., 0] + 0.55 * 11.0 * (np.floor(steps) + smooth(0.32, 0.68, part))
    planes[..., 0] = 6 + planes[..., 0] * 0.95
    planes[..., 1:] = blur(planes[..., 1:], 1.6 * unit) * 1.18
    return np.clip(np.asarray(cv2.cvtColor(planes, cv2.COLOR_LAB2RGB), np.float32), 0, 1)


def _margin(made: Plane, dice: np.random.Generator, unit: float) -> Plane:
    """The paper left white around the painting, along a wet, uneven edge."""
    rows, columns = made.shape[:2]
    y, x = np.arange(rows, dtype=np.float32)[:, None], np.arange(columns, dtype=np.float32)[None, :]
    inside = np.minimum(np.minimum(x, columns - 1 - x), np.minimum(y, rows - 1 - y)) / unit
    ragged = inside - 9 - 17 * (noise(dice, (rows, columns), 40 * unit, 5) - 0.35)
    share = smooth(0.0, 3.0, ragged)[..., None]
    gathered = 1 - 0.16 * np.exp(-(((ragged - 3) / 2.2) ** 2))[..., None]
    return made * gathered * share + _PAPER * (1 - share)


def oil(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """Strokes of thick paint along the forms, each of one colour, with the relief of the bristles in side light."""
    painted = _kuwahara(floats(rgb), max(2, round(5.6 * unit)))
    painted = _kuwahara(painted, max(2, round(3.4 * unit)))
    x, y, one_way = tangents(grey(to_bytes(painted)), 11 * unit + 1)
    turn = (noise(dice, rgb.shape, 120 * unit, 2) - 0.5) * 3.0 * (1 - smooth(0.2, 0.6, one_way))
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    painted = smeared(painted, (x, y), 5.0 * unit, 3)
    grain = np.asarray(noise(dice, rgb.shape, 2.2 * unit, 2), np.float32)
    bristles = smeared(smeared(grain, (x, y), 20 * unit, 5), (x, y), 7 * unit, 3)
    bristles = (bristles - bristles.mean()) / max(float(bristles.std()), 1e-6)
    dx, dy = cv2.Sobel(bristles, cv2.CV_32F, 1, 0), cv2.Sobel(bristles, cv2.CV_32F, 0, 1)
    relief = np.clip((np.asarray(dx) * -0.6 + np.asarray(dy) * -0.8) * 0.022, -0.09, 0.12)
    body = 0.35 + 0.65 * smooth(0.05, 0.7, grey(to_bytes(painted)))
    planes = np.asarray(cv2.cvtColor(np.clip(painted, 0, 1).astype(np.float32), cv2.COLOR_RGB2LAB), np.float32)
    planes[..., 0] = np.clip(planes[..., 0] * (1 + 0.035 * bristles * body) + 100 * relief * body * 0.55, 0, 100)
    planes[..., 1:] *= 1.16
    return to_bytes(np.asarray(cv2.cvtColor(planes, cv2.COLOR_LAB2RGB), np.float32))


def _kuwahara(picture: Plane, radius: int) -> Plane:
    """The generalised Kuwahara filter (Papari, Petkov and Campisi, 2007) with eight soft sectors."""
    total, weights = np.zeros_like(picture), np.zeros(picture.shape[:2], np.float32)
    light = np.asarray(cv2.cvtColor(picture.astype(np.float32), cv2.COLOR_RGB2GRAY), np.float32)
    side = np.arange(-radius, radius + 1, dtype=np.float32)
    x, y = side[None, :], side[:, None]
    disc = np.exp(-(x * x + y * y) / (0.5 * radius * radius)) * (x * x + y * y <= (radius + 0.5) ** 2)
    for sector in range(8):
        angle = sector * np.pi / 4
        facing = np.clip(np.cos(np.arctan2(y, x) - angle), 0, 1) ** 3
        kernel = disc * np.where((x == 0) & (y == 0), 1.0, facing)
        kernel = (kernel / kernel.sum()).astype(np.float32)
        mean = cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REFLECT)
        own, square = (cv2.filter2D(p, -1, kernel, borderType=cv2.BORDER_REFLECT) for p in (light, light * light))
        spread = np.maximum(np.asarray(square) - np.asarray(own) ** 2, 0)
        share = 1 / (1 + (spread * 4500) ** 2 + 1e-4)
        total += np.asarray(mean) * share[..., None]
        weights += share
    return (total / np.maximum(weights, 1e-9)[..., None]).astype(np.float32)


def pencil(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """Graphite on paper: contours, and shades laid in strokes that cross where it is darker."""
    light = np.clip(along_edges(grey(rgb), grey(rgb), 4 * unit, 0.004), 0, 1)
    light = light + 0.35 * (light - blur(light, 40 * unit))
    light = np.clip(
        (light - np.quantile(light, 0.02)) / max(float(np.ptp(np.quantile(light, [0.02, 0.98]))), 1e-3), 0, 1
    )
    contour = np.maximum(drawn(rgb, 1.1 * unit, firm=1.2), 0.75 * contours(rgb, 1.1 * unit))
    tooth = paper(dice, rgb.shape, 0.7 * unit)
    shade = np.zeros_like(light)
    for angle, dark in ((0.9, 0.62), (2.2, 0.36), (0.45, 0.18)):
        wave = _hatching(dice, rgb.shape[:2], angle, unit)
        amount = smooth(dark + 0.22, dark - 0.30, light)
        shade = np.maximum(shade, amount * smooth(0.72 - 0.5 * amount, 1.10 - 0.5 * amount, wave + 0.06 * tooth))
    graphite = np.clip(0.52 * shade + 0.30 * (1 - light) ** 1.2 + 0.95 * contour * (0.75 + 0.25 * (1 - light)), 0, 0.93)
    graphite *= np.clip(1 + 0.16 * tooth, 0.5, 1.3)
    ink, sheet = np.array([0.17, 0.17, 0.19], np.float32), np.array([0.975, 0.968, 0.950], np.float32)
    share = np.clip(graphite, 0, 1)[..., None]
    return to_bytes((sheet * (1 - share) + ink * share) * (1 + 0.006 * tooth)[..., None])


def _hatching(dice: np.random.Generator, shape: tuple[int, int], angle: float, unit: float) -> Plane:
    """Strokes in 0..1 across the picture: noise that is long one way and short the other."""
    rows, columns = shape
    side = int(np.hypot(rows, columns)) + 8
    long, short = 26.0 * unit, 1.55 * unit
    lattice = dice.random((int(side / short) + 4, int(side / long) + 4), dtype=np.float32)
    c, s = np.cos(angle), np.sin(angle)
    matrix = np.array([[c / long, s / long, 2.0], [-s / short, c / short, side / short / 2]])
    strokes = cv2.warpAffine(
        lattice, matrix, (columns, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_WRAP
    )
    return np.asarray(strokes, np.float32)


def ink(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """Ink wash on rice paper: a few pale washes that bleed, dark accents, contours with a living line."""
    shape = rgb.shape[:2]
    sway = [6.0 * unit * (noise(dice, shape, 60 * unit) - 0.5) for _ in range(2)]
    light = np.asarray(displaced(grey(rgb), *sway), np.float32)
    light = (light - np.quantile(light, 0.01)) / max(float(np.ptp(np.quantile(light, [0.01, 0.99]))), 1e-3)
    wash = np.clip(along_edges(np.clip(light, 0, 1), np.clip(light, 0, 1), 8 * unit, 0.006), 0, 1)
    fibres = paper(dice, shape, 1.6 * unit)
    bleed = noise(dice, shape, 90 * unit, 5) - 0.5
    tone = (1 - wash) ** 1.7 * (1.0 + 0.55 * bleed)
    rim = np.abs(blur(tone, 3.5 * unit) - blur(tone, 1.3 * unit))
    tone = tone * 0.92 + 0.9 * rim
    pressure = 0.65 + 0.9 * (noise(dice, shape, 36 * unit, 2) - 0.5)
    soft = np.asarray(displaced(to_bytes(floats(rgb)), *(0.6 * way for way in sway)), np.uint8)
    contour = np.maximum(drawn(soft, 2.4 * unit, firm=1.0), 0.8 * contours(soft, 1.7 * unit))
    dark = np.clip(tone + 0.9 * contour * pressure * (0.45 + 0.55 * smooth(0.95, 0.4, wash)), 0, 0.97)
    dark = np.clip(dark * (1 + 0.05 * fibres), 0, 1)[..., None]
    black = np.array([0.11, 0.12, 0.135], np.float32)
    sheet = _RICE * (1 + 0.014 * fibres)[..., None]
    return to_bytes(sheet * (1 - dark) + black * dark)
