"""Mask: a picture's edges, subject or depth, or what the prompt names of it; white on black, in the picture's size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from callsheet.renderers.previz import shoot
from callsheet.renderers.previz.controls import refuse_pose
from callsheet.renderers.previz.picture import masks
from callsheet.renderers.previz.picture.made import pictures
from callsheet.renderers.previz.picture.planes import Rgb
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make one mask of `control` (edge, subject or depth; subject where none is named).

    Words of the prompt that can be measured (colours, places, sky, background, bright, dark) narrow it, and are told
    as used; all others are told as unused, since nothing here recognises things. What words say to leave out is left
    out, and told as `left_out_words`. Raises RenderError for `pose`, and where it cannot be told what to leave out.
    """
    control = scene.extra.get("control") or "subject"
    refuse_pose(control)
    still = shoot.still(scene.image, "image")
    return pictures(scene, out, progress, lambda piece: _drawn(piece, still, control), marked=False)


def _drawn(scene: Scene, still: Rgb, control: str) -> tuple[Rgb, dict[str, Any]]:
    region = masks.named(still, scene.prompt)
    said: dict[str, Any] = {"control": control, "used_words": list(region.used) if region else []}
    said["unused_words"] = list(region.unused) if region else masks.unmeasured(scene.prompt)
    if region and region.left_out:
        said["left_out_words"] = list(region.left_out)
    if control == "subject":
        mask, found = (region.mask, region) if region else masks.subject(still)
        said["sure"] = found.sure
        if found.certainty is not None:
            said["certainty"] = round(found.certainty, 3)
    else:
        mask = masks.edges(still) if control == "edge" else masks.nearness(still)
        mask = np.asarray(cv2.bitwise_and(mask, region.mask), np.uint8) if region else mask
    return np.repeat(mask[..., None], 3, axis=2), said | {"covered": round(float(mask.mean()) / 255, 4)}
