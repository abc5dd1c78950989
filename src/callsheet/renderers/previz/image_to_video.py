"""Image to video: one still, one camera move."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from callsheet.errors import RenderError
from callsheet.renderers.previz import depth, focus, moves, shoot, words
from callsheet.renderers.previz.plate import Plate
from callsheet.renderers.previz.shoot import Rgb
from callsheet.renderers.previz.take import Take, take
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Move a camera over `scene.image`: the move by its number, else by the prompt's words, else a gentle push."""
    still = shoot.unmarked(scene.image, "image", scene)
    return shoot.clips(scene, out, progress, lambda piece: over_still(still, piece))


def over_still(still: Rgb, scene: Scene) -> Iterator[Rgb]:
    """Every frame of the scene's camera move over a uint8 RGB still of any size."""
    try:
        move = words.chosen(scene.camera_move, scene.prompt)
        this = take_of(scene, still, closely=move.close)
    except ValueError as error:
        raise RenderError(str(error)) from error
    plate = Plate(still, moves.poses(move, this, scene.frames), scene.width, scene.height, breathing=move.breathing)
    for index in range(scene.frames):
        yield plate.frame(index)


def take_of(scene: Scene, still: Rgb, *, closely: bool = False) -> Take:
    """The take a scene's seed and motion give over this still. Raises ValueError for an unknown motion.

    `closely` looks for the thing itself; otherwise where the eye goes is enough.
    """
    subject = focus.subject(still) if closely else depth.subject(still)
    return take(scene.seed, scene.motion, float(scene.exact_duration), scene.width, scene.height, subject)
