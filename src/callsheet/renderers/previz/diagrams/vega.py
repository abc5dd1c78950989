"""Writes an infographic as a Vega-Lite specification, to be edited and drawn by any Vega-Lite tool."""

from __future__ import annotations

import json
from typing import Any

from callsheet.renderers.previz.diagrams import letters
from callsheet.renderers.previz.diagrams.shapes import Board, Card, Chart, Figure
from callsheet.renderers.previz.diagrams.theme import Theme

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_WIDTH = 860

Spec = dict[str, Any]


def specification(board: Board, theme: Theme, language: str, description: str) -> str:
    """The whole as JSON text: the same figures, charts, comparisons, steps and cards, one below the other."""
    parts = [_cards([Card(figure.shown, figure.label) for figure in board.figures], theme, 26)] if board.figures else []
    parts += [_chart(chart, theme) for chart in board.charts]
    parts += [_cards([pair.left, pair.right], theme, 17) for pair in board.versus]
    if board.steps:
        steps = [Card(f"{index}. {card.head}", card.text) for index, card in enumerate(board.steps, 1)]
        parts.append(_cards(steps, theme, 15))
    parts += [_cards(list(board.cards), theme, 15)] if board.cards else []
    whole: Spec = {"$schema": SCHEMA, "description": description}
    if board.title:
        whole["title"] = {"text": board.title, "fontSize": 26, "anchor": "start", "color": theme.ink, "offset": 16}
    whole["background"] = theme.paper
    whole["padding"] = 32
    whole["config"] = {
        "font": f"{letters.family(language)}, Noto Sans SC, sans-serif",
        "view": {"stroke": None},
        "axis": {"labelColor": theme.quiet, "titleColor": theme.quiet, "gridColor": theme.grid, "domain": False},
        "range": {"category": list(theme.accents)},
    }
    whole["vconcat"] = parts or [_cards([Card(board.title or "-")], theme, 15)]
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _values(figures: tuple[Figure, ...]) -> Spec:
    return {"values": [{"label": one.label, "value": one.value, "shown": one.shown} for one in figures]}


def _chart(chart: Chart, theme: Theme) -> Spec:
    spec: Spec = {"data": _values(chart.figures), "width": _WIDTH, "height": 220}
    if chart.title:
        spec["title"] = {"text": chart.title, "anchor": "start", "color": theme.ink}
    if chart.kind == "donut":
        return spec | _ring()
    x = {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": {"labelAngle": 0}}
    y = {"field": "value", "type": "quantitative", "title": None}
    mark: Spec = (
        {"type": "bar", "size": 48, "cornerRadiusEnd": 4} if chart.kind == "bar" else {"type": "line", "point": True}
    )
    said: Spec = {"type": "text", "dy": -10, "color": theme.ink}
    return spec | {
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": mark | {"color": theme.accent(0)}},
            {"mark": said, "encoding": {"text": {"field": "shown", "type": "nominal"}}},
        ],
    }


def _ring() -> Spec:
    return {
        "encoding": {
            "theta": {"field": "value", "type": "quantitative", "stack": True},
            "order": {"field": "index", "type": "quantitative"},
            "color": {"field": "label", "type": "nominal", "sort": None, "title": None},
        },
        "transform": [{"window": [{"op": "row_number", "as": "index"}]}],
        "layer": [
            {"mark": {"type": "arc", "innerRadius": 60, "outerRadius": 96}},
            {
                "mark": {"type": "text", "radius": 116},
                "encoding": {"text": {"field": "shown", "type": "nominal"}, "color": {"value": "#555555"}},
            },
        ],
    }


def _cards(cards: list[Card], theme: Theme, size: int) -> Spec:
    """Heads with their lines below, up to three side by side, row after row."""
    columns = min(3, len(cards))
    limit = _WIDTH / columns - 24
    rows: list[Spec] = [
        {
            "column": index % columns,
            "row": index // columns,
            "head": letters.wrap(card.head, size, limit),
            "lines": [line for part in card.text.split("\n") for line in letters.wrap(part, 13, limit)],
        }
        for index, card in enumerate(cards)
    ]
    high = max(len(row["head"]) * size * 1.4 + len(row["lines"]) * 18 + 24 for row in rows)
    for row in rows:
        row["below"] = row["row"] * high + len(row["head"]) * size * 1.4 + 8
        row["above"] = row["row"] * high
    deep = (rows[-1]["row"] + 1) * high
    x = {"field": "column", "type": "quantitative", "axis": None, "scale": {"domain": [0, columns]}}

    def lettered(field: str, at: str, mark: Spec) -> Spec:
        y = {"field": at, "type": "quantitative", "axis": None, "scale": {"domain": [0, deep], "reverse": True}}
        text = {"field": field, "type": "nominal"}
        return {
            "mark": {"type": "text", "align": "left", "baseline": "top", **mark},
            "encoding": {"x": x, "y": y, "text": text},
        }

    heads = {"fontSize": size, "fontWeight": "bold", "color": theme.accent(0), "lineHeight": size * 1.4}
    return {
        "data": {"values": rows},
        "width": _WIDTH,
        "height": round(deep),
        "layer": [
            lettered("head", "above", heads),
            lettered("lines", "below", {"fontSize": 13, "color": theme.ink, "lineHeight": 18}),
        ],
    }
