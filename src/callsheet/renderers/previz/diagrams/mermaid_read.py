"""Reads the Mermaid that our own drawing can show whole; other source is Mermaid's own renderer's to draw."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from callsheet.renderers.previz.diagrams.mermaid import unquoted
from callsheet.renderers.previz.diagrams.shapes import Branch, Diagram, Edge, Flow, Node, NodeKind, Plan, Span

_HEAD = re.compile(r"^\s*(?:---\n.*?\n---\s*\n)?(?:\s*%%[^\n]*\n)*\s*([A-Za-z][\w-]*)", re.S)
_KINDS = {"flowchart": "flowchart", "graph": "flowchart", "mindmap": "mindmap", "gantt": "gantt"}
_OTHERS = (
    "sequenceDiagram|classDiagram|stateDiagram(?:-v2)?|erDiagram|journey|pie|quadrantChart|timeline|gitGraph|kanban"
    "|xychart(?:-beta)?|sankey-beta|block(?:-beta)?|requirementDiagram|C4Context"
    "|architecture(?:-beta)?|packet(?:-beta)?"
)
_BRACKETS: tuple[tuple[str, str, NodeKind], ...] = (
    (r"\(\[", r"\]\)", "end"),
    (r"\(\(", r"\)\)", "end"),
    (r"\{", r"\}", "decision"),
    (r"\[", r"\]", "step"),
    (r"\(", r"\)", "step"),
)
_NODE = re.compile(
    r"\s*([\w\u0080-\uffff][\w\u0080-\uffff-]*?)(?:"
    + "|".join(rf'{opening}\s*(?:"([^"]*)"|([^"\[\](){{}}|<>]+?))\s*{closing}' for opening, closing, _ in _BRACKETS)
    + r")?(?=\s*(?:$|--|==|-\.|&|;))"
)
_ARROW = re.compile(
    r'\s*(?:--+>|==+>|-\.+->)\s*(?:\|\s*(?:"([^"]*)"|([^|"]*))\s*\|)?|\s*--\s+(?:"([^"]*)"|([^-"|>]+?))\s*--+>'
)
_GANTT_TASK = re.compile(r"^(.+?)\s*:(.*)$")


def kind(text: str) -> str:
    """The first word of Mermaid source (`flowchart`, `mindmap`, `sequenceDiagram` ...), or nothing if it is none."""
    found = _HEAD.match(text)
    word = found[1] if found else ""
    if re.fullmatch(_OTHERS, word):
        return word
    if word in ("mindmap", "gantt") and re.search(rf"^\s*{word}\s*(?:\n|$)", text[found.start(1) if found else 0 :]):
        return word
    if word in ("flowchart", "graph") and re.match(
        r"(?:flowchart|graph)\s+(?:TB|TD|BT|LR|RL)\b", text[found.start(1) :] if found else ""
    ):
        return "flowchart"
    return ""


def read(text: str) -> Diagram | None:
    """The diagram of source that uses only what our drawing knows, else None."""
    try:
        reader = {"flowchart": _flow, "mindmap": _mind, "gantt": _gantt}.get(kind(text))
        return reader(_lines(text)) if reader else None
    except (ValueError, OverflowError):
        return None


def _lines(text: str) -> list[str]:
    body = re.sub(r"^\s*---\n.*?\n---\s*\n", "", text, flags=re.S)
    body = re.sub(r"^(?:\s*%%[^\n]*\n)+", "", body)
    return [line.rstrip() for line in body.splitlines() if line.strip()]


def _flow(lines: list[str]) -> Flow | None:
    way = lines[0].split()[1].rstrip(";") if len(lines[0].split()) > 1 else "TD"
    if not re.match(r"(?:flowchart|graph)", lines[0].strip()):
        return _flow(lines[1:]) if lines[0].lstrip().startswith("%%") else None
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for line in lines[1:]:
        for statement in filter(str.strip, line.split(";") if '"' not in line else [line.rstrip(";")]):
            if statement.lstrip().startswith("%%"):
                continue
            if not _statement(statement, nodes, edges):
                return None
    if not nodes or way not in ("TD", "TB", "LR"):
        return None
    return Flow(tuple(nodes.values()), tuple(edges), "LR" if way == "LR" else "TD")


def _statement(text: str, nodes: dict[str, Node], edges: list[Edge]) -> bool:
    """`A --> B -->|yes| C`: False for anything else."""
    at, before, label = 0, "", ""
    while True:
        found = _NODE.match(text, at)
        if not found or found[1] in (
            "end",
            "subgraph",
            "style",
            "class",
            "classDef",
            "click",
            "linkStyle",
            "direction",
        ):
            return False
        _add(found, nodes)
        if before:
            edges.append(Edge(before, found[1], label))
        at = found.end()
        if not text[at:].strip():
            return True
        arrow = _ARROW.match(text, at)
        if not arrow:
            return False
        before, at = found[1], arrow.end()
        label = unquoted(next((group for group in arrow.groups() if group), ""))


def _add(found: re.Match[str], nodes: dict[str, Node]) -> None:
    groups = found.groups()[1:]
    index = next((index for index, group in enumerate(groups) if group is not None), None)
    if index is not None:
        nodes[found[1]] = Node(found[1], unquoted(groups[index]), _BRACKETS[index // 2][2])
    elif found[1] not in nodes:
        nodes[found[1]] = Node(found[1], found[1])


def _mind(lines: list[str]) -> Branch | None:
    rows: list[tuple[int, str]] = []
    for line in lines[1:]:
        if line.lstrip().startswith("%%"):
            continue
        text = line.strip()
        found = re.fullmatch(r"[\w\u0080-\uffff-]*\s*[\[({]+\s*\"?(.*?)\"?\s*[\])}]+", text)
        if not found and re.search(r"::|[\[\](){}`]", text):
            return None
        rows.append((len(line) - len(line.lstrip()), unquoted(found[1] if found else text)))
    return grown(rows)


def grown(rows: list[tuple[int, str]]) -> Branch | None:
    """The tree of lines with their indents; None unless there is exactly one at the top."""
    if not rows or any(indent <= rows[0][0] for indent, _ in rows[1:]):
        return None
    trail: list[tuple[int, str, list[Branch]]] = []

    def fold(indent: int) -> None:
        while len(trail) > 1 and trail[-1][0] >= indent:
            _, label, children = trail.pop()
            trail[-1][2].append(Branch(label, tuple(children)))

    for indent, label in rows:
        fold(indent)
        trail.append((indent, label, []))
    fold(rows[0][0] + 1 if len(trail) > 1 else rows[0][0])
    while len(trail) > 1:
        fold(trail[-1][0])
    return Branch(trail[0][1], tuple(trail[0][2]))


def _gantt(lines: list[str]) -> Plan | None:
    title, section = "", ""
    spans: dict[str, Span] = {}
    waits: dict[str, tuple[str, ...]] = {}
    for line in (line.strip() for line in lines[1:]):
        if found := re.match(r"%% (\w+) after ([\w ]+)$", line):
            waits[found[1]] = tuple(found[2].split())
        elif line.startswith(("%%", "axisFormat", "todayMarker off")) or re.match(r"dateFormat\s+YYYY-MM-DD$", line):
            continue
        elif line.startswith("title "):
            title = line[6:].strip()
        elif line.startswith("section "):
            section = line[8:].strip().lstrip("-")
        elif not _task(line, section, spans):
            return None
    made = tuple(replace(span, after=waits.get(span.id, span.after)) for span in spans.values())
    return Plan(title, made) if made else None


def _task(line: str, section: str, spans: dict[str, Span]) -> bool:
    """`Name :tag, id, start or after x, end or duration`: False for anything else."""
    found = _GANTT_TASK.match(line)
    parts = [part.strip() for part in found[2].split(",")] if found else []
    milestone = bool(parts) and parts[0] == "milestone"
    while parts and parts[0] in ("milestone", "done", "active", "crit"):
        if parts.pop(0) != "milestone":
            return False
    name = found[1].strip() if found else ""
    id = parts.pop(0) if len(parts) == 3 else f"task{len(spans) + 1}"
    start = _start(parts[0], spans) if len(parts) == 2 else None
    if start is None and len(parts) == 1 and spans:
        start = _end(list(spans.values())[-1])
    if start is None:
        return False
    after = tuple(parts[0].split()[1:]) if len(parts) == 2 and parts[0].startswith("after ") else ()
    days = _days(parts[-1], start)
    if days is None:
        return False
    spans[id] = Span(id, name, start, 0 if milestone else days, section, after)
    return True


def _end(span: Span) -> date:
    return span.start + timedelta(days=span.days)


def _start(text: str, spans: dict[str, Span]) -> date | None:
    if text.startswith("after "):
        before = [spans[id] for id in text.split()[1:] if id in spans]
        return max((_end(span) for span in before), default=None)
    return date.fromisoformat(text)


def _days(text: str, start: date) -> int | None:
    found = re.fullmatch(r"(\d{1,5})([dwM])", text)
    if found:
        return int(found[1]) * {"d": 1, "w": 7, "M": 30}[found[2]]
    days = (date.fromisoformat(text) - start).days
    return days if days >= 0 else None
