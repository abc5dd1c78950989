"""Tasks, files, events, models and keys as the native API writes them: plain JSON, times in RFC 3339 UTC."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from callsheet.contract import Key
from callsheet.money import Limits, credits
from callsheet.tasks import Cancellation, Event, Exchange, Failure, File, Message, Quote, Task, Try

Address = Callable[[File], str]
"""Gives a file's absolute, signed address."""


class Answer(Response):
    """A JSON answer; written once, here, without a second pass through a schema."""

    media_type = "application/json"

    def __init__(self, content: Any, status_code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(dumps(content), status_code, headers)


def dumps(content: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return _write(content).encode()


_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=dict).encode


def page(data: list[dict[str, Any]], next: str | None = None) -> dict[str, Any]:
    """A list, and the cursor of what follows."""
    return {"data": data, "next": next}


def stamp(at: int) -> str:
    """Milliseconds since 1970 as `2026-11-21T10:00:00.000Z`."""
    seconds, milliseconds = divmod(at, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


def failure_shape(failure: Failure) -> dict[str, Any]:
    """Why a task failed."""
    told = {"code": failure.code, "message": failure.message, "retryable": failure.retryable}
    return told | {"reason": failure.reason, "values": dict(failure.values)}


def task_shape(task: Task, address: Address) -> dict[str, Any]:
    """A task."""
    return {
        "id": task.id,
        "object": "task",
        "model": task.model,
        "capability": task.capability,
        "state": task.state.value,
        "progress": task.progress,
        "input": task.input,
        "artifacts": [artifact_shape(file, address) for file in task.artifacts],
        "error": task.error and failure_shape(task.error),
        "stage": task.stage,
        "metadata": task.metadata,
        "usage": task.usage,
        "created_at": stamp(task.created_at),
        "started_at": _maybe(task.started_at),
        "ended_at": _maybe(task.ended_at),
        "priority": task.priority,
        "webhook": task.webhook,
        "webhook_events": list(task.webhook_events),
        "webhook_state": task.told or None,
        "door": task.door,
        "retention": task.retention,
        "unsure": task.unsure,
    }


def cancellation_shape(found: Cancellation) -> dict[str, Any]:
    """What a cancel came to."""
    credits = {"held": found.held, "charged": found.charged, "released": found.released}
    return {
        "asked": found.asked,
        "outcome": found.outcome,
        "why": found.why,
        "reason": found.reason,
        "credits": credits,
    }


def artifact_shape(file: File, address: Address) -> dict[str, Any]:
    """A file as part of its task."""
    return {
        "id": file.id,
        "url": address(file),
        "content_type": file.content_type,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "name": file.name,
        "width": file.width,
        "height": file.height,
        "duration": file.duration,
        "fps": file.fps,
        "created_at": stamp(file.created_at),
        "expires_at": _maybe(file.expires_at),
        "extra": file.extra,
    }


def file_shape(file: File, address: Address) -> dict[str, Any]:
    """A file by itself."""
    return {"object": "file", **artifact_shape(file, address), "task_id": file.task_id}


def event_shape(event: Event) -> dict[str, Any]:
    """One line of a timeline."""
    return {"seq": event.seq, "type": event.type, "at": stamp(event.at), "data": event.data}


def exchange_shape(one: Exchange) -> dict[str, Any]:
    """A request to a vendor, and its answer."""
    return {
        "at": stamp(one.at),
        "took": one.took,
        "method": one.method,
        "url": one.url,
        "status": one.status,
        "error": one.error,
        "request": one.request,
        "response": one.response,
    }


def message_shape(message: Message) -> dict[str, Any]:
    """A message to a webhook."""
    return {
        "id": message.id,
        "object": "webhook",
        "task_id": message.task_id,
        "account": message.account,
        "kind": message.kind,
        "url": message.url,
        "state": message.state,
        "attempts": message.attempts,
        "created_at": stamp(message.created_at),
        "next_at": _maybe(message.due),
        "settled_at": _maybe(message.settled_at),
    }


def try_shape(one: Try) -> dict[str, Any]:
    """One try to tell a message."""
    return {
        "at": stamp(one.at),
        "url": one.url,
        "status": one.status,
        "error": one.error,
        "took": one.took,
        "body": one.body,
    }


def quote_shape(quote: Quote) -> dict[str, Any]:
    """A price."""
    return {
        "object": "quote",
        "model": quote.model,
        "stage": quote.stage,
        "credits": quote.credits,
        "basis": quote.basis,
        "reason": quote.reason,
        "values": dict(quote.values),
        "source": quote.source,
    }


def limits_shape(limits: Limits) -> dict[str, Any]:
    """What a key may do."""
    budget = None if limits.budget is None else credits(limits.budget)
    return {"rate": limits.rate, "concurrent": limits.concurrent, "budget": budget, "period": limits.period}


def key_shape(key: Key) -> dict[str, Any]:
    """What may be shown of a key."""
    return {
        "id": key.id,
        "object": "key",
        "account": key.account,
        "name": key.name,
        "created_at": stamp(key.created_at),
        "revoked_at": _maybe(key.revoked_at),
        "limits": limits_shape(key.limits),
    }


def _maybe(at: int | None) -> str | None:
    return None if at is None else stamp(at)
