"""What the API's requests look like: addresses, query strings and bodies, without sending any."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, TypedDict, cast
from urllib.parse import quote

from callsheet.client.results import FileInfo, Task, Webhook
from callsheet.errors import InvalidInput, SetupError

Source = str | Path | bytes | IO[bytes]
"""What can be uploaded: a path, bytes, or an open binary file."""

DEFAULT_URL = "http://127.0.0.1:8420"


def server_url(given: str | None) -> str:
    """The server to speak to: the one given, else CALLSHEET_URL, else the default of `callsheet serve`."""
    url = (given or os.environ.get("CALLSHEET_URL") or DEFAULT_URL).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise SetupError(f"{url!r} is no address of a server.", hint="Write it as http://host:port (CALLSHEET_URL).")
    return url


def headers(key: str | None) -> dict[str, str]:
    """What every request carries: who we are, and the key given or found in CALLSHEET_KEY."""
    found = {"user-agent": f"callsheet-python/{version('callsheet')}", "accept": "application/json"}
    key = key or os.environ.get("CALLSHEET_KEY")
    return found | {"authorization": f"Bearer {key}"} if key else found


def on_this_machine(url: str) -> bool:
    """True for a loopback address, which no proxy of the environment can reach."""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    return host.startswith(("127.", "localhost", "[::1]"))


def task_body(model: str, input: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The body of a submit or a quote; parts that were not given are left out."""
    return {"model": model, "input": input} | {name: value for name, value in more.items() if value}


class Order(TypedDict, total=False):
    """What a submit may say beside model and input."""

    webhook: str | None
    webhook_events: Sequence[str] | None
    metadata: Mapping[str, str] | None
    priority: int
    stage: str | None
    retention: int | None
    idempotency_key: str | None


class Wanted(TypedDict, total=False):
    """Which tasks to list; `created_to` is exclusive, the times must have a zone. `text` is up to four words.

    `order` is `newest` (first) or `oldest`.
    """

    state: str | Sequence[str]
    model: str | None
    capability: str | None
    vendor: str | None
    stage: str | None
    text: str | None
    created_from: datetime | None
    created_to: datetime | None
    metadata: Mapping[str, str]
    unsure: bool
    order: str


_NAMED = ("model", "capability", "vendor", "stage", "text", "order")


def task_query(wanted: Wanted) -> list[tuple[str, str]]:
    """The query string's parts that choose tasks, in order."""
    states = wanted.get("state", ())
    found = [("state", state) for state in ([states] if isinstance(states, str) else states)]
    found += [(name, value) for name in _NAMED if (value := wanted.get(name))]
    found += [(name, _stamp(time)) for name in ("created_from", "created_to") if (time := wanted.get(name))]
    found += [("unsure", "true")] if wanted.get("unsure") else []
    return found + [(f"metadata[{name}]", value) for name, value in wanted.get("metadata", {}).items()]


def page_query(limit: int, cursor: str | None) -> list[tuple[str, str]]:
    """The query string's parts of any list."""
    return [("limit", str(limit))] + ([("cursor", cursor)] if cursor else [])


def webhook_query(task: Task | str | None, state: str | None, account: str | None) -> list[tuple[str, str]]:
    """The query string's parts that choose messages to webhooks."""
    wanted = (("task", task_id(task) if task is not None else None), ("state", state), ("account", account))
    return [(name, value) for name, value in wanted if value]


def message_id(message: Webhook | str) -> str:
    """The id, whichever was given."""
    return plain_id(message.id if isinstance(message, Webhook) else message, "evt")


def task_id(task: Task | str) -> str:
    """The id, whichever was given."""
    found = task.id if isinstance(task, Task) else task
    return plain_id(found, "task")


def file_id(file: FileInfo | str) -> str:
    """The id, whichever was given."""
    found = file.id if isinstance(file, FileInfo) else file
    return plain_id(found, "file")


def plain_id(found: str, kind: str) -> str:
    """The id, if it can be one; anything else could become another address."""
    if not found or not found.replace("_", "").replace("-", "").isalnum():
        raise InvalidInput(f"{found!r} is no id of a {kind}.", hint=f"It looks like {kind}_01KA3W5E8V….")
    return found


def model_path(model: str) -> str:
    """The id as part of an address; its slashes stay."""
    return quote(model, safe="/")


def target(to: str | Path, file: FileInfo) -> Path:
    """Where a download goes: `to` itself, or the file's own name in it when it is a folder."""
    path = Path(to)
    return path / Path(file.name or file.id).name if path.is_dir() or str(to).endswith("/") else path


def plain(value: Any) -> Any:
    """What an input says for a task (its first output) or a stored file; anything else as it is."""
    if isinstance(value, Task):
        return value.output()
    return value.id if isinstance(value, FileInfo) else value


def to_upload(value: Any) -> bool:
    """Whether this input value is a file on this machine that has to be uploaded first."""
    return isinstance(value, (Path, bytes)) or hasattr(value, "read")


def open_source(source: Source, name: str | None, content_type: str | None) -> tuple[Any, ...]:
    """One part of a multipart body: (name, stream or bytes, content type). The server measures the content itself."""
    if isinstance(source, (str, Path)):
        path = Path(source)
        try:
            stream: Any = path.open("rb")
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror}.", hint="Give the path of a file.") from error
        name = name or path.name
    else:
        stream = source
        name = name or Path(str(getattr(source, "name", "upload"))).name
    return (name, stream, content_type) if content_type else (name, stream)


def close_source(source: Source, part: tuple[Any, ...]) -> None:
    """Close what `open_source` opened; a stream the caller gave stays the caller's."""
    if isinstance(source, (str, Path)):
        cast("IO[bytes]", part[1]).close()


def _stamp(time: datetime) -> str:
    if time.tzinfo is None:
        raise InvalidInput(f"{time} has no time zone.", hint="Use datetime.now(UTC) or .astimezone().")
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
