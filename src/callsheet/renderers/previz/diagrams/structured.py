"""Reads what is already in order, in any language: arrows, lists, indents, headings, tables."""

from __future__ import annotations

import re
from itertools import pairwise

from callsheet.renderers.previz.diagrams.shapes import Branch, Edge, Flow, Node, NodeKind
from callsheet.renderers.previz.diagrams.words import SAID, trimmed, unmarked

_ARROW = re.compile(
    r"\s*(?:-+\s*[\[(|]?\s*(?P<label>[^\s\-\[\]()|>][^\-\[\]()|>]{0,24}?)\s*[\])|]?\s*-+>|-+>"
    r"|=+>|→|⟶|➜|⇒|➔)\s*(?:\|(?P<after>[^|]{1,30})\|\s*)?"
)
_BULLET = re.compile(r"^\s*(?:[-*•·▪◦+]\s+|\d{1,3}(?:\.\d{1,3})*[.)、）]\s*|#{1,6}\s+)")
_ANSWER = re.compile(r"^([^:：]{1,16})\s*[:：]\s*(.+)$")
_STARTS = frozenset(word.lower() for words in SAID.values() for word in words[:2]) | {
    "begin",
    "finish",
    "stop",
    "완료",
    "시작",
}
_DONE = frozenset(word.lower() for words in SAID.values() for word in words[2:])

Row = tuple[int, str]
"""How deep a line stands, and what it says without its mark."""


def has_arrows(text: str) -> bool:
    """Whether the text is written with arrows."""
    return bool(re.search(r"\S\s*(?:-{1,3}>|={1,2}>|→|⟶|➜|⇒|➔)\s*\S", text))


def rows(text: str) -> list[Row] | None:
    """The lines of a list, outline or indented text; None when the text is none."""
    lines = [line.expandtabs(4) for line in text.splitlines() if line.strip()]
    marked = [bool(_BULLET.match(line)) for line in lines]
    indented = any(line[:1] == " " for line in lines)
    if len(lines) < 2 or not (sum(marked) >= max(1, len(lines) // 2) or indented):
        return None
    found: list[Row] = []
    heading = -10
    for line, bullet in zip(lines, marked, strict=True):
        hashes = re.match(r"\s*(#{1,6})\s+(.*)", line)
        if hashes:
            heading = len(hashes[1]) * 10 - 100
            found.append((heading, trimmed(hashes[2])))
            continue
        numbers = re.match(r"\s*(\d+(?:\.\d+)+)[.)、）]?\s+", line)
        depth = len(line) - len(line.lstrip()) + (2 * numbers[1].count(".") if numbers else 0)
        said = trimmed(line[numbers.end() :] if numbers else unmarked(line))
        found.append((depth + (1 if bullet else 0), said))
    return [(depth, said) for depth, said in found if said]


def table(text: str) -> list[list[str]] | None:
    """The cells of a table written with bars, tabs or commas in equal number; None when the text is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for bar in ("|", "\t", ","):
        cells = [_cells(line, bar) for line in lines if bar in line]
        cells = [row for row in cells if not all(re.fullmatch(r":?-{2,}:?", cell) for cell in row)]
        if len(cells) >= 2 and len(cells) >= len(lines) - 2 and len({len(row) for row in cells}) == 1:
            return cells
    return None


def _cells(line: str, bar: str) -> list[str]:
    inner = line[1:-1] if bar == "|" and line[0] == line[-1] == bar else line
    return [cell.strip() for cell in inner.split(bar)]


def flow_of_arrows(text: str) -> tuple[Flow, list[str]] | None:
    """The flowchart of lines such as `a -> b -> c` and `b? -no-> a`, and the lines that are none."""
    chart, strangers = _Chart(), list[str]()
    for line in re.split(r"[\n;；。]+", text):
        parts = _chain(line)
        if len(parts) < 2:
            strangers += [trimmed(line)] if trimmed(line) else []
            continue
        for (start, _), (end, label) in pairwise(parts):
            chart.join(start, end, label)
    return (chart.flow(), strangers) if chart.edges else None


def flow_of_rows(found: list[Row], language: str) -> Flow:
    """Steps in order; what stands deeper under a question are its answers (`yes: …`), under a step its parts."""
    start, end = SAID[language][:2]
    chart = _Chart()
    loose = [(chart.node(start), "")]
    loose = _follow(chart, nested(found), loose)
    for node, label in loose:
        chart.join(node, end, label)
    return chart.flow()


def _follow(chart: _Chart, steps: list[Branch], loose: list[tuple[str, str]]) -> list[tuple[str, str]]:
    for step in steps:
        for node, label in loose:
            chart.join(node, step.label, label)
        chart.node(step.label)
        loose = [(step.label, "")]
        if step.children and step.label.endswith(("?", "？")):
            loose = [end for child in step.children for end in _answer(chart, step.label, child)]
        elif step.children:
            loose = _follow(chart, list(step.children), loose)
    return loose


def _answer(chart: _Chart, question: str, child: Branch) -> list[tuple[str, str]]:
    found = _ANSWER.match(child.label)
    bare = child.label.lower() in _DONE
    label, said = (found[1], found[2]) if found else (child.label, "") if bare else ("", child.label)
    steps = [Branch(said, child.children)] if said else list(child.children)
    return _follow(chart, steps, [(question, label)])


def nested(found: list[Row]) -> list[Branch]:
    """The forest of rows by their depth."""
    forest: list[Branch] = []
    at = 0
    while at < len(found):
        depth, label = found[at]
        below = at + 1
        while below < len(found) and found[below][0] > depth:
            below += 1
        forest.append(Branch(label, tuple(nested(found[at + 1 : below]))))
        at = below
    return forest


def _chain(line: str) -> list[tuple[str, str]]:
    """The nodes of one line, each with the label of the arrow that leads to it."""
    found: list[tuple[str, str]] = []
    at, label = 0, ""
    for arrow in _ARROW.finditer(line):
        found.append((trimmed(unmarked(line[at : arrow.start()])), label))
        label, at = arrow["label"] or arrow["after"] or "", arrow.end()
    found.append((trimmed(line[at:]), label))
    return [_answered(before, part) for before, part in zip([("", ""), *found], found, strict=False) if part[0]]


def _answered(before: tuple[str, str], part: tuple[str, str]) -> tuple[str, str]:
    """`ok? -> yes: go on` is an answer."""
    found = _ANSWER.match(part[0])
    if found and not part[1] and before[0].endswith(("?", "？")):
        return trimmed(found[2]), found[1].strip()
    return part


class _Chart:
    """Nodes by what they say."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}
        self.edges: list[Edge] = []

    def node(self, label: str) -> str:
        self.labels.setdefault(label, f"n{len(self.labels) + 1}")
        return label

    def join(self, start: str, end: str, label: str) -> None:
        edge = Edge(self.labels[self.node(start)], self.labels[self.node(end)], label)
        if edge not in self.edges:
            self.edges.append(edge)

    def flow(self) -> Flow:
        return Flow(
            tuple(Node(id, label, self._kind(id, label)) for label, id in self.labels.items()), tuple(self.edges)
        )

    def _kind(self, id: str, label: str) -> NodeKind:
        leaving = [edge for edge in self.edges if edge.start == id]
        if label.lower() in _STARTS:
            return "end"
        asks = label.endswith(("?", "？")) or (len(leaving) > 1 and all(edge.label for edge in leaving))
        return "decision" if asks else "step"
