"""A process that stood still while another took its task: what its vendor accepted is brought home, and sent once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from callsheet.contract import Order
from callsheet.engine import pace
from callsheet.engine.advance import Move, adopted, unsure
from callsheet.errors import Conflict, Rejected
from callsheet.store import Row
from callsheet.tasks import Artifact, State, Task, Update
from engine_doubt import LOST, Finding
from engine_fixtures import DONE, House, Vendor, a_house
from many_fixtures import fresh

ACCEPTED = Update(State.RUNNING, remote="r", again=0.1)


class Frozen(Vendor):
    """It has the request, and whoever sent that stands still: the answer is read when it goes on."""

    def __init__(self, answer: Any = ACCEPTED, **more: Any) -> None:
        super().__init__([self._late], **more)
        self._told = answer
        self.asked, self.go = asyncio.Event(), asyncio.Event()

    async def _late(self, order: Order) -> Update:
        self.asked.set()
        await self.go.wait()
        if isinstance(self._told, Exception):
            raise self._told
        return self._told


@asynccontextmanager
async def overtaken(folder: Path, uri: str, frozen: Frozen, living: Vendor) -> AsyncIterator[tuple[House, House, Task]]:
    """A house whose submit is on the wire, as it wakes, and another that took its task over and is unsure of it."""
    (folder / "b").mkdir()
    async with a_house(folder, {"studio": frozen}, database=uri) as first:
        task = await first.submit()
        await frozen.asked.wait()
        schedule: Any = first.engine._worker._schedule
        schedule._general = {}  # it is frozen, as far as the queue knows: it asks for nothing
        await schedule._queue.hand_back()  # and its lease has run out
        async with a_house(folder / "b", {"studio": living}, database=uri) as second:
            await second.sees(task, "unsure")
            await first.until(lambda: task.id not in schedule._held)
            yield first, second, task


def test_the_answer_of_a_process_that_was_frozen_ends_the_doubt_and_nothing_is_sent_again(
    tmp_path: Path, postgres: str
) -> None:
    uri = fresh(postgres)

    async def story() -> None:
        frozen, living = Frozen(), Vendor(poll=[DONE])
        async with overtaken(tmp_path, uri, frozen, living) as (first, second, task):
            frozen.go.set()
            assert (await second.ended(task)).state is State.SUCCEEDED
            (event,) = [one for one in await first.engine.timeline("local", task.id) if one.type == "adopted"]
            assert event.data == {"remote": f"r-{task.id}", "by": "answer"}
            assert (frozen.count("submit"), living.count("submit")) == (1, 0)

    asyncio.run(story())


def test_an_answer_that_is_the_end_of_it_is_brought_home_too(tmp_path: Path, postgres: str) -> None:
    uri = fresh(postgres)

    async def story() -> None:
        made = Update(State.SUCCEEDED, artifacts=(Artifact(text="made of words", name="made.txt"),))
        frozen, living = Frozen(made), Vendor()
        async with overtaken(tmp_path, uri, frozen, living) as (_, second, task):
            frozen.go.set()
            ended = await second.ended(task)
            assert (ended.state, len(ended.artifacts)) == (State.SUCCEEDED, 1)
            assert living.count("submit") == 0

    asyncio.run(story())


def test_a_refusal_that_comes_late_ends_the_task_and_an_open_answer_changes_nothing(
    tmp_path: Path, postgres: str
) -> None:
    uris = [fresh(postgres), fresh(postgres)]

    async def story() -> None:
        for number, (answer, state) in enumerate(((Rejected("Not that."), State.FAILED), (LOST, State.QUEUED))):
            (tmp_path / f"{number}").mkdir()
            frozen, living = Frozen(answer), Vendor()
            async with overtaken(tmp_path / f"{number}", uris[number], frozen, living) as (first, second, task):
                frozen.go.set()
                await first.until(lambda: not first.engine._worker._flights)
                assert (await second.engine.get("local", task.id)).state is state

    asyncio.run(story())


def test_what_an_operator_gave_up_keeps_its_end_and_learns_its_id(tmp_path: Path, postgres: str) -> None:
    uri = fresh(postgres)

    async def story() -> None:
        frozen, living = Frozen(), Vendor()
        async with overtaken(tmp_path, uri, frozen, living) as (first, second, task):
            await second.engine.resolve(task.id, None)
            assert (await second.ended(task)).state is State.FAILED
            frozen.go.set()
            await first.until(lambda: not first.engine._worker._flights)
            row = await first.store.row(task.id)
            assert (row.task.state, row.remote) == (State.FAILED, f"r-{task.id}")
            assert "noted" in await first.types(task)

    asyncio.run(story())


def test_what_stood_still_before_the_wire_while_an_operator_gave_it_up_is_not_sent_by_it(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor([ACCEPTED], [DONE])
        async with a_house(tmp_path, {"studio": vendor}, started=False) as house:
            steps: Any = house.engine._worker._steps
            order, ready, go = steps._order, asyncio.Event(), asyncio.Event()

            async def slowly(row: Any) -> Order:
                made = await order(row)
                ready.set()
                await go.wait()
                return made

            steps._order = slowly
            await house.engine.start()
            task = await house.submit()
            await ready.wait()
            await elsewhere(house, task, lambda row, now: unsure(row, LOST, now))
            await house.engine.resolve(task.id, None, again=True)
            await elsewhere(house, task, lambda row, now: adopted(row, "r-of-the-second-time", "answer", now))
            go.set()
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert vendor.count("submit") == 0, "whoever has it now has sent it"

    asyncio.run(story())


async def elsewhere(house: House, task: Task, decide: Callable[[Row, int], Move]) -> None:
    """What another process does that takes this task over."""
    now = house.clock()
    row = await house.store.take_over(task.id, now, now + pace.LEASE)
    assert row is not None
    move = decide(row, now)
    await house.store.patch(task.id, row.fence, move.changes, move.events)


class Repeating(Vendor):
    """It gives one and the same id to whatever it is sent."""

    async def submit(self, order: Order) -> Update:
        await super().submit(order)
        return ACCEPTED


def test_an_id_that_another_task_has_makes_unsure_and_nobody_can_give_it_away(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Repeating(poll=[DONE])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            first = await house.submit()
            assert (await house.ended(first)).state is State.SUCCEEDED
            second = await house.submit()
            (event,) = await house.sees(second, "unsure")
            assert "another task" in event.data["why"]
            with pytest.raises(Conflict, match="another task's"):
                await house.engine.resolve(second.id, "r")
            assert (await house.store.row(second.id)).phase == "unsure"
            await house.engine.resolve(second.id, "r-of-its-own")
            assert (await house.ended(second)).state is State.SUCCEEDED
            with pytest.raises(Conflict):
                await house.engine.resolve(second.id, "r")

    asyncio.run(story())


def test_of_two_that_were_given_up_one_is_charged_for_what_the_vendor_made(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": Vendor([LOST], [DONE])}) as house:
            tasks = [await house.submit() for _ in range(2)]
            for task in tasks:
                await house.sees(task, "unsure")
                await house.engine.resolve(task.id, None)
            await house.engine.resolve(tasks[0].id, "r")
            with pytest.raises(Conflict):
                await house.engine.resolve(tasks[1].id, "r")
            assert [(await house.types(task)).count("late") for task in tasks] == [1, 0]

    asyncio.run(story())


@pytest.mark.parametrize("where", ["rows", "queue"])
def test_two_answers_with_one_id_at_the_same_moment_are_one_tasks(
    tmp_path: Path, where: str, request: pytest.FixtureRequest
) -> None:
    on = {} if where == "rows" else {"database": fresh(request.getfixturevalue("postgres"))}

    async def story() -> None:
        together = asyncio.Barrier(4)

        class Crowd(Repeating):
            async def submit(self, order: Order) -> Update:
                answer = await super().submit(order)
                await together.wait()
                return answer

        async with a_house(tmp_path, {"studio": Crowd(poll=[ACCEPTED])}, **on) as house:
            tasks = [await house.submit() for _ in range(4)]

            async def settled() -> bool:
                rows = [await house.store.row(task.id) for task in tasks]
                return all(row.phase in ("poll", "unsure") for row in rows)

            await house.until(settled)
            phases = [(await house.store.row(task.id)).phase for task in tasks]
            assert sorted(phases) == ["poll", "unsure", "unsure", "unsure"]

    asyncio.run(story())


class Sibling(Finding):
    """Two that ask for the very same: the first one's answer is lost, the second is accepted and not yet answered."""

    def __init__(self) -> None:
        super().__init__([Update(State.RUNNING, remote="r-of-the-second")], submit=[LOST], poll=[ACCEPTED])
        self.go = asyncio.Event()

    async def submit(self, order: Order) -> Update:
        if not self.count("submit"):
            return await super().submit(order)
        self.calls.append(("submit", order.task_id))
        await self.go.wait()
        return Update(State.RUNNING, remote="r-of-the-second")

    async def find(self, order: Order, sent_at: int) -> Update | None:
        if self.count("submit") < 2:
            return None
        return await super().find(order, sent_at)


def test_what_is_found_is_not_taken_from_a_sibling_that_is_on_its_way(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Sibling()
        async with a_house(tmp_path, {"studio": vendor}) as house:
            first = await house.submit()
            await house.sees(first, "unsure")
            second = await house.submit()
            await house.until(lambda: vendor.count("submit") == 2)
            found = vendor.count("find")
            house.engine._worker.nudge(first.id)
            await house.until(lambda: vendor.count("find") > found)
            await house.until(lambda: not [one for one in house.engine._worker._flights if one == first.id])
            vendor.go.set()
            await house.sees(second, "started")
            rows = [await house.store.row(one.id) for one in (first, second)]
            assert [(row.phase, row.remote) for row in rows] == [("unsure", None), ("poll", "r-of-the-second")]

    asyncio.run(story())
