"""Opening a PostgreSQL database: the pool, and the migrations, which processes of several versions live through."""

from __future__ import annotations

import re
import time
from importlib import resources
from urllib.parse import urlsplit

import asyncpg
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from callsheet.errors import SetupError
from callsheet.store.database import migrations
from callsheet.store.postgres.statements import Connection

CONNECTIONS = 10
"""How many statements of one process run at once at most."""

LOCK = 0x63616C6C
"""The advisory lock's class under which all of callsheet's locks stand; the second number says which."""

MIGRATING = 1

IDLE = 15.0
"""Seconds for which a transaction may do nothing: a frozen process must not keep its locks from the others."""

_RECORD = """CREATE TABLE IF NOT EXISTS migration (
  series TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, serves BIGINT NOT NULL, applied_at BIGINT NOT NULL,
  PRIMARY KEY (series, number)
)"""

_Migration = tuple[int, str, str]


async def opened(url: str, connections: int = CONNECTIONS) -> asyncpg.Pool:
    """A pool on a database that is up to date. SetupError names the way out, and never the password.

    Of several processes that start at once one migrates, and the others wait for it. A database that a newer callsheet
    has migrated is used all the same where its migrations say that this version can go on (`-- serves: N`).
    """
    pool = await connected(url, connections)
    try:
        async with pool.acquire() as connection:
            await migrate(connection, named(url))
    except BaseException:
        await pool.close()
        raise
    return pool


async def connected(url: str, connections: int = CONNECTIONS) -> asyncpg.Pool:
    """A pool on a database as it is. SetupError names the way out, and never the password."""
    try:
        return await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=connections,
            statement_cache_size=1024,
            timeout=10.0,
            command_timeout=60.0,
            init=_minded,
            reset=_left_as_it_is,
            server_settings={"application_name": "callsheet", "timezone": "UTC"},
        )
    except (OSError, ValueError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise SetupError(
            f"The database {named(url)} cannot be opened: {type(error).__name__}.",
            hint="Check the setting `database`, postgresql://NAME:PASSWORD@HOST:PORT/DATABASE, and the server.",
        ) from error


async def _minded(connection: Connection) -> None:
    await connection.execute(f"SET idle_in_transaction_session_timeout = {round(IDLE * 1000)}")


async def _left_as_it_is(connection: Connection) -> None:
    """Nothing that is run here sets anything: asyncpg's own reset would be one question more for every statement."""


def named(url: str) -> str:
    """The server and the database of an address, without who asks and by what password."""
    parts = urlsplit(url)
    host = f"{parts.hostname or 'localhost'}:{parts.port or 5432}"
    return f"{host}{parts.path}"


async def migrate(connection: Connection, where: str) -> None:
    """Apply what is missing, under a lock; refuse what only a newer version may use."""
    await connection.execute("SELECT pg_advisory_lock($1, $2)", LOCK, MIGRATING)
    try:
        await connection.execute(_RECORD)
        for series, known in (("schema", migrations()), ("postgres", _own())):
            await _migrate_series(connection, where, series, known)
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1, $2)", LOCK, MIGRATING)


async def _migrate_series(connection: Connection, where: str, series: str, known: list[_Migration]) -> None:
    rows = await connection.fetch("SELECT number, serves FROM migration WHERE series = $1", series)
    newer = [row for row in rows if row["number"] > len(known)]
    if any(row["serves"] > len(known) for row in newer):
        raise SetupError(
            f"The database {where} was migrated by a newer callsheet ({series} {max(row['number'] for row in newer)}; "
            f"this one knows {len(known)}), and this version cannot go on with it.",
            hint="Start the newer version here too.",
        )
    applied = {row["number"] for row in rows}
    for number, name, script in known:
        if number not in applied:
            await _apply(connection, series, number, name, script)


async def _apply(connection: Connection, series: str, number: int, name: str, script: str) -> None:
    async with connection.transaction():
        if series == "postgres" and number == 1:
            await Queries(AsyncpgDriver(connection)).install()
        await connection.execute(script)
        await connection.execute(
            "INSERT INTO migration (series, number, name, serves, applied_at) VALUES ($1, $2, $3, $4, $5)",
            series,
            number,
            name,
            serves(number, script),
            int(time.time() * 1000),
        )


def serves(number: int, script: str) -> int:
    """The oldest version of the schema whose code can go on after this migration: `-- serves: N`, else only its own."""
    found = re.search(r"^-- serves: *(\d+)$", script, flags=re.MULTILINE)
    return int(found[1]) if found else number


def _own() -> list[_Migration]:
    """What only PostgreSQL has: the queue's triggers."""
    folder = resources.files("callsheet.store.postgres").joinpath("migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name[:4]), name.removesuffix(".sql"), folder.joinpath(name).read_text("utf-8")) for name in names]
