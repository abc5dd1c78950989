"""Text to image: one painting per piece, lettered on its slate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from callsheet.renderers.previz import mark, shoot
from callsheet.renderers.previz.painter import compose
from callsheet.renderers.previz.painter.brief import Brief, read
from callsheet.renderers.previz.slate import Slate, shot_facts
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.stills import write_still


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Paint `count` stills `out/image-1.png`, `image-2.png` ...; piece i from seed + i. Formats: png, jpeg, webp.

    A scene that names a clip's format (mp4 is a scene's default) gets PNG. Raises RenderError for another format, and
    RenderError or StorageError when a file cannot be written.
    """
    ending = "png" if scene.format == "mp4" else scene.format.lower()
    ending = "jpeg" if ending == "jpg" else ending
    brief = read(scene.prompt, scene.negative_prompt)
    made: list[Made] = []
    for index, piece in enumerate(shoot.pieces(scene)):
        rgb = compose.show(compose.compose(brief, piece.width, piece.height, piece.seed))
        words = shot_facts(piece, piece.seed, None)
        if piece.mark:
            Slate(piece, words).lay(rgb)
            mark.stamp(rgb)
        path = out / f"image-{index + 1}.{ending}"
        kind = write_still(
            path, rgb, shoot.facts(piece) | ({"marked": True, "slate": [piece.prompt, *words]} if piece.mark else {})
        )
        made.append(Made(path, kind, piece.width, piece.height, extra={"painted": painted(brief)}))
        progress((index + 1) / scene.count)
    return made


def painted(brief: Brief) -> dict[str, Any]:
    """What the painter read from the prompt, so that no one need guess; `setting` is None where none was found.

    `colours` says which colour went where ("woman's hair", "sky"), where any was said.
    """
    told: dict[str, Any] = {
        "setting": brief.setting if brief.named else None,
        "time": brief.time,
        "weather": brief.weather,
        "subjects": {subject.figure: subject.count for subject in brief.subjects},
    }
    colours = {one.figure: one.colour for one in brief.subjects if one.colour} | dict(brief.tints)
    colours |= {f"{one.figure}'s {part}": code for one in brief.subjects for part, code in one.parts}
    return told | ({"colours": colours} if colours else {})
