"""Reads where a process goes on in several ways at once, and where those meet: in parallel, when both are done."""

from __future__ import annotations

import re

from callsheet.renderers.previz.diagrams import words
from callsheet.renderers.previz.diagrams.flow_build import Builder

_FORK = re.compile(
    r"^(?:in parallel|simultaneously|concurrently|side by side)\b\s*[,:，：]?\s*(?P<en>.+)$"
    r"|^(?:并行|并列)(?:地|进行|执行|处理|开展)?\s*[，,：:]?\s*(?P<zh>.+)$",
    re.I | re.S,
)
_THEN = re.compile(
    r"\s*[,;，；]?\s*(?:\b(?:and\s+)?(?:then|finally|after that|afterwards)\b|然后|接着|随后|接下来|最后)\s*[,，]?\s*",
    re.I,
)
_CONDITION = re.compile(r"^(?:if|when|once|unless|while)\b|^(?:如果|若|除非|一旦)|\b(?:otherwise|else)\b|否则", re.I)
_BESIDE = re.compile(
    r"^(meanwhile|at the same time|in parallel|simultaneously|concurrently|同时|与此同时|并行)\s*[,:，：]\s*", re.I
)
_MEET = re.compile(
    r"^(?:when|once|after|as soon as)\s+(?:both|all|they|these|the (?:two|three|four))\b"
    r"(?:\s+of\s+(?:them|these|this|those))?"
    r"(?:\s+(?:tasks|steps|parts|paths|branches|sides|things))?\s+(?:(?:are|is|have|has|been|were|all|both)\s+)*"
    r"(?:done|finish(?:ed)?|complete[d]?|ready|end(?:ed)?|over|through)(?P<en>)$"
    r"|^(?:当|等|待|在)?(?:两者|二者|两个|两项|三者|三项|全部|所有|以上|它们|这些|上述|都)(?:任务|步骤|工作|部分|分支)?(?:都|全部|全|均)?"
    r"(?:完成|结束|做完|就绪)(?:了)?(?:之?后|以后|时)(?P<zh>.*)$",
    re.I,
)


def fork(sentence: str, builder: Builder) -> str | None:
    """Read a sentence that begins several steps at once; gives what follows them, None where it is no such sentence."""
    found = _FORK.match(sentence)
    if not found:
        return None
    head, *tail = _THEN.split(found["en"] or found["zh"], maxsplit=1)
    steps = words.listed(head)
    if len(steps) < 2 or any(_CONDITION.search(step) for step in steps):
        return None
    builder.close_all()
    builder.together(steps)
    return tail[0] if tail else ""


def beside(sentence: str) -> str:
    """The sentence with what says "meanwhile" joined to the step it speaks of."""
    return _BESIDE.sub(r"\1 ", sentence)


def meet(bare: str, builder: Builder) -> str | None:
    """What follows "when both are done", where several steps are under way; None where it says no such thing."""
    found = _MEET.match(bare)
    if not found or builder.open or len(builder.loose) < 2:
        return None
    return found["zh"] or ""
