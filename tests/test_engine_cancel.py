"""Canceling: at once before anything was sent, within a second at a driver, and never against what was paid for."""

import asyncio
from pathlib import Path
from typing import Any

from callsheet.contract import Order
from callsheet.errors import Rejected, Unavailable
from callsheet.tasks import State, Update
from engine_fixtures import DONE, RUNNING, Vendor, a_house


def run(story: Any) -> None:
    asyncio.run(story)


def test_canceling_a_queued_task_ends_it_at_once_and_it_is_never_sent(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor()
        async with a_house(tmp_path, {"studio": vendor}, started=False) as house:
            task = await house.submit()
            assert (await house.engine.cancel("local", task.id)).state is State.CANCELED
            assert (await house.engine.cancel("local", task.id)).state is State.CANCELED, "again: the same answer"
            assert await house.types(task) == ["created", "routed", "cancel_asked", "canceled"]
        assert vendor.calls == []

    run(story())


def test_canceling_between_two_tries_of_a_submit_ends_it_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[Unavailable("Busy.", retry_after=300)])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            await house.sees(task, "retrying")
            await house.until(lambda: not house.engine._worker._flights)
            assert (await house.engine.cancel("local", task.id)).state is State.CANCELED

    run(story())


def test_canceling_a_running_task_reaches_its_driver_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor([Update(State.RUNNING, remote="r", again=60)], [RUNNING])  # not due for a minute
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            await house.sees(task, "started")
            await house.engine.cancel("local", task.id)
            assert (await house.ended(task)).state is State.CANCELED
            assert vendor.count("cancel") == 1

    run(story())


def test_a_cancel_while_the_request_is_on_its_way_is_carried_out_when_it_has_arrived(tmp_path: Path) -> None:
    async def story() -> None:
        arrive = asyncio.Event()

        async def slow(order: Order) -> Update:
            await arrive.wait()
            return Update(State.RUNNING, remote="r", again=60)  # not due for a minute

        vendor = Vendor(submit=[slow], poll=[RUNNING])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            await house.until(lambda: vendor.count("submit"))
            assert (await house.engine.cancel("local", task.id)).state is State.QUEUED
            arrive.set()
            assert (await house.ended(task)).state is State.CANCELED
            assert vendor.count("cancel") == 1

    run(story())


def test_a_vendor_that_cannot_cancel_is_asked_for_the_result_instead(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(poll=[RUNNING, DONE], cancel=[Rejected("Too late.")])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            await house.sees(task, "started")
            await house.engine.cancel("local", task.id)
            assert (await house.ended(task)).state is State.SUCCEEDED, "what was paid for is kept"

    run(story())
