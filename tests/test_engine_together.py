"""Many tasks are asked for together, and each keeps its own fate: lost, canceled, failed to be written, or killed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from callsheet.contract import Order
from callsheet.engine import stations
from callsheet.store import Step
from callsheet.tasks import Filter, State, Task, Update
from engine_fixtures import DONE, RUNNING, House, Vendor, a_house
from many_fixtures import at_rest, fresh

TESTS = Path(__file__).parent
MANY = 8
BOTH = pytest.mark.parametrize("where", ["rows", "queue"])
Place = Callable[[str], dict[str, str]]


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Place:
    """The settings that put an engine on rows or on a queue."""

    def settings(where: str) -> dict[str, str]:
        return {} if where == "rows" else {"database": fresh(request.getfixturevalue("postgres"))}

    return settings


class Crowd(Vendor):
    """Answers the first question about each task once it was asked about all of them, and `go` is set; then it ends."""

    def __init__(self) -> None:
        super().__init__([Update(State.RUNNING, remote="r", again=0.25)], [self._first], slots=MANY)
        self.asked: list[str] = []
        self.go = asyncio.Event()

    async def _first(self, order: Order) -> Update:
        self.asked.append(order.task_id)
        if self.asked.count(order.task_id) > 1:
            return DONE
        await self.go.wait()
        return Update(State.RUNNING, again=0.25)

    async def all(self, house: House) -> list[Task]:
        tasks = [await house.submit() for _ in range(MANY)]
        await house.until(lambda: len(self.asked) == MANY)
        return tasks


@BOTH
def test_what_was_lost_to_another_meanwhile_is_dropped_and_the_rest_goes_on(
    tmp_path: Path, place: Place, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = place(where)
    monkeypatch.setattr(stations, "LOOK", 20.0)  # until then nobody wonders whether the other still lives

    async def story() -> None:
        crowd = Crowd()
        async with a_house(tmp_path, {"studio": crowd}, **on) as house:
            tasks = await crowd.all(house)
            now = house.clock()
            others = [await house.store.take_over(task.id, now, now + 60_000) for task in tasks[:3]]
            theirs = {task.id for task in tasks[:3]}
            crowd.go.set()
            await house.until(lambda: not theirs & house.engine._worker._flights.keys())
            for other in others:
                assert other is not None
                assert await house.store.row(other.task.id) == other, "who has it now decides"
                assert crowd.asked.count(other.task.id) == 1
            for task in tasks[3:]:
                assert (await house.ended(task)).state is State.SUCCEEDED

    asyncio.run(story())


@BOTH
def test_an_end_that_is_asked_for_while_many_are_asked_is_carried_out_for_that_one(
    tmp_path: Path, place: Place, where: str
) -> None:
    on = place(where)

    async def story() -> None:
        crowd = Crowd()
        async with a_house(tmp_path, {"studio": crowd}, **on) as house:
            first, *rest = await crowd.all(house)
            await house.engine.cancel("local", first.id)
            crowd.go.set()
            assert (await house.ended(first)).state is State.CANCELED
            for task in rest:
                assert (await house.ended(task)).state is State.SUCCEEDED
            assert [task_id for verb, task_id in crowd.calls if verb == "cancel"] == [first.id]
            await at_rest(house, on)

    asyncio.run(story())


@BOTH
def test_an_answer_that_cannot_be_written_is_asked_for_again_and_harms_no_other(
    tmp_path: Path, place: Place, where: str
) -> None:
    on = place(where)

    async def story() -> None:
        crowd = Crowd()
        async with a_house(tmp_path, {"studio": crowd}, **on) as house:
            bad, *rest = await crowd.all(house)
            plain = house.store._database.write

            async def write(steps: Sequence[Step]) -> Any:
                if steps[0].query == "look_again" and bad.id in steps[0].params["looks"]:
                    raise ValueError("not this one")
                return await plain(steps)

            house.store._database.write = write  # type: ignore[method-assign]
            crowd.go.set()
            for task in rest:
                assert (await house.ended(task)).state is State.SUCCEEDED
                assert "retrying" not in await house.types(task)
            assert (await house.ended(bad)).state is State.SUCCEEDED
            assert (await house.types(bad)).count("retrying") == 1
            await at_rest(house, on)

    asyncio.run(story())


@BOTH
def test_a_process_killed_with_many_in_hand_leaves_all_of_them_to_the_next(
    tmp_path: Path, place: Place, where: str
) -> None:
    on = place(where)
    words = [sys.executable, str(TESTS / "poll_process.py"), str(tmp_path), str(MANY), *on.values()]
    done = subprocess.run(words, cwd=TESTS, capture_output=True, text=True, timeout=150)
    assert done.returncode == -signal.SIGKILL, done.stderr

    async def story() -> None:
        vendor = Vendor(poll=[RUNNING, DONE], slots=MANY)
        async with a_house(tmp_path, {"studio": vendor}, **on) as house:
            tasks = (await house.store.list_tasks("local", Filter(), 100)).tasks
            assert len(tasks) == MANY
            for task in tasks:
                assert (await house.ended(task)).state is State.SUCCEEDED
            assert vendor.count("submit") == 0, "each was asked for, and none sent again"
            await at_rest(house, on)

    asyncio.run(story())
