"""What comes in over the native API, checked here."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from callsheet.tasks import State

Label = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


Kind = Literal["task.started", "task.succeeded", "task.failed", "task.canceled"]


class Incoming(BaseModel):
    """What a caller sends: a field that is not named here is an error."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", use_attribute_docstrings=True, frozen=True)


class Output(Incoming):
    """Another task's output, in an input where media or a free text is expected: the new task waits for it."""

    from_: Annotated[str, StringConstraints(pattern=r"^task_[0-9A-Za-z]+$")] = Field(alias="from")
    """The task's id."""
    output: Annotated[int, Field(ge=0, le=999)] | Literal["image", "video", "audio", "text"] = 0
    """Which one: its number, from 0 on, or the first of a kind."""


class NewTask(Incoming):
    """One generation to be made."""

    model: Name
    """A model id (`vendor/name`), or a capability, which picks the model by this server's routing."""
    input: dict[str, Any]
    """The params in canonical names. `GET /v1/models/{id}` has their JSON Schema. Media are given as the id of a file,
    an http(s) address, a data: URI, or as an Output: what another task makes is waited for."""
    webhook: Annotated[str, StringConstraints(min_length=1, max_length=2048)] | None = None
    """An address that is told of the task, signed as Standard Webhooks."""
    webhook_events: Annotated[list[Kind], Field(min_length=1, max_length=4)] | None = None
    """What it is told. Without it, the ends: `task.succeeded`, `task.failed` and `task.canceled`."""
    metadata: Annotated[
        dict[Label, Annotated[str, StringConstraints(max_length=512)]], Field(max_length=16, default_factory=dict)
    ]
    """Labels of your own, kept with the task; the list can be filtered by them."""
    priority: Annotated[int, Field(ge=-100, le=100, strict=True)] = 0
    """Higher is taken first."""
    stage: Name | None = None
    """Where to run, in place of what the routing says: `previz`, or a vendor's model id."""
    retention: Annotated[int, Field(ge=60, le=315_360_000, strict=True)] | None = None
    """For how many seconds its files are kept once they are made. Without it, as long as this server keeps files."""


class Resolution(Incoming):
    """What an operator knows of a task that is unsure: its id at the vendor, or that it never arrived there."""

    remote: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    """The vendor's id: it did arrive."""
    lost: bool = False
    """It never arrived: it fails, and what was set aside for it is let go."""
    again: bool = False
    """With `lost`: it is sent anew instead."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Resolution:
        if (self.remote is None) != self.lost or (self.again and not self.lost):
            raise ValueError("give remote, or lost, or lost with again")
        return self


class NewQuote(Incoming):
    """A task whose price is asked for; nothing is kept."""

    model: Name
    """A model id or a capability."""
    input: dict[str, Any]
    """The params, checked as for a task."""
    stage: Name | None = None
    """Where it would run, in place of what the routing says."""


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
    stage: Name | None = None
    """That run or ran here: `previz`, or a vendor's model id."""
    text: Annotated[str, StringConstraints(max_length=200)] | None = None
    """In whose id, labels or texts (the first 4,000 letters of them) all of these words occur, four at most, in any
    case. A page looks through 20,000 tasks: it may be short, and still have a next one."""
    order: Literal["newest", "oldest"] = "newest"
    """Which come first. With `oldest`, those that come in while one pages are at the end."""
    unsure: bool = False
    """Only those that wait for an operator's word; the operator sees those of all accounts."""


class WebhookQuery(PageQuery):
    """Which messages: those that match everything given."""

    task: Annotated[str, StringConstraints(pattern=r"^task_[0-9A-Za-z]+$")] | None = None
    """Of this task."""
    state: Literal["pending", "delivered", "gave_up"] | None = None
    """In this state."""
    account: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None
    """Of this account; for the operator only."""


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
