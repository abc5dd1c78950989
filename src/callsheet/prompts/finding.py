"""What a rule found in a prompt: where, how bad, why, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""Worst first. An error is refused by the model; a warning is likely to give something else than was meant; a note
says what would make it better."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `start` and `end` count characters of the text; both are 0 for what is missing from all of it."""

    rule: str
    severity: Severity
    start: int
    end: int
    quote: str
    reason: str
    suggestion: str

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, as the API and the command line show it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule's own code says: a place, the `values` its words are filled with, and a severity if not the usual.

    `instead` is a suggestion that fits this place better than the rule's own, by language.
    """

    start: int = 0
    end: int = 0
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    severity: Severity | None = None
    instead: Mapping[str, str] = field(default_factory=dict[str, str])
