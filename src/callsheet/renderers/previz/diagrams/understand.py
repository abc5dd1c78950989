"""From a prompt to a diagram: source that was given, what is already in order, sentences, and at last a topic alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from callsheet.renderers.previz.diagrams import (
    board_json,
    check,
    mermaid_read,
    outlines,
    read_board,
    read_flow,
    read_gantt,
    read_mind,
    structured,
    words,
)
from callsheet.renderers.previz.diagrams.shapes import Board, Branch, Diagram, Edge, Flow, Node, Plan

Origin = Literal["source", "text", "outline", "topic"]

_LONGEST_TOPIC = 60


@dataclass(frozen=True, slots=True)
class Understood:
    """What a prompt means. `diagram` is None for Mermaid that only its own engine draws; then `source` is it."""

    diagram: Diagram | None
    title: str
    origin: Origin
    source: str = ""
    assumed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()


def understand(kind: str, prompt: str, language: str) -> Understood:
    """The diagram of this kind that the prompt means. Raises ValueError for source that cannot be mended."""
    text = plain(prompt)
    given = source(kind, text)
    if given:
        return given
    topic, body = words.introduced(text)
    if not topic and not structured.rows(body) and not structured.table(body) and _heads(kind, body):
        topic, body = words.headed(body)
    return _READERS[kind](body, topic, words.tongue(text, language))


def plain(prompt: str) -> str:
    """The prompt with lines that end in one way, and blanks for what is no letter."""
    text = re.sub(r"\r\n?", "\n", prompt)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+", " ", text)


def source(kind: str, text: str) -> Understood | None:
    """What is given as source: Mermaid of any kind, or an infographic's JSON; None for other text.

    Raises ValueError, in the parser's words, for source that is broken beyond repair.
    """
    bare = check.unfenced(text)
    if found := board(kind, bare):
        return found
    named = mermaid_read.kind(bare)
    if not named:
        return None
    sound, done = check.mended(bare)
    if fault := check.fault(sound):
        raise ValueError(fault)
    read = mermaid_read.read(sound)
    title = read.title if isinstance(read, Plan) else ""
    return Understood(read, title, "source", sound, mended=tuple(done))


def board(kind: str, text: str) -> Understood | None:
    """What an infographic's JSON means; None for other text. Raises ValueError for what cannot be read of it."""
    return _of_json(text) if kind == "infographic" and text.lstrip().startswith("{") else None


def _of_json(text: str) -> Understood:
    try:
        tree = json.loads(text)
        if isinstance(tree, dict) and "$schema" in tree:
            raise ValueError("it is Vega-Lite, which a Vega-Lite tool draws; here title, figures, charts ... are read")
        board = board_json.read(tree)
    except ValueError as error:
        raise ValueError(f"The infographic's JSON cannot be read: {error}") from error
    return Understood(board, board.title, "source", text)


def _heads(kind: str, body: str) -> bool:
    """Whether what stands before the first colon is a title: not the first part of what follows it."""
    head, rest = words.headed(body)
    first = re.split(r"[。；;\n.]", rest)[0]
    others = re.findall(r"(?:^|[。；;.\n])\s*[^：:。；;.\n\d]{1,24}[：:]", rest)
    if not head or re.search(r"\bvs\b|对比|\?|？", head) or structured.has_arrows(head):
        return False
    if kind == "flowchart":
        return len(head) <= 24 and not re.match(r"(?:是|否|yes|no|如果|if)\b", head, re.I)
    if kind == "infographic":
        return not others or (bool(re.search(r"[。；;\n]|\.\s", rest)) and len(first) > 30)
    return False


def _flowchart(body: str, topic: str, language: str) -> Understood:
    arrows = structured.flow_of_arrows(body) if structured.has_arrows(body) else None
    if arrows:
        flow, strangers = arrows
        title = topic or (strangers.pop(0) if strangers and body.strip().startswith(strangers[0]) else "")
        return Understood(flow, title, "text", left_out=tuple(strangers))
    rows = structured.rows(body)
    if rows and (language not in ("zh", "zh-TW", "en") or any(depth != rows[0][0] for depth, _ in rows)):
        title, rows = _titled(rows, topic)
        return Understood(structured.flow_of_rows(rows, language), title, "text")
    flow = read_flow.read(body, language)
    if flow:
        return Understood(flow, topic, "text")
    return _outlined("flowchart", body, topic, language)


def _titled(rows: list[structured.Row], topic: str) -> tuple[str, list[structured.Row]]:
    """A first line that all others stand below is the title."""
    if not topic and len(rows) > 2 and all(depth > rows[0][0] for depth, _ in rows[1:]):
        return rows[0][1], rows[1:]
    return topic, rows


def _mindmap(body: str, topic: str, language: str) -> Understood:
    branch = read_mind.read(body, topic, language)
    if branch:
        return Understood(branch, branch.label, "text")
    return _outlined("mindmap", body, topic, language)


def _gantt(body: str, topic: str, language: str) -> Understood:
    title, rest = topic, body
    found = re.match(
        r"\s*([^，,。；;：:\n\d]{2,30}(?:计划|进度|安排|项目|日程|plan|schedule|roadmap|timeline))\s*[，,：:。\n]\s*(?=\S)",
        body,
        re.I,
    )
    if not topic and found:
        title, rest = found[1].strip(), body[found.end() :]
    reading = read_gantt.read(rest, title, language)
    if reading and isinstance(reading.diagram, Plan):
        return Understood(reading.diagram, reading.diagram.title, "text", "", reading.assumed, reading.left_out)
    return _outlined("gantt", body, topic, language)


def _infographic(body: str, topic: str, language: str) -> Understood:
    board = read_board.read(body, topic, language)
    if board:
        return Understood(board, board.title, "text")
    return _outlined("infographic", body, topic, language)


def _outlined(kind: str, body: str, topic: str, language: str) -> Understood:
    """A topic alone: a general outline of it, in Chinese and English; in other languages what was said, and no more."""
    title = words.trimmed(topic or body)
    rest = body if topic and body else ""
    text = outlines.outline(kind, f"{topic} {body}", language)
    if not text or len(title) > _LONGEST_TOPIC:
        return _bare(kind, title, language)
    inner = _READERS[kind](text, title, language)
    said = "only a topic was given: a general outline of such a diagram is drawn"
    left = tuple(part for part in (rest,) if part)
    return replace(inner, title=title, origin="outline", assumed=(said, *inner.assumed), left_out=left)


def _bare(kind: str, title: str, language: str) -> Understood:
    start, end = words.SAID[language][:2]
    name = title or "…"
    diagrams: Mapping[str, Callable[[], Diagram]] = {
        "flowchart": lambda: Flow(
            (Node("n1", start, "end"), Node("n2", name), Node("n3", end, "end")), (Edge("n1", "n2"), Edge("n2", "n3"))
        ),
        "mindmap": lambda: Branch(name),
        "gantt": lambda: read_gantt.single(name),
        "infographic": lambda: Board("", cards=(board_json.card(name),)),
    }
    said = "one thing was said and nothing of its parts: write a list, arrows or sentences to give it some"
    return Understood(diagrams[kind](), "" if kind != "mindmap" else name, "topic", assumed=(said,))


_READERS: Mapping[str, Callable[[str, str, str], Understood]] = {
    "flowchart": _flowchart,
    "mindmap": _mindmap,
    "gantt": _gantt,
    "infographic": _infographic,
}
