"""What a process that leaves in good order writes, so that another goes on with its rows at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from callsheet.engine import advance, pace
from callsheet.store import Lost, Row, Store
from callsheet.tasks import Clock


async def given_back(store: Store, clock: Clock, broken_off: Iterable[Row], renders: Iterable[str]) -> None:
    """Rows whose step was broken off are due again, and renders start anew elsewhere."""
    for row in broken_off:
        if row.taken and row.phase != "done":
            with contextlib.suppress(Lost):  # another has it already
                await store.patch(row.task.id, row.fence, {"due": clock()})
    for task_id in renders:
        now = clock()
        row = await store.take(task_id, ("poll",), now, now + pace.LEASE, early=True)
        if row is not None:
            move = advance.unmade(row, now)
            await store.patch(task_id, row.fence, move.changes, move.events)
