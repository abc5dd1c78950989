"""The store's database on a PostgreSQL server, shared with any number of processes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import asyncpg

from callsheet.errors import StorageError
from callsheet.store.database import Params, Records, Step
from callsheet.store.postgres.faults import AGAIN, explained, told
from callsheet.store.postgres.group import Group
from callsheet.store.postgres.statements import Connection, run
from callsheet.store.postgres.transactions import Outcome, alone, together

ATTEMPTS = 8
"""How often a transaction is run that another one stopped: two that wait for each other, one of which has to yield."""

A = TypeVar("A")


class Postgres:
    """`Database` over a pool of connections. What it answers is durable, as far as the server's own settings say so.

    One statement is its own transaction; several are one between BEGIN and COMMIT. Transactions run beside each other,
    on a connection each, but for those that add a task: each raises one counter, whose row is locked until its commit
    (so that numbers and times grow together), and the server's own group commit would never see two of them. Those of
    this process therefore go one transaction after another, and all that came during one share the next, each undone
    alone where it fails.
    """

    def __init__(self, pool: asyncpg.Pool, on_commit: Callable[[int], None] = lambda writers: None) -> None:
        """`on_commit` is told how many callers shared a commit."""
        self._pool = pool
        self._on_commit = on_commit
        self._counted = Group(self._write_alone, self._write_together)

    async def write(self, steps: Sequence[Step]) -> list[Records]:
        """All steps in one transaction, durable on return. Unchanged, Clash, StorageError: then nothing stands."""
        if steps and steps[0].query == "raise_task_counter":
            return await self._counted.write(steps)
        return await self._write_alone(steps)

    async def read(self, query: str, params: Params) -> Records:
        """One statement."""
        return (await self.read_all([Step(query, params)]))[0]

    async def read_all(self, steps: Sequence[Step]) -> list[Records]:
        """Several statements that see the same moment."""
        if not steps:
            return []
        async with explained(), self._pool.acquire() as connection:
            if len(steps) == 1:
                return [await run(connection, steps[0])]
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                return [await run(connection, step) for step in steps]

    async def close(self) -> None:
        """Let go of the connections, once what was accepted is written."""
        await self._counted.quiet()
        await self._pool.close()

    async def _write_alone(self, steps: Sequence[Step]) -> list[Records]:
        async with explained():
            answers = await self._stubbornly(lambda connection: alone(connection, steps))
        self._on_commit(1)
        return answers

    async def _write_together(self, group: Sequence[Sequence[Step]]) -> Sequence[Outcome]:
        """The outcome of each, known once all are durable; each hears for itself of what kept all of them from it."""
        try:
            outcomes = await self._stubbornly(lambda connection: together(connection, group))
        except Exception as error:
            return [told(error) for _ in group]
        self._on_commit(len(group))
        return outcomes

    async def _stubbornly(self, written: Callable[[Connection], Awaitable[A]]) -> A:
        """Once more where another transaction stopped this one, each time a little later."""
        for attempt in range(ATTEMPTS):
            try:
                async with self._pool.acquire() as connection:
                    return await written(connection)
            except AGAIN:
                await asyncio.sleep(0.005 * 2**attempt)
        raise StorageError("The database is too busy to write; nothing was accepted.", retry_after=1.0)
