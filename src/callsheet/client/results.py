"""What the server answers, typed: frozen, with every field the server sent kept in `raw`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from callsheet.tasks import Failure, State

Raw = Mapping[str, Any]
"""The JSON object as it came, fields this version does not know included."""


@dataclass(frozen=True, slots=True)
class FileInfo:
    """Anything stored: an upload or an artifact. Sizes in pixels and bytes, `duration` in seconds."""

    id: str
    url: str | None = None
    content_type: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    name: str | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    task_id: str | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


class Artifact(FileInfo):
    """A file that a task produced."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One generation as the server sees it. `progress` runs from 0 to 1; times are aware datetimes in UTC."""

    id: str
    model: str
    capability: str
    state: State
    progress: float
    stage: str
    input: Raw
    artifacts: tuple[Artifact, ...] = ()
    error: Failure | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    usage: Raw = field(default_factory=dict)
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    def output(self, which: int | str = 0) -> dict[str, Any]:
        """One of its outputs for another task's input, by number or the first of a kind (`video`): it is waited for."""
        return {"from": self.id, "output": which}

    @property
    def done(self) -> bool:
        """True once the task has succeeded, failed or been canceled; it never changes again."""
        return self.state.final


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a task's timeline. `seq` counts from 1 within the task; `text` is the same in plain words."""

    seq: int
    type: str
    at: datetime | None
    data: Raw
    text: str | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model of the catalogue. `schema` is the JSON Schema of its input; a list may leave it out."""

    id: str
    capability: str
    vendor: str
    title: str | None = None
    schema: Raw | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a task would cost. `credits` is None where no price is documented; `basis` says how it was reckoned."""

    model: str
    stage: str
    credits: float | None
    basis: str
    source: str | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Key:
    """What proves an account, and what it may do. `key` and `secret` are there only in the answer that made it."""

    id: str
    account: str
    name: str
    created_at: datetime | None = None
    revoked_at: datetime | None = None
    limits: Raw = field(default_factory=dict)
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to tell a webhook: `status` as it answered, or `error`; `took` in milliseconds, `body` as it was sent."""

    at: datetime | None
    status: int | None
    error: str | None
    took: int
    body: str
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A message to a webhook. `state` is `pending`, `delivered` or `gave_up`; a list leaves out the `tries`."""

    id: str
    task_id: str
    kind: str
    url: str
    state: str
    attempts: int
    account: str | None = None
    created_at: datetime | None = None
    next_at: datetime | None = None
    settled_at: datetime | None = None
    tries: tuple[Attempt, ...] = ()
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """Some messages, newest first, and the cursor of the next page or None at the end."""

    data: tuple[Webhook, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks in the order asked for, and the cursor of the next page or None at the end."""

    data: tuple[Task, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class FilePage:
    """Some files, newest first, and the cursor of the next page or None at the end."""

    data: tuple[FileInfo, ...]
    next: str | None = None


def read_task(raw: Raw) -> Task:
    """A task from its wire form."""
    return Task(
        id=raw["id"],
        model=raw["model"],
        capability=raw["capability"],
        state=State(raw["state"]),
        progress=float(raw.get("progress") or 0),
        stage=raw.get("stage") or "",
        input=raw.get("input") or {},
        artifacts=tuple(_file(Artifact, one) for one in raw.get("artifacts") or ()),
        error=_failure(raw.get("error")),
        metadata=raw.get("metadata") or {},
        usage=raw.get("usage") or {},
        created_at=_time(raw.get("created_at")),
        started_at=_time(raw.get("started_at")),
        ended_at=_time(raw.get("ended_at")),
        raw=raw,
    )


def read_file(raw: Raw) -> FileInfo:
    """A stored file from its wire form."""
    return _file(FileInfo, raw)


def read_event(raw: Raw) -> Event:
    """One timeline event from its wire form."""
    return Event(int(raw["seq"]), raw["type"], _time(raw.get("at")), raw.get("data") or {}, raw.get("text"), raw)


def read_model(raw: Raw) -> ModelInfo:
    """A model from its wire form."""
    vendor = raw.get("vendor") or str(raw["id"]).partition("/")[0]
    return ModelInfo(raw["id"], raw["capability"], vendor, raw.get("title"), raw.get("input_schema"), raw)


def read_quote(raw: Raw) -> Quote:
    """A quote from its wire form."""
    return Quote(
        raw["model"], raw.get("stage") or "", raw.get("credits"), raw.get("basis") or "", raw.get("source"), raw
    )


def read_key(raw: Raw) -> Key:
    """A key from its wire form."""
    made, revoked = _time(raw.get("created_at")), _time(raw.get("revoked_at"))
    limits, proof = raw.get("limits") or {}, (raw.get("key"), raw.get("secret"))
    return Key(raw["id"], raw["account"], raw["name"], made, revoked, limits, *proof, raw)


def read_webhook(raw: Raw) -> Webhook:
    """A message to a webhook from its wire form."""
    return Webhook(
        id=raw["id"],
        task_id=raw["task_id"],
        kind=raw["kind"],
        url=raw["url"],
        state=raw["state"],
        attempts=int(raw.get("attempts") or 0),
        account=raw.get("account"),
        created_at=_time(raw.get("created_at")),
        next_at=_time(raw.get("next_at")),
        settled_at=_time(raw.get("settled_at")),
        tries=tuple(_attempt(one) for one in raw.get("tries") or ()),
        raw=raw,
    )


def read_webhooks(raw: Raw) -> WebhookPage:
    """One page of messages."""
    return WebhookPage(tuple(read_webhook(one) for one in raw["data"]), raw.get("next"))


def _attempt(raw: Raw) -> Attempt:
    at, took = _time(raw.get("at")), int(raw.get("took") or 0)
    return Attempt(at, raw.get("status"), raw.get("error"), took, raw.get("body") or "", raw)


def read_page(raw: Raw) -> Page:
    """One page of tasks."""
    return Page(tuple(read_task(one) for one in raw["data"]), raw.get("next"))


def read_files(raw: Raw) -> FilePage:
    """One page of files."""
    return FilePage(tuple(read_file(one) for one in raw["data"]), raw.get("next"))


F = TypeVar("F", bound=FileInfo)
_PLAIN = ("url", "content_type", "bytes", "sha256", "name", "width", "height", "duration", "fps", "task_id")


def _file(kind: type[F], raw: Raw) -> F:
    known: dict[str, Any] = {name: raw.get(name) for name in _PLAIN}
    known["created_at"], known["expires_at"] = _time(raw.get("created_at")), _time(raw.get("expires_at"))
    return kind(id=raw["id"], **known, raw=raw)


def _failure(raw: Raw | None) -> Failure | None:
    if not raw:
        return None
    return Failure(raw["code"], raw["message"], bool(raw.get("retryable")), raw.get("reason"), raw.get("values") or {})


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
