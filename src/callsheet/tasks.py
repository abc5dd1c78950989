"""The words everything else is written in: a task, its state, its artifacts, and what a driver says about it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Input = Mapping[str, Any]
"""What the caller asked, in canonical names: `{"prompt": "...", "duration": 5}`."""

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC. Injected everywhere, so that tests own the time."""


class State(enum.StrEnum):
    """What the caller sees. `succeeded`, `failed` and `canceled` are ends and never change."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def final(self) -> bool:
        """True for the three ends."""
        return self in (State.SUCCEEDED, State.FAILED, State.CANCELED)


@dataclass(frozen=True, slots=True)
class Artifact:
    """One thing a driver made: a local `path`, a vendor's `url`, or plain `text`; measured facts where known.

    Sizes in pixels, `duration` in seconds, `bytes` in bytes.
    """

    path: str | None = None
    url: str | None = None
    text: str | None = None
    content_type: str | None = None
    name: str | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed: a stable code, a message for people, and whether the same task may succeed later."""

    code: str
    message: str
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """A driver's one answer, to submit, poll and cancel alike.

    `remote` is the vendor's id. `progress` runs from 0 to 1. `artifacts` count only with SUCCEEDED, `failure` only
    with FAILED. `again` is the vendor's own advice, in seconds, on when to ask next. `note` goes to the timeline.
    """

    state: State
    remote: str | None = None
    progress: float | None = None
    artifacts: tuple[Artifact, ...] = ()
    failure: Failure | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)
    again: float | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """Anything stored: an upload or an artifact. Times in milliseconds since 1970, UTC."""

    id: str
    account: str
    sha256: str
    bytes: int
    content_type: str
    name: str
    created_at: int
    expires_at: int | None = None
    task_id: str | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewTask:
    """What a door hands in. `model` is a model id or a capability; `stage` overrules the routing for this task.

    `door` names the dialect it came through (`native`, `vidu` ...). `idempotency_key` is scoped to the account.
    `wire` is what a dialect must remember to answer in its own words (an echo field, the origin it was reached by);
    `aliases` are the ids by which its clients know the task, unique within the door.
    """

    model: str
    input: Input
    webhook: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    priority: int = 0
    stage: str | None = None
    idempotency_key: str | None = None
    door: str = "native"
    wire: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One asynchronous generation as everyone may see it. Times in milliseconds since 1970, UTC."""

    id: str
    account: str
    model: str
    capability: str
    stage: str
    state: State
    progress: float
    input: Input
    created_at: int
    started_at: int | None = None
    ended_at: int | None = None
    artifacts: tuple[File, ...] = ()
    error: Failure | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    priority: int = 0
    webhook: str | None = None
    door: str = "native"
    wire: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a task's timeline. `seq` counts from 1 within the task; `data` is JSON."""

    task_id: str
    seq: int
    at: int
    type: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tasks to list: all that match every given part. Times in milliseconds since 1970, UTC, `to` exclusive."""

    state: tuple[State, ...] = ()
    model: str | None = None
    capability: str | None = None
    vendor: str | None = None
    created_from: int | None = None
    created_to: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    door: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks, newest first, and the cursor of the next page or None at the end."""

    tasks: tuple[Task, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a task would cost. `credits` is None where no price is documented; `basis` says how it was reckoned."""

    model: str
    stage: str
    credits: float | None
    basis: str
    source: str | None = None
