"""Lines of a flowchart: right-angled, out of a diamond's corner where that is free, loops around the outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from callsheet.renderers.previz.diagrams.layers import Arrow, Layout

Point = tuple[float, float]

_TRACK = 14.0
_LANE = 26.0
_CLEAR = 10.0


@dataclass(slots=True)
class Routes:
    """Where nodes have their middles and arrows their bends, layers running downwards."""

    at: dict[str, Point]
    points: dict[int, list[Point]]


def route(
    layout: Layout,
    sizes: Mapping[str, tuple[float, float]],
    arrows: Sequence[Arrow],
    decisions: set[str],
    gap: float,
    labels: Sequence[float],
) -> Routes:
    """Lines for a layout. `sizes` are width and height of the nodes, `gap` the least room between two layers, `labels`
    how far the label of each arrow reaches across."""
    return _Router(layout, sizes, arrows, decisions, gap, labels).run()


@dataclass(slots=True)
class _Router:
    layout: Layout
    sizes: Mapping[str, tuple[float, float]]
    arrows: Sequence[Arrow]
    decisions: set[str]
    gap: float
    labels: Sequence[float]
    middle: list[float] = field(default_factory=list[float])
    top: list[float] = field(default_factory=list[float])
    bottom: list[float] = field(default_factory=list[float])
    track: dict[tuple[int, object], tuple[int, int]] = field(default_factory=dict[tuple[int, object], tuple[int, int]])
    corner: dict[int, int] = field(default_factory=dict[int, int])
    lanes: dict[int, list[tuple[float, float, float]]] = field(default_factory=lambda: {-1: [], 1: []})

    def run(self) -> Routes:
        self._pick_corners()
        self._pick_tracks()
        self._stack()
        at = {node: (self.layout.x[node], self.middle[layer]) for node, layer in self.layout.layer_of.items()}
        points = {index: self._forward(index, parts) for index, parts in self.layout.way.items()}
        loops = sorted(self.layout.back, key=self._reach)
        points |= {index: self._backward(index) for index in loops}
        return Routes(at, points)

    def _reach(self, index: int) -> int:
        start, end = self.arrows[index]
        return self.layout.layer_of[start] - self.layout.layer_of[end]

    def _pick_corners(self) -> None:
        """A diamond's arrow leaves at the left or right corner (-1, 1) when its way stands clear on that side.

        To a node that is nearly below it goes straight down (0).
        """
        taken: set[tuple[object, int]] = set()
        ways = sorted(self.layout.way.items(), key=lambda item: -abs(self._aside(item[1])))
        for index, parts in ways:
            aside, node = self._aside(parts), parts[0]
            if node not in self.decisions or abs(aside) < 1:
                continue
            if abs(aside) < self.sizes[str(node)][0] / 2 + _CLEAR:
                self.corner[index] = 0
                continue
            side = 1 if aside > 0 else -1
            goal = self.layout.x[parts[1]]
            if (node, side) not in taken and self._clear(
                str(node), min(goal, self.layout.x[node]), max(goal, self.layout.x[node])
            ):
                taken.add((node, side))
                self.corner[index] = side

    def _aside(self, parts: Sequence[object]) -> float:
        return self.layout.x[parts[1]] - self.layout.x[parts[0]]

    def _clear(self, node: str, left: float, right: float) -> bool:
        """Whether nothing else of the node's layer stands between the two."""
        row = self.layout.layers[self.layout.layer_of[node]]
        return not any(
            self.layout.x[part] + self._half(part) > left - 4 and self.layout.x[part] - self._half(part) < right + 4
            for part in row
            if part != node
        )

    def _half(self, part: object) -> float:
        return self.sizes[part][0] / 2 if isinstance(part, str) else 4.0

    def _pick_tracks(self) -> None:
        """The height within a gap at which a line crosses over: one for all that end in the same node."""
        for layer in range(len(self.layout.layers) - 1):
            spans: dict[object, tuple[float, float]] = {}
            for index, parts in self.layout.way.items():
                for step, (upper, lower) in enumerate(pairwise(parts)):
                    if self._layer(upper) != layer or (step == 0 and index in self.corner):
                        continue
                    xs = sorted((self.layout.x[upper], self.layout.x[lower]))
                    if xs[1] - xs[0] > 1:
                        key = self._bundle(upper, lower)
                        low, high = spans.get(key, (xs[0], xs[1]))
                        spans[key] = min(low, xs[0]), max(high, xs[1])
            self._share(layer, spans)

    def _bundle(self, upper: object, lower: object) -> object:
        """Lines with the same key cross over at the same height: a step's own fork, else all that end in one node."""
        forks = isinstance(upper, str) and sum(parts[0] == upper for parts in self.layout.way.values()) > 1
        return (upper, "fork") if forks and upper not in self.decisions else lower

    def _share(self, layer: int, spans: Mapping[object, tuple[float, float]]) -> None:
        rows: list[float] = []
        chosen: dict[object, int] = {}
        for lower, (left, right) in sorted(spans.items(), key=lambda item: item[1]):
            row = next((row for row, end in enumerate(rows) if end + 12 < left), len(rows))
            rows[row : row + 1] = [right]
            chosen[lower] = row
        for lower, row in chosen.items():
            self.track[layer, lower] = row, len(rows)

    def _layer(self, part: object) -> int:
        return self.layout.layer_of[part] if isinstance(part, str) else part[1]  # pyright: ignore[reportIndexIssue]

    def _stack(self) -> None:
        """Heights from the top down: each layer as high as its highest node, each gap as wide as its tracks need."""
        y = 0.0
        for layer, row in enumerate(self.layout.layers):
            high = max((self.sizes[part][1] for part in row if isinstance(part, str)), default=0.0)
            self.top.append(y)
            self.middle.append(y + high / 2)
            self.bottom.append(y + high)
            tracks = max((count for (at, _), (_, count) in self.track.items() if at == layer), default=1)
            y += high + self.gap + _TRACK * (tracks - 1)

    def _forward(self, index: int, parts: Sequence[object]) -> list[Point]:
        start, x = str(parts[0]), self.layout.x
        y = self.middle[self.layout.layer_of[start]]
        if self.corner.get(index):
            points = [(x[start] + self.corner[index] * self._half(start), y), (x[parts[1]], y)]
        elif index in self.corner:
            share = max(0.0, 1 - abs(self._aside(parts)) / self._half(start))
            points = [(x[parts[1]], y + self.sizes[start][1] / 2 * share)]
        else:
            points = [(x[start], y + self.sizes[start][1] / 2)]
        for step, (upper, lower) in enumerate(pairwise(parts)):
            key = self._bundle(upper, lower)
            if (self._layer(upper), key) in self.track and not (step == 0 and index in self.corner):
                over = self._height(self._layer(upper), key)
                if abs(points[-1][0] - x[lower]) > 1:
                    points += [(points[-1][0], over), (x[lower], over)]
        end = str(parts[-1])
        points.append((x[end], self.middle[self.layout.layer_of[end]] - self.sizes[end][1] / 2))
        return points

    def _height(self, layer: int, lower: object) -> float:
        row, count = self.track[layer, lower]
        room = self.top[layer + 1] - self.bottom[layer]
        return self.bottom[layer] + room / 2 + (row - (count - 1) / 2) * _TRACK

    def _backward(self, index: int) -> list[Point]:
        """Out at one side, along a lane beyond all that stands between, and into the earlier node from that side."""
        start, end = self.arrows[index]
        side = self._side(index, start, end)
        low, high = sorted((self.layout.layer_of[start], self.layout.layer_of[end]))
        lane = self._lane(side, low, high, max(_LANE, self.labels[index] + 18))
        points = [*self._leave(start, side, lane), *reversed(self._enter(end, side, lane))]
        return points

    def _side(self, index: int, start: str, end: str) -> int:
        """Where both ends stand free and no other arrow leaves; the right where that decides nothing."""
        used = {side for other, side in self.corner.items() if self.arrows[other][0] in (start, end)}
        far = 1e6

        def cost(side: int) -> tuple[int, int]:
            free = sum(
                not self._clear(node, *sorted((self.layout.x[node], self.layout.x[node] + side * far)))
                for node in (start, end)
            )
            return (side in used) * 2 + free, -side

        return min((1, -1), key=cost)

    def _lane(self, side: int, low: int, high: int, away: float) -> float:
        edge = max(
            side * self.layout.x[part] + self._half(part) for row in self.layout.layers[low : high + 1] for part in row
        )
        x = edge + away
        top, bottom = self.top[low], self.bottom[high]
        while any(
            abs(x - taken) < _LANE / 2 and top < end and begin < bottom for taken, begin, end in self.lanes[side]
        ):
            x += _LANE / 2
        self.lanes[side].append((x, top, bottom))
        return side * x

    def _free(self, node: str, side: int, lane: float) -> bool:
        taken = any(self.arrows[other][0] == node and corner == side for other, corner in self.corner.items())
        return not taken and self._clear(node, *sorted((self.layout.x[node] + side, lane)))

    def _leave(self, node: str, side: int, lane: float) -> list[Point]:
        x, y = self.layout.x[node], self.middle[self.layout.layer_of[node]]
        if self._free(node, side, lane):
            return [(x + side * self._half(node), y), (lane, y)]
        low = self.bottom[self.layout.layer_of[node]] + self.gap / 4
        return [(x, y + self.sizes[node][1] / 2), (x, low), (lane, low)]

    def _enter(self, node: str, side: int, lane: float) -> list[Point]:
        x, y = self.layout.x[node], self.middle[self.layout.layer_of[node]]
        if self._free(node, side, lane):
            return [(x + side * self._half(node), y), (lane, y)]
        high = self.top[self.layout.layer_of[node]] - self.gap / 4
        return [(x, y - self.sizes[node][1] / 2), (x, high), (lane, high)]
