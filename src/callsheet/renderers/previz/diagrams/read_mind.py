"""Reads a mind map from outlines in any language and from Chinese or English sentences."""

from __future__ import annotations

import re

from callsheet.renderers.previz.diagrams import structured, words
from callsheet.renderers.previz.diagrams.shapes import Branch

_HAS = re.compile(
    r"^(?P<zh>.{1,40}?)\s*(?:主要|一般|通常|可以|又|还|都)?(?:包括|包含|分为|分成|涵盖|涉及|由|有)(?:了|以下|下面"
    r"|如下)?(?P<zhl>.+?)(?:组成|构成|等)?(?:[一二两三四五六七八九十\d]+(?:个|大|种|项)?(?:部分|方面|类|模块|阶段|要点|步骤|层面|内容))?$"
    r"|^(?P<en>.{1,60}?)\s+(?:includes?|contains?|consists? of|comprises?|covers?|has|have|is "
    r"(?:divided|split) into|are (?:divided|split) into|involves?|features?|with)\s+(?P<enl>.+)$",
    re.I,
)
_COLON = re.compile(r"^([^：:]{1,40}?)\s*[：:]\s*(.+)$", re.S)
_INNER = re.compile(r"^(.*?)\s*[（(](.+)[）)]$")


class _Tree:
    """Thoughts by their labels, so that a later sentence can add to an earlier thought."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.children: dict[int, list[int]] = {0: []}
        self.labels = [topic]

    def add(self, label: str, parent: int) -> int:
        inner = _INNER.match(label)
        self.labels.append(words.capital(words.trimmed(inner[1] if inner else label)))
        at = len(self.labels) - 1
        self.children[at] = []
        self.children[parent].append(at)
        for part in words.listed(inner[2]) if inner else []:
            self.add(part, at)
        return at

    def find(self, label: str) -> int | None:
        bare = re.sub(r"^(?:the|its|each|every|其中的?|而|在)\s*", "", label.strip(), flags=re.I).lower()
        for at in range(len(self.labels) - 1, -1, -1):
            known = self.labels[at].lower()
            if bare == known or (len(bare) > 1 and (known.endswith(bare) or bare.endswith(known)) and len(known) > 1):
                return at
        return None

    def branch(self, at: int = 0) -> Branch:
        return Branch(self.labels[at], tuple(self.branch(child) for child in self.children[at]))


def read(text: str, topic: str, language: str) -> Branch | None:
    """The mind map; None where the text is a topic and nothing below it."""
    found = structured.rows(text)
    if found:
        return _of_rows(found, topic, language)
    if structured.has_arrows(text):
        return _of_arrows(text, topic)
    sentences = words.sentences(text)
    tree = _Tree(topic or (_generic(language) if _has_equals(sentences) else ""))
    for sentence in sentences:
        _read_sentence(sentence, tree)
    made = tree.branch()
    return made if made.size > 2 and made.label else None


def _of_rows(found: list[structured.Row], topic: str, language: str) -> Branch:
    if topic:
        return Branch(topic, tuple(structured.nested(found)))
    first, *rest = found
    forest = structured.nested(found)
    if len(forest) == 1:
        return forest[0]
    if rest and all(depth >= first[0] for depth, _ in rest) and not forest[0].children and first[0] < rest[0][0]:
        return Branch(first[1], tuple(structured.nested(rest)))
    return Branch(_generic(language), tuple(forest))


def _generic(language: str) -> str:
    said = {
        "zh": "主题",
        "zh-TW": "主題",
        "ja": "テーマ",
        "ko": "주제",
        "ru": "Тема",
        "fr": "Sujet",
        "de": "Thema",
        "id": "Topik",
    }
    return said.get(language, "Topic" if language == "en" else "Tema")


def _has_equals(sentences: list[str]) -> bool:
    """Whether several heads stand side by side ("A: a, b; B: c"), none of them the topic of the others."""
    heads = [found for sentence in sentences if (found := _COLON.match(sentence))]
    return len(heads) == len(sentences) > 1 and not any(head[1].lower() in heads[0][2].lower() for head in heads[1:])


def _of_arrows(text: str, topic: str) -> Branch | None:
    """`a -> b` hangs b on a; the first is the topic where none was named."""
    flow = structured.flow_of_arrows(text)
    if flow is None:
        return None
    labels = {node.id: node.label for node in flow[0].nodes}
    tree = _Tree(topic or flow[0].nodes[0].label)
    for edge in flow[0].edges:
        parent = tree.find(labels[edge.start])
        parent = tree.add(labels[edge.start], 0) if parent is None else parent
        if tree.find(labels[edge.end]) is None:
            tree.add(labels[edge.end], parent)
    for line in flow[1]:
        tree.add(line, 0)
    return tree.branch()


def _read_sentence(sentence: str, tree: _Tree) -> None:
    """ "A: a, b", "A includes a, b and c", or a thought of its own, hung on the topic."""
    for part in _parts(sentence):
        found, colon = _HAS.match(part), _COLON.match(part)
        if colon:
            _attach(colon[1], colon[2], tree)
        elif found:
            _attach(found["zh"] or found["en"], found["zhl"] or found["enl"], tree)
        elif not tree.topic:
            tree.topic = tree.labels[0] = words.capital(words.trimmed(part))
        else:
            for label in words.listed(part) if re.search("、", part) else [part]:
                tree.add(label, 0)


def _parts(sentence: str) -> list[str]:
    """A sentence of several that have: "A includes a and b, B includes c" """
    cuts = re.split(
        r"[，,]\s*(?=[^，,、]{1,30}?(?:包括|包含|分为|涵盖|\bincludes?\b|\bcovers?\b|\bconsists? of\b|\bhas\b)\s*)",
        sentence,
    )
    return [part for part in cuts if part.strip()]


def _attach(subject: str, members: str, tree: _Tree) -> None:
    subject = words.capital(words.trimmed(re.sub(r"^(?:and|而|其中|其中的)\s*", "", subject, flags=re.I)))
    if not tree.topic:
        tree.topic = tree.labels[0] = subject
        parent: int | None = 0
    else:
        parent = tree.find(subject)
    parent = tree.add(subject, 0) if parent is None else parent
    has = _HAS.match(members) if "、" not in members.split("包", 1)[0] else None
    if has and (has["zh"] or has["en"]) and not re.search(r"[、，,]", has["zh"] or has["en"]):
        inner = tree.add(has["zh"] or has["en"], parent)
        for label in words.listed(has["zhl"] or has["enl"]):
            tree.add(label, inner)
        return
    for label in _members(members):
        tree.add(label, parent)


def _members(text: str) -> list[str]:
    """The list, brackets kept whole."""
    kept = re.sub(r"[（(][^（）()]*[）)]", lambda found: re.sub("[、，,]", "\x00", found[0]), text)
    shut = re.sub(r"(?:等等|等)$", "", words.trimmed(kept))
    return [label.replace("\x00", "、") for label in words.listed(shut)]
