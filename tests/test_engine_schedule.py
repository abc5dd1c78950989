"""One contract for both schedules: the rows of one process, and a queue's deliveries to any number of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callsheet.contract import Order
from callsheet.errors import Unavailable
from callsheet.store import Lost
from callsheet.tasks import State, Update
from engine_fixtures import DONE, RUNNING, Vendor, a_house
from many_fixtures import asked, at_rest, fresh

BOTH = pytest.mark.parametrize("where", ["rows", "queue"])
SOON = Update(State.RUNNING, progress=0.5, again=0.25)
ACCEPTED = Update(State.RUNNING, remote="r", again=0.25)

Place = Callable[[str], dict[str, str]]


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Place:
    """The settings that put an engine on rows or on a queue."""

    def settings(where: str) -> dict[str, str]:
        return {} if where == "rows" else {"database": fresh(request.getfixturevalue("postgres"))}

    return settings


@BOTH
def test_a_task_goes_from_its_submit_over_polls_to_its_end(tmp_path: Path, place: Place, where: str) -> None:
    vendor = Vendor([ACCEPTED], [SOON, SOON, DONE])
    on = place(where)

    async def story() -> None:
        async with a_house(tmp_path, {"studio": vendor}, **on) as house:
            task = await house.submit()
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert (vendor.count("submit"), vendor.count("poll")) == (1, 3)
            await at_rest(house, on)

    asyncio.run(story())


@BOTH
def test_no_more_tasks_are_with_a_vendor_than_it_takes_and_what_is_important_is_sent_first(
    tmp_path: Path, place: Place, where: str
) -> None:
    with_it: set[str] = set()
    most: list[int] = []
    order: list[str] = []

    async def take(one: Order) -> Update:
        order.append(one.input["prompt"])
        with_it.add(one.task_id)
        most.append(len(with_it))
        return ACCEPTED

    async def end(one: Order) -> Update:
        with_it.discard(one.task_id)
        return DONE

    vendor, on = Vendor([take], [end], slots=1), place(where)  # of two that go at once, either may arrive first

    async def story() -> None:
        async with a_house(tmp_path, {"studio": vendor}, started=False, **on) as house:
            tasks = [await house.submit(input={"prompt": f"{n}"}, priority=n // 5) for n in range(6)]
            await house.engine.start()
            for task in tasks:
                await house.ended(task)
            await at_rest(house, on)

    asyncio.run(story())
    assert max(most) == 1, most
    assert order == list("501234")


@BOTH
def test_what_the_vendor_cannot_take_now_is_tried_again_and_lets_others_pass(
    tmp_path: Path, place: Place, where: str
) -> None:
    def take(one: Order) -> Any:
        async def answer() -> Update:
            if one.input["prompt"] == "never":
                raise Unavailable("Busy.", retry_after=30)
            return ACCEPTED

        return answer()

    vendor, on = Vendor([take], [DONE], slots=1), place(where)

    async def story() -> None:
        async with a_house(tmp_path, {"studio": vendor}, **on) as house:
            stuck = await house.submit(input={"prompt": "never"})
            await house.sees(stuck, "retrying")
            task = await house.submit(input={"prompt": "now"})
            assert (await house.ended(task)).state is State.SUCCEEDED
            canceled = await house.engine.cancel("local", stuck.id)
            assert canceled.state is State.CANCELED, "it ended at once, though it was due in half a minute"
            await at_rest(house, on)

    asyncio.run(story())


@BOTH
def test_a_cancel_reaches_a_task_between_two_polls_at_once(tmp_path: Path, place: Place, where: str) -> None:
    vendor = Vendor([Update(State.RUNNING, remote="r", again=200)], [RUNNING])
    on = place(where)

    async def story() -> None:
        async with a_house(tmp_path, {"studio": vendor}, **on) as house:
            task = await house.submit()
            await house.sees(task, "started")
            await house.until(lambda: not house.engine._worker._flights)
            await house.engine.cancel("local", task.id)
            assert (await house.ended(task)).state is State.CANCELED, "long before it is due"
            assert vendor.count("cancel") == 1
            await at_rest(house, on)

    asyncio.run(story())


@BOTH
def test_a_graceful_stop_hands_back_what_was_in_hand_and_the_next_process_goes_on(
    tmp_path: Path, place: Place, where: str
) -> None:
    on = place(where)

    async def story() -> None:
        far = Update(State.RUNNING, remote="r", again=0.5)
        async with a_house(tmp_path, {"studio": Vendor([far], [SOON])}, **on) as house:
            task = await house.submit()
            await house.sees(task, "started")
        if where == "queue":
            out = asked(on["database"], "SELECT id FROM pgqueuer WHERE status = 'picked'")
            assert out == [], "no lease is waited for"
        second = Vendor(poll=[DONE])
        async with a_house(tmp_path, {"studio": second}, **on) as house:
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert second.count("submit") == 0
            await at_rest(house, on)

    asyncio.run(story())


@BOTH
def test_local_work_starts_again_where_its_process_left_in_good_order(tmp_path: Path, place: Place, where: str) -> None:
    on = place(where)
    model = "previz/text-to-video"

    async def story() -> None:
        async with a_house(tmp_path, {"previz": Vendor(poll=[RUNNING], local=True)}, **on) as house:
            task = await house.submit(model, {"prompt": "a door"})
            await house.sees(task, "started")
        second = Vendor(local=True)
        async with a_house(tmp_path, {"previz": second}, **on) as house:
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert (second.count("submit"), (await house.types(task)).count("recovered")) == (1, 1)
            await at_rest(house, on)

    asyncio.run(story())


@BOTH
def test_news_of_a_stage_is_looked_at_before_it_is_due(tmp_path: Path, place: Place, where: str) -> None:
    vendor = Vendor([Update(State.RUNNING, remote="r", again=200)], [DONE])
    on = place(where)

    async def story() -> None:
        async with a_house(tmp_path, {"studio": vendor}, **on) as house:
            task = await house.submit()
            await house.sees(task, "started")
            await house.until(lambda: not house.engine._worker._flights)
            vendor.notify(f"r-{task.id}")
            assert (await house.ended(task)).state is State.SUCCEEDED
            await at_rest(house, on)

    asyncio.run(story())


def test_two_processes_share_a_vendors_limit_and_run_nothing_twice(tmp_path: Path, postgres: str) -> None:
    with_it: set[str] = set()
    most = [0]

    def vendor() -> Vendor:
        async def take(one: Order) -> Update:
            with_it.add(one.task_id)
            most.append(len(with_it))
            return ACCEPTED

        async def end(one: Order) -> Update:
            with_it.discard(one.task_id)
            return DONE

        return Vendor([take], [end], slots=3)

    here, there, uri = vendor(), vendor(), fresh(postgres)

    async def story() -> None:
        (tmp_path / "b").mkdir()
        async with (
            a_house(tmp_path, {"studio": here}, database=uri) as one,
            a_house(tmp_path / "b", {"studio": there}, database=uri) as other,
        ):
            tasks = [await (one, other)[n % 2].submit() for n in range(24)]
            for task in tasks:
                assert (await other.ended(task)).state is State.SUCCEEDED
            await at_rest(one, {"database": uri})

    asyncio.run(story())
    assert max(most) <= 3
    assert here.count("submit") + there.count("submit") == 24
    assert min(here.count("submit"), there.count("submit")) > 0, "both worked"


def test_a_cancel_and_news_reach_the_process_that_holds_the_task(tmp_path: Path, postgres: str) -> None:
    uri = fresh(postgres)
    vendor = Vendor([Update(State.RUNNING, remote="r", again=200)], [RUNNING, DONE])

    async def story() -> None:
        (tmp_path / "b").mkdir()
        async with (
            a_house(tmp_path / "b", {"studio": Vendor()}, database=uri, started=False) as server,
            a_house(tmp_path, {"studio": vendor}, database=uri) as worker,
        ):
            first, second = await server.submit(), await server.submit()
            for task in (first, second):
                await server.sees(task, "started")
            await worker.until(lambda: not worker.engine._worker._flights)
            server.engine._worker.nudge(first.id)
            await worker.until(lambda: vendor.count("poll") == 1)
            await server.engine.cancel("local", second.id)
            assert (await server.ended(second)).state is State.CANCELED
            assert vendor.count("cancel") == 1

    asyncio.run(story())


def test_who_lost_its_lease_drops_its_work_and_the_fence_refuses_what_it_writes(tmp_path: Path, postgres: str) -> None:
    uri = fresh(postgres)
    going, go = asyncio.Event(), asyncio.Event()

    async def slow(one: Order) -> Update:
        going.set()
        await go.wait()
        return DONE

    zombie, living = Vendor([ACCEPTED], [slow]), Vendor([ACCEPTED], [DONE])

    async def story() -> None:
        (tmp_path / "b").mkdir()
        async with a_house(tmp_path, {"studio": zombie}, database=uri) as first:
            task = await first.submit()
            await going.wait()
            held = await first.store.row(task.id)
            schedule: Any = first.engine._worker._schedule
            schedule._general = {}  # it is frozen, as far as the queue knows: it asks for nothing
            await schedule._queue.hand_back()  # and its lease has run out
            async with a_house(tmp_path / "b", {"studio": living}, database=uri) as second:
                assert (await second.ended(task)).state is State.SUCCEEDED
                with pytest.raises(Lost):
                    await first.store.patch(task.id, held.fence, {"progress": 0.9})
                await first.until(lambda: not first.engine._worker._flights)
                assert not schedule._held
            assert (await first.types(task)).count("succeeded") == 1
            go.set()

    asyncio.run(story())


def test_local_work_of_a_task_that_is_anothers_now_is_stopped(tmp_path: Path, postgres: str) -> None:
    uri = fresh(postgres)
    zombie, living = Vendor(poll=[RUNNING], local=True), Vendor(poll=[DONE], local=True)

    async def story() -> None:
        (tmp_path / "b").mkdir()
        async with a_house(tmp_path, {"previz": zombie}, database=uri) as first:
            task = await first.submit("previz/text-to-video", {"prompt": "a door"})
            await first.sees(task, "started")
            schedule: Any = first.engine._worker._schedule
            schedule._renders = {}  # it is frozen, as far as the queue knows: it asks for nothing
            await schedule._queue.hand_back()  # and its lease has run out
            async with a_house(tmp_path / "b", {"previz": living}, database=uri) as second:
                assert (await second.ended(task)).state is State.SUCCEEDED
                await first.until(lambda: zombie.count("cancel") == 1)

    asyncio.run(story())
