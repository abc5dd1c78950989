"""What the worker asks of a schedule: which rows to work on here and now, and who else has to be told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from callsheet.contract import Driver
from callsheet.store import Row

CANCEL, NEWS = "cancel", "news"
"""Why a task is looked at before it is due: its end was asked for, or its stage has news of it."""

Nudge = Callable[[str, str], None]
"""Called with a task and a why, in the worker's own loop."""


@dataclass(frozen=True, slots=True)
class Call:
    """One row to look at, and the lane it was found in; `over` takes it from a holder that is known to be dead.

    A row that is in the wrong lane is sent to its own, never worked on there.
    """

    task_id: str
    lane: str
    over: bool = False


class Schedule(Protocol):
    """Says what is due, each row to one worker at a time. The rows are the truth.

    What it says may be old or said twice: the take decides (rule 1). What it remembers beside the rows can be lost at
    any moment. Rows in one process (`RowSchedule`), a queue's deliveries on many machines (`QueueSchedule`).
    """

    heartbeat: float
    """Seconds between two signs of life."""

    async def open(
        self,
        drivers: Mapping[str, Driver],
        local_stages: Collection[str],
        nudge: Nudge,
        ring: Callable[[], None],
    ) -> None:
        """Begin: what a dead owner held is due again.

        `nudge` is called when another process has news for this one, `ring` when there may be something to do.
        """
        ...

    async def ready(self, now: int, flying: Mapping[str, str]) -> list[Call]:
        """What to work on now, within the slots; `flying` is what is worked on here already, with its lane."""
        ...

    async def rest(self, now: int) -> float | None:
        """For how many seconds nothing more is due, unless someone rings; None for as long as nobody does."""
        ...

    def landed(self, task_id: str, lane: str, row: Row | None) -> None:
        """A step is over: the lane it began in, and the row as it was last written, or None where nothing was taken."""
        ...

    async def beat(self) -> Collection[str]:
        """Signs of life for all that is held here; what was, and is another's now."""
        ...

    def elsewhere(self, task_id: str, why: str) -> bool:
        """Whether another process may have this task in hand; that one is told."""
        ...

    async def leads(self) -> bool:
        """Whether this process keeps house for all of them."""
        ...

    async def close(self, held: Collection[Row]) -> None:
        """Hand back what is held here; `held` are rows whose step was broken off."""
        ...
