"""How tasks are watched: what is counted, who is asked how often, and what makes a question needless."""

import asyncio
import itertools
from pathlib import Path
from typing import Any

import pytest

from callsheet.contract import Order
from callsheet.store.durations import KEEP, begin_of
from callsheet.tasks import State, Update
from engine_fixtures import DONE, RUNNING, Clock, House, Vendor, a_house


def run(story: Any) -> None:
    asyncio.run(story)


async def settled(house: House) -> None:
    await house.until(lambda: not house.engine._worker._flights)


def test_how_long_tasks_took_is_counted_with_their_end_and_decides_when_the_next_is_asked_for(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        started: dict[str, int] = {}

        async def enter(order: Order) -> Update:
            started[order.task_id] = clock()
            return Update(State.RUNNING, remote="r")

        async def after_a_minute(order: Order) -> Update:
            return DONE if clock() - started[order.task_id] >= 60_000 else RUNNING

        vendor = Vendor([enter], [after_a_minute])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            asked: list[int] = []
            for _ in range(12):
                before = vendor.count("poll")
                task = await house.submit()
                await house.sees(task, "started")
                while not (await house.engine.get("local", task.id)).state.final:
                    clock.now = max(clock.now, (await house.store.row(task.id)).due)
                    house.engine.wake()
                    await house.until(lambda task=task: moved(house, task.id))
                asked.append(vendor.count("poll") - before)
                clock.pass_(20)  # the outlook is made anew
            history = await house.store.durations("studio/swift")
            assert sum(history.values()) == pytest.approx(sum(KEEP**number for number in range(12)))
            middle = sum(begin_of(bucket) * weight for bucket, weight in history.items()) / sum(history.values())
            assert 48_000 < middle < 66_000
            assert asked[0] > 8, "nothing is known of the first"
            assert sum(asked[-3:]) / 3 < asked[0], asked

    run(story())


async def moved(house: House, task_id: str) -> bool:
    row = await house.store.row(task_id)
    return row.task.state.final or (row.due > house.clock() and not row.taken)


def test_any_number_of_readers_costs_no_vendor_call(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(poll=[RUNNING])
        async with a_house(tmp_path, {"studio": vendor}, clock=Clock()) as house:
            task = await house.submit()
            await house.sees(task, "started")
            await settled(house)

            async def follow() -> None:
                async for _ in house.engine.events("local", task.id):
                    pass

            readers = [asyncio.create_task(follow()) for _ in range(50)]
            await asyncio.gather(*[house.engine.get("local", task.id) for _ in range(500)])
            await asyncio.gather(*[house.engine.timeline("local", task.id) for _ in range(50)])
            assert vendor.count("poll") == 0
            house.engine._worker.nudge(task.id)
            await house.until(lambda: vendor.count("poll") == 1)
            await house.engine.cancel("local", task.id)
            await asyncio.gather(*readers)

    run(story())


def test_a_vendor_is_asked_no_more_often_than_its_setting_says_and_nothing_is_forgotten(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(poll=[RUNNING], slots=100)
        async with a_house(tmp_path, {"studio": vendor}, clock=clock, vendors__studio__calls="5") as house:
            tasks = [await house.submit() for _ in range(30)]
            for task in tasks:
                await house.sees(task, "started")
            await settled(house)
            clock.pass_(30)
            polled: list[int] = []
            for _ in range(7):
                await house.quiet()
                polled.append(vendor.count("poll"))
                clock.pass_(1)
            assert polled[0] == 5
            assert all(later - sooner <= 6 for sooner, later in itertools.pairwise(polled))
            assert len({task_id for verb, task_id in vendor.calls if verb == "poll"}) == 30, "the longest due first"

    run(story())


def test_where_a_vendor_calls_back_polling_is_only_a_net(tmp_path: Path) -> None:
    async def story() -> None:
        pauses: list[int] = []
        for public in ({}, {"server__public_url": "https://here.example"}):
            vendor = Vendor(poll=[RUNNING])
            folder = tmp_path / str(len(pauses))
            async with a_house(folder, {"bell": vendor}, clock=Clock(), **public) as house:
                task = await house.submit("bell/ring")
                await house.sees(task, "started")
                pauses.append((await house.store.row(task.id)).due - house.clock())
                house.engine._worker.nudge(task.id)
                await house.until(lambda vendor=vendor: vendor.count("poll") == 1)
        alone, called = pauses
        assert (alone, called) == (1000, 15_000)

    run(story())


def test_news_that_come_before_the_submit_is_written_are_not_lost(tmp_path: Path) -> None:
    async def story() -> None:
        async def quick(order: Order) -> Update:
            vendor.notify(f"r-{order.task_id}")
            await asyncio.sleep(0)  # the news are heard before this is answered
            return Update(State.RUNNING, remote="r")

        vendor = Vendor([quick], [DONE], local=True)
        async with a_house(tmp_path, {"studio": vendor}, clock=Clock()) as house:
            ended = await house.ended(await house.submit())
            assert ended.state is State.SUCCEEDED, "and no time has passed"
            await settled(house)
            assert not house.engine._worker._early

    run(story())
