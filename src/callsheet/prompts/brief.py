"""What a prompt is checked against: its capability, the facts of its model, and the rest of its input."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from callsheet.catalog import Model
from callsheet.catalog.forms import reckonable
from callsheet.catalog.param import Param, nothing
from callsheet.prompts.words import other

LONGEST = 20_000
"""How many characters are read at most."""

TEXTS = ("prompt", "text")
"""The params whose words are a prompt; a model has one of them, or none."""

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LETTER = re.compile(r"[^\W\d_]")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Brief:
    """A prompt and what is known of where it goes.

    `limit` is in characters and `tokens` in the vendor's tokens, None where nothing is documented; `takes` are the
    params of the model (empty when only a capability is known), `input` what was given for them beside the text.
    """

    text: str
    capability: str
    model: str | None = None
    limit: int | None = None
    tokens: int | None = None
    takes: Mapping[str, Param] = field(default_factory=nothing)
    input: Mapping[str, Any] = field(default_factory=nothing)

    @cached_property
    def language(self) -> str:
        """`zh` where three letters in ten or more are Chinese characters, else `en`."""
        letters = len(LETTER.findall(self.text))
        return "zh" if letters and len(HAN.findall(self.text)) >= 0.3 * letters else "en"

    @cached_property
    def readable(self) -> bool:
        """Whether it is in English or Chinese: only then is anything missing that is not found."""
        letters = len(LETTER.findall(self.text))
        if len(other.LETTERS.findall(self.text)) > 0.15 * letters:
            return False
        theirs = sum(word.partition("'")[0] in other.OTHER for word in self.words)
        return theirs == 0 or theirs < sum(word in other.ENGLISH for word in self.words) or self.language == "zh"

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words in Latin letters and the numbers, in lower case."""
        return tuple(word.lower() for word in WORD.findall(HAN.sub(" ", self.text)))

    @cached_property
    def han(self) -> int:
        """How many Chinese characters it has."""
        return len(HAN.findall(self.text))

    def value(self, name: str) -> Any:
        """What was given for a param, or its default."""
        param = self.takes.get(name)
        return self.input.get(name, param.default if param else None)

    @property
    def seconds(self) -> float | None:
        """How long it is to be, where that is known."""
        found = self.value("duration")
        if isinstance(found, bool) or not isinstance(found, int | float) or not reckonable(found) or found <= 0:
            return None
        return float(found)


def about_model(model: Model, text: str, input: Mapping[str, Any] = nothing()) -> Brief:
    """A prompt for one model; what is in `input` for the text itself does not count."""
    spoken = next((model.params[name] for name in TEXTS if name in model.params), None)
    rest = {name: value for name, value in input.items() if name not in TEXTS}
    limit, tokens = (spoken.max_length, spoken.max_tokens) if spoken else (None, None)
    return Brief(text, model.capability, model.id, limit, tokens, model.params, rest)


def about_capability(capability: str, text: str, input: Mapping[str, Any] = nothing()) -> Brief:
    """A prompt for whichever model has this capability: no limits, and no params that it is known to take."""
    return Brief(text, capability, input={name: value for name, value in input.items() if name not in TEXTS})
