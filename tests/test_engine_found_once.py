"""Two that asked for the very same and lost both answers: what is found at their vendor is one of them, never both."""

import asyncio
from pathlib import Path

import pytest

from callsheet.contract import Order
from callsheet.tasks import Update
from engine_doubt import FOUND, Finding
from engine_fixtures import RUNNING, Clock, a_house
from many_fixtures import fresh

TWINS = 4


class Crowded(Finding):
    """A list that answers only when all have asked, so that each hears of it before any has written it down."""

    def __init__(self) -> None:
        super().__init__(poll=[RUNNING])
        self._all = asyncio.Barrier(TWINS)

    async def find(self, order: Order, sent_at: int) -> Update | None:
        if self.count("find") < TWINS:
            self.calls.append(("find", order.task_id))
            await self._all.wait()
        return FOUND


@pytest.mark.parametrize("where", ["rows", "queue"])
def test_what_is_found_becomes_one_task_and_never_two(
    tmp_path: Path, where: str, request: pytest.FixtureRequest
) -> None:
    on = {} if where == "rows" else {"database": fresh(request.getfixturevalue("postgres"))}

    async def story() -> None:
        clock = Clock()
        vendor = Crowded()
        async with a_house(tmp_path, {"studio": vendor}, clock=clock, **on) as house:
            tasks = [await house.submit() for _ in range(TWINS)]

            async def settled() -> bool:
                rows = [await house.store.row(task.id) for task in tasks]
                return all(not row.taken and (row.phase == "poll" or row.attempt) for row in rows)

            await house.until(settled)
            rows = [await house.store.row(task.id) for task in tasks]
            assert sorted(row.phase for row in rows) == ["poll", "unsure", "unsure", "unsure"]

    asyncio.run(story())
