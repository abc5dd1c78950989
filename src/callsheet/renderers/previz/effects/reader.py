"""Reads a prompt, English or Chinese, into cues: which sounds, in which order, how many, how far and how loud."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from callsheet.renderers.previz.effects.cue import Cue, Manner, counted, manner
from callsheet.renderers.previz.effects.library import RECIPES
from callsheet.renderers.previz.effects.recipe import Recipe

_FLAGS = re.IGNORECASE | re.ASCII
_THEN = re.compile(
    r"\b(?:then|after (?:that|which)|afterwards?|followed by|next|later|finally|subsequently|before)\b|→|->"
    r"|然后|接着|随后|之后|紧接|接下来|最后|后来|再(?!次)",
    _FLAGS,
)
_EARLIER = re.compile(r"\bafter\b(?! (?:that|which))", _FLAGS)
_PAUSE = re.compile(r"[,.;:!?，。；：！？、\n]")
_BREAK = re.compile(
    _THEN.pattern
    + r"|\b(?:and|with|while|plus|as|but|amid)\b|&|\+|[,.;:!?，。；：！？、\n]"
    + r"|伴随着?|伴着|同时|以及|加上|夹杂着?|和|与|但",
    _FLAGS,
)
_NOT = re.compile(
    r"(?:\b(?:no|without|not|never|except|exclud\w*|free of|don't)\b(?![^,.;]*\b(?:but|only)\b)[^,.;]{0,24}"
    r"|(?:没有|没|不要|不含|无|别|除了|不带)[^，。；,]{0,6})$",
    _FLAGS,
)
_NOR = re.compile(r"^\s*(?:,?\s*(?:or|nor)\b|或者?|、|也没有?|和|,?\s*and no\b)[\s\w]{0,16}$", _FLAGS)
_VARIANTS = {("rain-heavy", False): "rain-light", ("wind", True): "wind-howl"}
_TOKEN = re.compile(r"[a-z]{3,}|[\u3400-\u9fff]{1,2}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood: cues in order, and the names of recipes that the prompt names only to refuse them."""

    cues: tuple[Cue, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    recipe: Recipe


def read(prompt: str, negative: str = "") -> Reading:
    """Read a prompt; what `negative` names is refused. Nothing known in it gives no cues."""
    matches = _matches(prompt)
    unwanted = {match.recipe.name for match in _matches(negative)}
    cues: list[Cue] = []
    refused: list[str] = []
    step, denied, last = 0, False, None
    for index, match in enumerate(matches):
        before = prompt[matches[index - 1].end if index else 0 : match.start]
        after = prompt[match.end : matches[index + 1].start if index + 1 < len(matches) else len(prompt)]
        denied = _NOT.search(before) is not None or (denied and _NOR.search(before) is not None)
        if denied or match.recipe.name in unwanted:
            refused.append(match.recipe.name)
            continue
        if last is not None:
            step += _advance(before, last.recipe, match.recipe)
        cues.append(_cue(match, prompt[match.start : match.end], before, after, step))
        last = match
    return Reading(_ordered(_merged(cues)), tuple(dict.fromkeys(refused)))


def nearest(prompt: str, many: int = 3) -> list[str]:
    """The names of the recipes whose words look most like the prompt's, for one in which none was found."""
    words = _TOKEN.findall(prompt.lower())
    scores = {
        name: max((_alike(word, known) for word in words for known in _plain(name)), default=0.0) for name in RECIPES
    }
    return sorted(scores, key=lambda name: (-scores[name], name))[:many]


def _matches(text: str) -> list[_Match]:
    """Where recipes' words stand, the longest first where they overlap, in the order of the text."""
    found = [
        _Match(hit.start(), hit.end(), recipe)
        for recipe, pattern in _patterns()
        for hit in pattern.finditer(text)
        if hit.end() > hit.start()
    ]
    taken: list[_Match] = []
    for match in sorted(found, key=lambda m: (m.start - m.end, m.start)):
        if all(match.end <= other.start or match.start >= other.end for other in taken):
            taken.append(match)
    return sorted(taken, key=lambda m: m.start)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Recipe, re.Pattern[str]], ...]:
    words = _vocabulary()
    return tuple(
        (recipe, re.compile("|".join([*words[recipe.name]["en"], *words[recipe.name]["zh"]]), _FLAGS))
        for recipe in RECIPES.values()
    )


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, dict[str, list[str]]]:
    """For each recipe's name its regular expressions in English and Chinese."""
    return tomllib.loads(files("callsheet.renderers.previz.effects").joinpath("words.toml").read_text(encoding="utf-8"))


def _advance(between: str, last: Recipe, this: Recipe) -> int:
    """Steps from one sound to the next by the words between them: two that happen once, parted by a comma, follow."""
    if _THEN.search(between):
        return 1
    if _EARLIER.search(between):
        return -1
    once = not (last.bed or last.repeats or this.bed or this.repeats)
    return 1 if once and _PAUSE.search(between) else 0


def _cue(match: _Match, text: str, before: str, after: str, step: int) -> Cue:
    """The words that belong to a sound reach to the next break on either side."""
    breaks = list(_BREAK.finditer(before))
    mine = before[breaks[-1].end() :] if breaks else before
    stop = _BREAK.search(after)
    behind = after[: stop.start()] if stop else after
    how, recipe = manner(f"{mine} {behind}"), match.recipe
    other = _VARIANTS.get((recipe.name, how.gain > 0)) if how.gain and not how.wet else None
    if other is not None:
        recipe, how = RECIPES[other], Manner(pan=how.pan)
    return Cue(recipe, text.strip(), step, None if recipe.bed else counted(mine, text, behind), how)


def _merged(cues: list[Cue]) -> Iterator[Cue]:
    """One sound named twice in the same step is one, unless it is counted."""
    seen: set[tuple[str, int]] = set()
    for cue in cues:
        key = (cue.recipe.name, cue.step)
        if cue.count is not None or key not in seen:
            seen.add(key)
            yield cue


def _ordered(cues: Iterator[Cue]) -> tuple[Cue, ...]:
    """Steps counted from 0 without gaps ("a knock after the thunder" had put the thunder before it)."""
    known = list(cues)
    steps = {step: place for place, step in enumerate(sorted({cue.step for cue in known}))}
    return tuple(
        Cue(cue.recipe, cue.text, steps[cue.step], cue.count, cue.manner)
        for cue in sorted(known, key=lambda cue: cue.step)
    )


@lru_cache(maxsize=128)
def _plain(name: str) -> tuple[str, ...]:
    known = _vocabulary()[name]
    words = _TOKEN.findall(" ".join([name, *known["en"], *known["zh"]]).lower())
    return tuple(dict.fromkeys(word for word in words if len(word) > 1))


def _alike(word: str, known: str) -> float:
    if not word.isascii():
        return len(set(word) & set(known)) / 2 if not known.isascii() else 0.0
    return difflib.SequenceMatcher(None, word, known).ratio() if known.isascii() else 0.0
