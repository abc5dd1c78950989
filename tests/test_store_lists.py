from __future__ import annotations

import asyncio
import base64
import sqlite3
import tempfile
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.errors import InvalidInput, NotFound
from callsheet.store import Row, Step, Store, sqlite
from callsheet.store.database import Records
from callsheet.store.opening import connect
from callsheet.tasks import Filter, State
from store_fixtures import NOW, a_file, a_row, a_store, task_id

MODELS = ["previz/image-to-video", "vidu/viduq3-pro/img2video"]
STATES = [State.QUEUED, State.RUNNING, State.SUCCEEDED]


def mixed(number: int) -> Row:
    """Task number n of a population in which every filter cuts differently."""
    return a_row(
        number,
        model=MODELS[number % 2],
        vendor=MODELS[number % 2].split("/")[0],
        capability=["image-to-video", "text-to-video", "music"][number % 3],
        state=STATES[number % 3 if number % 5 else 0],
        door=["native", "vidu"][number % 7 == 0],
        metadata={"project": f"p{number % 4}", "shot": str(number % 2)},
        phase="done",
    )


def fits(row: Row, filter: Filter) -> bool:
    """What a filter means, said once more without an index."""
    task = row.task
    plain = [(filter.model, task.model), (filter.capability, task.capability), (filter.vendor, row.vendor)]
    return (
        (not filter.state or task.state in filter.state)
        and all(wanted in (None, found) for wanted, found in [*plain, (filter.door, task.door)])
        and (filter.created_from is None or task.created_at >= filter.created_from)
        and (filter.created_to is None or task.created_at < filter.created_to)
        and filter.metadata.items() <= task.metadata.items()
    )


async def all_pages(store: Store, filter: Filter, limit: int) -> list[str]:
    ids: list[str] = []
    cursor = None
    while True:
        page = await store.list_tasks("local", filter, limit, cursor)
        assert len(page.tasks) == limit or page.next is None, "only the last page is short"
        ids += [task.id for task in page.tasks]
        assert len(ids) == len(set(ids)), "no task comes twice"
        if (cursor := page.next) is None:
            return ids


maybe = st.none()
filters = st.builds(
    Filter,
    state=st.lists(st.sampled_from(list(State)), max_size=3).map(tuple),
    model=maybe | st.sampled_from([*MODELS, "none/such"]),
    capability=maybe | st.sampled_from(["image-to-video", "music"]),
    vendor=maybe | st.sampled_from(["previz", "vidu"]),
    created_from=maybe | st.integers(NOW - 5, NOW + 70),
    created_to=maybe | st.integers(NOW - 5, NOW + 70),
    metadata=st.dictionaries(st.sampled_from(["project", "shot"]), st.sampled_from(["p1", "p2", "0", "1"]), max_size=2),
    door=maybe | st.sampled_from(["native", "vidu"]),
    oldest=st.booleans(),
)


def test_every_filter_alone_and_together_lists_exactly_what_fits(tmp_path: Path) -> None:
    rows = [mixed(number) for number in range(60)]

    async def story(wanted: Filter, limit: int) -> None:
        async with a_store(tmp_path) as store:
            found = await all_pages(store, wanted, limit)
        assert found == [row.task.id for row in (rows if wanted.oldest else reversed(rows)) if fits(row, wanted)]

    async def fill() -> None:
        async with a_store(tmp_path) as store:
            for row in rows:
                await store.add_task(row)
            await store.add_task(a_row(999, account="other"))

    asyncio.run(fill())

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(filters, st.integers(1, 25))
    def check(wanted: Filter, limit: int) -> None:
        asyncio.run(story(wanted, limit))

    check()


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(1, 40), st.integers(1, 9), st.lists(st.integers(0, 12), min_size=1, max_size=8), st.booleans())
def test_no_task_is_lost_or_repeated_while_others_are_inserted(
    before: int, limit: int, bursts: list[int], oldest: bool
) -> None:
    """Someone pages while bursts of tasks arrive, each burst in the middle of a page's read."""
    asked = Filter(oldest=oldest)

    async def story(folder: Path) -> None:
        async with a_store(folder) as store:
            for number in range(before):
                await store.add_task(a_row(number))
            seen: list[str] = []
            cursor, number, waiting = None, before, list(bursts)
            while True:
                burst = waiting.pop() if waiting else 0
                adding = [store.add_task(a_row(number + extra)) for extra in range(burst)]
                page, *_ = await asyncio.gather(store.list_tasks("local", asked, limit, cursor), *adding)
                number += burst
                seen += [task.id for task in page.tasks]
                if (cursor := page.next) is None:
                    break
            assert len(seen) == len(set(seen))
            assert set(seen) >= {task_id(old) for old in range(before)}
            assert seen == sorted(seen, reverse=not oldest)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(story(Path(folder)))


def test_a_task_that_changes_state_during_a_read_is_listed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list by model reads one index range per state; here a task starts to run between the first two."""
    run, changed = sqlite._run, threading.Event()

    def change_after_the_first(connection: sqlite3.Connection, step: Step) -> Records:
        records = run(connection, step)
        if step.query == "list_by_model" and not changed.is_set():
            changed.set()
            with closing(connect(tmp_path / "callsheet.db")) as other:
                other.execute("UPDATE task SET state = 'running'")
        return records

    monkeypatch.setattr(sqlite, "_run", change_after_the_first)

    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1))
            for state in (State.QUEUED, State.RUNNING):
                page = await store.list_tasks("local", Filter(model="previz/image-to-video"), 50)
                assert [(task.id, task.state) for task in page.tasks] == [(task_id(1), state)]

    asyncio.run(story())
    assert changed.is_set()


@pytest.mark.parametrize(("limit", "more"), [(1, True), (3, True), (4, False), (5, False)])
def test_the_last_page_says_that_it_is_the_last(tmp_path: Path, limit: int, more: bool) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            for number in range(4):
                await store.add_task(a_row(number))
                await store.add_file(a_file(number))
            assert ((await store.list_tasks("local", Filter(), limit)).next is not None) is more
            assert ((await store.list_files("local", limit, None))[1] is not None) is more

    asyncio.run(story())


def test_a_list_carries_the_artifacts_of_what_succeeded(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1))
            await store.add_task(a_row(2))
            held = await store.take(task_id(1), ["submit"], NOW, NOW + 9)
            assert held is not None
            made = a_file(5, task_id=task_id(1))
            await store.patch(task_id(1), held.fence, {"state": State.SUCCEEDED}, (), [made])
            page = await store.list_tasks("local", Filter(), 10)
            assert [task.artifacts for task in page.tasks] == [(), (made,)]

    asyncio.run(story())


def forged(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        *("", "x", "ö", "%%%", "AAAA"),
        *map(forged, ("[]", "{}", '{"s":1}', '{"s":-1,"f":""}', '{"s":true,"f":""}', '{"s":1.5,"f":""}')),
        *map(forged, ("[" * 5000, '{"s":1,"f":"other"}')),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(tmp_path: Path, cursor: str) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            with pytest.raises(InvalidInput) as refused:
                await store.list_tasks("local", Filter(), 10, cursor)
            assert refused.value.param == "cursor"

    asyncio.run(story())


def test_a_cursor_serves_only_the_list_it_came_from(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            for number in range(4):
                await store.add_task(a_row(number, state=STATES[number % 2]))
            wanted = Filter(state=(State.QUEUED, State.RUNNING), metadata={})
            cursor = (await store.list_tasks("local", wanted, 1)).next
            assert cursor is not None
            turned = replace(wanted, state=(State.RUNNING, State.QUEUED))
            assert len((await store.list_tasks("local", turned, 9, cursor)).tasks) == 3, (
                "the same list, asked otherwise"
            )
            others: list[tuple[str, Filter]] = [("local", Filter()), ("other", wanted), ("local", Filter(door="vidu"))]
            others.append(("local", replace(wanted, oldest=True)))
            for account, other in others:
                with pytest.raises(InvalidInput, match="other filters"):
                    await store.list_tasks(account, other, 1, cursor)
            with pytest.raises(InvalidInput, match="other filters"):
                await store.list_files("local", 1, cursor)

    asyncio.run(story())


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_has_a_size_one_can_ask_for(tmp_path: Path, limit: int) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            with pytest.raises(InvalidInput, match="limit"):
                await store.list_tasks("local", Filter(), limit)

    asyncio.run(story())


def test_more_labels_than_an_index_serves_are_refused_not_ignored(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            labels = {str(number): "x" for number in range(5)}
            await store.add_task(a_row(1, metadata=labels))
            four = {name: "x" for name in "0123"}
            assert len((await store.list_tasks("local", Filter(metadata=four), 5)).tasks) == 1
            assert not (await store.list_tasks("local", Filter(metadata={**four, "3": "y"}), 5)).tasks
            with pytest.raises(InvalidInput, match="4 metadata"):
                await store.list_tasks("local", Filter(metadata=labels), 5)

    asyncio.run(story())


def test_files_are_paged_newest_first_and_forgotten(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            files = [a_file(number, expires_at=NOW + 100 - number, extra={"n": number}) for number in range(5)]
            for file in files:
                await store.add_file(file)
            await store.add_file(a_file(9, account="other", sha256=files[0].sha256))
            first, cursor = await store.list_files("local", 3, None)
            rest, end = await store.list_files("local", 3, cursor)
            assert (first + rest, end) == (files[::-1], None)
            assert await store.expired_files(NOW + 97) == [files[4], files[3]]
            assert await store.blob_users(files[0].sha256) == 2
            assert await store.delete_file("local", files[0].id) == files[0]
            assert await store.blob_users(files[0].sha256) == 1
            assert (await store.file(None, files[1].id)) == await store.file("local", files[1].id) == files[1]
            gone: list[Any] = [store.file("other", files[1].id), store.file("local", files[0].id)]
            gone += [store.delete_file("local", files[0].id), store.delete_file("other", files[1].id)]
            for asked in gone:
                with pytest.raises(NotFound):
                    await asked

    asyncio.run(story())
