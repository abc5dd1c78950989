"""What comes in and goes out about a prompt."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from callsheet.prompts import LONGEST
from callsheet.server.answers import Outgoing
from callsheet.server.bodies import Incoming, Name


class NewPromptCheck(Incoming):
    """A prompt to be looked at before it is paid for; nothing is made or kept."""

    text: Annotated[str, StringConstraints(max_length=LONGEST)]
    """The prompt; for speech, the text."""
    model: Name = "text-to-video"
    """A model id or a capability: what it is for. A model brings its limits and its params."""
    input: dict[str, Any] = Field(default_factory=dict)
    """What else would be given, such as the duration. It is not checked as a task's input is."""
    language: Literal["en", "zh"] | None = None
    """In which language the findings are worded; without it, in the prompt's."""


class PromptFinding(Outgoing):
    """What one rule found in a prompt."""

    rule: str
    """Its id, for programs."""
    severity: Literal["error", "warning", "note"]
    """`error`: the model refuses it. `warning`: likely to give something else. `note`: what would make it better."""
    start: int
    """Where it begins in the text, in characters; 0 to 0 where something is missing from all of it."""
    end: int
    quote: str
    """The words that are meant."""
    reason: str
    suggestion: str


class PromptCheck(Outgoing):
    """What the guidance says of a prompt, worst first."""

    object: Literal["prompt_check"]
    capability: str
    model: str | None
    """Null where only a capability was named."""
    language: Literal["en", "zh"]
    worst: Literal["error", "warning", "note"] | None
    """Null where nothing was found."""
    findings: list[PromptFinding]
