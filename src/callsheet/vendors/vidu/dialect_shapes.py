"""Tasks as Vidu writes them: as created, as asked for one by one and in callbacks, and in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from callsheet.catalog import Model, Vendor
from callsheet.catalog.rename import steps, wire_names
from callsheet.contract import Desk
from callsheet.errors import NotFound
from callsheet.tasks import File, State, Task
from callsheet.vendors.vidu import dialect_errors

Wire = Mapping[str, Any]
"""What a task's `wire` holds: `id`, `origin`, `key` (its id or None), `payload`, `asked` and `images` as they were
sent (None for a picture in a data: address), and `ignored`, the fields that nothing reads.
"""

WORDS = {
    State.QUEUED: "queueing",
    State.RUNNING: "processing",
    State.SUCCEEDED: "success",
    State.FAILED: "failed",
    State.CANCELED: "failed",  # no word for it: it has failed, and err_code says that it was cancelled
}
ZERO: Mapping[str, Any] = {
    "model": "",
    "prompt": "",
    "images": (),
    "duration": 0,
    "seed": 0,
    "aspect_ratio": "",
    "resolution": "",
    "movement_amplitude": "auto",
    "off_peak": False,
    "bgm": False,
    "watermark": False,
}
"""What a create answers beside its own fields, where the endpoint knows the field, and what stands there by default."""

_ORDER = (
    *("task_id", "state", "model", "prompt", "images", "duration", "seed", "aspect_ratio", "resolution"),
    *("movement_amplitude", "payload", "off_peak", "credits", "bgm", "watermark", "created_at", "file_url"),
)
FILE = "file_url"
"""Where an endpoint that answers with its file names it."""

LONGEST_ECHO = 4096
"""Letters of an address that are kept to be given back as they came."""


def known_fields(models: Sequence[Model]) -> frozenset[str]:
    """The top-level names that an endpoint reads for any of its models."""
    places = [where for model in models for where in (*wire_names(model.params), *model.fixed)]
    return frozenset(str(steps(where)[0]) for where in places)


def echoed(body: Mapping[str, Any]) -> list[str | None]:
    """The images of a body as they can be given back."""
    images: object = body.get("images")
    listed = cast("list[object]", images) if isinstance(images, list) else [images] if images else []
    short = [one if isinstance(one, str) and len(one) <= LONGEST_ECHO else None for one in listed]
    return [None if one is None or one.startswith("data:") else one for one in short]


def answers_with_file(model: Model) -> bool:
    """Whether the answer to a create is the file itself, for those who wait for no task."""
    return any(FILE in output.keys for output in model.outputs)


async def created(desk: Desk, task: Task, model: Model, fields: frozenset[str]) -> dict[str, Any]:
    """The answer to a create; `fields` are those that the endpoint knows."""
    said = await _said(desk, task, model)
    wire: Wire = task.wire
    shape = {name: said[name] for name in ZERO if name in fields}
    shape |= {"task_id": wire["id"], "state": "created", "payload": wire["payload"]}
    shape |= {"credits": _credits(task), "created_at": stamp(task.created_at)}
    if task.state.final and answers_with_file(model):
        shape["state"] = WORDS[task.state]
        if task.artifacts:
            shape[FILE] = desk.address(wire["origin"], task.artifacts[0])
    return {name: shape[name] for name in _ORDER if name in shape}


def creations(desk: Desk, vendor: Vendor, task: Task) -> dict[str, Any]:
    """One task: the answer to a poll, and the body of a callback."""
    wire: Wire = task.wire
    said = _fields(task, desk.catalog.model(task.model))
    return {
        "id": wire["id"],
        "state": WORDS[task.state],
        "err_code": dialect_errors.err_code(vendor, task),
        "credits": _credits(task),
        "payload": wire["payload"],
        "bgm": said["bgm"],
        "off_peak": said["off_peak"],
        "creations": [_creation(desk, wire["origin"], file) for file in task.artifacts],
    }


async def listed(desk: Desk, task: Task, model: Model) -> dict[str, Any]:
    """One task in a list."""
    said = await _said(desk, task, model)
    wire: Wire = task.wire
    endpoint = model.path.strip("/")
    shown = ("model", "prompt", "images", "duration", "resolution", "aspect_ratio")
    return {
        "id": wire["id"],
        "key_id": wire["key"] or "",
        "type": endpoint,
        "template": task.input.get("template", "") if endpoint == "template" else "",
        **{name: said[name] for name in shown},
        "state": WORDS[task.state],
        "creations": [
            _creation(desk, wire["origin"], file) | {"moderation_url": [], "video": _video(file)}
            for file in task.artifacts
        ],
        "created_at": stamp(task.created_at),
        "credits": _credits(task),
    }


def stamp(at: int) -> str:
    """Milliseconds since 1970 as Vidu writes times: `2025-01-01T15:41:31.968000Z`."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


async def _said(desk: Desk, task: Task, model: Model) -> dict[str, Any]:
    """Every field of `ZERO` as asked, by default, or as nothing. Lists of pictures lead to the stored ones."""
    said = _fields(task, model)
    kept: Sequence[str] = said["images"]
    images: Sequence[str | None] = task.wire["images"]
    said["images"] = [
        images[at] or await _address(desk, task, one) if at < len(images) else await _address(desk, task, one)
        for at, one in enumerate(kept)
    ]
    return said


def _fields(task: Task, model: Model) -> dict[str, Any]:
    """As the model reads them; a field that it does not read as it was sent, where it is of its kind."""
    full = model.to_wire(task.input)
    sent = {name: value for name, value in task.wire["asked"].items() if type(value) is type(ZERO[name])}
    return {name: full.get(name, sent.get(name, zero)) for name, zero in ZERO.items()}


async def _address(desk: Desk, task: Task, file_id: str) -> str:
    try:
        return desk.address(task.wire["origin"], await desk.files.get(task.account, file_id))
    except NotFound:
        return ""  # its time is over


def _creation(desk: Desk, origin: str, file: File) -> dict[str, Any]:
    """No cover is made, and none stands here: an empty address is one that is not there."""
    return {"id": file.id, "url": desk.address(origin, file), "cover_url": "", "watermarked_url": ""}


def _video(file: File) -> dict[str, Any]:
    size = {"width": file.width or 0, "height": file.height or 0}
    return {"duration": file.duration or 0, "fps": round(file.fps or 0), "resolution": size}


def _credits(task: Task) -> int:
    """What the task cost, or until it has ended what was set aside for it; previz costs nothing."""
    said = task.usage.get("credits", task.usage.get("held", 0))
    return round(said) if isinstance(said, int | float) else 0
