"""A task as a Runway relay shows it: its words, its times, its artifacts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from callsheet.catalog import Model
from callsheet.tasks import Failure, File, State, Task

STATUS = {
    State.QUEUED: "PENDING",
    State.RUNNING: "RUNNING",
    State.SUCCEEDED: "SUCCEEDED",
    State.FAILED: "FAILED",
    State.CANCELED: "CANCELLED",
}
TITLES = {"gen2": "Gen-2", "gen3a": "Gen-3 Alpha", "gen3a_turbo": "Gen-3 Alpha Turbo"}
BAD_OUTPUT = "INTERNAL.BAD_OUTPUT.CODE01"
REASONS = {"rejected": "SAFETY.INPUT.TEXT", "render_failed": BAD_OUTPUT, "no_output": BAD_OUTPUT}
"""Runway's own words for a failure, by ours; any other is INTERNAL. Those of SAFETY and BAD_OUTPUT have a third part,
which Runway calls diagnostic; clients look for `SAFETY.INPUT.` with its last dot.
"""

BYTES = "data:"

NAMED = 20
"""How many letters of the prompt are part of a task's name."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a client fetches a file, and the previews of a video."""

    file: Callable[[File], str]
    previews: Callable[[File], list[str]]


def task_shape(
    task: Task, model: Model, addresses: Addresses, wait: float | None, picture: File | None
) -> dict[str, Any]:
    """The `task` of every answer. `wait` is in seconds; `picture` stands where its bytes were in the request."""
    ended = task.state is State.SUCCEEDED
    shape: dict[str, Any] = {
        "id": task.wire["id"],
        "name": task.wire["name"],
        "image": None,
        "createdAt": iso(task.created_at),
        "updatedAt": iso(task.ended_at or task.started_at or task.created_at),
        "taskType": model.fixed["taskType"],
        "options": _options(task, model, addresses.file(picture) if picture else None),
        "status": STATUS[task.state],
        "error": _error(task.error) if task.error else None,
        "progressText": None,
        "progressRatio": None if task.started_at is None else "1" if ended else f"{task.progress:.4g}",
        "estimatedTimeToStartSeconds": wait,
        "artifacts": [_artifact(task, file, addresses) for file in task.artifacts] if ended else [],
        "sharedAsset": None,
    }
    return shape | ({"placeInLine": None} if ended else {})


def named(model: Model, input: Mapping[str, Any]) -> str:
    """The name of a task that was given none: `Gen-2 1675247627, An older man playing`."""
    title = TITLES[model.fixed["taskType"]]
    head = f"{title} {input['seed']}" if input.get("seed") is not None else title
    words = str(input.get("prompt", ""))[:NAMED].strip()
    return f"{head}, {words}" if words else head


def blanks_left_out(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body without its empty texts: clients send them for what they do not use."""
    return {
        name: blanks_left_out(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value
        for name, value in body.items()
        if value != ""
    }


def without_data(value: Any) -> Any:
    """What is echoed, with BYTES for pictures that came as bytes: their file is kept already."""
    if isinstance(value, Mapping):
        return {name: without_data(one) for name, one in cast("Mapping[str, Any]", value).items()}
    return BYTES if isinstance(value, str) and value.startswith("data:") else value


def iso(at: int) -> str:
    """`2024-07-26T16:40:43.864Z`."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _options(task: Task, model: Model, picture: str | None) -> dict[str, Any]:
    """What was asked, the name, and what the relay adds."""
    asked = _filled(task.wire["options"], picture)
    seconds = model.always.get("duration") or task.input["duration"]
    return {**asked, "name": task.wire["name"], "seconds": seconds, "recordingEnabled": True}


def _filled(value: Any, picture: str | None) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(one, picture) for name, one in cast("Mapping[str, Any]", value).items()}
    return picture if value == BYTES else value


def _error(failure: Failure) -> dict[str, str]:
    reason = REASONS.get(failure.code, "INTERNAL")
    return {"errorMessage": failure.message, "message": failure.message, "reason": reason, "code": reason}


def _artifact(task: Task, file: File, addresses: Addresses) -> dict[str, Any]:
    return {
        "id": file.id,
        "createdAt": iso(file.created_at),
        "updatedAt": iso(file.created_at),
        "userId": None,
        "createdBy": None,
        "taskId": task.wire["id"],
        "parentAssetGroupId": None,
        "filename": file.name,
        "url": addresses.file(file),
        "fileSize": str(file.bytes),
        "isDirectory": False,
        "previewUrls": addresses.previews(file),
        "private": True,
        "privateInTeam": True,
        "deleted": False,
        "reported": False,
        "metadata": {
            "frameRate": file.fps,
            "duration": file.duration,
            "dimensions": [file.width, file.height],
            "size": {"width": file.width, "height": file.height},
        },
        "favorite": False,
    }
