"""The store's database on a PostgreSQL server, shared with any number of processes."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Sequence
from functools import cache
from typing import Any

import asyncpg

from callsheet.errors import InvalidInput, StorageError
from callsheet.store.database import Clash, Params, Records, Step, Unchanged, queries

ATTEMPTS = 8
"""How often a transaction is run that another one stopped: two that wait for each other, one of which has to yield."""

_PLACE_CLASSES = ("08", "53", "57", "58", "25006")
"""SQLSTATEs that speak of the server or the connection, not of the statement; 25006 is a server that became a copy."""

Connection = Any
"""asyncpg's connection, of a pool or alone: its types differ, what is asked of it does not."""


class Postgres:
    """`Database` over a pool of connections. What it answers is durable, as far as the server's own settings say so.

    One statement is its own transaction; several are one between BEGIN and COMMIT. There is no group commit: the server
    has its own, and a batch of callers in one transaction would hold each other's rows.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def write(self, steps: Sequence[Step]) -> list[Records]:
        """All steps in one transaction, durable on return. Unchanged, Clash, StorageError: then nothing stands."""
        for attempt in range(ATTEMPTS):
            try:
                async with explained(), self._pool.acquire() as connection:
                    return await self._written(connection, steps)
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                await asyncio.sleep(0.005 * 2**attempt)
        raise StorageError("The database is too busy to write; nothing was accepted.", retry_after=1.0)

    async def read(self, query: str, params: Params) -> Records:
        """One statement."""
        return (await self.read_all([Step(query, params)]))[0]

    async def read_all(self, steps: Sequence[Step]) -> list[Records]:
        """Several statements that see the same moment."""
        if not steps:
            return []
        async with explained(), self._pool.acquire() as connection:
            if len(steps) == 1:
                return [await _run(connection, steps[0])]
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                return [await _run(connection, step) for step in steps]

    async def close(self) -> None:
        """Let go of the connections, once what was accepted is written."""
        await self._pool.close()

    async def _written(self, connection: Connection, steps: Sequence[Step]) -> list[Records]:
        if len(steps) == 1:
            return [await _run(connection, steps[0])]
        async with connection.transaction():
            return [await _run(connection, step) for step in steps]


async def _run(connection: Connection, step: Step) -> Records:
    whole = frozenset(name for name, value in step.params.items() if isinstance(value, int))
    statement, names, answers = translated(step.query, whole)
    values = [step.params[name] for name in names]
    if answers:
        records = [dict(record) for record in await connection.fetch(statement, *values)]
        changed = bool(records)
    else:
        records = []
        changed = not (await connection.execute(statement, *values)).endswith(" 0")
    if step.must_change and not changed:
        raise Unchanged(step.query)
    return records


@cache
def translated(query: str, whole: frozenset[str] = frozenset()) -> tuple[str, tuple[str, ...], bool]:
    """A named statement with `$1` for its first param, the params' names in order, and whether it answers records.

    What is named in `whole` is a BIGINT: the server would take `:now - 1` for an INTEGER, which no time fits into.
    """
    statement = queries()[query]
    names = tuple(dict.fromkeys(re.findall(r"(?<!:):([a-z]\w*)", statement)))

    def number(found: re.Match[str]) -> str:
        return f"${names.index(found[1]) + 1}{'::BIGINT' if found[1] in whole else ''}"

    numbered = re.sub(r"(?<!:):([a-z]\w*)", number, statement)
    changes = re.search(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b", statement)
    return numbered, names, not changes or "RETURNING" in statement


@contextlib.asynccontextmanager
async def explained() -> AsyncGenerator[None]:
    """What the server says, in the store's words."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise Clash(str(error)) from error
    except asyncpg.CharacterNotInRepertoireError as error:  # U+0000, which PostgreSQL has no place for
        raise InvalidInput("This holds a character that cannot be kept.", hint="Leave out U+0000.") from error
    except asyncpg.PostgresError as error:
        if not str(getattr(error, "sqlstate", "")).startswith(_PLACE_CLASSES):
            raise
        raise _failure(error) from error
    except (OSError, TimeoutError, asyncpg.InterfaceError) as error:
        raise _failure(error) from error


def _failure(error: Exception) -> StorageError:
    return StorageError(
        f"The database cannot be used ({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}); "
        "nothing was accepted.",
        hint="Check the PostgreSQL server, then run `callsheet doctor`; callsheet goes on by itself.",
    )
