"""Dates and durations as people write them, in the twelve languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_NUMBERS = {
    **{word: index for index, word in enumerate("零一二三四五六七八九十")},
    "两": 2,
    "兩": 2,
    "半": 0.5,
    **{
        word: index
        for index, word in enumerate(
            ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
        )
    },
    "a": 1,
    "an": 1,
    "half a": 0.5,
}
_UNITS = (
    (0, r"milestones?\b"),
    (
        1,
        r"(?:business|working|calendar)?\s*days?\b|d\b|个?工作日|天|日(?:間|间)?|일(?:간)?|días?|jours?"
        r"|Tage?n?\b|giorn[oi]|dias?\b|д(?:ней|ня|ень)|hari",
    ),
    (
        7,
        r"weeks?\b|wks?\b|w\b|周|週間?|个?星期|个?礼拜|주(?:일|간)?|semanas?|semaines?|Wochen?|settiman[ae]"
        r"|недел[яиьюе]*|minggu",
    ),
    (30, r"months?\b|mos?\b|个?月(?!\d)|個月|か月|ヶ月|개월|mes(?:es|i|e)?\b|mois|Monate?n?|месяц\w*|bulan"),
    (90, r"quarters?\b|个?季度"),
    (365, r"years?\b|年(?!\d)|años?|ans?\b|Jahre?n?\b|ann[io]|anos?|лет|год\w*|tahun"),
)
_COUNT = (
    r"(?P<count>\d+(?:[.,]\d+)?|half an?|[零一二两兩三四五六七八九十半]{1,3}|\b(?:an?|one|two|three|four"
    r"|five|six|seven|eight|nine|ten|eleven|twelve)\b)"
)
_DURATION = re.compile(
    rf"(?:为期|历时|持续|约|大约|需要?|用时|耗时|\b(?:for|lasts?|takes?|lasting|taking|about"
    rf"|of)\s+)?{_COUNT}\s*-?\s*个?\s*(?P<half>半)?"
    rf"(?:{'|'.join(f'(?P<u{days}>{words})' for days, words in _UNITS if days)})",
    re.I,
)
_MONTHS: list[str] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DATES = (
    re.compile(r"(?P<y>(?:19|20)\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号號]?"),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:19|20)\d\d)"),
    re.compile(rf"\b{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y>(?:19|20)\d\d))?\b", re.I),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}(?:,?\s+(?P<y>(?:19|20)\d\d))?\b", re.I),
    re.compile(r"(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号號]"),
    re.compile(r"(?P<y>(?:19|20)\d\d)\s*[-/年]\s*(?P<m>\d{1,2})\s*月?(?![\d-])"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A date or a duration in days, and where it stands in the text."""

    at: tuple[int, int]
    day: date | None = None
    days: int | None = None


def dates(text: str, year: int) -> list[Found]:
    """All dates in order; one without a year is in `year`. What is no day of the calendar is no date."""
    found: list[Found] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if not any(match.start() < one.at[1] and one.at[0] < match.end() for one in found):
                day = _day(match.groupdict(), year)
                found += [Found(match.span(), day)] if day else []
    return sorted(found, key=lambda one: one.at)


def duration(text: str) -> Found | None:
    """The first duration, in days: a week has 7, a month 30, a quarter 90, a year 365; at least one day."""
    for match in _DURATION.finditer(text):
        unit = next((days for days, _ in _UNITS if days and match[f"u{days}"]), 0)
        count = _number(match["count"]) + (0.5 if match["half"] else 0)
        if count:
            return Found(match.span(), days=max(1, round(count * unit)))
    return None


def _number(text: str) -> float:
    low = text.lower().strip()
    if re.match(r"\d", low):
        return float(low.replace(",", "."))
    if low.startswith("half"):
        return 0.5
    if low in _NUMBERS:
        return _NUMBERS[low]
    tens, _, ones = low.partition("十")
    return (_NUMBERS.get(tens, 1) * 10 + _NUMBERS.get(ones, 0)) if "十" in low else 0


def _day(parts: dict[str, str | None], year: int) -> date | None:
    month = parts.get("m") or _MONTHS.index(str(parts.get("name") or "jan")[:3].lower()) + 1
    try:
        return date(int(parts.get("y") or year), int(month), int(parts.get("d") or 1))
    except ValueError:
        return None
