"""Grows a flowchart statement by statement: what comes next hangs on every end that is still loose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from callsheet.renderers.previz.diagrams.shapes import Edge, Flow, Node, NodeKind
from callsheet.renderers.previz.diagrams.words import SAID, capital, trimmed

Loose = list[tuple[str, str]]
"""Nodes without a way on, each with the label that its arrow will have."""

_ALIKE = 0.5


@dataclass(slots=True)
class Open:
    """A decision whose other branch may still come."""

    node: str
    condition: str
    labels: tuple[str, str]
    now: Literal["yes", "no"] = "yes"
    done: Loose = field(default_factory=list[tuple[str, str]])
    other: bool = False
    waiting: bool = False
    """Whether the first branch is still to come although the second has come."""


@dataclass(slots=True)
class Builder:
    """Statements in, a Flow out. `language` gives the words for start, end, yes and no."""

    language: str
    nodes: list[Node] = field(default_factory=list[Node])
    edges: list[Edge] = field(default_factory=list[Edge])
    loose: Loose = field(default_factory=list[tuple[str, str]])
    open: list[Open] = field(default_factory=list[Open])
    fork: Loose | None = None
    """What the last step hung on: where a parallel one hangs too."""

    ended: Loose = field(default_factory=list[tuple[str, str]])

    def start(self) -> None:
        """The pill at the top."""
        self._add(SAID[self.language][0], "end")

    def step(self, label: str) -> None:
        """One more step after all loose ends."""
        self._add(_neat(label), "step")

    def together(self, labels: Sequence[str], *, beside: bool = False) -> None:
        """Steps at the same time; with `beside`, at the same time as the last step too."""
        if beside and self.fork is None:
            for label in labels:
                self.step(label)
            return
        first, kept = (self.fork if beside and self.fork else self.loose), self.loose if beside else []
        reached: Loose = list(kept)
        for label in labels:
            self.loose = list(first)
            self._add(_neat(label), "step")
            reached += self.loose
        self.loose, self.fork = reached, list(first)

    def decide(self, condition: str, labels: tuple[str, str] | None = None) -> None:
        """A diamond; what follows is its first branch."""
        yes, no = labels or (SAID[self.language][2], SAID[self.language][3])
        node = self._add(_asked(condition, self.language), "decision")
        self.loose = [(node, yes)]
        self.open.append(Open(node, condition, (yes, no)))

    def turn(self, which: Literal["yes", "no"], label: str = "") -> bool:
        """Go on with a branch of the innermost decision that has none yet. False when none is open."""
        while self.open and self._had(which):
            self.close()
        if not self.open:
            return False
        now = self.open[-1]
        if which == now.now:
            self.loose = [(node, label or said) if node == now.node else (node, said) for node, said in self.loose]
            return True
        if self.loose == [(now.node, now.labels[0])]:
            now.waiting = True
        else:
            now.done += self.loose
        now.waiting = now.waiting and which == "no"
        now.now, now.other = which, True
        self.loose = [(now.node, label or now.labels[0 if which == "yes" else 1])]
        return True

    def close(self) -> None:
        """End the innermost decision: its branches meet, and one that never came leads on too."""
        now = self.open.pop()
        rest = [] if now.other else [(now.node, now.labels[1])]
        first = [(now.node, now.labels[0])] if now.waiting else []
        self.loose = [*now.done, *first, *self.loose, *rest]
        self.fork = None

    def _had(self, which: str) -> bool:
        """Whether the innermost decision has had this branch already."""
        now = self.open[-1]
        return now.other and (which == "no" or (which == "yes" and not now.waiting))

    def close_all(self) -> None:
        """End all open decisions."""
        while self.open:
            self.close()

    def goto(self, node: Node) -> None:
        """Every loose end leads back to that node."""
        self._join(node.id)
        self.loose = []

    def until(self, condition: str, back: Node) -> None:
        """A diamond that leads back until its condition holds."""
        yes, no = SAID[self.language][2:]
        node = self._add(_asked(condition, self.language), "decision")
        self.edges.append(Edge(node, back.id, no))
        self.loose = [(node, yes)]

    def during(self, condition: str, labels: Sequence[str]) -> None:
        """A diamond; while its condition holds the steps come, and then it is asked again."""
        yes, no = SAID[self.language][2:]
        node = self._add(_asked(condition, self.language), "decision")
        self.loose = [(node, yes)]
        for label in labels:
            self.step(label)
        self._join(node)
        self.loose = [(node, no)]

    def end(self) -> None:
        """These loose ends lead to the end, and nothing else hangs on them."""
        self.ended += self.loose
        self.loose = []

    def flow(self) -> Flow:
        """The whole, with its end below whatever is still loose."""
        self.close_all()
        self.loose = [*self.loose, *self.ended]
        if self.loose or not self.edges:
            self._add(SAID[self.language][1], "end")
        return Flow(tuple(self.nodes), tuple(self.edges))

    def like(self, words: str) -> Node | None:
        """The earlier node that these words mean, the latest where several fit equally."""
        wanted = _grams(re.sub(r"^(?:检查|判断|审核|确认|继续|重新)(?=.{2})", "", trimmed(words)))
        if re.fullmatch(r"(?:the\s+)?(?:start|beginning)|开始|起点|开头|最初", trimmed(words).lower()):
            return self.nodes[1] if len(self.nodes) > 1 else self.nodes[0]
        scored = [
            (len(wanted & _grams(node.label)) / max(1, len(wanted)), index) for index, node in enumerate(self.nodes)
        ]
        best, index = max(scored, default=(0.0, 0))
        return self.nodes[index] if best >= _ALIKE else None

    def before_decision(self) -> Node | None:
        """The step that led to the innermost open decision: where one who tries again begins."""
        if not self.open:
            return self.nodes[-1] if len(self.nodes) > 1 else None
        into = [edge.start for edge in self.edges if edge.end == self.open[-1].node]
        return next((node for node in self.nodes if into and node.id == into[0]), None)

    def _add(self, label: str, kind: NodeKind) -> str:
        node = Node(f"n{len(self.nodes) + 1}", label, kind)
        self.nodes.append(node)
        self.fork = list(self.loose)
        self._join(node.id)
        self.loose = [(node.id, "")]
        return node.id

    def _join(self, goal: str) -> None:
        for start, label in self.loose:
            if not any(edge.start == start and edge.end == goal and edge.label == label for edge in self.edges):
                self.edges.append(Edge(start, goal, label))


def _neat(label: str) -> str:
    return capital(trimmed(label)) or "…"


def _asked(condition: str, language: str) -> str:
    """The condition as a question."""
    bare = trimmed(condition).rstrip("?？")
    if language.startswith("zh"):
        bare = re.sub(r"^(?:判断|检查|确认|验证(?!码)|查看|审核)(?=.*(?:是否|有没有|能否))", "", bare)
        bare = re.sub(r"(?:的话|时|的时候)$", "", bare)
    found = re.match(
        r"(?P<who>(?:the|an?|all|your|any|it|there|this|that)\b.*?)\s+(?P<is>is|are|was|were|can"
        r"|has been|have been)\s+(?P<what>.+)$",
        bare,
        re.I,
    )
    if found:
        first, _, rest = found["is"].partition(" ")
        bare = " ".join(filter(None, (first, found["who"][:1].lower() + found["who"][1:], rest, found["what"])))
    return capital(bare) + ("？" if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", bare) else "?")


def _grams(text: str) -> set[str]:
    """Words of Latin text without the smallest, and pairs of other letters."""
    words = {re.sub(r"(?:ing|ed|s)$", "", word) for word in re.findall(r"[a-z]{3,}", text.lower())} - {
        "the",
        "step",
        "and",
    }
    runs = re.findall(r"[\u3040-\u9fff\uac00-\ud7af]+", text)
    return words | {run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1))}
