"""Reads an infographic: title, numbers, charts where numbers of one kind stand together, comparisons, steps, cards."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from callsheet.renderers.previz.diagrams import figures, structured, words
from callsheet.renderers.previz.diagrams.shapes import Board, Card, Chart, ChartKind, Figure, Versus

_VERSUS = re.compile(
    r"^(?P<a>[^，,。；：:]{1,40}?)\s*(?:\bvs\.?\b|\bversus\b|\bcompared (?:to|with)\b|对比|对阵|相比|比较"
    r"|与(?=[^，,]{1,20}(?:对比|相比|的?比较)))\s*(?P<b>[^，,。；：:]{1,40}?)(?:的?(?:对比|相比|比较))?\s*(?:[：:]\s*(?P<rest>.*))?$",
    re.I,
)
_HEADED = re.compile(r"^([^：:]{1,30}?)\s*[：:]\s*(.+)$", re.S)
_STEP = re.compile(r"^\s*(?:\d{1,2}[.、)）]|[①-⑳]|第[一二三四五六七八九十\d]+步|[Ss]tep\s*\d+)\s*[：:,.]?\s*(.+)$")
_EACH = re.compile(r"\s*([^，,。；;：:]+?)\s*(?:\bvs\.?|\bversus\b|对|比)\s*([^，,。；;：:]+?)\s*", re.I)
_FEW = 2


@dataclass(slots=True)
class _Draft:
    title: str
    figures: list[Figure] = field(default_factory=list[Figure])
    charts: list[Chart] = field(default_factory=list[Chart])
    versus: list[Versus] = field(default_factory=list[Versus])
    steps: list[Card] = field(default_factory=list[Card])
    cards: list[Card] = field(default_factory=list[Card])


def read(text: str, title: str, language: str) -> Board | None:
    """The board; None when the text is a topic and says nothing of it."""
    draft = _Draft(title)
    cells, rows = structured.table(text), structured.rows(text)
    if cells and _read_table(cells, draft):
        pass
    elif rows and any(depth > rows[0][0] for depth, _ in rows):
        _read_outline(rows, draft)
    else:
        _read_sentences(text, draft)
    told = [*draft.figures, *draft.charts, *draft.versus, *draft.steps, *draft.cards]
    if not told or (len(told) == 1 and not title and told == draft.cards[:1] and not draft.cards[0].head):
        return None
    return Board(
        draft.title,
        tuple(draft.figures),
        tuple(draft.charts),
        tuple(draft.versus),
        tuple(draft.steps),
        tuple(draft.cards),
    )


def _read_table(cells: list[list[str]], draft: _Draft) -> bool:
    """Every column of numbers is a chart over the first column."""
    head, *body = cells
    columns = range(1, len(head))
    if not any(figures.numbers(cell) for row in body for cell in row[1:]):
        return False
    if any(_only_number(cell) for cell in head[1:]):
        head, body = [""] * len(head), cells
    for column in columns:
        found = [
            Figure(row[0], number.value, number.shown) for row in body for number in figures.numbers(row[column])[:1]
        ]
        units = [number.unit for row in body for number in figures.numbers(row[column])[:1]]
        if found:
            draft.charts.append(Chart(_chart_kind(found, units), head[column], tuple(found)))
        else:
            draft.cards += [Card(row[0], row[column]) for row in body if row[column]]
    return True


def _only_number(cell: str) -> bool:
    found = figures.numbers(cell)
    return bool(found) and found[0].at == (0, len(cell.strip()))


def _read_outline(rows: list[structured.Row], draft: _Draft) -> None:
    """Heads with what stands below them: a chart where those are numbers, else a card."""
    forest = structured.nested(rows)
    if len(forest) == 1 and forest[0].children and not draft.title:
        draft.title, forest = forest[0].label, list(forest[0].children)
    pairs = [pair for branch in forest if not branch.children for pair in _pairs(branch.label)]
    if len(pairs) == len(forest) >= _FEW and len({number.unit for _, number in pairs}) == 1:
        _read_series("", pairs, draft)
        return
    for branch in forest:
        inner = [child.label for child in branch.children]
        if not inner:
            _read_sentence(branch.label, draft)
        elif all(_pairs(label) for label in inner) and len(inner) >= _FEW:
            _read_series(branch.label, [pair for label in inner for pair in _pairs(label)], draft)
        else:
            draft.cards.append(Card(branch.label, "\n".join(inner)))


def _read_sentences(text: str, draft: _Draft) -> None:
    found = [part for line in re.split(r"\n+", text) for part in _cut(line)]
    together: list[tuple[str, figures.Number]] = []
    for index, sentence in enumerate(found):
        pairs = _pairs(sentence)
        only = len(pairs) == 1 and len(sentence) < 30 and len(pairs[0][0]) < 14 and "\n" in text
        if only and (not together or pairs[0][1].unit == together[0][1].unit):
            together += pairs
            continue
        _flush(together, draft)
        if index == 0 and len(found) > 1 and not draft.title and not pairs and not _takes_part(sentence):
            draft.title = words.trimmed(sentence)
        else:
            _read_sentence(sentence, draft)
    _flush(together, draft)


def _flush(together: list[tuple[str, figures.Number]], draft: _Draft) -> None:
    if len(together) >= _FEW:
        _read_series("", list(together), draft)
    else:
        draft.figures += [Figure(name, number.value, number.shown) for name, number in together]
    together.clear()


def _cut(line: str) -> list[str]:
    parts = re.split(
        r"[。；;！!]+|(?<=[A-Za-z%)\u4e00-\u9fff])\.(?=\s|$)|(?<=\d)\.(?=\s+\D|$)|(?<=\d{4})\.(?=\s)|(?=[①-⑳])"
        + (r"|(?<=\s)(?=\d{1,2}[.)、]\s*[^\d\s])" if re.match(r"\s*1[.)、]|.*\s1[.)、]\s", line) else ""),
        line,
    )
    return [part.strip(" -*•·\t") for part in parts if part.strip(" -*•·\t，,")]


def _takes_part(sentence: str) -> bool:
    return bool(_VERSUS.match(sentence) or _STEP.match(sentence) or _HEADED.match(sentence))


def _read_sentence(sentence: str, draft: _Draft) -> None:
    against, step, headed = _VERSUS.match(sentence), _STEP.match(sentence), _HEADED.match(sentence)
    if against:
        _read_versus(against, draft)
        return
    if step:
        head = _HEADED.match(step[1])
        draft.steps.append(
            Card(words.trimmed(head[1]), words.trimmed(head[2])) if head else Card(words.trimmed(step[1]))
        )
        return
    if headed and draft.versus and _add_point(headed, draft):
        return
    if structured.has_arrows(sentence):
        parts = re.split(
            r"\s*(?:-{1,2}>|=+>|→|➜)\s*", headed[2] if headed and not re.search("->|→", headed[1]) else sentence
        )
        draft.steps += [Card(words.trimmed(part)) for part in parts if part.strip()]
        return
    _read_numbers(sentence, headed, draft)


def _read_numbers(sentence: str, headed: re.Match[str] | None, draft: _Draft) -> None:
    title, body = (headed[1], headed[2]) if headed and not figures.is_time(headed[1]) else ("", sentence)
    pairs = _pairs(body)
    units = {number.unit for _, number in pairs}
    if len(pairs) >= _FEW and len(units) == 1 and all(name for name, _ in pairs):
        _read_series(title, pairs, draft)
    elif pairs and all(name or title for name, _ in pairs) and not _wordy(body, pairs):
        for name, number in pairs:
            draft.figures.append(
                Figure(
                    " ".join(filter(None, (title, name))) if len(pairs) == 1 else name or title,
                    number.value,
                    number.shown,
                )
            )
    elif headed:
        head, rest = words.trimmed(headed[1]), words.trimmed(headed[2])
        if figures.is_time(head):
            draft.steps.append(Card(head, rest))
        else:
            draft.cards.append(
                Card(head, "\n".join(words.listed(rest)) if "、" in rest or rest.count(",") > 1 else rest)
            )
    else:
        draft.cards.append(Card("", words.trimmed(sentence)))


def _wordy(body: str, pairs: list[tuple[str, figures.Number]]) -> bool:
    return max(len(name) for name, _ in pairs) > 48


def _pairs(text: str) -> list[tuple[str, figures.Number]]:
    """Each number with its label: what stands before it, else what stands behind it."""
    made: list[tuple[str, figures.Number]] = []
    for part in _numbered(
        re.split(
            r"[，,、;；](?!\d{3}(?:\D|$))\s*|(?<=[\d%])\s+(?:and|while)\s+(?=[^,]*\d)|(?<=[%％])\s*和|\s+\|\s+", text
        )
    ):
        for number in figures.numbers(part)[:1]:
            before = figures.label(part[: number.at[0]])
            behind = words.trimmed(re.sub(r"^\s*(?:of|are|is|的|in|for)\s+|^的", "", part[number.at[1] :]))
            made.append((_both(before, behind), number))
            extra = figures.numbers(part)[1:]
            made += [(before or behind, other) for other in extra]
    return made


def _numbered(parts: list[str]) -> list[str]:
    """The parts joined so that each has a number: one without goes with the next, the last with the one before."""
    made: list[str] = []
    waiting = ""
    for part in parts:
        whole = f"{waiting} {part}".strip() if waiting else part
        waiting = "" if figures.numbers(part) else whole
        made += [] if waiting else [whole]
    if waiting and made:
        made[-1] = f"{made[-1]}, {waiting}"
    return made


def _both(before: str, behind: str) -> str:
    return f"{before} {behind}".strip() if re.match(r"[A-Za-z]", behind) and before else before + behind


def _read_series(title: str, pairs: list[tuple[str, figures.Number]], draft: _Draft) -> None:
    found = [Figure(name, number.value, number.shown) for name, number in pairs]
    draft.charts.append(Chart(_chart_kind(found, [number.unit for _, number in pairs]), title, tuple(found)))


def _chart_kind(found: list[Figure], units: list[str]) -> ChartKind:
    """Times make a line from four on, shares of one whole a ring, all else bars."""
    if all(figures.is_time(figure.label) for figure in found):
        return "line" if len(found) > 3 else "bar"
    total = sum(figure.value for figure in found)
    if set(units) == {"%"} and 98 <= total <= 102 and len(found) <= 8 and min(figure.value for figure in found) >= 0:
        return "donut"
    return "bar"


def _read_versus(found: re.Match[str], draft: _Draft) -> None:
    """ "A vs B: …" with points for both, or points of each in later sentences."""
    left, right = words.trimmed(found["a"]), words.trimmed(found["b"])
    rest = found["rest"] or ""
    each = _EACH.fullmatch(rest)
    if each and figures.numbers(each[1]) and figures.numbers(each[2]):
        draft.versus.append(Versus(Card(words.capital(left), each[1]), Card(words.capital(right), each[2])))
        return
    draft.versus.append(Versus(Card(words.capital(left)), Card(words.capital(right))))
    for clause in re.split(r"[，,]\s*(?=\S+)", rest):
        if clause.strip():
            _add_clause(words.trimmed(clause), draft)


def _add_clause(clause: str, draft: _Draft) -> None:
    """Under the one of the two that it names; where it names none, under both heads in turn stands nothing: a card."""
    last = draft.versus[-1]
    for side in (last.left, last.right):
        if clause.lower().startswith(side.head.lower()):
            point = words.trimmed(re.sub(r"^(?:是|为|:|：|is|are|has)\s*", "", clause[len(side.head) :].strip()))
            _put(draft, side, [point or clause])
            return
    draft.cards.append(Card("", clause))


def _add_point(headed: re.Match[str], draft: _Draft) -> bool:
    last = draft.versus[-1]
    for side in (last.left, last.right):
        if headed[1].strip().lower() == side.head.lower():
            _put(draft, side, words.listed(headed[2]))
            return True
    return False


def _put(draft: _Draft, side: Card, points: list[str]) -> None:
    last = draft.versus[-1]
    more = Card(side.head, "\n".join(filter(None, [side.text, *points])))
    draft.versus[-1] = Versus(more, last.right) if side is last.left else Versus(last.left, more)
