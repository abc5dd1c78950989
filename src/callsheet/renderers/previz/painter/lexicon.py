"""Finds the painter's vocabulary in a prompt, English or Chinese: the longest phrase at each place, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from callsheet.renderers.previz.painter import figures

MOST = 9
"""Things of one kind: who asks for more is shown as many as this."""

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[\u3400-\u9fff]|[,.;:!?，。；：！？、]")
_SHADES = {"dark |deep |深|暗": ("#0c0e16", 0.42), "light |pale |浅|淡": ("#ffffff", 0.48)}
"""Words before a colour that darken or lighten it: what is mixed in, and how much."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase of the vocabulary in the text: its first and last token, and all it means."""

    start: int
    at: int
    kinds: tuple[tuple[str, str], ...]

    @property
    def said(self) -> dict[str, str]:
        """What it means, by kind."""
        return dict(self.kinds)


def tokens(text: str) -> list[str]:
    """English words, numbers, single Chinese characters and marks of punctuation, in order."""
    return _TOKEN.findall(text.lower())


def scan(words: list[str]) -> Iterator[Hit]:
    """The vocabulary's phrases in these tokens."""
    known, longest = _vocabulary()
    at = 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            kinds = known.get(_key(words[at : at + size]))
            if kinds:
                if kinds[0][0] != "skip":
                    yield Hit(at, at + size - 1, _plural(words[at + size - 1], kinds))
                at += size
                break
        else:
            if words[at].isdigit() and 0 < int(words[at][:3]) <= 99:
                yield Hit(at, at, (("count", str(min(MOST, int(words[at][:3])))),))
            at += 1


def _plural(token: str, kinds: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return (*kinds, ("plural", "")) if token.isascii() and _single(token) != token else kinds


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[dict[str, tuple[tuple[str, str], ...]], int]:
    """Every phrase by its key, with all it means, and the length of the longest in tokens."""
    text = files("callsheet.renderers.previz.painter").joinpath("words.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, str]] = tomllib.loads(text)
    tables["figure"] = {name: figure.words for name, figure in figures.load().items()}
    known: dict[str, list[tuple[str, str]]] = {}
    for kind, table in tables.items():
        for value, phrases in table.items():
            for phrase in phrases.split("|"):
                known.setdefault(_key(tokens(phrase)), []).append((kind, value))
    for phrase, kinds in _made_of_colours(tables["colour"]):
        known.setdefault(_key(tokens(phrase)), kinds)
    return {key: tuple(kinds) for key, kinds in known.items()}, max(key.count(" ") + 1 for key in known)


def _made_of_colours(table: dict[str, str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What the colours' names make with other words: a shade of it, someone's hair, a plain background."""
    for code, phrases in table.items():
        for phrase in phrases.split("|"):
            for words, (other, share) in _SHADES.items():
                for word in words.split("|"):
                    if word.isascii() == phrase.isascii():
                        yield word + phrase, [("colour", _mixed(code, other, share))]
            if phrase.isascii():
                yield f"{phrase} haired", [("tress", code)]
                yield f"{phrase} background", [("setting", "studio"), ("tint", f"backdrop {code}")]
            else:
                yield f"{phrase}发", [("tress", code)]
                for between in ("", "的"):
                    yield f"{phrase}{between}背景", [("setting", "studio"), ("tint", f"backdrop {code}")]


def _mixed(code: str, other: str, share: float) -> str:
    pairs = ((int(one[at : at + 2], 16) for one in (code, other)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _key(words: list[str]) -> str:
    return " ".join([*words[:-1], _single(words[-1])])


_ODD = {"people": "person", "men": "man", "women": "woman", "children": "child", "wolves": "wolf", "leaves": "leaf"}
_WHOLE = frozenset(
    [
        *("waves", "clouds", "hills", "woods", "bus", "cactus", "canvas", "pass", "grass", "glass", "pans"),
        *("octopus", "stairs", "plus", "us", "is", "as", "jeans", "clothes"),
    ]
)


def _single(token: str) -> str:
    """An English noun without its plural ending."""
    if token in _ODD:
        return _ODD[token]
    if len(token) < 4 or token in _WHOLE or not token.endswith("s") or token.endswith("ss"):
        return token
    if token.endswith("ies"):
        return token[:-3] + "y"
    if token.endswith(("shes", "ches", "xes", "sses", "buses")):
        return token[:-2]
    return token[:-1]
