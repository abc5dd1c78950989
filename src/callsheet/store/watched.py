"""What the store knows of watching: how long tasks take, and which task a vendor's id belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callsheet.store.database import Database, Step, Unchanged
from callsheet.store.durations import Histogram, by_model
from callsheet.store.outbox import Lost


class Owned(Lost):
    """The vendor's id belongs to another task, or may be that of one on its way: nothing was written."""


@dataclass(frozen=True, slots=True)
class Sole:
    """The `remote` that a patch names must be this task's alone at this vendor.

    `searched` is for what was found and not told: another that asks for the very same must not be on its way there.
    """

    vendor: str
    searched: bool = False


class Watched:
    """The part of the store that tells what to expect of a vendor."""

    _database: Database

    async def due_in(self, lanes: Mapping[str, int], now: int) -> dict[str, list[str]]:
        """What several lanes should take now, of each at most so many, at one moment; as `due` orders it."""
        steps = [Step("due", {"lane": lane, "now": now, "limit": limit}) for lane, limit in lanes.items()]
        answers = await self._database.read_all(steps)
        return {lane: [one["id"] for one in answer] for lane, answer in zip(lanes, answers, strict=True)}

    async def with_driver(self, lane: str) -> set[str]:
        """Which tasks of a `poll` lane its vendor is at work on: not what is only looked for, or waits for a key."""
        return {one["id"] for one in await self._database.read("with_driver", {"lane": lane})}

    async def owner_of(self, vendor: str, remote: str) -> str | None:
        """The task that this id of a vendor's belongs to, if any; an id is one task's for ever."""
        records = await self._database.read("remote_owner", {"vendor": vendor, "remote": remote})
        return records[0]["task_id"] if records else None

    async def durations(self, model: str) -> Histogram:
        """How long tasks of a model took at its vendor: weights by bucket."""
        return by_model(await self._database.read("durations_of", {"model": model})).get(model, {})


def sole_steps(task_id: str, sole: Sole, remote: str) -> list[Step]:
    """What lets a transaction go on only where this id at its vendor is, or becomes, this task's."""
    steps = [Step("own_remote", {"id": task_id, "vendor": sole.vendor, "remote": remote}, must_change=True)]
    if sole.searched:
        steps.append(Step("no_sibling", {"id": task_id, "lane": f"submit:{sole.vendor}"}, must_change=True))
    return steps


def owned(error: Unchanged) -> Owned | None:
    """What it means that one of those steps changed nothing; None for any other."""
    return Owned() if error.query in ("own_remote", "no_sibling") else None
