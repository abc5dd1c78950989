"""What the store knows of watching: how long tasks take, and which task a vendor's id belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.store.database import Database, Step
from callsheet.store.durations import Histogram, by_model


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

    async def durations(self, model: str) -> Histogram:
        """How long tasks of a model took at its vendor: weights by bucket."""
        return by_model(await self._database.read("durations_of", {"model": model})).get(model, {})


def sole_steps(task_id: str, vendor: str, remote: str) -> list[Step]:
    """What lets a transaction go on only where no other task has this id at its vendor; one such asks at a time."""
    asked = {"id": task_id, "remote": remote, "models": f"{vendor}/%"}
    return [Step("hold_counter"), Step("sole", asked, must_change=True)]
