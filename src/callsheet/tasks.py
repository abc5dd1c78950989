"""The words everything else is written in: a task, its state, its artifacts, and what a driver says about it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Input = Mapping[str, Any]
"""What the caller asked, in canonical names: `{"prompt": "...", "duration": 5}`."""

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC. Injected everywhere, so that tests own the time."""

MessageState = Literal["pending", "delivered", "gave_up"]
"""How a message to a webhook stands."""

ENDS = ("task.succeeded", "task.failed", "task.canceled")
KINDS = ("task.started", *ENDS)
"""What a webhook can be told; the ends, where nothing else is asked for."""


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
    """Why a task failed: `reason` as errors have it, with what it names; `values["quoted"]` are another's own words."""

    code: str
    message: str
    retryable: bool = False
    reason: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


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
    `retention` is for how many seconds its files are kept; None for as long as the installation keeps files.
    `webhook_events` are what the webhook is told, from KINDS; None for the ends. A dialect tells what its vendor tells.
    `key_id` is the key it was asked with, whose limits count; None for the operator and on a loopback without keys.
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
    retention: int | None = None
    webhook_events: tuple[str, ...] | None = None
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One asynchronous generation as everyone may see it. Times in milliseconds since 1970, UTC.

    `retention` is for how many seconds its files are kept once they are made; None where the installation decides.
    `trace` is the W3C trace context of the request that handed it in.
    `unsure` while it was sent to its stage and nobody knows whether it arrived: it is looked for, and never sent twice.
    `webhook_events` are the kinds that its webhook is told, `told` is how that stands; both empty without a webhook.
    """

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
    retention: int | None = None
    trace: str | None = None
    unsure: bool = False
    webhook_events: tuple[str, ...] = ()
    told: MessageState | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a task's timeline. `seq` counts from 1 within the task; `data` is JSON."""

    task_id: str
    seq: int
    at: int
    type: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell a webhook, or told. `kind` is of KINDS; `receiver` is scheme, host and port of `url`.

    `attempts` counts all tries. `due` is when it is tried next, None while an earlier message of its task is not told
    yet, and once it is settled. `since` is when trying began: at the event, or when it was asked for again.
    """

    id: str
    task_id: str
    account: str
    kind: str
    url: str
    receiver: str
    state: MessageState
    attempts: int
    created_at: int
    since: int
    due: int | None = None
    settled_at: int | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One try to tell a message: `status` as answered, or `error` in words; `took` in ms; `body` without secrets."""

    message_id: str
    task_id: str
    at: int
    url: str
    status: int | None = None
    error: str | None = None
    took: int = 0
    body: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Some messages, newest first, and the cursor of the next page or None at the end."""

    messages: tuple[Message, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tasks to list: all that match every given part. Times in milliseconds since 1970, UTC, `to` exclusive.

    `text` is up to four words, all of which occur in the id, the labels or the texts of the input. `oldest` come first.
    """

    state: tuple[State, ...] = ()
    model: str | None = None
    capability: str | None = None
    vendor: str | None = None
    created_from: int | None = None
    created_to: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    door: str | None = None
    stage: str | None = None
    text: str | None = None
    unsure: bool = False
    oldest: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks in the order asked for, and the cursor of the next page or None at the end."""

    tasks: tuple[Task, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to a vendor and its answer, as they were but for secrets and for what is too long to keep.

    `at` in milliseconds since 1970, UTC; `took` in milliseconds. `error` in place of a status where none came.
    """

    at: int
    took: int
    method: str
    url: str
    status: int | None
    error: str | None
    request: str
    response: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What a task would cost, None where no price is documented; how, says `basis`, or `reason` with its `values`."""

    model: str
    stage: str
    credits: float | None
    basis: str
    source: str | None = None
    reason: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What a cancel came to.

    `outcome`: `canceled` (it has ended), `stopping` (its stage is told to), `goes_on` (it cannot be stopped), `held`
    (nobody knows whether it arrived), `ended` (it had ended before). Credits as they stand: `held` for what is still
    open, `charged` (None where nobody knows the price) and `released` for what is settled. `reason` is `why` in a word.
    """

    asked: bool
    outcome: str
    why: str
    held: float = 0.0
    charged: float | None = 0.0
    released: float = 0.0
    reason: str | None = None
