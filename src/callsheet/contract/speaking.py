"""What a vendor folder may define to let that vendor's clients speak to us: the dialect, and the desk it stands at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from callsheet.catalog import Catalog
from callsheet.contract.asking import Files, Key, Keys, Tasks
from callsheet.errors import CallsheetError
from callsheet.tasks import (
    Clock,
    File,
    NewTask,
    State,
    Task,
)


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
