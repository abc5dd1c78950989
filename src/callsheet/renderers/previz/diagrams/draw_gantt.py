"""Draws a Gantt chart: one bar per task on a calendar, sections in bands, arrows where one waits for another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from callsheet.renderers.previz.diagrams import letters
from callsheet.renderers.previz.diagrams.shapes import Plan, Span
from callsheet.renderers.previz.diagrams.sheet import Point, Sheet
from callsheet.renderers.previz.diagrams.theme import HEAD, SMALL, TEXT

ROW, BAR = 38.0, 22.0
_SECTION = 30.0
_AXIS = 30.0
_CHART = 860.0
_NAMES = 220.0
_STEPS = (1, 2, 7, 14, 28, 91, 182, 365)
"""Days between two lines of the calendar: the finest at which they keep apart."""


def draw(plan: Plan, sheet: Sheet, language: str) -> None:
    """The chart; bars are exactly proportional to days. Without dates the calendar counts weeks or days from one."""
    first, days = extent(plan)
    per_day = _CHART / days
    rows = list(_rows(plan))
    names = min(_NAMES, max(80.0, *(letters.width(letters.drawable(name), TEXT) for _, name, _, _ in rows))) + 28
    bottom = rows[-1][0] + (ROW if rows[-1][2] else _SECTION)
    if plan.title:
        sheet.text(0, -_AXIS - 32, letters.drawable(plan.title), HEAD, sheet.theme.ink, anchor="start", bold=True)
    _draw_bands(sheet, rows, names, bottom)
    _draw_calendar(sheet, plan, names, bottom, language)
    places = {span.id: (y + ROW / 2, span) for y, _, span, _ in rows if span}
    _draw_waits(sheet, plan, places, names, per_day, first)
    for y, name, span, tone in rows:
        if span:
            _draw_span(sheet, span, name, y + ROW / 2, tone, (names, per_day, first), language)


def extent(plan: Plan) -> tuple[date, int]:
    """The first day of the calendar and how many days it shows."""
    first = min(span.start for span in plan.spans)
    last = max(span.start + timedelta(days=max(1, span.days)) for span in plan.spans)
    return first, max(1, (last - first).days)


def _rows(plan: Plan) -> Iterator[tuple[float, str, Span | None, int]]:
    """Top, name, task (None for the head of a section) and colour of each row."""
    y, tone, section = 0.0, -1, None
    ordered = list(dict.fromkeys(span.section for span in plan.spans))
    for section in ordered:
        tone += 1
        if section:
            yield y, section, None, tone
            y += _SECTION
        for span in plan.spans:
            if span.section == section:
                yield y, span.name, span, tone if len(ordered) > 1 else 0
                y += ROW


def _draw_bands(sheet: Sheet, rows: list[tuple[float, str, Span | None, int]], names: float, bottom: float) -> None:
    theme = sheet.theme
    sheet.rect(0, 0, names + _CHART + 16, bottom, theme.paper, line=theme.grid, rx=theme.rounding, stroke=1)
    stripe = 0
    for y, name, span, tone in rows:
        if span is None:
            sheet.open("section", name)
            sheet.rect(0.5, y + 0.5, names + _CHART + 15, _SECTION - 1, theme.tint(tone), stroke=0)
            sheet.text(14, y + _SECTION / 2, letters.drawable(name), 13, theme.accent(tone), anchor="start", bold=True)
            sheet.close()
            stripe = 0
        else:
            if stripe % 2:
                sheet.rect(0.5, y, names + _CHART + 15, ROW, theme.panel, stroke=0)
            stripe += 1


def _draw_calendar(sheet: Sheet, plan: Plan, names: float, bottom: float, language: str) -> None:
    first, days = extent(plan)
    per_day = _CHART / days
    step = next((step for step in _STEPS if step * per_day >= 74), _STEPS[-1])
    sheet.open("calendar")
    for day in range(0, days + 1, step):
        x = names + day * per_day
        sheet.polyline([(x, 0), (x, bottom)], sheet.theme.grid, stroke=1)
        if day < days or step * per_day > 70:
            said = (
                _day(first + timedelta(days=day), step, day == 0 or days > 330)
                if plan.dated
                else _count(day, step, language)
            )
            if x + 60 < names + _CHART or day == 0:
                sheet.text(x + 2, -14, said, SMALL, sheet.theme.quiet, anchor="start")
    sheet.close()


def _day(day: date, step: int, whole: bool) -> str:
    if step >= 365:
        return str(day.year)
    return day.strftime("%Y-%m-%d" if whole or day.timetuple().tm_yday < step else "%m-%d")


def _count(day: int, step: int, language: str) -> str:
    """`Week 3`, or a day where weeks are too coarse; the number alone in languages that have no word here."""
    number, kind = (day // 7 + 1, 1) if step >= 7 else (day + 1, 0)
    if language.startswith("zh") or language == "ja":
        return f"第{number}{('天', '周')[kind]}" if language.startswith("zh") else f"{number}{('日目', '週目')[kind]}"
    if language == "en":
        return f"{('Day', 'Week')[kind]} {number}"
    return f"{day + 1}"


def _draw_waits(
    sheet: Sheet,
    plan: Plan,
    places: Mapping[str, tuple[float, Span]],
    names: float,
    per_day: float,
    first: date,
) -> None:
    """From the end of one bar down to the beginning of the one that waits for it."""
    for span in plan.spans:
        for before in span.after:
            if before not in places:
                continue
            (y, earlier), (to_y, _) = places[before], places[span.id]
            x = names + ((earlier.start - first).days + earlier.days) * per_day
            to_x = names + (span.start - first).days * per_day
            sheet.open("wait", f"{before} {span.id}")
            points = _wait((x, y), (to_x, to_y), bool(earlier.days), bool(span.days))
            sheet.polyline(points, sheet.theme.line, stroke=1.2, bend=4, tip=True)
            sheet.close()


def _wait(end: Point, begin: Point, from_bar: bool, to_bar: bool) -> list[Point]:
    """The corners of an arrow from the end of a bar (or milestone) to the beginning of another."""
    (x, y), (to_x, to_y) = end, begin
    down = 1 if to_y > y else -1
    goal = to_x + 6 if to_bar else to_x
    stop = to_y - down * BAR / 2
    if goal - x > 14:
        return [(x, y), (goal, y), (goal, stop)]
    leave = x - 6 if from_bar else x
    bend = to_y - down * (BAR / 2 + 9)
    return [(leave, y + down * BAR / 2), (leave, bend), (goal, bend), (goal, stop)]


def _draw_span(
    sheet: Sheet, span: Span, name: str, y: float, tone: int, scale: tuple[float, float, date], language: str
) -> None:
    names, per_day, first = scale
    theme = sheet.theme
    sheet.open("milestone" if span.days == 0 else "span", span.id)
    label = _fitted(letters.drawable(name), names - 24)
    sheet.lines(14, y, label, TEXT if len(label) == 1 else SMALL, theme.ink, anchor="start")
    x = names + (span.start - first).days * per_day
    if span.days == 0:
        r = BAR / 2
        sheet.polygon([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], theme.accent(tone + 2), line=theme.paper)
    else:
        wide = span.days * per_day
        sheet.rect(x, y - BAR / 2, wide, BAR, theme.accent(tone), rx=min(6, wide / 3), stroke=0)
        said = lasting(span.days, language)
        if letters.width(said, SMALL) + 12 < wide:
            sheet.text(x + wide / 2, y, said, SMALL, theme.on_accent)
    sheet.close()


def _fitted(name: str, limit: float) -> list[str]:
    """On one line, or smaller on two."""
    if letters.width(name, TEXT) <= limit:
        return [name]
    lines = letters.wrap(name, SMALL, limit)
    return lines if len(lines) < 3 else [lines[0], lines[1][:-1] + "…"]


def lasting(days: int, language: str) -> str:
    """How long, in the language's words where there are any here."""
    if language.startswith("zh"):
        return f"{days}天"
    if language == "ja":
        return f"{days}日"
    return f"{days} d"
