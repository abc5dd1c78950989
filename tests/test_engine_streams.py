"""Readers of a task's events: any number of them, slow ones too, at no cost to a vendor and none to each other."""

import asyncio
from pathlib import Path

from callsheet.tasks import State, Task, Update
from engine_fixtures import DONE, WITHIN, House, Vendor, a_house


async def read(house: House, task: Task, after: int = 0) -> list[tuple[int, str]]:
    return [(event.seq, event.type) async for event in house.engine.events("local", task.id, after)]


def test_a_hundred_readers_hear_the_same_and_cost_no_call_to_the_vendor(tmp_path: Path) -> None:
    async def story() -> tuple[int, int]:
        go = asyncio.Event()

        async def poll(order: object) -> Update:
            await go.wait()
            return DONE

        alone, watched = (Vendor([Update(State.RUNNING, remote="r", again=0.25)], [poll]) for _ in range(2))
        async with a_house(tmp_path / "alone", {"studio": alone}) as house:
            task = await house.submit()
            go.set()
            await house.ended(task)
        go.clear()
        async with a_house(tmp_path / "watched", {"studio": watched}) as house:
            task = await house.submit()
            readers = [asyncio.create_task(read(house, task)) for _ in range(100)]
            await house.until(lambda: watched.count("poll"))
            late = [asyncio.create_task(read(house, task, after=2)) for _ in range(100)]
            go.set()
            heard = await asyncio.gather(*readers, *late)
            whole = [(event.seq, event.type) for event in await house.engine.timeline("local", task.id)]
            assert all(one == whole for one in heard[:100])
            assert all(one == whole[2:] for one in heard[100:])
            assert not house.engine._parts.news._waiting, "nobody is remembered who has left"
        return alone.count("poll") + alone.count("submit"), watched.count("poll") + watched.count("submit")

    calls, with_readers = asyncio.run(story())
    assert with_readers == calls


def test_a_reader_who_stops_in_the_middle_is_forgotten_and_takes_up_where_it_stopped(tmp_path: Path) -> None:
    async def story() -> None:
        progress = [Update(State.RUNNING, progress=share / 10, again=0.3) for share in range(1, 5)]
        async with a_house(tmp_path, {"studio": Vendor(poll=[*progress, DONE])}) as house:
            task = await house.submit()
            last = 0
            stream = house.engine.events("local", task.id)
            async for event in stream:
                last = event.seq
                if event.type == "progress":
                    break
            await stream.aclose()  # type: ignore[attr-defined]
            assert not house.engine._parts.news._waiting
            rest = await read(house, task, last)
            assert [seq for seq, _ in rest] == list(range(last + 1, last + 1 + len(rest)))
            assert rest[-1][1] == "succeeded"

    asyncio.run(story())


def test_what_another_process_wrote_is_heard_of(tmp_path: Path) -> None:
    """Its word comes over the database's bulletin; the timeline itself is read from the rows."""

    async def story() -> None:
        hanging = Vendor(poll=[Update(State.RUNNING, again=300)])
        async with a_house(tmp_path, {"studio": hanging}) as house:
            task = await house.submit()
            await house.sees(task, "started")
            reader = asyncio.create_task(read(house, task))
            await house.until(lambda: house.engine._parts.news._waiting)
            row = await house.store.take(task.id, ["poll"], 2**60, 2**61)
            assert row is not None
            ended = {"state": State.CANCELED, "phase": "done", "lane": "", "ended_at": 1}
            await house.store.patch(task.id, row.fence, ended, [("canceled", {})])
            house.engine._parts.news.ring(task.id)
            assert (await asyncio.wait_for(reader, WITHIN))[-1][1] == "canceled"

    asyncio.run(story())
