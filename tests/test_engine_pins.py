"""A task is asked for only with the key that it was sent with: without it, it waits, visibly, and loses nothing."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callsheet.errors import Unauthorized, Unavailable
from callsheet.store import Row
from callsheet.tasks import State, Task
from engine_fixtures import DONE, RUNNING, Clock, House, Vendor, a_house

OTHER = {"vendors__studio__key": "two"}
OWN = {"vendors__studio__key": "one"}
HOUR = 3600


def run(story: Any) -> None:
    asyncio.run(story)


async def under_way(folder: Path, clock: Clock) -> Task:
    """A task that the studio works on, sent with the first key; the process has ended."""
    async with a_house(folder, {"studio": Vendor(poll=[RUNNING])}, clock=clock, **OWN) as house:
        task = await house.submit()
        house.pass_(2)
        await house.sees(task, "started")
    clock.pass_(HOUR)
    return task


async def row_of(house: House, task: Task) -> Row:
    return await house.store.row(task.id)


def test_the_key_is_pinned_before_the_request_and_kept_only_by_its_short_name(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        task = await under_way(tmp_path, clock)
        async with a_house(tmp_path, {"studio": Vendor()}, clock=clock, started=False, **OWN) as house:
            assert (await row_of(house, task)).credential == "7692c3ad3540"

    run(story())


def test_with_another_key_it_waits_and_goes_on_when_its_own_is_back(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        task = await under_way(tmp_path, clock)
        rotated = Vendor()
        async with a_house(tmp_path, {"studio": rotated}, clock=clock, **OTHER) as house:
            (parked,) = await house.sees(task, "parked")
            assert parked.data["setting"] == "CALLSHEET_VENDORS__STUDIO__KEY"
            assert "CALLSHEET_VENDORS__STUDIO__KEY" in parked.data["why"]
            for _ in range(3):
                before = (await row_of(house, task)).fence
                house.pass_(HOUR)
                await house.until(lambda before=before: looked_at(house, task, before))
            assert rotated.calls == []
            assert (await house.types(task)).count("parked") == 1
            assert (await house.engine.get("local", task.id)).state is State.RUNNING
        clock.pass_(HOUR)
        async with a_house(tmp_path, {"studio": Vendor(poll=[DONE])}, clock=clock, **OWN) as house:
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert (await house.types(task)).count("resumed") == 1
            assert (await row_of(house, task)).parked_at is None

    run(story())


def test_a_key_refused_while_its_task_is_at_the_vendor_costs_no_paid_task(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(poll=[Unauthorized("401: key disabled."), Unauthorized("401: key disabled."), DONE])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock, **OWN) as house:
            task = await house.submit()
            await house.sees(task, "started")
            for times in (1, 2):
                house.pass_(300)
                await house.until(lambda times=times: vendor.count("poll") == times)
                (parked,) = await house.sees(task, "parked")
                assert parked.data["setting"] == "CALLSHEET_VENDORS__STUDIO__KEY"
                assert "key disabled" in parked.data["why"]
            house.pass_(300)
            assert (await house.ended(task)).state is State.SUCCEEDED
            types = await house.types(task)
            assert (types.count("parked"), types.count("resumed"), types.count("retrying")) == (1, 1, 0)
            assert vendor.count("submit") == 1

    run(story())


def test_a_key_refused_for_weeks_still_loses_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        refused = [Unauthorized("401: key disabled.")] * 340
        vendor = Vendor(poll=[*refused, Unavailable("502"), DONE])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock, **OWN) as house:
            task = await house.submit()
            await house.sees(task, "started")
            for times in range(1, 342):
                house.pass_(7200)
                await house.until(lambda times=times: vendor.count("poll") == times)
                await house.until(lambda: not house.engine._worker._flights)
            house.pass_(300)
            assert (await house.ended(task)).state is State.SUCCEEDED

    run(story())


async def looked_at(house: House, task: Task, before: int) -> bool:
    row = await row_of(house, task)
    return row.fence > before and not row.taken


def test_a_cancel_is_not_asked_with_another_key_either(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        task = await under_way(tmp_path, clock)
        rotated = Vendor()
        async with a_house(tmp_path, {"studio": rotated}, clock=clock, **OTHER) as house:
            await house.sees(task, "parked")
            before = (await row_of(house, task)).fence
            await house.engine.cancel("local", task.id)
            await house.until(lambda: looked_at(house, task, before))
            assert rotated.calls == []
        clock.pass_(HOUR)
        async with a_house(tmp_path, {"studio": Vendor()}, clock=clock, **OWN) as house:
            assert (await house.ended(task)).state is State.CANCELED

    run(story())


def test_what_waits_for_its_key_takes_no_slot_from_new_tasks(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        task = await under_way(tmp_path, clock)
        studio = Vendor(submit=[DONE], slots=1)
        async with a_house(tmp_path, {"studio": studio}, clock=clock, **OTHER) as house:
            await house.sees(task, "parked")
            assert (await house.ended(await house.submit())).state is State.SUCCEEDED

    run(story())


@pytest.mark.parametrize("sent", [True, False])
def test_without_any_key_it_waits_as_well_sent_or_not(tmp_path: Path, sent: bool) -> None:
    async def story() -> None:
        clock = Clock()
        if sent:
            task = await under_way(tmp_path, clock)
        else:
            async with a_house(tmp_path, {"studio": Vendor()}, clock=clock, started=False, **OWN) as house:
                task = await house.submit()
        async with a_house(tmp_path, {}, clock=clock) as house:
            (parked,) = await house.sees(task, "parked")
            assert "CALLSHEET_VENDORS__STUDIO__KEY" in parked.data["why"]
        clock.pass_(HOUR)
        studio = Vendor(submit=[DONE])
        async with a_house(tmp_path, {"studio": studio}, clock=clock, **OWN) as house:
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert studio.count("submit") == (0 if sent else 1)

    run(story())


def test_what_the_vendor_already_named_is_brought_in_without_its_key(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        async with a_house(tmp_path, {"studio": Vendor()}, clock=clock, started=False, **OWN) as house:
            task = await house.submit()
            now = clock()
            row = await house.store.take(task.id, ("submit",), now, now + 1)
            assert row is not None
            answered = ("answered", {"artifacts": [{"text": "made of words", "name": "made.txt"}]})
            collecting = {"phase": "collect", "lane": "collect", "due": now}
            await house.store.patch(task.id, row.fence, collecting, [answered])
        async with a_house(tmp_path, {}, clock=clock) as house:
            assert (await house.ended(task)).state is State.SUCCEEDED

    run(story())


def test_local_work_belongs_to_no_key(tmp_path: Path) -> None:
    async def story() -> None:
        studio = Vendor(local=True)
        async with a_house(tmp_path, {"studio": studio}, **OWN) as house:
            task = await house.submit()
            await house.ended(task)
            assert (await row_of(house, task)).credential is None

    run(story())
