"""What a cancel comes to: a truth table of where a task stands and what its vendor can stop, and the money it moves."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from callsheet.catalog import Cancels
from callsheet.money import Bucket, Entry, credits
from callsheet.store import Row
from callsheet.tasks import Cancellation, State, Task

UNKNOWN = Cancels(queued=False, running=False, refund="unknown", about="Nothing is known of what this vendor can stop.")


class Standing(enum.StrEnum):
    """Where a task stands when its end is asked for."""

    WAITING = "waits for another task"
    QUEUED_HERE = "queued here"
    RETRYING = "waits for another try"
    SENDING = "is being sent"
    UNSURE = "unsure"
    QUEUED_THERE = "queued at the vendor"
    RUNNING = "running"
    FINISHED = "finished at the vendor"
    ENDED = "ended"


class Outcome(enum.StrEnum):
    """What becomes of it. `canceled` and `ended` are so at once, the others come to an end later."""

    CANCELED = "canceled"
    STOPPING = "stopping"
    GOES_ON = "goes_on"
    HELD = "held"
    ENDED = "ended"


class Money(enum.StrEnum):
    """What becomes of the credits set aside for it."""

    RELEASED = "released"
    AS_TOLD = "charged as the vendor tells"
    CHARGED = "charged"
    HELD = "held"
    SETTLED = "settled before"


@dataclass(frozen=True, slots=True)
class Fate:
    """One cell of the table: the outcome, the money, and why: in words, and in one stable word."""

    outcome: Outcome
    money: Money
    why: str
    reason: str


_NEVER_SENT = Fate(
    Outcome.CANCELED, Money.RELEASED, "No stage has it: it ends at once and costs nothing.", "never_sent"
)
_SIMPLE = {
    Standing.WAITING: _NEVER_SENT,
    Standing.QUEUED_HERE: _NEVER_SENT,
    Standing.RETRYING: _NEVER_SENT,
    Standing.SENDING: Fate(
        Outcome.STOPPING,
        Money.HELD,
        "It is on its way: as soon as the vendor has answered, it is stopped there.",
        "on_its_way",
    ),
    Standing.UNSURE: Fate(
        Outcome.HELD,
        Money.HELD,
        "Nobody knows whether it arrived: as soon as it is found or decided, it is stopped.",
        "unsure",
    ),
    Standing.FINISHED: Fate(
        Outcome.GOES_ON,
        Money.AS_TOLD,
        "It has finished there and is paid for: what it made is brought in and kept.",
        "finished",
    ),
    Standing.ENDED: Fate(
        Outcome.ENDED, Money.SETTLED, "It had ended before; nothing changes and nothing moves.", "ended_before"
    ),
}

_REFUNDS = {"all": Money.RELEASED, "none": Money.CHARGED, "told": Money.AS_TOLD, "unknown": Money.AS_TOLD}


def standing(row: Row) -> Standing:
    """Where a row stands."""
    if row.task.state.final:
        return Standing.ENDED
    match row.phase:
        case "wait":
            return Standing.WAITING
        case "submit" if row.taken or row.sent_at is not None:
            return Standing.SENDING
        case "submit":
            return Standing.RETRYING if row.attempt else Standing.QUEUED_HERE
        case "unsure":
            return Standing.UNSURE
        case "poll":
            return Standing.QUEUED_THERE if row.task.state is State.QUEUED else Standing.RUNNING
        case _:
            return Standing.FINISHED


def fate(where: Standing, cancels: Cancels | None) -> Fate:
    """What a cancel comes to there, at a vendor that can stop so much."""
    if where in _SIMPLE:
        return _SIMPLE[where]
    facts = cancels or UNKNOWN
    if facts.queued if where is Standing.QUEUED_THERE else facts.running:
        return Fate(Outcome.STOPPING, _REFUNDS[facts.refund], "Its vendor is told to stop it at once.", "told_to_stop")
    goes_on = "Its vendor cannot stop it: it goes on, and what it makes is kept."
    return Fate(Outcome.GOES_ON, Money.AS_TOLD, goes_on, "cannot_stop")


def canceled(before: Row, task: Task, cancels: Cancels | None, entries: Sequence[Entry]) -> Cancellation:
    """What a cancel came to: `before` is the row when it was asked, `task` how it stands since.

    `entries` are all its movements in the ledger: the money is told as it stands, so that asking again tells the same.
    """
    found = fate(standing(before), cancels)
    if task.state is State.CANCELED:
        found = Fate(Outcome.CANCELED, found.money, "It has ended as asked.", "ended_as_asked")
    asked = found.outcome is not Outcome.ENDED
    known = all(entry.priced for entry in entries if entry.target == "spent")
    charged = credits(_in("spent", entries)) if known else None
    released = credits(sum(entry.amount for entry in entries if entry.kind == "release"))
    held = credits(_in("held", entries))
    return Cancellation(asked, found.outcome, found.why, held, charged, released, found.reason)


def _in(bucket: Bucket, entries: Sequence[Entry]) -> int:
    """What these entries leave in a bucket."""
    came = sum(entry.amount for entry in entries if entry.target == bucket)
    return came - sum(entry.amount for entry in entries if entry.source == bucket)
