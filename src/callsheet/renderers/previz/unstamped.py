"""Takes a preview's own mark and slate off a picture that is filmed or painted again, so that neither shows twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import av
import cv2
import numpy as np
from av.error import FFmpegError
from PIL import Image

from callsheet.renderers import media
from callsheet.renderers.encode import PREVIEW
from callsheet.renderers.previz import mark
from callsheet.renderers.previz.slate import Slate
from callsheet.renderers.scene import Scene

_DESCRIPTION = 0x010E
_LETTER, _NEAR, _ALIKE = 200, 26, 0.6
_THROUGH = 80
"""Where less than this of 255 shows through, the picture is filled in from beside it."""


def clean(rgb: np.ndarray, path: Path, scene: Scene) -> np.ndarray:
    """The picture of that file without its mark and slate, where the scene will be marked anew and the file is marked.

    What the file's metadata says is held against the pixels: only what is really there is taken off. A file that is no
    preview, and a scene without a mark, give the picture as it is.
    """
    told = marked(path) if scene.mark else {}
    if not told:
        return rgb
    made = rgb.copy()
    _lift(made, mark.overlay(rgb.shape[1], rgb.shape[0]))
    prompt, *facts = told.get("slate") or [""]
    if facts:
        drawn = Scene(scene.capability, str(prompt), width=rgb.shape[1], height=rgb.shape[0])
        _lift(made, Slate(drawn, tuple(map(str, facts))).overlay)
    return made


def carried(path: Path | None) -> dict[str, Any]:
    """What a picture says of the mark and slate that it keeps from the file it was made from."""
    told = marked(path) if path is not None else {}
    return {name: told[name] for name in ("marked", "slate") if name in told}


def marked(path: Path) -> Mapping[str, Any]:
    """What the metadata of a preview that bears a visible mark says; nothing where the file is no such one."""
    for words in _descriptions(path):
        start = words.find("{")
        try:
            told: Any = json.loads(words[start:]) if start >= 0 else None
        except ValueError:
            continue
        if isinstance(told, dict) and cast("dict[str, Any]", told).get("marked") is True:
            return cast("dict[str, Any]", told)
    return {}


def _descriptions(path: Path) -> list[str]:
    try:
        if media.probe(path).kind == "image":
            with Image.open(path) as image:
                told: list[Any] = [image.info.get("Description"), image.getexif().get(_DESCRIPTION)]
            return [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in told if one]
        with av.open(str(path), options={"protocol_whitelist": "file"}, metadata_errors="replace") as container:
            kept = container.metadata
            return [kept.get("description", "")] if PREVIEW in kept.get("comment", "") else []
    except (media.NotMedia, media.TooManyPixels, FFmpegError, OSError, ValueError, SyntaxError):
        return []


def _is_there(part: np.ndarray, add: np.ndarray) -> bool:
    """Whether the overlay's letters stand in the picture: as bright as drawn, and brighter than what is around them."""
    lit = add.max(axis=2)
    letters = lit > _LETTER
    if not letters.any() or np.median(np.abs(part[letters].astype(int) - add[letters])) > _NEAR:
        return False
    rows, columns = np.flatnonzero(letters.any(axis=1)), np.flatnonzero(letters.any(axis=0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return float(np.corrcoef(part[box].max(axis=2).ravel(), lit[box].ravel())[0, 1]) > _ALIKE


def _lift(rgb: np.ndarray, overlay: mark.Overlay | None) -> None:
    """Undo one overlay, in place: what shows through is made as bright as it was, letters are filled from beside."""
    if overlay is None:
        return
    top, left, keep, add = overlay
    part = rgb[top : top + keep.shape[0], left : left + keep.shape[1]]
    if not _is_there(part, add):
        return
    below = (part.astype(np.float32) - add) * (255 / np.maximum(keep, 1))
    part[:] = np.clip(np.rint(below), 0, 255).astype(np.uint8)
    covered = (keep.min(axis=2) < _THROUGH) | (add.max(axis=2) > 12)
    hidden = cv2.dilate(covered.astype(np.uint8), np.ones((3, 3), np.uint8))
    around = 12
    y0, x0 = max(0, top - around), max(0, left - around)
    y1, x1 = min(rgb.shape[0], top + keep.shape[0] + around), min(rgb.shape[1], left + keep.shape[1] + around)
    holes = np.zeros((y1 - y0, x1 - x0), np.uint8)
    holes[top - y0 : top - y0 + hidden.shape[0], left - x0 : left - x0 + hidden.shape[1]] = hidden
    rgb[y0:y1, x0:x1] = cv2.inpaint(np.ascontiguousarray(rgb[y0:y1, x0:x1]), holes, 3, cv2.INPAINT_TELEA)
