from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from callsheet.errors import Conflict, InvalidInput, NotFound
from callsheet.store import Store, listing
from callsheet.store.told import EXCHANGES, SAID, said
from callsheet.tasks import Exchange, Filter, State
from store_fixtures import NOW, a_file, a_row, a_store, task_id

pytestmark = pytest.mark.usefixtures("both_databases")


async def found(store: Store, text: str, **more: object) -> list[int]:
    page = await store.list_tasks("local", Filter(text=text, **more), 50)  # type: ignore[arg-type]
    return [int(task.id.removeprefix("task_")) for task in page.tasks]


def test_tasks_are_found_by_every_word_of_their_texts_in_any_case_and_any_script(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1, input={"prompt": "A Red Door in the rain", "seed": 7}))
            await store.add_task(a_row(2, input={"shots": [{"prompt": "红色的门,下雨"}]}, metadata={"scene": "12A"}))
            await store.add_task(a_row(3, input={"prompt": "100% rain_coat!"}, state=State.FAILED))
            await store.add_task(a_row(4, account="other", input={"prompt": "rain"}))
            assert await found(store, "rain") == [3, 1]
            assert await found(store, "RED  rain") == [1]
            assert await found(store, "门") == [2]
            assert await found(store, "12a") == [2]
            assert await found(store, task_id(3).upper()) == [3]
            assert await found(store, "%") == [3], "what stands for anything elsewhere stands for itself here"
            assert await found(store, "rain_coat!") == [3]
            assert await found(store, "n_c") == [3]
            assert await found(store, "nXc") == []
            assert await found(store, "rain", state=(State.FAILED,)) == [3]
            assert await found(store, "12a", metadata={"scene": "12A"}, model="previz/image-to-video") == [2]
            assert await found(store, "door", vendor="vidu") == []
            assert await found(store, "  ") == [3, 2, 1], "no word is no filter"
            with pytest.raises(InvalidInput, match="4 words"):
                await found(store, "a b c d e")

    asyncio.run(story())


def test_a_search_looks_so_far_in_one_page_and_its_cursor_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "REACH", 4)

    async def story() -> None:
        async with a_store(tmp_path) as store:
            for number in range(1, 12):
                await store.add_task(a_row(number, input={"prompt": "needle" if number in (2, 9) else "hay"}))
            pages: list[list[str]] = []
            cursor = None
            while not pages or cursor:
                page = await store.list_tasks("local", Filter(text="needle"), 5, cursor)
                pages.append([task.id for task in page.tasks])
                cursor = page.next
            assert pages == [[task_id(9)], [], [task_id(2)]]
            pages, cursor = [], None
            while not pages or cursor:
                page = await store.list_tasks("local", Filter(text="needle", oldest=True), 5, cursor)
                pages.append([task.id for task in page.tasks])
                cursor = page.next
            assert pages == [[task_id(2)], [], [task_id(9)]]

    asyncio.run(story())


def test_a_task_is_listed_by_its_stage(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1, model="vidu/a", vendor="vidu"))
            await store.add_task(a_row(2, model="vidu/a", vendor="vidu", stage="vidu/a"))
            page = await store.list_tasks("local", Filter(vendor="vidu", stage="previz"), 5)
            assert [task.id for task in page.tasks] == [task_id(1)]
            page = await store.list_tasks("local", Filter(stage="vidu/a"), 5)
            assert [task.id for task in page.tasks] == [task_id(2)]

    asyncio.run(story())


def test_a_task_that_is_deleted_leaves_nothing_it_said_and_all_that_it_cost(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            row = a_row(1, metadata={"scene": "1"})
            await store.add_task(row, [("created", {})], ("once", "hash"), ("alias",))
            taken = await store.take(row.task.id, ["submit"], NOW, NOW)
            assert taken is not None
            with pytest.raises(Conflict, match="has not ended"):
                await store.delete_task("local", row.task.id)
            ends = {"state": State.SUCCEEDED, "phase": "done", "remote": "r-1", "lane": ""}
            talk = [Exchange(NOW, 5, "POST", "https://vendor/x", 200, None, "{}", f"{n}") for n in range(40)]
            file = a_file(1, task_id=row.task.id)
            await store.patch(row.task.id, taken.fence, ends, [("succeeded", {})], [file], exchanges=talk)
            kept = await store.exchanges(row.task.id)
            assert [one.response for one in kept] == [*map(str, range(EXCHANGES - 1)), "39"], "the last is always there"
            with pytest.raises(NotFound):
                await store.delete_task("other", row.task.id)
            assert [one.id for one in await store.delete_task("local", row.task.id)] == [file.id]
            for reading in (store.task("local", row.task.id), store.file("local", file.id)):
                with pytest.raises(NotFound):
                    await reading
            with pytest.raises(NotFound):
                await store.delete_task("local", row.task.id)
            for wanted in (Filter(), Filter(metadata={"scene": "1"}), Filter(text="lantern"), Filter(stage="previz")):
                assert (await store.list_tasks("local", wanted, 5)).tasks == ()
            assert await store.exchanges(row.task.id) == []
            assert await store.events(row.task.id) == []
            bare = await store.row(row.task.id)
            assert (bare.remote, bare.task.input, bare.task.metadata, bare.seq) == ("r-1", {}, {}, -1)
            assert await store.idempotent("local", "once") == (row.task.id, "hash"), "its key makes no second one"
            await store.add_task(a_row(2))
            assert len((await store.list_tasks("local", Filter(created_from=NOW), 5)).tasks) == 1

    asyncio.run(story())


def test_a_task_whose_output_another_takes_is_not_deleted(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1, state=State.SUCCEEDED, phase="done"))
            await store.add_task(a_row(2), needs=[task_id(1)])
            with pytest.raises(Conflict, match="Another task takes"):
                await store.delete_task("local", task_id(1))

    asyncio.run(story())


def test_a_long_text_is_found_by_its_beginning_and_no_letter_breaks_the_store() -> None:
    task = a_row(1, input={"text": "x" * 9000 + " end", "odd": "\ud800\0"}).task
    assert len(said(task)) == SAID
    assert "?" in said(a_row(1, input={"odd": "\ud800\0"}).task)


def test_no_letter_in_a_search_or_a_name_is_a_fault_of_ours(tmp_path: Path) -> None:
    odd = ({"text": "a\0b"}, {"model": "\0"}, {"stage": "\0"}, {"metadata": {"a": "\0"}})

    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1))
            for filter in odd:
                with contextlib.suppress(InvalidInput):
                    assert (await store.list_tasks("local", Filter(**filter), 5)).tasks == ()  # type: ignore[arg-type]
            with pytest.raises((NotFound, InvalidInput)):
                await store.task("local", "task_\0")

    asyncio.run(story())
