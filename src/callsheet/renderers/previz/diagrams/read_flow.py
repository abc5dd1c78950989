"""Reads a flowchart from Chinese or English sentences: steps, conditions, loops, parallel paths, ends."""

from __future__ import annotations

import re

from callsheet.renderers.previz.diagrams import read_parallel, words
from callsheet.renderers.previz.diagrams.flow_build import Builder
from callsheet.renderers.previz.diagrams.shapes import Flow

_SEQUENCE = re.compile(
    r"^(?:首先|第一步|先(?!进|前)|然后再?|接着|接下来|随后|紧接着|之后再?|再(?=[^次]{2})|最后|最终|其次|此时|那么|并且|并(?=[^行列发])|且|则|就)[，,：:]?\s*"
    r"|^(?:first(?:ly)?|then|next|after (?:that|this|which)|afterwards?|finally|lastly"
    r"|second(?:ly)?|third(?:ly)?|and then|and|so|also)\b[,:]?(?:\s+|$)",
    re.I,
)
_IF = re.compile(
    r"^(?:如果|若是?|假如|倘若|要是|一旦)(?P<zh>.+)$|^(?:if|when|once|in case|provided(?: that)?)\s+(?P<en>.+)$", re.I
)
_UNLESS = re.compile(r"^unless\s+(.+)$|^除非(.+)$", re.I)
_ELSE = re.compile(
    r"^(?:否则|不然|要不然|反之)(?:的话)?[，,：:]?\s*(?:则|就)?\s*(?P<zh>.*)$"
    r"|^(?:otherwise|or else|else|if not|if no|in (?:the )?other cases?)\b[,:]?\s*(?:then\s+)?(?P<en>.*)$",
    re.I | re.S,
)
_YES = re.compile(
    r"^(?:如果|若)?是(?:的话)?\s*(?:[：:，,则]|->|→)\s*(.*)$|^(?:if\s+)?(?:yes|so)\s*(?:[:,]|->|→|then)\s*(.*)$", re.I
)
_NO = re.compile(
    r"^(?:如果|若)?(?:否|不是)(?:的话)?\s*(?:[：:，,则]|->|→)\s*(.*)$|^(?:if\s+)?no\s*(?:[:,]|->|→|then)\s*(.*)$", re.I
)
_ASK = re.compile(
    r"[?？]$|^(?:判断|检查|确认|审核|验证|查看|检测)?.{0,20}(?:是否|有没有|能否|可否)|^(?:check|decide|verify"
    r"|determine|see|ask)\s+(?:if|whether)\b",
    re.I,
)
_SHORT = re.compile(r"^(?P<when>[^，,]{1,16}?)(?:时)?则(?P<what>.{2,})$")
_BACK = re.compile(
    r"^(?:则|就|并)?(?:返回(?:到|至)?|回到|跳回|退回(?:到|至)?|跳转(?:到|至|回)|回退(?:到|至)|转到|转回)(?P<zh>.+)$"
    r"|^(?:(?:go|jump|loop|come|send it|return|move)\s+)?(?:back\s+)?(?:to|at)\s+(?P<en>.+)$"
    r"|^(?:return|loop)\s+to\s+(?P<en2>.+)$"
    r"|^start\s+(?:over|again)(?P<over>)$|^重新开始(?P<anew>)$",
    re.I,
)
_AGAIN = re.compile(r"^(?:重试|再试(?:一次)?|重来|再来一次|重新尝试)$|^(?:re-?try|try (?:it )?again|repeat)$", re.I)
_ANEW = re.compile(
    r"^(?:则|就)?重新(?P<zh>.{2,})$|^re-?(?P<en>enter|submit|do|send|check|test|try)\b(?P<rest>.*)$", re.I
)
_UNTIL = re.compile(
    r"^(?:不断|反复|一直)?(?:重复|循环)?(?P<zh>.*?)[，,]?\s*直到(?P<zhc>.+?)(?:为止)?$"
    r"|^(?:keep\s+|repeat(?:edly)?\s+|repeat:\s*)?(?P<en>.*?)[,]?\s*\buntil\s+(?P<enc>.+)$",
    re.I,
)
_WHILE = re.compile(
    r"^(?:while|as long as)\s+(?P<en>[^,]+),\s*(?P<ena>.+)$|^(?:只要"
    r"|当)(?P<zh>[^，,]+?)(?:时)?[，,]\s*(?:就|则)?(?:重复|循环|不断)(?P<zha>.+)$",
    re.I,
)
_BESIDE = re.compile(
    r"^(?:与此同时|同时|并行(?:地)?)[，,：:]?\s*(?P<zh>.+)$|^(?:at the same time|meanwhile|simultaneously"
    r"|in parallel)[,:]?\s+(?P<en>.+)$",
    re.I,
)
_TOGETHER = re.compile(
    r"^(?:并行|同时)(?:进行|执行|处理|开展)[：:]?\s*(?P<zh>.+)$|^(?P<zh2>.+?(?:和|、|与).+?)(?:同时|并行)(?:进行|执行"
    r"|处理)$|^(?P<en>.+?\band\b.+?)(?:\s+(?:run|happen|take place|are done))?"
    r"\s+(?:in parallel|at the same time|simultaneously|concurrently)$",
    re.I,
)
_END = re.compile(
    r"^(?:则|就)?(?:流程)?(?:结束|终止|退出)(?:流程)?$|^(?:the\s+(?:process|flow)\s+)?(?:ends?|stop|finish"
    r"|exit|done|quit)(?:\s+(?:the\s+)?(?:process|flow))?$",
    re.I,
)
_START = re.compile(r"^(?:流程)?开始$|^(?:the\s+(?:process|flow)\s+)?starts?$|^begin$", re.I)
_NOT = re.compile(
    r"不|未|没有?|无|失败|拒绝|驳回|错误|\bnot\b|n't\b|\bfail\w*|\breject\w*|\binvalid\b|\bwrong\b|\bno\b"
    r"|\bout of\b|\bincorrect\b|\bmissing\b",
    re.I,
)


def read(text: str, language: str) -> Flow | None:
    """The flowchart of the text; None when it names fewer than two steps, so that it is a topic and no process."""
    builder = Builder(language)
    builder.start()
    for sentence in words.sentences(text):
        _read_sentence(sentence, builder)
    flow = builder.flow()
    return flow if len(flow.nodes) > 3 else None


def _read_sentence(sentence: str, builder: Builder) -> None:
    left = read_parallel.fork(_bare(sentence), builder)
    for index, clause in enumerate(_clauses(read_parallel.beside(sentence) if left is None else left)):
        bare = _bare(clause)
        if index == 0 and not _goes_on(clause, bare, builder):
            builder.close_all()
        if bare:
            _read_clause(bare, builder)


def _goes_on(clause: str, bare: str, builder: Builder) -> bool:
    """Whether a new sentence still belongs to the open decision."""
    if _ELSE.match(bare) or _YES.match(bare) or _NO.match(bare) or _opposes(bare, builder):
        return True
    return bool(builder.open) and builder.nodes[-1].id == builder.open[-1].node


def _clauses(sentence: str) -> list[str]:
    """Cut at commas and sequence words, but a loop keeps its condition, and a number its comma."""
    if _WHILE.match(_bare(sentence)):
        return [sentence]
    cut = re.sub(
        r"\s*[,，]?\s*\b(?:and then|then|after that|afterwards)\b\s*,?\s*|\s*[，,]?\s*(?:然后|接着|随后|接下来)\s*",
        "，",
        sentence,
        flags=re.I,
    )
    cut = re.sub(
        r"\s+and\s+(?=(?:go|return|jump|loop)\s+(?:back\s+)?to\b|(?:re-?try|try again|end|stop|finish|exit)\b)",
        "，",
        cut,
        flags=re.I,
    )
    cut = re.sub(
        r"(?<=[\u4e00-\u9fff])(?<![则就并])(?:并且?|后)?(?=(?:返回|回到|退回到|重试|结束流程)|(?<=并)结束|(?<=后)结束)",
        "，",
        cut,
    )
    cut = re.sub(r"并，|并(?=结束$)", "，", cut)
    cut = re.sub(r"(?<=[^，,\s])\s*(?=否则|不然|\botherwise\b|\belse\b(?!\s*if))", "，", cut, flags=re.I)
    parts = re.split(r"，|,(?!\d{3})\s*", cut)
    return [part.strip() for part in parts if part.strip()]


def _bare(clause: str) -> str:
    """Without sequence words and punctuation around it."""
    bare, before = words.trimmed(clause), ""
    while bare != before:
        before, bare = bare, words.trimmed(_SEQUENCE.sub("", bare, count=1))
    return bare


def _read_clause(bare: str, builder: Builder) -> None:
    for reader in (_read_frame, _read_branch, _read_loop, _read_question, _read_parallel):
        if reader(bare, builder):
            return
    builder.step(bare)


def _read_frame(bare: str, builder: Builder) -> bool:
    """Start and end by their names, and where steps that go on at once meet."""
    if _START.match(bare) and len(builder.nodes) == 1:
        return True
    together = read_parallel.meet(bare, builder)
    if together is not None:
        return _rest(together, builder)
    if _END.match(bare):
        builder.end()
        return True
    return False


def _read_branch(bare: str, builder: Builder) -> bool:
    other = _ELSE.match(bare)
    if other and builder.open:
        builder.turn("no")
        return _rest(other["zh"] or other["en"] or "", builder)
    for which, pattern in (("yes", _YES), ("no", _NO)):
        answer = pattern.match(bare)
        if answer and builder.open:
            builder.turn("yes" if which == "yes" else "no")
            return _rest(next(filter(None, answer.groups()), ""), builder)
    if _opposes(bare, builder):
        condition, action = _halves(bare)
        builder.turn("no", words.capital(words.trimmed(condition)) if len(condition) < 9 else "")
        return _rest(action, builder)
    return _read_condition(bare, builder)


def _read_condition(bare: str, builder: Builder) -> bool:
    unless = _UNLESS.match(bare)
    if unless:
        builder.decide(unless[1] or unless[2])
        builder.turn("no")
        return True
    if _IF.match(bare) or _SHORT.match(bare):
        condition, action = _halves(bare)
        if builder.open and builder.nodes[-1].id == builder.open[-1].node:
            builder.turn("yes", words.capital(condition) if len(condition) < 9 else "")
        else:
            builder.decide(condition)
        return _rest(action, builder)
    return False


def _halves(bare: str) -> tuple[str, str]:
    """Condition and what follows it: after "则", "就" or "then"."""
    found = _IF.match(bare)
    inner = (found["zh"] or found["en"]) if found else bare
    short = re.match(r"(.+?)(?:的话|时)?(?:则|，就|,\s*|\bthen\b)\s*(.+)$", inner)
    return (words.trimmed(short[1]), words.trimmed(short[2])) if short else (words.trimmed(inner), "")


def _opposes(bare: str, builder: Builder) -> bool:
    """Whether a condition is the opposite of the open one, so that it begins the other branch."""
    if not builder.open or builder.open[-1].other or not (_IF.match(bare) or _SHORT.match(bare)):
        return False
    condition, _ = _halves(bare)
    return bool(_NOT.search(condition)) != bool(_NOT.search(re.sub("是否|有没有|能否", "", builder.open[-1].condition)))


def _rest(action: str, builder: Builder) -> bool:
    bare = _bare(action)
    if bare:
        _read_clause(bare, builder)
    return True


def _read_question(bare: str, builder: Builder) -> bool:
    if not _ASK.search(bare):
        return False
    condition = re.sub(r"^(?:check|decide|verify|determine|see|ask)\s+(?:if|whether)\s+", "", bare, flags=re.I)
    builder.decide(condition)
    return True


def _read_loop(bare: str, builder: Builder) -> bool:
    again = _AGAIN.match(bare)
    goal = builder.before_decision() if again else _goal(bare, builder)
    if goal:
        builder.goto(goal)
        return True
    looped = _WHILE.match(bare)
    if looped:
        actions = re.split(r"，|,\s*|\s+and\s+", looped["ena"] or looped["zha"])
        builder.during(looped["en"] or looped["zh"], [part for part in actions if part.strip()])
        return True
    found = _UNTIL.match(bare)
    if not found:
        return False
    action = words.trimmed(found["zh"] or found["en"] or "")
    known = builder.like(action) if action else None
    if action and (known is None or known.id != builder.nodes[-1].id):
        builder.step(action)
    builder.until(found["zhc"] or found["enc"], builder.nodes[-1])
    return True


def _goal(bare: str, builder: Builder):  # -> Node | None
    found, anew = _BACK.match(bare), _ANEW.match(bare)
    if found and (found["over"] is not None or found["anew"] is not None):
        return builder.nodes[min(1, len(builder.nodes) - 1)]
    if found:
        goal = found["zh"] or found["en"] or found["en2"]
        if re.search(r"上一步|上一环节|previous step|step before", goal):
            return builder.before_decision()
        return builder.like(re.sub(r"(?:步骤|环节|一步|页面|重新.*)$|\bstep\b", "", goal))
    return builder.like(anew["zh"] or f"{anew['en']}{anew['rest']}") if anew else None


def _read_parallel(bare: str, builder: Builder) -> bool:
    both = _TOGETHER.match(bare)
    if both:
        builder.together(words.listed(both["zh"] or both["zh2"] or both["en"]))
        return True
    beside = _BESIDE.match(bare)
    if beside:
        found = (
            words.listed(beside["zh"]) if beside["zh"] and len(builder.nodes) < 2 else [beside["zh"] or beside["en"]]
        )
        builder.together(found, beside=len(builder.nodes) > 1)
        return True
    return False
