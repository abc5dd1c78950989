"""Gives every colour word of a prompt to the noun it stands at: a subject, its part, or an element of the scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from callsheet.renderers.previz.painter import figures
from callsheet.renderers.previz.painter.lexicon import Hit

ELEMENT_OF = {
    "field": "ground", "desert": "ground", "snow": "ground", "street": "ground", "mountains": "mountains",
    "sea": "water", "harbour": "water", "lake": "water", "underwater": "water", "forest": "leaves", "room": "wall",
    "sky": "sky", "studio": "backdrop", "city": "buildings",
}  # fmt: skip
"""What of a setting takes the colour that stands before its name: a green forest has green leaves."""

_STRONG = ("figure", "part", "element")
_WEAK = ("setting", "time", "wash")
_REACH = {True: 3, False: 4}
"""Unknown words (characters, in Chinese) that may stand between a colour and its noun."""
_COPULAS = frozenset(["is", "are", "was", "were", "painted", "coloured", "colored", "dyed", *"是为呈"])
_ADVERBS = frozenset(["very", "bright", "all", "entirely", "completely", "vivid", "mostly", *"全都很"])
_MARKS = frozenset(",.;:!?，。；：！？、")
_STOPS = _MARKS | frozenset(
    [
        *("a", "an", "the", "with", "without", "in", "on", "at", "under", "over", "above", "below", "by", "near"),
        *("beside", "behind", "and", "or", "but", "of", "to", "from", "into", "through", "across", "against", "along"),
        *("around", "for", "while", "as", "is", "are", "was", "has", "have", "having", "wearing", "holding", "that"),
        *("which", "who", "plus"),
        *"在和与及或从向把被有是穿戴上下里中旁",
    ]
)
_JOINS = frozenset(["and", *"和与、"])


@dataclass(slots=True)
class Bound:
    """Which colour goes where. Subjects and their parts by the index of the hit that names them; `scheme` is what
    colours the picture as a whole, and `nowhere` what stands at words that nothing painted here answers to."""

    subjects: dict[int, str] = field(default_factory=dict[int, str])
    parts: dict[int, dict[str, str]] = field(default_factory=dict[int, dict[str, str]])
    tints: dict[str, str] = field(default_factory=dict[str, str])
    scheme: list[str] = field(default_factory=list[str])
    nowhere: list[str] = field(default_factory=list[str])


def bind(words: Sequence[str], hits: Sequence[Hit]) -> Bound:
    """Every colour among the hits given to its noun. The first colour said of a thing is the thing's."""
    reader = _Reader(words, hits)
    for index, hit in enumerate(hits):
        said = hit.said
        if "tress" in said:
            reader.part(index, "hair", said["tress"])
        if "tint" in said:
            element, code = said["tint"].split()
            reader.bound.tints.setdefault(element, code)
        if is_colour(said):
            reader.colour(index, said["colour"])
    return reader.bound


def is_colour(said: dict[str, str]) -> bool:
    """Whether a hit is a colour's name and no thing's: a rose is a flower first."""
    return "colour" in said and "figure" not in said


@dataclass(slots=True)
class _Reader:
    words: Sequence[str]
    hits: Sequence[Hit]
    bound: Bound = field(default_factory=Bound)

    def colour(self, index: int, code: str) -> None:
        """Give one colour: to what it is said of, to the noun ahead, to who wears it, or to the whole picture."""
        noun = self._said_of(index)
        noun = self._ahead(index) if noun is None else noun
        if noun is not None:
            self._give(noun, code)
        elif (wearer := self._wearer(index)) is not None:
            self.bound.subjects.setdefault(wearer, code)
        elif self._at_a_stranger(index):
            self.bound.nowhere.append(code)
        else:
            self.bound.scheme.append(code)

    def part(self, index: int, role: str, code: str) -> None:
        """Colour a part of the figure it belongs to: one already named, or in Chinese the one that follows."""
        before = [i for i in range(index, -1, -1) if self._has(i, role)]
        after = [i for i in range(index + 1, len(self.hits)) if self._has(i, role)]
        owned = self._word(self.hits[index].at + 1) == "的" or "tress" in self.hits[index].said
        order = (*after[:1], *before[:1]) if owned else (*before[:1], *after[:1])
        if order and role == "body":
            self.bound.subjects.setdefault(order[0], code)
        elif order:
            self.bound.parts.setdefault(order[0], {}).setdefault(role, code)
        else:
            self.bound.nowhere.append(code)

    def _has(self, index: int, role: str) -> bool:
        name = self.hits[index].said.get("figure")
        return name is not None and role in figures.roles(name) and (role != "body" or "skin" in figures.roles(name))

    def _give(self, index: int, code: str) -> None:
        said = self.hits[index].said
        if "part" in said:
            self.part(index, said["part"], code)
        elif "figure" in said:
            self.bound.subjects.setdefault(index, code)
        elif "element" in said:
            self.bound.tints.setdefault(said["element"], code)
        elif "setting" in said and said["setting"] in ELEMENT_OF:
            self.bound.tints.setdefault(ELEMENT_OF[said["setting"]], code)
        elif "time" in said:
            self.bound.tints.setdefault("sky", code)
        else:
            self.bound.scheme.append(code)

    def _said_of(self, index: int) -> int | None:
        """The noun right before "is": the sky is purple, 天空是紫色的."""
        at = self.hits[index].start - 1
        while self._word(at) in _ADVERBS:
            at -= 1
        if self._word(at) not in _COPULAS:
            return None
        near = (
            i for i in range(index - 1, -1, -1) if at - 2 <= self.hits[i].at < at and self._noun(i, *_STRONG, *_WEAK)
        )
        return next(near, None)

    def _ahead(self, index: int) -> int | None:
        """The noun that the colour stands before, of several the first thing; the last where nouns stand together."""
        weak: int | None = None
        for i in range(index + 1, len(self.hits)):
            gap = self.words[self.hits[i - 1].at + 1 : self.hits[i].start]
            if self._parted(gap, i, after_noun=weak is not None):
                break
            said = self.hits[i].said
            if self._noun(i, *_STRONG):
                return self._compound(i)
            if "count" in said and self.words[self.hits[i].at].isascii():
                break
            if weak is None and self._noun(i, *_WEAK):
                weak = i
        return weak

    def _compound(self, index: int) -> int:
        """A table lamp is a lamp: of nouns that touch, the last figure."""
        follows = index + 1 < len(self.hits) and self.hits[index + 1].start == self.hits[index].at + 1
        if follows and self._noun(index + 1, "figure") and "part" not in self.hits[index].said:
            return self._compound(index + 1)
        return index

    def _parted(self, gap: Sequence[str], index: int, *, after_noun: bool) -> bool:
        """Whether these words between two hits part them: too many, or one that begins another phrase."""
        if len(gap) == 1 and gap[0] in _JOINS and is_colour(self.hits[index].said):
            return False
        if after_noun and "的" in gap:
            return True
        long = len(gap) > _REACH[all(word.isascii() for word in gap)]
        return long or any(word in _STOPS for word in gap)

    def _wearer(self, index: int) -> int | None:
        """Who is "in red" or "dressed in red"."""
        at = self.hits[index].start - 1
        if self._word(at) not in ("in", "wearing", "穿", "着"):
            return None
        people = (i for i in range(index - 1, -1, -1) if self._has(i, "body") and at - self.hits[i].at <= 3)
        return next(people, None)

    def _at_a_stranger(self, index: int) -> bool:
        """Whether an unknown word follows: red sneakers, where no sneakers can be painted."""
        word = self._word(self.hits[index].at + 1)
        known = any(hit.start == self.hits[index].at + 1 for hit in self.hits)
        return bool(word) and not known and word not in _STOPS and word != "的"

    def _noun(self, index: int, *kinds: str) -> bool:
        said = self.hits[index].said
        return not is_colour(said) and any(kind in said for kind in kinds)

    def _word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""
