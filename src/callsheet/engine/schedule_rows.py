"""The schedule of one process: the rows themselves, lane by lane and within slots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from callsheet.contract import Driver
from callsheet.engine import advance, pace
from callsheet.engine.schedule import Call, Nudge
from callsheet.store import Row, Store
from callsheet.tasks import Clock

POLLS, COLLECTS, WAITS = 64, 8, 16
"""How many rows of these lanes are worked on at once; a `submit` lane has its driver's slots."""

EVER = 2**62


class RowSchedule:
    """`Schedule` for the one process that owns a home. How many rows are with each driver is counted from the rows."""

    heartbeat = pace.HEARTBEAT

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._drivers: Mapping[str, Driver] = {}
        self._local_stages: Collection[str] = ()
        self._with_driver: dict[str, set[str]] = defaultdict(set)
        self._silent: set[str] = set()

    async def open(
        self,
        drivers: Mapping[str, Driver],
        local_stages: Collection[str],
        nudge: Nudge,
        ring: Callable[[], None],
    ) -> None:
        """Mend what the last process left, and count what is with each driver."""
        self._drivers = drivers
        self._local_stages = local_stages
        await self._store.recover(local_stages, self._clock())
        for vendor, driver in drivers.items():
            if not driver.local:
                self._with_driver[vendor] = set(await self._store.due(f"poll:{vendor}", EVER, 1_000_000))
        vendors = {lane.partition(":")[2] for lane, _ in await self._store.lanes()}
        self._silent = vendors - drivers.keys() - {""}

    async def ready(self, now: int, flying: Mapping[str, str]) -> list[Call]:
        """Everything that is due and that a slot is free for."""
        found: list[Call] = []
        for lane, room in self._lanes():
            submits = lane.startswith("submit:")
            free = room - (0 if submits else sum(one == lane for one in flying.values()))
            if free <= 0:
                continue
            due = await self._store.due(lane, now, free + len(flying))
            picked = [one for one in due if one not in flying][:free]
            found += [Call(task_id, lane) for task_id in picked]
            if submits:
                self._with_driver[lane.partition(":")[2]].update(picked)
        return found

    def _lanes(self) -> Iterable[tuple[str, int]]:
        """Every lane and how many rows it may work on; ends first, so that nothing holds them up."""
        yield from (("collect", COLLECTS), ("wait", WAITS))
        for vendor, driver in self._drivers.items():
            yield f"poll:{vendor}", POLLS
            yield f"submit:{vendor}", driver.slots - len(self._with_driver[vendor])
        for vendor in self._silent:  # their key was taken away: their tasks are told so, or go elsewhere
            yield f"poll:{vendor}", POLLS
            yield f"submit:{vendor}", POLLS - len(self._with_driver[vendor])

    async def rest(self, now: int) -> float | None:
        """Until the next row is due."""
        due = await self._store.next_due(now)
        return None if due is None else max(0.0, (due - self._clock()) / 1000)

    def landed(self, task_id: str, lane: str, row: Row | None) -> None:
        """Free its slot unless its task stays with the driver."""
        left = lane.partition(":")[2]  # whose slot it had: a step may have sent it to another vendor
        self._with_driver[left].discard(task_id)
        if row is None:
            return
        vendor = advance.driver_of(row)
        stays = row.phase == "poll" and not row.task.state.final and row.parked_at is None
        (self._with_driver[vendor].add if stays else self._with_driver[vendor].discard)(task_id)

    async def beat(self) -> Collection[str]:
        """Nobody else can have anything: the home is locked."""
        return ()

    def elsewhere(self, task_id: str, why: str) -> bool:
        """There is nobody else."""
        return False

    async def leads(self) -> bool:
        """There is nobody else."""
        return True

    async def close(self, held: Collection[Row]) -> None:
        """What was under way is due at the next start."""
        await self._store.recover(self._local_stages, self._clock())
