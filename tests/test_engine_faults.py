"""What goes wrong in callsheet itself, at the worst moment: nothing is sent twice, and everything else goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callsheet.engine import Keyring
from callsheet.errors import NotFound, StorageError
from callsheet.signing import open_seal
from callsheet.tasks import Artifact, State, Update
from engine_doubt import LOST
from engine_fixtures import DONE, Clock, House, Vendor, a_house, chunks

DAY = 86_400
SECONDS = 3


def run(story: Any) -> None:
    asyncio.run(story)


async def _rests(house: House, task_id: str) -> bool:
    row = await house.store.row(task_id)
    return row.phase == "unsure" and not row.taken and row.due > house.clock() + 1000


def test_an_answer_that_cannot_be_kept_leaves_its_task_unsure_and_is_not_sent_again(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(submit=[Update(State.RUNNING, remote="r", usage={"credits": float("nan")})])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            task = await house.submit()
            await house.until(lambda: vendor.count("submit"))
            for _ in range(3):
                await house.quiet()
                house.pass_(600)
            await house.sees(task, "unsure")
            assert vendor.count("submit") == 1

    run(story())


def test_an_answer_is_kept_though_the_history_of_its_model_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreadable(model: str) -> Any:
        raise StorageError("The disk is full.")

    async def story() -> None:
        clock = Clock()
        vendor = Vendor(poll=[DONE])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            monkeypatch.setattr(house.store, "durations", unreadable)
            task = await house.submit()
            await house.sees(task, "started")
            assert (await house.store.row(task.id)).remote == f"r-{task.id}"

    run(story())


def test_a_cost_that_is_no_amount_is_not_charged_and_its_task_ends(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        made = Update(State.SUCCEEDED, artifacts=(Artifact(text="words"),), usage={"credits": 1e300})
        async with a_house(tmp_path, {"studio": Vendor(poll=[made])}, clock=clock) as house:
            task = await house.submit()
            await house.sees(task, "started")
            house.pass_(60)
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert await house.store.audit() is not None

    run(story())


def test_unsure_tasks_hold_no_slot_of_their_vendor_after_a_restart(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": Vendor(submit=[LOST], slots=1)}) as house:
            task = await house.submit()
            await house.until(lambda: _rests(house, task.id))
        async with a_house(tmp_path, {"studio": Vendor(slots=1)}) as house:
            await house.sees(await house.submit(), "started")

    run(story())


def test_a_fault_in_one_look_does_not_stop_those_to_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": Vendor()}) as house:
            look, broken = house.store.due_in, [ValueError("deadlock"), ValueError("deadlock")]

            async def due_in(lanes: Any, now: int) -> Any:
                if broken:
                    raise broken.pop()
                return await look(lanes, now)

            monkeypatch.setattr(house.store, "due_in", due_in)
            task = await house.submit()
            await house.sees(task, "started")
            assert house.engine.alive()

    run(story())


def test_a_file_deleted_while_its_time_ran_out_keeps_no_other_from_going(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        clock = Clock()
        async with a_house(tmp_path, clock=clock, started=False) as house:
            kept = [await house.library.put("local", chunks(data), "a.txt", None) for data in (b"one", b"two")]
            listed = [kept[:1] + kept[1:], []]

            async def expired(now: int) -> Any:
                return listed.pop(0)

            monkeypatch.setattr(house.store, "expired_files", expired)
            await house.library.delete("local", kept[0].id)
            await house.library.expire()
            with pytest.raises(NotFound):
                await house.library.get("local", kept[1].id)

    run(story())


def test_bytes_stored_anew_after_a_deletion_was_broken_off_stay(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        async with a_house(tmp_path, clock=clock, started=False) as house:
            first = await house.library.put("local", chunks(b"the same"), "a.txt", None)
            await house.store.delete_file("local", first.id)
            assert await house.store.condemn(first.sha256, clock())  # and here the process is killed
        async with a_house(tmp_path, clock=clock, started=False) as house:
            again = await house.library.put("local", chunks(b"the same"), "b.txt", None)
            clock.pass_(2 * 3600)
            await house.library.expire()
            assert (await house.library.local(again)).read_bytes() == b"the same"

    run(story())


def test_a_key_revoked_or_limited_by_another_process_is_so_here_within_seconds(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        async with a_house(tmp_path, clock=clock, started=False) as house:
            here, there = (Keyring(house.store, open_seal(tmp_path / "home"), clock) for _ in range(2))
            assert not await here.any()
            made, text, _ = await there.create("theirs")
            clock.pass_(SECONDS)
            assert await here.any()
            assert await here.find(text) == made
            await there.revoke(made.id)
            clock.pass_(SECONDS)
            assert await here.find(text) is None

    run(story())
