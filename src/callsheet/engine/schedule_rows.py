"""The schedule of one process: the rows themselves, lane by lane and within slots."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from callsheet.catalog import Catalog
from callsheet.contract import Driver
from callsheet.engine import advance, pace
from callsheet.engine.pace import Budget
from callsheet.engine.schedule import Call, Nudge
from callsheet.settings import VendorAccess
from callsheet.store import Row, Store
from callsheet.tasks import Clock

SUBMITS, POLLS, COLLECTS, WAITS = 32, 256, 8, 16
"""How many rows of each such lane are worked on at once, whatever room there is with a driver."""

CALLS = 100.0
"""Questions a second about the tasks of one vendor, where neither settings nor facts say how many it takes."""


class RowSchedule:
    """`Schedule` for the one process that owns a home. How many rows are with each driver is counted from the rows.

    `calls` is by vendor how many questions a second it is asked; what is due beyond that waits a little, the longest
    due first. News and cancels are asked at once.
    """

    heartbeat = pace.HEARTBEAT

    def __init__(self, store: Store, clock: Clock, calls: Mapping[str, float] | None = None) -> None:
        self._store = store
        self._clock = clock
        self._drivers: Mapping[str, Driver] = {}
        self._local_stages: Collection[str] = ()
        self._with_driver: dict[str, set[str]] = defaultdict(set)
        self._silent: set[str] = set()
        self._budgets = {vendor: Budget(rate, max(1, round(rate))) for vendor, rate in (calls or {}).items()}
        self._short: float | None = None

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
                self._with_driver[vendor] = await self._store.with_driver(f"poll:{vendor}")
        vendors = {lane.partition(":")[2] for lane, _ in await self._store.lanes()}
        self._silent = vendors - drivers.keys() - {""}

    async def ready(self, now: int, flying: Mapping[str, str]) -> list[Call]:
        """Everything that is due and that a slot is free for."""
        found: list[Call] = []
        working, self._short = Counter(flying.values()), None
        free = {lane: self._free(lane, room, working[lane], now) for lane, room in self._lanes()}
        wanted = {lane: room + working[lane] for lane, room in free.items() if room > 0}
        for lane, due in (await self._store.due_in(wanted, now)).items():
            picked = [one for one in due if one not in flying][: free[lane]]
            found += [Call(task_id, lane) for task_id in picked]
            kind, _, vendor = lane.partition(":")
            if kind == "submit":
                self._with_driver[vendor].update(picked)
            elif kind == "poll" and vendor in self._budgets:
                self._spend(vendor, len(picked), now, more=len(due) > len(picked))
        return found

    def _free(self, lane: str, room: int, working: int, now: int) -> int:
        """How many more rows of a lane may be worked on."""
        kind, _, vendor = lane.partition(":")
        if kind == "submit":
            return min(room, SUBMITS - working)  # what is worked on is with the driver, and counted there too
        budget = self._budgets.get(vendor) if kind == "poll" else None
        if budget is None:
            return room - working
        if not budget.room(now):
            self._look_in(budget.opens(now))
        return min(room - working, budget.room(now))

    def _spend(self, vendor: str, calls: int, now: int, *, more: bool) -> None:
        self._budgets[vendor] = budget = self._budgets[vendor].spent(calls, now)
        if more or not budget.room(now):
            self._look_in(budget.opens(now))

    def _look_in(self, wait: float) -> None:
        """Something may be due that the budget has no room for: look again after so many milliseconds."""
        self._short = wait if self._short is None else min(self._short, wait)

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
        waits = [] if due is None else [due - self._clock()]
        waits += [] if self._short is None else [max(self._short, 1)]
        return max(0.0, min(waits) / 1000) if waits else None

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


def questions(drivers: Mapping[str, Driver], access: Mapping[str, VendorAccess], catalog: Catalog) -> dict[str, float]:
    """How many questions a second each vendor is asked at most: by its setting, its facts, or else a hundred."""
    found: dict[str, float] = {}
    for vendor in [one for one, driver in drivers.items() if not driver.local]:
        setting = access[vendor].calls if vendor in access else None
        found[vendor] = setting or catalog.vendor(vendor).calls or CALLS
    return found
