"""Video continuation: begins at the input's last frame and goes on in its motion, coming to rest gently."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from callsheet.errors import RenderError
from callsheet.renderers import media
from callsheet.renderers.encode import samples
from callsheet.renderers.previz import first_last, footage, moves, shoot, sound, unstamped, words
from callsheet.renderers.previz.flow import Drift, bridge
from callsheet.renderers.previz.image_to_video import take_of
from callsheet.renderers.previz.letterbox import fit
from callsheet.renderers.previz.plate import Plate, field_of
from callsheet.renderers.previz.pose import Pose, between, settle
from callsheet.renderers.previz.shoot import Draw, Rgb
from callsheet.renderers.previz.warp import Field, overscan
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.sound.read import Stereo, read_sound
from callsheet.renderers.sound.room import faded

GIVE = 0.25
"""How far, in half sides, the frame may reach beyond the last frame, whose outer parts are stretched to fill."""

_FARTHEST = 0.3
_MOST_GROWTH = 0.45
_SLOWEST = 0.0004


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Go on from the end of `scene.video`; the new part only, or after the input too with `extra["whole"]`.

    The frames have the scene's size and rate: a caller who was asked for none gives those of the input. An input of
    other proportions is fitted whole into the frame. A camera move that is asked for comes on top of the motion. With
    a `last_image` it goes from the input's last frame to exactly that picture instead, along the motion between them.
    In the whole, the input's own sound is kept, and what sound is asked for begins with the new part.
    """
    tail = footage.tail(_path(scene))
    last = fit(unstamped.clean(tail.last, _path(scene), scene), scene.width, scene.height)
    speed = _speed(tail.drifts, float(tail.fps), float(scene.fps))
    goes = _goes(last, speed, scene)
    if not scene.extra.get("whole"):
        return shoot.clips(scene, out, progress, goes)
    before = footage.length(_path(scene), scene.fps)
    longer = replace(scene, duration=float((before + scene.frames) / scene.fps))

    def draw(piece: Scene) -> Iterator[Rgb]:
        yield from footage.paced(_path(scene), scene.fps, before, (scene.width, scene.height))
        yield from goes(replace(piece, duration=scene.duration))

    if not media.probe(_path(scene)).has_audio:
        return shoot.clips(longer, out, progress, draw)

    def score(piece: Scene) -> Stereo:
        return _heard(_path(scene), before, piece, replace(piece, duration=scene.duration))

    return shoot.clips(longer, out, progress, draw, extras=shoot.Extras(score=score))


def _heard(video: Path, before: int, whole: Scene, new: Scene) -> Stereo:
    """The input's own sound as long as its frames, softly ended, and what is asked for under the new ones."""
    count, first = samples(whole.frames, whole.fps), samples(before, whole.fps)
    track = np.zeros((count, 2), np.float32)
    own = faded(read_sound(video, name="video")[:first], fall=0.01)
    track[: len(own)] = own
    added = sound.score(new)
    if added is not None:
        track[first:] = added[: count - first]
    return track


def goes_to(last: Rgb, speed: Drift, goal: Rgb, scene: Scene) -> Draw:
    """How to draw from the last frame to a picture of its size: it leaves the faster, the faster the input moved."""
    way = bridge(last, goal)
    leave = min(1.5, scene.frames * math.hypot(speed.right, speed.down, speed.turn, speed.growth))
    return lambda piece: first_last.morph(last, goal, way, piece, (leave, 0.0))


def _goes(last: Rgb, speed: Drift, scene: Scene) -> Draw:
    if scene.last_image is None:
        return lambda piece: onward(last, speed, piece)
    goal = fit(shoot.unmarked(scene.last_image, "last_image", scene), scene.width, scene.height)
    return goes_to(last, speed, goal, scene)


def onward(last: Rgb, speed: Drift, scene: Scene) -> Iterator[Rgb]:
    """Every new frame: the first is the last one to the byte, then the motion (per frame) goes on and eases out."""
    field = field_of(last, scene.width, scene.height, give=GIVE)
    poses = _inside(field, _poses(last, speed, scene), scene.width, scene.height)
    plate = Plate(last, poses, scene.width, scene.height, give=GIVE)
    for index in range(scene.frames):
        yield plate.frame(index)


def _path(scene: Scene) -> Path:
    if scene.video is None:
        raise RenderError("This render needs video.", param="video").because("param_missing", param="video")
    return scene.video


def _speed(drifts: Sequence[Drift], there: float, here: float) -> Drift:
    """The motion per new frame: the median of the last ones, which a single bad estimate cannot move."""
    if not drifts:
        return Drift()
    rows = np.array([[drift.right, drift.down, drift.turn, drift.growth] for drift in drifts])
    middle = np.median(rows, axis=0) * (there / here)
    return Drift(*(float(part) if abs(part) > _SLOWEST else 0.0 for part in middle))


def _poses(last: Rgb, speed: Drift, scene: Scene) -> list[Pose]:
    try:
        move = words.chosen(scene.camera_move, scene.prompt)
        own = moves.poses(move, take_of(scene, last), scene.frames)
    except ValueError as error:
        raise RenderError(str(error)) from error
    way = _way(speed, scene.frames)
    return [_onward(drift, _since(own[0], pose)) for drift, pose in zip(way, own, strict=True)]


def _way(speed: Drift, frames: int) -> list[Drift]:
    """The drift at each frame: it leaves at full speed and comes to rest, the sooner the faster it is."""
    fastest = max(abs(speed.right), abs(speed.down)) / _FARTHEST
    fastest = max(fastest, abs(speed.growth) / _MOST_GROWTH, abs(speed.turn) / _MOST_GROWTH)
    # The curve leaves at three times its mean speed, so this many frames carry the farthest motion allowed.
    rest = min(float(max(frames - 1, 1)), 3 / fastest if fastest else float("inf"))
    return [Drift().plus(speed, settle(index / rest) * rest / 3) for index in range(frames)]


def _onward(drift: Drift, own: Pose) -> Pose:
    """The picture's own drift seen as the camera's: what went right was passed by a frame that went left."""
    pose = Pose(zoom=float(np.exp(drift.growth)), roll=-drift.turn).moved(zoom=own.zoom)
    flat = replace(own, zoom=pose.zoom, roll=own.roll + pose.roll)
    return flat.shifted(-drift.right / pose.zoom, -drift.down / pose.zoom)


def _since(start: Pose, pose: Pose) -> Pose:
    """How far a move has come from its own start, so that it begins at rest on the last frame."""
    return pose.moved(
        zoom=1 / start.zoom,
        **{name: -getattr(start, name) for name in ("yaw", "pitch", "roll", "x", "y", "z", "shift_x", "shift_y")},
        bulge=-start.bulge,
        drift=-start.drift,
    )


def _inside(field: Field, poses: Sequence[Pose], width: int, height: int) -> list[Pose]:
    """The same path, made smaller as a whole until no frame needs what the last one never showed."""
    share, still = 1.0, Pose()
    for _ in range(12):
        smaller = [between(still, pose, share) for pose in poses]
        if max(overscan(field, smaller, width, height)) <= 1:
            return smaller
        share *= 0.8
    return [replace(still, look=pose.look) for pose in poses]
