"""Writes diagrams as Mermaid source that any Mermaid tool draws: labels quoted, ids plain, nothing reserved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callsheet.renderers.previz.diagrams.shapes import Branch, Flow, Node, Plan

_SHAPES = {"step": ('["', '"]'), "decision": ('{"', '"}'), "end": ('(["', '"])')}
_ENTITIES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\\": "#92;"}
_BACK = {entity: char for char, entity in _ENTITIES.items()} | {"#amp;": "&"}


def quoted(label: str) -> str:
    """A label as it may stand between double quotes."""
    plain = re.sub(r"\s+", " ", label).strip()
    return "".join(_ENTITIES.get(char, char) for char in plain) or " "


def unquoted(label: str) -> str:
    """What a quoted label says; line breaks become blanks."""
    text = re.sub(r"#(?:\d+|[a-z]+);", lambda found: _BACK.get(found[0], _by_number(found[0])), label)
    return re.sub(r"\s*<br\s*/?>\s*|\s+", " ", text).strip()


def flowchart(flow: Flow, direction: str) -> str:
    """`flowchart TD` and so on, nodes first, then arrows."""
    lines = [f"flowchart {direction}"]
    lines += [f"    {node.id}{_shaped(node)}" for node in flow.nodes]
    for edge in flow.edges:
        label = f'|"{quoted(edge.label)}"|' if edge.label else ""
        lines.append(f"    {edge.start} -->{label} {edge.end}")
    return "\n".join(lines) + "\n"


def mindmap(topic: Branch) -> str:
    """`mindmap`, one thought per line, deeper ones indented."""
    return "\n".join(["mindmap", *_thoughts(topic, 1, iter(range(1, topic.size + 1)))]) + "\n"


def gantt(plan: Plan) -> str:
    """`gantt` with dates of their own for every task, so that nothing depends on the day it is opened."""
    lines = ["gantt"]
    if plan.title:
        lines.append(f"    title {_bare(plan.title)}")
    lines += ["    dateFormat YYYY-MM-DD", "    axisFormat %m-%d", "    todayMarker off"]
    section = ""
    for span in plan.spans:
        if span.section != section:
            section = span.section
            lines.append(f"    section {_bare(section) or '-'}")
        after = f"    %% {span.id} after {' '.join(span.after)}" if span.after else ""
        lines += [after] if after else []
        kind = "milestone, " if span.days == 0 else ""
        lines.append(f"    {_bare(span.name)} :{kind}{span.id}, {span.start.isoformat()}, {span.days}d")
    return "\n".join(lines) + "\n"


def _shaped(node: Node) -> str:
    opening, closing = _SHAPES[node.kind]
    return f"{opening}{quoted(node.label)}{closing}"


def _thoughts(branch: Branch, depth: int, numbers: Iterator[int]) -> Iterator[str]:
    opening, closing = ('(("', '"))') if depth == 1 else ('["', '"]')
    yield f"{'    ' * depth}t{next(numbers)}{opening}{quoted(branch.label)}{closing}"
    for child in branch.children:
        yield from _thoughts(child, depth + 1, numbers)


def _bare(text: str) -> str:
    """A name that stands unquoted in a Gantt chart: a colon, semicolon or hash would end it."""
    swapped = text.translate(str.maketrans({":": "\uff1a", ";": "\uff1b", "#": "\uff03", "%": "\uff05"}))
    return re.sub(r"\s+", " ", swapped).strip()


def _by_number(entity: str) -> str:
    number = entity[1:-1]
    return chr(int(number)) if number.isdigit() and 32 <= int(number) < 0x110000 else entity
