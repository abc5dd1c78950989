"""A task's story in plain words, from its timeline."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import datetime

from callsheet.cli.printing import fields
from callsheet.client import Event, Task

_WIDTH = 110


def story(task: Task, timeline: Sequence[Event]) -> str:
    """What was asked, then one line per event with the seconds since the task was created, then what it came to."""
    asked = {"task": task.id, "asked": task.model, "ran on": task.stage, "input": task.input, "metadata": task.metadata}
    came_to = {"state": task.state, "cost": _cost(task), "usage": task.usage, "files": _files(task)}
    lines = [line for event in timeline for line in _told(event, task.created_at)]
    return "\n".join([fields(asked), "", *lines, "", fields(came_to)])


def _told(event: Event, since: datetime | None) -> list[str]:
    after = f"{(event.at - since).total_seconds():9.3f} s" if event.at and since else " " * 11
    text = event.text or f"{event.type} {dict(event.data) or ''}".strip()
    return textwrap.wrap(text, _WIDTH, initial_indent=f"{after}  ", subsequent_indent=" " * 13)


def _cost(task: Task) -> str | None:
    credits = task.usage.get("credits")
    return None if credits is None else f"{credits:g} credits"


def _files(task: Task) -> str | None:
    return ", ".join(f"{one.id} ({one.content_type})" for one in task.artifacts) or None
