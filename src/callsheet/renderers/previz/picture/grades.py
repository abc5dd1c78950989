"""Treatments of a photographer and a colourist: black and white, sepia, vintage film, neon."""

from __future__ import annotations

import cv2
import numpy as np

from callsheet.renderers.previz.picture.planes import (
    Plane,
    Rgb,
    along_edges,
    blur,
    floats,
    grey,
    noise,
    smooth,
    to_bytes,
)


def mono(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """Black and white film behind a red filter: deep skies, a full range, fine grain."""
    picture = floats(rgb)
    red = float(dice.uniform(0.45, 0.62))
    light = picture @ np.array([red, 0.92 - red, 0.08], np.float32)
    light = _curve(_full_range(light), 0.42)
    light = light + 0.25 * (light - blur(light, 18 * unit))
    light = _vignette(light, 0.30) + _grain(dice, rgb.shape, unit, 0.022) * (0.4 + light * (1 - light) * 2.4)
    return to_bytes(np.repeat(np.clip(light, 0, 1)[..., None], 3, axis=2))


def sepia(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """An albumen print: brown shadows, cream lights, faded rims."""
    light = _curve(_full_range(grey(rgb)), 0.22)
    light = 0.06 + 0.88 * light + _grain(dice, rgb.shape, unit, 0.016)
    light = light + 0.10 * (1 - _vignette(np.ones_like(light), 1.0)) * (noise(dice, rgb.shape, 260 * unit, 4) + 0.2)
    tones = np.array([[28, 17, 12], [104, 68, 42], [186, 146, 101], [243, 226, 192]], np.float32) / 255
    places = np.array([0.0, 0.36, 0.70, 1.0])
    made = np.stack([np.interp(light, places, tones[:, k]) for k in range(3)], axis=2)
    spots = smooth(0.80, 0.86, noise(dice, rgb.shape, 26 * unit, 3))
    return to_bytes((made * (1 - 0.10 * spots[..., None])).astype(np.float32))


def film(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """Expired colour film: lifted blacks, warm lights over green shadows, halation, grain, a leak of light."""
    picture = floats(rgb)
    light = grey(rgb)
    halo = blur(smooth(0.72, 1.0, light), 14 * unit) + 0.5 * blur(smooth(0.8, 1.0, light), 40 * unit)
    picture = 1 - (1 - picture) * (1 - np.clip(halo, 0, 1)[..., None] * np.array([0.42, 0.14, 0.05], np.float32))
    grade = _curve(picture, 0.20) * 0.86 + 0.075
    planes = np.asarray(cv2.cvtColor(np.clip(grade, 0, 1).astype(np.float32), cv2.COLOR_RGB2LAB), np.float32)
    warm = smooth(25, 85, planes[..., 0])
    planes[..., 1:] *= 0.82
    planes[..., 1] += -5.5 * (1 - warm) + 2.5 * warm
    planes[..., 2] += 1.0 * (1 - warm) + 11.0 * warm
    made = np.asarray(cv2.cvtColor(planes, cv2.COLOR_LAB2RGB), np.float32)
    made = 1 - (1 - np.clip(made, 0, 1)) * (1 - _leak(dice, rgb.shape[:2])[..., None] * np.array([0.62, 0.24, 0.07]))
    grain = _grain(dice, rgb.shape, unit, 0.026)[..., None]
    return to_bytes((_vignette(made, 0.26) + grain * (1.15 - made)).astype(np.float32))


def _leak(dice: np.random.Generator, shape: tuple[int, int]) -> Plane:
    rows, columns = shape
    y, x = np.linspace(0, 1, rows, dtype=np.float32)[:, None], np.linspace(0, 1, columns, dtype=np.float32)[None, :]
    across = x if dice.random() < 0.5 else 1 - x
    wave = 0.07 * np.sin(y * float(dice.uniform(2, 5)) + float(dice.uniform(0, 6)))
    return (np.exp(-np.maximum(across + wave, 0) / float(dice.uniform(0.07, 0.12))) * 0.8).astype(np.float32)


def neon(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """A city at night: violet dark, magenta and cyan light from two sides, contours and lamps that glow."""
    light = _curve(_full_range(grey(rgb)), 0.30)
    calm = np.clip(along_edges(light, light, 5 * unit, 0.004), 0, 1)
    tones = np.array([[8, 6, 26], [34, 16, 82], [104, 30, 140], [214, 72, 176], [255, 214, 244]], np.float32) / 255
    base = np.stack([np.interp(calm * 0.92, [0, 0.24, 0.5, 0.78, 1], tones[:, k]) for k in range(3)], axis=2)
    base = 0.80 * base + 0.20 * floats(rgb) * np.array([0.55, 0.45, 0.95], np.float32)
    soft = blur(light, 1.4 * unit)
    dx = np.asarray(cv2.Scharr(soft, cv2.CV_32F, 1, 0, scale=1 / 16), np.float32) * unit
    dy = np.asarray(cv2.Scharr(soft, cv2.CV_32F, 0, 1, scale=1 / 16), np.float32) * unit
    side = 1.0 if dice.random() < 0.5 else -1.0
    magenta, cyan = np.array([1.0, 0.16, 0.66], np.float32), np.array([0.10, 0.92, 1.0], np.float32)
    lit = (
        np.maximum(side * dx - 0.3 * dy, 0)[..., None] * magenta
        + np.maximum(-side * dx - 0.3 * dy, 0)[..., None] * cyan
    )
    lit = np.clip(lit * 5.0, 0, 1)
    lamps = smooth(0.80, 0.98, light)[..., None] * np.array([1.0, 0.72, 0.92], np.float32)
    glow = blur(lit, 3.5 * unit) * 0.9 + blur(lit + lamps, 16 * unit) * 1.0 + blur(lamps + lit, 55 * unit) * 0.7
    made = 1 - (1 - np.clip(base, 0, 1)) * (1 - np.clip(0.85 * lit + glow * 0.75, 0, 1))
    x = np.linspace(-1, 1, rgb.shape[1], dtype=np.float32)[None, :, None] * side
    made = made * (1 + 0.20 * x * (magenta - cyan))
    return to_bytes(_vignette(made.astype(np.float32), 0.42))


def _full_range(light: Plane) -> Plane:
    low, high = np.quantile(light, [0.005, 0.995])
    return np.clip((light - low) / max(float(high - low), 0.05), 0, 1).astype(np.float32)


def _curve(plane: Plane, contrast: float) -> Plane:
    """An S: darker darks, lighter lights, the middle where it was."""
    return (plane * (1 - contrast) + smooth(0, 1, plane) * contrast).astype(np.float32)


def _vignette(plane: Plane, strength: float) -> Plane:
    rows, columns = plane.shape[:2]
    y, x = np.linspace(-1, 1, rows, dtype=np.float32)[:, None], np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    keep = 1 - strength * smooth(0.35, 1.9, x * x + y * y)
    return (plane * (keep[..., None] if plane.ndim == 3 else keep)).astype(np.float32)


def _grain(dice: np.random.Generator, shape: tuple[int, ...], unit: float, amount: float) -> Plane:
    rows, columns = shape[:2]
    size = max(1.0, 0.9 * unit)
    coarse = dice.standard_normal((int(rows / size) + 1, int(columns / size) + 1), dtype=np.float32)
    return np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC), np.float32) * np.float32(
        amount
    )
