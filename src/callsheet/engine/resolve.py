"""What ends the doubt about a task that may have arrived or not: a callback that names it, or an operator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from callsheet.engine import advance, pace
from callsheet.engine.advance import Move
from callsheet.engine.news import News
from callsheet.engine.till import Till
from callsheet.errors import Conflict, InvalidInput
from callsheet.store import Lost, Owned, Row, Sole, Store
from callsheet.tasks import Clock


class Resolver:
    """Takes a row in phase `unsure` out of it. Every decision is a take and a patch, like any step."""

    def __init__(self, store: Store, till: Till, news: News, clock: Clock) -> None:
        self._store = store
        self._till = till
        self._news = news
        self._clock = clock

    async def adopt(self, task_id: str, remote: str, by: str) -> Row:
        """The vendor has it under this id. The same said twice is one; Conflict where it is not unsure any more.

        Conflict as well where that is the id of another task.
        """
        if not remote or not remote.isprintable() or len(remote) > 500:
            raise InvalidInput("This is no id of a vendor's.", param="remote", hint="1 to 500 printable letters.")
        vendor = advance.driver_of(await self._store.row(task_id))
        if await self._store.owner_of(vendor, remote) not in (None, task_id):
            raise _anothers(vendor, remote)
        return await self._decide(task_id, lambda row: advance.adopted(row, remote, by, self._clock()), remote)

    async def lost(self, task_id: str, *, again: bool) -> Row:
        """It never arrived: it fails, or is sent anew. Conflict where it is not unsure any more."""
        return await self._decide(task_id, lambda row: advance.given_up(row, again, self._clock()), None)

    async def _decide(self, task_id: str, decision: Callable[[Row], Move], remote: str | None) -> Row:
        for _ in range(pace.TAKE_TRIES):
            now = self._clock()
            row = await self._store.take(task_id, ("unsure",), now, now + pace.LEASE, early=True)
            if row is not None:
                try:
                    return await self._written(row, decision(row), remote)
                except Owned:
                    await self._store.patch(task_id, row.fence, {"due": now})
                    raise _anothers(advance.driver_of(row), remote) from None
                except Lost:
                    continue
            row = await self._store.row(task_id)
            if row.phase != "unsure":
                return _decided(row, remote)
            await asyncio.sleep(pace.TAKE_PAUSE)
        raise Conflict(f"{task_id} is being looked at.", hint="Ask again in a moment.").because(
            "task_busy", task=task_id
        )

    async def _written(self, row: Row, move: Move, remote: str | None) -> Row:
        move, moves = self._till.reckoned(row, move)
        sole = None if remote is None else Sole(advance.driver_of(row))
        kept = await self._store.patch(row.task.id, row.fence, move.changes, move.events, moves=moves, sole=sole)
        self._news.ring(row.task.id)
        return kept


def _anothers(vendor: str, remote: str | None) -> Conflict:
    return Conflict(
        f"{remote} at {vendor} is another task's.",
        hint="An id of a vendor's belongs to one task: look for this one's own in the vendor's console.",
        param="remote",
    )


def _decided(row: Row, remote: str | None) -> Row:
    if remote is not None and row.remote == remote:
        return row
    raise Conflict(
        f"{row.task.id} is not unsure: it is {row.task.state.value}.",
        hint="`callsheet tasks list --unsure` names those.",
    )
