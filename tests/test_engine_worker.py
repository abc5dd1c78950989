"""How the engine runs what is due: order, slots, retries, what is never sent twice, and a graceful stop."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callsheet.contract import Lost, Order
from callsheet.errors import Rejected, Unavailable
from callsheet.tasks import Artifact, State, Update
from engine_fixtures import DONE, FAILED, RUNNING, Clock, Vendor, a_house


def run(story: Any) -> None:
    asyncio.run(story)


def test_a_task_goes_from_queued_to_succeeded_and_its_timeline_tells_each_step(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(poll=[Update(State.RUNNING, progress=0.4, again=0.25), DONE])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            assert (task.state, task.stage) == (State.QUEUED, "studio/swift")
            ended = await house.ended(task)
            assert ended.state is State.SUCCEEDED
            assert (ended.progress, ended.usage) == (1.0, {"credits": 3})
            assert [(file.name, file.bytes, file.content_type) for file in ended.artifacts] == [
                ("made.txt", 13, "text/plain")
            ]
            assert ended.started_at is not None
            assert ended.ended_at is not None
            assert (await house.library.local(ended.artifacts[0])).read_text() == "made of words"
            assert await house.types(task) == [
                *("created", "routed", "submitting", "started", "progress", "answered", "collected", "succeeded")
            ]

    run(story())


def test_a_vendor_that_answers_at_once_is_never_polled(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[DONE])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            ended = await house.ended(await house.submit())
            assert ended.state is State.SUCCEEDED
            assert vendor.calls == [("submit", ended.id)]

    run(story())


def test_success_without_a_file_is_the_failure_no_output(tmp_path: Path) -> None:
    async def story() -> None:
        for answer in (Update(State.SUCCEEDED), Update(State.SUCCEEDED, artifacts=(Artifact(text=""),))):
            async with a_house(tmp_path, {"studio": Vendor(poll=[answer])}) as house:
                ended = await house.ended(await house.submit())
                assert ended.state is State.FAILED
                assert ended.error is not None
                assert ended.error.code == "no_output"

    run(story())


def test_what_passes_is_tried_again_and_honours_retry_after(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        busy = Unavailable("Too many requests.", retry_after=90)
        vendor = Vendor(submit=[busy, Update(State.RUNNING, remote="r")], poll=[Unavailable("502"), DONE])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            task = await house.submit()
            (event,) = await house.sees(task, "retrying")
            assert (event.data["phase"], event.data["after"]) == ("submit", 90)
            house.pass_(89)
            await house.quiet()
            assert vendor.count("submit") == 1, "not before the vendor said"
            house.pass_(2)
            await house.sees(task, "started")
            house.pass_(60)
            await house.sees(task, "retrying", 2)
            house.pass_(60)
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert vendor.count("submit") == 2

    run(story())


@pytest.mark.parametrize("error", [Rejected("Moderation."), FAILED])
def test_what_is_final_ends_the_task_with_the_vendors_reason(tmp_path: Path, error: Any) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[error])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            ended = await house.ended(await house.submit())
            assert ended.state is State.FAILED
            assert ended.error is not None
            assert ended.error.code == "rejected"
            assert vendor.count("submit") == 1

    run(story())


def test_a_driver_that_breaks_while_it_sends_is_unsure_and_never_sends_again(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[KeyError("id")])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            await house.sees(task, "unsure")
            assert vendor.count("submit") == 1

    run(story())


def test_a_driver_that_breaks_while_it_asks_is_asked_again(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(poll=[KeyError("state"), DONE])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            task = await house.submit()
            await house.sees(task, "started")
            house.pass_(60)
            await house.sees(task, "retrying")
            house.pass_(60)
            assert (await house.ended(task)).state is State.SUCCEEDED

    run(story())


def test_a_crash_between_sending_and_hearing_is_unsure_after_the_restart(tmp_path: Path) -> None:
    async def story() -> None:
        async def silent(order: Order) -> Update:
            await asyncio.Event().wait()
            raise AssertionError

        first, second = Vendor(submit=[silent]), Vendor()
        async with a_house(tmp_path, {"studio": first}) as house:
            task = await house.submit()
            await house.sees(task, "submitting")
            await house.until(lambda: first.count("submit"))
        async with a_house(tmp_path, {"studio": second}) as house:
            await house.sees(task, "unsure")
            assert second.calls == []

    run(story())


def test_a_task_at_a_vendor_is_asked_for_again_after_a_restart_and_not_sent_again(tmp_path: Path) -> None:
    async def story() -> None:
        first, second = Vendor(poll=[RUNNING]), Vendor()
        async with a_house(tmp_path, {"studio": first}) as house:
            task = await house.submit()
            await house.sees(task, "started")
        async with a_house(tmp_path, {"studio": second}) as house:
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert second.count("submit") == 0

    run(story())


def test_never_more_tasks_are_with_a_driver_than_it_has_slots(tmp_path: Path) -> None:
    async def story() -> None:
        inside: set[str] = set()
        most = 0

        async def enter(order: Order) -> Update:
            nonlocal most
            inside.add(order.task_id)
            most = max(most, len(inside))
            return Update(State.RUNNING, remote="r", again=0.25)

        async def leave(order: Order) -> Update:
            inside.discard(order.task_id)
            return DONE

        async with a_house(tmp_path, {"studio": Vendor([enter], [leave], slots=2)}) as house:
            tasks = [await house.submit() for _ in range(6)]
            assert {(await house.ended(task)).state for task in tasks} == {State.SUCCEEDED}
            assert most == 2

    run(story())


def test_a_higher_priority_is_sent_first(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(slots=1, submit=[DONE])
        async with a_house(tmp_path, {"studio": vendor}, started=False) as house:
            low, high = await house.submit(priority=-5), await house.submit(priority=7)
        async with a_house(tmp_path, {"studio": vendor}) as house:
            await house.ended(low)
            assert [task_id for _, task_id in vendor.calls] == [high.id, low.id]

    run(story())


def test_news_of_a_driver_wakes_its_task_before_it_is_due(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(local=True)
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            task = await house.submit()
            await house.sees(task, "started")
            vendor.notify(f"r-{task.id}")
            assert (await house.ended(task)).state is State.SUCCEEDED, "and no time has passed"

    run(story())


def test_progress_is_kept_at_most_four_times_a_second_and_never_goes_back(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        shares = iter([0.1, 0.2, 0.3, 0.25, 0.9, 0.95])

        async def going(order: Order) -> Update:
            clock.pass_(0.1)
            share = next(shares, None)
            return DONE if share is None else Update(State.RUNNING, progress=share)

        vendor = Vendor(local=True, poll=[going])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            task = await house.submit()
            await house.sees(task, "started")
            for number in range(1, 8):
                vendor.notify(f"r-{task.id}")
                await house.until(lambda number=number: vendor.count("poll") == number)
                await house.until(lambda: not house.engine._worker._flights)
            told = [
                event.data["progress"]
                for event in await house.engine.timeline("local", task.id)
                if event.type == "progress"
            ]
            assert told == sorted(told)
            assert 1 <= len(told) <= 3, "six answers within 0.6 s"

    run(story())


def test_a_lost_render_starts_again_but_not_for_ever(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(local=True, poll=[Lost()])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            task = await house.submit()
            for number in (1, 2, 3):
                await house.until(lambda number=number: vendor.count("submit") == number)
                await house.until(lambda: not house.engine._worker._flights)
                house.pass_(3)
            ended = await house.ended(task)
            assert ended.error is not None
            assert ended.error.code == "render_failed"
            assert vendor.count("submit") == 3

    run(story())


def test_a_graceful_stop_hands_local_work_back_and_closes_the_drivers(tmp_path: Path) -> None:
    async def story() -> None:
        first, second = Vendor(local=True, poll=[RUNNING]), Vendor(local=True, submit=[DONE])
        async with a_house(tmp_path, {"studio": first}) as house:
            task = await house.submit()
            await house.sees(task, "started")
        assert first.closed
        async with a_house(tmp_path, {"studio": second}, started=False) as house:
            row = await house.store.row(task.id)
            assert (row.phase, row.taken, row.remote) == ("submit", False, None)
        async with a_house(tmp_path, {"studio": second}) as house:
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert "recovered" in await house.types(task)

    run(story())


def test_between_polls_nothing_is_held_but_the_row_and_nothing_is_looked_up(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor([Update(State.RUNNING, remote="r", again=200)], [RUNNING])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            task = await house.submit()
            await house.sees(task, "started")
            await house.quiet()
            rounds = house.looks.begun
            rows = [await house.store.row(task.id) for _ in range(50)]
            assert house.looks.begun == rounds, "while others had fifty turns it had none"
            wait = await house.engine._worker._schedule.rest(clock())
            assert wait == (rows[0].due - clock()) / 1000 > 100, "it sleeps until something is due"
            assert not rows[0].taken

    run(story())
