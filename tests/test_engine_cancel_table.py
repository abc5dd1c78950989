"""The truth table of canceling, cell by cell: what it says of a place and a vendor is what becomes of a task there."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from callsheet import catalog
from callsheet.catalog import Cancels
from callsheet.contract import Order
from callsheet.engine.cancel import Fate, Money, Outcome, Standing, fate, standing
from callsheet.errors import Rejected, Unavailable
from callsheet.tasks import NewTask, State, Task, Update
from engine_doubt import FOUND, LOST, Finding
from engine_fixtures import CANCELED, DONE, INPUT, MODEL, RUNNING, Clock, House, Vendor, a_house

QUEUED = Update(State.QUEUED, remote="r")
ALL, NONE = Cancels(True, True, "all", "x"), Cancels(False, False, "unknown", "x")
QUEUED_ONLY = Cancels(True, False, "told", "x")
VENDORS = {"stops all": ALL, "stops what waits": QUEUED_ONLY, "stops nothing": NONE}


def run(story: Any) -> None:
    asyncio.run(story)


class Stage(Vendor):
    """A vendor that stops what its facts say, and finishes what it could not stop."""

    def __init__(self, facts: Cancels, **more: Any) -> None:
        super().__init__(**more)
        self._facts = facts
        self.over = False

    async def cancel(self, order: Order, remote: str) -> Update:
        self.calls.append(("cancel", order.task_id))
        waits = self._scripts["poll"][0] is QUEUED
        if self._facts.queued if waits else self._facts.running:
            return CANCELED
        self.over = True
        raise Rejected("Too late.")

    async def poll(self, order: Order, remote: str) -> Update:
        return DONE if self.over else await super().poll(order, remote)


MONEY = {
    Money.RELEASED: (0, 0, 3),
    Money.HELD: (3, 0, 0),
    Money.SETTLED: (0, 3, 0),
}

Cell = Callable[[House, Stage], Awaitable[Task]]


async def queued_here(house: House, stage: Stage) -> Task:
    for _ in range(stage.slots):
        await house.submit()
    task = await house.submit()
    await house.until(lambda: stage.count("submit") == stage.slots)
    return task


async def waiting(house: House, stage: Stage) -> Task:
    before = await house.submit("studio/sketch", INPUT)
    await house.sees(before, "started")
    task, _ = await house.engine.submit("local", NewTask("studio/still", {"image": {"from": before.id, "output": 0}}))
    return task


async def retrying(house: House, stage: Stage) -> Task:
    stage._scripts["submit"] = [Unavailable("Busy.", retry_after=300)]
    task = await house.submit()
    await house.sees(task, "retrying")
    return task


async def unsure(house: House, stage: Stage) -> Task:
    stage._scripts["submit"] = [LOST]
    task = await house.submit()
    await house.sees(task, "unsure")
    return task


async def queued_there(house: House, stage: Stage) -> Task:
    stage._scripts |= {"submit": [QUEUED], "poll": [QUEUED]}
    task = await house.submit()
    await house.until(lambda: phase_is(house, task, "poll"))
    return task


async def running(house: House, stage: Stage) -> Task:
    task = await house.submit()
    await house.sees(task, "started")
    return task


async def ended(house: House, stage: Stage) -> Task:
    stage._scripts["submit"] = [DONE]
    return await house.ended(await house.submit())


def _moved(expected: Fate) -> tuple[int, int, int]:
    """Held, charged and released in the end, of the three credits that were set aside."""
    if expected.money is not Money.AS_TOLD:
        return MONEY[expected.money]
    stopped = expected.outcome is Outcome.STOPPING  # the stage tells of no cost; what it goes on with costs three
    return (0, 0, 3) if stopped else (0, 3, 0)


async def phase_is(house: House, task: Task, phase: str) -> bool:
    row = await house.store.row(task.id)
    return row.phase == phase and not row.taken


CELLS: dict[Standing, Cell] = {
    Standing.QUEUED_HERE: queued_here,
    Standing.WAITING: waiting,
    Standing.RETRYING: retrying,
    Standing.UNSURE: unsure,
    Standing.QUEUED_THERE: queued_there,
    Standing.RUNNING: running,
    Standing.ENDED: ended,
}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("where", CELLS)
def test_each_cell_comes_true(tmp_path: Path, where: Standing, vendor: str) -> None:
    async def story() -> None:
        facts = VENDORS[vendor]
        stage = Stage(facts, poll=[RUNNING], slots=1 if where is Standing.QUEUED_HERE else 4)
        async with a_house(tmp_path, {"studio": stage}, clock=Clock()) as house:
            vendors = house.engine._parts.catalog
            object.__setattr__(vendors.vendor("studio"), "cancels", facts)
            task = await CELLS[where](house, stage)
            await house.until(lambda: not house.engine._worker._flights)
            assert standing(await house.store.row(task.id)) is where
            expected = fate(where, facts)
            (canceled, first), (_, second) = [await house.engine.canceling("local", task.id) for _ in range(2)]
            assert first.outcome in (expected.outcome, Outcome.CANCELED)
            assert first.asked == (where is not Standing.ENDED)
            sent = stage.count("submit")
            if expected.outcome is Outcome.CANCELED:
                assert canceled.state is State.CANCELED
                assert second == first, "asked again: the same answer"
            elif expected.outcome is Outcome.STOPPING:
                assert (await house.ended(task)).state is State.CANCELED
            elif expected.outcome is Outcome.GOES_ON:
                assert (await house.ended(task)).state is State.SUCCEEDED, "what was paid for is kept"
            elif expected.outcome is Outcome.HELD:
                assert (canceled.state, canceled.unsure) == (State.QUEUED, True)
            else:
                assert canceled == task
            assert stage.count("submit") == sent, "nothing is sent after a cancel"
            _, last = await house.engine.canceling("local", task.id)
            if where is Standing.WAITING:  # its model has no price
                assert (last.held, last.charged, last.released) == (0, 0, 0)
            else:
                assert (last.held, last.charged, last.released) == _moved(expected)
            told = (await house.types(task)).count("cancel_asked")
            assert told == (0 if where is Standing.ENDED else 1)

    run(story())


def test_a_cancel_after_a_reroute_reaches_the_vendor_that_has_it(tmp_path: Path) -> None:
    async def story() -> None:
        rule = {"routing": '{"studio/swift": ["vendor", "loft/calm"]}'}
        studio, loft = Vendor(submit=[Unavailable("503")]), Vendor(poll=[RUNNING])
        clock = Clock()
        async with a_house(tmp_path, {"studio": studio, "loft": loft}, clock=clock, **rule) as house:
            task = await house.submit()
            for tries in range(1, 5):
                await house.sees(task, "retrying", tries)
                house.pass_(60)
            await house.sees(task, "started")
            await house.engine.canceling("local", task.id)
            assert (await house.ended(task)).state is State.CANCELED
            assert (studio.count("cancel"), loft.count("cancel")) == (0, 1)

    run(story())


def test_a_cancel_while_it_is_sent_says_that_it_will_be_stopped(tmp_path: Path) -> None:
    async def story() -> None:
        arrive = asyncio.Event()

        async def slow(order: Order) -> Update:
            await arrive.wait()
            return Update(State.RUNNING, remote="r", again=60)

        vendor = Vendor(submit=[slow], poll=[RUNNING])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            await house.until(lambda: vendor.count("submit"))
            _, found = await house.engine.canceling("local", task.id)
            assert (found.asked, found.outcome) == (True, fate(Standing.SENDING, None).outcome)
            arrive.set()
            assert (await house.ended(task)).state is State.CANCELED

    run(story())


def test_an_unsure_task_that_is_found_after_its_cancel_is_stopped_there(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Finding([None, FOUND], poll=[RUNNING])
        async with a_house(tmp_path, {"studio": vendor}, clock=Clock()) as house:
            task = await house.submit()
            await house.until(lambda: vendor.count("find") and not house.engine._worker._flights)
            _, found = await house.engine.canceling("local", task.id)
            assert found.outcome == Outcome.HELD
            assert (await house.ended(task)).state is State.CANCELED

    run(story())


def test_what_has_finished_there_is_brought_in_although_it_was_canceled() -> None:
    for facts in VENDORS.values():
        assert fate(Standing.FINISHED, facts).outcome is Outcome.GOES_ON


def test_money_follows_what_the_vendor_documents() -> None:
    for refund, money in {"all": Money.RELEASED, "none": Money.CHARGED, "told": Money.AS_TOLD}.items():
        assert fate(Standing.RUNNING, dataclasses.replace(ALL, refund=refund)).money is money
    for where in (Standing.WAITING, Standing.QUEUED_HERE, Standing.RETRYING):
        assert fate(where, NONE).money is Money.RELEASED, "what was never sent costs nothing"


def test_every_vendor_says_what_it_can_stop() -> None:
    for vendor in catalog.load().vendors:
        assert vendor.cancels is not None, vendor.id
        assert vendor.cancels.about
        assert vendor.cancels.refund != "all" or vendor.base_url == "local", "a refund needs a document"


def test_the_table_has_every_place() -> None:
    assert {where for where in Standing} == {*CELLS, Standing.SENDING, Standing.FINISHED}
    assert MODEL.startswith("studio/")
