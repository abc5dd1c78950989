"""A task's timeline in plain words: one sentence for each event."""

from __future__ import annotations

from callsheet.tasks import Event


def in_words(event: Event) -> str:
    """The event as a sentence."""
    return event.type
