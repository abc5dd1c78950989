"""What the store keeps beside the task itself: what happens next, who has it in hand, keys, tries to deliver."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from callsheet.errors import InvalidInput
from callsheet.tasks import Event, Failure, File, Input, State, Task

Phase = Literal["wait", "submit", "unsure", "poll", "collect", "done"]
"""What the machine does next with a row: it waits for other tasks' outputs, then goes to its stage, and so on.

`unsure` is off that way: it was sent, nobody knows whether it arrived, and it is looked for or decided by an operator.

A row in `done` is never taken again."""

Record = Mapping[str, Any]
"""One row as the database gives it, by column name."""

_JSON = frozenset({"input", "usage", "wire", "run_input"})


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a task goes when its stage provably did not take it: model ids in order.

    `given` names the params that the caller gave, which are the ones whose loss has to be told.
    """

    models: tuple[str, ...] = ()
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One task as the engine sees it. Times in milliseconds since 1970, UTC; `row.task` carries no artifacts.

    The engine fills `task`, `vendor`, `phase`, `lane`, `due`, `run_model`, `run_input`; the rest has the values of a
    task nobody has touched. `seq` is given by the store: it orders all tasks, and grows with `created_at`.

    `lane` names the queue that takes the row next (`render:previz`, `vendor:vidu`, `collect`), `due` when.
    `fence` is raised by every take. `taken` is True from a take until a patch names a new `due` or `phase`: then `due`
    is the end of the lease. `sent_at` is when it was sent to its stage: in phase `submit` or `unsure` a
    request that may cost, whose answer is not known. `updated_at` is when it was last written, a take aside.
    `attempt` counts tries in the present phase.
    `run_model` and `run_input` are what the stage is really asked: model id and its checked input.
    `credential` names the vendor's key that the task was sent with; `parked_at` is since when it waits for that key.
    `key_id` is our key it was handed in with; `held` and `spent` are micro-credits, moved by the ledger alone.
    """

    task: Task
    vendor: str
    phase: Phase
    lane: str
    due: int
    run_model: str
    run_input: Input
    onward: Onward = Onward()
    credential: str | None = None
    parked_at: int | None = None
    remote: str | None = None
    attempt: int = 0
    sent_at: int | None = None
    cancel_asked: bool = False
    key_id: str | None = None
    held: int = 0
    spent: int = 0
    fence: int = 0
    taken: bool = False
    seq: int = 0
    updated_at: int = 0

    @property
    def deleted(self) -> bool:
        """Whether it was let go of: what it said is gone, and its number is below 0."""
        return self.seq < 0


def receiver(url: str) -> str:
    """Who answers at an address: its scheme, host and port, written in one way only."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def to_text(value: Any) -> str:
    """JSON as the store keeps it. InvalidInput for NaN, infinities and what JSON does not know."""
    if isinstance(value, dict) and not value:
        return "{}"
    try:
        return _write(value)
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"This cannot be kept as JSON: {error}.") from error


_read = json.JSONDecoder().decode
_write = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def from_text(text: str) -> Any:
    """The JSON that `to_text` made."""
    return {} if text == "{}" else _read(text)


def record_of_row(row: Row) -> dict[str, Any]:
    """Every column of a new task but `seq` and `updated_at`, which the store gives."""
    task = row.task
    input = to_text(task.input)
    return {
        "id": task.id,
        "account": task.account,
        "model": task.model,
        "capability": task.capability,
        "vendor": row.vendor,
        "stage": task.stage,
        "state": task.state.value,
        "progress": task.progress,
        "priority": task.priority,
        "door": task.door,
        "webhook": task.webhook,
        "receiver": None if task.webhook is None else receiver(task.webhook),
        "tells": " ".join(task.webhook_events),
        "told": task.told,
        "input": input,
        "metadata": to_text(task.metadata),
        "wire": to_text(task.wire),
        "usage": to_text(task.usage),
        "error": failure_text(task.error),
        "created_at": task.created_at,
        "started_at": task.started_at,
        "ended_at": task.ended_at,
        "retention": task.retention,
        "trace": task.trace,
        **_course(row),
        "run_input": input if row.run_input is task.input else to_text(row.run_input),
    }


def _course(row: Row) -> dict[str, Any]:
    return {
        "phase": row.phase,
        "lane": row.lane,
        "due": row.due,
        "run_model": row.run_model,
        "onward": _onward_text(row.onward),
        "credential": row.credential,
        "parked_at": row.parked_at,
        "remote": row.remote,
        "attempt": row.attempt,
        "sent_at": row.sent_at,
        "cancel_asked": int(row.cancel_asked),
        "key_id": row.key_id,
        "held": row.held,
        "spent": row.spent,
        "fence": row.fence,
        "taken": int(row.taken),
    }


def column(name: str, value: Any) -> Any:
    """One field of a Row or of its Task as its column holds it."""
    match value:
        case Failure():
            return failure_text(value)
        case Onward():
            return _onward_text(value)
        case State():
            return value.value
        case _:
            return to_text(value) if name in _JSON and value is not None else value


def failure_text(error: Failure | None) -> str | None:
    """Why a task failed, as text."""
    if error is None:
        return None
    kept: dict[str, Any] = {"code": error.code, "message": error.message, "retryable": error.retryable}
    return to_text(kept | ({"reason": error.reason, "values": error.values} if error.reason else {}))


@lru_cache(maxsize=64)
def _onward_text(onward: Onward) -> str:
    return to_text({"models": onward.models, "given": onward.given})


@lru_cache(maxsize=64)
def _onward(text: str) -> Onward:
    kept = from_text(text)
    return Onward(tuple(kept["models"]), tuple(kept["given"]))


def task_of(record: Record, artifacts: tuple[File, ...] = ()) -> Task:
    """The task in a record of table `task`."""
    error = record["error"]
    return Task(
        id=record["id"],
        account=record["account"],
        model=record["model"],
        capability=record["capability"],
        stage=record["stage"],
        state=State(record["state"]),
        progress=float(record["progress"]),
        input=from_text(record["input"]),
        created_at=record["created_at"],
        started_at=record["started_at"],
        ended_at=record["ended_at"],
        artifacts=artifacts,
        error=Failure(**from_text(error)) if error is not None else None,
        usage=from_text(record["usage"]),
        metadata=from_text(record["metadata"]),
        priority=record["priority"],
        webhook=record["webhook"],
        door=record["door"],
        wire=from_text(record["wire"]),
        retention=record["retention"],
        trace=record["trace"],
        unsure=record["phase"] == "unsure",
        webhook_events=tuple(record["tells"].split()),
        told=record["told"],
    )


def row_of(record: Record) -> Row:
    """The whole row in a record of table `task`."""
    return Row(
        task=task_of(record),
        vendor=record["vendor"],
        phase=cast("Phase", record["phase"]),
        lane=record["lane"],
        due=record["due"],
        run_model=record["run_model"],
        run_input=from_text(record["run_input"]),
        onward=_onward(record["onward"]),
        credential=record["credential"],
        parked_at=record["parked_at"],
        remote=record["remote"],
        attempt=record["attempt"],
        sent_at=record["sent_at"],
        cancel_asked=bool(record["cancel_asked"]),
        key_id=record["key_id"],
        held=record["held"],
        spent=record["spent"],
        fence=record["fence"],
        taken=bool(record["taken"]),
        seq=record["seq"],
        updated_at=record["updated_at"],
    )


def record_of_file(file: File, position: int = 0) -> dict[str, Any]:
    """Every column of a file but `seq`; `position` is its place among the artifacts of its task."""
    return {
        "id": file.id,
        "account": file.account,
        "sha256": file.sha256,
        "bytes": file.bytes,
        "content_type": file.content_type,
        "name": file.name,
        "created_at": file.created_at,
        "expires_at": file.expires_at,
        "task_id": file.task_id,
        "position": position,
        "width": file.width,
        "height": file.height,
        "duration": file.duration,
        "fps": file.fps,
        "extra": to_text(file.extra),
    }


def file_of(record: Record) -> File:
    """The file in a record of table `file`."""
    return File(
        id=record["id"],
        account=record["account"],
        sha256=record["sha256"],
        bytes=record["bytes"],
        content_type=record["content_type"],
        name=record["name"],
        created_at=record["created_at"],
        expires_at=record["expires_at"],
        task_id=record["task_id"],
        width=record["width"],
        height=record["height"],
        duration=record["duration"],
        fps=record["fps"],
        extra=from_text(record["extra"]),
    )


def event_of(record: Record) -> Event:
    """The event in a record of table `event`."""
    return Event(record["task_id"], record["seq"], record["at"], record["type"], from_text(record["data"]))
