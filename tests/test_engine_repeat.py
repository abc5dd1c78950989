"""A vendor that takes the same request twice for one: what may have arrived is sent again under the same key."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callsheet.errors import Rejected, Unauthorized, Unavailable
from callsheet.tasks import State, Task
from engine_doubt import LOST
from engine_fixtures import DONE, NOW, RUNNING, Clock, House, Vendor, a_house

VAULT = "vault/safe"
"""A model of a vendor that takes the same request twice for one, for an hour."""


def run(story: Any) -> None:
    asyncio.run(story)


async def settled(house: House, task: Task) -> bool:
    row = await house.store.row(task.id)
    return row.due > house.clock() and not row.taken


def test_a_vendor_that_knows_our_key_is_sent_the_same_again_under_the_same_key(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(submit=[LOST, Unavailable("503"), RUNNING], poll=[DONE])
        async with a_house(tmp_path, {"vault": vendor}, clock=clock) as house:
            task = await house.submit(VAULT)
            for times in (1, 2):
                await house.sees(task, "retrying", times)
                house.pass_(10)
            await house.sees(task, "started")
            house.pass_(60)
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert [order.task_id for order in vendor.orders] == [task.id] * 3
            told = [event.data for event in await house.sees(task, "submitting", 3)]
            assert {one["idempotency_key"] for one in told} == {task.id}
            assert [one.get("again", False) for one in told] == [False, True, True]

    run(story())


@pytest.mark.parametrize("then", [Unavailable("503"), Unauthorized("401")])
def test_a_repetition_that_is_refused_or_too_late_is_unsure_and_not_lost(tmp_path: Path, then: Exception) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(submit=[LOST, then])
        async with a_house(tmp_path, {"vault": vendor}, clock=clock) as house:
            task = await house.submit(VAULT)
            await house.sees(task, "retrying")
            for _ in range(30):
                house.pass_(300)
                await house.until(lambda: settled(house, task))
            found = await house.engine.get("local", task.id)
            assert (found.state, found.unsure) == (State.QUEUED, True)
            assert (await house.store.row(task.id)).sent_at == NOW

    run(story())


def test_a_repetition_that_is_rejected_ends_the_task(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        async with a_house(tmp_path, {"vault": Vendor(submit=[LOST, Rejected("No.")])}, clock=clock) as house:
            task = await house.submit(VAULT)
            await house.sees(task, "retrying")
            house.pass_(10)
            assert (await house.ended(task)).state is State.FAILED

    run(story())


def test_a_cancel_of_what_may_have_arrived_learns_its_id_first(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(submit=[LOST, RUNNING], poll=[RUNNING])
        async with a_house(tmp_path, {"vault": vendor}, clock=clock) as house:
            task = await house.submit(VAULT)
            await house.sees(task, "retrying")
            await house.engine.cancel("local", task.id)
            assert (await house.ended(task)).state is State.CANCELED
            assert [verb for verb, _ in vendor.calls] == ["submit", "submit", "cancel"]

    run(story())
