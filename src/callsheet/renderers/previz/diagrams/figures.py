"""Numbers in a text, with what they count and their unit, in figures or in Chinese and English words for millions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callsheet.renderers.previz.diagrams.words import trimmed

_NUMBER = re.compile(
    r"(?P<sign>[-−+]|[$€£¥￥]\s*)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*"
    r"(?P<unit>%|％|个百分点|(?:\s?(?:percent|per cent|thousand|million|billion|trillion|[kKMB]|bn|mn|pts"
    r"|users?|people|hours?|minutes?|days?|weeks?|months?|years?|countries|km|kg|t|MW|GW|TWh|x|USD|EUR"
    r"|[€$](?!\s*\d)|₽|円|人|원|명)(?![A-Za-z]))+"
    r"|[万亿千百]*(?:美元|欧元|人民币|元|人次|人|家|台|件|次|个|名|篇|倍|户|辆|吨|公里|米|岁|分钟|小时|天|周|个月|年|种|项|国家|城市)?)"
)
_TIMES = (
    ("万亿", 1e12),
    ("亿", 1e8),
    ("千万", 1e7),
    ("百万", 1e6),
    ("万", 1e4),
    ("trillion", 1e12),
    ("billion", 1e9),
    ("bn", 1e9),
    ("million", 1e6),
    ("mn", 1e6),
    ("thousand", 1e3),
)
_SHORT = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}
_TIME = re.compile(
    r"^(?:(?:19|20)\d\d\s*年?|[QH][1-4](?:\s*(?:19|20)\d\d)?|(?:19|20)\d\d\s*[QH][1-4]"
    r"|第?[一二三四1-4]季度|\d{1,2}月|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*)$",
    re.I,
)
_GLUE = re.compile(
    r"(?:约|大约|达到?了?|占比?|为|是|有|共|超过|超|高达|仅|增长到?|增至|下降到?|降至|升至|的?比例|=|[:：-]"
    r"|(?<![A-Za-z])(?:about|around|over|more than|nearly|reached|reaches|grew to|rose to|fell "
    r"to|is|are|was|were|at|of|has|have|by|to))\s*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Number:
    """One number: where it stands, as it was written, what it is worth and in which unit."""

    at: tuple[int, int]
    shown: str
    value: float
    unit: str


def numbers(text: str) -> list[Number]:
    """All numbers in order; a bare year is a time and no number."""
    found: list[Number] = []
    for match in _NUMBER.finditer(text):
        unit, sign = match["unit"].strip(), (match["sign"] or "").strip()
        if _is_time(text, match) or re.search(r"[A-Za-z_]$", text[: match.start()]):
            continue
        value = float(match["number"].replace(",", "")) * _times(unit)
        if sign in ("-", "−") and not re.search(r"[\w\u4e00-\u9fff]\s*$", text[: match.start()]):
            value = -value
        else:
            sign = sign if sign in "$€£¥￥+" else ""
        apart = match["number"] + " " in match[0] or re.match("[a-z]{3}", unit)
        shown = f"{'-' if value < 0 else sign}{match['number']}{' ' if apart and unit else ''}{unit}"
        found.append(Number((match.start(), match.start() + len(match[0].rstrip())), shown, value, _kind(unit, sign)))
    return found


def is_time(label: str) -> bool:
    """Whether a label is a year, a quarter or a month."""
    return bool(_TIME.match(label.strip()))


def label(text: str) -> str:
    """What stands beside a number, without the words that only join them."""
    bare, before = trimmed(re.sub(r"^\s*(?:and|和|其中|而|in|the)\s+|^(?:其中|而|和|在)", "", text, flags=re.I)), ""
    while bare != before:
        before, bare = bare, trimmed(_GLUE.sub("", bare))
    return bare or (trimmed(text) if re.match(r"\s*(?:增长|下降)", text) else "")


def _is_time(text: str, match: re.Match[str]) -> bool:
    plain = match["unit"].strip() in ("", "年") or re.search(r"\b(?:in|since|by)\s+$", text[: match.start()], re.I)
    year = re.fullmatch(r"(?:19|20)\d\d", match["number"]) and not match["sign"] and plain
    follows = re.match(r"\s*(?:[:：,，=]|年|$|[$€£¥￥A-Za-z\u4e00-\u9fff])", text[match.start("unit") :])
    return (
        bool(year and follows)
        or bool(re.match(r"月", text[match.end("number") :]))
        or bool(re.search(r"[QH第]$", text[: match.start()]))
    )


def _times(unit: str) -> float:
    """What one of that unit is worth: a million where it begins with that word or its letter."""
    return next((by for word, by in _TIMES if word in unit), _SHORT.get(unit[:1], 1.0) if _short(unit) else 1.0)


def _short(unit: str) -> bool:
    return bool(re.match(r"[kKMB](?![A-Za-z])", unit))


def _kind(unit: str, sign: str) -> str:
    """Numbers of one kind can stand in one chart."""
    if unit in ("%", "％", "percent", "per cent"):
        return "%"
    plain = unit[1:] if _short(unit) else unit
    for word, _ in _TIMES:
        plain = plain.replace(word, "")
    return (sign if sign in ("$", "€", "£", "¥", "￥") else "") + plain.strip()
