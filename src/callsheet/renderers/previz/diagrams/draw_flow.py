"""Draws a flowchart: rounded steps, diamonds that ask, pills where it starts and ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from callsheet.renderers.previz.diagrams import layers, letters, routes
from callsheet.renderers.previz.diagrams.shapes import Edge, Flow, Node
from callsheet.renderers.previz.diagrams.sheet import Point, Sheet
from callsheet.renderers.previz.diagrams.theme import SMALL, TEXT

_LINE_LIMIT = {"step": 190.0, "decision": 130.0, "end": 150.0}
_SHAPE = 1.4
"""The ratio of width to height that a page likes best."""

Texts = dict[str, list[str]]


def draw(flow: Flow, sheet: Sheet) -> None:
    """The flowchart, in the direction that it names or that its shape suits."""
    texts = {node.id: _wrapped(node) for node in flow.nodes}
    sizes = {node.id: _size(node, texts[node.id]) for node in flow.nodes}
    way, found = _laid(flow, sizes)
    for index, edge in enumerate(flow.edges):
        sheet.open("edge", f"{edge.start} {edge.end}")
        sheet.polyline(_turned(found.points[index], way), sheet.theme.line, tip=True)
        sheet.close()
    tones = _tones(flow)
    for node in flow.nodes:
        [middle] = _turned([found.at[node.id]], way)
        _draw_node(sheet, node, middle, sizes[node.id], texts[node.id], tones[node.id])
    for index, edge in enumerate(flow.edges):
        if edge.label:
            [middle] = _turned([found.at[edge.start]], way)
            _draw_label(sheet, edge, _turned(found.points[index], way), middle)


def direction(flow: Flow) -> str:
    """TD or LR: as it says, else as its shape suits."""
    texts = {node.id: _wrapped(node) for node in flow.nodes}
    return _laid(flow, {node.id: _size(node, texts[node.id]) for node in flow.nodes})[0]


def _wrapped(node: Node) -> list[str]:
    limit = _LINE_LIMIT[node.kind]
    return letters.wrap(letters.drawable(node.label) or "·", TEXT, limit * (1.3 if len(node.label) > 60 else 1.0))


def _size(node: Node, text: Sequence[str]) -> tuple[float, float]:
    wide = max(letters.width(line, TEXT) for line in text)
    high = len(text) * TEXT * letters.LINE
    if node.kind == "decision":
        return max(110.0, wide * 1.5 + 30), max(66.0, high / 0.4 + 6)
    return max(96.0 if node.kind == "step" else 84.0, wide + 36), high + (24 if node.kind == "step" else 18)


def _laid(flow: Flow, sizes: Mapping[str, tuple[float, float]]) -> tuple[str, routes.Routes]:
    ways = [flow.direction] if flow.direction in ("TD", "LR") else ["TD", "LR"]
    tried = [(way, _lay(flow, sizes, way)) for way in ways]
    return min(tried, key=lambda item: _misfit(_turned(list(item[1].at.values()), item[0]), sizes, item[0]))


def _misfit(middles: Sequence[Point], sizes: Mapping[str, tuple[float, float]], way: str) -> float:
    """How far the shape is from a page's; lying ones count a little more, for a page is scrolled down, not across."""
    wide = max(x for x, _ in middles) - min(x for x, _ in middles) + max(size[0] for size in sizes.values())
    high = max(y for _, y in middles) - min(y for _, y in middles) + max(size[1] for size in sizes.values())
    return abs(log(wide / high / _SHAPE)) + (0.5 if way == "LR" else 0.0) + max(0.0, log(wide / 1400)) * 3


def _lay(flow: Flow, sizes: Mapping[str, tuple[float, float]], way: str) -> routes.Routes:
    across = sizes if way == "TD" else {node: (high, wide) for node, (wide, high) in sizes.items()}
    arrows = [(edge.start, edge.end) for edge in flow.edges]
    reach = [letters.width(letters.drawable(edge.label), SMALL) for edge in flow.edges]
    label = max(reach, default=0.0)
    aside, along = (max(44.0, label * 0.6 + 24), 46.0) if way == "TD" else (34.0, max(52.0, label + 34))
    layout = layers.arrange({node: size[0] for node, size in across.items()}, arrows, aside)
    decisions = {node.id for node in flow.nodes if node.kind == "decision"}
    return routes.route(layout, across, arrows, decisions, along, reach if way == "TD" else [0.0] * len(arrows))


def _turned(points: Sequence[Point], way: str) -> list[Point]:
    return list(points) if way == "TD" else [(y, x) for x, y in points]


def _tones(flow: Flow) -> dict[str, int]:
    """Which accent a node has: colour says what kind it is."""
    return {node.id: {"step": 0, "end": 1, "decision": 2}[node.kind] for node in flow.nodes}


def _draw_node(
    sheet: Sheet, node: Node, middle: Point, size: tuple[float, float], text: Sequence[str], tone: int
) -> None:
    (x, y), (w, h), theme = middle, size, sheet.theme
    sheet.open(f"node {node.kind}", node.id)
    fill, line, ink = theme.tint(tone), theme.accent(tone), theme.ink
    if node.kind == "decision":
        sheet.polygon([(x, y - h / 2), (x + w / 2, y), (x, y + h / 2), (x - w / 2, y)], fill, line=line)
    elif node.kind == "end":
        fill, ink = theme.accent(tone), theme.on_accent
        sheet.rect(x - w / 2, y - h / 2, w, h, fill, line=line, rx=h / 2)
    else:
        sheet.rect(x - w / 2, y - h / 2, w, h, fill, line=line, rx=theme.rounding)
    sheet.lines(x, y, text, TEXT, ink)
    sheet.close()


def _draw_label(sheet: Sheet, edge: Edge, points: Sequence[Point], middle: Point) -> None:
    """Beside the beginning of the arrow, on the side away from the node's middle, on a patch of paper."""
    said = letters.drawable(edge.label)
    (x, y), (to_x, to_y) = points[0], points[1]
    wide = letters.width(said, SMALL)
    if abs(to_x - x) > abs(to_y - y):
        left, level = (x + 6 if to_x > x else x - 6 - wide), y + (10 if y > middle[1] + 1 else -10)
    else:
        left, level = (x + 7 if x > middle[0] - 1 else x - 7 - wide), y + (15 if to_y > y else -15)
    sheet.open("edge-label", f"{edge.start} {edge.end}")
    sheet.rect(left - 2, level - 8, wide + 4, 16, sheet.theme.paper, rx=3, stroke=0)
    sheet.text(left, level, said, SMALL, sheet.theme.quiet, anchor="start", bold=True)
    sheet.close()
