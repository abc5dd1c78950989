"""Keeping house: what is past its time is let go of, a little at a time."""

from __future__ import annotations

import contextlib
import logging

from callsheet.engine.library import Library
from callsheet.errors import Conflict, NotFound
from callsheet.store import Store
from callsheet.tasks import Clock

log = logging.getLogger("callsheet.engine")

KEYS_KEPT = 7 * 86_400_000
"""Milliseconds for which an Idempotency-Key is remembered."""

BATCH = 200
"""How many tasks are looked at in one go; each is let go of in a transaction of its own."""

_DAY = 86_400_000


class Housekeeping:
    """One process of all does this, now and then. What a crash interrupts is found again the next time."""

    def __init__(self, store: Store, library: Library, clock: Clock, retention: float | None) -> None:
        """`retention` is in days, None for tasks that are kept for ever."""
        self._store = store
        self._library = library
        self._clock = clock
        self._retention = retention

    async def keep(self) -> None:
        """Files past their time, tasks past theirs, and keys that nobody repeats any more."""
        files = await self._library.expire()
        keys = await self._store.forget_keys(self._clock() - KEYS_KEPT)
        tasks = 0 if self._retention is None else await self._forget(self._clock() - round(self._retention * _DAY))
        log.debug("house kept", extra={"files": files, "keys": keys, "tasks": tasks})

    async def _forget(self, before: int) -> int:
        """Tasks that ended before a time. One that is still being told, or that another needs, is left for later."""
        gone, last = 0, (-1, "")
        while page := await self._store.ended(before, last, BATCH):
            for account, task_id, ended_at in page:
                last = (ended_at, task_id)
                with contextlib.suppress(NotFound, Conflict):
                    await self._library.forgotten(await self._store.delete_task(account, task_id))
                    gone += 1
        return gone
