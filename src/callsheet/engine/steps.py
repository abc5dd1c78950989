"""One step of one row that was taken: ask its driver, bring in what it made, tell its end; write what came of it."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from callsheet.contract import Driver, Lost, Order
from callsheet.engine import advance, pace
from callsheet.engine.advance import Move, driver_of
from callsheet.engine.ingest import Vanished, told
from callsheet.engine.intake import references
from callsheet.engine.parts import Parts
from callsheet.errors import CallsheetError, NotSupported, RenderError, StorageError, Unavailable, Unsure
from callsheet.store import Row
from callsheet.tasks import Artifact, File, Update

log = logging.getLogger("callsheet.engine")

Seen = Callable[[Row], None]
"""Told of the row after every write of a step."""

_REST = 1.0
"""Seconds after which a write is tried again that the disk refused."""


class Steps:
    """What to do with a row in each phase. Every write names the fence the row was taken with (rule 2)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._told_at: dict[str, int] = {}

    async def run(self, row: Row, seen: Seen) -> None:
        """One step. Raises store.Lost when another has the row meanwhile: then nothing was written."""
        seen(row)
        if row.lane != advance.lane(row.phase, row):
            await self._keep(row, advance.misplaced(row, self._parts.clock()), seen)
        elif row.phase == "tell":
            await self._keep(row, await self._parts.courier.tell(row), seen)
        elif row.phase == "wait":
            now = self._parts.clock()
            move = advance.canceled(row, now) if row.cancel_asked else await self._parts.chain.look(row, now)
            await self._keep(row, move, seen)
        elif row.phase == "collect":
            await self._collect(row, await self._artifacts(row), seen)
        elif missing := self._parts.pins.missing(row):
            await self._keep(row, await self._without(row, missing), seen)
        else:
            if row.parked_at is not None:
                row = await self._keep(row, advance.resumed(), seen)
            await (self._submit if row.phase == "submit" else self._poll)(row, seen)

    async def _submit(self, row: Row, seen: Seen) -> None:
        driver = self._parts.drivers[driver_of(row)]
        if row.sent_at is not None:
            await self._keep(row, advance.outcome_unknown(row, self._parts.clock()), seen)
            return
        if not row.cancel_asked and not driver.local:
            pinned = {"sent_at": self._parts.clock(), "credential": self._parts.pins.credential(row)}
            row = await self._keep(row, Move(pinned, (("submitting", {"stage": row.task.stage}),)), seen)
        if row.cancel_asked:
            await self._keep(row, advance.canceled(row, self._parts.clock()), seen)
            return
        answer = await self._ask(row, driver, self._order, driver.submit)
        await self._follow(row, answer, seen)

    async def _poll(self, row: Row, seen: Seen) -> None:
        driver = self._parts.drivers[driver_of(row)]
        remote = row.remote or ""
        try:
            answer = await self._canceled(row, driver, remote) if row.cancel_asked else None
            if answer is None:
                answer = await self._ask(row, driver, self._bare_order, lambda order: driver.poll(order, remote))
        except Lost:
            ends = row.cancel_asked and driver.local
            move = advance.canceled(row, self._parts.clock()) if ends else advance.lost(row, self._parts.clock())
            await self._keep(row, move, seen)
            return
        await self._follow(row, answer, seen)

    async def _canceled(self, row: Row, driver: Driver, remote: str) -> Update | CallsheetError | None:
        """What became of it; None where it cannot be stopped: that is no end, and it is asked for as before."""
        answer = await self._ask(row, driver, self._bare_order, lambda order: driver.cancel(order, remote))
        return None if isinstance(answer, CallsheetError) and not answer.retryable else answer

    async def _ask(
        self,
        row: Row,
        driver: Driver,
        order: Callable[[Row], Awaitable[Order]],
        verb: Callable[[Order], Awaitable[Update]],
    ) -> Update | CallsheetError:
        """The driver's answer or refusal. What it should not raise becomes what is safe to do about it."""
        try:
            made = await order(row)
        except CallsheetError as error:
            return error
        try:
            async with asyncio.timeout(pace.CALL):
                return await verb(made)
        except CallsheetError as error:
            return error
        except Lost:
            if driver.local and row.phase == "poll":
                raise
            return self._silence(row, driver, "The stage does not know this task, or not yet.")
        except TimeoutError:
            return self._silence(row, driver, f"There was no answer within {pace.CALL:g} s.")
        except Exception as error:
            log.exception("a driver failed", extra={"task_id": row.task.id, "stage": row.task.stage})
            return self._silence(row, driver, f"The driver failed: {type(error).__name__}.")

    def _silence(self, row: Row, driver: Driver, said: str) -> CallsheetError:
        if row.phase == "submit" and not driver.local:
            return Unsure(f"{said} The request may have been accepted, so it is not sent again.")
        return RenderError(said) if driver.local and row.phase == "submit" else Unavailable(said)

    async def _follow(self, row: Row, answer: Update | CallsheetError, seen: Seen) -> None:
        now = self._parts.clock()
        if isinstance(answer, CallsheetError):
            stays = advance.unanswered(row, answer, now, self._parts.chance)
            await self._keep(row, await self._parts.detour.around(row, answer, stays, now), seen)
            return
        local = self._parts.drivers[driver_of(row)].local
        move = advance.answered(row, answer, now, local, self._parts.chance, self._told_at.get(row.task.id, 0))
        if move.artifacts is None:
            await self._keep(row, move, seen)
        elif local:
            await self._collect(row, move.artifacts, seen, move)
        else:
            answered = ("answered", {"artifacts": [told(one) for one in move.artifacts]})
            row = await self._keep(row, Move(move.changes, (*move.events, answered)), seen)

    async def _artifacts(self, row: Row) -> tuple[Artifact, ...]:
        """What the vendor named when it finished: the timeline remembers, whatever happened since."""
        found: tuple[Artifact, ...] = ()
        after = 0
        while page := await self._parts.store.events(row.task.id, after):
            for event in page:
                if event.type == "answered":
                    found = tuple(Artifact(**one) for one in event.data["artifacts"])
            after = page[-1].seq
        return found

    async def _collect(self, row: Row, artifacts: tuple[Artifact, ...], seen: Seen, before: Move | None = None) -> None:
        """Bring everything in and end the task. `before` is what led here and is not yet written (local work only)."""
        usage = before.changes["usage"] if before else row.task.usage
        async with self._parts.library.storing():
            try:
                files = await self._parts.ingest.bring(row, artifacts)
            except CallsheetError as error:
                await self._keep(row, self._not_collected(row, error), seen)
                return
            except Vanished:
                await self._keep(row, advance.lost(row, self._parts.clock()), seen)
                return
            move = advance.succeeded(row, files, usage, self._parts.clock())
            await self._keep(row, _both(before, move), seen, files)

    def _not_collected(self, row: Row, error: CallsheetError) -> Move:
        now = self._parts.clock()
        if not error.retryable:
            return advance.failed(row, advance.failure_of(error), now, row.task.usage)
        return advance.again(row, error, now, self._parts.chance, pace.COLLECT_TRIES)

    async def fault(self, row: Row, error: CallsheetError, tries: int, seen: Seen) -> None:
        """Something of ours went wrong with this row: again later, at most `tries` times."""
        await self._keep(row, advance.again(row, error, self._parts.clock(), self._parts.chance, tries), seen)

    async def _without(self, row: Row, missing: NotSupported) -> Move:
        """The key that this task needs is not set up here: it may come back, and what is paid for is not given up."""
        now = self._parts.clock()
        if row.phase == "submit" and row.cancel_asked:
            return advance.canceled(row, now)
        if row.sent_at is not None:
            return advance.outcome_unknown(row, now)
        if row.parked_at is None:
            log.warning("a task waits for a key", extra={"task_id": row.task.id, "credential": row.credential})
        told = {"why": str(missing), "setting": self._parts.pins.setting(row)}
        return await self._parts.detour.around(row, missing, advance.parked(row, told, now), now)

    async def _order(self, row: Row) -> Order:
        bare = await self._bare_order(row)
        media: dict[str, Path] = {}
        for _, file_id in references(bare.model, row.run_input):
            media[file_id] = await self._parts.library.local(await self._parts.library.get(row.task.account, file_id))
        links: dict[str, str] = {}
        if self._parts.reach is not None:
            links = {one: self._parts.reach.link(await self._parts.library.get(row.task.account, one)) for one in media}
        return dataclasses.replace(bare, media=media, links=links)

    async def _bare_order(self, row: Row) -> Order:
        callback = self._parts.reach.callback(driver_of(row), row.task.id) if self._parts.reach is not None else None
        return Order(row.task.id, self._parts.catalog.model(row.run_model), row.run_input, {}, callback=callback)

    async def _keep(self, row: Row, move: Move, seen: Seen, files: Sequence[File] = ()) -> Row:
        """Write a move. While the disk refuses it is tried again: what a vendor answered is nowhere else."""
        while True:
            try:
                kept = await self._parts.store.patch(row.task.id, row.fence, move.changes, move.events, files)
                break
            except StorageError as error:
                log.error("a task cannot be written: %s", error, extra={"task_id": row.task.id})
                await asyncio.sleep(_REST)
        self._note(kept, move)
        seen(kept)
        return kept

    def _note(self, row: Row, move: Move) -> None:
        if any(kind == "started" for kind, _ in move.events) and not row.task.state.final:
            self._parts.courier.hint(row)
        if any(kind == "progress" for kind, _ in move.events):
            self._told_at[row.task.id] = self._parts.clock()
        if row.task.state.final:
            self._told_at.pop(row.task.id, None)
        if move.events:
            self._parts.news.ring(row.task.id)


def _both(first: Move | None, then: Move) -> Move:
    return Move({**first.changes, **then.changes}, (*first.events, *then.events)) if first else then
