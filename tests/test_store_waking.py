"""Tasks whose outputs another takes end at the same moment, on many connections: it is woken all the same."""

import asyncio

from callsheet.store import Store
from callsheet.store.postgres.database import Postgres
from callsheet.store.postgres.opening import opened
from callsheet.tasks import State
from many_fixtures import fresh
from store_fixtures import NOW, a_row, task_id

TRIES = 30
LATER = NOW + 3_600_000


def test_a_task_is_woken_though_all_that_it_waits_for_ends_at_once(postgres: str) -> None:
    uri = fresh(postgres)

    async def story() -> None:
        store = Store(Postgres(await opened(uri)), lambda: NOW)

        async def end(number: int) -> None:
            row = await store.take(task_id(number), ["submit"], NOW, LATER)
            assert row is not None
            await store.patch(row.task.id, row.fence, {"state": State.SUCCEEDED, "phase": "done", "lane": ""})

        for first in range(1, 4 * TRIES, 4):
            ended = range(first, first + 3)
            for number in ended:
                await store.add_task(a_row(number))
            waits = a_row(first + 3, phase="wait", lane="wait", due=LATER)
            await store.add_task(waits, needs=[task_id(number) for number in ended])
            await asyncio.gather(*map(end, ended))
            assert (await store.row(waits.task.id)).due == NOW
        await store.close()

    asyncio.run(story())
