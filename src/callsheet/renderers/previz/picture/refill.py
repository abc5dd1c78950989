"""Fills a hole in a picture so that its rim is not seen: from elsewhere in the picture, with figures if asked for."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz.painter import compose, figures, sprite
from callsheet.renderers.previz.painter.brief import Brief, Subject
from callsheet.renderers.previz.painter.stage import Stage
from callsheet.renderers.previz.painter.stage import dice as dice_of
from callsheet.renderers.previz.picture import cutout
from callsheet.renderers.previz.picture.planes import Plane, Rgb, blur, fill, fit, floats, noise, to_bytes

Hole = NDArray[np.bool_]
_SIDE = 300
_UNLIKE = 0.012
"""Material whose surroundings differ by more than this (squared, over three channels) would show as a patch."""


def refilled(rgb: Rgb, hole: Hole, brief: Brief, seed: int) -> Rgb:
    """The picture with the hole painted anew; every pixel outside the hole is exactly as it was.

    Without figures or a place in the prompt it shows what is round it; a named place is painted into it; the prompt's
    figures stand in it, as large as it allows, on its ground.
    """
    picture = floats(rgb)
    ground = _grown_shut(picture, hole, seed)
    if brief.named and not brief.subjects:
        scene = floats(compose.show(compose.compose(replace(brief, subjects=()), rgb.shape[1], rgb.shape[0], seed)))
        ground = _sewn(scene, picture, hole, 0.55)
    if brief.subjects:
        ground = _peopled(ground, hole, brief, seed)
    made = rgb.copy()
    made[hole] = to_bytes(ground)[hole]
    return made


def behind(rgb: Rgb, hole: Hole) -> Rgb:
    """The picture with ground in the hole, as `refilled` makes it for no prompt; what else stands in it is not sought.

    For a hole that is the picture's subject: it takes a fifth of the time.
    """
    made = rgb.copy()
    made[hole] = to_bytes(_grown_shut(floats(rgb), hole, 0, wary=False))[hole]
    return made


def _sewn(patch: Plane, picture: Plane, hole: Hole, reach: float = 1.0) -> Plane:
    """The patch shifted in colour so that it meets the picture all round the hole: a membrane of their differences.

    With `reach` below 1 the shift fades towards the middle, where the patch keeps its own colours.
    """
    surface = fill(picture - patch, ~hole)
    if reach < 1:
        inside = np.asarray(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5), np.float32)
        fade = np.clip(inside / max(float(inside.max()) * 0.7, 1), 0, 1)[..., None]
        surface = surface * (1 - (1 - reach) * fade)
    return np.where(hole[..., None], np.clip(patch + surface, 0, 1), picture).astype(np.float32)


def _grown_shut(picture: Plane, hole: Hole, seed: int, *, wary: bool = True) -> Plane:
    """The hole filled from the place in the picture whose surroundings are most like its own, sewn in.

    When `wary`, nothing is taken from where the picture's subject stands.
    """
    shift = _best_shift(picture, hole, seed, wary=wary)
    if shift is None:
        return _smooth_fill(picture, hole, seed)
    dx, dy = shift
    matrix = np.array([[1, 0, -dx], [0, 1, -dy]], np.float32)
    patch = cv2.warpAffine(
        picture, matrix, picture.shape[1::-1], flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT_101
    )
    return _sewn(np.asarray(patch, np.float32), picture, hole)


def _best_shift(picture: Plane, hole: Hole, seed: int, *, wary: bool) -> tuple[int, int] | None:
    """How far away the best material lies (x, y): whole pixels, never the hole itself; the seed takes one of three."""
    rows, columns = hole.shape
    scale = min(1.0, _SIDE / max(rows, columns))
    size = max(8, round(columns * scale)), max(8, round(rows * scale))
    small = np.asarray(fit(picture, *size), np.float32)
    gone = cv2.resize(hole.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
    gone |= cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.01
    y, x = np.nonzero(gone)
    if not y.size or gone.mean() > 0.45:
        return None
    rim = 5
    box = max(0, x.min() - rim), max(0, y.min() - rim), min(size[0], x.max() + rim + 1), min(size[1], y.max() + rim + 1)
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    wide = cv2.dilate(gone.astype(np.uint8), np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)) > 0
    ring = (wide & ~gone)[part].astype(np.float32)
    if ring.sum() < 8:
        return None
    cost = cv2.matchTemplate(small, small[part], cv2.TM_SQDIFF, None, np.repeat(ring[..., None], 3, 2))
    overlap = cv2.matchTemplate(gone.astype(np.float32), gone[part].astype(np.float32), cv2.TM_CCORR)
    lying = np.arange(cost.shape[0], dtype=np.float32)[:, None] - box[1]
    # What lies level with the hole is likeliest the same stuff, and equally far.
    cost = np.asarray(cost, np.float32) / max(float(ring.sum()), 1) + 0.02 * (lying / size[1]) ** 2
    # Things belong where they are: material with more drawing in it than the hole's surroundings is no ground.
    busy = np.abs(small - blur(small, 3)).sum(axis=2)
    drawing = np.asarray(cv2.matchTemplate(busy, gone[part].astype(np.float32), cv2.TM_CCORR)) / max(
        float(gone.sum()), 1
    )
    usual = float((busy[part] * ring).sum() / ring.sum())
    cost += 2.0 * np.maximum(drawing - 1.15 * usual, 0) ** 2 + 0.25 * np.maximum(drawing - 1.15 * usual, 0)
    thing = cutout.cut(to_bytes(small)) if wary else None
    if thing is not None and thing.sure:
        taken = cv2.matchTemplate(thing.alpha * ~gone, gone[part].astype(np.float32), cv2.TM_CCORR)
        cost += 4.0 * np.clip(np.asarray(taken) / max(float(gone.sum()) * 0.02, 1.0), 0, 1)
    cost[np.asarray(overlap) > 0.5] = np.inf
    return _chosen(np.asarray(cost, np.float32), box, scale, seed)


def _chosen(cost: Plane, box: tuple[int, ...], scale: float, seed: int) -> tuple[int, int] | None:
    found: list[tuple[int, int]] = []
    first = float(cost.min())
    for _ in range(3):
        at = np.unravel_index(int(np.argmin(cost)), cost.shape)
        if not np.isfinite(cost[at]) or cost[at] > _UNLIKE or (found and cost[at] > 2.5 * first + 0.004):
            break
        found.append((round((int(at[1]) - box[0]) / scale), round((int(at[0]) - box[1]) / scale)))
        cost[max(0, at[0] - 6) : at[0] + 7, max(0, at[1] - 6) : at[1] + 7] = np.inf
    return found[seed % len(found)] if found else None


def _smooth_fill(picture: Plane, hole: Hole, seed: int) -> Plane:
    """The smoothest surface, with the grain of what is round it."""
    surface = fill(picture, ~hole)
    rough = picture - blur(picture, 1.5)
    amount = 1.5 * float(np.median(np.abs(rough[~hole]))) if (~hole).any() else 0.01
    grain = noise(dice_of("fill", seed, "grain"), hole.shape, 2.0, 1) - 0.5
    return np.where(hole[..., None], np.clip(surface + 3.0 * amount * grain[..., None], 0, 1), picture).astype(
        np.float32
    )


def _peopled(ground: Plane, hole: Hole, brief: Brief, seed: int) -> Plane:
    """The ground with the brief's figures inside the hole, shadowed; nothing of them leaves it."""
    rows, columns = hole.shape
    stage = compose.staged(replace(brief, setting="studio"), columns, rows, seed)
    dice = dice_of(brief.prompt, seed, "redraw")
    x0, y0, x1, y1 = _room(hole)
    who = [replace(one, count=1) for one in brief.subjects for _ in range(one.count)][:5]
    made = ground.copy()
    slot = (x1 - x0) / len(who)
    for k, one in enumerate(who):
        _stand(made, hole, stage, one, (x0 + slot * k, y0, x0 + slot * (k + 1), y1), dice)
    return made


def _stand(
    made: Plane,
    hole: Hole,
    stage: Stage,
    one: Subject,
    room: tuple[float, float, float, float],
    dice: np.random.Generator,
) -> None:
    figure = figures.load()[one.figure]
    flip = bool(dice.random() < 0.5)
    trial = sprite.draw(stage, figure, 100, 0.9, flip=flip, colour=one.colour)
    ratio = trial.pixels.shape[1] / trial.pixels.shape[0]
    wide, high = room[2] - room[0], room[3] - room[1]
    tall = min(high, wide / ratio) * float(dice.uniform(0.80, 0.90))
    drawn = sprite.draw(stage, figure, max(8.0, tall * 100 / trial.pixels.shape[0]), 0.9, flip=flip, colour=one.colour)
    pixels = np.asarray(drawn.pixels, np.float32)
    left = round((room[0] + room[2] - pixels.shape[1]) / 2 + float(dice.uniform(-0.04, 0.04)) * wide)
    air = figure.stands in ("air", "high", "swim")
    top = round(room[1] + (high - pixels.shape[0]) * (0.5 if air else 0.96))
    plane = np.zeros(hole.shape, np.float32)
    colour = np.zeros_like(made)
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(hole.shape[0], top + pixels.shape[0]), min(hole.shape[1], left + pixels.shape[1])
    part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    plane[y0:y1, x0:x1], colour[y0:y1, x0:x1] = pixels[..., 3][part], pixels[..., :3][part] / 255
    if not air:
        _ground_shadow(made, hole, (left + pixels.shape[1] / 2, y1, pixels.shape[1]))
    light = float(np.clip(made[hole].mean() / 0.55, 0.55, 1.15))
    within = (plane * hole)[..., None]
    made[:] = made * (1 - within) + np.clip(colour * light, 0, 1) * hole[..., None]


def _ground_shadow(made: Plane, hole: Hole, foot: tuple[float, float, float]) -> None:
    y, x = np.ogrid[: hole.shape[0], : hole.shape[1]]
    pool = np.exp(-(((x - foot[0]) / (0.46 * foot[2])) ** 2) - ((y - foot[1] + 2) / (0.07 * foot[2] + 1)) ** 2)
    inside = np.asarray(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5), np.float32)
    made *= (1 - 0.42 * pool * np.clip(inside / 6, 0, 1))[..., None].astype(np.float32)


def _room(hole: Hole) -> tuple[int, int, int, int]:
    """A box inside the hole to stand in: its own box, drawn in until most of it is hole."""
    y, x = np.nonzero(hole)
    box = np.array([x.min(), y.min(), x.max() + 1, y.max() + 1], np.float64)
    middle = np.array([x.mean(), y.mean()] * 2)
    for _ in range(24):
        x0, y0, x1, y1 = np.rint(box).astype(int)
        if hole[y0:y1, x0:x1].mean() > 0.90 or min(x1 - x0, y1 - y0) < 12:
            break
        box = box + (middle - box) * 0.05
    x0, y0, x1, y1 = np.rint(box).astype(int)
    return int(x0), int(y0), int(x1), int(y1)
