"""Upscale: the same picture larger, its edges smooth and sharp, without halos."""

from __future__ import annotations

from pathlib import Path

from callsheet.errors import RenderError
from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.picture import structure
from callsheet.renderers.previz.picture.made import pictures
from callsheet.renderers.scene import Made, Progress, Scene

MOST_PIXELS = 7680 * 7680
"""A side of 8K by 8K is the largest that is made: about 1.2 GB of memory while it is."""


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make one picture of exactly the scene's size, or `scale` times the picture's own; nothing is laid on it.

    Raises RenderError for more than 7680 x 7680 pixels.
    """
    still = shoot.still(scene.image, "image")
    scale = scene.extra.get("scale")
    size = (still.shape[1] * scale, still.shape[0] * scale) if scale else (scene.width, scene.height)
    if size[0] * size[1] > MOST_PIXELS:
        raise RenderError(
            f"{size[0]}x{size[1]} pixels are more than can be made here.",
            hint="Ask for at most 7680x7680: a smaller scale or resolution.",
            param="scale" if scale else "resolution",
        )
    said = {"from": list(still.shape[1::-1]), "method": "lanczos, along edges"}
    return pictures(scene, out, progress, lambda _: (structure.covering(still, *size), said), marked=False)
