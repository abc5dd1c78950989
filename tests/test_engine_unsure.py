"""A request whose answer was lost: it is kept, looked for, adopted or decided by an operator, and never sent twice."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from callsheet.contract import Call
from callsheet.engine.reach import proof
from callsheet.errors import Conflict, InvalidInput, NotFound, Unavailable, Unsure
from callsheet.tasks import Filter, State, Task
from engine_doubt import FOUND, LOST, Calling, Finding
from engine_fixtures import DONE, INPUT, NOW, RUNNING, Clock, House, Vendor, a_house


def run(story: Any) -> None:
    asyncio.run(story)


async def looked(house: House, vendor: Vendor, times: int) -> None:
    await house.until(lambda: vendor.count("find") >= times and not house.engine._worker._flights)


def test_an_unsure_task_says_so_keeps_its_state_and_is_not_sent_again_in_a_month(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[LOST])
        async with a_house(tmp_path, {"studio": vendor}, clock=Clock()) as house:
            task = await house.submit()
            (told,) = await house.sees(task, "unsure")
            assert told.data == {"why": "The answer was lost.", "sent_at": NOW}
            for _ in range(30):
                house.pass_(86_400)
                await house.until(lambda: settled(house, task))
            found = await house.engine.get("local", task.id)
            assert (found.state, found.unsure, found.ended_at) == (State.QUEUED, True, None)
            assert vendor.calls == [("submit", task.id)]

    run(story())


async def settled(house: House, task: Task) -> bool:
    row = await house.store.row(task.id)
    return row.due > house.clock() and not row.taken


def test_the_journal_names_the_key_and_the_request_before_the_wire(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[LOST])
        async with a_house(tmp_path, {"studio": vendor}, vendors__studio__key="one") as house:
            task = await house.submit()
            (told,) = await house.sees(task, "submitting")
            body = {"duration": 4, "prompt": "a red door", "resolution": "720p"}
            text = json.dumps({"body": body, "path": "/swift"}, sort_keys=True, separators=(",", ":"))
            wire = hashlib.sha256(text.encode()).hexdigest()
            assert told.data == {"stage": "studio/swift", "wire": wire, "credential": "7692c3ad3540"}

    run(story())


def test_where_the_vendor_can_be_asked_it_is_found_and_goes_on(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Finding([None, Unavailable("503"), FOUND], poll=[DONE])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            task = await house.submit()
            for times in (1, 2):
                await looked(house, vendor, times)
                house.pass_(60)
            (told,) = await house.sees(task, "adopted")
            assert told.data == {"remote": "r-found", "by": "search"}
            ended = await house.ended(task)
            assert (ended.state, ended.unsure) == (State.SUCCEEDED, False)
            assert vendor.asked == [NOW] * 3
            assert (vendor.count("submit"), vendor.count("poll")) == (1, 1)

    run(story())


def test_it_is_looked_for_ever_more_rarely_and_never_given_up(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Finding([None])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            task = await house.submit()
            pauses: list[int] = []
            for times in range(1, 25):
                await looked(house, vendor, times)
                row = await house.store.row(task.id)
                pauses.append(row.due - clock())
                clock.now = row.due
                house.engine.wake()
            assert pauses == sorted(pauses)
            assert (pauses[0], pauses[-1]) == (5_000, 21_600_000)

    run(story())


def test_it_is_looked_for_after_a_crash_between_the_yes_and_its_writing(tmp_path: Path) -> None:
    async def story() -> None:
        async def silent(order: Any) -> Any:
            await asyncio.Event().wait()

        first, second = Vendor(submit=[silent]), Finding(poll=[DONE])
        async with a_house(tmp_path, {"studio": first}) as house:
            task = await house.submit()
            await house.until(lambda: first.count("submit"))
        async with a_house(tmp_path, {"studio": second}) as house:
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert [verb for verb, _ in second.calls] == ["find", "poll"]

    run(story())


def test_a_callback_that_carries_our_proof_adopts_it(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Calling(poll=[DONE])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            await house.sees(task, "unsure")
            call = Call("POST", "/", "", {}, b"r-named")
            await house.engine.called("studio", task.id, proof(house.engine._proof_key, "studio", task.id), call)
            (told,) = await house.sees(task, "adopted")
            assert told.data == {"remote": "r-named", "by": "callback"}
            assert (await house.ended(task)).state is State.SUCCEEDED

    run(story())


def test_a_callback_changes_nothing_of_a_task_that_is_not_unsure(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Calling(submit=[RUNNING], poll=[RUNNING])
        async with a_house(tmp_path, {"studio": vendor}, clock=Clock()) as house:
            task = await house.submit()
            await house.sees(task, "started")
            call = Call("POST", "/", "", {}, b"another")
            await house.engine.called("studio", task.id, proof(house.engine._proof_key, "studio", task.id), call)
            await house.until(lambda: vendor.count("poll") == 1)
            assert (await house.store.row(task.id)).remote != "another"
            assert "adopted" not in await house.types(task)

    run(story())


def test_an_operator_who_knows_the_id_has_it_adopted_and_may_say_so_twice(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[LOST], poll=[RUNNING])
        async with a_house(tmp_path, {"studio": vendor}, clock=Clock()) as house:
            task = await house.submit()
            await house.sees(task, "unsure")
            both = [house.engine.resolve(task.id, "r-1") for _ in range(2)]
            assert [found.unsure for found in await asyncio.gather(*both)] == [False, False]
            assert (await house.types(task)).count("adopted") == 1
            with pytest.raises(Conflict):
                await house.engine.resolve(task.id, "r-2")
            with pytest.raises(InvalidInput):
                await house.engine.resolve(task.id, "")
            with pytest.raises(NotFound):
                await house.engine.resolve("task_none", None)

    run(story())


def test_what_an_operator_gives_up_fails_and_only_with_again_is_sent_anew(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[LOST, LOST, RUNNING], poll=[DONE])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            given_up, resent = await house.submit(), await house.submit()
            for task in (given_up, resent):
                await house.sees(task, "unsure")
            await house.engine.resolve(given_up.id, None)
            ended = await house.ended(given_up)
            assert (ended.state, ended.error and ended.error.code) == (State.FAILED, "unsure")
            assert vendor.count("submit") == 2
            await house.engine.resolve(resent.id, None, again=True)
            assert (await house.ended(resent)).state is State.SUCCEEDED
            assert vendor.count("submit") == 3
            with pytest.raises(Conflict):
                await house.engine.resolve(resent.id, None)

    run(story())


def test_a_cancel_of_an_unsure_task_is_carried_out_when_it_is_found(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Finding([None, FOUND], poll=[RUNNING])
        async with a_house(tmp_path, {"studio": vendor}, clock=Clock()) as house:
            task = await house.submit()
            await looked(house, vendor, 1)
            assert (await house.engine.cancel("local", task.id)).state is State.QUEUED
            assert (await house.ended(task)).state is State.CANCELED
            assert [verb for verb, _ in vendor.calls] == ["submit", "find", "find", "cancel"]

    run(story())


def test_a_canceled_task_that_never_arrived_is_canceled_and_not_sent_anew(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[LOST])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            await house.sees(task, "unsure")
            await house.engine.cancel("local", task.id)
            await house.engine.resolve(task.id, None, again=True)
            assert (await house.ended(task)).state is State.CANCELED
            assert vendor.count("submit") == 1

    run(story())


def test_unsure_tasks_are_listed_of_an_account_or_of_all_and_hold_no_slot(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[LOST, LOST, DONE], slots=1)
        async with a_house(tmp_path, {"studio": vendor}) as house:
            tasks = [await house.submit() for _ in range(3)]
            await house.ended(tasks[2])
            page = await house.engine.list("local", Filter(unsure=True), 10, None)
            assert [task.id for task in page.tasks] == [tasks[1].id, tasks[0].id]
            assert len((await house.engine.list(None, Filter(unsure=True), 10, None)).tasks) == 2
            assert not (await house.engine.list("other", Filter(unsure=True), 10, None)).tasks
            first = await house.engine.list(None, Filter(unsure=True), 1, None)
            second = await house.engine.list(None, Filter(unsure=True), 1, first.next)
            assert [task.id for task in second.tasks] == [tasks[0].id]

    run(story())


def test_without_its_key_it_waits_and_is_looked_for_when_it_is_back(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        async with a_house(tmp_path, {"studio": Vendor(submit=[LOST])}, clock=clock) as house:
            task = await house.submit()
            await house.sees(task, "unsure")
        clock.pass_(86_400)
        async with a_house(tmp_path, {}, clock=clock) as house:
            await house.sees(task, "parked")
        clock.pass_(3600)
        async with a_house(tmp_path, {"studio": Finding(poll=[DONE])}, clock=clock) as house:
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert {"parked", "resumed", "adopted"} <= set(await house.types(task))

    run(story())


def test_an_answer_lost_at_a_poll_is_only_asked_for_again(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(poll=[Unsure("Lost."), DONE])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            task = await house.submit()
            await house.sees(task, "started")
            house.pass_(20)
            await house.sees(task, "retrying")
            house.pass_(20)
            assert (await house.ended(task)).state is State.SUCCEEDED

    run(story())


def test_many_submits_under_one_key_at_once_make_one_task(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[DONE])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            asked = [house.submit(idempotency_key="k") for _ in range(40)]
            asked += [house.submit(input={**INPUT, "seed": n}, idempotency_key="k") for n in range(10)]
            answers = await asyncio.gather(*asked, return_exceptions=True)
            tasks = {one.id for one in answers if isinstance(one, Task)}
            assert len(tasks) == 1
            assert {type(one) for one in answers} <= {Task, Conflict}
            assert sum(isinstance(one, Conflict) for one in answers) in (10, 49)
            await house.ended(next(one for one in answers if isinstance(one, Task)))
            assert vendor.count("submit") == 1

    run(story())
