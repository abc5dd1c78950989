"""Which of the synthesiser's voices stands for a voice that was asked for by name."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from callsheet.renderers.previz.speech.tongues import speaks

_LOCALE = re.compile(r"([a-z]{2,3}(?:-[A-Z][a-z]{3})?-(?:[A-Z]{2}|[0-9]{3}))(?![a-zA-Z])")
_NATIVE = re.compile(r"([a-z]{2,3}(?:-[a-z0-9]+)*)\+(\w+)")


@dataclass(frozen=True, slots=True)
class Voice:
    """How a named voice is spoken here. `language` is the synthesiser's name where the voice has one of its own.

    `known` says that the name stands in a vendor's list; otherwise the voice is chosen by the name itself. `rate` is a
    factor, `pitch` in semitones.
    """

    name: str
    variant: str
    language: str | None = None
    rate: float = 1.0
    pitch: float = 0.0
    known: bool = True


def find(name: str | None) -> Voice:
    """The voice for a name; any name has one, and always the same. None is a voice without a language of its own."""
    if not name or not name.strip():
        return Voice("", "f2")
    listed = _listed().get(name.strip().lower())
    return listed or _native(name.strip()) or _derived(name.strip())


@cache
def _listed() -> dict[str, Voice]:
    return {
        one["id"].lower(): Voice(
            one["id"],
            one["variant"],
            speaks(one["language"]) if "language" in one else None,
            one.get("rate", 1.0),
            one.get("pitch", 0.0),
        )
        for group in _facts()["lists"]
        for one in group["voices"]
    }


def _native(name: str) -> Voice | None:
    """espeak-ng's own way to name a voice: `cmn+f2`, or the variant alone."""
    facts = _facts()
    variants = {one.lower(): one for one in (*facts["women"], *facts["men"])}
    found = _NATIVE.fullmatch(name)
    if found and found[2].lower() in variants:
        return Voice(name, variants[found[2].lower()], speaks(found[1]))
    return Voice(name, variants[name.lower()]) if name.lower() in variants else None


def _derived(name: str) -> Voice:
    facts = _facts()
    said = frozenset(re.split(r"[^a-z0-9女男]+|(?<=[女男])|(?=[女男])", _apart(name).lower()))
    locale = _LOCALE.match(name)
    language = locale[1] if locale else next((tag for word, tag in facts["tongues"].items() if word in said), None)
    draw = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6])
    if said.intersection(facts["said_of_women"]):
        choices: list[str] = facts["women"]
    elif said.intersection(facts["said_of_men"]):
        choices = facts["men"]
    else:
        choices = facts["women"] + facts["men"]
    return Voice(name, choices[draw % len(choices)], speaks(language) if language else None, known=False)


def _apart(name: str) -> str:
    """`DeepVoiceMan` as its words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)


@cache
def _facts() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("voices.toml").read_text(encoding="utf-8"))
