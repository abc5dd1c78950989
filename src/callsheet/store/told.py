"""What a task said and was told: the words it is found by, its exchanges with a vendor, and letting go of all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from callsheet.errors import Conflict
from callsheet.store.database import Database, Step, Unchanged
from callsheet.store.missing import no_task
from callsheet.store.rows import Row, file_of, row_of
from callsheet.tasks import Clock, Exchange, File, Task

EXCHANGES = 24
"""How many exchanges of a task are kept: the first ones, and always the last."""

SAID = 4000
"""Letters of a task by which it is found: the first ones."""


class Told:
    """The part of the store that keeps what was said, and forgets it."""

    _database: Database
    _clock: Clock

    async def exchanges(self, task_id: str) -> list[Exchange]:
        """What was said to a task's vendor and answered, oldest first."""
        records = await self._database.read("exchanges", {"task_id": task_id})
        return [Exchange(**record) for record in records]

    async def ended(self, before: int, after: tuple[int, str], limit: int) -> list[tuple[str, str, int]]:
        """Tasks that ended before a time, the longest ago first: account, id, and when; those behind `after`."""
        asked = {"before": before, "at": after[0], "id": after[1], "limit": limit}
        records = await self._database.read("ended_before", asked)
        return [(one["account"], one["id"], one["ended_at"]) for one in records]

    async def delete_task(self, account: str, task_id: str) -> list[File]:
        """Let go of an ended task: of all it said and made. Answers its files, whose bytes are the caller's to delete.

        What it cost stays in the ledger, and its row, bare, for that and for what its vendor may still say. NotFound;
        Conflict while it goes on, is being told, or another task takes its output.
        """
        records = await self._database.read("task", {"id": task_id, "account": account})
        if not records:
            raise no_task(task_id)
        row = row_of(records[0])
        try:
            answers = await self._database.write(_erasing(row, self._clock()))
        except Unchanged:
            raise _kept(row) from None
        return [file_of(record) for record in answers[-1]]


def said_step(task: Task) -> Step:
    """What makes a new task findable by its words."""
    return Step("add_said", {"account": task.account, "text": said(task)})


def said(task: Task) -> str:
    """Its id, its labels and every text of its input, in small letters."""
    texts = [task.id, *task.metadata.values(), *_texts(task.input)]
    return " ".join(" ".join(texts).split()).lower().replace("\0", "")[:SAID].encode("utf-8", "replace").decode()


_MUTE = (bool, int, float, type(None))
"""What has no words in it."""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            if not isinstance(one, _MUTE):  # most of an input, and seen at once
                yield from _texts(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from _texts(one)


def exchange_steps(task_id: str, exchanges: Iterable[Exchange]) -> list[Step]:
    """What keeps these exchanges, within any transaction."""
    return [Step("add_exchange", {"task_id": task_id, "most": EXCHANGES, **asdict(one)}) for one in exchanges]


def _erasing(row: Row, now: int) -> list[Step]:
    task, place = row.task, {"account": row.task.account, "seq": row.seq}
    labels = [{**place, "name": name, "value": value} for name, value in task.metadata.items()]
    return [
        Step("erase_task", {"id": task.id, "account": task.account, "now": now}, must_change=True),
        *[Step("erase_label", label) for label in labels],
        Step("erase_said", place),
        Step("erase_events", {"id": task.id}),
        Step("erase_aliases", {"id": task.id}),
        Step("erase_deliveries", {"id": task.id}),
        Step("erase_messages", {"id": task.id}),
        Step("erase_exchanges", {"id": task.id}),
        Step("erase_files", {"id": task.id}),
    ]


def _kept(row: Row) -> Conflict:
    if not row.task.state.final or row.phase != "done":
        return Conflict(
            f"{row.task.id} has not ended.", hint="Cancel it first, and delete it once it has ended."
        ).because("not_ended", task=row.task.id)
    if row.task.told == "pending":
        telling = Conflict(f"The webhook of {row.task.id} is still being told.", hint="Delete it once that is settled.")
        return telling.because("webhook_open", task=row.task.id)
    return Conflict(
        f"Another task takes what {row.task.id} made.", hint="Delete it once that one has ended, or cancel that one."
    ).because("output_taken", task=row.task.id)
