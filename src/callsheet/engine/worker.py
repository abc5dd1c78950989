"""The worker: takes what its schedule says is due, and keeps hold of it while a step works on it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field

from callsheet import context
from callsheet.engine import advance, pace
from callsheet.engine.parts import Parts
from callsheet.engine.routing import stage_of
from callsheet.engine.schedule import CANCEL, NEWS, Call, Schedule
from callsheet.engine.steps import Steps
from callsheet.errors import CallsheetError, StorageError
from callsheet.store import Lost as FenceLost
from callsheet.store import Phase, Row

log = logging.getLogger("callsheet.engine")

FAULTS = 8
"""How often a fault of ours is tried again before the task fails with it."""

HOUSEKEEPING = 600.0
NUDGED: dict[str, tuple[Phase, ...]] = {NEWS: ("poll", "unsure"), CANCEL: ("wait", "submit", "poll", "unsure")}
"""What is looked at early, and why. News of a task that waits to be sent is old; a cancel needs no slot."""


@dataclass(slots=True)
class _Flight:
    """One row being worked on: its lane, the row as last written, and whether to look again afterwards."""

    lane: str
    row: Row | None = None
    again: str = ""
    work: asyncio.Task[None] | None = field(default=None, repr=False)

    def drop(self) -> None:
        """Stop, for another has it; but what was sent and may be accepted is waited for: its answer is nowhere else."""
        on_its_way = self.row is not None and self.row.phase == "submit" and self.row.sent_at is not None
        if self.work is not None and not on_its_way:
            self.work.cancel()


class Worker:
    """Sleeps until something is due or someone rings. What it remembers beside the rows can be lost at any moment."""

    def __init__(self, parts: Parts, steps: Steps, schedule: Schedule) -> None:
        self.stopped = False
        self._parts = parts
        self._steps = steps
        self._schedule = schedule
        self._bell = asyncio.Event()
        self._flights: dict[str, _Flight] = {}
        self._nudged: dict[str, str] = {}
        self._remotes: dict[tuple[str, str], str] = {}
        self._early: set[tuple[str, str]] = set()
        self._background: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Mend what the last process left, and begin."""
        for vendor, driver in self._parts.drivers.items():
            driver.notify = self._ear(vendor)
        await self._schedule.open(self._parts.drivers, self._local_stages(), self._nudge, self._bell.set)
        loops = (self._take_up(), self._heartbeat(), self._keep_house())
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
            await self._schedule.close([flight.row for flight in flights if flight.row is not None])
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
            flight = self._fly(Call(row.task.id, row.lane), ("wait", "submit"))
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
        elif self._schedule.elsewhere(task_id, why):
            return
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
            elif any(flight.lane == f"submit:{vendor}" for flight in self._flights.values()):
                self._early.add((vendor, remote))  # it is quicker than its submit is written

        def notify(remote: str) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
                loop.call_soon_threadsafe(hear, remote)

        return notify

    async def _take_up(self) -> None:
        while True:
            self._bell.clear()
            wait: float | None = 1.0
            with _going_on("what is due cannot be taken"):
                now = self._parts.clock()
                await self._round(now)
                wait = await self._schedule.rest(now)
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
                self._fly(Call(task_id, ""), NUDGED[why])
        flying = {task_id: flight.lane for task_id, flight in self._flights.items()}
        for call in await self._schedule.ready(now, flying):
            if call.task_id not in self._flights:
                self._fly(call)

    def _fly(self, call: Call, early: tuple[Phase, ...] = ()) -> _Flight:
        """Begin a step, also before the row is due where it is in one of these phases."""
        flight = self._flights[call.task_id] = _Flight(call.lane)
        flight.work = asyncio.create_task(self._step(flight, call, early))
        flight.work.add_done_callback(lambda _: self._landed(call.task_id, flight))
        return flight

    async def _step(self, flight: _Flight, call: Call, early: tuple[Phase, ...]) -> None:
        task_id = call.task_id

        def seen(row: Row) -> None:
            flight.row = row
            context.note(task_id=task_id, account=row.task.account, vendor=advance.driver_of(row))
            if row.remote is not None and row.phase == "poll":
                remote = (advance.driver_of(row), row.remote)
                self._remotes[remote] = task_id
                if remote in self._early:
                    self._early.discard(remote)
                    flight.again = _stronger(flight.again, NEWS)

        try:
            row = await self._taken(call, early)
            if row is not None:
                flight.lane = row.lane
                with context.fresh(traced=row.task.trace), self._parts.around(row.task, row.phase):
                    await self._try(row, seen)
        except FenceLost:
            log.info("another has this task now", extra={"task_id": task_id})
        except StorageError as error:
            log.error("a task cannot be worked on: %s", error, extra={"task_id": task_id})
            await asyncio.sleep(1.0)  # keeps its slot meanwhile: without a disk there is no hurry

    async def _taken(self, call: Call, early: tuple[Phase, ...]) -> Row | None:
        now = self._parts.clock()
        if call.over:
            return await self._parts.store.take_over(call.task_id, now, now + pace.LEASE)
        if early:
            return await self._parts.store.take(call.task_id, early, now, now + pace.LEASE, early=True)
        return await self._parts.store.take_due(call.task_id, now, now + pace.LEASE)

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
        self._schedule.landed(task_id, flight.lane, row)
        listens = row is not None and row.phase == "poll" and row.parked_at is None
        if row is not None and row.remote is not None and not listens:
            self._remotes.pop((advance.driver_of(row), row.remote), None)
        if flight.again:
            self._nudge(task_id, flight.again)
        if not self._flights:
            self._early.clear()
        self._bell.set()

    async def _heartbeat(self) -> None:
        """Signs of life for what is being worked on; who lost its row stops working on it."""
        extended = 0.0
        while True:
            await asyncio.sleep(self._schedule.heartbeat)
            with _going_on("no sign of life could be given"):
                for task_id in await self._schedule.beat():
                    await self._let_go(task_id)
            extended += self._schedule.heartbeat
            if extended >= pace.HEARTBEAT:
                extended = 0.0
                await self._extend()

    async def _let_go(self, task_id: str) -> None:
        """Another has this task now: what is done for it here is of no use."""
        log.info("another process has this task now", extra={"task_id": task_id})
        if (flight := self._flights.get(task_id)) is not None:
            flight.drop()
        for (vendor, remote), known in list(self._remotes.items()):
            if known == task_id:
                del self._remotes[vendor, remote]
                await self._steps.abandon(vendor, task_id, remote)

    async def _extend(self) -> None:
        for task_id, flight in list(self._flights.items()):
            if flight.row is None or not flight.row.taken:
                continue
            try:
                with _going_on("no sign of life could be written", but=FenceLost):
                    await self._parts.store.extend(task_id, flight.row.fence, self._parts.clock() + pace.LEASE)
            except FenceLost:
                if self._flights.get(task_id) is flight and flight.row.taken:
                    flight.drop()

    async def _keep_house(self) -> None:
        while True:
            with _going_on("what is past its time could not be deleted"):
                if await self._schedule.leads():
                    await self._parts.housekeeping.keep()
            await asyncio.sleep(HOUSEKEEPING)

    def _local_vendors(self) -> set[str]:
        return {vendor for vendor, driver in self._parts.drivers.items() if driver.local}

    def _local_stages(self) -> list[str]:
        models = [model for vendor in self._local_vendors() for model in self._parts.catalog.models(vendor=vendor)]
        return sorted({stage_of(model) for model in models})


@contextlib.contextmanager
def _going_on(failed: str, but: type[Exception] | tuple[()] = ()) -> Generator[None]:
    """What goes wrong in one turn of a loop is logged, and the loop turns on; `but` what its caller sees to."""
    try:
        yield
    except but:
        raise
    except (StorageError, OSError) as error:
        log.error("%s: %s", failed, error)
    except Exception:
        log.exception(failed)


async def _end(work: Iterable[asyncio.Task[None] | None]) -> None:
    """Stop these and wait until they have."""
    tasks = [one for one in work if one is not None]
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _stronger(one: str, other: str) -> str:
    return CANCEL if CANCEL in (one, other) else other
