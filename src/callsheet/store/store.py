"""The store: tasks, their timeline and their schedule, in three rules, over any Database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from callsheet.errors import InvalidInput, NotFound
from callsheet.store import durations
from callsheet.store import needs as needed
from callsheet.store.database import Records, Step, Unchanged
from callsheet.store.ledger import NOTHING, Ledger, Moves, admitted, entry_steps, moved, refused
from callsheet.store.listing import Listing
from callsheet.store.missing import no_task
from callsheet.store.outbox import Lost, NewEvent, Outbox, event_steps
from callsheet.store.rows import Phase, Row, column, event_of, file_of, record_of_row, row_of, task_of, to_text
from callsheet.store.sharing import Sharing
from callsheet.store.shelf import file_steps
from callsheet.store.told import Told, exchange_steps, said_step
from callsheet.store.watched import Sole, Watched, owned, sole_steps
from callsheet.tasks import Event, Exchange, File, Task

COURSE = frozenset({"phase", "lane", "due", "attempt", "remote", "sent_at", "credential", "parked_at"})
"""What `patch` may still change after a task's end."""

TASK = COURSE | {
    *("state", "stage", "progress", "input", "usage", "error", "wire", "started_at", "ended_at"),
    *("run_model", "run_input", "onward"),
}
"""What `patch` may change while a task runs: fields of Row and of its Task, by their names there."""


class Taken(Exception):
    """The account used this Idempotency-Key before, for the task named, with a body of this hash."""

    def __init__(self, task_id: str, body_hash: str) -> None:
        super().__init__(task_id)
        self.task_id = task_id
        self.body_hash = body_hash


class Store(Ledger, Listing, Outbox, Sharing, Told, Watched):
    """Every way to read and write the house's memory. Writes are durable when they return.

    All raise StorageError when the disk is full or the database unreadable; then nothing was kept.
    """

    async def add_task(
        self,
        row: Row,
        events: Iterable[NewEvent] = (),
        idempotency: tuple[str, str] | None = None,
        aliases: Iterable[str] = (),
        needs: Iterable[str] = (),
        moves: Moves = NOTHING,
    ) -> Row:
        """Keep a new task with its first events; answers the row as kept.

        `needs` are the tasks whose outputs it takes, and the files: these are not let go while it is unfinished. One
        in phase `wait` is due as soon as all those tasks have ended, or one of them badly. NotFound for a task that is
        not the account's.

        `moves` set aside what it may cost, and its key is counted: Short or Limited where they do not have it.
        `idempotency` is `(key, body_hash)`, scoped to the account; of any number of callers with one key a single one
        wins and the others get Taken. `aliases` are its ids in its door.
        `seq` is given here, and `created_at` is moved up to that of the newest task where the clock was set back, so
        that both grow together.
        """
        task = row.task
        steps = [Step("raise_task_counter", {"now": task.created_at})]
        if idempotency is not None:
            steps.append(_remember(task, *idempotency))
        record = record_of_row(row)
        held, following = needed.first_steps(row, needs)
        steps += [*admitted(record, moves), *held, Step("add_task", record)]
        added = len(steps) - 1
        steps += [*following, *entry_steps(moves.entries, task.created_at)]
        steps += [said_step(task), *[Step("add_label", label) for label in _labels(task)]]
        steps += [Step("add_alias", {"door": task.door, "name": name, "task_id": task.id}) for name in aliases]
        steps += event_steps(task.id, task.created_at, events)
        try:
            answers = await self._database.write(steps)
        except Unchanged as error:
            if error.query == "hold_needed":
                raise NotFound("There is no such task whose output could be taken.") from None
            raise refused(error) or await self._taken(task.account, idempotency) from None
        (given,) = answers[added]
        kept = task if given["created_at"] == task.created_at else replace(task, created_at=given["created_at"])
        return replace(row, task=kept, seq=given["seq"], updated_at=given["created_at"])

    async def _taken(self, account: str, idempotency: tuple[str, str] | None) -> Taken:
        assert idempotency is not None
        (record,) = await self._database.read("idempotency", {"account": account, "key": idempotency[0]})
        return Taken(record["task_id"], record["body_hash"])

    async def idempotent(self, account: str, key: str) -> tuple[str, str] | None:
        """The `(task_id, body_hash)` an account's key named before, or None."""
        records = await self._database.read("idempotency", {"account": account, "key": key})
        return (records[0]["task_id"], records[0]["body_hash"]) if records else None

    async def forget_keys(self, before: int) -> int:
        """Let go of Idempotency-Keys first used before a time; answers how many."""
        (records,) = await self._database.write([Step("forget_idempotency", {"before": before})])
        return len(records)

    async def row(self, task_id: str) -> Row:
        """One task as the engine sees it, whoever owns it. NotFound."""
        records = await self._database.read("row", {"id": task_id})
        if not records:
            raise no_task(task_id)
        return row_of(records[0])

    async def task(self, account: str, task_id: str) -> Task:
        """One task of an account, with its artifacts. NotFound, also when it is another account's."""
        asked = {"id": task_id, "account": account, "task_id": task_id}
        tasks, files = await self._database.read_all([Step("task", asked), Step("files_of_task", asked)])
        if not tasks:
            raise no_task(task_id)
        return task_of(tasks[0], tuple(file_of(record) for record in files))

    async def task_by_alias(self, door: str, name: str, account: str | None) -> Task:
        """The task that a dialect's id stands for, with its artifacts; `account` None where the id is the proof."""
        records = await self._database.read("task_by_alias", {"door": door, "name": name, "account": account})
        if not records:
            raise no_task(name)
        return (await self._with_artifacts(records))[0]

    async def due(self, lane: str, now: int, limit: int) -> list[str]:
        """Ids of what a lane should take now: highest priority first, then the longest due, then the oldest."""
        return [one["id"] for one in await self._database.read("due", {"lane": lane, "now": now, "limit": limit})]

    async def next_due(self, after: int = -1) -> int | None:
        """When anything is due next, in any lane, later than `after`; None when nothing is left to do."""
        (record,) = await self._database.read("next_due", {"after": after})
        return record["due"]

    async def lanes(self) -> dict[tuple[str, Phase], int]:
        """How many rows wait in each lane and phase that is not done, by `(lane, phase)`."""
        records = await self._database.read("lanes", {})
        return {(record["lane"], record["phase"]): record["waiting"] for record in records}

    async def take(
        self, task_id: str, phases: Sequence[Phase], now: int, lease_until: int, *, early: bool = False
    ) -> Row | None:
        """Rule 1: get a due row in one of these phases by raising its fence; None when there is nothing to do.

        `early` also takes a row that is not yet due, if nobody holds it: its driver has news, or a cancel was asked.
        After `lease_until` it is due again for anyone. State does not change: that is a patch.
        """
        named = {f"phase{number}": phases[min(number, len(phases)) - 1] for number in range(1, 7)}
        asked = {"id": task_id, "now": now, "lease_until": lease_until, "early": int(early), **named}
        (records,) = await self._database.write([Step("take", asked)])
        return row_of(records[0]) if records else None

    async def extend(self, task_id: str, fence: int, lease_until: int) -> None:
        """A heartbeat: hold the row for longer. Lost."""
        await self._fenced([Step("extend", {"id": task_id, "fence": fence, "lease_until": lease_until}, True)])

    async def patch(
        self,
        task_id: str,
        fence: int,
        changes: Mapping[str, Any],
        events: Iterable[NewEvent] = (),
        files: Iterable[File] = (),
        took: tuple[str, int] | None = None,
        moves: Moves = NOTHING,
        sole: Sole | None = None,
        exchanges: Iterable[Exchange] = (),
    ) -> Row:
        """Rules 2 and 3: change a row one has taken, with its events and artifacts, all or nothing; answers the row.

        `changes` are from TASK, in the types of Row and Task (`state` a State, `error` a Failure or None). Naming a
        `due` or a `phase` gives the row back. Look at `cancel_asked` of the answer. Raises Lost when the fence was
        raised since, or when the task has ended and more than COURSE is named. `files` are kept as the task's
        artifacts, in this order: each must name the task. `moves` are its money; Short where the account has not what
        they set aside. `took` is a model and how many milliseconds it took, for `durations`. With `sole` it is
        Owned, a Lost, where the `remote` it names is another task's.
        `exchanges` is what was said to its vendor.
        """
        now = self._clock()
        first = sole_steps(task_id, sole, changes["remote"]) if sole else []
        first += moved(task_id, moves, now, ends=needed.ends(changes))
        steps = [*first, _patch_step(task_id, fence, changes, now), *event_steps(task_id, now, events)]
        steps += needed.patch_steps(task_id, changes, now)
        for position, file in enumerate(files):
            if file.task_id != task_id:
                raise ValueError(f"artifact {file.id} names task {file.task_id}, not {task_id}")
            steps += file_steps(file, position)
        steps += durations.steps(*took) if took is not None else []
        steps += exchange_steps(task_id, exchanges)
        return row_of((await self._fenced(steps))[len(first)][0])

    async def _fenced(self, steps: list[Step]) -> list[Records]:
        try:
            return await self._database.write(steps)
        except Unchanged as error:
            raise refused(error) or owned(error) or Lost() from None

    async def ask_cancel(self, account: str, task_id: str, now: int) -> Row:
        """The caller wants the end: `cancel_asked` is set while there is something to end. Idempotent. NotFound.

        The schedule is left alone, for a request may be on its way: whoever holds the row sees it in the answer to its
        next patch; else take it `early`.
        """
        steps = [Step("ask_cancel", {"id": task_id, "account": account, "now": now}, must_change=True)]
        steps += event_steps(task_id, now, [("cancel_asked", {})])
        try:
            answers = await self._database.write(steps)
        except Unchanged:
            row = await self.row(task_id)
            if row.task.account != account:
                raise no_task(task_id) from None
            return row
        return row_of(answers[0][0])

    async def recover(self, local_stages: Iterable[str], now: int) -> int:
        """At start, after a crash or not: what a dead owner held is due now; answers how many rows were mended.

        What waits for tasks that have ended is due. Rows in phase `poll` whose stage is local go back to `submit`, each
        with an event `recovered`: their work died with its process. Every fence is raised, so that a late write of the
        dead is refused.
        """
        steps = [Step(name, {"now": now}) for name in ("recover_taken", "recover_waiting", "recover_messages")]
        for stage in local_stages:
            told = to_text({"from": "poll", "to": "submit"})
            steps.append(Step("recover_events", {"stage": stage, "now": now, "data": told}))
            steps.append(Step("recover_local", {"stage": stage, "now": now}))
        answers = await self._database.write(steps)
        return len({record["id"] for answer in answers for record in answer})

    async def events(self, task_id: str, after: int = 0, limit: int = 1000) -> list[Event]:
        """A task's timeline from `after` on, oldest first."""
        records = await self._database.read("events", {"task_id": task_id, "after": after, "limit": limit})
        return [event_of(record) for record in records]

    async def close(self) -> None:
        """Finish what was accepted and let go of the database."""
        await self._database.close()


def _remember(task: Task, key: str, body_hash: str) -> Step:
    asked = {"account": task.account, "key": key, "body_hash": body_hash}
    return Step("add_idempotency", {**asked, "task_id": task.id, "now": task.created_at}, must_change=True)


def _labels(task: Task) -> list[dict[str, str]]:
    for text in (*task.metadata, *task.metadata.values()):
        if "\0" in text or _has_surrogate(text):
            raise InvalidInput("Metadata holds a character that cannot be kept.", param="metadata")
    return [{"account": task.account, "name": name, "value": value} for name, value in task.metadata.items()]


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _patch_step(task_id: str, fence: int, changes: Mapping[str, Any], now: int) -> Step:
    unknown = changes.keys() - TASK
    if unknown:
        raise ValueError(f"a patch cannot change {', '.join(sorted(unknown))}")
    guard = {"id": task_id, "fence": fence, "now": now}
    if set(changes) == {"due"}:
        return Step("patch_due", {**guard, "due": changes["due"]}, must_change=True)
    if set(changes) == {"progress"}:
        return Step("patch_progress", {**guard, "progress": changes["progress"]}, must_change=True)
    query, known = ("patch_course", COURSE) if changes.keys() <= COURSE else ("patch_task", TASK)
    params: dict[str, Any] = {f"has_{name}": int(name in changes) for name in known}
    params |= {name: column(name, changes.get(name)) for name in known}
    return Step(query, {**guard, **params}, must_change=True)
