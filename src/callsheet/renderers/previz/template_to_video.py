"""Template to video: pictures in an arrangement that suits the template's name; the vendor's own effect is not made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from callsheet.errors import RenderError
from callsheet.renderers.previz import casting, focus, multi_shot, shoot, shots
from callsheet.renderers.previz.image_to_video import over_still
from callsheet.renderers.previz.shoot import Rgb
from callsheet.renderers.previz.shots import Shot
from callsheet.renderers.scene import Made, Progress, Scene

NOTE = "template arrangement, not the vendor's effect"

Way = Literal["move", "together", "morph", "edit"]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is done with the pictures: one camera move, side by side, one becoming the next, or acts cut together.

    `move` is the camera move of the whole clip. `acts` are an edit's shots: how close each is, in order.
    """

    name: str
    way: Way
    move: int | None = None
    acts: tuple[str, ...] = ()


STORIES: dict[str, Arrangement] = {
    "love_story": Arrangement("two meet, come closer, stay", "edit", None, ("wide", "medium", "close-up", "wide")),
    "workday_feels": Arrangement("a day in quick cuts", "edit", 35, ("medium", "close-up", "detail", "medium", "wide")),
    "monkey_king": Arrangement("a hero's entrance", "edit", 42, ("detail", "medium", "wide", "close-up")),
    "pigsy": Arrangement("a comic entrance", "edit", 43, ("medium", "wide", "close-up", "medium")),
    "monk_tang": Arrangement("a calm procession", "edit", 24, ("wide", "wide", "medium", "close-up")),
    "one_shot": Arrangement("one take through every picture", "morph"),
}
"""Vidu's story templates by id."""

_BY_WORD: tuple[tuple[str, Arrangement], ...] = (
    (
        r"hug|kiss|cuddl|together|couple|wedding|propos|handshake|shak(?:e|ing)_hands|fight|twin|meet|friend|拥抱|亲吻|同框",
        Arrangement("side by side, closing in", "together", 7),
    ),
    (
        r"morph|transform|chang|swap|becom|turn_?into|evol|outfit|dress|makeover|变身|换装",
        Arrangement("one picture becoming the next", "morph"),
    ),
    (r"story|album|memor|montage|slideshow|故事|相册", Arrangement("an edit through the pictures", "edit")),
    (r"orbit|360|rotat|spin|turntable|bullet|旋转|环绕", Arrangement("an orbit", "move", 1)),
    (r"fly|float|balloon|rise|ascen|levitat|wing|飞|升", Arrangement("rising", "move", 37)),
    (r"fall|sink|drop|descend|落", Arrangement("sinking", "move", 38)),
    (r"danc|shak|jump|bounc|party|跳|舞", Arrangement("unsteady, by hand", "move", 35)),
    (r"zoom|earth|dive|punch|zap|推近", Arrangement("a fast push", "move", 13)),
    (r"reveal|pull|wide|拉远", Arrangement("drawing back", "move", 8)),
    (r"portrait|face|smile|beauty|close|特写", Arrangement("a close-up", "move", 29)),
)

NEUTRAL = Arrangement("a gentle push", "move", 7)
"""For a template whose name says nothing that is known here and one picture; several are cut one after the other."""


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Arrange `scene.images` as `extra["template"]` suggests, over exactly the scene's duration.

    `Made.extra["template"]` names the template, the arrangement, and says that the vendor's effect was not made.
    """
    if not scene.images:
        raise RenderError("This render needs images.", param="images").because("param_missing", param="images")
    asked = str(scene.extra.get("template") or "")
    chosen = arrangement(asked, len(scene.images))
    casting.enough(scene)
    scene = replace(scene, camera_move=scene.camera_move or chosen.move)
    made = _WAYS[chosen.way](scene, chosen, out, progress)
    told = {"asked": asked, "arrangement": chosen.name, "note": NOTE}
    return [replace(one, extra={**one.extra, "template": told}) for one in made]


def arrangement(template: str, pictures: int) -> Arrangement:
    """The arrangement for a template's id and so many pictures. Any id has one."""
    if template in STORIES:
        chosen = STORIES[template]
    else:
        words = re.sub(r"[\s-]+", "_", template.lower())
        chosen = next((one for pattern, one in _BY_WORD if re.search(pattern, words)), NEUTRAL)
    if pictures == 1 and chosen.way in ("together", "morph"):
        return replace(NEUTRAL, name=f"{NEUTRAL.name} on the one picture that came")
    if pictures > 1 and chosen.way == "move":
        return Arrangement(f"{chosen.name}, cut from picture to picture", "edit", chosen.move)
    return chosen


def _moved(scene: Scene, _: Arrangement, out: Path, progress: Progress) -> list[Made]:
    still = _still(scene, 0)
    return shoot.clips(scene, out, progress, lambda piece: over_still(still, piece))


def _together(scene: Scene, _: Arrangement, out: Path, progress: Progress) -> list[Made]:
    stills = [_still(scene, index) for index in range(len(scene.images))]
    whole = side_by_side(stills, scene.width, scene.height)

    def draw(piece: Scene) -> Iterator[Rgb]:
        return over_still(whole, piece)

    return shoot.clips(scene, out, progress, draw)


def _morphed(scene: Scene, _: Arrangement, out: Path, progress: Progress) -> list[Made]:
    rest = [Shot("", path) for path in scene.images[1:]]
    listed = shots.spread(rest, [1.0] * len(rest), scene)
    return multi_shot.through(replace(scene, image=scene.images[0]), listed, out, progress, _around_subject)


def _edited(scene: Scene, chosen: Arrangement, out: Path, progress: Progress) -> list[Made]:
    """The acts over the pictures in turn; without acts every picture has one."""
    acts: Sequence[str | None] = chosen.acts or [None] * len(scene.images)
    count = max(len(acts), len(scene.images))
    listed = [
        Shot(scene.prompt, scene.images[index % len(scene.images)], acts[index % len(acts)]) for index in range(count)
    ]
    return multi_shot.cut(scene, shots.spread(listed, [1.0] * count, scene), out, progress)


_WAYS = {"move": _moved, "together": _together, "morph": _morphed, "edit": _edited}


def side_by_side(stills: Sequence[Rgb], width: int, height: int) -> Rgb:
    """One frame of all pictures next to each other, each around its own subject, flowing into its neighbour."""
    lap = max(2, round(width / len(stills) * 0.14))
    edges = [round(width * index / len(stills)) for index in range(len(stills) + 1)]
    total, weight = np.zeros((height, width, 3), np.float32), np.zeros((height, width, 1), np.float32)
    for index, still in enumerate(stills):
        left = max(0, edges[index] - (lap if index else 0))
        right = min(width, edges[index + 1] + (lap if index < len(stills) - 1 else 0))
        part = _around_subject(still, right - left, height)
        share = np.ones(right - left, np.float32)
        if index:
            share[: 2 * lap] = np.linspace(0, 1, 2 * lap)
        if index < len(stills) - 1:
            share[-2 * lap :] *= np.linspace(1, 0, 2 * lap)
        total[:, left:right] += part * share[None, :, None]
        weight[:, left:right] += share[None, :, None]
    return np.rint(total / np.maximum(weight, 1e-6)).astype(np.uint8)


def _around_subject(still: Rgb, width: int, height: int) -> Rgb:
    rows, columns = still.shape[:2]
    cover = min(columns / width, rows / height)
    wide, tall = max(1, round(width * cover)), max(1, round(height * cover))
    across, down = focus.subject(still)
    left = round(min(max((1 + across) / 2 * columns - wide / 2, 0), columns - wide))
    top = round(min(max((1 + down) / 2 * rows - tall / 2, 0), rows - tall))
    how = cv2.INTER_AREA if cover > 1 else cv2.INTER_CUBIC
    part = still[top : top + tall, left : left + wide]
    return np.asarray(cv2.resize(part, (width, height), interpolation=how), np.uint8)


def _still(scene: Scene, index: int) -> Rgb:
    return shoot.unmarked(scene.images[index], f"images[{index}]", scene)
