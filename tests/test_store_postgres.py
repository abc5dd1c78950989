"""The store's SQL is PostgreSQL's too: its schema stands there, its statements are prepared, its verbs run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from callsheet.errors import NotFound
from callsheet.store import Clash, KeyRow, Lost, Row, Store, Taken
from callsheet.store.postgres.statements import texts, translated
from callsheet.tasks import File, Filter, State
from ledger_fixtures import tell_the_story
from many_fixtures import fresh
from store_fixtures import NOW, a_database, a_file, a_row, a_store, task_id

BOTH = pytest.mark.usefixtures("both_databases")


@pytest.mark.parametrize("name", sorted(texts()))
def test_postgres_prepares_every_statement(prepared: psycopg.Connection, name: str) -> None:
    statement, _, _ = translated(name)
    prepared.execute(f"PREPARE checked AS {statement}")
    prepared.execute("DEALLOCATE checked")


@pytest.fixture(scope="module")
def prepared(postgres: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(fresh(postgres), autocommit=True) as connection:
        yield connection


@BOTH
def test_the_stores_verbs_do_the_same_on_both_databases(tmp_path: Path) -> None:
    async def story() -> None:
        store = Store(await a_database(tmp_path / "a.db"), lambda: NOW)
        first = await store.add_task(a_row(1, metadata={"project": "p"}), [("accepted", {})], ("key", "hash"))
        assert first.task == a_row(1, metadata={"project": "p"}).task
        with pytest.raises(Taken) as taken:
            await store.add_task(a_row(2), [], ("key", "other"))
        assert (taken.value.task_id, taken.value.body_hash) == (task_id(1), "hash")
        with pytest.raises(Clash):
            await store.add_task(a_row(1))
        assert (await store.add_task(a_row(2, priority=1))).seq == 2
        assert await store.due("render:previz", NOW, 9) == [task_id(2), task_id(1)]
        assert (await store.next_due(), await store.lanes()) == (NOW, {("render:previz", "submit"): 2})
        await _work(store)
        await _listed(store)
        await _shelf(store)
        assert await store.forget_keys(NOW + 99) == 1
        await store.close()

    asyncio.run(story())


@BOTH
def test_a_task_that_needs_others_is_woken_by_their_end_on_both_databases(tmp_path: Path) -> None:
    async def story() -> None:
        store = Store(await a_database(tmp_path / "a.db"), lambda: NOW)
        for number in (1, 2, 3):
            await store.add_task(a_row(number))
        later = {"phase": "wait", "lane": "wait", "due": NOW + 99}
        upload = await store.add_file(a_file(1, expires_at=NOW))
        both = await store.add_task(a_row(4, **later), [], None, (), [task_id(1), task_id(2), upload.id])
        await store.add_task(a_row(5, **later), [], None, (), [task_id(2), task_id(3)])
        with pytest.raises(NotFound):
            await store.add_task(a_row(6, account="another", **later), [], None, (), [task_id(1)])
        assert await store.expired_files(NOW) == []
        await _end(store, 1, State.SUCCEEDED)
        assert await store.due("wait", NOW, 9) == [], "the second is still under way"
        await _end(store, 2, State.SUCCEEDED, a_file(2, task_id=task_id(2), expires_at=NOW))
        assert await store.due("wait", NOW, 9) == [both.task.id]
        await _end(store, 3, State.FAILED)
        assert await store.due("wait", NOW, 9) == [task_id(4), task_id(5)]
        assert (await store.outputs("local", task_id(2)))[0].id == a_file(2).id
        held = await store.take(task_id(4), ["wait"], NOW, NOW + 9)
        assert held is not None
        again = await store.patch(task_id(4), held.fence, {"phase": "wait", "due": NOW + 99})
        assert (again.due, (await store.row(task_id(4))).due) == (NOW + 99, NOW), "an end is not slept through"
        assert await store.expired_files(NOW) == []
        await _end(store, 4, State.CANCELED)
        assert await store.expired_files(NOW) == [upload], "the other file is needed by the fifth"
        await store.close()

    asyncio.run(story())


@BOTH
def test_the_ledger_tells_the_same_story_on_both_databases(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await tell_the_story(store)

    asyncio.run(story())


async def _end(store: Store, number: int, state: State, *files: File) -> None:
    row = await store.take(task_id(number), ["submit", "wait"], NOW, NOW + 9)
    assert row is not None
    await store.patch(task_id(number), row.fence, {"state": state, "phase": "done", "lane": ""}, (), files)


async def _work(store: Store) -> None:
    held = await store.take(task_id(1), ["submit", "poll"], NOW, NOW + 9)
    assert isinstance(held, Row)
    assert await store.take(task_id(1), ["submit"], NOW, NOW + 9, early=True) is None
    await store.extend(task_id(1), held.fence, NOW + 20)
    await store.patch(task_id(1), held.fence, {"state": State.RUNNING, "phase": "poll", "remote": "r", "due": NOW})
    assert (await store.patch(task_id(1), held.fence, {"progress": 0.5})).task.progress == 0.5
    assert (await store.ask_cancel("local", task_id(1), NOW)).cancel_asked
    assert await store.recover(["previz"], NOW) == 1
    with pytest.raises(Lost):
        await store.patch(task_id(1), held.fence, {"due": NOW + 5})
    held = await store.take(task_id(1), ["submit"], NOW, NOW + 9)
    assert isinstance(held, Row)
    made = a_file(1, task_id=task_id(1), width=1280, duration=5.0)
    ended = {"state": State.SUCCEEDED, "phase": "done", "usage": {"credits": 1}, "error": None}
    await store.patch(task_id(1), held.fence, ended, [("made", {})], [made])
    with pytest.raises(Lost):
        await store.patch(task_id(1), held.fence, {"state": State.FAILED})
    assert (await store.patch(task_id(1), held.fence, {"phase": "done", "attempt": 1})).phase == "done"
    assert (await store.task("local", task_id(1))).artifacts == (made,)
    types = ["accepted", "cancel_asked", "recovered", "made"]
    assert [(event.seq, event.type) for event in await store.events(task_id(1))] == list(enumerate(types, 1))


async def _listed(store: Store) -> None:
    one = {"model": "previz/image-to-video", "capability": "image-to-video", "vendor": "previz", "door": "native"}
    narrow = [{name: value} for name, value in one.items()] + [one, {"created_from": NOW, "created_to": NOW + 99}]
    for parts in [{}, {"state": tuple(State)}, *narrow]:
        first = await store.list_tasks("local", Filter(**parts), 1)
        rest = await store.list_tasks("local", Filter(**parts), 1, first.next)
        assert [task.id for task in (*first.tasks, *rest.tasks)] == [task_id(2), task_id(1)], parts
        assert rest.next is None
    for metadata, found in [({"project": "p"}, 1), ({"project": "p", "shot": "1"}, 0)]:
        assert len((await store.list_tasks("local", Filter(metadata=metadata, **one), 9)).tasks) == found


async def _shelf(store: Store) -> None:
    kept = await store.add_file(a_file(2, expires_at=NOW + 5, extra={"a": [1]}))
    assert await store.file("local", kept.id) == await store.file(None, kept.id) == kept
    assert [file.id for file in (await store.list_files("local", 9, None))[0]] == [kept.id, a_file(1).id]
    assert await store.expired_files(NOW + 5) == [kept]
    assert await store.blob_users(kept.sha256) == 1
    assert await store.delete_file("local", kept.id) == kept
    with pytest.raises(NotFound):
        await store.file("local", kept.id)
    key = await store.add_key(KeyRow("key_1", "local", "studio", "h", "s", NOW))
    assert await store.key_by_hash("h") == key
    assert (await store.revoke_key("key_1", NOW + 1)).revoked_at == NOW + 1
    assert (await store.revoke_key("key_1", NOW + 2)).revoked_at == NOW + 1
    assert [each.id for each in await store.keys()] == ["key_1"]
