"""Redraw: the white part of a mask painted anew to the prompt, all other pixels left exactly as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.errors import RenderError
from callsheet.renderers.previz import image_to_image, shoot
from callsheet.renderers.previz.picture import refill, structure
from callsheet.renderers.previz.picture.made import pictures
from callsheet.renderers.previz.picture.planes import Rgb
from callsheet.renderers.previz.picture.wish import wish
from callsheet.renderers.scene import Made, Progress, Scene


def render(scene: Scene, out: Path, progress: Progress) -> list[Made]:
    """Make `count` pictures; with a mask only its white part changes, without one the whole picture is redrawn.

    The picture fills the asked size (its middle, where the proportions differ), and the mask with it, to the nearest
    pixel. In a PNG every pixel outside the mask equals that picture's, transparent ones too, and no mark is laid on it.
    Raises RenderError for a mask without white.
    """
    still = shoot.still(scene.image, "image")
    size = scene.width, scene.height
    fitted = structure.covering(still, *size)
    if scene.mask is None:
        return pictures(scene, out, progress, lambda piece: image_to_image.drawn(piece, [fitted]))
    hole = fitted_mask(shoot.still(scene.mask, "mask"), (still.shape[1], still.shape[0]), size)
    clear = _clear(scene)

    def drawn(piece: Scene) -> tuple[Rgb, dict[str, Any]]:
        rgb, said = _redrawn(piece, fitted, hole)
        return (rgb if clear is None else _seen_through(rgb, clear, hole)), said

    return pictures(scene, out, progress, drawn, marked=False)


def _clear(scene: Scene) -> NDArray[np.uint8] | None:
    """The picture as RGBA at the asked size, where some of it is transparent and the result may be."""
    rgba = shoot.see_through(scene)
    if rgba is None:
        return None
    size = scene.width, scene.height
    return np.dstack(
        [structure.covering(np.ascontiguousarray(part), *size) for part in (rgba[..., :3], rgba[..., [3, 3, 3]])]
    )[..., :4]


def _seen_through(rgb: Rgb, clear: NDArray[np.uint8], hole: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """What was made anew, opaque, in the picture as it was."""
    made = clear.copy()
    made[hole, :3], made[hole, 3] = rgb[hole], 255
    return made


def fitted_mask(mask: Rgb, picture: tuple[int, int], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where the mask is white, at the size of the picture as it is shown: the same middle of it, nearest pixels."""
    as_picture = cv2.resize(mask, picture, interpolation=cv2.INTER_NEAREST)
    left, top, wide, high = structure.middle(picture, size)
    shown = cv2.resize(as_picture[top : top + high, left : left + wide], size, interpolation=cv2.INTER_NEAREST)
    hole = np.asarray(shown, np.float32).mean(axis=2) >= 128
    if not hole.any():
        raise RenderError(
            "The mask has no white in it: nothing would change.",
            hint="White is what is made anew. Invert the mask, or leave it out to redraw the whole picture.",
            param="mask",
        ).because("mask_blank", param="mask")
    return hole


def _redrawn(scene: Scene, fitted: Rgb, hole: NDArray[np.bool_]) -> tuple[Rgb, dict[str, Any]]:
    read = wish(scene.prompt, scene.negative_prompt)
    said = {"understood": read.said(), "changed": round(float(hole.mean()), 4)}
    if hole.all():
        return image_to_image.drawn(scene, [fitted])[0], said
    return refill.refilled(fitted, hole, read.brief, scene.seed), said
