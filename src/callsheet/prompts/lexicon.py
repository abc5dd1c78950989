"""The tables of both languages as compiled patterns, and the questions that several rules ask of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from callsheet.prompts.brief import Brief
from callsheet.prompts.words import en, en_verbs, zh

ARROW = re.compile(r"->|=>|→|⇒|--")

CASED = frozenset({"style"})
"""Looked for as they are written: a name is known by its capitals."""

OPPOSITES: Mapping[str, tuple[str, str, str]] = {
    "camera": ("static", "moving", "anywhere"),
    "travel": ("nearing", "leaving", "one shot"),
    "zoom": ("zooming-in", "zooming-out", "one shot"),
    "side": ("leftward", "rightward", "one shot"),
    "height": ("upward", "downward", "one shot"),
    "time of day": ("day", "night", "anywhere"),
    "sound": ("silent", "audible", "anywhere"),
    "colour": ("monochrome", "colourful", "anywhere"),
    "look": ("photo", "drawn", "anywhere"),
    "framing": ("close", "wide", "anywhere"),
    "tempo": ("uptempo", "downtempo", "anywhere"),
    "pace": ("slow", "fast", "together"),
    "loudness": ("loud", "quiet", "together"),
    "light": ("bright", "dark", "together"),
    "mood": ("happy", "sad", "together"),
}
"""What excludes each other: in one thought wherever they stand, or only where they stand together (slow and fast).

What a camera does at once is asked of a prompt that speaks of one shot, and there `while` tells of no sequence.
"""

_JOINED = r"(?:[\s,、，/-]|and|but|yet|also|very|extremely|at once|又|且|而|和|并且|同时|很|非常|极)*"


@cache
def pattern(name: str) -> re.Pattern[str]:
    """What one table of both languages matches."""
    return _joined(en.TABLE[name], zh.TABLE[name], 0 if name in CASED else re.IGNORECASE)


@cache
def named(kind: str) -> Mapping[str, re.Pattern[str]]:
    """The patterns of the camera moves (`moves`) or of the looks (`styles`), by name."""
    ours, theirs = (en.MOVES, zh.MOVES) if kind == "moves" else (en.STYLES, zh.STYLES)
    return {name: _joined(ours[name], theirs[name]) for name in ours}


@cache
def artists() -> re.Pattern[str]:
    """A living or protected name where a style is asked for; the name is group `en` or `zh`."""
    before = r"(?:in the (?:style|manner) of|inspired by|à la|a la|by|like)"
    after = r"(?:'s|’s)?[ -](?:style|styled|esque|like|aesthetic|look|type|score)"
    english = rf"(?<!\w)(?:{before} (?:the )?(?P<en>{en.NAMES})(?!\w)|(?P<of>{en.NAMES}){after}(?!\w))"
    chinese = rf"(?:模仿|仿|像|类似)?(?P<zh>{zh.NAMES})(?:的)?(?:风格?|式|画风|曲风|感觉|那样)"
    return re.compile(f"{english}|{chinese}", re.IGNORECASE)


@cache
def together(left: str, right: str) -> re.Pattern[str]:
    """Two tables' words side by side, in either order."""
    one, other = (f"(?:{en.TABLE[name]}|{zh.TABLE[name]})" for name in (left, right))
    return re.compile(rf"(?<![a-z])(?:{one}{_JOINED}{other}|{other}{_JOINED}{one})(?![a-z])", re.IGNORECASE)


def hits(brief: Brief, name: str) -> Iterator[re.Match[str]]:
    """Every place where one table's words stand."""
    return pattern(name).finditer(brief.text)


def has(brief: Brief, name: str) -> bool:
    """Whether one table's words stand anywhere."""
    return pattern(name).search(brief.text) is not None


def present(brief: Brief, kind: str) -> dict[str, re.Match[str]]:
    """Which camera moves or looks it names, with the first place of each."""
    return {name: hit for name, words in named(kind).items() if (hit := words.search(brief.text))}


def moves(brief: Brief) -> bool:
    """Whether anything in it moves; where that cannot be told, it does."""
    if any(word in en_verbs.MOTION or _looks_moving(word) for word in brief.words):
        return True
    if re.search(zh.MOTION, re.sub(zh.STILL, "", brief.text)):
        return True
    return _VERB_LIKE.search(brief.text) is not None


def actions(brief: Brief) -> int:
    """How many things a subject does, told one after the other: "a dog runs, jumps and eats", 小狗跑、跳、吃."""
    count = 0
    for clause in _CLAUSES.split(brief.text.lower()):
        if not clause or _OF_CAMERA.search(clause):
            continue
        words = _BEFORE.sub("", clause).split()
        first = bool(words) and words[0] in en_verbs.ACTS
        later = any(word in en_verbs.ACTS for word in words[1:]) and _ONE.match(clause) is not None
        theirs = (_ACTS.match if count else _ACTS.search)(clause) is not None
        count += (first and count > 0) or (later and count == 0) or theirs
    return count


def without(brief: Brief, *names: str) -> str:
    """The text without the words of these tables; what is left is what it is about."""
    left = brief.text
    for name in names:
        left = pattern(name).sub(" ", left)
    return re.sub(r"[\W\d_]+", " ", left).strip()


def number(text: str) -> float:
    """A number in digits, in English or in Chinese words up to ninety-nine."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if text.lower() in en.NUMBERS:
        return en.NUMBERS[text.lower()]
    tens, ten, ones = text.rpartition("十") if "十" in text else ("", "", text)
    return (zh.NUMBERS.get(tens, 1) * 10 if ten else 0) + zh.NUMBERS.get(ones, 0)


def instead_of(words: str) -> dict[str, str]:
    """For what is named after a negation, what to ask for in its place, by language."""
    for name, (known, wanted) in en.INSTEAD.items():
        known_zh, wanted_zh = zh.INSTEAD[name]
        if _joined(known, known_zh).search(words):
            return {"en": wanted, "zh": wanted_zh}
    return {}


def _looks_moving(word: str) -> bool:
    return word.endswith("ing") and len(word) > 4 and word not in en_verbs.STILL


_CLAUSES = re.compile(
    r"\s*(?:[,;.!?、，；。！？:：]|\b(?:and then|then|and|before|after)\b|然后|接着|随后|最后|并且|[又再并和])\s*"
)
_BEFORE = re.compile(r"^(?:(?:he|she|it|also|finally|next|first|suddenly|again|\w+ly) )+")
_ONE = re.compile(r"(?:an?|the|one|he|she|it|his|her|my|our|their|this|that)\b")
_OF_CAMERA = re.compile(r"\b(?:camera|shot|view|lens)\b|镜头|画面|机位")
_ACTS = re.compile(rf"(?:[他她它]|在|就|会|要|还)*(?:{zh.ACTS})")

_VERB_LIKE = re.compile(
    r"\b(?:an?|the|one|each|he|she|it|his|her)\s+(?:(?!(?:of|with|and|on|in|at|by|under|near|from|to|as|is)\b)[a-z'-]+\s+){1,4}?"
    r"(?!(?:is|was|has|as|this|its|glass|grass|dress|moss|across|canvas|class|less|plus|bus|gas|lens|kiss|always|sometimes|perhaps|towards|besides|\w+ness|\w+less|\w+ous)\b)"
    r"[a-z]{3,}s\s+(?!(?:of|with|and)\b)(?:[a-z]+)",
    re.IGNORECASE,
)
"""`a monk prostrates before`: what follows one thing and ends in s is taken for a verb."""


def _joined(english: str, chinese: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w])(?:{english})(?![\w])|(?:{chinese})", flags)
