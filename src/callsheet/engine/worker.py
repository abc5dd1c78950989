"""The scheduler: takes what is due, lane by lane and within slots, and keeps hold of it while a step works on it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from callsheet.engine import advance, pace
from callsheet.engine.parts import Parts
from callsheet.engine.routing import stage_of
from callsheet.engine.steps import Steps
from callsheet.errors import CallsheetError, StorageError
from callsheet.store import Lost as FenceLost
from callsheet.store import Phase, Row

log = logging.getLogger("callsheet.engine")

POLLS, COLLECTS, TELLS, WAITS = 64, 8, 32, 16
"""How many rows of these lanes are worked on at once; a `submit` lane has its driver's slots."""

FAULTS = 8
"""How often a fault of ours is tried again before the task fails with it."""

KEYS_KEPT = 7 * 86_400_000
"""Milliseconds for which an Idempotency-Key is remembered."""

HOUSEKEEPING = 600.0
ALL: tuple[Phase, ...] = ("wait", "submit", "poll", "collect", "tell")
"""What a lane takes when it is due. A row that is in the wrong lane is sent to its own, never worked on there."""

CANCEL, NEWS = "cancel", "news"
NUDGED: dict[str, tuple[Phase, ...]] = {NEWS: ("poll",), CANCEL: ("wait", "submit", "poll")}
"""What is looked at early, and why. News of a task that waits to be sent is old; a cancel needs no slot."""

EVER = 2**62


@dataclass(slots=True)
class _Flight:
    """One row being worked on: its lane, the row as last written, and whether to look again afterwards."""

    lane: str
    row: Row | None = None
    again: str = ""
    work: asyncio.Task[None] | None = field(default=None, repr=False)


class Worker:
    """Sleeps until something is due or someone rings. What it remembers beside the rows can be lost at any moment."""

    def __init__(self, parts: Parts, steps: Steps) -> None:
        self.stopped = False
        self._parts = parts
        self._steps = steps
        self._bell = asyncio.Event()
        self._flights: dict[str, _Flight] = {}
        self._nudged: dict[str, str] = {}
        self._with_driver: dict[str, set[str]] = defaultdict(set)
        self._remotes: dict[tuple[str, str], str] = {}
        self._silent: set[str] = set()
        self._background: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Mend what the last process left, count what is with each driver, and begin."""
        await self._parts.store.recover(self._local_stages(), self._parts.clock())
        for vendor, driver in self._parts.drivers.items():
            driver.notify = self._ear(vendor)
            if not driver.local:
                self._with_driver[vendor] = set(await self._parts.store.due(f"poll:{vendor}", EVER, 1_000_000))
        vendors = {lane.partition(":")[2] for lane, _ in await self._parts.store.lanes()}
        self._silent = vendors - self._parts.drivers.keys() - {""}
        loops = (self._schedule(), self._heartbeat(), self._keep_house())
        self._background = [asyncio.create_task(one) for one in loops]

    async def stop(self, grace: float) -> None:
        """Take nothing more; local work goes back to the queue at once, requests on their way get `grace` seconds."""
        self.stopped = True
        began = bool(self._background)
        await _end(self._background)
        flights = [flight for flight in self._flights.values() if flight.work is not None]
        await _end(flight.work for flight in flights if flight.lane.partition(":")[2] in self._local_vendors())
        rest = [flight.work for flight in flights if flight.work is not None and not flight.work.done()]
        if rest and grace > 0:
            await asyncio.wait(rest, timeout=grace)
        await _end(rest)
        for driver in self._parts.drivers.values():
            await driver.close()
        if began:
            await self._parts.store.recover(self._local_stages(), self._parts.clock())
        self._parts.news.ring_all()

    @property
    def alive(self) -> bool:
        """Whether every loop that `start` began still turns."""
        return bool(self._background) and not any(one.done() for one in self._background)

    def wake(self) -> None:
        """Something may be due now."""
        self._bell.set()

    async def cancel(self, row: Row) -> None:
        """A cancel was asked: what was not sent yet ends here and now, what runs is looked at at once."""
        flight = self._flights.get(row.task.id)
        if row.phase in ("wait", "submit") and flight is None:
            flight = self._fly(row.task.id, row.lane, ("wait", "submit"), early=True)
            if flight.work is not None:
                await asyncio.wait([flight.work])
        else:
            self._nudge(row.task.id, CANCEL)

    def nudge(self, task_id: str) -> None:
        """There is news of this task: look at it before it is due."""
        self._nudge(task_id, NEWS)

    def _nudge(self, task_id: str, why: str) -> None:
        """Look at this task before it is due; if it is being looked at, once more afterwards."""
        flight = self._flights.get(task_id)
        if flight is not None:
            flight.again = _stronger(flight.again, why)
        else:
            self._nudged[task_id] = _stronger(self._nudged.get(task_id, ""), why)
        self._bell.set()

    def _ear(self, vendor: str) -> Callable[[str], None]:
        """What a driver calls when a remote has news, from this thread or another."""
        loop = asyncio.get_running_loop()

        def hear(remote: str) -> None:
            task_id = self._remotes.get((vendor, remote))
            if task_id is not None:
                self._nudge(task_id, NEWS)

        def notify(remote: str) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
                loop.call_soon_threadsafe(hear, remote)

        return notify

    async def _schedule(self) -> None:
        while True:
            self._bell.clear()
            try:
                now = self._parts.clock()
                await self._round(now)
                due = await self._parts.store.next_due(now)
            except StorageError as error:
                log.error("the store cannot be read: %s", error)
                due = self._parts.clock() + 1000
            wait = None if due is None else max(0.0, (due - self._parts.clock()) / 1000)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._bell.wait()

    async def _round(self, now: int) -> None:
        """Take up everything that is due or nudged and that a slot is free for."""
        nudged, self._nudged = self._nudged, {}
        for task_id, why in nudged.items():
            if task_id in self._flights:
                self._nudge(task_id, why)
            else:
                self._fly(task_id, "", NUDGED[why], early=True)
        for lane, room in self._lanes():
            flying = sum(flight.lane == lane for flight in self._flights.values())
            free = room - (0 if lane.startswith("submit:") else flying)
            if free <= 0:
                continue
            due = await self._parts.store.due(lane, now, free + len(self._flights))
            for task_id in [one for one in due if one not in self._flights][:free]:
                self._fly(task_id, lane, ALL)

    def _lanes(self) -> Iterable[tuple[str, int]]:
        """Every lane and how many rows it may work on; ends first, so that nothing holds them up."""
        yield "tell", TELLS
        yield from (("collect", COLLECTS), ("wait", WAITS))
        for vendor, driver in self._parts.drivers.items():
            yield f"poll:{vendor}", POLLS
            yield f"submit:{vendor}", driver.slots - len(self._with_driver[vendor])
        for vendor in self._silent:  # their key was taken away: their tasks are told so, or go elsewhere
            yield f"poll:{vendor}", POLLS
            yield f"submit:{vendor}", POLLS - len(self._with_driver[vendor])

    def _fly(self, task_id: str, lane: str, phases: tuple[Phase, ...], *, early: bool = False) -> _Flight:
        flight = self._flights[task_id] = _Flight(lane)
        kind, _, vendor = lane.partition(":")
        if kind == "submit" and not early:
            self._with_driver[vendor].add(task_id)
        flight.work = asyncio.create_task(self._step(flight, task_id, phases, early))
        flight.work.add_done_callback(lambda _: self._landed(task_id, flight))
        return flight

    async def _step(self, flight: _Flight, task_id: str, phases: tuple[Phase, ...], early: bool) -> None:
        def seen(row: Row) -> None:
            flight.row = row
            if row.remote is not None and row.phase == "poll":
                self._remotes[(advance.driver_of(row), row.remote)] = task_id

        try:
            now = self._parts.clock()
            row = await self._parts.store.take(task_id, phases, now, now + pace.LEASE, early=early)
            if row is not None:
                flight.lane = row.lane
                await self._try(row, seen)
        except FenceLost:
            log.info("another has this task now", extra={"task_id": task_id})
        except StorageError as error:
            log.error("a task cannot be worked on: %s", error, extra={"task_id": task_id})
            await asyncio.sleep(1.0)  # keeps its slot meanwhile: without a disk there is no hurry

    async def _try(self, row: Row, seen: Callable[[Row], None]) -> None:
        """One step; a fault of ours does not stop the others, and does not come back for ever."""
        try:
            await self._steps.run(row, seen)
        except (FenceLost, StorageError):
            raise
        except Exception:
            log.exception("a step failed", extra={"task_id": row.task.id, "phase": row.phase})
            await self._steps.fault(row, CallsheetError("Something went wrong in callsheet itself."), FAULTS, seen)

    def _landed(self, task_id: str, flight: _Flight) -> None:
        """A step is over: free its slot unless its task stays with the driver, and look for more."""
        del self._flights[task_id]
        row = flight.row
        left = flight.lane.partition(":")[2]  # whose slot it had: a step may have sent it to another vendor
        vendor = advance.driver_of(row) if row else left
        self._with_driver[left].discard(task_id)
        if row is not None and row.phase == "poll" and not row.task.state.final and row.parked_at is None:
            self._with_driver[vendor].add(task_id)
        else:
            self._with_driver[vendor].discard(task_id)
            if row is not None and row.remote is not None:
                self._remotes.pop((vendor, row.remote), None)
        if flight.again:
            self._nudge(task_id, flight.again)
        self._bell.set()

    async def _heartbeat(self) -> None:
        """Signs of life for what is being worked on; who lost its row stops working on it."""
        while True:
            await asyncio.sleep(pace.HEARTBEAT)
            for task_id, flight in list(self._flights.items()):
                if flight.row is None or not flight.row.taken:
                    continue
                try:
                    await self._parts.store.extend(task_id, flight.row.fence, self._parts.clock() + pace.LEASE)
                except FenceLost:
                    if self._flights.get(task_id) is flight and flight.row.taken and flight.work is not None:
                        flight.work.cancel()
                except StorageError as error:
                    log.error("no sign of life could be written: %s", error, extra={"task_id": task_id})

    async def _keep_house(self) -> None:
        while True:
            try:
                gone = await self._parts.library.expire()
                keys = await self._parts.store.forget_keys(self._parts.clock() - KEYS_KEPT)
                log.debug("house kept", extra={"files": gone, "keys": keys})
            except (StorageError, OSError) as error:
                log.error("files past their time could not be deleted: %s", error)
            await asyncio.sleep(HOUSEKEEPING)

    def _local_vendors(self) -> set[str]:
        return {vendor for vendor, driver in self._parts.drivers.items() if driver.local}

    def _local_stages(self) -> list[str]:
        models = [model for vendor in self._local_vendors() for model in self._parts.catalog.models(vendor=vendor)]
        return sorted({stage_of(model) for model in models})


async def _end(work: Iterable[asyncio.Task[None] | None]) -> None:
    """Stop these and wait until they have."""
    tasks = [one for one in work if one is not None]
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _stronger(one: str, other: str) -> str:
    return CANCEL if CANCEL in (one, other) else other
