"""An answer that came after another process took its task over: what a vendor accepted is never thrown away."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from callsheet.engine import pace
from callsheet.engine.advance import Move, driver_of
from callsheet.engine.late import Latecomers
from callsheet.errors import CallsheetError, Unsure
from callsheet.store import Lost, Row, Sole, Store
from callsheet.tasks import Clock, Update

log = logging.getLogger("callsheet.engine")


class Overtaken:
    """Brings such an answer home. Whoever has the task now decides as long as it is in hand; then this does."""

    def __init__(self, store: Store, latecomers: Latecomers, clock: Clock) -> None:
        self._store = store
        self._latecomers = latecomers
        self._clock = clock

    async def taken(self, sent: Row, answer: Update | CallsheetError) -> Row | None:
        """The task, taken, where the answer settles what became of it; None where it does not, or is too late.

        That is while nobody knows whether the request arrived, or while it is to be sent again and has not been yet.
        A task that has ended here keeps its end, and learns the vendor's id.
        """
        if isinstance(answer, CallsheetError) and (answer.retryable or isinstance(answer, Unsure)):
            return None  # it says nothing of what became of the request
        for _ in range(pace.TAKE_TRIES):
            row = await self._store.row(sent.task.id)
            if not _open(row, sent, answer):
                break
            if (taken := await self._take(row)) is not None:
                return taken
            await asyncio.sleep(pace.TAKE_PAUSE)
        else:
            row = await self._store.row(sent.task.id)
        await self._too_late(row, answer)
        return None

    async def _take(self, row: Row) -> Row | None:
        """It, where nobody has it in hand; else as it stands for a moment longer."""
        now = self._clock()
        taken = await self._store.take(row.task.id, (row.phase,), now, now + pace.LEASE, early=True)
        if taken is not None and taken.fence == row.fence + 1:
            return taken
        if taken is not None:  # somebody had it in between: it is looked at anew
            with contextlib.suppress(Lost):
                await self._store.patch(row.task.id, taken.fence, {"due": now})
        return None

    async def _too_late(self, row: Row, answer: Update | CallsheetError) -> None:
        if isinstance(answer, CallsheetError) or answer.remote is None or answer.remote == row.remote:
            return
        log.warning(
            "a request was accepted that was given up: it is %s there", answer.remote, extra={"task_id": row.task.id}
        )
        if row.phase != "done" or row.remote is not None:
            return
        now = self._clock()
        taken = await self._store.take(row.task.id, ("done",), now, now + pace.LEASE, early=True)
        if taken is None:
            return
        told = ("noted", {"note": f"Its vendor had accepted it after all, as {answer.remote}."})
        try:
            changes = {"remote": answer.remote, "due": now}
            kept = await self._store.patch(row.task.id, taken.fence, changes, [told], sole=Sole(driver_of(row)))
        except Lost:
            return
        await self._latecomers.look(kept)


def adopted(answer: Update) -> Move:
    """The doubt about a task ends with the answer itself, to be put before what else it says."""
    return Move({}, (("adopted", {"remote": answer.remote, "by": "answer"}),))


def _open(row: Row, sent: Row, answer: Update | CallsheetError) -> bool:
    """Whether this answer can still settle what becomes of the task; a refusal only that of the very request."""
    if row.phase == "unsure":
        return isinstance(answer, Update) or row.sent_at == sent.sent_at
    return row.phase == "submit" and row.sent_at is None and isinstance(answer, Update)
