"""Reads a Gantt chart: tasks with dates, durations, what they wait for, milestones and sections."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from callsheet.renderers.previz.diagrams import dates, structured, words
from callsheet.renderers.previz.diagrams.shapes import Plan, Reading, Span

FIRST_DAY = date(2026, 1, 5)
"""Day one, a Monday, of a plan without any date: fixed, so that the same words give the same chart on every day."""

DAYS = 5
"""How long a task is that does not say so."""

_AFTER = re.compile(
    r"(?:(?:在|等)|^)(?P<zh>[^，,。；、：:在等]{1,24}?)(?:任务|阶段)?(?:完成|结束|做完|通过)?(?:之后|以后|后)(?:再|才|开始|进行|启动|立即)*[，,]?\s*"
    r"|\b(?:start(?:s|ing)?\s+)?(?:after|following|depends on|once"
    r"|when)\s+(?:the\s+)?(?P<en>[^,;.]+?)(?:\s+(?:is|are|has|have)?\s*(?:been\s+)?(?:done"
    r"|finished|complete[ds]?|over|ends?|approved))?\s*(?=,|;|\.|$|\bfor\b|\btakes?\b|\blasts?\b)",
    re.I,
)
_BESIDE = re.compile(
    r"(?:与|和|跟)(?P<zh>[^，,。；、]{1,24}?)(?:同时|同步|并行)(?:进行|开展|开始)?|(?P<bare>同时|同步|并行)(?:进行|开展)?"
    r"|(?:starts?\s+)?(?:in parallel|at the same time|concurrently|simultaneously|together"
    r"|alongside)(?:\s+(?:with|as)?\s*(?:the\s+)?(?P<en>[^,;.]{1,40}))?|^meanwhile,?",
    re.I,
)
_MILESTONE = re.compile(
    r"[（(]?(?:里程碑|milestone|マイルストーン|마일스톤|hito|jalon|Meilenstein|marco|веха)[)）]?\s*[：:]?", re.I
)
_BEGIN = re.compile(
    r"^(?:整个|本)?(?:项目|计划|工程|the\s+project|project|the\s+plan|it)?\s*(?:从|于|在|将"
    r"|will)?\s*(?:starts?|begins?|开始|启动)?\s*(?:on|from|日期|时间)?\s*[：:]?\s*(?:开始|启动|起)?$",
    re.I,
)
_GLUE = re.compile(
    r"^(?:从|于|在|由|自|其中|然后|接着|最后|首先|再|(?:and|then|first|finally|next|the|from|on|le|la|el|der|die|das)\b)\s*(?=\S)"
    r"|(?:(?<![a-z])(?:from|on|until|till|to|for|takes?|lasts?|will take|is|are|starts?|begins?|starting)"
    r"|需要?|为期|持续|从|于|在|到|至|开始|进行|用时|为|是)\s*$|[（(]\s*[)）]",
    re.I,
)
_MEMBERS = re.compile(
    r"(?:包含|包括|分为|分成|includes?|consists? of|with(?: the)?(?: phases| tasks| "
    r"stages)?:?)\s*(?P<list>.+?)(?:等?[一二两三四五六七八九十\d]+个?(?:大)?(?:阶段|任务|步骤|部分|环节))?$",
    re.I,
)


@dataclass(slots=True)
class _Item:
    name: str
    section: str
    start: date | None = None
    until: date | None = None
    days: int | None = None
    after: list[str] = field(default_factory=list[str])
    beside: str | None = None
    milestone: bool = False


@dataclass(slots=True)
class _Plan:
    title: str
    section: str = ""
    begin: date | None = None
    year: int = FIRST_DAY.year
    items: list[_Item] = field(default_factory=list[_Item])
    left_out: list[str] = field(default_factory=list[str])


def read(text: str, title: str, language: str) -> Reading | None:
    """The chart; None when no task is named. Tasks follow one another unless they say otherwise."""
    plan = _Plan(title)
    years = re.findall(r"(?:19|20)\d\d(?=\s*[-/.年])|(?<=, )(?:19|20)\d\d\b", text)
    plan.year = int(years[0]) if years else FIRST_DAY.year
    cells = structured.table(text)
    rows = None if cells else structured.rows(text)
    if cells:
        _read_table(cells, plan)
    elif rows:
        _read_rows(rows, plan)
    else:
        _read_prose(text, plan)
    return _placed(plan) if plan.items else None


def single(name: str) -> Plan:
    """A plan of one task."""
    return Plan("", (Span("t1", name, FIRST_DAY, DAYS),), dated=False)


def _read_table(cells: list[list[str]], plan: _Plan) -> None:
    head = cells[0]
    titled = not any(dates.duration(cell) or dates.dates(cell, plan.year) for cell in head[1:])
    for row in cells[1:] if titled else cells:
        _read_item(_cell_text(row, head if titled else []), plan, sure=True)


def _cell_text(row: list[str], head: list[str]) -> str:
    """The row as a clause: a column called "after" or "依赖" says what it waits for, a bare number counts days."""
    said = [row[0]]
    for index, cell in enumerate(row[1:], 1):
        name = head[index].lower() if index < len(head) else ""
        if re.search(r"after|depend|依赖|前置|predecessor", name) and cell.strip(" -—"):
            said.append(f"after {cell}")
        elif re.fullmatch(r"\d+", cell):
            said.append(f"{cell} days")
        else:
            said.append(cell)
    return ", ".join(part for part in said if part.strip(" -—"))


def _read_rows(rows: list[structured.Row], plan: _Plan) -> None:
    for index, (depth, said) in enumerate(rows):
        deeper = index + 1 < len(rows) and rows[index + 1][0] > depth
        if deeper and dates.duration(said) is None and not dates.dates(said, plan.year):
            if index == 0 and not plan.title and all(other > depth for other, _ in rows[1:]):
                plan.title = said
            else:
                plan.section = said
        else:
            _read_item(said, plan, sure=True)


def _read_prose(text: str, plan: _Plan) -> None:
    for line in re.split(r"[\n。；;]+|(?<=[a-zA-Z)])\.(?=\s|$)|(?<=\d)\.(?=\s+[A-Z]|$)", text):
        said = words.unmarked(line)
        section = re.match(r"([^：:，,、\d]{1,24}|第.{1,3}阶段[^：:，,]{0,12})\s*[：:]\s*(.*)$", said)
        if section and not dates.duration(section[1]) and _holds_tasks(section[2]):
            plan.section, said = words.trimmed(section[1]), section[2]
        elif section:
            said = f"{section[1]}，{section[2]}"
        for clause in _clauses(said):
            _read_item(clause, plan)


def _holds_tasks(text: str) -> bool:
    """Whether what stands behind a colon are tasks of their own, and not the dates of one; nothing is a section too."""
    parts = re.split(r"[，,、]", text)
    if not text.strip() or not _names(parts[0]):
        return not text.strip()
    return any(_names(part) and (dates.duration(part) or dates.dates(part, 2000)) for part in parts)


def _clauses(line: str) -> list[str]:
    """Cut where a new task begins: what only dates, lasts or waits belongs to the task before."""
    members = _MEMBERS.search(line)
    if members and not dates.duration(line):
        return words.listed(members["list"]) and [f"\x00{part}" for part in words.listed(members["list"])]
    made: list[str] = []
    for part in re.split(r"、|，|,(?!\s*(?:19|20)\d\d)\s*|\s+and then\s+|\s+then\s+", line):
        bare = words.trimmed(part)
        open_before = bool(made) and not _names(made[-1]) and not _BEGIN.match(_without_dates(made[-1]))
        if bare and made and (open_before or not _names(bare)):
            made[-1] += f"，{bare}"
        elif bare:
            made.append(bare)
    return made


def _without_dates(text: str, year: int = FIRST_DAY.year) -> str:
    for found in reversed(dates.dates(text, year)):
        text = text[: found.at[0]] + " " + text[found.at[1] :]
    return words.trimmed(text)


def _names(clause: str) -> str:
    """What is left as a name when all that is known is taken away."""
    text = _without_dates(clause)
    lasting = dates.duration(text)
    if lasting:
        text = text[: lasting.at[0]] + " " + text[lasting.at[1] :]
    for pattern in (_AFTER, _BESIDE, _MILESTONE):
        text = pattern.sub(" ", text)
    before = ""
    while before != text:
        before, text = text, words.trimmed(_GLUE.sub(" ", words.trimmed(text))).strip("-–—~ ()（）")
    return re.sub(r"\s+", " ", text)


def _read_item(clause: str, plan: _Plan, *, sure: bool = False) -> None:
    sure, clause = sure or clause.startswith("\x00"), clause.removeprefix("\x00")
    found = dates.dates(clause, plan.year)
    rest = _without_dates(clause)
    lasting, after, beside = dates.duration(rest), _AFTER.search(rest), _BESIDE.search(rest)
    if found and not lasting and _BEGIN.match(rest):
        plan.begin = found[0].day
        return
    name = _names(clause)
    if not name or not (sure or found or lasting or after or beside or _MILESTONE.search(clause)):
        plan.left_out += [words.trimmed(clause)] if words.trimmed(clause) else []
        return
    item = _Item(words.capital(name), plan.section, milestone=bool(_MILESTONE.search(clause)))
    item.start = found[0].day if found else None
    item.until = found[1].day if len(found) > 1 else None
    item.days = lasting.days if lasting else None
    item.after = words.listed(after["zh"] or after["en"] or "") if after else []
    item.beside = (beside["zh"] or beside["en"] or "") if beside else None
    plan.items.append(item)


def _placed(plan: _Plan) -> Reading:
    """Every task on its day; what was taken for granted is said."""
    assumed: list[str] = []
    dated = bool(plan.begin or any(item.start for item in plan.items))
    begin = plan.begin or next((item.start for item in plan.items if item.start), FIRST_DAY)
    if not dated:
        assumed.append(f"no date was given: day one is drawn as {FIRST_DAY.isoformat()}")
    spans: list[Span] = []
    for item in plan.items:
        spans.append(_span(item, spans, begin, plan, assumed))
    return Reading(Plan(plan.title, tuple(spans), dated), tuple(assumed), tuple(plan.left_out))


def _span(item: _Item, spans: list[Span], begin: date, plan: _Plan, assumed: list[str]) -> Span:
    before = [span for name in item.after if (span := _named(name, spans))]
    plan.left_out += [f"after {name}" for name in item.after if not _named(name, spans)]
    start = item.start
    if start is None and item.beside is not None and spans:
        twin = _named(item.beside, spans) or spans[-1]
        start, before = twin.start, [span for span in spans if span.id in twin.after]
    if start is None and not before and spans:
        before = [max(spans, key=_over) if item.milestone else spans[-1]]
    start = start or max(map(_over, before), default=begin)
    days = 0 if item.milestone and item.days is None else item.days
    if days is None and item.until and item.until >= start:
        days = (item.until - start).days + 1
    if days is None:
        days = DAYS
        assumed.append(f"{item.name}: {DAYS} days")
    waits = tuple(span.id for span in before if _over(span) <= start)
    return Span(f"t{len(spans) + 1}", item.name, start, days, item.section, waits)


def _over(span: Span) -> date:
    return span.start + timedelta(days=span.days)


def _named(name: str, spans: list[Span]) -> Span | None:
    """The earlier task that is meant: the same name, or one that holds the other, the latest first."""
    bare = words.trimmed(name).lower()
    for span in reversed(spans):
        known = span.name.lower()
        if bare and (bare == known or bare in known or known in bare):
            return span
    return spans[-1] if re.search(r"^(?:that|this|it|此|其)$", bare) and spans else None
