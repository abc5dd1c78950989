"""Unsure tasks on many machines: who ends the doubt is not who looks after them, and they go on at once."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from callsheet.contract import Call
from callsheet.engine.reach import proof
from callsheet.tasks import State, Task
from engine_doubt import Calling
from engine_fixtures import DONE, House, a_house
from many_fixtures import fresh

Decision = Callable[[House, Task], Awaitable[object]]


async def _called(house: House, task: Task) -> None:
    call = Call("POST", "/", "", {}, b"r-named")
    await house.engine.called("studio", task.id, proof(house.engine._proof_key, "studio", task.id), call)


DECISIONS: dict[str, tuple[Decision, list[str]]] = {
    "a callback": (_called, ["submit", "poll"]),
    "an operator who knows it": (lambda house, task: house.engine.resolve(task.id, "r-named"), ["submit", "poll"]),
    "an operator who has it sent anew": (
        lambda house, task: house.engine.resolve(task.id, None, again=True),
        ["submit", "submit"],
    ),
}


@pytest.mark.parametrize("who", DECISIONS)
def test_what_a_server_without_a_worker_hears_reaches_the_worker_at_once(
    who: str, tmp_path: Path, postgres: str
) -> None:
    decide, calls = DECISIONS[who]
    database = fresh(postgres)

    async def story() -> None:
        vendor = Calling(submit=[*Calling()._scripts["submit"], DONE], poll=[DONE])
        front, back = tmp_path / "front", tmp_path / "back"
        async with (
            a_house(back, {"studio": vendor}, database=database) as worker,
            a_house(front, {"studio": Calling()}, database=database, server__worker="false") as server,
        ):
            task = await server.submit()
            await worker.sees(task, "unsure")
            await worker.until(lambda: _put_off(worker, task))
            await decide(server, task)
            ended = await worker.ended(task)
            assert ended.state is State.SUCCEEDED, ended.error
            assert [verb for verb, _ in vendor.calls] == calls

    asyncio.run(story())


async def _put_off(house: House, task: Task) -> bool:
    """Nobody here can look for it: only a decision, or tomorrow, moves it."""
    row = await house.store.row(task.id)
    return row.phase == "unsure" and row.attempt > 0 and not row.taken
