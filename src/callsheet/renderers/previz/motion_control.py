"""Motion control: what moved in a clip, the camera and the things before it, moves a still in the same way."""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers.previz import footage, shoot
from callsheet.renderers.previz.flow import Flow
from callsheet.renderers.previz.sampling import Padded, look_up, padded
from callsheet.renderers.previz.shoot import Rgb
from callsheet.renderers.previz.take import AMOUNTS, take
from callsheet.renderers.previz.trail import Moment, Trail, trail
from callsheet.renderers.scene import Made, Progress, Scene

MOST_ZOOM = 2.5
"""How far the still may be enlarged to give the motion room; a motion that needs more is made smaller as a whole."""

_CELL = 4
_STEP = 1.7
_MOST_PIXELS = 24_000_000


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
    """Every frame of one piece, uint8 RGB; another seed frames the still a little apart."""
    dice = take(scene.seed, None, float(scene.exact_duration), scene.width, scene.height).dice
    grid = _Grid(scene.width, scene.height, way.half)
    zoom = way.zoom * 1.02
    nudge = 0.018 * complex(dice[12], dice[13]) if scene.seed else 0j
    sizes = _Sizes(still, _room(still, scene), min(scene.width, scene.height) / 2, _magnified(way, zoom))
    for moment in way.moments:
        seen = grid.source(moment)
        yield sizes.seen((seen - _pair(way.centre - nudge)) / np.float32(zoom), zoom / abs(moment.turn))


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


def _pair(place: complex) -> NDArray[np.float32]:
    return np.array([place.real, place.imag], np.float32)


class _Grid:
    """The frame's places on a coarse grid, and what the clip says of each; motion is smooth, so that is enough."""

    def __init__(self, width: int, height: int, half: tuple[float, float]) -> None:
        self._size = (width, height)
        unit = min(width, height) / 2
        columns = np.arange(-1, -(-width // _CELL) + 1) * _CELL + (_CELL - 1) / 2
        rows = np.arange(-1, -(-height // _CELL) + 1) * _CELL + (_CELL - 1) / 2
        self._x, self._y = np.meshgrid(
            ((columns - (width - 1) / 2) / unit).astype(np.float32),
            ((rows - (height - 1) / 2) / unit).astype(np.float32),
        )
        self._half = half

    def source(self, moment: Moment) -> Flow:
        """For every frame pixel the place it shows, in half shorter sides: float32 (height, width, 2)."""
        rows, columns = moment.local.shape[:2]
        where = np.dstack(
            [(self._x / self._half[0] + 1) * (columns / 2) - 0.5, (self._y / self._half[1] + 1) * (rows / 2) - 0.5]
        ).astype(np.float32)
        own = np.asarray(look_up(moment.local, where), np.float32)
        beyond = (np.abs(self._x) > self._half[0]) | (np.abs(self._y) > self._half[1])
        own[beyond] = 0
        turn, shift = moment.turn, moment.shift
        coarse = np.dstack(
            [
                turn.real * self._x - turn.imag * self._y + shift.real + own[..., 0],
                turn.imag * self._x + turn.real * self._y + shift.imag + own[..., 1],
            ]
        ).astype(np.float32)
        tall, wide = coarse.shape[0] * _CELL, coarse.shape[1] * _CELL
        fine = np.asarray(cv2.resize(coarse, (wide, tall), interpolation=cv2.INTER_LINEAR), np.float32)
        return fine[_CELL : _CELL + self._size[1], _CELL : _CELL + self._size[0]]


class _Sizes:
    """The still at every size that the motion needs; between two sizes it is mixed, so that no change is seen."""

    def __init__(self, still: Rgb, room: tuple[float, float], unit: float, span: tuple[float, float]) -> None:
        steps = math.ceil(math.log(span[1] / span[0], _STEP) - 0.3)
        self._scales = [span[0] * _STEP**step for step in range(max(steps, 0) + 1)] if steps > 0 else [span[1]]
        self._room = room
        self._levels = [_level(still, room, unit * scale) for scale in self._scales]

    def seen(self, where: Flow, magnified: float) -> Rgb:
        """The still looked up at places in half shorter sides, where it is `magnified` so many times."""
        place = math.log(magnified / self._scales[0], _STEP)
        lower = min(max(math.floor(place), 0), len(self._levels) - 1)
        upper = min(lower + 1, len(self._levels) - 1)
        share = min(max((place - lower - 0.25) * 2, 0.0), 1.0)
        one = self._sampled(self._levels[lower], where)
        if upper == lower or share == 0.0:
            return one
        two = self._sampled(self._levels[upper], where)
        return np.asarray(cv2.addWeighted(one, 1 - share, two, share, 0, dst=one), np.uint8)

    def _sampled(self, level: Padded, where: Flow) -> Rgb:
        rows, columns = level.shape[:2]
        scale = np.array([columns / 2 / self._room[0], rows / 2 / self._room[1]], np.float32)
        middle = np.array([(columns - 1) / 2, (rows - 1) / 2], np.float32)
        return np.asarray(look_up(level, where * scale + middle), np.uint8)


def _level(still: Rgb, room: tuple[float, float], unit: float) -> Padded:
    width, height = 2 * room[0] * unit, 2 * room[1] * unit
    shrink = min(1.0, math.sqrt(_MOST_PIXELS / (width * height)))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    how = cv2.INTER_AREA if size[0] < still.shape[1] else cv2.INTER_CUBIC
    return padded(np.asarray(cv2.resize(still, size, interpolation=how), np.uint8))
