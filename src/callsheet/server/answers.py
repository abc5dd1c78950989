"""What goes out over the native API, described for the OpenAPI document; `shapes` writes it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from callsheet.tasks import State


class Outgoing(BaseModel):
    """What the server answers; every field is always there, null where nothing is known."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )


class Artifact(Outgoing):
    """A file that a task produced."""

    id: str
    url: str
    """A signed link to its bytes that needs no key, until it expires."""
    content_type: str
    bytes: int
    sha256: str
    name: str
    width: int | None
    """Pixels."""
    height: int | None
    """Pixels."""
    duration: float | None
    """Seconds."""
    fps: float | None
    created_at: datetime
    expires_at: datetime | None
    extra: dict[str, Any]
    """What else was measured."""


class File(Artifact):
    """Anything stored: an upload or an artifact."""

    object: Literal["file"]
    task_id: str | None
    """The task that produced it."""


class Failure(Outgoing):
    """Why a task failed. Programs go by `code` and `reason`; `values` is what it names: `quoted` as another said it."""

    code: str
    message: str
    retryable: bool
    """Whether the same task may succeed later."""
    reason: str | None
    values: dict[str, Any]


class Task(Outgoing):
    """One generation."""

    id: str
    object: Literal["task"]
    model: str
    capability: str
    state: State
    progress: Annotated[float, Field(ge=0, le=1)]
    input: dict[str, Any]
    """What was asked, checked and completed with the defaults; media as ids of files, or as an Output while that is
    waited for."""
    artifacts: list[Artifact]
    """What was made; empty until the task has succeeded."""
    error: Failure | None
    stage: str
    """Where it runs: `previz`, or a vendor's model id."""
    metadata: dict[str, str]
    usage: dict[str, Any]
    """What it cost, and what the stage could only approximate."""
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    priority: int
    webhook: str | None
    webhook_events: list[str]
    """What the webhook is told; empty without one."""
    webhook_state: Literal["pending", "delivered", "gave_up"] | None
    """How that stands; null while there is nothing to tell."""
    door: str
    retention: int | None
    """For how many seconds its files are kept once they are made; null for as long as this server keeps files."""
    unsure: bool
    """It was sent to its stage and nobody knows whether it arrived: it is looked for, and never sent twice."""


class TaskList(Outgoing):
    """Tasks, in the order asked for."""

    data: list[Task]
    next: str | None
    """The cursor of the next page; null at the end."""


class FileList(Outgoing):
    """Files, newest first."""

    data: list[File]
    next: str | None


class Event(Outgoing):
    """One line of a task's timeline."""

    seq: int
    """Counts from 1 within the task."""
    type: str
    at: datetime
    data: dict[str, Any]


class Told(Event):
    """One line of a timeline, and the same in plain words."""

    text: str


class Timeline(Outgoing):
    """All that happened to a task so far, oldest first."""

    data: list[Told]
    next: None


class Quote(Outgoing):
    """What a task would cost."""

    object: Literal["quote"]
    model: str
    stage: str
    credits: float | None
    """Null where the vendor documents no price."""
    basis: str
    """How it was reckoned."""
    reason: str | None
    """The same in a stable word, and in `values` what it names."""
    values: dict[str, Any]
    source: str | None


class ModelOutput(Outgoing):
    """What a model makes."""

    kind: str
    """`video`, `image`, `audio`, `text` …"""
    count: int | str
    """How many, or the param that says so."""
    content_types: list[str]


class Price(Outgoing):
    """A price as the vendor documents it."""

    credits: float
    per: str
    """`task`, `second` of the duration, or `output`."""
    unit: str
    when: dict[str, list[Any]]
    """For these values of these params only."""
    source: str
    checked: str
    """The day it was last compared with its source."""


class Model(Outgoing):
    """A generative model of the catalogue."""

    id: str
    object: Literal["model"]
    vendor: str
    name: str
    capability: str
    title: str
    about: str
    aliases: list[str]
    """Further names by which the vendor's documents call it."""
    outputs: list[ModelOutput]
    prices: list[Price]
    """Empty where none is documented."""
    notes: list[str]
    docs: str
    """The vendor's page about it."""
    source: str
    """Where these facts are from."""
    checked: str
    """The day they were last compared with it."""


class FullModel(Model):
    """A model with the JSON Schema (2020-12) of its input."""

    input_schema: dict[str, Any]


class ModelList(Outgoing):
    """Models, by vendor and name."""

    data: list[Model]
    next: None


class Capability(Outgoing):
    """Something that can be made; its id is itself a model id that routes."""

    id: str
    object: Literal["capability"]
    meaning: str
    output: str
    """What comes out: `video`, `image`, `audio` …"""
    models: list[str]
    """The models that have it."""


class CapabilityList(Outgoing):
    """All capabilities."""

    data: list[Capability]
    next: None


class Webhook(Outgoing):
    """A message to a webhook: one thing to tell of one task."""

    id: str
    """The `webhook-id` of every try."""
    object: Literal["webhook"]
    task_id: str
    account: str
    kind: Literal["task.started", "task.succeeded", "task.failed", "task.canceled"]
    url: str
    state: Literal["pending", "delivered", "gave_up"]
    attempts: int
    created_at: datetime
    next_at: datetime | None
    """When it is tried next; null once it is settled, and while an earlier message of its task is not."""
    settled_at: datetime | None


class Attempt(Outgoing):
    """One try to tell a message."""

    at: datetime
    url: str
    status: int | None
    """What the receiver answered; null where it did not."""
    error: str | None
    """Why there was no answer, or what the receiver said that did not take it."""
    took: int
    """Milliseconds."""
    body: str
    """What was sent; secrets are left out."""


class FullWebhook(Webhook):
    """A message with every try to tell it, in order."""

    tries: list[Attempt]


class WebhookList(Outgoing):
    """Messages, newest first."""

    data: list[Webhook]
    next: str | None


class Problem(Outgoing):
    """What went wrong and how to get out of it."""

    code: str
    """Stable, for programs."""
    message: str
    hint: str | None
    """The way out."""
    param: str | None
    """Which part of the request is meant."""
    request_id: str
    """The server's log knows the request by it."""
    reason: str | None
    """What exactly is wrong, where that has a stable word of its own: `param_unknown`, `over_budget` …"""
    values: dict[str, Any]
    """What the message names, by name: enough to say it in another language."""


class Refusal(Outgoing):
    """Every answer of 400 and more."""

    error: Problem
