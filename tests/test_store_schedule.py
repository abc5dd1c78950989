from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from callsheet.store import Lost
from callsheet.tasks import State
from store_fixtures import NOW, a_row, a_store, task_id

pytestmark = pytest.mark.usefixtures("both_databases")


def test_a_lane_takes_high_priority_first_then_the_longest_due(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1, due=NOW + 5))
            await store.add_task(a_row(2, due=NOW + 3))
            await store.add_task(a_row(3, due=NOW + 9, priority=2))
            await store.add_task(a_row(4, due=NOW + 3))
            await store.add_task(a_row(5, due=NOW + 50, priority=9))
            await store.add_task(a_row(6, due=NOW, lane="vendor:vidu"))
            await store.add_task(a_row(7, due=NOW, phase="done", state=State.FAILED))
            assert await store.due("render:previz", NOW + 10, 10) == [task_id(n) for n in (3, 2, 4, 1)]
            assert await store.due("render:previz", NOW + 10, 2) == [task_id(3), task_id(2)]
            assert await store.due("nothing", NOW + 10, 10) == []
            assert await store.next_due() == NOW
            assert await store.next_due(after=NOW + 9) == NOW + 50
            assert await store.next_due(after=NOW + 50) is None
            assert await store.lanes() == {("render:previz", "submit"): 5, ("vendor:vidu", "submit"): 1}

    asyncio.run(story())


def test_of_many_takers_one_gets_the_row(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1))
            takers = [store.take(task_id(1), ["submit", "poll"], NOW, NOW + 30) for _ in range(40)]
            got = [row for row in await asyncio.gather(*takers) if row is not None]
            assert len(got) == 1
            assert (got[0].fence, got[0].taken, got[0].due) == (1, True, NOW + 30)

    asyncio.run(story())


def test_a_row_is_taken_only_in_the_lanes_phases_and_only_when_due(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1, phase="collect", due=NOW + 100))
            assert await store.take(task_id(1), ["submit", "poll"], NOW + 100, NOW + 200) is None
            assert await store.take(task_id(1), ["collect"], NOW + 99, NOW + 200) is None
            assert await store.take(task_id(2), ["collect"], NOW + 100, NOW + 200) is None
            assert await store.take(task_id(1), ["collect"], NOW + 100, NOW + 200) is not None

    asyncio.run(story())


def test_news_takes_a_row_early_but_never_out_of_a_holders_hands(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1, phase="poll", due=NOW + 100))
            held = await store.take(task_id(1), ["poll"], NOW, NOW + 30, early=True)
            assert held is not None
            assert await store.take(task_id(1), ["poll"], NOW, NOW + 30, early=True) is None
            await store.patch(task_id(1), held.fence, {"progress": 0.1})
            assert await store.take(task_id(1), ["poll"], NOW, NOW + 30, early=True) is None
            given_back = await store.patch(task_id(1), held.fence, {"due": NOW + 500})
            assert given_back.taken is False
            assert await store.take(task_id(1), ["poll"], NOW, NOW + 30, early=True) is not None

    asyncio.run(story())


def test_a_heartbeat_keeps_the_row_and_a_missed_one_loses_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1))
            held = await store.take(task_id(1), ["submit"], NOW, NOW + 30)
            assert held is not None
            await store.extend(task_id(1), held.fence, NOW + 60)
            assert await store.take(task_id(1), ["submit"], NOW + 59, NOW + 90) is None
            assert await store.take(task_id(1), ["submit"], NOW + 60, NOW + 90) is not None
            with pytest.raises(Lost):
                await store.extend(task_id(1), held.fence, NOW + 120)

    asyncio.run(story())


def test_cancel_is_asked_once_and_leaves_the_schedule_alone(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1))
            held = await store.take(task_id(1), ["submit"], NOW, NOW + 30)
            assert held is not None
            for _ in range(2):
                asked = await store.ask_cancel("local", task_id(1), NOW + 1)
                assert (asked.cancel_asked, asked.fence, asked.due) == (True, held.fence, NOW + 30)
            assert [event.type for event in await store.events(task_id(1))] == ["cancel_asked"]
            seen = await store.patch(task_id(1), held.fence, {"remote": "r-1"})
            assert seen.cancel_asked, "the holder learns of it with its next patch"

    asyncio.run(story())


def test_after_a_crash_local_work_starts_again_and_a_vendors_is_asked_again(tmp_path: Path) -> None:
    async def before() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1), [("accepted", {})])
            await store.add_task(a_row(2, stage="vidu/viduq3-pro/img2video", vendor="vidu", lane="vendor:vidu"))
            await store.add_task(a_row(3, stage="vidu/viduq3-pro/img2video", phase="collect", due=NOW + 900))
            await store.add_task(a_row(4, phase="done", state=State.SUCCEEDED))
            await store.add_task(a_row(5))
            for number, lease in ((1, 10), (2, 20)):
                held = await store.take(task_id(number), ["submit"], NOW, NOW + lease)
                assert held is not None
                changes = {"phase": "poll", "remote": "r", "state": State.RUNNING, "due": NOW + 700}
                await store.patch(task_id(number), held.fence, changes)
                assert await store.take(task_id(number), ["poll"], NOW + 700, NOW + 9999) is not None

    async def after() -> None:
        async with a_store(tmp_path) as store:
            assert await store.recover(["previz", "neural"], NOW + 800) == 2
            local, remote, collect, ended = [await store.row(task_id(number)) for number in (1, 2, 3, 4)]
            assert (local.phase, local.remote, local.due, local.taken) == ("submit", None, NOW + 800, False)
            assert local.task.state is State.RUNNING
            assert (remote.phase, remote.remote, remote.due) == ("poll", "r", NOW + 800)
            assert (collect.due, collect.fence) == (NOW + 900, 0), "what nobody held keeps its time"
            assert (ended.phase, ended.fence) == ("done", 0)
            with pytest.raises(Lost):
                await store.patch(task_id(2), 2, {"progress": 0.9})
            events = await store.events(task_id(1))
            assert [(event.seq, event.type) for event in events] == [(1, "accepted"), (2, "recovered")]
            assert await store.events(task_id(2)) == []
            assert await store.recover(["previz"], NOW + 900) == 0, "nothing is left to mend"

    asyncio.run(before())
    asyncio.run(after())
