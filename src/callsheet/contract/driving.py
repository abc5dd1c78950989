"""What a vendor folder may define to speak to its vendor, or to start work here: the driver."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from callsheet.catalog import Model
from callsheet.tasks import (
    File,
    Input,
    Update,
)

Media = Mapping[str, Path]
"""Where the files named in an input lie on this machine: `{"file_01J...": Path(...)}`."""


@dataclass(frozen=True, slots=True)
class Order:
    """One request for a driver: our task's id (also the idempotency key), the model that runs it, its checked input.

    `links` are signed addresses of the same files for a vendor that fetches them itself, and `callback` is where the
    vendor may call; both only where the setting `server.public_url` says how we are reached.
    """

    task_id: str
    model: Model
    input: Input
    media: Media
    links: Mapping[str, str] = field(default_factory=dict[str, str])
    callback: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A callback as it came in: `path` and `query` as they were written, header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


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

    def genuine(self, call: Call) -> bool:
        """Whether a callback is signed as this vendor signs; True where it signs nothing. It only causes a poll."""
        ...

    async def close(self) -> None:
        """Let go of everything; local work still running is stopped and started again next time."""
        ...


@runtime_checkable
class Finder(Protocol):
    """What a driver may offer beside its verbs, where its vendor can be asked what it was sent."""

    async def find(self, order: Order, sent_at: int) -> Update | None:
        """The task of a request whose answer was lost, with its `remote`; None while it is not found for certain.

        Certain is our own mark given back, or the very same request and no other like it around `sent_at` (ms).
        """
        ...


@runtime_checkable
class Named(Protocol):
    """What a driver may offer where its vendor's callbacks name the task they are about."""

    def named(self, call: Call) -> str | None:
        """The vendor's id in a genuine callback; None where it has none. A task of unknown outcome is known by it."""
        ...


@runtime_checkable
class Rendering(Protocol):
    """What a driver offers that renders on this machine."""

    def renders(self) -> tuple[int, int, int]:
        """How many renders may run at once, how many run, and how many wait; of all drivers that share its children."""
        ...


Bring = Callable[[File], Awaitable[Path]]
"""Brings a file to this machine, if it is not there. NotFound when its bytes are gone."""


@runtime_checkable
class Checking(Protocol):
    """What a driver may offer that knows what it will refuse before it is asked to do it."""

    async def check(self, order: Order, files: Mapping[str, File], bring: Bring) -> None:
        """InvalidInput, with its param, for what is certain to be refused; in milliseconds, and nothing is begun by it.

        The order is not one yet: it has no task and no media. `files` are those it names, by id, as far as they are
        known: what is not among them, and what another task is still to make, is not judged.
        """
        ...


class Lost(Exception):
    """A local driver no longer knows this remote: the work died with its process and is to be started again."""
