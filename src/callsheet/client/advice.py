"""What the server says of a prompt, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PromptFinding:
    """What one rule found. `severity` is `error`, `warning` or `note`; `start` and `end` count characters of the text,
    both 0 where something is missing from all of it."""

    rule: str
    severity: str
    start: int
    end: int
    quote: str
    reason: str
    suggestion: str
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PromptCheck:
    """What the guidance says of a prompt, worst first. `worst` is None where nothing was found."""

    capability: str
    model: str | None
    language: str
    worst: str | None
    findings: tuple[PromptFinding, ...]
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @property
    def fine(self) -> bool:
        """Neither an error nor a warning."""
        return self.worst in (None, "note")


def read_prompt_check(raw: Raw) -> PromptCheck:
    """A check from its wire form."""
    return PromptCheck(
        capability=raw["capability"],
        model=raw.get("model"),
        language=raw["language"],
        worst=raw.get("worst"),
        findings=tuple(_finding(one) for one in raw["findings"]),
        raw=raw,
    )


def _finding(raw: Raw) -> PromptFinding:
    return PromptFinding(
        rule=raw["rule"],
        severity=raw["severity"],
        start=raw["start"],
        end=raw["end"],
        quote=raw["quote"],
        reason=raw["reason"],
        suggestion=raw["suggestion"],
        raw=raw,
    )
