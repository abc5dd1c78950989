"""Transactions on a connection: one caller's alone, or several callers' in one, each of which may fail by itself."""

from __future__ import annotations

from collections.abc import Sequence

from callsheet.store.database import Records, Step
from callsheet.store.postgres.faults import AGAIN, of_place, told
from callsheet.store.postgres.statements import Connection, merged, run

Outcome = list[Records] | Exception

_OF_ACCOUNTS = frozenset({"hold_funds", "move_funds"})


class _Spoilt(Exception):
    """A call without a savepoint failed, and with it the transaction that it shared."""


async def alone(connection: Connection, steps: Sequence[Step]) -> list[Records]:
    """All steps or none, durable on return; one statement needs no BEGIN and COMMIT for that."""
    few = merged(steps)
    if len(few) == 1:
        return await _answered(connection, steps, few)
    async with connection.transaction():
        return await _answered(connection, steps, few)


async def together(connection: Connection, group: Sequence[Sequence[Step]]) -> list[Outcome]:
    """Several callers' steps in one transaction: a failure of one undoes its own steps alone. Durable on return.

    What is wrong with the server, the connection or the transaction as a whole is raised; then nothing of any stands.
    A savepoint costs two questions to the server: calls that cannot be refused go without, and should one of them
    fail all the same, everything is undone and done again with a savepoint each.
    """
    try:
        async with connection.transaction():
            return [await _attempt(connection, steps, safely=_may_be_refused(steps)) for steps in group]
    except _Spoilt:
        async with connection.transaction():
            return [await _attempt(connection, steps, safely=True) for steps in group]


def shares(steps: Sequence[Step]) -> bool:
    """Whether these may share a transaction with others. Who takes hold of another task's row may not.

    Everywhere accounts are held before keys and keys before tasks, so that no two transactions wait for each other. Of
    several callers the second would take an account or a key while the task that the first took is held.
    """
    return all(step.query != "hold_needed" for step in steps)


def in_order(steps: Sequence[Step]) -> int:
    """Sorts callers that share a transaction: those that hold their account before those that hold a key alone."""
    return 0 if any(step.query in _OF_ACCOUNTS for step in steps) else 1


def _may_be_refused(steps: Sequence[Step]) -> bool:
    return any(step.must_change for step in steps)


async def _attempt(connection: Connection, steps: Sequence[Step], *, safely: bool) -> Outcome:
    few = merged(steps)
    try:
        if not safely:
            return await _answered(connection, steps, few)
        async with connection.transaction():  # inside another: a savepoint
            return await _answered(connection, steps, few)
    except AGAIN:
        raise
    except Exception as error:  # whatever a single call did wrong is its own caller's to hear
        if of_place(error):
            raise
        if not safely:
            raise _Spoilt from error
        return told(error)


async def _answered(connection: Connection, steps: Sequence[Step], few: list[tuple[int, Step]]) -> list[Records]:
    answers: list[Records] = [[] for _ in steps]
    for place, step in few:
        answers[place] = await run(connection, step)
    return answers
