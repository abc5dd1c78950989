"""Places the nodes of a directed graph in layers: loops set aside, crossings few, lines straight where they can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

Arrow = tuple[str, str]
_SWEEPS = 12
_THREAD = 14.0
"""The width that a line takes where it passes between the nodes of a layer."""


@dataclass(slots=True)
class Layout:
    """Where everything is, layers running downwards. `way` gives the nodes and threads of each forward arrow in order.

    Threads are the places where a long arrow passes a layer; their ids are tuples of arrow and layer.
    """

    layers: list[list[object]]
    x: dict[object, float]
    way: dict[int, list[object]]
    back: list[int]
    layer_of: dict[str, int] = field(default_factory=dict[str, int])


def arrange(widths: Mapping[str, float], arrows: Sequence[Arrow], gap: float) -> Layout:
    """The layout of nodes of these widths; `gap` is the least room between two of a layer. The order given is kept
    where nothing speaks against it, so the same graph always gives the same layout."""
    back = _back_arrows(list(widths), arrows)
    forward = [index for index in range(len(arrows)) if index not in back]
    layer_of = _layer_of(list(widths), [arrows[index] for index in forward])
    layers: list[list[object]] = [[] for _ in range(max(layer_of.values(), default=0) + 1)]
    for node in widths:
        layers[layer_of[node]].append(node)
    way: dict[int, list[object]] = {}
    for index in forward:
        start, end = arrows[index]
        threads: list[object] = [(index, layer) for layer in range(layer_of[start] + 1, layer_of[end])]
        for thread, layer in zip(threads, range(layer_of[start] + 1, layer_of[end]), strict=True):
            layers[layer].append(thread)
        way[index] = [start, *threads, end]
    above, below = _neighbours(way)
    _untangle(layers, above, below)
    room = {part: widths.get(part, _THREAD) if isinstance(part, str) else _THREAD for row in layers for part in row}
    return Layout(layers, _columns(layers, above, below, room, gap), way, sorted(back), layer_of)


def _back_arrows(nodes: Sequence[str], arrows: Sequence[Arrow]) -> set[int]:
    """The arrows that close a loop, found by walking from the first node on, without recursion."""
    leaving: dict[str, list[int]] = {node: [] for node in nodes}
    for index, (start, _) in enumerate(arrows):
        leaving[start].append(index)
    back: set[int] = set()
    done: set[str] = set()
    for root in nodes:
        if root in done:
            continue
        path, trail = {root}, [(root, iter(leaving[root]))]
        while trail:
            node, ways = trail[-1]
            index = next(ways, None)
            if index is None:
                trail.pop()
                path.discard(node)
                done.add(node)
                continue
            goal = arrows[index][1]
            if goal in path:
                back.add(index)
            elif goal not in done:
                path.add(goal)
                trail.append((goal, iter(leaving[goal])))
    return back


def _layer_of(nodes: Sequence[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    """The longest way from a start, counted in arrows."""
    waiting = {node: sum(end == node for _, end in arrows) for node in nodes}
    layer = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not waiting[node]]
    for node in ready:
        for _, end in (arrow for arrow in arrows if arrow[0] == node):
            layer[end] = max(layer[end], layer[node] + 1)
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    return layer


def _neighbours(way: Mapping[int, list[object]]) -> tuple[dict[object, list[object]], dict[object, list[object]]]:
    above: dict[object, list[object]] = {}
    below: dict[object, list[object]] = {}
    for parts in way.values():
        for upper, lower in pairwise(parts):
            below.setdefault(upper, []).append(lower)
            above.setdefault(lower, []).append(upper)
    return above, below


def _untangle(
    layers: list[list[object]], above: Mapping[object, list[object]], below: Mapping[object, list[object]]
) -> None:
    """Order each layer by the medians of its neighbours, down and up, and keep the order with the fewest crossings."""
    best, fewest = [list(row) for row in layers], _crossings(layers, below)
    for sweep in range(_SWEEPS):
        rows = range(1, len(layers)) if sweep % 2 == 0 else range(len(layers) - 2, -1, -1)
        near = above if sweep % 2 == 0 else below
        for row in rows:
            other = layers[row - 1] if sweep % 2 == 0 else layers[row + 1]
            place = {part: index for index, part in enumerate(other)}
            own = {part: index for index, part in enumerate(layers[row])}
            layers[row].sort(
                key=lambda part, near=near, place=place, own=own: (_middle(near, place, own, part), own[part])
            )
        found = _crossings(layers, below)
        if found < fewest:
            best, fewest = [list(row) for row in layers], found
    layers[:] = best


def _middle(
    near: Mapping[object, list[object]], place: Mapping[object, int], own: Mapping[object, int], part: object
) -> float:
    places = [place[other] for other in near.get(part, ()) if other in place]
    return median(places) if places else own[part]


def _crossings(layers: Sequence[Sequence[object]], below: Mapping[object, list[object]]) -> int:
    total = 0
    for upper, lower in pairwise(layers):
        place = {part: index for index, part in enumerate(lower)}
        ends = [sorted(place[goal] for goal in below.get(part, ()) if goal in place) for part in upper]
        flat = [(row, end) for row, goals in enumerate(ends) for end in goals]
        total += sum(a[0] < b[0] and a[1] > b[1] for i, a in enumerate(flat) for b in flat[i + 1 :])
    return total


def _columns(
    layers: Sequence[Sequence[object]],
    above: Mapping[object, list[object]],
    below: Mapping[object, list[object]],
    room: Mapping[object, float],
    gap: float,
) -> dict[object, float]:
    """The middle of each part: as near as can be to the middle of its neighbours, without overlap, order kept."""
    x: dict[object, float] = {}
    for row in layers:
        at = 0.0
        for part in row:
            x[part] = at + room[part] / 2
            at += room[part] + gap
        for part in row:
            x[part] -= at / 2
    for sweep in range(2 * _SWEEPS):
        down = sweep % 2 == 0
        near = above if down else below
        for row in layers if down else reversed(layers):
            wished = [_wish(near if near.get(part) else (below if down else above), x, part) for part in row]
            weights = [1.0 if isinstance(part, str) else 8.0 for part in row]
            for part, place in zip(row, _spread(wished, weights, [room[part] for part in row], gap), strict=True):
                x[part] = place
    _straighten(layers, above, below, room, gap, x)
    return x


def _straighten(
    layers: Sequence[Sequence[object]],
    above: Mapping[object, list[object]],
    below: Mapping[object, list[object]],
    room: Mapping[object, float],
    gap: float,
    x: dict[object, float],
) -> None:
    """Put what follows alone on one that it alone follows right below it."""
    for row in layers:
        wished, weights = list[float](), list[float]()
        for part in row:
            before = above.get(part, [])
            chained = len(before) == 1 and len(below[before[0]]) == 1
            wished.append(x[before[0]] if chained else x[part])
            weights.append(20.0 if chained else 1.0)
        for part, place in zip(row, _spread(wished, weights, [room[part] for part in row], gap), strict=True):
            x[part] = place


def _wish(near: Mapping[object, list[object]], x: Mapping[object, float], part: object) -> float:
    places = [x[other] for other in near.get(part, ())]
    return sum(places) / len(places) if places else x[part]


def _spread(wished: Sequence[float], weights: Sequence[float], room: Sequence[float], gap: float) -> list[float]:
    """The places nearest to those wished for (least squares) that keep the order and the room between neighbours."""
    offsets = [0.0]
    for left, right in pairwise(room):
        offsets.append(offsets[-1] + (left + right) / 2 + gap)
    blocks: list[list[float]] = []  # weighted sum, weight, count
    for index, wish in enumerate(wished):
        blocks.append([(wish - offsets[index]) * weights[index], weights[index], 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [one + other for one, other in zip(blocks[-1], last, strict=True)]
    places: list[float] = []
    for total, weight, count in blocks:
        places += [total / weight + offsets[len(places) + step] for step in range(int(count))]
    return places
