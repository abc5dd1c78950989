"""Draws charts: bars, lines and rings whose lengths, heights and angles are exactly proportional to the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, cos, floor, log10, pi, sin

from callsheet.renderers.previz.diagrams import letters
from callsheet.renderers.previz.diagrams.shapes import Chart, Figure
from callsheet.renderers.previz.diagrams.sheet import Point, Sheet
from callsheet.renderers.previz.diagrams.theme import SMALL

HEIGHT = 230.0
_LABEL = 40.0


def draw(chart: Chart, sheet: Sheet, x: float, y: float, wide: float, tone: int) -> None:
    """The chart within `wide` x HEIGHT pixels, its upper left corner at x, y."""
    sheet.open(f"chart {chart.kind}-chart", chart.title)
    {"bar": _bars, "line": _line, "donut": _ring}[chart.kind](chart.figures, sheet, (x, y), wide, tone)
    sheet.close()


def scale(values: Sequence[float]) -> tuple[float, float]:
    """The bottom and top of an axis that shows all values: zero is always on it, the other end a round number."""
    low, high = min(0.0, *values), max(0.0, *values)
    if low == high:
        return 0.0, 1.0
    step = 10 ** floor(log10(max(high, -low)))
    step = step / 2 if max(high, -low) / step < 4 else step
    return floor(low / step + 1e-9) * step if low < 0 else 0.0, ceil(high / step - 1e-9) * step


def _frame(figures: Sequence[Figure], sheet: Sheet, at: Point, wide: float) -> tuple[float, float, float]:
    """Rules across; gives the height of zero, pixels per unit, and the top."""
    x, y = at
    low, high = scale([figure.value for figure in figures])
    top, bottom = y + 20, y + HEIGHT - _LABEL
    per = (bottom - top) / (high - low)
    for step in range(5):
        level = top + (bottom - top) * step / 4
        sheet.polyline([(x, level), (x + wide, level)], sheet.theme.grid, stroke=1)
    return bottom + low * per, per, top


def _bars(figures: Sequence[Figure], sheet: Sheet, at: Point, wide: float, tone: int) -> None:
    if max(letters.width(letters.drawable(figure.label), SMALL) for figure in figures) > 1.6 * wide / len(figures):
        _lying(figures, sheet, at, wide, tone)
        return
    zero, per, _ = _frame(figures, sheet, at, wide)
    room = wide / len(figures)
    thick = min(64.0, room * 0.6)
    for index, figure in enumerate(figures):
        middle = at[0] + room * (index + 0.5)
        high = abs(figure.value) * per
        top = zero - high if figure.value >= 0 else zero
        sheet.open("bar", figure.label)
        sheet.rect(middle - thick / 2, top, thick, high, sheet.theme.accent(tone), rx=min(4, high / 2), stroke=0)
        sheet.text(middle, top - 10 if figure.value >= 0 else top + high + 10, figure.shown, SMALL, sheet.theme.ink)
        sheet.close()
        _below(sheet, figure, middle, at[1] + HEIGHT - _LABEL / 2 + 2, room)


def _lying(figures: Sequence[Figure], sheet: Sheet, at: Point, wide: float, tone: int) -> None:
    """Long names: bars that lie, their names above them."""
    _, high = scale([abs(figure.value) for figure in figures])
    room = HEIGHT / len(figures)
    numbers = max(letters.width(figure.shown, SMALL) for figure in figures) + 10
    for index, figure in enumerate(figures):
        y = at[1] + room * index
        thick = max(6.0, min(16.0, room - 20))
        length = (wide - numbers) * abs(figure.value) / high
        name = letters.wrap(letters.drawable(figure.label), SMALL, wide)
        sheet.text(at[0], y + 8, name[0] + ("…" if len(name) > 1 else ""), SMALL, sheet.theme.quiet, anchor="start")
        sheet.open("bar lying", figure.label)
        sheet.rect(at[0], y + 17, length, thick, sheet.theme.accent(tone), rx=min(4, length / 2), stroke=0)
        sheet.text(at[0] + length + 6, y + 17 + thick / 2, figure.shown, SMALL, sheet.theme.ink, anchor="start")
        sheet.close()


def _below(sheet: Sheet, figure: Figure, x: float, y: float, room: float) -> None:
    lines = letters.wrap(letters.drawable(figure.label), SMALL, room - 6)
    sheet.lines(x, y, lines[:2] if len(lines) < 3 else [lines[0], lines[1] + "…"], SMALL, sheet.theme.quiet)


def _line(figures: Sequence[Figure], sheet: Sheet, at: Point, wide: float, tone: int) -> None:
    zero, per, _ = _frame(figures, sheet, at, wide)
    room = wide / len(figures)
    points = [(at[0] + room * (index + 0.5), zero - figure.value * per) for index, figure in enumerate(figures)]
    area = "".join(f"L{x:.2f} {y:.2f}" for x, y in points)
    edge = f"M{points[0][0]:.2f} {zero:.2f}{area}L{points[-1][0]:.2f} {zero:.2f}Z"
    sheet.path(edge, points, "none", stroke=0, fill=sheet.theme.tint(tone))
    sheet.polyline(points, sheet.theme.accent(tone), stroke=2.5, bend=0.01)
    every = ceil(len(figures) * 44 / wide)
    for index, (figure, (x, y)) in enumerate(zip(figures, points, strict=True)):
        sheet.open("point", figure.label)
        sheet.circle(x, y, 4, sheet.theme.paper, line=sheet.theme.accent(tone), stroke=2.2)
        if index % every == 0 or index == len(figures) - 1:
            sheet.text(x, y - 14, figure.shown, SMALL, sheet.theme.ink)
            _below(sheet, figure, x, at[1] + HEIGHT - _LABEL / 2 + 2, room * every)
        sheet.close()


def _ring(figures: Sequence[Figure], sheet: Sheet, at: Point, wide: float, tone: int) -> None:
    total = sum(figure.value for figure in figures) or 1.0
    r = min(88.0, wide * 0.24)
    x, y = at[0] + r + 8, at[1] + HEIGHT / 2
    turn = -pi / 2
    for index, figure in enumerate(figures):
        share = figure.value / total
        sheet.open("slice", figure.label)
        sheet.path(
            _slice((x, y), r, r * 0.6, turn, turn + 2 * pi * share),
            [(x - r, y - r), (x + r, y + r)],
            sheet.theme.paper,
            stroke=2,
            fill=sheet.theme.accent(tone + index),
        )
        sheet.close()
        turn += 2 * pi * share
    row = min(30.0, HEIGHT / len(figures))
    for index, figure in enumerate(figures):
        level = y + (index - (len(figures) - 1) / 2) * row
        left = x + r + 28
        sheet.rect(left, level - 6, 12, 12, sheet.theme.accent(tone + index), rx=3, stroke=0)
        room = at[0] + wide - left - 20 - letters.width(figure.shown, 13) - 14
        name = letters.wrap(letters.drawable(figure.label), 13, room)
        sheet.text(left + 20, level, name[0] + ("…" if len(name) > 1 else ""), 13, sheet.theme.ink, anchor="start")
        sheet.text(at[0] + wide, level, figure.shown, 13, sheet.theme.ink, anchor="end", bold=True)


def _slice(middle: Point, outer: float, inner: float, start: float, end: float) -> str:
    """A piece of a ring; a whole one is cut a hair short, for an arc cannot end where it begins."""
    end = min(end, start + 2 * pi - 1e-4)
    large = 1 if end - start > pi else 0
    (x, y) = middle
    a, b = (x + outer * cos(start), y + outer * sin(start)), (x + outer * cos(end), y + outer * sin(end))
    c, d = (x + inner * cos(end), y + inner * sin(end)), (x + inner * cos(start), y + inner * sin(start))
    return (
        f"M{a[0]:.3f} {a[1]:.3f}A{outer:.2f} {outer:.2f} 0 {large} 1 {b[0]:.3f} {b[1]:.3f}"
        f"L{c[0]:.3f} {c[1]:.3f}A{inner:.2f} {inner:.2f} 0 {large} 0 {d[0]:.3f} {d[1]:.3f}Z"
    )
