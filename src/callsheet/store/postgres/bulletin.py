"""What processes on one database tell each other at once, and which of them leads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import uuid
from collections.abc import Callable, Collection
from typing import Any

import asyncpg

from callsheet.store.postgres.faults import explained
from callsheet.store.postgres.opening import LOCK

log = logging.getLogger("callsheet.store")

CHANNEL = "callsheet"
QUEUE_CHANNEL = "ch_pgqueuer"
"""PgQueuer's own: something was put into the queue, or has left it."""

LEADING = 2
_AGAIN = 1.0
"""Seconds between two tries to reach the server."""

SIGN, ANSWER = 15.0, 5.0
"""Seconds after which a silent connection is asked whether it still stands, and how long the answer may take."""

_MIND = """SELECT set_config('tcp_keepalives_idle', '15', false), set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '3', false)"""
# The server sees as soon as we do that nobody is left at the other end: who leads is then free to be another.

_DECLARE = "SELECT pg_advisory_lock_shared($1, hashtext('renders ' || word)) FROM unnest($2::text[]) AS word"

_DECLARED = """SELECT word FROM unnest($2::text[]) AS word WHERE EXISTS (
  SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $1::oid AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND objid = (hashtext('renders ' || word)::bigint & 4294967295)::oid)"""

_TROUBLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

_GATHER = 0.004
"""Seconds in which what is told is gathered: one message for many tasks."""

_MANY = 200

Heard = Callable[[str, str], None]
"""Called with a kind and a task (`event`, `message`, `due`, `news`, `cancel`); `queue` and `lost` name no task."""


async def declared(pool: Any, capabilities: Collection[str]) -> set[str]:
    """Which of these a process that is alive declares to render; all of them where one renders everything."""
    records = await pool.fetch(_DECLARED, LOCK, ["*", *capabilities])
    found = {record["word"] for record in records}
    return set(capabilities) if "*" in found else found


class Bulletin:
    """One connection that listens. As long as it stands, the server's other processes know that this one lives.

    After the connection was lost `lost` is heard: anything may have happened meanwhile, so everyone looks again. One
    that nobody answers at any more is lost too, though nothing says so: it is asked every `sign` seconds.
    """

    def __init__(
        self, url: str, pool: asyncpg.Pool, owner: uuid.UUID, *, sign: float = SIGN, answer: float = ANSWER
    ) -> None:
        self._url = url
        self._pool = pool
        self._owner = owner
        self._sign = sign
        self._answer = answer
        self._asking = asyncio.Lock()
        self._heard: list[Heard] = []
        self._connection: Any = None
        self._leading = False
        self._renders: list[str] = []
        self._listening: asyncio.Task[None] | None = None
        self._told: dict[str, list[str]] = {}
        self._telling: asyncio.Task[None] | None = None

    def listen(self, heard: Heard) -> None:
        """From now on call this with everything that is heard, in the event loop."""
        self._heard.append(heard)

    async def open(self) -> None:
        """Connect; raises what the server raises."""
        connection = await self._connected()
        self._listening = asyncio.create_task(self._stay(connection))

    async def close(self) -> None:
        """Tell what is left, and leave."""
        await self.flush()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._connection is not None:
            with contextlib.suppress(*_TROUBLE):  # where the server does not say goodbye, it is cut
                await self._connection.close(timeout=2)

    async def declare(self, renders: Collection[str]) -> None:
        """Let it be known what this process renders: capabilities, or `*`. It is known for as long as it lives."""
        self._renders = list(renders)
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(*_TROUBLE):  # a connection that is made anew declares it again
                async with self._asking:
                    await connection.execute(_DECLARE, LOCK, self._renders)

    async def declared(self, capabilities: Collection[str]) -> set[str]:
        """Which of these a process that is alive renders."""
        async with explained():
            return await declared(self._pool, capabilities)

    def tell(self, kind: str, task_id: str) -> None:
        """Say it to all processes, this one too; it is lost where the server cannot be reached."""
        self._told.setdefault(kind, []).append(task_id)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def flush(self) -> None:
        """What was told by now is on its way."""
        if self._telling is not None:
            await asyncio.gather(self._telling, return_exceptions=True)

    async def leads(self) -> bool:
        """Whether this process is the one that keeps house, from now until it ends or loses its connection."""
        connection = self._connection
        if connection is None or connection.is_closed():
            return False
        if not self._leading:
            try:
                async with self._asking:
                    self._leading = await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", LOCK, LEADING)
            except _TROUBLE:
                return False
        return self._leading

    async def _connected(self) -> Any:
        known_as = {"application_name": f"callsheet {os.getpid()}"}
        connection: Any = await asyncpg.connect(self._url, timeout=10, command_timeout=60.0, server_settings=known_as)
        try:
            await connection.execute(_MIND)
            # Shared: what is left of a connection that was cut may hold it for a while, and it is ours as well.
            await connection.execute("SELECT pg_advisory_lock_shared($1, hashtext($2))", LOCK, str(self._owner))
            await connection.execute(_DECLARE, LOCK, self._renders)
            await connection.add_listener(CHANNEL, self._on_word)
            await connection.add_listener(QUEUE_CHANNEL, self._on_queue)
        except BaseException:
            connection.terminate()
            raise
        self._connection, self._leading = connection, False
        return connection

    async def _stay(self, connection: Any) -> None:
        """Come back whenever the connection is lost."""
        while True:
            await self._stands(connection)
            connection.terminate()
            log.warning("the connection to the database is lost")
            connection = await self._reconnected()
            log.info("the connection to the database is back")
            self._say("lost", "")

    async def _stands(self, connection: Any) -> None:
        """Until it does not: the server closed it, or answers nothing on it any more."""
        gone = asyncio.Event()
        connection.add_termination_listener(_setting(gone))
        while not connection.is_closed():
            try:
                async with asyncio.timeout(self._sign):
                    await gone.wait()
            except TimeoutError:
                try:
                    async with self._asking:
                        await connection.fetchval("SELECT 1", timeout=self._answer)
                except _TROUBLE:
                    return

    async def _reconnected(self) -> Any:
        while True:
            with contextlib.suppress(*_TROUBLE):
                return await self._connected()
            await asyncio.sleep(_AGAIN)

    def _on_word(self, connection: Any, pid: int, channel: str, message: str) -> None:
        kind, *tasks = message.split(" ")
        for task_id in tasks:
            self._say(kind, task_id)

    def _on_queue(self, connection: Any, pid: int, channel: str, message: str) -> None:
        self._say("queue", "")

    def _say(self, kind: str, task_id: str) -> None:
        for heard in self._heard:
            heard(kind, task_id)

    async def _tell(self) -> None:
        await asyncio.sleep(_GATHER)
        told, self._told = self._told, {}
        for kind, tasks in told.items():
            for start in range(0, len(tasks), _MANY):
                message = " ".join([kind, *tasks[start : start + _MANY]])
                try:
                    await self._pool.execute("SELECT pg_notify($1, $2)", CHANNEL, message)
                except _TROUBLE as error:
                    log.warning("other processes could not be told: %s", type(error).__name__)


def _setting(gone: asyncio.Event) -> Callable[[Any], None]:
    def set_it(connection: Any) -> None:
        gone.set()

    return set_it
