"""What the twin accepted and charged: the truth that an app under test is held against."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callsheet.catalog import Model
from callsheet.server.shapes import stamp
from callsheet.tasks import File, NewTask, State, Task
from callsheet.twin.plot import Moment, Plot, seen
from callsheet.twin.shelf import Shelf


@dataclass(slots=True)
class Record:
    """A task that was accepted. `about` names it by its body and how often that came.

    `credits` is None where no price is documented.
    """

    number: int
    task: Task
    model: Model
    aliases: tuple[str, ...]
    body: str
    about: str
    key: str
    credits: float | None
    plot: Plot
    cancel_at: int | None = None
    files: tuple[File, ...] | None = None

    def moment(self, now: int) -> Moment:
        """How it stands."""
        return seen(self.plot, self.cancel_at, now)

    def charged(self, now: int) -> bool:
        """Whether what it costs is kept: given back once it failed or was canceled, unless told otherwise."""
        return self.plot.charged or self.moment(now).state not in (State.FAILED, State.CANCELED)


def fingerprint(model: Model, new: NewTask, shelf: Shelf) -> str:
    """A short name of what was asked, whatever its callback and wherever its media were put."""
    plain = model.with_media(new.input, lambda _, reference: shelf.mark(reference))
    text = json.dumps([model.id, plain], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def account(records: Iterable[Record], now: int) -> dict[str, Any]:
    """Every task that was accepted, what was charged, and the bodies that were accepted more than once."""
    tasks = [_told(record, now) for record in records]
    bodies = Counter(task["body"] for task in tasks)
    paid = Counter(task["body"] for task in tasks if task["charged"])
    return {
        "accepted": len(tasks),
        "charged": sum(paid.values()),
        "credits": sum(task["credits"] or 0 for task in tasks if task["charged"]),
        "accepted_twice": _twice(tasks, bodies),
        "charged_twice": _twice([task for task in tasks if task["charged"]], paid),
        "tasks": tasks,
    }


def _told(record: Record, now: int) -> dict[str, Any]:
    moment = record.moment(now)
    return {
        "number": record.number,
        "id": record.aliases[0] if record.aliases else record.task.id,
        "vendor": record.task.door,
        "model": record.model.id,
        "state": moment.state.value,
        "body": record.body,
        "input": dict(record.task.input),
        "key": record.key,
        "charged": record.charged(now),
        "credits": record.credits,
        "accepted_at": stamp(record.task.created_at),
        "ended_at": None if moment.ended_at is None else stamp(moment.ended_at),
    }


def _twice(tasks: Iterable[Mapping[str, Any]], counted: Counter[str]) -> dict[str, list[int]]:
    """The numbers of the tasks by the body that they share."""
    found: dict[str, list[int]] = {}
    for task in tasks:
        if counted[task["body"]] > 1:
            found.setdefault(task["body"], []).append(task["number"])
    return found
