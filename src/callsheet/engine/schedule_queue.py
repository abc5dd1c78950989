"""The schedule of many machines: a queue delivers tasks under a lease, and who holds one asks for it when it is due."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Collection, Mapping

from callsheet.catalog import LOCAL, Catalog
from callsheet.contract import Driver
from callsheet.engine import stations
from callsheet.engine.handing_back import given_back
from callsheet.engine.schedule import CANCEL, NEWS, Call, Nudge
from callsheet.engine.schedule_rows import questions
from callsheet.engine.stations import Board, Deliveries, Entry, Shares, made_here, station_of
from callsheet.settings import VendorAccess
from callsheet.store import Position, Row, Store
from callsheet.tasks import Clock


class QueueSchedule:
    """`Schedule` over a queue that any number of processes take from.

    A task that is with its vendor stays with the process that holds its entry: its lease is kept, the queue counts it
    against the vendor's limit, and between polls it is a row and a number here. Whatever else has to wait lies in the
    queue. `capabilities` are the renders that this process makes; None for all that its drivers can.
    """

    heartbeat = 2.0

    def __init__(
        self,
        store: Store,
        queue: Deliveries,
        board: Board,
        catalog: Catalog,
        clock: Clock,
        capabilities: Collection[str] | None = None,
        access: Mapping[str, VendorAccess] | None = None,
    ) -> None:
        self._store = store
        self._queue = queue
        self._board = board
        self._catalog = catalog
        self._clock = clock
        self._capabilities = capabilities
        self._access = access or {}
        self._shares = Shares({})
        self._general: dict[str, int] = {}
        self._renders: dict[str, tuple[int, dict[str, int]]] = {}
        self._held: dict[str, Entry] = {}
        self._heap: list[tuple[int, str]] = []
        self._due: dict[str, int] = {}
        self._doubtful: set[str] = set()
        self._astray: set[str] = set()
        self._over: list[Entry] = []
        self._later: list[tuple[Entry, int]] = []
        self._hasten: list[str] = []
        self._gone: set[str] = set()
        self._look = True
        self._next_look = self._next_mend = 0.0
        self._beaten = time.monotonic()

    async def open(
        self,
        drivers: Mapping[str, Driver],
        local_stages: Collection[str],
        nudge: Nudge,
        ring: Callable[[], None],
    ) -> None:
        """Serve every station that a driver here can work at."""
        self._general = {"collect": 0, "wait": 0}
        self._shares = Shares(questions(drivers, self._access, self._catalog))
        for vendor in self._catalog.vendors:
            driver = drivers.get(vendor.id)
            if driver is not None and driver.local:
                self._renders[vendor.id] = (
                    driver.slots,
                    stations.renders(self._catalog, vendor.id, self._capabilities),
                )
            elif driver is not None:
                self._general[f"run:{vendor.id}"] = driver.slots if driver.slots < stations.MANY else 0
            elif self._capabilities is None and vendor.id not in LOCAL:
                self._general[f"run:{vendor.id}"] = 0  # its key was taken away: its tasks are told so, or go elsewhere
        self._board.listen(lambda kind, task_id: self._heard(kind, task_id, nudge, ring))
        await self._board.declare(stations.EVERY if self._capabilities is None else self._capabilities)

    def _heard(self, kind: str, task_id: str, nudge: Nudge, ring: Callable[[], None]) -> None:
        if kind in (CANCEL, NEWS) and task_id in self._held:
            nudge(task_id, kind)
        elif kind == "due" and task_id in self._held:
            self._doubtful.add(task_id)
        elif kind == "lost":
            self._doubtful.update(self._held)
        elif kind != "queue":
            return
        self._look = True
        ring()

    async def ready(self, now: int, flying: Mapping[str, str]) -> list[Call]:
        """What is held here and due, and what the queue delivers."""
        if time.monotonic() - self._beaten > 3 * self.heartbeat:
            self._gone |= await self._sign()  # this process stood still: what it held may be another's
        await self._settle()
        calls = self._now_due(now, flying)
        if self._doubtful:
            calls += await self._looked_into(now, flying)
        timed = time.monotonic() >= self._next_look
        if timed:
            await self._keep_up(now)
        if timed or self._look:
            calls += await self._delivered(now, {*flying, *(call.task_id for call in calls)})
        return calls

    async def _settle(self) -> None:
        """Write what became of entries whose step is over."""
        if self._over:
            over, self._over = self._over, []
            await self._queue.done(over)
        while self._later:
            entry, due = self._later.pop()
            await self._queue.later(entry, max(0.0, (due - self._clock()) / 1000))
        while self._hasten:
            task_id = self._hasten.pop()
            await self._queue.hasten(task_id)
            self._board.tell("due", task_id)

    def _now_due(self, now: int, flying: Mapping[str, str]) -> list[Call]:
        calls: list[Call] = []
        while self._heap and self._heap[0][0] <= now and len(calls) + len(flying) < stations.FLIGHTS:
            due, task_id = heapq.heappop(self._heap)
            if self._due.get(task_id) != due:
                continue
            del self._due[task_id]
            if task_id in flying:
                self._push(task_id, now + stations.BUSY)  # its step is just over, or else says itself when it is due
            elif task_id in self._held:
                if wait := self._shares.wait(task_id, self._held[task_id].station, now):
                    self._push(task_id, now + wait)
                    continue
                calls.append(Call(task_id, "", over=task_id in self._astray))
                self._astray.discard(task_id)
        return calls

    async def _looked_into(self, now: int, flying: Mapping[str, str]) -> list[Call]:
        """Someone else wrote these rows, or has them in hand."""
        asked = {task_id for task_id in self._doubtful if task_id in self._held and task_id not in flying}
        self._doubtful -= asked
        found = await self._store.positions(asked)
        calls: list[Call] = []
        for task_id in asked:
            entry, at = self._held[task_id], found.get(task_id)
            if at is None or station_of(at.lane, at.run_model) != entry.station:
                self._drop(entry)
            elif at.taken:
                self._astray.add(task_id)  # by a process that is frozen or dead, unless it is done in a moment
                self._push(task_id, now + round(stations.LOOK * 1000))
            elif at.due <= now:
                calls.append(Call(task_id, at.lane))
            else:
                self._push(task_id, at.due)
        return calls

    async def _keep_up(self, now: int) -> None:
        self._next_look = time.monotonic() + stations.LOOK
        await self._queue.bury()
        self._shares.share(await self._queue.holders())
        if time.monotonic() >= self._next_mend and await self.leads():
            self._next_mend = time.monotonic() + stations.MENDED
            await self._queue.mend(now - round(stations.MENDED * 1000))
            await self._queue.shed()

    async def _delivered(self, now: int, busy: Collection[str]) -> list[Call]:
        self._look = False
        room = min(stations.FLIGHTS - len(busy), stations.HELD - len(self._held))
        entries = list(await self._queue.deliver(self._general, room)) if room > 0 and self._general else []
        self._look = 0 < room <= len(entries)
        for vendor, (slots, made) in self._renders.items():
            free = slots - sum(one.station.startswith(f"run:{vendor}/") for one in self._held.values())
            if free > 0 and made:
                entries += await self._queue.deliver(made, free)
        calls = await self._begun(entries, now, busy) if entries else []
        if not self._look:
            eta = await self._queue.rest({*self._general}.union(*(made for _, made in self._renders.values())))
            if eta is not None:
                self._next_look = min(self._next_look, time.monotonic() + max(eta, 0.01))
        return calls

    async def _begun(self, entries: Collection[Entry], now: int, busy: Collection[str]) -> list[Call]:
        """What to do with what was just delivered: the row says."""
        found = await self._store.positions(entry.task_id for entry in entries)
        calls: list[Call] = []
        for entry in entries:
            at = found.get(entry.task_id)
            known = self._held.get(entry.task_id)
            moved = at is None or station_of(at.lane, at.run_model) != entry.station
            if at is None or moved or (known is not None and known.station == entry.station):
                self._over.append(entry)
            else:
                if known is not None:
                    self._over.append(known)
                self._held[entry.task_id] = entry
                if entry.task_id in busy:
                    self._push(entry.task_id, now)
                else:
                    calls += self._first(at, entry.task_id, now)
        return calls

    def _first(self, at: Position, task_id: str, now: int) -> list[Call]:
        """The first look at what was delivered: whoever had it in hand has lost it."""
        if at.taken or at.cancel_asked:
            return [Call(task_id, at.lane, over=True)]
        if at.due <= now and not at.lane.startswith("poll:"):
            return [Call(task_id, at.lane)]
        self._push(task_id, at.due)
        return []

    async def rest(self, now: int) -> float | None:
        """Until something held here is due, or it is time to look into the queue."""
        if self._look or self._over or self._later or self._hasten:
            return 0.0
        waits = [self._next_look - time.monotonic()]
        if self._heap:
            waits.append((self._heap[0][0] - self._clock()) / 1000)
        return max(0.0, min(waits))

    def landed(self, task_id: str, lane: str, row: Row | None) -> None:
        """Keep it until it is due again, put it back into the queue, or be done with it."""
        entry = self._held.get(task_id)
        if entry is None:
            if row is not None and not row.taken and row.phase != "done":
                self._hasten.append(task_id)  # looked at early, by a process that does not hold it
        elif row is None:
            self._doubtful.add(task_id)
        elif row.phase == "done" or station_of(row.lane, row.run_model) != entry.station:
            self._drop(entry)
        elif row.taken:
            self._push(task_id, self._clock() + round(stations.LOOK * 1000))
        elif (row.phase == "poll" and row.parked_at is None) or row.due - self._clock() <= stations.SOON:
            self._push(task_id, row.due)
        else:
            self._release(entry)
            self._later.append((entry, row.due))

    def _push(self, task_id: str, due: int) -> None:
        self._due[task_id] = due
        heapq.heappush(self._heap, (due, task_id))

    def _drop(self, entry: Entry) -> None:
        self._release(entry)
        self._over.append(entry)

    def _release(self, entry: Entry) -> None:
        if self._held.get(entry.task_id) is entry:
            del self._held[entry.task_id]
        self._due.pop(entry.task_id, None)
        self._astray.discard(entry.task_id)
        self._shares.forget(entry.task_id)

    async def beat(self) -> Collection[str]:
        """Signs of life for what is held here; what is no longer."""
        gone = self._gone | await self._sign()
        self._gone = set()
        return gone

    async def _sign(self) -> set[str]:
        held = dict(self._held)
        ours = await self._queue.beat([entry.id for entry in held.values()]) if held else set[int]()
        self._beaten = time.monotonic()
        lost = {task_id for task_id, entry in held.items() if entry.id not in ours}
        for task_id in lost:
            self._release(held[task_id])
        return lost

    def elsewhere(self, task_id: str, why: str) -> bool:
        """Whoever holds it hears of it at once."""
        if task_id in self._held:
            return False
        self._board.tell(why, task_id)
        return True

    async def leads(self) -> bool:
        """One of all processes on this database."""
        return await self._board.leads()

    async def close(self, held: Collection[Row]) -> None:
        """Everything held here is anyone's at once; renders start again elsewhere."""
        renders = [one.task_id for one in self._held.values() if made_here(one.station)]
        await given_back(self._store, self._clock, held, renders)
        await self._settle()
        await self._queue.hand_back()
        self._held.clear()
        self._board.tell("queue", "")
        await self._board.flush()
