"""Callers that want the same row at the same moment: one goes at once, and all who came meanwhile go together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from callsheet.store.database import Records, Step
from callsheet.store.postgres.transactions import Outcome, in_order, shares
from callsheet.store.together import settle

BATCH = 64
"""How many callers share a transaction at most: while it lasts, the other processes wait for the row."""

Steps = Sequence[Step]


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    steps: Steps
    future: asyncio.Future[list[Records]]


class Group:
    """One transaction at a time, in the order of coming, as `alone` and `together` write one.

    Who is cancelled while it waits has never asked; once its turn has come with others, what it asked stands.
    """

    def __init__(
        self,
        alone: Callable[[Steps], Awaitable[list[Records]]],
        together: Callable[[Sequence[Steps]], Awaitable[Sequence[Outcome]]],
    ) -> None:
        self._alone = alone
        self._together = together
        self._waiting: list[_Call] = []
        self._turn: asyncio.Task[None] | None = None
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def write(self, steps: Steps) -> list[Records]:
        """All steps or none, durable on return."""
        if not self._quiet.is_set():
            call = _Call(steps, asyncio.get_running_loop().create_future())
            self._waiting.append(call)
            return await call.future
        self._quiet.clear()
        try:  # in its caller's own task: nobody came before, so nothing is gained by waiting
            return await self._alone(steps)
        finally:
            self._next()

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        await self._quiet.wait()

    def _next(self) -> None:
        calls = self._drawn()
        if calls:
            self._turn = asyncio.create_task(self._settle(calls))
        else:
            self._turn = None
            self._quiet.set()

    def _drawn(self) -> list[_Call]:
        """Those whose turn it is: the first, with all behind it who may share its transaction."""
        waiting = [call for call in self._waiting if not call.future.done()]
        alone = [place for place, call in enumerate(waiting[:BATCH]) if not shares(call.steps)]
        count = max(1, alone[0]) if alone else BATCH
        self._waiting = waiting[count:]
        return sorted(waiting[:count], key=lambda call: in_order(call.steps))

    async def _settle(self, calls: Sequence[_Call]) -> None:
        try:
            outcomes = await self._together([call.steps for call in calls])
        except asyncio.CancelledError:  # the loop ends
            for call in calls:
                call.future.cancel()
            raise
        else:
            for call, outcome in zip(calls, outcomes, strict=True):
                settle(call.future, outcome)
        finally:
            self._next()
