"""Upscale: the same picture larger, its edges smooth and sharp, without halos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.previz import bounds, shoot
from callsheet.renderers.previz.picture import structure
from callsheet.renderers.previz.picture.made import pictures
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make one picture of exactly the scene's size, or `scale` times the picture's own; nothing is laid on it.

    What is transparent stays so, but in a JPEG, which is white there. Raises RenderError for more than 7680 x 7680
    pixels.
    """
    still = shoot.still(scene.image, "image")
    size = bounds.enlarged(scene, still.shape[1], still.shape[0])
    said = {"from": list(still.shape[1::-1]), "method": "lanczos, along edges"}
    clear = shoot.see_through(scene)

    def drawn(_: Scene) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        if clear is None:
            return structure.covering(still, *size), said
        return np.dstack([structure.covering(_spread(clear), *size), structure.covering(clear[..., 3], *size)]), said

    return pictures(scene, out, progress, drawn, marked=False)


def _spread(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colours, with those that are seen spread under what is not: else what lies hidden would rim the edges."""
    hidden = (rgba[..., 3] == 0).astype(np.uint8)
    colours = np.ascontiguousarray(rgba[..., :3])
    if not hidden.any() or hidden.all():
        return colours
    _, nearest = cv2.distanceTransformWithLabels(hidden, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    seen = colours[hidden == 0]
    by_label = np.zeros((int(nearest.max()) + 1, 3), np.uint8)
    by_label[nearest[hidden == 0]] = seen
    return by_label[nearest]
