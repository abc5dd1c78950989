"""Reference to image: a new picture that keeps the edges, the subject or the depth of another, or shows several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from callsheet.renderers.previz import image_to_image, shoot, text_to_image
from callsheet.renderers.previz.controls import refuse_pose
from callsheet.renderers.previz.enlarge import enlarge
from callsheet.renderers.previz.picture import arrange, repaint, structure, treat
from callsheet.renderers.previz.picture.made import pictures
from callsheet.renderers.previz.picture.planes import Rgb
from callsheet.renderers.previz.picture.wish import Wish, wish
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make `count` pictures of the prompt's scene that keep what `control` names of the reference.

    Without `control` a single picture is treated as the prompt says, several are set together; without any picture the
    prompt is painted. `subject` takes it from `init_image` where one is given. Raises RenderError for `pose`.
    """
    control = scene.extra.get("control")
    refuse_pose(control)
    if scene.image is None and not scene.images:
        return text_to_image.render(scene, out, progress)
    stills = [shoot.unmarked(path, "image", scene) for path in image_to_image.given(scene)]
    if control == "subject" and "init_image" in scene.extra:
        stills = [shoot.unmarked(Path(scene.extra["init_image"]), "init_image", scene), *stills[1:]]
    return pictures(scene, out, progress, lambda piece: _drawn(piece, stills, control))


def _drawn(scene: Scene, stills: list[Rgb], control: str | None) -> tuple[Rgb, dict[str, Any]]:
    if control is None or len(stills) > 1:
        return image_to_image.drawn(scene, stills)
    read = wish(scene.prompt, scene.negative_prompt)
    strength = float(scene.extra.get("strength", 0.5))
    said: dict[str, Any] = {"understood": read.said(), "control": control, "strength": strength}
    if control == "subject":
        one = arrange.cast(stills[0])
        rgb = arrange.arranged(read.scene, [one], scene.width, scene.height, scene.seed)
        said["arranged"] = ["framed" if one.framed else "cut out"]
    else:
        rgb = _repainted(scene, stills[0], read, strength, control)
    return (treat.styled(rgb, read, strength, scene.seed) if read.styles else rgb), said


def _repainted(scene: Scene, still: Rgb, read: Wish, strength: float, control: str) -> Rgb:
    way = repaint.over_edges if control == "edge" else repaint.over_depth
    fitted = structure.covering(still, scene.width, scene.height)
    small = enlarge(fitted, *structure.working_size(scene.width, scene.height))
    return enlarge(way(small, read.scene, strength, scene.seed), scene.width, scene.height)
