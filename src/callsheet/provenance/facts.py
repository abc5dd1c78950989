"""What is told of a file's origin: who made it, with what, from what."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""IPTC's terms for how media come to be (https://cv.iptc.org/newscodes/digitalsourcetype, as of 2026-11)."""

TRAINED, MIXED, PLAIN_MIX = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "composite"

How = Literal["made", "edited"]


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A file that went in: where its bytes lie, what they are, and the task that made it, if one did."""

    path: Path
    sha256: str
    content_type: str
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """The origin of one file.

    `model` is what was asked for, `stage` what it ran on, `vendor` whose that is. `created` is RFC 3339 in UTC.
    `source` is a term of IPTC's digital source types. `ingredients` are SHA-256 sums of the files that went in, `tasks`
    the tasks that made those. `version` is callsheet's. `prompt` only where the installation wants it told.
    """

    task: str
    model: str
    stage: str
    vendor: str
    capability: str
    created: str
    preview: bool
    source: str
    version: str
    ingredients: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    prompt: str | None = None

    @property
    def generative(self) -> bool:
        """Whether a trained model had a part in it."""
        return self.source in (TRAINED, MIXED)

    def told(self) -> dict[str, Any]:
        """As JSON, without the prompt and without what is empty."""
        parts = dataclasses.asdict(self)
        return {name: value for name, value in parts.items() if name != "prompt" and value not in (None, (), [])}


def from_told(parts: Mapping[str, Any]) -> Provenance | None:
    """What `told` said, from strings as a file keeps them; None where a part is missing."""
    names = {one.name for one in dataclasses.fields(Provenance)}
    known = {name: value for name, value in parts.items() if name in names}
    for name in ("ingredients", "tasks"):
        known[name] = tuple(cast("list[str]", known.get(name) or ()))
    known["preview"] = str(known.get("preview")).lower() == "true"
    try:
        return Provenance(**known)
    except TypeError:
        return None


def inherited(facts: Provenance, before: list[Provenance], *, edited: bool) -> Provenance:
    """The facts with what comes of the ingredients: an edit of previews is one, and of generated media says so."""
    if not edited:
        return facts
    source = MIXED if any(one.generative for one in before) else PLAIN_MIX
    return dataclasses.replace(facts, source=source, preview=any(one.preview for one in before))
