"""Puts the prompt's subjects on the stage: where they stand, how large, and what they cast and mirror."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from callsheet.renderers.previz.painter import cliffs, contact, figures, glow, noise, parting, sprite
from callsheet.renderers.previz.painter.brief import Subject
from callsheet.renderers.previz.painter.brush import Sheet, below
from callsheet.renderers.previz.painter.figures import Figure
from callsheet.renderers.previz.painter.layers import Layer, Motion
from callsheet.renderers.previz.painter.palette import hex_
from callsheet.renderers.previz.painter.scenes import Setting
from callsheet.renderers.previz.painter.spot import Spot
from callsheet.renderers.previz.painter.sprite import Sprite
from callsheet.renderers.previz.painter.stage import Stage

_BUILT = frozenset(
    ("house", "castle", "tower", "pagoda", "windmill", "tree", "blossom", "palm", "pine", "gate", "tent")
)
_ON_ROCK = _BUILT | {"lighthouse"}
"""What stands on a cliff's top, where there is a cliff."""


def first(stage: Stage, setting: Setting) -> tuple[float, float, float, float] | None:
    """The middle of the first subject (column, row), its nearness and its drift; None when there is none."""
    for spot in _spots(stage, setting):
        middle = min(spot.y - spot.high / 2, 0.56 * stage.height) if stage.brief.close else spot.y - spot.high / 2
        return spot.x, middle, spot.depth, _motion(stage, spot).drift[0]
    return None


def place(stage: Stage, setting: Setting) -> list[Layer]:
    """Every subject's layers, far to near, with the shore or island they need to stand on."""
    spots = [spot for spot in _spots(stage, setting) if _wanted(stage, spot)]
    made: list[tuple[float, list[Layer]]] = []
    if setting.water is not None and stage.brief.setting != "city":
        made += _land(stage, setting, spots)
    for spot in spots:
        made.append((spot.depth, _layers(stage, setting, spot)))
    made.sort(key=lambda pair: pair[0])
    return [layer for _, layers in made for layer in layers]


def _wanted(stage: Stage, spot: Spot) -> bool:
    """The sky paints sun, moon and stars itself where the weather lets them be seen."""
    if spot.figure.stands != "high":
        return True
    return stage.brief.setting in ("studio", "room", "underwater", "space") or stage.brief.weather not in (
        "clear",
        "fog",
    )


def _spots(stage: Stage, setting: Setting) -> list[Spot]:
    found: list[Spot] = []
    dice = stage.dice("places")
    groups = stage.brief.subjects
    centres = _centres(stage, len(groups))
    lone = 1.3 if len(groups) == 1 and groups[0].count == 1 else 1.0
    for subject, centre in zip(groups, centres, strict=True):
        found += _group(stage, setting, subject, centre, dice, lone)
    return found


def _centres(stage: Stage, count: int) -> list[float]:
    """The columns of the groups: the first at the focus, the next across from it, the others between and beyond."""
    if count == 1 and stage.brief.setting in ("studio",):
        return [stage.width * 0.5]
    focus = stage.focus / stage.width
    across = 1 - focus
    order = [
        focus,
        across,
        0.5,
        focus * 0.45 + (0.55 if focus > 0.5 else 0.0),
        0.5 + (across - 0.5) * 1.8,
        0.5 + (focus - 0.5) * 2.2,
    ]
    return [place * stage.width for place in order[:count]]


def _group(
    stage: Stage, setting: Setting, subject: Subject, centre: float, dice: np.random.Generator, lone: float
) -> list[Spot]:
    figure = figures.load()[subject.figure]
    count = subject.count
    high = figure.size * stage.unit * lone * (1.0 if count <= 2 else 1.0 - 0.045 * count)
    if stage.brief.setting == "studio":
        # Nothing gives a scale here: small things are shown large, as in a product shot.
        high = (0.62 * figure.size + 0.2) * stage.unit * lone * (1.0 if count == 1 else 0.8 - 0.04 * count)
    elif figure.stands == "table" and stage.brief.setting == "room":
        high *= 1.35
    gap = high * contact.ratio(figure) * 1.12 + 0.03 * stage.unit
    room = 0.86 * stage.width if count > 2 else 0.6 * stage.width
    if gap * count > room:
        high *= max(0.35, room / (gap * count))
        gap = room / count
    flip = centre > stage.width / 2 if stage.brief.setting != "studio" else bool(dice.random() < 0.5)
    made: list[Spot] = []
    for k in range(count):
        offset = (k - (count - 1) / 2) * gap
        x = centre + offset + (dice.normal(0, 0.12) * gap if count > 1 else 0)
        x = float(np.clip(x, high * contact.ratio(figure) * 0.5, stage.width - high * contact.ratio(figure) * 0.5))
        y, size, depth = _row(stage, setting, figure, k, count, high, dice)
        if setting.cliff is not None and figure.name in _ON_ROCK:
            y, size = setting.cliff + 0.012 * stage.unit, min(0.6 * high, 0.32 * stage.unit)
            x = _inland(stage, abs(centre - stage.focus) / 2 + k * 0.7 * gap, size * contact.ratio(figure) / 2)
            depth = cliffs.DEPTH + 0.001
        if stage.brief.close and figure.stands in ("ground", "table") and figure.name not in _BUILT:
            x, y, size = _close(stage, figure, centre)
        made.append(Spot(figure, x, y, size, depth, flip, subject.colour, k, subject.parts))
    return made


def _inland(stage: Stage, away: float, half: float) -> float:
    """The column so far from the focus on a cliff's top, on the side where there is rock and within the frame."""
    side = 1 if stage.focus > stage.width / 2 else -1
    room = (stage.width - stage.focus if side > 0 else stage.focus) - half
    return stage.focus + side * min(away, max(0.0, room))


def _close(stage: Stage, figure: Figure, centre: float) -> tuple[float, float, float]:
    """The place and height of a figure seen from near: its head a sixth below the frame's top, cut off by its foot.

    What is nearly as wide as it is high, or lies on a table, is seen whole; who stands upright may be wider than the
    frame at the foot.
    """
    wide = contact.ratio(figure)
    high = min(1.42 * stage.height, (1.3 if wide < 0.6 else 0.86) * stage.width / max(wide, 0.1))
    foot = max(0.88 * stage.height, 0.15 * stage.height + high)
    if high < 1.2 * stage.height or figure.stands == "table":
        high, foot = min(high, 0.7 * stage.height), 0.88 * stage.height
    return stage.width * 0.5 + 0.5 * (centre - stage.width * 0.5), foot, high


def _row(
    stage: Stage, setting: Setting, figure: Figure, k: int, count: int, high: float, dice: np.random.Generator
) -> tuple[float, float, float]:
    """The row of its foot, its height after perspective, and its nearness."""
    back = 0.0 if count == 1 else float(dice.uniform(-1, 1))
    if figure.stands == "high":
        return stage.sun[1] + high / 2, high, 0.03
    if figure.stands == "air" and stage.brief.setting != "room":
        y = stage.height * (0.36 + 0.17 * np.sin(k * 2.4) * (count > 1) + 0.05 * back)
        if stage.brief.setting == "space" or stage.brief.setting == "studio":
            y = stage.height * 0.5 + high / 2
        return (
            float(min(max(y, high * 1.2), 0.62 * stage.height + high * 0.5)),
            high * (1 + 0.3 * back),
            0.42 + 0.1 * back,
        )
    if stage.brief.setting == "underwater":
        y = (
            stage.height * (0.62 + 0.2 * np.sin(k * 2.1 + 1) * (count > 1))
            if figure.stands == "swim"
            else setting.ground
        )
        return float(y), high * (1 + 0.25 * back), 0.62 + 0.15 * back
    if setting.water is not None and (figure.stands in ("water", "swim") or figure.name == "lighthouse"):
        return _afloat(stage, setting.water, figure, back, high)
    if setting.water is not None and figure.name in _BUILT and stage.brief.setting != "city":
        row = setting.water + 0.022 * stage.height
        return row, high * 0.8, stage.floor(row)
    if setting.water is not None and stage.brief.setting != "city":
        return stage.height * (0.9 + 0.012 * back), high * 1.08, 0.93
    fall = (stage.height - setting.ground) * 0.35
    y = setting.ground + back * min(fall, 0.05 * stage.height) + (-0.035 * stage.height if figure.name in _BUILT else 0)
    y = min(y, 0.885 * stage.height)
    level = stage.brief.setting in ("street", "room", "studio")
    return y, high * (1 + 0.14 * back), stage.floor(y) if level else 0.78 + 0.08 * back


def _afloat(stage: Stage, line: float, figure: Figure, back: float, high: float) -> tuple[float, float, float]:
    reach = stage.height - line
    share = {"ship": 0.12, "lighthouse": 0.12, "bridge": 0.14}.get(figure.name, 0.34)
    share = share * (1 + 0.55 * back)
    return line + share * reach, high * (0.72 + 0.85 * share), stage.floor(line + share * reach)


def _land(stage: Stage, setting: Setting, spots: list[Spot]) -> list[tuple[float, list[Layer]]]:
    """A beach in front for those who stand by the water, and an island under what is built in it."""
    made: list[tuple[float, list[Layer]]] = []
    if any(s.depth > 0.9 for s in spots):
        made.append((0.9, [_beach(stage)]))
    for spot in spots:
        if spot.figure.name in _BUILT and setting.cliff is None:
            made.append((spot.depth - 0.01, [_island(stage, spot)]))
    return made


def _beach(stage: Stage) -> Layer:
    x = np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
    edge = (
        stage.height * 0.85 + noise.line(stage.dice("beach"), x, stage.width, 0.9 * stage.unit, 2) * 0.025 * stage.unit
    )
    sheet = Sheet(stage, edge.min() - 0.03 * stage.unit, None)
    shore = hex_("#cfae7c" if stage.brief.setting != "lake" else "#5f7248")
    sand = stage.palette.lit(stage.own("ground", shore), 0.9)
    foam = below(edge - 0.008 * stage.unit, sheet.y) * (1 - below(edge + 0.004 * stage.unit, sheet.y))
    sheet.over(foam * 0.7, (stage.palette.haze + stage.palette.sun) / 2)
    place = np.clip((sheet.y - edge[None, :]) / (0.14 * stage.unit), 0, 1)[..., None]
    sheet.over(below(edge, sheet.y), sand * (0.82 + 0.18 * place) + (stage.palette.silhouette - sand) * 0.28 * place)
    return sheet.layer(0.92)


def _island(stage: Stage, spot: Spot) -> Layer:
    x = np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
    wide = spot.high * contact.ratio(spot.figure) * 0.9 + 0.05 * stage.unit
    mound = np.exp(-(((x - spot.x) / wide) ** 4)) * 0.035 * stage.unit
    mound += mound * noise.line(stage.dice(f"isle{spot.index}"), x, stage.width, 0.07 * stage.unit, 3) * 0.5
    edge = spot.y + 0.022 * stage.unit - mound
    sheet = Sheet(stage, edge.min() - 2, spot.y + 0.021 * stage.unit)
    rock = stage.palette.lit(hex_("#4f5f4c"), spot.depth)
    sheet.over(below(edge, sheet.y) * (mound > 0.4)[None, :], rock)
    return sheet.layer(spot.depth)


def _layers(stage: Stage, setting: Setting, spot: Spot) -> list[Layer]:
    leap = spot.figure.stands == "swim" and setting.water is not None
    drawn = sprite.draw(
        stage,
        spot.figure,
        spot.high,
        spot.depth,
        flip=spot.flip,
        colour=spot.colour,
        roles=dict(spot.parts),
        turn=20.0 if leap else 0.0,
    )
    motion = _motion(stage, spot)
    made: list[Layer] = []
    grounded = spot.figure.stands in ("ground", "table") and stage.brief.setting not in ("underwater", "space", "sky")
    if grounded and not (setting.water is not None and spot.depth < 0.9):
        made.append(contact.shadow(stage, spot, motion))
    aloft = setting.cliff is not None and spot.figure.name in _ON_ROCK
    if setting.water is not None and spot.depth < 0.8 and spot.figure.stands != "air" and not aloft:
        if leap:
            drawn = contact.submerged(drawn, 0.7)
        made.append(contact.reflection(stage, spot, drawn, motion))
    body = _layer(spot, drawn, motion)
    halo = parting.halo(stage, drawn, (body.x, body.y), setting.back) if spot.high > 0.03 * stage.unit else None
    made += [replace(halo, depth=spot.depth, motion=motion)] if halo is not None else []
    made.append(body)
    return [*made, *glow.around(stage, spot, motion)]


def _motion(stage: Stage, spot: Spot) -> Motion:
    """How this figure lives; those of a group keep different time."""
    way = -1.0 if spot.flip else 1.0
    phase = (spot.index * 0.37) % 1
    calm = 1 / max(stage.duration, 1.0)
    pivot = (spot.x, spot.y)
    u = stage.unit
    ahead = {"drive": 0.34, "fly": 0.22, "flap": 0.16, "swim": 0.12}.get(spot.figure.motion, 0.0)
    drift = (way * min(0.07, ahead * calm) * stage.width, -0.012 * u if spot.figure.motion == "fly" else 0.0)
    if spot.figure.motion == "bob":
        return Motion(bob=(0.002 * u, 0.005 * u), roll=1.3, pivot=pivot, period=3.4, phase=phase)
    if spot.figure.motion == "flap":
        return Motion(
            drift=drift,
            bob=(0, 0.012 * u),
            flap=0.75,
            pivot=(spot.x, spot.y - spot.high * 0.5),
            period=0.62 + 0.07 * spot.index,
            phase=phase,
        )
    if spot.figure.motion in ("swim", "float"):
        return Motion(
            drift=drift,
            bob=(0.004 * u, 0.014 * u),
            roll=2.0,
            pivot=(spot.x, spot.y - spot.high / 2),
            period=3.8,
            phase=phase,
        )
    if spot.figure.motion == "drive":
        return Motion(drift=drift, bob=(0, 0.0012 * u), period=0.5)
    if spot.figure.motion == "sway":
        return Motion(roll=1.8, pivot=pivot, period=3.1, phase=phase)
    return Motion(drift=drift)


def _layer(spot: Spot, drawn: Sprite, motion: Motion) -> Layer:
    x, y = round(spot.x - drawn.foot_x), round(spot.y - drawn.foot_y)
    return Layer(contact.to_bytes(drawn.pixels), x, y, spot.depth, motion)
