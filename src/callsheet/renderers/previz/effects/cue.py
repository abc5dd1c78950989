"""A cue: one sound that a prompt asks for, and the manner in which it is to be played."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callsheet.renderers.previz.effects.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Manner:
    """How a sound is played. `gain` in decibels; `cut` the hertz above which it is dulled, None where it is not.

    `wet` is how much of a large room answers, 0..1; `pace` how many times as fast it happens again; `height` how many
    times as high it is; `pan` from -1 (left) to 1.
    """

    gain: float = 0.0
    cut: float | None = None
    wet: float = 0.0
    pace: float = 1.0
    height: float = 1.0
    pan: float | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """One sound of a prompt: `text` is what called for it, `step` its place in the order, `count` None: as usual."""

    recipe: Recipe
    text: str
    step: int = 0
    count: int | None = None
    manner: Manner = Manner()


_LOUD = (
    r"\b(?:heavy|heavily|loud|loudly|strong|huge|massive|powerful|violent|violently|intense|roaring|hard|big|giant)\b|"
    r"剧烈|猛烈|强烈|巨大|巨响|响亮|大声|重重|用力|激烈|沉重"
)
_SOFT = (
    r"\b(?:gentle|gently|soft|softly|light|lightly|quiet|quietly|faint|faintly|slight|subtle|delicate|tiny|low volume"
    r"|whisper\w*)\b|"
    r"轻轻|轻柔|轻微|微弱|细微|柔和|小声|安静|淡淡|隐约"
)
_FAR = r"\b(?:distant|distantly|far|faraway|remote)\b|in the (?:distance|background)|远处|远方|遥远|远远|背景"
_NEAR = r"\b(?:near|nearby|near by|close by|close|up close)\b(?![- ]up shot)|近处|近距离|耳边|面前|身边|附近"
_MUFFLED = (
    r"\bmuffled\b|(?:behind|through) (?:a |the )?(?:closed )?(?:door|wall)s?|next room|"
    r"沉闷|隔壁|隔着|门外|墙后"
)
_ROOM = (
    r"\becho\w*|reverb\w*|cathedral|cave\b|\bhall(?:way)?\b|tunnel|canyon|empty (?:room|house|street)|"
    r"空旷|回声|回音|回荡|山谷|洞穴|隧道|走廊|大厅"
)
_FAST = r"\b(?:fast|quick|quickly|rapid|rapidly|hurried|frantic|running)\b|急促|快速|飞快|急速|匆忙|急忙|连续快"
_SLOW = r"\b(?:slow|slowly|lazy|unhurried)\b|缓慢|慢慢|缓缓|徐徐"
_HIGH = r"\b(?:high[- ]pitched|shrill|small|little)\b|尖锐|高音|尖细|刺耳"
_DEEP = r"\b(?:deep|low[- ]pitched|bassy|giant)\b|低沉|低音|浑厚|深沉"
_LEFT, _RIGHT = (
    r"\b(?:on|from|to) (?:the |your )?left\b|左边|左侧|左方",
    r"\b(?:on|from|to) (?:the |your )?right\b|右边|右侧|右方",
)


def manner(words: str) -> Manner:
    """How the words around a sound want it played."""

    def said(pattern: str) -> bool:
        return re.search(pattern, words, re.IGNORECASE | re.ASCII) is not None

    gain = 5.0 * said(_LOUD) - 7.0 * said(_SOFT) - 11.0 * said(_FAR) + 3.0 * said(_NEAR) - 6.0 * said(_MUFFLED)
    cuts = [hertz for pattern, hertz in ((_FAR, 1800.0), (_MUFFLED, 600.0), (_SOFT, 7000.0)) if said(pattern)]
    return Manner(
        gain=gain,
        cut=min(cuts, default=None),
        wet=max(0.45 * said(_ROOM), 0.35 * said(_FAR)),
        pace=1.6 ** (said(_FAST) - said(_SLOW)),
        height=1.26 ** (said(_HIGH) - said(_DEEP)),
        pan=(0.75 * said(_RIGHT) - 0.75 * said(_LEFT)) if said(_LEFT) or said(_RIGHT) else None,
    )


_NUMBERS = {
    "once": 1,
    "one": 1,
    "twice": 2,
    "two": 2,
    "thrice": 3,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "single": 1,
    "several": 4,
    "few": 3,
    "couple": 2,
}
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "几": 3}
_ENGLISH = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_UNITS = r"seconds?|secs?|s|minutes?|hours?|met(?:er|re)s?|miles?|hz|bpm|years?|times"
_BEFORE = re.compile(
    rf"(?:^|[^\w.])(\d{{1,2}}|{_ENGLISH})\s+(?!(?:{_UNITS})\b)(?:of\s+)?(?:[a-z'-]+\s+){{0,3}}$",
    re.IGNORECASE | re.ASCII,
)
_AFTER = re.compile(
    rf"^[^,.;]{{0,24}}?\b(?:(\d{{1,2}}|{_ENGLISH})\s+times|(once|twice|thrice))\b", re.IGNORECASE | re.ASCII
)
# "One dog" may bark for long, one bark is one: measure words of events count, those of things only from two on.
_CHINESE = r"(\d{1,2}|[一二两三四五六七八九十几]{1,3})\s*([声下次记响遍枪个只阵头匹条辆滴道枚])"
_CHINESE_BEFORE = re.compile(_CHINESE + r"[^，。；,0-9]{0,6}$")
_CHINESE_AFTER = re.compile(r"^[了响叫门]{0,2}\s*" + _CHINESE)
_OF_EVENTS = "声下次记响遍枪"


def counted(before: str, text: str, after: str) -> int | None:
    """How many times the words say, between 1 and 60; None where they do not."""
    for pattern, words in ((_BEFORE, before), (_AFTER, after)):
        if found := pattern.search(words):
            return _bounded(next(part for part in found.groups() if part).lower())
    found = _CHINESE_BEFORE.search(before) or re.search(_CHINESE, text) or _CHINESE_AFTER.search(after)
    if found is None:
        return None
    many = _bounded(found.group(1))
    return many if many > 1 or found.group(2) in _OF_EVENTS else None


def _bounded(word: str) -> int:
    if word.isdecimal():
        return min(60, max(1, int(word)))
    if word in _NUMBERS:
        return _NUMBERS[word]
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return _DIGITS.get(word[-1], 1)
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
