from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from callsheet.errors import InvalidInput, NotFound
from callsheet.store import COURSE, TASK, Clash, Lost, Onward, Row, Taken
from callsheet.tasks import Failure, State, Task
from store_fixtures import NOW, a_file, a_row, a_store, task_id

pytestmark = pytest.mark.usefixtures("both_databases")

ENDS = [State.SUCCEEDED, State.FAILED, State.CANCELED]


def test_a_task_comes_back_with_every_field_it_was_given(tmp_path: Path) -> None:
    whole = a_row(
        1,
        state=State.RUNNING,
        progress=0.25,
        input={"prompt": "灯笼 🔥 \x00 \ud800", "duration": 5, "images": ["file_1"], "deep": {"a": None}},
        started_at=NOW + 3,
        ended_at=NOW + 4,
        error=Failure("rejected", "no", True),
        usage={"credits": 1.5},
        metadata={"project": "p1", "空": "白"},
        priority=-3,
        webhook="https://example.com/hook",
        door="vidu",
        wire={"creation": [1]},
        phase="poll",
        lane="vendor:vidu",
        remote="r-9",
        attempt=2,
        sent_at=NOW + 2,
        cancel_asked=True,
        told="pending",
        webhook_events=("task.started", "task.failed"),
    )

    async def story() -> tuple[Row, Row, Task]:
        async with a_store(tmp_path) as store:
            return await store.add_task(whole), await store.row(whole.task.id), await store.task("local", task_id(1))

    kept, read, seen = asyncio.run(story())
    assert kept == read == dataclasses.replace(whole, seq=1, updated_at=whole.task.created_at)
    assert seen == whole.task


def test_a_task_of_another_account_is_not_found(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1))
            for asked in (store.task("other", task_id(1)), store.ask_cancel("other", task_id(1), NOW)):
                with pytest.raises(NotFound, match=task_id(1)):
                    await asked
            with pytest.raises(NotFound):
                await store.row(task_id(2))

    asyncio.run(story())


def test_an_id_given_twice_is_a_clash_and_the_first_task_stands(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1), [("accepted", {})])
            with pytest.raises(Clash):
                await store.add_task(a_row(1, model="previz/text-to-video"), [("accepted", {})])
            assert (await store.row(task_id(1))).task.model == "previz/image-to-video"
            assert len(await store.events(task_id(1))) == 1
            assert (await store.add_task(a_row(2))).seq == 2, "a refused task leaves no gap"

    asyncio.run(story())


def test_what_json_or_the_database_cannot_keep_is_refused_and_nothing_stands(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            for bad in (a_row(1, input={"strength": float("nan")}), a_row(1, metadata={"name": "a\0b"})):
                with pytest.raises(InvalidInput):
                    await store.add_task(bad)
            with pytest.raises(InvalidInput):
                await store.add_task(a_row(1, metadata={"name": "\udc00"}))
            with pytest.raises(NotFound):
                await store.row(task_id(1))

    asyncio.run(story())


def test_times_never_run_backwards_when_the_clock_is_set_back(tmp_path: Path) -> None:
    async def story() -> list[tuple[int, int]]:
        async with a_store(tmp_path) as store:
            rows = [await store.add_task(a_row(number, at=at)) for number, at in [(1, 500), (2, 200), (3, 600)]]
            return [(row.seq, row.task.created_at) for row in rows]

    assert asyncio.run(story()) == [(1, 500), (2, 500), (3, 600)]


@pytest.mark.parametrize("end", ENDS)
def test_an_end_never_changes(tmp_path: Path, end: State) -> None:
    """Every change a patch knows is tried on a task that ended; only its course may still be changed."""
    values = {
        "state": State.RUNNING,
        "stage": "x",
        "progress": 0.5,
        "usage": {"a": 1},
        "error": None,
        "wire": {"a": 1},
        "started_at": 1,
        "ended_at": 1,
        "run_model": "x",
        "run_input": {"a": 1},
        "input": {"a": 1},
        "onward": Onward(("x",)),
    }
    assert values.keys() == TASK - COURSE

    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1))
            taken = await store.take(task_id(1), ["submit"], NOW, NOW + 10)
            assert taken is not None
            changes = {"state": end, "ended_at": NOW, "phase": "done", "error": Failure("a", "b")}
            ended = await store.patch(task_id(1), taken.fence, changes)
            for name, value in values.items():
                with pytest.raises(Lost):
                    await store.patch(task_id(1), taken.fence, {name: value}, [("never", {})])
            for other in ENDS:
                with pytest.raises(Lost):
                    await store.patch(task_id(1), taken.fence, {"state": other, "phase": "done"})
            after = await store.patch(task_id(1), taken.fence, {"lane": "x", "phase": "done", "attempt": 1})
            assert (await store.ask_cancel("local", task_id(1), NOW)).cancel_asked is False
            assert after.task == ended.task == await store.task("local", task_id(1))
            assert (after.phase, after.lane, after.attempt) == ("done", "x", 1)
            assert await store.events(task_id(1)) == []

    asyncio.run(story())


def test_a_patch_with_an_old_fence_is_lost_and_leaves_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1))
            zombie = await store.take(task_id(1), ["submit"], NOW, NOW + 10)
            heir = await store.take(task_id(1), ["submit"], NOW + 10, NOW + 20)
            assert zombie is not None
            assert heir is not None
            assert heir.fence == zombie.fence + 1
            made = a_file(1, task_id=task_id(1))
            for changes in ({"progress": 0.5}, {"phase": "poll"}, {"state": State.SUCCEEDED}):
                with pytest.raises(Lost):
                    await store.patch(task_id(1), zombie.fence, changes, [("made", {})], [made])
            with pytest.raises(Lost):
                await store.extend(task_id(1), zombie.fence, NOW + 99)
            assert await store.row(task_id(1)) == heir
            assert await store.events(task_id(1)) == []
            assert await store.blob_users(made.sha256) == 0

    asyncio.run(story())


def test_a_patch_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path, now=NOW + 7) as store:
            await store.add_task(a_row(1))
            held = await store.take(task_id(1), ["submit"], NOW, NOW + 10)
            assert held is not None
            later = await store.patch(task_id(1), held.fence, {"progress": 0.5})
            task = dataclasses.replace(held.task, progress=0.5)
            assert later == dataclasses.replace(held, task=task, updated_at=NOW + 7)
            later = await store.patch(task_id(1), held.fence, {"remote": "r", "sent_at": NOW})
            assert later == dataclasses.replace(held, task=task, remote="r", sent_at=NOW, updated_at=NOW + 7)
            later = await store.patch(task_id(1), held.fence, {"sent_at": None, "error": Failure("a", "b", True)})
            task = dataclasses.replace(task, error=Failure("a", "b", True))
            assert later == dataclasses.replace(held, task=task, remote="r", updated_at=NOW + 7)
            with pytest.raises(ValueError, match="account"):
                await store.patch(task_id(1), held.fence, {"account": "other"})

    asyncio.run(story())


def test_artifacts_come_with_the_end_in_their_order(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1), [("accepted", {"by": "native"})])
            held = await store.take(task_id(1), ["submit"], NOW, NOW + 10)
            assert held is not None
            made = [a_file(number, task_id=task_id(1), width=1280, fps=24.0) for number in (3, 1, 2)]
            with pytest.raises(ValueError, match="names task"):
                await store.patch(task_id(1), held.fence, {"state": State.SUCCEEDED}, [], [a_file(9)])
            await store.patch(task_id(1), held.fence, {"state": State.SUCCEEDED, "phase": "done"}, [("made", {})], made)
            assert (await store.task("local", task_id(1))).artifacts == tuple(made)
            events = await store.events(task_id(1))
            assert [(event.seq, event.type, event.data) for event in events] == [
                (1, "accepted", {"by": "native"}),
                (2, "made", {}),
            ]
            assert [event.seq for event in await store.events(task_id(1), after=1)] == [2]

    asyncio.run(story())


def test_of_many_callers_with_one_key_one_wins_and_the_others_learn_who(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            adding = [store.add_task(a_row(n), [("accepted", {})], ("key-1", f"hash {n}")) for n in range(50)]
            answers = await asyncio.gather(*adding, return_exceptions=True)
            won = [answer for answer in answers if isinstance(answer, Row)]
            lost = [answer for answer in answers if isinstance(answer, Taken)]
            assert len(won) == 1
            assert len(lost) == 49
            winner = won[0].task.id
            assert {(each.task_id, each.body_hash) for each in lost} == {(winner, f"hash {int(winner[5:])}")}
            assert (await store.add_task(a_row(60, account="other"), [], ("key-1", "h"))).seq == 2
            assert await store.idempotent("local", "key-1") == (winner, lost[0].body_hash)
            assert await store.forget_keys(NOW + 1000) == 2
            assert await store.idempotent("local", "key-1") is None

    asyncio.run(story())


def test_events_are_numbered_without_a_gap_when_many_write_at_once(tmp_path: Path) -> None:
    async def story() -> list[int]:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1), [("accepted", {})])
            held = await store.take(task_id(1), ["submit"], NOW, NOW + 10)
            assert held is not None
            patches = [store.patch(task_id(1), held.fence, {"progress": n / 100}, [("a", {})] * 2) for n in range(100)]
            await asyncio.gather(*patches)
            return [event.seq for event in await store.events(task_id(1))]

    assert asyncio.run(story()) == list(range(1, 202))
