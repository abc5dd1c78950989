"""Text to video: a painting in layers, filmed by a moving camera, with wind, water and light alive in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from callsheet.errors import RenderError
from callsheet.renderers.previz import moves, shoot, slate, words
from callsheet.renderers.previz.painter import compose, moving
from callsheet.renderers.previz.painter.brief import Brief, read
from callsheet.renderers.previz.painter.layers import Painting
from callsheet.renderers.previz.shoot import Extras, Rgb
from callsheet.renderers.previz.slate import Slate, shot_facts
from callsheet.renderers.previz.take import take
from callsheet.renderers.previz.text_to_image import painted
from callsheet.renderers.scene import Made, Progress, Scene

Composed = Callable[[Brief, int, int, float], Painting]
"""Composes a painting from a brief, a seed, a margin in pixels, and the seconds it is filmed."""


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Film `count` clips into the folder `out`, piece i from seed + i.

    The camera makes the scene's move, else the one the prompt's words ask for, else a gentle push. Progress is that of
    encoded frames. Raises RenderError or StorageError when a clip cannot be made.
    """
    brief = read(scene.prompt, scene.negative_prompt)
    made = shoot.clips(scene, out, progress, lambda piece: frames(piece, brief), extras=Extras(foot=slate.rows))
    return [replace(clip, extra={**clip.extra, "painted": painted(brief)}) for clip in made]


def frames(scene: Scene, brief: Brief, composed: Composed | None = None, facts: tuple[str, ...] = ()) -> Iterator[Rgb]:
    """Every frame of one clip with its slate, uint8 RGB; the array is used again for the next.

    `composed(brief, seed, margin, seconds)` gives the painting where it is not simply that of the brief; `facts` are
    further words for the slate.
    """
    try:
        move = words.chosen(scene.camera_move, scene.prompt)
        seconds = float(scene.exact_duration)
        this = take(scene.seed, scene.motion, seconds, scene.width, scene.height)
    except ValueError as error:
        raise RenderError(str(error)) from error
    poses, margin = moving.fit(moves.poses(move, this, scene.frames), scene.width, scene.height)
    painting = (composed or _plain(scene))(brief, scene.seed, margin, seconds)
    show, poses = moving.Show(painting, margin), moving.follow(poses, painting, seconds)
    foot = Slate(scene, (*shot_facts(scene, scene.seed, move.name), *facts)) if scene.mark else None
    for index, pose in enumerate(poses):
        rgb = show.frame(pose, index / float(scene.fps))
        if foot is not None:
            foot.lay(rgb)
        yield rgb


def _plain(scene: Scene) -> Composed:
    return lambda brief, seed, margin, seconds: compose.compose(
        brief, scene.width, scene.height, seed, margin=margin, duration=seconds
    )
