"""Motion control: what moved in a clip, the camera and the things before it, moves a still in the same way."""

from __future__ import annotations

import cmath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers.previz import footage, shoot
from callsheet.renderers.previz.lookups import Grid, Sizes
from callsheet.renderers.previz.motion_layers import Framing, Layers
from callsheet.renderers.previz.shoot import Rgb
from callsheet.renderers.previz.take import AMOUNTS, take
from callsheet.renderers.previz.trail import Moment, Trail, trail
from callsheet.renderers.previz.uncovered import parts
from callsheet.renderers.scene import Made, Progress, Scene

MOST_ZOOM = 2.5
"""How far the still may be enlarged to give the motion room; a motion that needs more is made smaller as a whole."""


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Move `scene.image` as `scene.video` moved, at its speed, for the scene's own duration.

    Where the scene outlasts the clip, it rests at the end. `extra["motion"]` of what is made says how much of the
    motion was kept (1 is all of it) and how far the still was enlarged for it.
    """
    still = shoot.unmarked(scene.image, "image", scene)
    footage.facts(scene.video)
    assert scene.video is not None
    if (scene.motion or "auto") not in AMOUNTS:
        raise RenderError(f"motion {scene.motion!r} is not one of {', '.join(AMOUNTS)}.", param="motion")
    found = trail(scene.video, float(scene.exact_duration))
    way = way_of(found, still, scene)
    made = shoot.clips(scene, out, progress, lambda piece: follow(still, way, piece))
    said = {"kept": round(way.share, 3), "enlarged": round(way.zoom, 3)}
    return [replace(one, extra={**one.extra, "motion": said}) for one in made]


@dataclass(frozen=True, slots=True)
class Way:
    """A trail made ready for one still and one frame: `zoom` and `centre` keep all of it inside the still."""

    moments: tuple[Moment, ...]
    half: tuple[float, float]
    share: float
    zoom: float
    centre: complex


def way_of(found: Trail, still: Rgb, scene: Scene) -> Way:
    """The clip's motion for every frame of the scene, and how the still must be framed for it."""
    moments = [found.at(index / float(scene.fps)) for index in range(scene.frames)]
    share = AMOUNTS[scene.motion or "auto"]
    room, edge = _room(still, scene), _edge(scene)
    while True:
        scaled = tuple(_scaled(moment, share) for moment in moments)
        zoom, centre = _framed(scaled, edge, room)
        if zoom <= MOST_ZOOM or share < 0.02:
            return Way(scaled, found.half, share / AMOUNTS[scene.motion or "auto"], zoom, centre)
        share *= 0.94


def follow(still: Rgb, way: Way, scene: Scene) -> Iterator[Rgb]:
    """Every frame of one piece, uint8 RGB; another seed frames the still a little apart.

    Where something moves far by itself, it is cut out of the still, and what it leaves uncovered is filled behind it.
    """
    dice = take(scene.seed, None, float(scene.exact_duration), scene.width, scene.height).dice
    zoom = way.zoom * 1.02
    nudge = 0.018 * complex(dice[12], dice[13]) if scene.seed else 0j
    framing = Framing(_room(still, scene), min(scene.width, scene.height) / 2, zoom, way.centre - nudge)
    span = _magnified(way, zoom)
    grid, whole = Grid(scene.width, scene.height, way.half), Sizes(still, framing.room, framing.unit, span)
    found = parts(way.moments, way.half)
    layers = Layers.of(still, found, framing, span) if found is not None else None
    for moment in way.moments:
        split = found.at(moment) if found is not None else None
        magnified = zoom / abs(moment.turn)
        if layers is None or split is None or split.share == 0.0:
            seen = whole.seen(grid, framing.on(grid.source(moment, moment.local)), magnified)
        else:
            seen = layers.seen(grid, moment, split, magnified)
            if split.share < 1:
                plain = whole.seen(grid, framing.on(grid.source(moment, moment.local)), magnified)
                cv2.addWeighted(seen, split.share, plain, 1 - split.share, 0, dst=seen)
        yield np.asarray(cv2.cvtColor(seen, cv2.COLOR_RGBA2RGB), np.uint8)


def _room(still: Rgb, scene: Scene) -> tuple[float, float]:
    """Half the still's sides in half shorter sides of the frame, when it covers the frame."""
    rows, columns = still.shape[:2]
    cover, unit = max(scene.width / columns, scene.height / rows), min(scene.width, scene.height) / 2
    return columns * cover / 2 / unit, rows * cover / 2 / unit


def _edge(scene: Scene) -> NDArray[np.complex128]:
    unit = min(scene.width, scene.height) / 2
    across, down = scene.width / 2 / unit, scene.height / 2 / unit
    return np.array([complex(x * across, y * down) for x in (-1, 1) for y in (-1, 1)])


def _scaled(moment: Moment, share: float) -> Moment:
    """A share of the whole motion: of the turn and the growth by their logarithm."""
    turn = cmath.exp(share * cmath.log(moment.turn))
    return Moment(moment.time, turn, share * moment.shift, moment.local * np.float32(share))


def _framed(
    moments: Sequence[Moment], edge: NDArray[np.complex128], room: tuple[float, float]
) -> tuple[float, complex]:
    """The least zoom (1 or more) and the centre with which no frame shows anything beyond the still."""
    seen = np.concatenate([moment.turn * edge + moment.shift for moment in moments])
    low, high = complex(seen.real.min(), seen.imag.min()), complex(seen.real.max(), seen.imag.max())
    reach = (high - low) / 2
    return max(1.0, reach.real / room[0], reach.imag / room[1]), (high + low) / 2


def _magnified(way: Way, zoom: float) -> tuple[float, float]:
    seen = [zoom / abs(moment.turn) for moment in way.moments]
    return min(seen), max(seen)
