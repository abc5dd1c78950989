"""What a vendor folder may define (Driver) and what a door may ask for (Tasks, Files, Keys): the walls of the house."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from callsheet.catalog import Catalog, Model
from callsheet.errors import CallsheetError
from callsheet.money import UNLIMITED, Balance, Entry, Fault, Limits, Standing
from callsheet.tasks import (
    Cancellation,
    Clock,
    Event,
    File,
    Filter,
    Input,
    Message,
    MessagePage,
    MessageState,
    NewTask,
    Page,
    Quote,
    State,
    Task,
    Try,
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

    async def find(self, door: str, alias: str, account: str | None) -> Task:
        """The task a dialect gave this id of its own. `account` None only where the id itself is the proof."""
        ...

    async def list(self, account: str | None, filter: Filter, limit: int, cursor: str | None) -> Page:
        """Newest first; a cursor neither loses nor repeats a task while others are inserted.

        Without an account those of all, for the operator, and only with the filter `unsure`.
        """
        ...

    async def cancel(self, account: str, task_id: str) -> Task:
        """Ask for the end; idempotent. A task that already ended is answered as it is."""
        ...

    async def canceling(self, account: str, task_id: str) -> tuple[Task, Cancellation]:
        """The same, with what it comes to and the money it moves."""
        ...

    async def resolve(self, task_id: str, remote: str | None, *, again: bool = False) -> Task:
        """The operator's word on a task that is unsure, whoever's it is: the vendor's id, or None for one that never
        arrived; that one fails, or with `again` is sent anew. Conflict where it is not unsure."""
        ...

    async def called(self, vendor: str, task_id: str, proof: str, call: Call) -> None:
        """A vendor says that a task has news: it is polled at once. Forbidden for what proves nothing."""
        ...

    def events(self, account: str, task_id: str, after: int = 0) -> AsyncIterator[Event]:
        """The timeline from `after` on, then live; ends with the task's final event."""
        ...

    async def timeline(self, account: str, task_id: str) -> list[Event]:
        """All that happened so far."""
        ...

    async def runs(self, model: str) -> bool:
        """Whether a stage here could take a task of this model or capability. NotFound for a name nobody has."""
        ...

    async def quote(self, account: str, model: str, input: Input, stage: str | None = None) -> Quote:
        """What it would cost; checks the input and keeps nothing."""
        ...


class Webhooks(Protocol):
    """What webhooks were told, or are to be. An account None is the operator, who sees those of all."""

    async def list(
        self, account: str, task_id: str | None, state: MessageState | None, limit: int, cursor: str | None
    ) -> MessagePage:
        """Newest first."""
        ...

    async def get(self, account: str | None, message_id: str) -> tuple[Message, tuple[Try, ...]]:
        """One message and every try to tell it, in order. NotFound."""
        ...

    async def redeliver(self, account: str | None, message_id: str) -> Message:
        """Tell it once more, under the same id, whatever came of it before. NotFound."""
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

    async def local(self, file: File) -> Path:
        """Where its bytes lie on this machine, brought here if need be. NotFound when they are gone."""
        ...

    def read(self, file: File, start: int, end: int) -> AsyncGenerator[bytes]:
        """Its bytes from `start` up to `end`, in chunks. NotFound before the first of them when they are gone."""
        ...

    async def elsewhere(self, file: File) -> str | None:
        """A signed address at which its bytes are served without us; None where we serve them ourselves."""
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
    limits: Limits = UNLIMITED


class Keys(Protocol):
    """Who may ask."""

    async def create(self, name: str, account: str | None = None, limits: Limits = UNLIMITED) -> tuple[Key, str, str]:
        """A new key: what is known of it, the key, the secret. Both are shown this once."""
        ...

    async def limit(self, key_id: str, limits: Limits) -> Key:
        """What a key may do from now on."""
        ...

    async def find(self, key: str) -> Key | None:
        """Whose key this is; None when it is unknown or revoked."""
        ...

    async def secret(self, key: Key) -> str:
        """The secret, for the schemes that sign with it."""
        ...

    async def text(self, key: Key) -> str:
        """The key as it was shown, for the schemes that sign their callbacks with it."""
        ...

    async def get(self, key_id: str) -> Key:
        """What is known of a key by its id."""
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


class Ledger(Protocol):
    """What accounts have, in micro-credits, and every movement of it."""

    clock: Clock

    async def balance(self, account: str) -> Balance:
        """What an account has; nothing, unmetered, where it never had an entry."""
        ...

    async def balances(self) -> Sequence[Balance]:
        """Every account that ever had an entry, by name."""
        ...

    async def left(self, account: str, key_id: str | None) -> int | None:
        """What may still be spent: as much as the account and the key's budget both leave; None without end."""
        ...

    async def standing(self, key_id: str | None) -> Standing | None:
        """How far a key has gone; None where there is none."""
        ...

    async def rate(self, key_id: str) -> Mapping[str, str]:
        """How far a key's rate is used, as the RateLimit fields of HTTP say it; none without a rate."""
        ...

    async def entries(self, account: str, limit: int, cursor: str | None) -> tuple[Sequence[Entry], str | None]:
        """A page of an account's ledger, newest first."""
        ...

    async def of_task(self, account: str | None, task_id: str) -> Sequence[Entry]:
        """Every movement of a task, in order; an account None is the operator. NotFound."""
        ...

    async def fund(self, account: str, amount: float, memo: str) -> Balance:
        """Pay in credits, or take them out again with a negative amount; from then on the account is metered."""
        ...

    async def refund(self, task_id: str, memo: str) -> Entry:
        """Give back what a task has cost, once. NotFound, or Conflict where there is nothing to give back."""
        ...

    async def audit(self) -> tuple[Sequence[Fault], Sequence[tuple[str, int, int]]]:
        """What does not add up; and each model that ran without a price, how often, and what that came to."""
        ...


@dataclass(frozen=True, slots=True)
class Notice:
    """A callback as a vendor would send it: what is POSTed to the address that the task names."""

    body: bytes
    headers: Mapping[str, str]


class Desk(Protocol):
    """What a dialect may ask for. It stands beside the native API on the same engine, never around it."""

    tasks: Tasks
    files: Files
    keys: Keys
    catalog: Catalog
    clock: Clock

    async def submit(self, connection: HTTPConnection, new: NewTask) -> Task:
        """`tasks.submit` for whoever this request was let in for, under the limits of its key."""
        ...

    def caller(self, connection: HTTPConnection) -> str:
        """The account this request was let in for."""
        ...

    def key(self, connection: HTTPConnection) -> Key | None:
        """The key it was let in with; None on a loopback without keys."""
        ...

    async def left(self, connection: HTTPConnection) -> int | None:
        """Micro-credits that this caller may still spend: of its account, and of its key's budget; None without end."""
        ...

    def origin(self, connection: HTTPConnection) -> str:
        """Scheme, host and port under which the caller reached us, without a slash at the end."""
        ...

    def base(self, connection: HTTPConnection) -> str:
        """`origin` and the mount: the vendor's own paths follow (`http://127.0.0.1:8420/as/vidu`)."""
        ...

    def address(self, origin: str, file: File) -> str:
        """An absolute, signed address of a file that ends in the file's own name and needs no key."""
        ...

    async def body(self, request: Request) -> bytes:
        """The request's body. TooLarge past the setting `limits.max_body_bytes`."""
        ...


class Dialect(Protocol):
    """Lets one vendor's own clients speak to us: its paths, its words, its error shapes, and nothing else.

    Built with a Desk, once. Handlers are plain Starlette endpoints; what they raise as CallsheetError is answered by
    `refuse`. A dialect emits only states and shapes that its vendor documents.
    """

    routes: Sequence[BaseRoute]
    """The vendor's paths as on its own host: `/ent/v2/text2video`."""

    tells: frozenset[State]
    """The states at which the vendor calls back: the ends, and RUNNING where it tells that too."""

    unlocked: frozenset[str]
    """Names of routes that need no key, because something in the request is the proof (a token, a signed address)."""

    async def key(self, connection: HTTPConnection) -> Key | None:
        """Whose key the vendor's own scheme proves; None when it proves none. Not asked while no key exists."""
        ...

    def refuse(self, error: CallsheetError, connection: HTTPConnection) -> Response:
        """An error in the vendor's shape."""
        ...

    async def notice(self, task: Task) -> Notice:
        """The callback of a task that ended (or, where the vendor tells it too, began), in the vendor's shape."""
        ...
