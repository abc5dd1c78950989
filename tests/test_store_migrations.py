"""Processes of several versions on one PostgreSQL database: one migrates, and what it adds the others live through."""

from __future__ import annotations

import asyncio

import pytest

from callsheet.errors import SetupError
from callsheet.store import Store
from callsheet.store.database import migrations
from callsheet.store.postgres import Postgres, opened
from callsheet.store.postgres.opening import serves
from many_fixtures import asked, fresh
from store_fixtures import NOW, a_row

NEXT = len(migrations()) + 1
ADDS = f"-- serves: {NEXT - 1}\nALTER TABLE task ADD COLUMN colour TEXT;\nCREATE TABLE shade (id TEXT PRIMARY KEY);\n"
RENAMES = "ALTER TABLE task RENAME COLUMN wire TO bytes_on_the_wire;\n"


@pytest.fixture
def empty(postgres: str) -> str:
    return fresh(postgres, empty=True)


def test_of_processes_that_start_at_once_one_migrates(empty: str) -> None:
    async def story() -> None:
        pools = await asyncio.gather(*[opened(empty, 1) for _ in range(4)])
        for pool in pools:
            await pool.close()

    asyncio.run(story())
    counted = "SELECT series, number, COUNT(*) FROM migration GROUP BY series, number ORDER BY series, number"
    assert asked(empty, counted) == [("postgres", 1, 1), *[("schema", number, 1) for number in range(1, NEXT)]]


def test_the_old_version_goes_on_over_a_migration_that_only_adds(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        old = Store(Postgres(await opened(empty, 2)), lambda: NOW)
        await old.add_task(a_row(1), [("created", {})])
        with monkeypatch.context() as newer:
            newer.setattr("callsheet.store.postgres.opening.migrations", lambda: [*migrations(), (NEXT, "adds", ADDS)])
            new = Store(Postgres(await opened(empty, 2)), lambda: NOW)
        await old.add_task(a_row(2), [("created", {})])
        later = Store(Postgres(await opened(empty, 2)), lambda: NOW)  # the old version, started once more
        for store in (old, new, later):
            assert await store.due("render:previz", NOW, 9) == [a_row(1).task.id, a_row(2).task.id]
            row = await store.take(a_row(1).task.id, ["submit"], NOW, NOW)
            assert row is not None
            await store.patch(row.task.id, row.fence, {"due": NOW})
            await store.close()

    asyncio.run(story())


def test_the_old_version_refuses_a_database_that_it_cannot_live_with(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        with monkeypatch.context() as newer:
            known = [*migrations(), (NEXT, "renames", RENAMES)]
            newer.setattr("callsheet.store.postgres.opening.migrations", lambda: known)
            await (await opened(empty, 2)).close()
        with pytest.raises(SetupError, match="cannot go on with it"):
            await opened(empty, 2)

    asyncio.run(story())


def test_a_migration_that_fails_leaves_nothing_and_is_tried_again(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        with monkeypatch.context() as newer:
            broken = "CREATE TABLE half (id TEXT);\nINSERT INTO nowhere VALUES (1);\n"
            newer.setattr(
                "callsheet.store.postgres.opening.migrations", lambda: [*migrations(), (NEXT, "broken", broken)]
            )
            with pytest.raises(Exception, match="nowhere"):
                await opened(empty, 2)
        await (await opened(empty, 2)).close()

    asyncio.run(story())
    assert asked(empty, "SELECT to_regclass('half')") == [(None,)]


def test_a_database_that_is_not_there_is_refused_without_its_password() -> None:
    with pytest.raises(SetupError) as refused:
        asyncio.run(opened("postgresql://name:very-secret@127.0.0.1:1/nowhere"))
    assert "127.0.0.1:1/nowhere" in str(refused.value)
    assert "very-secret" not in str(refused.value)


def test_a_migration_says_whom_it_serves() -> None:
    assert (serves(7, ADDS), serves(7, RENAMES)) == (NEXT - 1, 7)
