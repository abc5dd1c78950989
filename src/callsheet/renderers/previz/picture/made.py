"""Writes the pictures of a scene: one piece for each seed, marked, exact in size, and told as measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from callsheet.renderers.previz import mark, shoot, unstamped
from callsheet.renderers.previz.picture.planes import Rgb
from callsheet.renderers.scene import Made, Progress, Scene
from callsheet.renderers.stills import write_still

Draw = Callable[[Scene], tuple[Rgb, dict[str, Any]]]
"""Draws one piece and says what was understood of what was asked."""


def pictures(scene: Scene, out: Path, progress: Progress, draw: Draw, *, marked: bool = True) -> list[Made]:
    """Make `count` stills `out/image-1.png`, `image-2.png` ...; piece i from seed + i.

    Formats: png, jpeg, webp; a scene that names a clip's format gets PNG. With `marked` False no sign is laid on, for
    pictures in which pixels are promised to stay; the file's metadata says that it is a preview in any case.
    """
    ending = {"mp4": "png", "jpg": "jpeg"}.get(scene.format.lower(), scene.format.lower())
    made: list[Made] = []
    for index, piece in enumerate(shoot.pieces(scene)):
        rgb, said = draw(piece)
        if piece.mark and marked:
            mark.stamp(rgb)
        path = out / f"image-{index + 1}.{ending}"
        seen = ({"marked": True} if piece.mark else {}) if marked else unstamped.carried(piece.image)
        kind = write_still(path, rgb, shoot.facts(piece) | seen | {"understood": said})
        made.append(Made(path, kind, rgb.shape[1], rgb.shape[0], extra=said))
        progress((index + 1) / scene.count)
    return made
