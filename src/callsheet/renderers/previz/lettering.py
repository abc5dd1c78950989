"""Crisp lettering in Chinese and English with the fonts in the OpenCV wheel: no machine needs a font installed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal

import cv2
import numpy as np

Align = Literal["left", "center", "right"]
Colour = tuple[int, int, int]

ELLIPSIS = "…"
_WIDE = r"\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
_PIECE = re.compile(rf"\s+|[{_WIDE}]|[^\s{_WIDE}]+")
# A line never begins with one of these: they belong to the character before.
_CLOSING = frozenset("，。、；：？！）】》」』”’…,.;:?!)]}%")


def plain(text: str) -> str:
    """The text on one line: line breaks, tabs and control characters become single blanks."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()


def measure(text: str, size: int, *, weight: int = 400, within: str | None = None) -> int:
    """How many pixels wide the text is at `size` pixels; with `within`, in the hand that draws that whole line."""
    if not text:
        return 0
    x, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), _face(within or text), size, weight)
    return int(x + width)


def wrap(text: str, size: int, width: int, *, lines: int = 0, weight: int = 400) -> list[str]:
    """Break the text into lines of at most `width` pixels, by measured width.

    Latin words stay whole unless one alone is too wide; Chinese breaks anywhere but before closing punctuation.
    With `lines`, what does not fit ends in an ellipsis.
    """
    made: list[str] = []
    line = ""
    for piece in _pieces(plain(text), size, width, weight):
        if line and piece not in _CLOSING and measure((line + piece).rstrip(), size, weight=weight) > width:
            made.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    made.append(line.rstrip())
    if lines and len(made) > lines:
        return [*made[: lines - 1], fit(made[lines - 1] + " " + made[lines], size, width, weight=weight, cut=True)]
    return made


def fit(text: str, size: int, width: int, *, weight: int = 400, cut: bool = False) -> str:
    """The text on one line within `width` pixels; an ellipsis stands for what is left out (with `cut`, always)."""
    text = plain(text)
    if not cut and measure(text, size, weight=weight) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip() + ELLIPSIS, size, weight=weight) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip(" ,，、") + ELLIPSIS


def coverage(text: str, size: int, *, weight: int = 400) -> tuple[np.ndarray, int]:
    """How much of each pixel the text covers (uint8, height x width) and the row of its baseline within it."""
    pad = max(2, size // 4)
    ascent, descent = round(size * 1.15), round(size * 0.45)
    mask = np.zeros((ascent + descent, measure(text, size, weight=weight) + 2 * pad), np.uint8)
    if text:
        cv2.putText(mask, text, (pad, ascent), (255,), _face(text), size, weight)
    return mask, ascent


def draw(
    rgb: np.ndarray,
    text: str,
    at: tuple[int, int],
    size: int,
    colour: Colour = (255, 255, 255),
    *,
    weight: int = 400,
    opacity: float = 1.0,
    align: Align = "left",
) -> None:
    """Letter one line onto the picture in place; `at` is the left, middle or right end of its baseline."""
    mask, ascent = coverage(text, size, weight=weight)
    pad = max(2, size // 4)
    shift = {"left": pad, "center": mask.shape[1] // 2, "right": mask.shape[1] - pad}[align]
    lay(rgb, mask, (at[0] - shift, at[1] - ascent), colour, opacity)


def lay(rgb: np.ndarray, mask: np.ndarray, at: tuple[int, int], colour: Colour, opacity: float = 1.0) -> None:
    """Blend one colour through a uint8 mask whose top left corner lies at `at`; what falls outside is not drawn."""
    x0, y0 = max(0, at[0]), max(0, at[1])
    x1, y1 = min(rgb.shape[1], at[0] + mask.shape[1]), min(rgb.shape[0], at[1] + mask.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = mask[y0 - at[1] : y1 - at[1], x0 - at[0] : x1 - at[0], None].astype(np.float32) * (opacity / 255)
    under = rgb[y0:y1, x0:x1].astype(np.float32)
    rgb[y0:y1, x0:x1] = np.rint(under + (np.asarray(colour, np.float32) - under) * part).astype(np.uint8)


def _pieces(text: str, size: int, width: int, weight: int) -> list[str]:
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        if len(piece) > 1 and measure(piece, size, weight=weight) > width:
            pieces.extend(piece)
        else:
            pieces.append(piece)
    return pieces


def _face(text: str) -> Any:
    """WenQuanYi Micro Hei where the text has wide characters, so that one line has one hand; else Rubik."""
    return _open("uni" if re.search(f"[{_WIDE}]", text) else "sans")


@lru_cache(maxsize=4)
def _open(name: str) -> Any:
    return cv2.FontFace(name)
