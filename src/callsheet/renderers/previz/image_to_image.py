"""Image to image: what the prompt asks of the picture, done with its structure kept; several pictures set together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.picture import arrange, structure, treat
from callsheet.renderers.previz.picture.made import pictures
from callsheet.renderers.previz.picture.planes import Rgb
from callsheet.renderers.previz.picture.wish import Wish, wish
from callsheet.renderers.scene import Made, Progress, Scene

_STYLE_OF = re.compile(
    r"\b(?:styles?|palettes?|colou?rs?|look|tones) (?:of|from|like)\b|风格|配色|色调|画风", re.IGNORECASE
)


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make `count` pictures from the scene's image or images.

    One image is treated as the prompt says. Of two, where the prompt speaks of the style or colours of the other, the
    first is treated in the colours of the second; otherwise the subjects of all stand in the prompt's scene.
    """
    stills = [shoot.unmarked(path, "image", scene) for path in given(scene)]
    return pictures(scene, out, progress, lambda piece: drawn(piece, stills))


def given(scene: Scene) -> list[Path | None]:
    """The pictures a scene starts from, `image` first; at least one, None where it names none."""
    named = ([scene.image] if scene.image else []) + list(scene.images)
    return [*named] or [None]


def drawn(scene: Scene, stills: list[Rgb]) -> tuple[Rgb, dict[str, Any]]:
    """One piece of that size, and what was understood."""
    read = wish(scene.prompt, scene.negative_prompt)
    strength = float(scene.extra.get("strength", 0.7))
    if len(stills) == 1:
        return treated(scene, stills[0], read, strength)
    if _STYLE_OF.search(scene.prompt):
        like = structure.covering(stills[1], 480, 270)
        rgb, said = treated(scene, stills[0], read, strength, like)
        return rgb, {**said, "colours_from": 2}
    return together(scene, stills, read)


def treated(
    scene: Scene, still: Rgb, read: Wish, strength: float, like: Rgb | None = None
) -> tuple[Rgb, dict[str, Any]]:
    """One picture as wished, at the scene's size."""
    fitted = structure.covering(still, scene.width, scene.height)
    return treat.treated(fitted, read, strength, scene.seed, like), {"understood": read.said(), "strength": strength}


def together(scene: Scene, stills: list[Rgb], read: Wish) -> tuple[Rgb, dict[str, Any]]:
    """The subjects of several pictures in one painted scene, treated as a whole if the prompt names a treatment."""
    casts = [arrange.cast(still) for still in stills]
    rgb = arrange.arranged(read.scene, casts, scene.width, scene.height, scene.seed)
    if read.styles:
        rgb = treat.styled(rgb, read, 0.8, scene.seed)
    shown = ["framed" if one.framed else "cut out" for one in casts]
    return rgb, {"understood": read.said(), "arranged": shown}
