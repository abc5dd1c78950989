"""The few words that diagrams need in each language, and how text is cut into sentences and clauses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("en", "zh", "zh-TW", "ja", "ko", "es", "fr", "de", "it", "pt", "ru", "id")
"""The languages whose letters and few words are here; only English and Chinese sentences are understood."""

SAID: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "en": ("Start", "End", "Yes", "No"),
        "zh": ("开始", "结束", "是", "否"),
        "zh-TW": ("開始", "結束", "是", "否"),
        "ja": ("開始", "終了", "はい", "いいえ"),
        "ko": ("시작", "끝", "예", "아니요"),
        "es": ("Inicio", "Fin", "Sí", "No"),
        "fr": ("Début", "Fin", "Oui", "Non"),
        "de": ("Start", "Ende", "Ja", "Nein"),
        "it": ("Inizio", "Fine", "Sì", "No"),
        "pt": ("Início", "Fim", "Sim", "Não"),
        "ru": ("Начало", "Конец", "Да", "Нет"),
        "id": ("Mulai", "Selesai", "Ya", "Tidak"),
    }
)
"""Start, end, yes and no."""

_SCRIPTS = (
    ("ja", r"[\u3040-\u30ff]"),
    ("ko", r"[\uac00-\ud7af]"),
    ("ru", r"[\u0400-\u04ff]"),
    ("zh", r"[\u4e00-\u9fff]"),
)
_MARKER = (
    r"(?:\d{1,2}\s*[.、)）]\s*(?!\d)|[①-⑳]\s*|"
    r"第[一二三四五六七八九十\d]{1,3}步\s*[：:，,]?\s*|[Ss]tep\s+\d+\s*[:.,-]?\s*)"
)
_END = re.compile(
    r"[。！；;\n]+|(?<=[?？])|(?<=[^\W\d_])[.!](?=\s|$)|(?<=\d)[.!](?=\s+[A-Z]|$)|(?<=[)\"'”’\]])[.!](?=\s|$)"
)
_INTRO = (
    re.compile(
        r"^\s*(?:请|帮我|请帮我|麻烦)*(?:画|绘制|生成|制作|设计|创建|做|写|给我)(?:出|成)?(?:一?[个张份幅])?(?:关于|有关)?"
        r"(?P<topic>[^，。：:\n；]{0,40}?)的?(?:流程图|思维导图|脑图|甘特图|信息图表?|图表|图)\s*(?:[：:，,。\n]+|$)"
    ),
    re.compile(
        r"^\s*(?:please\s+)?(?:can you\s+)?(?:draw|create|make|generate|design|build|show"
        r"|give)\s+(?:me\s+|us\s+)?(?:an?\s+|the\s+)?"
        r"(?P<before>[^:.\n]{0,60}?)\s*(?:flow\s?chart|flow diagram|process diagram|mind\s?map"
        r"|gantt(?:\s+chart)?|infographic|diagram|chart)"
        r"(?:\s+(?:of|for|about|on|showing|that shows|describing|to "
        r"show)\s+(?P<topic>[^:.\n]{1,80}))?\s*(?:[:.\n]+|$)",
        re.I,
    ),
)


def tongue(text: str, language: str) -> str:
    """The language whose words fit the text: what its letters say, and `language` where they leave it open."""
    found = next((name for name, letters in _SCRIPTS if re.search(letters, text)), None)
    if found == "zh":
        return language if language in ("zh", "zh-TW", "ja") else "zh"
    if found:
        return found
    return language if language in SAID and not re.match(r"zh|ja|ko|ru", language) else "en"


def introduced(text: str) -> tuple[str, str]:
    """The topic that an opening such as "Draw a flowchart of X:" names, and the text after it."""
    for pattern in _INTRO:
        found = pattern.match(text)
        if found:
            topic = next(
                (part for part in (found["topic"], found.groupdict().get("before")) if part and part.strip()), ""
            )
            return capital(trimmed(topic)), text[found.end() :].strip()
    return "", text.strip()


def headed(text: str) -> tuple[str, str]:
    """A short head before a colon at the very beginning ("注册流程：…", "Onboarding: …"), and the rest."""
    found = re.match(r"\s*([^：:，,。.；;\n?？\d]{2,40}?)\s*[：:]\s*(?=\S)(.*)", text, re.S)
    return (found[1].strip(), found[2].strip()) if found else ("", text)


def sentences(text: str) -> list[str]:
    """Sentences and numbered steps, in order, without what separates them."""
    parts = re.split(rf"(?:^|(?<=[\s，。；：:,;.]))(?={_MARKER})", text)
    return [part for whole in parts for piece in _END.split(whole) if (part := unmarked(piece))]


def unmarked(text: str) -> str:
    """Without a bullet or a number at its beginning."""
    return re.sub(rf"^\s*(?:[-*•·▪◦+]\s+|{_MARKER})", "", text).strip(" \t，,、")


def trimmed(text: str) -> str:
    """Without blanks and punctuation at either end."""
    return text.strip(" \t\r\n，,。.；;：:、!！")


def capital(text: str) -> str:
    """With a capital letter at the beginning, where letters have one."""
    return text[:1].upper() + text[1:] if re.match(r"[a-zà-ÿ][a-zà-ÿ'’-]*(?:\s|$)", text) else text


def listed(text: str) -> list[str]:
    """The members of "a, b and c" or "a、b和c"; one alone where it is no list."""
    if re.search(r"、|，.*和|[；;]", text) or (re.search(r"[\u4e00-\u9fff]", text) and "," not in text):
        parts = re.split(r"、|，|；|;|(?<=[\u4e00-\u9fffA-Za-z0-9)）])(?:以及|及|和|与)(?=[^、，；]{1,20}$)", text)
    else:
        parts = re.split(r"\s*[,;，]\s*(?:and\s+|or\s+|&\s+)?|\s+(?:and|&)\s+(?=[^,]+$)", text)
    return [part for piece in parts if (part := trimmed(piece))]
