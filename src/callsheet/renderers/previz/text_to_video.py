"""Text to video: a painting in layers, filmed by a moving camera, with wind, water and light alive in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from callsheet.errors import RenderError
from callsheet.renderers.previz import moves, shoot, words
from callsheet.renderers.previz.painter import compose, moving
from callsheet.renderers.previz.painter.brief import Brief, read
from callsheet.renderers.previz.shoot import Rgb
from callsheet.renderers.previz.slate import Slate, shot_facts
from callsheet.renderers.previz.take import take
from callsheet.renderers.previz.text_to_image import painted
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Film `count` clips into the folder `out`, piece i from seed + i.

    The camera makes the scene's move, else the one the prompt's words ask for, else a gentle push. Progress is that of
    encoded frames. Raises RenderError or StorageError when a clip cannot be made.
    """
    brief = read(scene.prompt, scene.negative_prompt)
    made = shoot.clips(scene, out, progress, lambda piece: frames(piece, brief))
    return [replace(clip, extra={**clip.extra, "painted": painted(brief)}) for clip in made]


def frames(scene: Scene, brief: Brief) -> Iterator[Rgb]:
    """Every frame of one clip with its slate, uint8 RGB; the array is used again for the next."""
    try:
        move = words.chosen(scene.camera_move, scene.prompt)
        seconds = float(scene.exact_duration)
        this = take(scene.seed, scene.motion, seconds, scene.width, scene.height)
    except ValueError as error:
        raise RenderError(str(error)) from error
    poses, margin = moving.fit(moves.poses(move, this, scene.frames), scene.width, scene.height)
    painting = compose.compose(brief, scene.width, scene.height, scene.seed, margin=margin, duration=seconds)
    show, poses = moving.Show(painting, margin), moving.follow(poses, painting, seconds)
    slate = Slate(scene, shot_facts(scene, scene.seed, move.name)) if scene.mark else None
    for index, pose in enumerate(poses):
        rgb = show.frame(pose, index / float(scene.fps))
        if slate is not None:
            slate.lay(rgb)
        yield rgb
