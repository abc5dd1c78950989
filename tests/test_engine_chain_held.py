"""What a chain holds on to: files past their time, tasks that wait for several, ends that nobody was told of."""

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

from callsheet.contract import Order
from callsheet.engine import Rules
from callsheet.store import Row
from callsheet.tasks import NewTask, State, Task, Update
from engine_chains import a_sketch, makes, studio, taking
from engine_fixtures import DONE, Clock, Vendor, a_house, a_png, chunks

EVER = 2**60


def run(story: Any) -> None:
    asyncio.run(story)


def test_files_that_an_unfinished_task_needs_outlive_their_time(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = studio(tmp_path / "made", a_png())
        async with a_house(tmp_path, {"studio": vendor}, clock=clock, rules=Rules(retention=1)) as house:
            first = await a_sketch(house)
            upload = await house.library.put("local", chunks(a_png(8, 8)), "x.png", None)
            vendor.gate.set()

            async def made() -> bool:
                house.pass_(5)
                return (await house.engine.get("local", first.id)).state.final

            await house.until(made)
            vendor.gate.clear()
            last = await a_sketch(house)
            held = {"prompt": "x", "subjects": [{"id": "a", "images": [upload.id, *cast_ref(first), *cast_ref(last)]}]}
            second = await house.submit("studio/cast", held)
            clock.pass_(3 * 86_400)
            assert await house.library.expire() == 0, "both are needed"
            vendor.gate.set()

            async def over() -> bool:
                house.pass_(5)
                return (await house.engine.get("local", second.id)).state.final

            await house.until(over)
            done = await house.engine.get("local", second.id)
            assert done.state is State.SUCCEEDED, done.error
            assert await house.library.expire() == 2, "nobody needs them any more"

    run(story())


def cast_ref(task: Task) -> list[dict[str, Any]]:
    return [{"from": task.id}]


def test_one_that_waits_for_several_is_looked_at_once_and_not_while_others_go_on(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(local=True, submit=[lambda order: gates[order.task_id](order)], slots=8)
        gates: dict[str, Any] = {}
        events: dict[str, asyncio.Event] = {}

        def gate(task: Task) -> None:
            event = events[task.id] = asyncio.Event()

            async def wait(order: Order) -> Update:
                await event.wait()
                return makes(tmp_path / order.task_id, a_png())

            gates[task.id] = wait

        async with a_house(tmp_path, {"studio": vendor}, started=False) as house:
            first, second = await a_sketch(house), await a_sketch(house)
            gate(first)
            gate(second)
            images = [*cast_ref(first), *cast_ref(second)]
            third = await house.submit(
                "studio/cast", {"prompt": "x", "subjects": [{"id": "both", "images": images}]}, priority=3
            )

            async def done(order: Order) -> Update:
                return DONE

            gates[third.id] = done
            await house.engine.start()
            events[second.id].set()
            await house.ended(second)
            row = await house.store.row(third.id)
            assert (row.phase, row.fence) == ("wait", 0), "nobody looked"
            events[first.id].set()
            ended = await house.ended(third)
            assert ended.input["subjects"][0]["images"] == [
                (await house.engine.get("local", one.id)).artifacts[0].id for one in (first, second)
            ]

    run(story())


def test_an_end_that_woke_nobody_is_found_at_the_next_start(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = studio(tmp_path / "made", a_png())
        vendor.gate.set()
        async with a_house(tmp_path, {"studio": vendor}) as house:
            first = await house.ended(await a_sketch(house))
        async with a_house(tmp_path, {"studio": vendor}, started=False) as house:
            row = await house.store.row(first.id)
            late = dataclasses.replace(row.task, id="task_01LATE", input={"image": {"from": first.id, "output": 0}})
            late = dataclasses.replace(late, model="studio/still", state=State.QUEUED, stage="studio/still")
            bare = Row(late, "studio", "wait", "wait", EVER, "studio/still", late.input)
            await house.store.add_task(bare, (), None, (), [first.id])
            assert (await house.store.row(late.id)).due < EVER, "what ended meanwhile is seen as it is added"
            await house.store.patch(late.id, 0, {"due": EVER})
        async with a_house(tmp_path, {"studio": vendor}) as house:
            assert (await house.ended(late)).state is State.SUCCEEDED

    run(story())


def test_a_repeated_submit_under_one_key_gives_the_one_that_waits(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": studio(tmp_path / "made")}, started=False) as house:
            first = await a_sketch(house)
            new = NewTask("studio/still", taking(first), idempotency_key="one")
            answers = [await house.engine.submit("local", new) for _ in range(2)]
            assert [fresh for _, fresh in answers] == [True, False]
            assert answers[0][0] == answers[1][0]

    run(story())
