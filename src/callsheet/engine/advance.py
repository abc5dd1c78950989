"""What an answer does to a task: pure functions from a row and an answer to changes, events and the next due time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callsheet.catalog import Model
from callsheet.engine import failing, pace
from callsheet.engine.failing import because, failure_of
from callsheet.engine.pace import Chance, Watch
from callsheet.engine.routing import stage_of
from callsheet.errors import CallsheetError, Unauthorized, Unsure
from callsheet.store import Onward, Row
from callsheet.store.store import NewEvent
from callsheet.tasks import Artifact, Failure, File, State, Update

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """The changes of a row and the events that tell them, for one transaction.

    `artifacts` is set when the work succeeded: these are to be brought in before the task may end. `took` is for how
    many milliseconds a vendor worked on it, where that was just learnt.
    """

    changes: Mapping[str, Any]
    events: tuple[NewEvent, ...] = ()
    artifacts: tuple[Artifact, ...] | None = None
    took: int | None = None

    @property
    def quiet(self) -> bool:
        """Whether it says nothing that anyone reads: its task is only looked at again later."""
        return set(self.changes) == {"due"} and not self.events and self.artifacts is None and self.took is None


def lane(phase: str, row: Row) -> str:
    """The queue a row waits in: `submit:vidu` and `poll:vidu` per driver, `wait` and `collect` for all.

    What is unsure is looked for among the questions to its vendor: in `poll:vidu`, and it takes no slot.
    """
    if phase in ("submit", "poll", "unsure"):
        return f"{'submit' if phase == 'submit' else 'poll'}:{driver_of(row)}"
    return "" if phase == "done" else phase


def driver_of(row: Row) -> str:
    """The vendor whose driver runs this row."""
    return row.run_model.partition("/")[0]


def answered(row: Row, update: Update, now: int, watch: Watch, chance: Chance, told_at: int = 0) -> Move:
    """After submit, poll or cancel answered. `told_at` is when progress was last told, for the pace of telling."""
    if update.state is State.FAILED:
        failure = update.failure or failing.SILENT
        return _timed(failed(row, failure, now, update.usage), row, now, watch, chance)
    if update.state is State.CANCELED:
        return (
            canceled(row, now, update.usage) if row.cancel_asked else failed(row, failing.ELSEWHERE, now, update.usage)
        )
    if update.state is State.SUCCEEDED:
        return _timed(_to_collect(row, update, now), row, now, watch, chance)
    return _under_way(row, update, now, watch, chance, told_at)


def _to_collect(row: Row, update: Update, now: int) -> Move:
    changes = _started(row, now) | _entering(row, "collect", now)
    changes |= {"remote": update.remote or row.remote, "usage": {**row.task.usage, **update.usage}}
    return Move(changes, (*_first(row), *_note(update)), update.artifacts)


def _timed(move: Move, row: Row, now: int, watch: Watch, chance: Chance) -> Move:
    """With how long the vendor worked: it ended at some moment since it was last asked, and any is as likely."""
    if row.phase != "poll" or row.sent_at is None or watch.local:
        return move
    asked_before = max(row.sent_at, min(row.updated_at, now))
    return dataclasses.replace(move, took=round(asked_before + (now - asked_before) * chance()) - row.sent_at)


def _under_way(row: Row, update: Update, now: int, watch: Watch, chance: Chance, told_at: int) -> Move:
    begun = row.task.state is State.QUEUED and update.state is State.RUNNING
    changes: dict[str, Any] = _started(row, now) if begun else {}
    events = [*(_first(row, update) if begun else ()), *_note(update)]
    progress = min(1.0, max(0.0, update.progress or 0.0))
    if progress > row.task.progress and (begun or now - told_at >= pace.PROGRESS):
        changes["progress"] = progress
        events.append(("progress", {"progress": round(progress, 4)}))
    if row.phase != "poll":
        changes |= _entering(row, "poll", now) | {"remote": update.remote, "sent_at": _sent(row, now)}
    if row.attempt:
        # A render that is lost again and again never gets further than it was: that goes on counting.
        changes["attempt"] = row.attempt if watch.local and "progress" not in changes else 0
    usage = {**row.task.usage, **update.usage}
    if usage != row.task.usage:
        changes["usage"] = usage
    wait = pace.next_look(now - _sent(row, now), update.again, watch, chance)
    stopped = row.cancel_asked and row.phase != "poll"  # it was asked before it had arrived: now it can be carried out
    return Move(changes | {"due": now if stopped else now + wait}, tuple(events))


def _sent(row: Row, now: int) -> int:
    """Since when its stage has it."""
    return now if row.sent_at is None else row.sent_at


def unanswered(row: Row, error: CallsheetError, now: int, chance: Chance) -> Move:
    """After a verb raised: an end where the error is one, else another try later.

    At a poll only Rejected is an end: the vendor has the task, and what it fails to say now it may say later.
    """
    if row.phase == "submit" and isinstance(error, Unsure):
        return unsure(row, error, now)
    mendable = row.phase == "poll" and isinstance(error, Unauthorized | Unsure)
    if not error.retryable and not mendable:
        return failed(row, failure_of(error), now)
    tries = pace.SUBMIT_TRIES if row.phase == "submit" else pace.POLL_TRIES
    return again(row, error, now, chance, tries)


def again(row: Row, error: CallsheetError, now: int, chance: Chance, tries: int) -> Move:
    """Another try in the same phase, after a pause that grows; the end after `tries`."""
    attempt = row.attempt + 1
    if attempt >= tries:
        return failed(row, failure_of(error), now)
    wait = pace.next_try(attempt, error.retry_after, chance)
    told = {"phase": row.phase, "attempt": attempt, "code": error.code, "message": error.message, "after": wait / 1000}
    told |= because(error)
    changes: dict[str, Any] = {"attempt": attempt, "due": now + wait}
    if row.phase == "submit":
        # What raised Unavailable was not accepted: the journal's mark is taken back, and it may be sent again.
        changes["sent_at"] = None
    return Move(changes, (("retrying", told),))


def repeated(row: Row, error: CallsheetError, since: int, now: int, chance: Chance) -> Move:
    """The same request once more, under the same idempotency key: whatever came of it, it is accepted once.

    `since` is when it was first sent, which is remembered; after too many tries it is as unsure as any.
    """
    move = again(row, error, now, chance, pace.SUBMIT_TRIES)
    if "state" in move.changes:
        return unsure(dataclasses.replace(row, sent_at=since), Unsure(str(error)).like(error), now)
    return Move({**move.changes, "sent_at": since}, move.events)


def rerouted(
    row: Row, run: Model, run_input: Data, notes: Sequence[Data], onward: Onward, told: Data, now: int
) -> Move:
    """To the next stage of the rule, as if it had been routed there; `told` says why."""
    usage = {name: value for name, value in row.task.usage.items() if name != "approximations"}
    changes = _entering(dataclasses.replace(row, run_model=run.id), "submit", now) | {
        "stage": stage_of(run),
        "run_model": run.id,
        "run_input": dict(run_input),
        "onward": onward,
        "credential": None,
        "usage": usage | ({"approximations": list(notes)} if notes else {}),
    }
    went = {"from": row.task.stage, "to": stage_of(run), **told, "model": run.id, "input": dict(run_input)}
    return Move(changes, (("rerouted", went | {"approximations": list(notes)}),))


def parked(row: Row, told: Data, now: int, wait: int = pace.PARKED) -> Move:
    """Nothing is answered with the key that is set up here: it waits for that to change, and says so once."""
    changes: dict[str, Any] = {"due": now + wait}
    if row.parked_at is not None:
        return Move(changes)
    return Move(changes | {"parked_at": now}, (("parked", told),))


def waiting(now: int) -> Move:
    """What it takes from other tasks is not there yet: their end wakes it."""
    return Move({"phase": "wait", "lane": "wait", "due": now + pace.WAIT})


def fulfilled(row: Row, input: Data, run_input: Data, given: Sequence[Data], now: int) -> Move:
    """What it waited for is there, as `given` tells, and stands in its input: it goes to its stage."""
    changes = _entering(row, "submit", now) | {"input": dict(input), "run_input": dict(run_input)}
    return Move(changes, (("resumed", {"given": list(given)}),))


def resumed() -> Move:
    """What it was parked for is back."""
    return Move({"parked_at": None}, (("resumed", {}),))


def unmade(row: Row, now: int) -> Move:
    """Local work whose process ends in good order: it starts again, here or elsewhere."""
    changes = _entering(row, "submit", now) | {"remote": None}
    return Move(changes, (("recovered", {"from": row.phase, "to": "submit"}),))


def lost(row: Row, now: int) -> Move:
    """After a local driver no longer knew the remote: the work starts again, but not for ever."""
    attempt = row.attempt + 1
    if attempt >= pace.LOST_TRIES:
        return failed(row, failing.lost(attempt), now)
    changes = _entering(row, "submit", now) | {"remote": None, "attempt": attempt}
    return Move(changes, (("recovered", {"from": row.phase, "to": "submit"}),))


def unsure(row: Row, error: CallsheetError, now: int) -> Move:
    """A request that may cost was sent and may have been accepted: it is looked for, and never sent twice."""
    changes = _entering(row, "unsure", now) | {"sent_at": _sent(row, now)}
    told = {"why": error.message, "sent_at": changes["sent_at"]} | because(error)
    return Move(changes, (("unsure", told),))


def sought(row: Row, now: int, chance: Chance, findable: bool) -> Move:
    """It was not found, or nobody can look: again later, ever more rarely, until it is found or decided."""
    wait = pace.next_search(now - _sent(row, now), chance) if findable else pace.DECIDED
    return Move({"due": now + wait, "attempt": row.attempt + 1})


def adopted(row: Row, remote: str, by: str, now: int) -> Move:
    """The vendor has it under this id: it is asked for like any other. `by` says who told it."""
    changes = _entering(row, "poll", now) | {"remote": remote, "sent_at": _sent(row, now)}
    return Move(changes, (("adopted", {"remote": remote, "by": by}),))


def given_up(row: Row, again: bool, now: int) -> Move:
    """An operator says that the vendor never accepted it: it ends, or with `again` is sent anew."""
    told = ("resolved", {"as": "again" if again else "lost"})
    if again and not row.cancel_asked:
        return Move(_entering(row, "submit", now), (told,))
    end = canceled(row, now) if row.cancel_asked else failed(row, failing.NEVER_ARRIVED, now)
    return Move(end.changes, (told, *end.events))


def misplaced(row: Row, now: int) -> Move:
    """A row in a lane that is not that of its phase goes where it belongs."""
    return Move({"lane": lane(row.phase, row), "due": now})


def succeeded(row: Row, files: Sequence[File], usage: Mapping[str, Any], now: int) -> Move:
    """After every artifact is kept."""
    kept = [
        {"id": file.id, "content_type": file.content_type, "bytes": file.bytes, "sha256": file.sha256} for file in files
    ]
    changes = _started(row, now) | _ended(row, State.SUCCEEDED, now) | {"progress": 1.0, "usage": dict(usage)}
    ends: list[NewEvent] = [("collected", {"files": kept}), ("succeeded", {"usage": dict(usage)})]
    return Move(changes, tuple(ends))


def failed(row: Row, failure: Failure, now: int, usage: Mapping[str, Any] | None = None) -> Move:
    """The end, with the reason."""
    changes = _ended(row, State.FAILED, now) | {"error": failure}
    if usage:
        changes["usage"] = {**row.task.usage, **usage}
    told: dict[str, Any] = {"code": failure.code, "message": failure.message, "retryable": failure.retryable}
    return Move(changes, (("failed", told | because(failure)),))


def canceled(row: Row, now: int, usage: Mapping[str, Any] | None = None) -> Move:
    """The end that was asked for."""
    changes = _ended(row, State.CANCELED, now)
    if usage:
        changes["usage"] = {**row.task.usage, **usage}
    return Move(changes, (("canceled", {}),))


def _entering(row: Row, phase: str, now: int) -> dict[str, Any]:
    return {"phase": phase, "lane": lane(phase, row), "due": now, "attempt": 0, "sent_at": None}


def _started(row: Row, now: int) -> dict[str, Any]:
    return {"state": State.RUNNING, "started_at": now} if row.task.state is State.QUEUED else {}


def _first(row: Row, update: Update | None = None) -> tuple[NewEvent, ...]:
    if row.task.state is not State.QUEUED:
        return ()
    remote = (update.remote if update else None) or row.remote
    return (("started", {"stage": row.task.stage, **({"remote": remote} if remote else {})}),)


def _note(update: Update) -> tuple[NewEvent, ...]:
    return (("noted", {"note": update.note}),) if update.note else ()


def _ended(row: Row, state: State, now: int) -> dict[str, Any]:
    return _entering(row, "done", now) | {"state": state, "ended_at": now}
