"""Subtitles drawn: broken into even lines inside the safe area, readable on any picture, the spoken word lit up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from callsheet.renderers.edit.cues import Cue, Word
from callsheet.renderers.edit.frames import Rgb
from callsheet.renderers.previz import lettering

SAFE = 0.05
"""How much of each side of the picture stays free of letters."""

_INK, _LIT, _SHADE = (255, 255, 255), (255, 214, 64), (0, 0, 0)
_BOX = 0.62
_LEADING = 1.32
_SMALLEST = 0.5
_WEIGHT = 500
_PAUSE = re.compile(r"[，。、；：！？…]+[”’」』）]*|[,.;:!?…]+['\")]*(?=\s)")
_EVEN = 0.45
"""How long the shorter of two lines is at least, as a share of the other, where they part at a pause."""

Plane = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Style:
    """How they look: `position` bottom, middle or top; `look` box or outline; `size` of letters in pixels."""

    position: str
    look: str
    size: int
    highlight: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands: its text, and from which character of the cue on."""

    text: str
    begin: int


def draw(rgb: Rgb, shown: Sequence[tuple[Cue, Word | None]], style: Style) -> None:
    """Letter the cues onto the picture in place, one under the other; the spoken word of each may be lit."""
    height, width = rgb.shape[:2]
    text = "\n".join(cue.text for cue, _ in shown)
    spans = tuple(_lit(shown)) if style.highlight else ()
    top, keep, light = _plate(text, spans, style, width, height)
    part = rgb[top : top + len(keep)]
    cv2.multiply(part, keep, dst=part, scale=1 / 255)
    cv2.add(part, light, dst=part)


@lru_cache(maxsize=8)
def _plate(
    text: str, spans: tuple[tuple[int, int], ...], style: Style, width: int, height: int
) -> tuple[int, Rgb, Rgb]:
    """From which row on, what the picture's rows are multiplied by (255 keeps), and what is added: made once per text.

    Whatever lies under them, letters and box blend with it alike: what they do to white and to black says all.
    """
    white, black = np.full((height, width, 3), 255, np.uint8), np.zeros((height, width, 3), np.uint8)
    for ground in (white, black):
        _drawn(ground, text, spans, style)
    rows = np.nonzero(((white != 255) | (black != 0)).any(axis=(1, 2)))[0]
    first, last = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 1)
    return first, cv2.subtract(white, black)[first:last].copy(), black[first:last].copy()  # pyright: ignore[reportReturnType]


def _drawn(rgb: Rgb, text: str, spans: Sequence[tuple[int, int]], style: Style) -> None:
    height, width = rgb.shape[:2]
    size, lines = _laid(text, style.size, width, height)
    step = round(size * _LEADING)
    top = _top(style.position, height, step * len(lines))
    if style.look == "box":
        _shade(rgb, lines, size, top, step)
    for place, line in enumerate(lines):
        _letter(rgb, line, size, top + place * step, style, spans)


def _lit(shown: Sequence[tuple[Cue, Word | None]]) -> list[tuple[int, int]]:
    """Which characters of all cues' text together are being spoken."""
    found: list[tuple[int, int]] = []
    begin = 0
    for cue, word in shown:
        if word is not None:
            found.append((begin + word.begin, begin + word.end))
        begin += len(cue.text) + 1
    return found


def _laid(text: str, size: int, width: int, height: int) -> tuple[int, tuple[Line, ...]]:
    """The size and the lines of a text; letters shrink, to half at most, where it would fill half the height."""
    room = round(width * (1 - 2 * SAFE)) - round(size * 0.9)
    lines = _lines(text, size, room)
    while len(lines) * size * _LEADING > height * 0.5 and size > 8 and size > height * SAFE * _SMALLEST:
        size = round(size * 0.9)
        lines = _lines(text, size, room)
    return size, tuple(lines)


def _lines(text: str, size: int, room: int) -> list[Line]:
    """Lines of about equal length, as few as fit: a break that the text has stays."""
    found: list[Line] = []
    at = 0
    for paragraph in text.split("\n"):
        for line in _even(paragraph, size, room):
            begin = text.index(line[:1], at) if line else at
            found.append(Line(line, begin))
            at = begin + len(line)
        at = min(len(text), at)
    return found


def _even(text: str, size: int, room: int) -> list[str]:
    """The fewest lines that hold the text, and of those the narrowest, so that none is left with a single word."""
    widest = lettering.wrap(text, size, room, weight=_WEIGHT)
    if len(widest) == 1:
        return widest
    if len(widest) == 2 and (paused := _at_pause(text, size, room)):
        return paused
    low, high = room // len(widest), room
    while high - low > max(2, size // 4):
        middle = (low + high) // 2
        if len(lettering.wrap(text, size, middle, weight=_WEIGHT)) > len(widest):
            low = middle
        else:
            high = middle
    return lettering.wrap(text, size, high, weight=_WEIGHT)


def _at_pause(text: str, size: int, room: int) -> list[str]:
    """Two lines that part where the reader pauses, the evenest such pair; none where one would be far the shorter."""
    found: list[tuple[float, list[str]]] = []
    for place in (match.end() for match in _PAUSE.finditer(text)):
        lines = [text[:place].rstrip(), text[place:].lstrip()]
        shorter, longer = sorted(lettering.measure(line, size, weight=_WEIGHT) for line in lines)
        if longer <= room and shorter >= longer * _EVEN:
            found.append((shorter / longer, lines))
    return max(found, default=(0.0, list[str]()))[1]


def _top(position: str, height: int, block: int) -> int:
    free = round(height * SAFE)
    return {"top": free, "middle": (height - block) // 2, "bottom": height - free - block}[position]


def _shade(rgb: Rgb, lines: Sequence[Line], size: int, top: int, step: int) -> None:
    """A dark box behind the lines, each as wide as it needs, with round corners."""
    height, width = rgb.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    pad = round(size * 0.42)
    for place, line in enumerate(lines):
        if line.text:
            half = lettering.measure(line.text, size, weight=_WEIGHT) // 2 + pad
            y = top + place * step
            _rounded(mask, (width // 2 - half, y), (width // 2 + half, y + step - 1), round(size * 0.28))
    lettering.lay(rgb, mask, (0, 0), _SHADE, _BOX)


def _rounded(mask: Plane, start: tuple[int, int], stop: tuple[int, int], radius: int) -> None:
    (x0, y0), (x1, y1) = start, stop
    cv2.rectangle(mask, (x0 + radius, y0), (x1 - radius, y1), (255,), -1)
    cv2.rectangle(mask, (x0, y0 + radius), (x1, y1 - radius), (255,), -1)
    for x in (x0 + radius, x1 - radius):
        for y in (y0 + radius, y1 - radius):
            cv2.circle(mask, (x, y), radius, (255,), -1, cv2.LINE_AA)


def _letter(rgb: Rgb, line: Line, size: int, top: int, style: Style, spans: Sequence[tuple[int, int]]) -> None:
    if not line.text.strip():
        return
    mask, ascent = lettering.coverage(line.text, size, weight=_WEIGHT)
    pad = max(2, size // 4)
    left = (rgb.shape[1] - mask.shape[1]) // 2
    at = (left, top + round(size * 1.02) - ascent)
    if style.look == "outline":
        lettering.lay(rgb, _outline(mask, size), (left - size // 4, at[1] - size // 4), _SHADE, 0.9)
    lettering.lay(rgb, mask, at, _INK)
    for begin, end in spans:
        first, last = max(begin, line.begin) - line.begin, min(end, line.begin + len(line.text)) - line.begin
        if first < last:
            x0, x1 = (lettering.measure(line.text[:n], size, weight=_WEIGHT, within=line.text) for n in (first, last))
            lit = mask[:, pad + x0 : pad + x1 + 1]
            lettering.lay(rgb, lit, (at[0] + pad + x0, at[1]), _LIT)


def _outline(mask: Plane, size: int) -> Plane:
    """A soft dark edge around letters, with room for it on every side."""
    room = size // 4
    wide = cv2.copyMakeBorder(mask, room, room, room, room, cv2.BORDER_CONSTANT, value=(0,))
    reach = max(1, round(size * 0.075))
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.GaussianBlur(cv2.dilate(wide, brush), (0, 0), max(0.6, size * 0.03)), np.uint8)
