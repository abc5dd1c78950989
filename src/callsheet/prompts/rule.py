"""What a rule says of itself, in English and Chinese; its code is found by its id (check.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from callsheet.prompts.finding import Severity

NEW_PICTURES = frozenset({"text-to-image", "text-to-video"})
"""Made from words alone."""
CLIPS = frozenset({"text-to-video", "image-to-video", "first-last-frame", "reference-to-video", "video-continuation"})
PICTURES = frozenset({"text-to-image", "image-to-image", "reference-to-image", "redraw"})
SEEN = CLIPS | PICTURES | {"multi-shot"}
MUSIC = frozenset({"music", "soundtrack"})
HEARD = MUSIC | {"sound-effect"}
SPOKEN = frozenset({"speech", "voice-clone"})
DIAGRAMS = frozenset({"flowchart", "mindmap", "gantt", "infographic"})
ANY = SEEN | HEARD | SPOKEN | DIAGRAMS | {"mask", "motion-control", "template-to-video", "caption", "lip-sync"}


@dataclass(frozen=True, slots=True)
class Said:
    """A rule in one language. `why` and `instead` are filled with the values of what was found; `bad` and `good` are a
    prompt that breaks the rule and the same thought that does not."""

    about: str
    why: str
    instead: str
    bad: str
    good: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the capabilities it is for, how bad a finding of it usually is, and its words.

    `shown` is the capability of its examples, `input` what else is given with them; a `model` where its facts count.
    """

    id: str
    severity: Severity
    capabilities: frozenset[str]
    en: Said
    zh: Said
    shown: str = "text-to-video"
    input: dict[str, Any] = field(default_factory=dict[str, Any])
    model: str | None = None

    def said(self, language: str) -> Said:
        """In Chinese for `zh`, else in English."""
        return self.zh if language == "zh" else self.en
