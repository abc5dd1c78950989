"""What a vendor folder may define (Driver) and what a door may ask for (Tasks, Files, Keys): the walls of the house."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from callsheet.catalog import Model
from callsheet.tasks import Event, File, Filter, Input, NewTask, Page, Quote, Task, Update

Media = Mapping[str, Path]
"""Where the files named in an input lie on this machine: `{"file_01J...": Path(...)}`."""


@dataclass(frozen=True, slots=True)
class Order:
    """One request for a driver: our task's id (also the idempotency key), the model that runs it, its checked input."""

    task_id: str
    model: Model
    input: Input
    media: Media


class Driver(Protocol):
    """Speaks to one vendor, or starts local work. Three verbs, one answer; it never sleeps, polls, retries or stores.

    A verb raises a VendorError (or RenderError) when the vendor refuses or cannot answer; nothing else.
    """

    local: bool
    """True when the work lives in this installation: it costs nothing to start again, and does so after a crash."""

    slots: int
    """How many tasks may be with this driver at once on this machine."""

    notify: Callable[[str], None]
    """Set by the engine: call it with a remote when that task has news, and it is polled at once."""

    async def submit(self, order: Order) -> Update:
        """Start it. May already be final (a vendor that answers at once)."""
        ...

    async def poll(self, order: Order, remote: str) -> Update:
        """Ask how it stands. A local driver that no longer knows the remote raises `Lost`."""
        ...

    async def cancel(self, order: Order, remote: str) -> Update:
        """Stop it if it can be stopped; the answer says what became of it."""
        ...

    async def close(self) -> None:
        """Let go of everything; local work still running is stopped and started again next time."""
        ...


class Lost(Exception):
    """A local driver no longer knows this remote: the work died with its process and is to be started again."""


class Tasks(Protocol):
    """Where every door ends. An id of another account is NotFound, always."""

    async def submit(self, account: str, new: NewTask) -> tuple[Task, bool]:
        """Check, route and keep a task durably; the flag is False when the Idempotency-Key named an earlier one."""
        ...

    async def get(self, account: str, task_id: str) -> Task:
        """The task as it stands."""
        ...

    async def list(self, account: str, filter: Filter, limit: int, cursor: str | None) -> Page:
        """Newest first; a cursor neither loses nor repeats a task while others are inserted."""
        ...

    async def cancel(self, account: str, task_id: str) -> Task:
        """Ask for the end; idempotent. A task that already ended is answered as it is."""
        ...

    def events(self, account: str, task_id: str, after: int = 0) -> AsyncIterator[Event]:
        """The timeline from `after` on, then live; ends with the task's final event."""
        ...

    async def timeline(self, account: str, task_id: str) -> list[Event]:
        """All that happened so far."""
        ...

    async def quote(self, account: str, model: str, input: Input, stage: str | None = None) -> Quote:
        """What it would cost; checks the input and keeps nothing."""
        ...


class Files(Protocol):
    """Uploads and artifacts of one account."""

    async def put(self, account: str, chunks: AsyncIterator[bytes], name: str, content_type: str | None) -> File:
        """Store a stream; it is complete and durable, or it is not there."""
        ...

    async def get(self, account: str | None, file_id: str) -> File:
        """What is known of a file; `account` None only behind a checked signature."""
        ...

    async def list(self, account: str, limit: int, cursor: str | None) -> tuple[list[File], str | None]:
        """Newest first."""
        ...

    async def delete(self, account: str, file_id: str) -> None:
        """Forget it; its bytes go when nothing else names them."""
        ...

    def path(self, file: File) -> Path:
        """Where its bytes lie. NotFound when they are gone."""
        ...

    def link(self, file: File) -> str:
        """A signed path under this server's origin that serves the bytes without a key until it expires."""
        ...

    def opens(self, file_id: str, expires: str, signature: str) -> bool:
        """Whether a signed link's parts are genuine and not yet expired."""
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """What proves an account. The key itself is kept only as a hash; the secret is sealed."""

    id: str
    account: str
    name: str
    created_at: int
    revoked_at: int | None = None


class Keys(Protocol):
    """Who may ask."""

    async def create(self, name: str, account: str | None = None) -> tuple[Key, str, str]:
        """A new key: what is known of it, the key, the secret. Both are shown this once."""
        ...

    async def find(self, key: str) -> Key | None:
        """Whose key this is; None when it is unknown or revoked."""
        ...

    async def secret(self, key: Key) -> str:
        """The secret, for the schemes that sign with it."""
        ...

    async def list(self) -> list[Key]:
        """All keys, newest first."""
        ...

    async def revoke(self, key_id: str) -> Key:
        """From now on it opens nothing."""
        ...

    async def any(self) -> bool:
        """Whether a key exists at all: without one, only loopback is served."""
        ...
