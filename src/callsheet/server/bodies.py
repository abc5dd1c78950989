"""What comes in over the native API, checked here, and what goes out, described here for the OpenAPI document."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from callsheet.tasks import State

Label = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Incoming(BaseModel):
    """What a caller sends: a field that is not named here is an error."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", use_attribute_docstrings=True, frozen=True)


class NewTask(Incoming):
    """One generation to be made."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "model": "text-to-video",
                    "input": {"prompt": "a red fox runs through fresh snow at dusk", "duration": 5},
                    "metadata": {"scene": "12A"},
                }
            ]
        },
    )

    model: Name
    """A model id (`vendor/name`), or a capability, which picks the model by this server's routing."""
    input: dict[str, Any]
    """The params in canonical names. `GET /v1/models/{id}` has their JSON Schema. Media are given as the id of a file,
    an http(s) address, or a data: URI."""
    webhook: Annotated[str, StringConstraints(min_length=1, max_length=2048)] | None = None
    """An address that is told of the end, signed as Standard Webhooks."""
    metadata: Annotated[
        dict[Label, Annotated[str, StringConstraints(max_length=500)]], Field(max_length=50, default_factory=dict)
    ]
    """Labels of your own, kept with the task; the list can be filtered by them."""
    priority: Annotated[int, Field(ge=-100, le=100, strict=True)] = 0
    """Higher is taken first."""
    stage: Name | None = None
    """Where to run, in place of what the routing says: `previz`, or a vendor's model id."""


class NewQuote(Incoming):
    """A task whose price is asked for; nothing is kept."""

    model: Name
    """A model id or a capability."""
    input: dict[str, Any]
    """The params, checked as for a task."""
    stage: Name | None = None
    """Where it would run, in place of what the routing says."""


class NewKey(Incoming):
    """A key to be made."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """What it is for, in your words."""
    account: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None
    """Whose it is. Without it, the key gets an account of its own."""


class PageQuery(Incoming):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    """How many at most."""
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    """`next` of the page before."""


class TaskQuery(PageQuery):
    """Which tasks: those that match everything given."""

    state: list[State] = Field(default_factory=list)
    """One of these states; repeat it, or separate with commas."""
    model: Name | None = None
    """Asked for under this model id."""
    capability: Name | None = None
    """Of this capability."""
    vendor: Name | None = None
    """Of this vendor's models."""
    created_from: AwareDatetime | None = None
    """Made at this time or later (RFC 3339)."""
    created_to: AwareDatetime | None = None
    """Made before this time (RFC 3339)."""
    metadata: dict[Label, str] = Field(default_factory=dict)
    """With this label: `metadata[scene]=12A`."""
    door: Label | None = None
    """Made through this door: `native`, or the name of a vendor's dialect."""


class ModelQuery(Incoming):
    """Which models."""

    capability: Name | None = None
    """With this capability."""
    vendor: Name | None = None
    """Of this vendor."""


class EventQuery(Incoming):
    """Where a stream of events begins."""

    after: Annotated[int, Field(ge=0)] = 0
    """Behind the event with this number. The header Last-Event-ID counts before it."""


class UploadQuery(Incoming):
    """What a body that is the file itself cannot say."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None
    """The file's name."""


class ContentQuery(Incoming):
    """The parts of a signed link, as `url` of a file has them."""

    expires: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    """Until when the link holds."""
    signature: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    """The proof that this server made it."""


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
    """Why a task failed."""

    code: str
    """Stable, for programs."""
    message: str
    retryable: bool
    """Whether the same task may succeed later."""


class Task(Outgoing):
    """One generation."""

    id: str
    object: Literal["task"]
    model: str
    capability: str
    state: State
    progress: Annotated[float, Field(ge=0, le=1)]
    input: dict[str, Any]
    """What was asked, checked and completed with the defaults; media as ids of files."""
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
    door: str


class TaskList(Outgoing):
    """Tasks, newest first."""

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
    source: str | None


class Model(Outgoing):
    """A generative model of the catalogue."""

    id: str
    object: Literal["model"]
    vendor: str
    name: str
    capability: str
    title: str
    outputs: Any
    prices: Any
    docs: str | None
    """The vendor's page these facts are from."""
    source: str | None
    checked: str | None
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
    models: list[str]
    """The models that have it."""


class CapabilityList(Outgoing):
    """All capabilities."""

    data: list[Capability]
    next: None


class Key(Outgoing):
    """What proves an account."""

    id: str
    object: Literal["key"]
    account: str
    name: str
    created_at: datetime
    revoked_at: datetime | None


class IssuedKey(Key):
    """A new key; `key` and `secret` are shown this once."""

    key: str
    """Goes into `Authorization: Bearer`."""
    secret: str
    """For the schemes that sign."""


class KeyList(Outgoing):
    """Keys, newest first."""

    data: list[Key]
    next: None


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


class Refusal(Outgoing):
    """Every answer of 400 and more."""

    error: Problem


class Alive(Outgoing):
    """A sign of life."""

    ok: Literal[True]


class Ready(Outgoing):
    """How the parts are."""

    ok: bool
    checks: dict[str, str]
    """Each part: `ok`, or what is wrong with it."""
