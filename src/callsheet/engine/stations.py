"""What the schedule of many machines stands on: stations where tasks are worked at, their queue, and a board."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Protocol

from callsheet.catalog import LOCAL, Catalog
from callsheet.engine.pace import Budget

FLIGHTS = 128
"""How many rows are worked on at once, renders aside."""

HELD = 20_000
"""How many tasks one process holds between polls at most; the rest is other processes' or waits."""

MANY = 10_000
"""So many slots are no limit: the queue numbers the seats of a limit, which costs with every delivery."""

LOOK = 1.0
"""Seconds after which the queue is looked at although nobody rang: what a dead process held is found so."""

SOON = 1_500
"""Milliseconds: what is due again so soon is not put back into the queue in between."""

BUSY = 50
"""Milliseconds after which a row is looked at that was still in hand when it was due."""

EVERY = ("*",)
"""What a process declares that makes every render."""

MENDED = 60.0
"""Seconds between two searches for rows without an entry, and how long such a row was left alone."""


def station_of(lane: str, run_model: str) -> str:
    """Where a row is worked at: its vendor, what can render it, or its lane; the database's triggers say the same."""
    kind, _, vendor = lane.partition(":")
    if kind not in ("submit", "poll"):
        return lane
    return f"run:{run_model}" if run_model.partition("/")[0] in LOCAL else f"run:{vendor}"


def renders(catalog: Catalog, vendor: str, wanted: Collection[str] | None) -> dict[str, int]:
    """The stations of what a local vendor makes, as far as it is wanted, without a limit over all machines."""
    models = catalog.models(vendor=vendor)
    return {f"run:{model.id}": 0 for model in models if wanted is None or model.capability in wanted}


def made_here(station: str) -> bool:
    """Whether a station's work is a render, which dies with its process."""
    return station.partition("/")[0].removeprefix("run:") in LOCAL


class Entry(Protocol):
    """A delivery: the queue's number, the station, the task."""

    @property
    def id(self) -> int: ...
    @property
    def station(self) -> str: ...
    @property
    def task_id(self) -> str: ...


class Deliveries(Protocol):
    """The queue, as `store.postgres.Queue` is."""

    async def deliver(self, stations: Mapping[str, int], most: int) -> Collection[Entry]: ...
    async def beat(self, entries: Collection[int]) -> set[int]: ...
    async def done(self, entries: Collection[Entry]) -> None: ...
    async def later(self, entry: Entry, seconds: float) -> None: ...
    async def rest(self, stations: Collection[str]) -> float | None: ...
    async def hasten(self, task_id: str) -> None: ...
    async def hand_back(self) -> None: ...
    async def bury(self) -> int: ...
    async def holders(self) -> Mapping[str, int]: ...
    async def mend(self, before: int) -> int: ...
    async def shed(self) -> None: ...


class Board(Protocol):
    """What processes tell each other, as `store.postgres.Bulletin` is."""

    def listen(self, heard: Callable[[str, str], None]) -> None: ...
    def tell(self, kind: str, task_id: str) -> None: ...
    async def declare(self, renders: Collection[str]) -> None: ...
    async def flush(self) -> None: ...
    async def leads(self) -> bool: ...


class Shares:
    """How often each vendor may be asked from here: its questions a second, shared by the processes that ask it."""

    def __init__(self, calls: Mapping[str, float]) -> None:
        self._calls = {f"run:{vendor}": rate for vendor, rate in calls.items()}
        self._budgets = {station: _budget(rate) for station, rate in self._calls.items()}
        self._placed: set[str] = set()

    def wait(self, task_id: str, station: str, now: int) -> int:
        """In how many milliseconds this task's vendor may be asked, 0 for now; its place is kept for it until then."""
        budget = self._budgets.get(station)
        if budget is None or task_id in self._placed:
            self._placed.discard(task_id)
            return 0
        self._budgets[station] = budget.spent(1, now)
        if budget.room(now):
            return 0
        self._placed.add(task_id)
        return max(1, round(budget.opens(now)))

    def forget(self, task_id: str) -> None:
        """It is not asked for here any more."""
        self._placed.discard(task_id)

    def share(self, holders: Mapping[str, int]) -> None:
        """So many processes have tasks with each vendor now."""
        for station, rate in self._calls.items():
            fair = _budget(rate / max(1, holders.get(station, 1)))
            if fair.rate != self._budgets[station].rate:
                self._budgets[station] = replace(fair, ahead=self._budgets[station].ahead)


def _budget(rate: float) -> Budget:
    return Budget(rate, max(1, round(rate)))
