"""Treatments made of flat shapes: anime cels, comics, pixel art, low polygons, stained glass and blueprints."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from callsheet.renderers.previz.picture.lines import contours, drawn
from callsheet.renderers.previz.picture.planes import (
    Plane,
    Rgb,
    along_edges,
    blur,
    fit,
    floats,
    grey,
    noise,
    paper,
    smooth,
    to_bytes,
)


def anime(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """Cels: clean areas with one shade and one light each, full colours, thin dark lines, soft light from above."""
    flat = _stepped(_calm(rgb, unit, 3), float(dice.uniform(13.5, 16.5)), 0.10, 1.30)
    ink = np.clip(drawn(rgb, 1.25 * unit, firm=1.0), 0, 1)[..., None]
    line = flat * np.array([0.26, 0.20, 0.30], np.float32)
    made = flat * (1 - 0.88 * ink) + line * 0.88 * ink
    shine = blur(smooth(0.74, 1.0, grey(to_bytes(flat))), 26 * unit)[..., None]
    rows = np.linspace(1, 0, rgb.shape[0], dtype=np.float32)[:, None, None]
    made = 1 - (1 - made) * (1 - 0.30 * shine) * (1 - 0.07 * rows**2 * np.array([1.0, 0.9, 0.7], np.float32))
    return to_bytes(made.astype(np.float32))


def comic(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """A printed comic: few flat inks, shades as rows of dots, heavy outlines, warm paper."""
    flat = _stepped(_calm(rgb, unit, 3), 20.0, 0.06, 1.42)
    light = np.clip(blur(grey(rgb), 2 * unit), 0, 1)
    turn = float(dice.uniform(0.2, 0.5)) + np.pi / 4
    dots = _dots(rgb.shape[:2], 6.4 * unit, turn)
    shade = smooth(0.78, 0.16, light)
    covered = smooth(-0.10, 0.10, shade * 1.05 - 0.10 - dots)
    made = flat * (1 - 0.42 * covered[..., None] * np.array([0.85, 0.95, 0.62], np.float32))
    heavy = np.maximum(drawn(rgb, 2.6 * unit, firm=1.15), drawn(rgb, 1.2 * unit, firm=0.9))
    black = np.maximum(heavy, smooth(0.11, 0.06, light))[..., None]
    made = made * (1 - black) + np.array([0.07, 0.055, 0.08], np.float32) * black
    sheet = np.array([1.0, 0.985, 0.935], np.float32) * (1 + 0.012 * paper(dice, rgb.shape, unit))[..., None]
    return to_bytes((np.clip(made, 0, 1) * sheet).astype(np.float32))


def _dots(shape: tuple[int, int], pitch: float, turn: float) -> Plane:
    """A turned grid of round dots as a threshold in 0..1: low at the middle of a dot."""
    y, x = np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)[None, :]
    u = (x * np.cos(turn) + y * np.sin(turn)) * np.float32(2 * np.pi / pitch)
    v = (-x * np.sin(turn) + y * np.cos(turn)) * np.float32(2 * np.pi / pitch)
    return (0.5 - 0.25 * (np.cos(u) + np.cos(v))).astype(np.float32)


def _calm(rgb: Rgb, unit: float, turns: int) -> Plane:
    """The picture without texture, its edges kept."""
    calm = np.ascontiguousarray(rgb)
    for _ in range(turns):
        wide = max(5, round(6 * unit)) | 1
        calm = np.asarray(cv2.bilateralFilter(calm, min(wide, 11), 26, 4 * unit + 1), np.uint8)
    return floats(calm)


def _stepped(picture: Plane, step: float, softness: float, fuller: float) -> Plane:
    """Brightness in steps of `step` L with clean borders, colours made fuller."""
    planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), np.float32)
    steps = planes[..., 0] / step
    part = steps - np.floor(steps)
    planes[..., 0] = step * (np.floor(steps) + smooth(0.5 - softness, 0.5 + softness, part)) + 1.5
    planes[..., 1:] *= fuller
    return np.clip(np.asarray(cv2.cvtColor(planes, cv2.COLOR_LAB2RGB), np.float32), 0, 1)


_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.47


def pixel(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """Pixel art: about 200 blocks across in 28 colours of the picture's own, dithered, with darker contours."""
    rows, columns = rgb.shape[:2]
    block = max(2.0, 5.4 * unit * float(dice.uniform(0.9, 1.12)))
    size = max(8, round(columns / block)), max(8, round(rows / block))
    small = np.asarray(fit(rgb, *size), np.uint8)
    small = to_bytes(_stepped(floats(np.asarray(cv2.bilateralFilter(small, 5, 22, 3), np.uint8)), 7.0, 0.5, 1.16))
    planes = np.asarray(cv2.cvtColor(floats(small), cv2.COLOR_RGB2LAB), np.float32)
    tile = np.tile(_BAYER, (size[1] // 4 + 1, size[0] // 4 + 1))[: size[1], : size[0]]
    planes[..., 0] += 5.0 * tile - 9.0 * drawn(small, 1.0, firm=0.7)
    cv2.setRNGSeed(int(dice.integers(1, 1 << 30)))
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 14, 0.4)
    empty: Any = None
    count = min(28, size[0] * size[1])
    _, labels, centres = cv2.kmeans(planes.reshape(-1, 3), count, empty, stop, 1, cv2.KMEANS_PP_CENTERS)
    made = np.asarray(
        cv2.cvtColor(
            np.asarray(centres)[np.asarray(labels, np.int64).ravel()].reshape(planes.shape), cv2.COLOR_LAB2RGB
        ),
        np.float32,
    )
    return np.asarray(cv2.resize(to_bytes(made), (columns, rows), interpolation=cv2.INTER_NEAREST), np.uint8)


def low_poly(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """Triangles, dense where the picture has detail, each lit as a facet."""
    rows, columns = rgb.shape[:2]
    corners = _corners(rgb, dice, unit)
    mesh = cv2.Subdiv2D((0, 0, columns + 1, rows + 1))
    for x, y in corners:
        mesh.insert((float(x), float(y)))
    soft = blur(floats(rgb), 1.5 * unit)
    made = soft.copy()
    facing = dice.uniform(0, 2 * np.pi)
    for triangle in np.asarray(mesh.getTriangleList()).reshape(-1, 3, 2):
        if (triangle < 0).any() or (triangle > (columns, rows)).any():
            continue
        inner = np.concatenate([triangle.mean(axis=0)[None], 0.55 * triangle + 0.45 * triangle.mean(axis=0)])
        at = np.minimum(inner.astype(int), (columns - 1, rows - 1))
        tone = soft[at[:, 1], at[:, 0]].mean(axis=0)
        way = triangle[1] - triangle[0]
        lit = 1 + 0.055 * np.cos(2 * np.arctan2(way[1], way[0]) - facing) + dice.normal(0, 0.012)
        colour = tuple(float(c) for c in np.clip(tone * lit, 0, 1))
        cv2.fillConvexPoly(made, np.rint(triangle * 16).astype(np.int32), colour, cv2.LINE_AA, 4)
    planes = np.asarray(cv2.cvtColor(made, cv2.COLOR_RGB2LAB), np.float32)
    planes[..., 1:] *= 1.12
    return to_bytes(np.asarray(cv2.cvtColor(planes, cv2.COLOR_LAB2RGB), np.float32))


def _corners(rgb: Rgb, dice: np.random.Generator, unit: float) -> Plane:
    """Points spread over the picture, more of them on its contours, with the frame's own corners and sides."""
    rows, columns = rgb.shape[:2]
    scale = 1 / max(1.0, 2.2 * unit)
    small = np.asarray(fit(rgb, max(8, int(columns * scale)), max(8, int(rows * scale))), np.uint8)
    light = blur(grey(small), 1.0)
    slope = np.hypot(cv2.Scharr(light, cv2.CV_32F, 1, 0), cv2.Scharr(light, cv2.CV_32F, 0, 1))
    weight = (np.minimum(slope, np.quantile(slope, 0.985)) + 0.012).ravel().astype(np.float64)
    count = min(round(2300 * (columns * rows) ** 0.5 / 960 / unit**0.5), weight.size // 4)
    chosen = dice.choice(weight.size, count, replace=False, p=weight / weight.sum())
    at = np.stack([chosen % light.shape[1], chosen // light.shape[1]], axis=1) + dice.uniform(0, 1, (count, 2))
    points = at * [columns / light.shape[1], rows / light.shape[0]]
    across, down = np.linspace(0, columns, 15), np.linspace(0, rows, 11)
    sides = [*((x, y) for x in across for y in (0, rows)), *((x, y) for y in down[1:-1] for x in (0, columns))]
    return np.concatenate([np.clip(points, 1, (columns - 1, rows - 1)), np.array(sides)]).astype(np.float32)


def glass(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """Stained glass: panes that follow the contours, glowing colours with streaks, leads between them."""
    calm = to_bytes(_calm(rgb, unit, 2))
    labels = _panes(calm, dice, 40 * unit)
    count = int(labels.max()) + 1
    flat = floats(calm).reshape(-1, 3)
    sizes = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    means = np.stack([np.bincount(labels.ravel(), flat[:, k], count) / sizes for k in range(3)], axis=1)
    means *= dice.uniform(0.86, 1.16, (count, 1))
    planes = np.asarray(cv2.cvtColor(np.clip(means, 0, 1).astype(np.float32)[None], cv2.COLOR_RGB2LAB), np.float32)
    planes[..., 0] = 8 + planes[..., 0] * 0.92
    planes[..., 1:] = planes[..., 1:] * 1.55
    colours = np.clip(np.asarray(cv2.cvtColor(planes, cv2.COLOR_LAB2RGB), np.float32)[0], 0, 1)
    made = colours[labels] * (0.80 + 0.40 * noise(dice, rgb.shape, 60 * unit, 5))[..., None]
    border = (cv2.morphologyEx(labels.astype(np.float32), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0).astype(
        np.uint8
    )
    border[[0, -1]] = border[:, [0, -1]] = 1
    away = np.asarray(cv2.distanceTransform(1 - border, cv2.DIST_L2, 5), np.float32) / unit
    away = blur(away, 2.0 * unit)
    made = 1 - (1 - made) * (1 - 0.20 * smooth(3.0, 14.0, away)[..., None])
    lead = smooth(2.6, 1.7, away)[..., None]
    round_lead = 0.09 + 0.16 * np.exp(-(((away - 0.9) / 0.5) ** 2))[..., None]
    return to_bytes((made * (1 - lead) + round_lead * lead).astype(np.float32))


def _panes(rgb: Rgb, dice: np.random.Generator, pitch: float) -> Any:
    """Each place belongs to the seed nearest in space and colour: panes of about one size that follow the picture."""
    rows, columns = rgb.shape[:2]
    step = max(1.0, pitch / 16)
    small = np.asarray(fit(rgb, max(8, round(columns / step)), max(8, round(rows / step))), np.uint8)
    colours = np.asarray(cv2.cvtColor(floats(small), cv2.COLOR_RGB2LAB), np.float32)
    y, x = np.mgrid[0 : small.shape[0], 0 : small.shape[1]].astype(np.float32)
    nearest, labels = np.full(x.shape, np.inf, np.float32), np.zeros(x.shape, np.float32)
    index = 0
    for row in np.arange(8, small.shape[0] + 8, 16.0):
        for column in np.arange(8, small.shape[1] + 8, 16.0):
            sx, sy = column + dice.uniform(-5.5, 5.5), row + dice.uniform(-5.5, 5.5)
            at = int(np.clip(sy, 0, x.shape[0] - 1)), int(np.clip(sx, 0, x.shape[1] - 1))
            top, left = max(0, at[0] - 40), max(0, at[1] - 40)
            part = np.s_[top : at[0] + 40, left : at[1] + 40]
            away = (x[part] - sx) ** 2 + (y[part] - sy) ** 2 + 0.55 * ((colours[part] - colours[at]) ** 2).sum(axis=2)
            closer = away < nearest[part]
            nearest[part][closer] = away[closer]
            labels[part][closer] = index
            index += 1
    return cv2.resize(labels, (columns, rows), interpolation=cv2.INTER_NEAREST).astype(np.int64)


def blueprint(rgb: Rgb, dice: np.random.Generator, unit: float) -> Rgb:
    """White lines and light hatching on blue paper with a ruled grid."""
    rows, columns = rgb.shape[:2]
    light = np.clip(along_edges(grey(rgb), grey(rgb), 5 * unit, 0.006), 0, 1)
    line = np.maximum(contours(rgb, 1.2 * unit), 0.75 * drawn(rgb, 1.9 * unit, firm=1.0))
    y, x = np.arange(rows, dtype=np.float32)[:, None], np.arange(columns, dtype=np.float32)[None, :]
    hatch = smooth(0.25, 0.9, np.sin((x + y) * np.float32(2 * np.pi / (7.0 * unit)))) * smooth(0.52, 0.12, light)
    pitch = 24 * unit
    fine, main = (_ruled(x, y, step, unit) for step in (pitch, 5 * pitch))
    chalk = np.clip(0.93 * line + 0.20 * hatch + 0.12 * fine + 0.16 * main, 0, 1)
    tooth = paper(dice, rgb.shape, unit)
    chalk = np.clip(chalk * (1 + 0.08 * tooth), 0, 1)[..., None]
    blue = (
        np.array([0.075, 0.235, 0.505], np.float32) * (0.86 + 0.28 * noise(dice, rgb.shape, 300 * unit, 4))[..., None]
    )
    blue = (blue + 0.05 * (1 - light)[..., None]) * (1 + 0.018 * tooth)[..., None]
    return to_bytes(blue * (1 - chalk) + np.array([0.90, 0.95, 1.0], np.float32) * chalk)


def _ruled(x: Plane, y: Plane, step: float, unit: float) -> Plane:
    near = np.minimum(np.abs((x + step / 2) % step - step / 2), np.abs((y + step / 2) % step - step / 2))
    return smooth(0.95 * unit, 0.35 * unit, near).astype(np.float32)
