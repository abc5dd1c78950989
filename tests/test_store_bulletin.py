"""Connections to PostgreSQL: one that nobody answers at is missed, none is left behind, a frozen one holds nothing."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from callsheet.app.ground import ground
from callsheet.settings import load
from callsheet.store import Store
from callsheet.store.postgres import Bulletin, Postgres, opened
from callsheet.store.postgres.opening import LOCK
from many_fixtures import asked, fresh
from store_fixtures import NOW, a_row


class Line:
    """Bytes between the server and whoever listens, until it goes dead: they are swallowed, and nobody hangs up."""

    def __init__(self) -> None:
        self.calls = 0
        self.passed = 0
        """How many pieces have gone through, in either direction."""
        self._dead: set[asyncio.StreamWriter] = set()
        self._live: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Whatever is connected by now hears nothing more."""
        self._dead |= self._live

    async def serve(self, server: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        there, out = await asyncio.open_unix_connection(server)
        self._live |= {writer, out}
        with contextlib.suppress(asyncio.CancelledError):  # the story is over
            await self._both_ways(reader, out, there, writer)

    async def _both_ways(
        self,
        reader: asyncio.StreamReader,
        out: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        try:
            await asyncio.wait(
                [asyncio.create_task(self._pass(reader, out)), asyncio.create_task(self._pass(there, writer))]
            )
        finally:
            for one in (writer, out):
                one.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if writer not in self._dead:
                    writer.write(data)
                    self.passed += 1
            writer.close()


@contextlib.asynccontextmanager
async def a_line(uri: str) -> AsyncIterator[tuple[Line, str]]:
    """A line to the server of this address, and the address through it."""
    folder = parse_qs(urlsplit(uri).query)["host"][0]
    line = Line()
    with TemporaryDirectory(prefix="ln") as name:
        server = await asyncio.start_unix_server(
            lambda reader, writer: line.serve(f"{folder}/.s.PGSQL.5432", reader, writer), f"{name}/.s.PGSQL.5432"
        )
        async with server:
            yield line, uri.replace(quote(folder, safe=""), name).replace(folder, name)


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(90):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def connections(uri: str) -> int:
    (row,) = asked(
        uri, "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return row[0]


def test_a_connection_that_nobody_answers_at_is_missed_and_made_anew(postgres: str) -> None:
    uri = fresh(postgres)

    async def story() -> None:
        heard: list[tuple[str, str]] = []
        async with a_line(uri) as (line, through):
            pool = await opened(uri, 2)
            bulletin = Bulletin(through, pool, uuid.uuid4(), sign=0.1, answer=1.0)
            bulletin.listen(lambda kind, task_id: heard.append((kind, task_id)))
            await bulletin.open()
            while not await bulletin.leads():  # noqa: ASYNC110 - on a slow machine it may be about to be made anew
                await asyncio.sleep(0.02)
            line.cut()
            before, calls = heard.count(("lost", "")), line.calls
            bulletin.tell("event", "task_1")
            await until(lambda: heard.count(("lost", "")) > before)
            assert line.calls > calls
            await until(lambda: bulletin.tell("event", "task_2") or ("event", "task_2") in heard)
            assert ("event", "task_1") not in heard, "that is why all look again"
            await bulletin.close()
            await pool.close()

    asyncio.run(story())


def test_one_that_only_rests_is_not_given_up(postgres: str) -> None:
    uri = fresh(postgres)

    async def story() -> None:
        heard: list[tuple[str, str]] = []
        async with a_line(uri) as (line, through):
            pool = await opened(uri, 2)
            bulletin = Bulletin(through, pool, uuid.uuid4(), sign=0.01, answer=30.0)
            bulletin.listen(lambda kind, task_id: heard.append((kind, task_id)))
            await bulletin.open()
            before = line.passed
            await until(lambda: line.passed > before + 40)
            assert await bulletin.leads()
            # Looked at before it leaves: a question that is still open then is taken back over a line of its own.
            assert (line.calls, heard) == (1, [])
            await bulletin.close()
            await pool.close()

    asyncio.run(story())


def test_a_start_that_is_given_up_leaves_no_connection(postgres: str) -> None:
    uri = fresh(postgres)

    async def story() -> None:
        owner, pool = uuid.uuid4(), await opened(uri, 2)
        async with pool.acquire() as other:
            await other.execute("SELECT pg_advisory_lock($1, hashtext($2))", LOCK, str(owner))
            opening = asyncio.create_task(Bulletin(uri, pool, owner).open())
            await until(lambda: connections(uri) == 2)
            await until(lambda: asked(uri, WAITING))
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            await other.execute("SELECT pg_advisory_unlock($1, hashtext($2))", LOCK, str(owner))
            await until(lambda: connections(uri) == 1)
        await pool.close()

    asyncio.run(story())


def test_a_house_that_cannot_be_opened_leaves_no_connection(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = fresh(postgres)

    async def fails(self: Bulletin) -> None:
        raise OSError("No room for another connection.")

    async def story() -> None:
        monkeypatch.setattr(Bulletin, "open", fails)
        with pytest.raises(OSError, match="No room"):
            async with ground(load(tmp_path / "home", environ={"CALLSHEET_DATABASE": uri})):
                raise AssertionError("it was opened")
        await until(lambda: connections(uri) == 0)

    asyncio.run(story())


def test_a_process_that_is_frozen_in_a_transaction_does_not_keep_its_locks(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = fresh(postgres)
    monkeypatch.setattr("callsheet.store.postgres.opening.IDLE", 0.5)

    async def story() -> None:
        pool = await opened(uri, 2)
        frozen = await pool.acquire()
        await frozen.execute("SELECT 1")
        await pool.release(frozen)
        frozen = await pool.acquire()
        await frozen.execute("BEGIN; UPDATE counter SET latest = latest")  # and nothing more is heard of it
        store = Store(Postgres(pool), lambda: NOW)
        async with asyncio.timeout(90):
            await store.add_task(a_row(1))
        await pool.release(frozen)
        await store.close()

    asyncio.run(story())
