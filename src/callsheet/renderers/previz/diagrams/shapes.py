"""What a diagram says, apart from how it looks: one small frozen shape per kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

NodeKind = Literal["step", "decision", "end"]
ChartKind = Literal["bar", "line", "donut"]


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a flowchart; `end` is where it starts or ends."""

    id: str
    label: str
    kind: NodeKind = "step"


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from one node to another, by their ids."""

    start: str
    end: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A flowchart. `direction` is TD, LR, or empty where the shape may decide."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A thought and what belongs to it; the topmost is a mind map."""

    label: str
    children: tuple[Branch, ...] = ()

    @property
    def size(self) -> int:
        """How many thoughts there are, with this one."""
        return 1 + sum(child.size for child in self.children)


@dataclass(frozen=True, slots=True)
class Span:
    """One bar of a Gantt chart: from the morning of `start`, `days` long; 0 days is a milestone."""

    id: str
    name: str
    start: date
    days: int
    section: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A Gantt chart. `dated` is False where no date was given, and `start` of the first bar stands for day one."""

    title: str
    spans: tuple[Span, ...]
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it counts; `shown` is how it was written."""

    label: str
    value: float
    shown: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers of one kind side by side."""

    kind: ChartKind
    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A head and some words; either may be empty."""

    head: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Versus:
    """Two things beside each other, each with its points."""

    left: Card
    right: Card


@dataclass(frozen=True, slots=True)
class Board:
    """An infographic, in the order in which it is drawn."""

    title: str
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    versus: tuple[Versus, ...] = ()
    steps: tuple[Card, ...] = ()
    cards: tuple[Card, ...] = ()


Diagram = Flow | Branch | Plan | Board


@dataclass(frozen=True, slots=True)
class Reading:
    """A diagram, what had to be assumed for it, and the parts of the text that found no place in it."""

    diagram: Diagram
    assumed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = field(default=())
