"""How a stream of events becomes a task's latest standing: what an event says by itself, and what must be asked."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx2

from callsheet.client.failures import StillRunning, Unexpected
from callsheet.client.results import Event, Task, read_event
from callsheet.client.retry import Deadline
from callsheet.tasks import State

SILENCE = 45.0
"""Seconds without a byte after which a stream counts as lost; the server gives a sign of life more often than that."""

FIRST_POLL, LONGEST_POLL = 0.5, 5.0

_ENDS = frozenset(state.value for state in State if state.final)


def resume(after: int) -> dict[str, str]:
    """The header that makes the stream begin behind this event."""
    return {"last-event-id": str(after)} if after else {}


def event_of(said: httpx2.ServerSentEvent) -> Event | None:
    """The event in one SSE message; None for a message without one."""
    if not said.data:
        return None
    try:
        return read_event(json.loads(said.data))
    except (ValueError, KeyError, TypeError) as error:
        raise Unexpected(f"The event stream says something unreadable: {said.data[:80]!r}.") from error


def is_end(event: Event) -> bool:
    """Whether nothing comes after this event."""
    return event.type in _ENDS


def told(task: Task, event: Event) -> Task | None:
    """The task after this event, where the event says all there is to know; None when it has to be asked for."""
    progress = event.data.get("progress")
    if event.type == "progress" and task.state is State.RUNNING and isinstance(progress, int | float):
        return replace(task, progress=max(task.progress, float(progress)))
    return None


def in_time(task: Task, limit: Deadline) -> Task:
    """The task itself; StillRunning once the limit is over and the task is not."""
    if limit.over and not task.done and limit.seconds is not None:
        raise StillRunning(task, limit.seconds)
    return task
