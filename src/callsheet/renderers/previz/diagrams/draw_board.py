"""Draws an infographic: title, big numbers, charts, comparisons, steps and cards on one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from callsheet.renderers.previz.diagrams import draw_charts, letters
from callsheet.renderers.previz.diagrams.shapes import Board, Card, Chart, Figure, Versus
from callsheet.renderers.previz.diagrams.sheet import Sheet
from callsheet.renderers.previz.diagrams.theme import TEXT, TITLE

WIDTH = 920.0
_GAP = 20.0
_PAD = 20.0
_BODY = 14.0


def draw(board: Board, sheet: Sheet) -> None:
    """The page from the top down; what the board does not have takes no room."""
    y = _title(board.title, sheet) if board.title else 0.0
    parts: tuple[Callable[[float], float], ...] = (
        partial(_figures, board.figures, sheet),
        partial(_charts, board.charts, sheet),
        partial(_versus, board.versus, sheet),
        partial(_steps, board.steps, sheet),
        partial(_cards, board.cards, sheet),
    )
    for part in parts:
        below = part(y)
        y = below + _GAP if below > y else y
    sheet.rect(0, 0, WIDTH, 0.01, sheet.theme.paper, stroke=0)


def _title(title: str, sheet: Sheet) -> float:
    lines = letters.wrap(letters.drawable(title), TITLE, WIDTH - 20)
    high = len(lines) * TITLE * letters.LINE
    sheet.rect(0, 4, 6, high - 6, sheet.theme.accent(0), rx=3, stroke=0)
    sheet.lines(22, high / 2, lines, TITLE, sheet.theme.ink, anchor="start", bold=True)
    return high + _GAP


def _grid(count: int, most: int) -> tuple[int, float]:
    """Columns and the width of one, so that no row is nearly empty."""
    rows = -(-count // most)
    columns = -(-count // rows)
    return columns, (WIDTH - _GAP * (columns - 1)) / columns


def _figures(figures: Sequence[Figure], sheet: Sheet, y: float) -> float:
    if not figures:
        return y
    columns, wide = _grid(len(figures), 4)
    for row in range(0, len(figures), columns):
        shown = figures[row : row + columns]
        names = [letters.wrap(letters.drawable(figure.label), _BODY, wide - 2 * _PAD) for figure in shown]
        high = 92 + max(len(name) for name in names) * _BODY * letters.LINE
        for index, (figure, name) in enumerate(zip(shown, names, strict=True)):
            _figure(sheet, figure, name, (index * (wide + _GAP), y, wide, high), row + index)
        y += high + _GAP
    return y - _GAP


def _figure(sheet: Sheet, figure: Figure, name: list[str], box: tuple[float, float, float, float], tone: int) -> None:
    x, y, w, h = box
    theme = sheet.theme
    sheet.open("figure", figure.label)
    sheet.rect(x, y, w, h, theme.tint(tone), rx=theme.rounding * 1.5, stroke=0)
    size = min(38.0, 38.0 * (w - 2 * _PAD) / max(1.0, letters.width(figure.shown, 38)))
    sheet.text(x + _PAD, y + 40, figure.shown, size, theme.accent(tone), anchor="start", bold=True)
    if figure.shown.endswith(("%", "％")) and 0 <= figure.value <= 100:
        sheet.rect(x + _PAD, y + 66, w - 2 * _PAD, 6, theme.paper, rx=3, stroke=0)
        sheet.rect(x + _PAD, y + 66, (w - 2 * _PAD) * figure.value / 100, 6, theme.accent(tone), rx=3, stroke=0)
    middle = y + 82 + (len(name) - 1) * _BODY * letters.LINE / 2 + _BODY / 2
    sheet.lines(x + _PAD, middle, name, _BODY, theme.ink, anchor="start")
    sheet.close()


def _charts(charts: Sequence[Chart], sheet: Sheet, y: float) -> float:
    for row in range(0, len(charts), 2):
        pair = charts[row : row + 2]
        columns, wide = _grid(len(pair), 2)
        head = 36.0 if any(chart.title for chart in pair) else 8.0
        high = head + draw_charts.HEIGHT + 2 * _PAD
        for index in range(columns):
            chart, x = pair[index], index * (wide + _GAP)
            sheet.rect(x, y, wide, high, sheet.theme.panel, rx=sheet.theme.rounding * 1.5, stroke=0)
            if chart.title:
                said = letters.wrap(letters.drawable(chart.title), TEXT, wide - 2 * _PAD)
                sheet.text(x + _PAD, y + 26, said[0], TEXT, sheet.theme.ink, anchor="start", bold=True)
            inner = min(wide - 2 * _PAD, 560.0 if chart.kind == "donut" else 10_000.0)
            draw_charts.draw(chart, sheet, x + (wide - inner) / 2, y + _PAD + head - 8, inner, row + index)
        y += high + _GAP
    return y - _GAP if charts else y


def _versus(pairs: Sequence[Versus], sheet: Sheet, y: float) -> float:
    theme = sheet.theme
    wide = (WIDTH - _GAP) / 2
    for pair in pairs:
        texts = [_points(card.text, wide - 2 * _PAD - 16) for card in (pair.left, pair.right)]
        high = 60 + max(24.0, *(len(text) * _BODY * 1.6 for text in texts)) + _PAD
        sheet.open("versus")
        for index, (card, text) in enumerate(zip((pair.left, pair.right), texts, strict=True)):
            x = index * (wide + _GAP)
            sheet.rect(x, y, wide, high, theme.tint(index * 2), rx=theme.rounding * 1.5, stroke=0)
            sheet.rect(x, y, wide, 44, theme.accent(index * 2), rx=theme.rounding * 1.5, stroke=0)
            sheet.text(x + wide / 2, y + 22, letters.drawable(card.head), 17, theme.on_accent, bold=True)
            _write_points(sheet, text, x + _PAD, y + 70, theme.accent(index * 2))
        sheet.circle(WIDTH / 2, y + 22, 19, theme.ink, line=theme.paper, stroke=3)
        sheet.text(WIDTH / 2, y + 22, "VS", 13, theme.paper, bold=True)
        sheet.close()
        y += high + _GAP
    return y - _GAP if pairs else y


def _points(text: str, wide: float) -> list[tuple[bool, str]]:
    """Lines, each with whether it begins a point."""
    return [
        (index == 0, line)
        for point in text.split("\n")
        if point.strip()
        for index, line in enumerate(letters.wrap(letters.drawable(point), _BODY, wide))
    ]


def _write_points(sheet: Sheet, lines: Sequence[tuple[bool, str]], x: float, y: float, colour: str) -> None:
    for index, (first, line) in enumerate(lines):
        level = y + index * _BODY * 1.6
        if first:
            sheet.circle(x + 4, level, 3, colour, stroke=0)
        sheet.text(x + 16, level, line, _BODY, sheet.theme.ink, anchor="start")


def _steps(steps: Sequence[Card], sheet: Sheet, y: float) -> float:
    if not steps:
        return y
    columns, wide = _grid(len(steps), 4)
    for row in range(0, len(steps), columns):
        shown = steps[row : row + columns]
        heads = [letters.wrap(letters.drawable(card.head), TEXT, wide - 12) for card in shown]
        texts = [letters.wrap(letters.drawable(card.text), 13, wide - 12) if card.text else [] for card in shown]
        high = max(len(head) * TEXT * 1.35 + len(text) * 13 * 1.4 for head, text in zip(heads, texts, strict=True)) + 54
        more = row + columns < len(steps)
        reach = (len(shown) - 1) * (wide + _GAP) + (wide if more else 0)
        sheet.polyline([(18, y + 18), (18 + reach, y + 18)], sheet.theme.grid, stroke=3)
        for index, (head, text) in enumerate(zip(heads, texts, strict=True)):
            _step(sheet, row + index, head, text, index * (wide + _GAP), y)
        y += high
    return y


def _step(sheet: Sheet, index: int, head: list[str], text: list[str], x: float, y: float) -> None:
    theme = sheet.theme
    sheet.open("step", str(index + 1))
    sheet.circle(x + 18, y + 18, 18, theme.accent(index), line=theme.paper, stroke=3)
    sheet.text(x + 18, y + 18, str(index + 1), TEXT, theme.on_accent, bold=True)
    high = len(head) * TEXT * letters.LINE
    sheet.lines(x, y + 50 + (high - TEXT) / 2, head, TEXT, theme.ink, anchor="start", bold=True)
    if text:
        middle = y + 50 + high + (len(text) - 1) * 13 * letters.LINE / 2
        sheet.lines(x, middle, text, 13, theme.quiet, anchor="start")
    sheet.close()


def _cards(cards: Sequence[Card], sheet: Sheet, y: float) -> float:
    if not cards:
        return y
    columns, wide = _grid(len(cards), 3 if len(cards) > 2 else 2)
    for row in range(0, len(cards), columns):
        shown = cards[row : row + columns]
        texts = [_points(card.text, wide - 2 * _PAD - 16) for card in shown]
        heads = [
            letters.wrap(letters.drawable(card.head), TEXT, wide - 2 * _PAD) if card.head else [] for card in shown
        ]
        high = (
            max(
                len(head) * TEXT * letters.LINE + (12 if head and text else 0) + len(text) * _BODY * 1.6
                for head, text in zip(heads, texts, strict=True)
            )
            + 2 * _PAD
        )
        for index, (head, text) in enumerate(zip(heads, texts, strict=True)):
            _card(sheet, head, text, (index * (wide + _GAP), y, wide, high), row + index)
        y += high + _GAP
    return y - _GAP


def _card(
    sheet: Sheet,
    head: list[str],
    text: list[tuple[bool, str]],
    box: tuple[float, float, float, float],
    tone: int,
) -> None:
    x, y, w, h = box
    theme = sheet.theme
    sheet.open("card", " ".join(head))
    sheet.rect(x, y, w, h, theme.panel, line=theme.grid, rx=theme.rounding * 1.5, stroke=1)
    sheet.rect(x, y + theme.rounding, 4, h - 2 * theme.rounding, theme.accent(tone), rx=2, stroke=0)
    high = len(head) * TEXT * letters.LINE
    if head:
        sheet.lines(x + _PAD, y + _PAD + high / 2, head, TEXT, theme.accent(tone), anchor="start", bold=True)
    top = y + _PAD + high + (12 if head and text else 0) + _BODY * 0.8
    if sum(first for first, _ in text) > 1:
        _write_points(sheet, text, x + _PAD, top, theme.accent(tone))
    else:
        for index, (_, line) in enumerate(text):
            sheet.text(x + _PAD, top + index * _BODY * 1.6, line, _BODY, theme.ink, anchor="start")
    sheet.close()
