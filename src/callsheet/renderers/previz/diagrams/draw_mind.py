"""Draws a mind map: the topic in the middle, its branches to both sides, each in a colour of its own."""

from __future__ import annotations

from collections.abc import Sequence

from callsheet.renderers.previz.diagrams import letters
from callsheet.renderers.previz.diagrams.shapes import Branch
from callsheet.renderers.previz.diagrams.sheet import Sheet
from callsheet.renderers.previz.diagrams.theme import HEAD

_SIZES = (HEAD, 15.0, 14.0, 13.0)
_LIMITS = (230.0, 180.0, 190.0, 190.0)
_APART = (84.0, 52.0, 40.0, 36.0)
"""How far a level stands from the one before."""

_ROOM = (26.0, 14.0, 9.0)
"""What lies between two neighbours of a level."""


def draw(topic: Branch, sheet: Sheet) -> None:
    """The whole map, its two sides about equally high."""
    right, left = _sides(topic.children)
    wide, _ = _size(topic, 0)
    index = 0
    for side, branches in ((1, right), (-1, left)):
        y = -_stack(branches, 1) / 2
        for branch in branches:
            high = _height(branch, 1)
            _grow(sheet, branch, 1, (side * wide / 2, 0.0), y + high / 2, side, index)
            y += high + _ROOM[0]
            index += 1
    _draw_topic(sheet, topic)


def _sides(branches: Sequence[Branch]) -> tuple[list[Branch], list[Branch]]:
    """The first ones to the right, the others to the left, cut where the heights differ least; few stay right."""
    if len(branches) < 3:
        return list(branches), []
    heights = [_height(branch, 1) for branch in branches]
    cut = min(range(1, len(branches)), key=lambda at: abs(sum(heights[:at]) - sum(heights[at:])))
    return list(branches[:cut]), list(branches[cut:])


def _level(values: Sequence[float], depth: int) -> float:
    return values[min(depth, len(values) - 1)]


def _lines(branch: Branch, depth: int) -> list[str]:
    return letters.wrap(letters.drawable(branch.label) or "·", _level(_SIZES, depth), _level(_LIMITS, depth))


def _size(branch: Branch, depth: int) -> tuple[float, float]:
    said, size = _lines(branch, depth), _level(_SIZES, depth)
    wide = max(letters.width(line, size) for line in said)
    high = len(said) * size * letters.LINE
    pad_x, pad_y = ((30, 26), (26, 14), (10, 8))[min(depth, 2)]
    return wide + pad_x, high + pad_y


def _stack(branches: Sequence[Branch], depth: int) -> float:
    gaps = _level(_ROOM, depth - 1) * max(0, len(branches) - 1)
    return sum(_height(branch, depth) for branch in branches) + gaps


def _height(branch: Branch, depth: int) -> float:
    return max(_size(branch, depth)[1], _stack(branch.children, depth + 1))


def _grow(sheet: Sheet, branch: Branch, depth: int, root: tuple[float, float], y: float, side: int, tone: int) -> None:
    """One branch with its middle at height `y`, joined to `root`, and all that grows from it."""
    wide, high = _size(branch, depth)
    near = root[0] + side * _level(_APART, depth - 1)
    _join(sheet, root, (near, y), tone, depth)
    _draw_thought(sheet, branch, depth, (near if side > 0 else near - wide, y - high / 2, wide, high), tone)
    end = (near + side * wide, y)
    at = y - _stack(branch.children, depth + 1) / 2
    for child in branch.children:
        room = _height(child, depth + 1)
        _grow(sheet, child, depth + 1, end, at + room / 2, side, tone)
        at += room + _level(_ROOM, depth)


def _join(sheet: Sheet, start: tuple[float, float], end: tuple[float, float], tone: int, depth: int) -> None:
    (x, y), (to_x, to_y) = start, end
    half = (x + to_x) / 2
    sheet.open("twig")
    d = f"M{x:.1f} {y:.1f}C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    sheet.path(d, [start, end], sheet.theme.accent(tone), stroke=max(1.5, 4.0 - depth))
    sheet.close()


def _draw_thought(sheet: Sheet, branch: Branch, depth: int, box: tuple[float, float, float, float], tone: int) -> None:
    x, y, w, h = box
    theme = sheet.theme
    sheet.open(f"thought level-{depth}")
    if depth == 1:
        sheet.rect(x, y, w, h, theme.accent(tone), rx=theme.rounding)
    else:
        sheet.rect(x, y, w, h, theme.tint(tone), rx=theme.rounding * 0.75)
    ink = theme.on_accent if depth == 1 else theme.ink
    sheet.lines(x + w / 2, y + h / 2, _lines(branch, depth), _level(_SIZES, depth), ink)
    sheet.close()


def _draw_topic(sheet: Sheet, topic: Branch) -> None:
    wide, high = _size(topic, 0)
    theme = sheet.theme
    sheet.open("thought level-0")
    sheet.rect(-wide / 2, -high / 2, wide, high, theme.ink, rx=high / 2 if high < 70 else 24)
    sheet.lines(0, 0, _lines(topic, 0), HEAD, theme.paper, bold=True)
    sheet.close()
