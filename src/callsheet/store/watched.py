"""What the store knows of watching: what is due and looked at again, how long tasks take, whose a vendor's id is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from callsheet.store.database import Database, Step, Unchanged
from callsheet.store.durations import Histogram, by_model
from callsheet.store.outbox import Lost
from callsheet.store.rows import Record, Row, row_of, to_text
from callsheet.store.together import Together
from callsheet.tasks import Clock


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
    """The part of the store by which tasks are watched, many at a time, and that tells what to expect of a vendor."""

    _database: Database
    _clock: Clock

    async def due_in(self, lanes: Mapping[str, int], now: int) -> dict[str, list[str]]:
        """What several lanes should take now, of each at most so many, at one moment; as `due` orders it."""
        steps = [Step("due", {"lane": lane, "now": now, "limit": limit}) for lane, limit in lanes.items()]
        answers = await self._database.read_all(steps)
        return {lane: [one["id"] for one in answer] for lane, answer in zip(lanes, answers, strict=True)}

    async def take_due(self, task_id: str, now: int, lease_until: int) -> Row | None:
        """Rule 1 for a row that is due, whatever its phase; None when there is nothing to do. See `Store.take`.

        Any number of callers at once share a statement, and with it the latest of their times.
        """
        record = await self._takes.call((task_id, now, lease_until))
        return None if record is None else row_of(record)

    async def look_again(self, row: Row, due: int) -> Row:
        """Rule 2 for a row one has taken, of which there is nothing new: it is given back until then. Lost.

        Any number of callers at once share a statement.
        """
        return await self._looks.call((row, due))

    @cached_property
    def _takes(self) -> Together[tuple[str, int, int], Record | None]:
        return Together(self._take_all)

    @cached_property
    def _looks(self) -> Together[tuple[Row, int], Row]:
        return Together(self._look_again_all)

    async def _take_all(self, asked: Sequence[tuple[str, int, int]]) -> Sequence[Record | None]:
        tasks = to_text({task_id: 0 for task_id, _, _ in asked})
        now, lease_until = max(one[1] for one in asked), max(one[2] for one in asked)
        step = Step("take_due", {"tasks": tasks, "now": now, "lease_until": lease_until})
        taken: dict[str, Record] = {record["id"]: record for record in (await self._database.write([step]))[0]}
        return [taken.pop(task_id, None) for task_id, _, _ in asked]  # of two who ask for the same, one has it

    async def _look_again_all(self, given: Sequence[tuple[Row, int]]) -> Sequence[Row | Exception]:
        looks: dict[str, dict[int, int]] = {}
        for row, due in given:
            looks.setdefault(row.task.id, {})[row.fence] = due
        now = self._clock()
        (records,) = await self._database.write([Step("look_again", {"looks": to_text(looks), "now": now})])
        asked = {(one["id"], one["fence"]): bool(one["cancel_asked"]) for one in records}
        return [
            replace(row, due=due, taken=False, updated_at=now, cancel_asked=asked[row.task.id, row.fence])
            if (row.task.id, row.fence) in asked
            else Lost()
            for row, due in given
        ]

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
