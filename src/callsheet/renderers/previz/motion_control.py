"""Motion control: the camera motion measured in a clip, made over a still."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers.previz import footage, shoot
from callsheet.renderers.previz.flow import Drift
from callsheet.renderers.previz.image_to_video import take_of
from callsheet.renderers.previz.plate import Plate, field_of
from callsheet.renderers.previz.pose import Pose
from callsheet.renderers.previz.shoot import Rgb
from callsheet.renderers.previz.take import Take
from callsheet.renderers.previz.warp import Field, overscan, pull
from callsheet.renderers.scene import Made, Progress, Scene

_MOST_OVERSCAN = 1.8
_MIDDLE = float(pull(0.35))


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Move over `scene.image` as the camera of `scene.video` moved, at its speed, for the scene's own duration.

    Where the scene outlasts the clip, the camera rests at the end. A way too long for the still is made smaller whole.
    """
    still = shoot.still(scene.image, "image")
    if scene.video is None:
        raise RenderError("This render needs video.", param="video")
    footage.facts(scene.video)
    way = footage.motion(scene.video, float(scene.exact_duration))
    return shoot.clips(scene, out, progress, lambda piece: follow(still, way, piece))


def follow(still: Rgb, way: Sequence[tuple[float, Drift]], scene: Scene) -> Iterator[Rgb]:
    """Every frame: the still under the camera path `way` (seconds, and the drift since the start)."""
    try:
        this = take_of(scene, still)
    except ValueError as error:
        raise RenderError(str(error)) from error
    field = field_of(still, scene.width, scene.height)
    poses = _small_enough(field, _resampled(way, scene), this, scene)
    plate = Plate(still, poses, scene.width, scene.height)
    for index in range(scene.frames):
        yield plate.frame(index)


def _resampled(way: Sequence[tuple[float, Drift]], scene: Scene) -> NDArray[np.float64]:
    """Right, down, turn, growth for every frame of the scene, shape (frames, 4), the way centred on its middle."""
    times = np.array([time for time, _ in way])
    rows = np.array([[drift.right, drift.down, drift.turn, drift.growth] for _, drift in way])
    wanted = np.arange(scene.frames) / float(scene.fps)
    drifts = np.column_stack([np.interp(wanted, times, column) for column in rows.T])
    drifts[:, :2] -= (drifts[:, :2].max(axis=0) + drifts[:, :2].min(axis=0)) / 2
    drifts[:, 3] -= drifts[:, 3].min()
    return drifts


def _small_enough(field: Field, drifts: NDArray[np.float64], this: Take, scene: Scene) -> list[Pose]:
    share = this.amount
    while True:
        poses = [_pose(row, share, this) for row in drifts]
        if share < 0.02 or max(overscan(field, poses, scene.width, scene.height)) <= _MOST_OVERSCAN:
            return poses
        share *= 0.82


def _pose(row: Any, share: float, this: Take) -> Pose:
    """The picture's drift as the camera's own way, half of it with parallax; each take is framed a little apart."""
    right, down, turn, growth = (float(part) * share for part in row)
    zoom = float(np.exp(min(growth, 1.6)))
    return Pose(
        zoom=zoom,
        roll=-turn,
        x=-0.5 * right / _MIDDLE / zoom,
        y=0.5 * down / _MIDDLE / zoom,
        shift_x=-0.5 * right / zoom + 0.02 * this.dice[12],
        shift_y=-0.5 * down / zoom + 0.02 * this.dice[13],
    )
