"""The settings the painter knows: each gives its layers behind and before the subjects, and where subjects stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from callsheet.renderers.previz.painter import (
    city,
    cliffs,
    indoors,
    mountains,
    noise,
    plants,
    shore,
    sky,
    terrain,
    water,
    worlds,
)
from callsheet.renderers.previz.painter.brush import Sheet, below
from callsheet.renderers.previz.painter.flatten import flat
from callsheet.renderers.previz.painter.layers import Layer
from callsheet.renderers.previz.painter.palette import rgb
from callsheet.renderers.previz.painter.stage import Stage


@dataclass(frozen=True, slots=True)
class Setting:
    """Layers back to front, and the row where feet stand; `water` is the row where a water plane begins, if any,
    and `cliff` the row of a cliff's top over it."""

    back: list[Layer]
    front: list[Layer] = field(default_factory=list)
    ground: float = 0.0
    water: float | None = None
    outdoors: bool = True
    cliff: float | None = None


def sea(stage: Stage) -> Setting:
    """Open water with a far island, and now and then a headland to one side; a cliff or mountains where asked for."""
    back = sky.paint(stage)
    throw = stage.dice("isles").random()
    if stage.brief.shore == "heights":
        back += mountains.ranges(stage, 3, 0.5, ("#8497b3", "#4a6470"), snow=0.6)
    elif throw < 0.7:
        back += mountains.ranges(stage, 1, 0.11, ("#6d8196", "#54687c"))
    if throw < 0.4 and not stage.brief.shore:
        back.append(shore.headland(stage))
    back += water.paint(stage, _behind(stage, back), calm=0.3)
    if stage.brief.shore != "cliff":
        return Setting(back, [], _front_row(stage), stage.horizon)
    rock, top = cliffs.cliff(stage)
    return Setting([*back, rock], [], _front_row(stage), stage.horizon, cliff=top)


def harbour(stage: Stage) -> Setting:
    """A sheltered bay: hills behind, houses and moored masts along the quay, a breakwater."""
    back = sky.paint(stage)
    back += mountains.ranges(stage, 2, 0.26, ("#7b8ea6", "#4f6470"))
    back += shore.quay(stage)
    back += water.paint(stage, _behind(stage, back), calm=0.6)
    return Setting(back, [shore.pier(stage)], _front_row(stage), stage.horizon)


def lake(stage: Stage) -> Setting:
    """Still water before mountains and a wooded bank, reeds in front."""
    back = sky.paint(stage)
    back += mountains.ranges(stage, 3, 0.5, ("#8497b3", "#3b5a5c"), snow=0.6)
    back.append(_bank(stage, "bank", stage.horizon - 0.005 * stage.height, 0.55))
    back += water.paint(stage, _behind(stage, back), calm=0.92)
    return Setting(
        back, [plants.grass(stage, "reeds", "#4a5f35", tall=0.2, every=0.02)], _front_row(stage), stage.horizon
    )


def mountain(stage: Stage) -> Setting:
    """Four ranges, a wooded slope and a meadow in front."""
    back = sky.paint(stage)
    back += mountains.ranges(stage, 4, 0.74, ("#8496b4", "#35524f"), snow=0.8)
    back.append(_bank(stage, "slope", stage.horizon + 0.01 * stage.height, 0.66, tall=0.085))
    back.append(
        terrain.hills(stage, "near", stage.horizon + 0.075 * stage.height, 0.05, "#4f7546", 0.8, finish=terrain.mottle)
    )
    return Setting(
        back, [plants.grass(stage, "grass", "#3d5f3a", tall=0.07, flowers=0.4)], stage.horizon + 0.15 * stage.height
    )


def forest(stage: Stage) -> Setting:
    """Trunks in three distances, shafts of light, a path, ferns and overhanging leaves."""
    back = [sky.backdrop(stage), shore.glade(stage)]
    for i, (depth, count, wide) in enumerate(((0.2, 34, 0.016), (0.4, 20, 0.028), (0.62, 11, 0.05))):
        foot = stage.horizon + (0.0, 0.035, 0.09)[i] * stage.height
        back.append(
            plants.trunks(
                stage, f"trunks{i}", foot, depth, count=count, wide=wide, colour=("#7d8f7a", "#5c6b55", "#4a4a3c")[i]
            )
        )
        back.append(
            terrain.hills(
                stage,
                f"floor{i}",
                foot - 0.01 * stage.height,
                0.03,
                ("#8fa873", "#6c8f55", "#557a45")[i],
                depth,
                finish=terrain.mottle,
            )
        )
    back.insert(5, shore.shafts(stage))
    front = [plants.trunks(stage, "close", stage.height * 1.02, 0.95, count=6, wide=0.1, colour="#3d372e")]
    front += [
        plants.grass(stage, "ferns", "#3f6b3a", tall=0.13, every=0.014, flowers=0.15),
        plants.canopy(stage, "leaves", 1.0, "#3f6b3a", 0.3),
    ]
    return Setting(back, front, stage.horizon + 0.15 * stage.height)


def desert(stage: Stage) -> Setting:
    """Far mesas and three dunes with their shaded lees."""
    back = sky.paint(stage)
    h, tall = stage.horizon, stage.height
    if stage.dice("mesa").random() < 0.6:
        back.append(shore.mesas(stage))
    for i, (crest, depth, colour) in enumerate(((0.0, 0.3, "#e8b98a"), (0.1, 0.5, "#e0a266"), (0.26, 0.72, "#d28a52"))):
        back.append(
            terrain.hills(
                stage,
                f"dune{i}",
                h + crest * tall,
                0.10 + 0.03 * i,
                colour,
                depth,
                cell=0.9 + 0.3 * i,
                finish=terrain.dune,
            )
        )
    return Setting(back, [], h + 0.2 * tall)


def meadow(stage: Stage) -> Setting:
    """Rolling fields with trees along them, grass and flowers in front."""
    back = sky.paint(stage)
    back += mountains.ranges(stage, 1, 0.15, ("#8fa6bb", "#7f98a6"))
    h, tall = stage.horizon, stage.height
    for i, (crest, depth, colour) in enumerate(
        ((0.0, 0.34, "#9dbb70"), (0.085, 0.52, "#8fb457"), (0.22, 0.75, "#76a343"))
    ):
        finish = (terrain.rows, terrain.mottle)[i % 2]
        back.append(
            terrain.hills(stage, f"hill{i}", h + crest * tall, 0.06 + 0.02 * i, colour, depth, cell=1.0, finish=finish)
        )
        if i < 2:
            back.append(shore.copse(stage, f"copse{i}", h + (crest + 0.015) * tall, depth, 0.07 + 0.06 * i))
    return Setting(back, [plants.grass(stage, "grass", "#4f7f38", tall=0.11, flowers=1.0)], h + 0.27 * tall)


def snow(stage: Stage) -> Setting:
    """White hills with firs under pale mountains."""
    back = sky.paint(stage)
    back += mountains.ranges(stage, 2, 0.42, ("#a8b8d0", "#8296b4"), snow=1.0)
    h, tall = stage.horizon, stage.height
    for i, (crest, depth) in enumerate(((0.0, 0.4), (0.09, 0.58), (0.22, 0.8))):
        if i < 2:
            back.append(
                _bank(stage, f"firs{i}", h + (crest - 0.005) * tall, depth, tall=0.07 + 0.06 * i, colour="#3f5f66")
            )
        back.append(
            terrain.hills(
                stage,
                f"drift{i}",
                h + crest * tall,
                0.05 + 0.02 * i,
                ("#dfe8f4", "#e9f0f8", "#f3f7fc")[i],
                depth,
                finish=terrain.mottle,
            )
        )
    return Setting(back, [], h + 0.2 * tall)


def downtown(stage: Stage) -> Setting:
    """A skyline over water or over roofs."""
    back = sky.paint(stage)
    back += city.skyline(stage, stage.horizon)
    back += water.paint(stage, _behind(stage, back), calm=0.7)
    return Setting(back, [shore.parapet(stage)], stage.height * 0.985, stage.horizon)


def street(stage: Stage) -> Setting:
    """A street with houses on both sides."""
    back = [*sky.paint(stage), *city.street(stage)]
    return Setting(back, [], stage.horizon + 0.72 * (stage.height - stage.horizon))


def above(stage: Stage) -> Setting:
    """A sea of clouds."""
    back, front = worlds.cloud_sea(stage)
    return Setting(back, front, stage.height * 0.72)


def space(stage: Stage) -> Setting:
    """Deep space."""
    return Setting(worlds.space(stage), [], stage.height * 0.7, outdoors=False)


def underwater(stage: Stage) -> Setting:
    """Below the surface."""
    layers = worlds.underwater(stage)
    return Setting(layers[:-1], layers[-1:], stage.height * 0.9, outdoors=False)


def room(stage: Stage) -> Setting:
    """A room; subjects stand on its table."""
    return Setting(indoors.room(stage), [], stage.horizon + 0.42 * (stage.height - stage.horizon), outdoors=False)


def studio(stage: Stage) -> Setting:
    """A studio's floor."""
    return Setting(indoors.studio(stage), [], stage.horizon + 0.13 * stage.height, outdoors=False)


def _bank(stage: Stage, name: str, row: float, depth: float, *, tall: float = 0.06, colour: str = "#2f5a48") -> Layer:
    """A strip of ground with a row of firs."""
    x = np.arange(stage.left, stage.right, dtype=np.float32) + 0.5
    swell = noise.line(stage.dice(name + "line"), x, stage.width, 0.8 * stage.unit, 2)
    edge = row - (0.25 + swell) * 0.02 * stage.unit
    sheet = Sheet(stage, row - 1.7 * tall * stage.unit, None)
    plants.conifers(sheet, name, edge, depth, tall=tall, every=0.019 + 0.1 * tall, colour=colour)
    sheet.over(below(edge + 0.01 * stage.unit, sheet.y), sheet.stage.palette.lit(rgb(44, 74, 58), depth))
    return sheet.layer(depth)


def _behind(stage: Stage, layers: list[Layer]) -> np.ndarray:
    return flat(layers, (stage.left, stage.top, stage.right, stage.bottom))


def _front_row(stage: Stage) -> float:
    return stage.horizon + 0.6 * (stage.height - stage.horizon)


TABLE: dict[str, Callable[[Stage], Setting]] = {
    "sea": sea, "harbour": harbour, "lake": lake, "mountains": mountain, "forest": forest, "desert": desert,
    "city": downtown, "street": street, "field": meadow, "snow": snow, "space": space, "underwater": underwater,
    "room": room, "sky": above, "studio": studio,
}  # fmt: skip
