"""Text to image: one painting per piece, lettered on its slate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from callsheet.renderers.previz import mark
from callsheet.renderers.previz.painter import compose
from callsheet.renderers.previz.painter.brief import Brief, read
from callsheet.renderers.previz.slate import Slate, shot_facts
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.stills import CONTENT_TYPES, write_still

_FALLBACK = "png"


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Paint `count` stills into the folder `out`, piece i from seed + i. The format is png, jpeg or webp.

    A scene of another format (the default is a clip's) gives PNG. Raises RenderError or StorageError when a file cannot
    be written.
    """
    ending = scene.format.lower() if scene.format.lower() in CONTENT_TYPES else _FALLBACK
    brief = read(scene.prompt, scene.negative_prompt)
    made: list[Made] = []
    for index in range(scene.count):
        piece = replace(scene, seed=scene.seed + index)
        rgb = compose.show(compose.compose(brief, piece.width, piece.height, piece.seed))
        if piece.mark:
            Slate(piece, shot_facts(piece, piece.seed, None)).lay(rgb)
            mark.stamp(rgb)
        path = out / f"image-{index + 1}.{ending}"
        kind = write_still(path, rgb, {"title": scene.prompt, "seed": piece.seed, **painted(brief)})
        made.append(Made(path, kind, piece.width, piece.height, extra={"seed": piece.seed, "painted": painted(brief)}))
        progress((index + 1) / scene.count)
    return made


def painted(brief: Brief) -> dict[str, Any]:
    """What the painter read from the prompt, so that no one need guess; `setting` is None where none was named."""
    return {
        "setting": brief.setting if brief.named else None,
        "time": brief.time,
        "weather": brief.weather,
        "subjects": {subject.figure: subject.count for subject in brief.subjects},
    }
