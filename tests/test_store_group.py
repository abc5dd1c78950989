"""Callers who add tasks at the same moment share a transaction on PostgreSQL, and nothing of each other's fate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import psycopg
import pytest

from callsheet.errors import NotFound, StorageError
from callsheet.money import Limits, Standing
from callsheet.store import Clash, KeyRow, Limited, Row, Store, Taken
from callsheet.store.database import Step
from callsheet.store.postgres import Postgres, opened
from callsheet.store.postgres.statements import run
from callsheet.store.postgres.transactions import alone
from many_fixtures import asked, astray, fresh
from store_fixtures import NOW, a_row, task_id

HELD = "SELECT value FROM counter WHERE name = 'task' FOR UPDATE"
BEGAN: list[tuple[str, dict[str, Any]]] = [("created", {"model": "m"}), ("routed", {"stage": "previz"})]


@asynccontextmanager
async def _store(uri: str, shared: list[int]) -> AsyncIterator[Store]:
    store = Store(Postgres(await opened(uri, 4), shared.append), lambda: NOW)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def _counter_held(uri: str) -> AsyncIterator[asyncpg.Connection]:
    """Nobody gets a number in here: whoever asks waits. Answers a connection that holds it."""
    connection = await asyncpg.connect(uri)
    try:
        async with connection.transaction():
            await connection.execute(HELD)
            yield connection
    finally:
        await connection.close()


async def _until(holds: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 - it is the server that is asked
            await asyncio.sleep(0.01)


async def _waiting(connection: asyncpg.Connection) -> list[int]:
    """The server's processes that wait for a lock."""
    await connection.execute("SELECT pg_stat_clear_snapshot()")  # in a transaction the first look is kept
    rows = await connection.fetch(
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    return [row["pid"] for row in rows]


async def _begun(store: Store, rows: list[Row], holder: asyncpg.Connection) -> list[asyncio.Task[Row]]:
    """All of these under way: the first waits for the counter, and the others for their turn."""
    tasks = [asyncio.create_task(store.add_task(row, BEGAN)) for row in rows]
    await _until(lambda: _waiting(holder))
    return tasks


def test_many_at_once_share_commits_and_their_numbers_and_times_grow_together(postgres: str) -> None:
    uri, shared = fresh(postgres), list[int]()

    async def story() -> None:
        async with _store(uri, shared) as store, _store(uri, shared) as other:

            async def keep(number: int) -> Row:
                kept = await (store, other)[number % 2].add_task(a_row(number, at=NOW - number), BEGAN)
                assert (await other.row(kept.task.id)).seq == kept.seq, "what is answered stands, for everyone"
                return kept

            kept = await asyncio.gather(*(keep(number) for number in range(1, 121)))
        assert sorted(row.seq for row in kept) == list(range(1, 121))
        times = [row.task.created_at for row in sorted(kept, key=lambda row: row.seq)]
        assert times == sorted(times)
        assert (sum(shared), max(shared) > 10) == (120, True)
        assert astray(uri) == []

    asyncio.run(story())


def test_a_task_is_the_same_whether_it_was_written_at_once_or_statement_by_statement(postgres: str) -> None:
    class Kept(Exception):
        """The steps, before anything is written."""

    class Recorder:
        async def write(self, steps: list[Step]) -> None:
            raise Kept(steps)

    async def steps_of(row: Row, key: tuple[str, str] | None) -> list[Step]:
        with pytest.raises(Kept) as kept:
            await Store(Recorder(), lambda: NOW).add_task(row, BEGAN, key, ["an alias"], ["file_1"])  # pyright: ignore
        return kept.value.args[0]

    async def story() -> None:
        plain, once = [await asyncpg.connect(fresh(postgres)) for _ in range(2)]
        labelled = a_row(1, metadata={"shot": "12a", "scene": "5"}, webhook="https://a.test/", webhook_events=("x",))
        bare = replace(a_row(2), due=NOW + 5, key_id=None)
        for row, key in [(labelled, ("key", "hash")), (bare, None)]:
            steps = [step for step in await steps_of(row, key) if step.query != "add_alias" or key]
            async with plain.transaction():
                one_by_one = [await run(plain, step) for step in steps]
            assert await alone(once, steps) == one_by_one
        for table in ("task", "said", "label", "event", "need", "alias", "idempotency", "counter"):
            rows = [await one.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") for one in (plain, once)]
            assert rows[0] == rows[1], table
            assert rows[0], table
        for one in (plain, once):
            await one.close()

    asyncio.run(story())


def test_each_mistake_is_its_own_callers_and_leaves_no_gap_and_no_word(postgres: str) -> None:
    uri, shared, heard = fresh(postgres), list[int](), list[str]()

    async def _heard(word: str) -> bool:
        return word in heard

    async def story() -> None:
        async with _store(uri, shared) as store, _counter_held(uri) as holder:
            await store.add_key(KeyRow("key_k", "k", "n", "h", "s", NOW, standing=Standing(Limits(concurrent=1))))
            listener = await asyncpg.connect(uri)
            await listener.add_listener("callsheet", lambda _c, _p, _n, said: heard.append(said))
            tasks = await _begun(store, [a_row(1)], holder)
            more = [
                store.add_task(a_row(2), BEGAN, ("key", "hash")),
                store.add_task(a_row(3), BEGAN, ("key", "hash")),
                store.add_task(a_row(4, account="k", key_id="key_k"), BEGAN),
                store.add_task(a_row(5, account="k", key_id="key_k"), BEGAN),
                store.add_task(a_row(1), BEGAN),
                store.add_task(a_row(6, metadata={"a": "b"}), BEGAN),
                store.add_task(a_row(7), BEGAN, None, (), [task_id(99)]),
                store.add_task(a_row(8), BEGAN),
            ]
            tasks += [asyncio.create_task(one) for one in more]
            await asyncio.sleep(0)
            await holder.execute("SELECT pg_notify('callsheet', 'none yet')")
            assert heard == []
            assert not any(task.done() for task in tasks), "nothing is answered before it stands"
            await holder.execute("COMMIT; BEGIN")
            done = await asyncio.gather(*tasks, return_exceptions=True)
            await holder.execute("COMMIT")
            await holder.execute("SELECT pg_notify('callsheet', 'all')")  # said after all of theirs
            await holder.execute("BEGIN")
            await _until(lambda: _heard("all"))
            await listener.close()
            kinds = [type(one) for one in done]
            assert kinds == [Row, Row, Taken, Row, Limited, Clash, Row, NotFound, Row]
            kept = [one for one in done if isinstance(one, Row)]
            assert sorted(one.seq for one in kept) == [1, 2, 3, 4, 5]
            assert [len(await store.events(one.task.id)) for one in kept] == [2] * 5
        assert {said for said in heard if said.startswith("event")} == {f"event {one.task.id}" for one in kept}
        assert max(shared) >= 5
        assert astray(uri) == []

    asyncio.run(story())


def test_who_gives_up_while_it_waits_has_not_asked_and_harms_nobody(postgres: str) -> None:
    uri, shared = fresh(postgres), list[int]()

    async def story() -> None:
        async with _store(uri, shared) as store:
            async with _counter_held(uri) as holder:
                tasks = await _begun(store, [a_row(number) for number in range(1, 7)], holder)
                for given_up in (tasks[0], tasks[3]):
                    given_up.cancel()
                await _until(lambda: _waiting(holder))
            done = await asyncio.gather(*tasks, return_exceptions=True)
            assert [isinstance(one, asyncio.CancelledError) for one in done] == [True, False, False, True, False, False]
            assert [row[0] for row in asked(uri, "SELECT id FROM task ORDER BY id")] == [
                task_id(number) for number in (2, 3, 5, 6)
            ]
            assert (await store.add_task(a_row(9))).seq == 5

    asyncio.run(story())


def test_a_connection_that_is_lost_fails_all_who_shared_it_and_the_next_go_on(postgres: str) -> None:
    uri, shared = fresh(postgres), list[int]()

    async def story() -> None:
        async with _store(uri, shared) as store:
            async with _counter_held(uri) as holder:
                tasks = await _begun(store, [a_row(number) for number in range(1, 7)], holder)
                for turn in (tasks[:1], tasks):
                    (pid,) = await _waiting(holder)
                    await holder.execute("SELECT pg_terminate_backend($1)", pid)
                    await asyncio.wait(turn)
                    if turn is not tasks:
                        await _until(lambda gone=pid: _another(holder, gone))
            errors = [task.exception() for task in tasks]
            assert all(isinstance(error, StorageError) and error.hint for error in errors), errors
            assert len({id(error) for error in errors}) == 6
            assert asked(uri, "SELECT id FROM task") == []
            again = await asyncio.gather(*(store.add_task(a_row(number), BEGAN) for number in range(1, 7)))
            assert sorted(row.seq for row in again) == [1, 2, 3, 4, 5, 6]

    async def _another(holder: asyncpg.Connection, gone: int) -> bool:
        found = await _waiting(holder)
        return bool(found) and gone not in found

    asyncio.run(story())


def test_a_deadlock_is_written_again_with_all_who_shared_it(postgres: str) -> None:
    uri, shared = fresh(postgres), list[int]()
    with psycopg.connect(uri, autocommit=True) as connection:
        name = connection.execute("SELECT current_database()").fetchone()
        connection.execute(f"ALTER DATABASE {name[0]} SET deadlock_timeout = '100ms'")  # type: ignore

    async def story() -> None:
        async with _store(uri, shared) as store, _counter_held(uri) as first:
            await store.add_key(KeyRow("key_k", "k", "n", "h", "s", NOW))
            tasks = await _begun(store, [a_row(1)], first)
            rows = [a_row(2), a_row(3, account="k", key_id="key_k"), a_row(4)]
            tasks += [asyncio.create_task(store.add_task(row, BEGAN)) for row in rows]
            other = await asyncpg.connect(uri)
            async with other.transaction():
                await other.execute("SET LOCAL deadlock_timeout = '60s'")  # so that it is not the one that yields
                await other.execute("UPDATE api_key SET since = since")
                await first.execute("COMMIT; BEGIN")
                await tasks[0]
                await _until(lambda: _waiting(first))
                await other.execute(HELD)
            kept = await asyncio.gather(*tasks)
            assert sorted(row.seq for row in kept) == [1, 2, 3, 4]
            assert (await store.standing("key_k")).unfinished == 1
            await other.close()

    asyncio.run(story())


def test_closing_writes_what_was_asked(postgres: str) -> None:
    uri, shared = fresh(postgres), list[int]()

    async def story() -> None:
        async with _store(uri, shared) as store:
            async with _counter_held(uri) as holder:
                tasks = await _begun(store, [a_row(number) for number in range(1, 6)], holder)
                closing = asyncio.create_task(store.close())
                await asyncio.sleep(0)
            await closing
            assert sorted(task.result().seq for task in tasks) == [1, 2, 3, 4, 5]
            with pytest.raises(StorageError):
                await store.add_task(a_row(9))

    asyncio.run(story())
