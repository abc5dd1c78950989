"""Contact sheets of all camera moves: each as five frames of one clip over the same painted still."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from callsheet.renderers.previz import lettering
from callsheet.renderers.previz.image_to_video import over_still
from callsheet.renderers.previz.moves import DOLLY_ZOOM, MOVES, RACK_FOCUS, WHIP_PAN, Move
from callsheet.renderers.previz.painter.compose import paint
from callsheet.renderers.scene import Scene

PROMPT = "a red boat on a mountain lake with pine trees at golden hour"
FRAMES = 5
PER_PAGE = 10

_FRAME = (240, 135)
_GAP, _LINE, _LEFT = 4, 26, 14
_PAPER, _INK, _QUIET = (24, 26, 30), (240, 236, 226), (255, 196, 92)


def draw(out: Path) -> None:
    """Write `moves-1.jpg` and so on into the folder `out`: ten moves a page, in the order of their numbers."""
    still = paint(PROMPT, 1600, 900, seed=11)
    every = (*MOVES, DOLLY_ZOOM, RACK_FOCUS, WHIP_PAN)
    for page, start in enumerate(range(0, len(every), PER_PAGE), 1):
        strips = [_strip(move, still) for move in every[start : start + PER_PAGE]]
        Image.fromarray(np.vstack(strips)).save(out / f"moves-{page}.jpg", quality=76)


def _strip(move: Move, still: np.ndarray) -> np.ndarray:
    scene = Scene("image-to-video", prompt="" if move.index else move.name, width=640, height=360, duration=4.0)
    scene = Scene(
        "image-to-video", prompt=scene.prompt, width=640, height=360, duration=4.0, camera_move=move.index, mark=False
    )
    shown = [round(index * (scene.frames - 1) / (FRAMES - 1)) for index in range(FRAMES)]
    frames = [frame.copy() for index, frame in enumerate(over_still(still, scene)) if index in shown]
    width = FRAMES * (_FRAME[0] + _GAP) - _GAP + 2 * _LEFT
    strip = np.full((_FRAME[1] + _LINE + 10, width, 3), _PAPER, np.uint8)
    number = f"{move.index:02d}" if move.index else "··"
    lettering.draw(strip, number, (_LEFT, 19), 15, _QUIET, weight=600)
    lettering.draw(strip, move.name, (_LEFT + 30, 19), 15, _INK, weight=500)
    for index, frame in enumerate(frames):
        small = cv2.resize(frame, _FRAME, interpolation=cv2.INTER_AREA)
        x = _LEFT + index * (_FRAME[0] + _GAP)
        strip[_LINE : _LINE + _FRAME[1], x : x + _FRAME[0]] = small
    return strip
