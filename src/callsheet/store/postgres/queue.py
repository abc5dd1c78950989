"""PgQueuer as the queue that delivers: tasks under a lease, limits over all machines, what died handed to another."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import asyncpg
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.models import Job
from pgqueuer.queries import EntrypointExecutionParameter, Queries
from pgqueuer.types import QueueEntrypoint, QueueManagerId

from callsheet.store.postgres.faults import explained
from callsheet.store.postgres.opening import LOCK

LEASE = 10.0
"""Seconds without a sign of life after which what a process holds goes to another."""

MISSED = 3.0
"""The same for a process whose connection is gone: the server itself saw it end."""

KEPT = "1 day"
"""How long PgQueuer's log of deliveries is kept."""

_BEAT = """UPDATE pgqueuer SET heartbeat = NOW()
WHERE id = ANY($1::bigint[]) AND queue_manager_id = $2 AND status = 'picked' RETURNING id"""
# PgQueuer's own heartbeat goes by id alone: a process that was frozen would not learn that its work is another's now.

_HAND_BACK = """UPDATE pgqueuer SET status = 'queued', queue_manager_id = NULL, execute_after = NOW(), updated = NOW()
WHERE queue_manager_id = $1 AND status = 'picked' RETURNING id"""

_HASTEN = "UPDATE pgqueuer SET execute_after = NOW() WHERE payload = $1 AND status = 'queued'"

_BURY = """UPDATE pgqueuer SET heartbeat = 'epoch'
WHERE status = 'picked' AND heartbeat > 'epoch' AND heartbeat < NOW() - $1::interval AND NOT EXISTS (
  SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $2::oid AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND objid = (hashtext(queue_manager_id::text)::bigint & 4294967295)::oid
) RETURNING id"""

_HOLDERS = """SELECT entrypoint, COUNT(DISTINCT queue_manager_id) AS holders FROM pgqueuer
WHERE status = 'picked' AND queue_manager_id IS NOT NULL GROUP BY entrypoint"""

_MEND = """INSERT INTO pgqueuer (priority, entrypoint, payload, execute_after, dedupe_key, status)
SELECT priority, callsheet_station(lane, run_model), convert_to(id, 'UTF8'), callsheet_moment(due),
  id || ' ' || fence || ' ' || callsheet_station(lane, run_model), 'queued'
FROM task WHERE phase <> 'done' AND updated_at < $1 AND NOT EXISTS (
  SELECT 1 FROM pgqueuer WHERE payload = convert_to(task.id, 'UTF8') AND status IN ('queued', 'picked')
    AND entrypoint = callsheet_station(task.lane, task.run_model))
ON CONFLICT DO NOTHING RETURNING id"""

_SHED = f"DELETE FROM pgqueuer_log WHERE created < NOW() - INTERVAL '{KEPT}'"


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery: the queue's own number, the station, and the task."""

    id: int
    station: str
    task_id: str


@dataclass(frozen=True, slots=True)
class _Handle:
    """All that PgQueuer's statements ask of an entry."""

    id: int


class Queue:
    """What one process takes from the queue, under a name of its own that no other process has."""

    def __init__(self, pool: asyncpg.Pool, owner: uuid.UUID) -> None:
        self.owner = owner
        self._pool = pool
        self._queries = Queries(AsyncpgPoolDriver(pool))

    async def deliver(self, stations: Mapping[str, int], most: int) -> list[Entry]:
        """At most so many entries of these stations, ours from now on for LEASE seconds after every sign of life.

        A station's number is how many of its entries may be out at once, over all machines; 0 for any.
        """
        asked = {QueueEntrypoint(name): EntrypointExecutionParameter(limit) for name, limit in stations.items()}
        lease = timedelta(seconds=LEASE)
        async with explained():
            found = await self._queries.dequeue(most, asked, QueueManagerId(self.owner), None, lease)
        return [Entry(one.id, one.entrypoint, (one.payload or b"").decode()) for one in found]

    async def beat(self, entries: Collection[int]) -> set[int]:
        """A sign of life; which of these are still ours."""
        async with explained():
            records = await self._pool.fetch(_BEAT, list(entries), self.owner)
        return {record["id"] for record in records}

    async def done(self, entries: Iterable[Entry]) -> None:
        """Their tasks have ended, or gone to another station."""
        over = [cast("Job", _Handle(entry.id)) for entry in entries]
        async with explained():
            await self._queries.log_jobs([(one, "successful", None) for one in over])

    async def later(self, entry: Entry, seconds: float) -> None:
        """Give it back: any process gets it after so long."""
        async with explained():
            await self._queries.retry_job(cast("Job", _Handle(entry.id)), timedelta(seconds=seconds), None)

    async def rest(self, stations: Iterable[str]) -> float | None:
        """Seconds until an entry of these stations may be delivered that may not be yet."""
        async with explained():
            eta = await self._queries.next_deferred_eta([QueueEntrypoint(one) for one in stations])
        return None if eta is None else eta.total_seconds()

    async def hasten(self, task_id: str) -> None:
        """Deliver this task now, if it lies in the queue."""
        async with explained():
            await self._pool.execute(_HASTEN, task_id.encode())

    async def hand_back(self) -> None:
        """Everything that is out under our name is anyone's at once."""
        async with explained():
            await self._pool.execute(_HAND_BACK, self.owner)

    async def bury(self) -> int:
        """What processes hold whose connection is gone is stale now; how many entries."""
        async with explained():
            return len(await self._pool.fetch(_BURY, timedelta(seconds=MISSED), LOCK))

    async def holders(self) -> dict[str, int]:
        """How many processes hold entries of each station."""
        async with explained():
            records = await self._pool.fetch(_HOLDERS)
        return {record["entrypoint"]: record["holders"] for record in records}

    async def mend(self, before: int) -> int:
        """An entry for every unfinished row that has none and was left alone since `before`, in milliseconds."""
        async with explained():
            return len(await self._pool.fetch(_MEND, before))

    async def shed(self) -> None:
        """Let go of the old log."""
        async with explained():
            await self._pool.execute(_SHED)
