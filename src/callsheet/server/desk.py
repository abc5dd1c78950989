"""The desk at which a dialect is served: tasks, files and keys, and who asks from where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import quote

from starlette.requests import HTTPConnection, Request

from callsheet.catalog import Catalog
from callsheet.contract import Files, Key, Keys, Ledger, Tasks
from callsheet.server.origin import Origins
from callsheet.server.reading import read_bytes
from callsheet.tasks import Clock, File, NewTask, Task

ACCOUNT, KEY, MOUNT = "callsheet.account", "callsheet.key", "callsheet.mount"
"""What the reception notes in a request's scope."""


@dataclass(slots=True)
class Desk:
    """`contract.Desk`. `max_body` in bytes; without a `ledger` nothing is counted."""

    tasks: Tasks
    files: Files
    keys: Keys
    catalog: Catalog
    clock: Clock
    origins: Origins
    max_body: int
    ledger: Ledger | None = None

    async def submit(self, connection: HTTPConnection, new: NewTask) -> Task:
        """`tasks.submit` for whoever this request was let in for, under the limits of its key."""
        key = self.key(connection)
        task, _ = await self.tasks.submit(self.caller(connection), replace(new, key_id=key.id if key else None))
        return task

    def caller(self, connection: HTTPConnection) -> str:
        """The account this request was let in for."""
        return cast("str", connection.scope[ACCOUNT])

    def key(self, connection: HTTPConnection) -> Key | None:
        """The key it was let in with; None on a loopback without keys."""
        return cast("Key | None", connection.scope[KEY])

    async def left(self, connection: HTTPConnection) -> int | None:
        """Micro-credits that this caller may still spend; None without end."""
        key = self.key(connection)
        return await self.ledger.left(self.caller(connection), key.id if key else None) if self.ledger else None

    def origin(self, connection: HTTPConnection) -> str:
        """Scheme, host and port under which the caller reached us."""
        return self.origins.of(connection)

    def base(self, connection: HTTPConnection) -> str:
        """`origin` and the mount, after which the vendor's own paths follow."""
        return self.origin(connection) + connection.scope.get(MOUNT, "")

    def address(self, origin: str, file: File) -> str:
        """An absolute, signed address of a file that ends in its own name."""
        path, _, proof = self.files.link(file).partition("?")
        return f"{origin}{path}/{quote(file.name, safe='')}?{proof}"

    async def body(self, request: Request) -> bytes:
        """The request's body. TooLarge past the limit."""
        return await read_bytes(request, self.max_body)
