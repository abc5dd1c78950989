"""The same small write of many callers is one statement: what comes of it is each one's own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from callsheet.errors import StorageError
from callsheet.store import Lost, Row, Step, Store
from callsheet.store.together import MOST, Together
from callsheet.tasks import State
from store_fixtures import NOW, a_row, a_store, task_id

BOTH = pytest.mark.usefixtures("both_databases")


@contextlib.asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[tuple[Store, list[str]]]:
    """A store, and the statements of the transactions it asked for."""
    async with a_store(folder) as store:
        asked: list[str] = []
        plain = store._database.write

        async def write(steps: Sequence[Step]) -> Any:
            asked.append(" ".join(step.query for step in steps))
            return await plain(steps)

        store._database.write = write  # type: ignore[method-assign]
        yield store, asked


async def taken(store: Store, *numbers: int) -> list[Row]:
    found = await asyncio.gather(*(store.take_due(task_id(number), NOW, NOW + 30) for number in numbers))
    assert all(found)
    return [row for row in found if row is not None]


@BOTH
def test_many_takes_are_one_statement_and_what_was_not_to_be_had_is_not_in_its_answer(tmp_path: Path) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (store, asked):
            for number in range(6):
                await store.add_task(a_row(number, phase="poll"))
            await store.add_task(a_row(6, phase="poll", due=NOW + 1))
            await store.add_task(a_row(7, phase="done", state=State.FAILED))
            assert await store.take(task_id(2), ["poll"], NOW, NOW + 30) is not None, "another process has it"
            asked.clear()
            wanted = [0, 1, 2, 3, 4, 5, 6, 7, 8, 3]
            found = await asyncio.gather(*(store.take_due(task_id(number), NOW, NOW + 30) for number in wanted))
            assert asked == ["take_due"]
            assert [None if row is None else row.task.id for row in found] == [
                *(task_id(0), task_id(1), None, task_id(3), task_id(4), task_id(5)),
                *(None, None, None, None),  # not due, done, unknown, and the second who wants the same
            ]
            for row in (row for row in found if row is not None):
                assert (row.fence, row.taken, row.due) == (1, True, NOW + 30)
                assert row == await store.row(row.task.id)

    asyncio.run(story())


@BOTH
def test_a_task_is_looked_at_again_later_and_who_lost_its_fence_alone_hears_of_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (store, asked):
            for number in range(5):
                await store.add_task(a_row(number, phase="poll"))
            rows = await taken(store, *range(5))
            other = await store.take_over(task_id(3), NOW, NOW + 90)
            assert other is not None
            await store.ask_cancel("local", task_id(1), NOW)
            asked.clear()
            looks = [store.look_again(row, NOW + 500 + number) for number, row in enumerate(rows)]
            found = await asyncio.gather(*looks, return_exceptions=True)
            assert asked == ["look_again"]
            assert isinstance(found.pop(3), Lost)
            for row in found:
                assert isinstance(row, Row)
                assert row == await store.row(row.task.id)
            assert [row.cancel_asked for row in found if isinstance(row, Row)] == [False, True, False, False]
            assert [row.due - NOW for row in found if isinstance(row, Row)] == [500, 501, 502, 504]
            assert await store.row(task_id(3)) == other, "what the other does with it stands"

    asyncio.run(story())


@BOTH
def test_a_statement_that_fails_for_one_of_many_fails_for_that_one_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            for number in range(4):
                await store.add_task(a_row(number, phase="poll"))
            rows = await taken(store, *range(4))
            plain = store._database.write

            async def write(steps: Sequence[Step]) -> Any:
                if task_id(2) in steps[0].params["looks"]:
                    raise ValueError("not this one")
                return await plain(steps)

            monkeypatch.setattr(store._database, "write", write)
            looks = [store.look_again(row, NOW + 500) for row in rows]
            found = await asyncio.gather(*looks, return_exceptions=True)
            assert [type(one) for one in found] == [Row, Row, ValueError, Row]
            assert [(await store.row(task_id(n))).due for n in range(4)] == [NOW + 500, NOW + 500, NOW + 30, NOW + 500]

    asyncio.run(story())


def test_a_database_out_of_reach_is_asked_once_and_everyone_hears_so() -> None:
    batches: list[Sequence[int]] = []

    async def write(ones: Sequence[int]) -> Sequence[int]:
        batches.append(ones)
        raise StorageError("The disk is full.")

    async def story() -> None:
        together = Together(write)
        found = await asyncio.gather(*(together.call(one) for one in range(3)), return_exceptions=True)
        assert [type(one) for one in found] == [StorageError] * 3
        assert batches == [[0, 1, 2]]

    asyncio.run(story())


async def turns(count: int) -> None:
    """So many turns of the loop: whoever can go on has gone on."""
    for _ in range(count):
        await asyncio.sleep(0)


def test_a_statement_is_for_so_many_at_most_and_who_comes_meanwhile_goes_with_the_next() -> None:
    batches: list[Sequence[int]] = []
    go = asyncio.Event()

    async def write(ones: Sequence[int]) -> Sequence[int]:
        batches.append(ones)
        await go.wait()
        return [one * 2 for one in ones]

    async def story() -> None:
        together = Together(write)
        early = [asyncio.create_task(together.call(one)) for one in range(3 * MOST)]
        await turns(10)
        late = [asyncio.create_task(together.call(one)) for one in range(20)]
        await turns(10)
        for one in late[:5]:
            one.cancel()
        assert [len(batch) for batch in batches] == [MOST, MOST, MOST]
        go.set()
        assert await asyncio.gather(*early) == [2 * one for one in range(3 * MOST)]
        assert await asyncio.gather(*late[5:]) == [2 * one for one in range(5, 20)]
        assert [len(batch) for batch in batches] == [MOST, MOST, MOST, 15], "who was stopped before sends nothing"

    asyncio.run(story())
