"""How large a picture or a clip may become here, when it is made larger."""

from __future__ import annotations

from callsheet.errors import RenderError
from callsheet.renderers.media import Facts
from callsheet.renderers.scene import Scene

MOST_PIXELS = 7680 * 7680
"""Of a picture. A side of 8K by 8K is the largest that is made: about 1.2 GB of memory while it is."""

MOST_OF_ALL = 20_000_000_000
"""Pixels of all frames of a clip together: ten minutes of 1080p at 24 a second, or 25 seconds of 8K."""


def enlarged(scene: Scene, width: int, height: int) -> tuple[int, int]:
    """The size of a picture of this size made larger: `scale` times it, else the scene's. RenderError for too large."""
    scale = scene.extra.get("scale")
    size = (width * scale, height * scale) if scale else (scene.width, scene.height)
    if size[0] * size[1] > MOST_PIXELS:
        raise RenderError(
            f"{size[0]}x{size[1]} pixels are more than can be made here.",
            hint="Ask for at most 7680x7680: a smaller scale or resolution.",
            param="scale" if scale else "resolution",
        ).because("made_too_large", width=size[0], height=size[1], most=7680)
    return size


def bounded(found: Facts, scene: Scene) -> None:
    """Raise RenderError where all frames of a clip at the scene's size are too many pixels."""
    frames = found.frames or 1
    if frames * scene.width * scene.height > MOST_OF_ALL:
        most = MOST_OF_ALL // (scene.width * scene.height)
        raise RenderError(
            f"{frames} frames of {scene.width}x{scene.height} are too many to enlarge here: at most {most}.",
            hint="Ask for a smaller resolution, or trim the video first.",
            param="resolution",
        ).because("too_many_frames", param="resolution", frames=frames, width=scene.width, height=scene.height)
