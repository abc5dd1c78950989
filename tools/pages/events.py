"""The events page: every type of a task's timeline, from the one table the engine keeps."""

from __future__ import annotations

from callsheet.engine.explain import ENDS, EVENTS

INTRODUCTION = """# Events

A task's timeline, numbered from 1. `GET /v1/tasks/{id}/events` streams it (what happened so far, then live) as
server-sent events whose `id` is the number, whose `event` is the type, and whose `data` is `{"seq", "type", "at",
"data"}`. A client that lost its connection sends the last number it saw as `Last-Event-ID`.
`GET /v1/tasks/{id}/timeline` answers what happened so far as a list, and `callsheet tasks explain` tells it in words.
New types may be added; skip what you do not know.

| type | means, and what its data holds |
|---|---|
"""


def pages() -> dict[str, str]:
    """One page."""
    rows = "\n".join(f"| `{name}`{' (the last)' if name in ENDS else ''} | {text} |" for name, text in EVENTS.items())
    return {"docs/reference/events.md": f"{INTRODUCTION}{rows}\n"}
