"""One step of one row that was taken: ask its driver, bring in what it made; write what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from callsheet.contract import Driver, Finder, Lost, Order
from callsheet.engine import advance, failing, overtaken, pace
from callsheet.engine.advance import Move, driver_of
from callsheet.engine.asking import Asking
from callsheet.engine.ingest import Vanished, told
from callsheet.engine.intake import references
from callsheet.engine.overtaken import Overtaken
from callsheet.engine.parts import Parts
from callsheet.errors import (
    CallsheetError,
    NotSupported,
    Rejected,
    StorageError,
    Unauthorized,
    Unavailable,
    Unsure,
)
from callsheet.store import TOLD, Owned, Row, Short, Sole
from callsheet.store import Lost as FenceLost
from callsheet.tasks import Artifact, File, Update

log = logging.getLogger("callsheet.engine")

Seen = Callable[[Row], None]
"""Told of the row after every write of a step."""

_REMEMBERED = 1_000
"""Of how many tasks it is known when their progress was last told, before what is too old to matter is forgotten."""

_REST = 1.0
"""Seconds after which a write is tried again that the disk refused."""


class Steps:
    """What to do with a row in each phase. Every write names the fence the row was taken with (rule 2)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._asking = Asking(parts.mask)
        self._overtaken = Overtaken(parts.store, parts.latecomers, parts.clock)
        self._told_at: dict[str, int] = {}

    async def run(self, row: Row, seen: Seen) -> None:
        """One step. Raises store.Lost when another has the row meanwhile: then nothing was written."""
        seen(row)
        if row.lane != advance.lane(row.phase, row):
            await self._keep(row, advance.misplaced(row, self._parts.clock()), seen)
        elif row.phase == "wait":
            now = self._parts.clock()
            move = advance.canceled(row, now) if row.cancel_asked else await self._parts.chain.look(row, now)
            await self._keep(row, move, seen)
        elif row.phase == "collect":
            await self._collect(row, await self._artifacts(row), seen)
        elif missing := self._parts.pins.missing(row):
            await self._keep(row, await self._without(row, missing), seen)
        else:
            await {"submit": self._submit, "poll": self._poll, "unsure": self._seek}[row.phase](row, seen)

    async def _submit(self, row: Row, seen: Seen) -> None:
        """Send it, once: the intent is durable before the wire. `since` is when it was sent before, if it ever was."""
        driver, since, now = self._parts.drivers[driver_of(row)], row.sent_at, self._parts.clock()
        if since is not None and not self._parts.journal.repeatable(row, now):
            await self._keep(row, advance.unsure(row, failing.SENT_AND_LOST, now), seen)
            return
        if row.parked_at is not None:
            row = await self._keep(row, advance.resumed(), seen)
        if not driver.local and (since is not None or not row.cancel_asked):
            row = await self._keep(row, self._parts.journal.opened(row, now), seen)
        if row.cancel_asked and since is None:
            await self._keep(row, advance.canceled(row, self._parts.clock()), seen)
            return
        answer = await self._asking.ask(row, driver, self._order if driver.local else self._held_order, driver.submit)
        try:
            await self._follow(row, answer, seen, since)
        except FenceLost:
            taken = None if driver.local else await self._overtaken.taken(row, answer)
            if taken is None:
                raise
            await self._follow(taken, answer, seen)

    async def _seek(self, row: Row, seen: Seen) -> None:
        """Look at its vendor for a task of which nobody knows whether it arrived. It is never sent by this."""
        driver, sent_at, now = self._parts.drivers[driver_of(row)], row.sent_at or row.updated_at, self._parts.clock()
        if row.parked_at is not None:
            row = await self._keep(row, advance.resumed(), seen)
        if not isinstance(driver, Finder):
            await self._keep(row, advance.sought(row, now, self._parts.chance, findable=False), seen)
            return
        found = await self._asking.ask(row, driver, self._bare_order, lambda order: driver.find(order, sent_at))
        now = self._parts.clock()
        if isinstance(found, Update) and found.remote:
            with contextlib.suppress(FenceLost):  # or it is another task's: two may have asked for the very same
                move = advance.adopted(row, found.remote, "search", now)
                await self._keep(row, move, seen, sole=Sole(driver_of(row), searched=True))
                return
        await self._keep(row, advance.sought(row, now, self._parts.chance, findable=True), seen)

    async def _poll(self, row: Row, seen: Seen) -> None:
        driver = self._parts.drivers[driver_of(row)]
        remote = row.remote or ""
        try:
            answer = await self._canceled(row, driver, remote) if row.cancel_asked else None
            if answer is None:
                answer = await self._asking.ask(row, driver, self._bare_order, lambda order: driver.poll(order, remote))
        except Lost:
            ends = row.cancel_asked and driver.local
            move = advance.canceled(row, self._parts.clock()) if ends else advance.lost(row, self._parts.clock())
            await self._keep(row, move, seen)
            return
        await self._follow(row, answer, seen)

    async def _canceled(self, row: Row, driver: Driver, remote: str) -> Update | CallsheetError | None:
        """What became of it; None where it cannot be stopped: that is no end, and it is asked for as before."""
        answer = await self._asking.ask(row, driver, self._bare_order, lambda order: driver.cancel(order, remote))
        return None if isinstance(answer, CallsheetError) and not answer.retryable else answer

    async def _follow(self, row: Row, answer: Update | CallsheetError, seen: Seen, since: int | None = None) -> None:
        now = self._parts.clock()
        if isinstance(answer, CallsheetError):
            await self._keep(row, await self._unanswered(row, answer, now, since), seen)
            return
        watch = await self._parts.watching.of(row, now)
        move = advance.answered(row, answer, now, watch, self._parts.chance, self._told_at.get(row.task.id, 0))
        if row.phase == "poll" and row.parked_at is not None:
            move = _both(advance.resumed(), move)
        elif row.phase == "unsure":
            move = _both(overtaken.adopted(answer), move)
        if move.artifacts is not None and watch.local:
            await self._collect(row, move.artifacts, seen, move)
            return
        if move.artifacts is not None:
            answered = ("answered", {"artifacts": [told(one) for one in move.artifacts]})
            move = dataclasses.replace(move, events=(*move.events, answered))
        names = row.phase in ("submit", "unsure") and not watch.local and move.changes.get("remote")
        try:
            await self._keep(row, move, seen, sole=Sole(driver_of(row)) if names else None)
        except Owned:
            await self._keep(row, advance.unsure(row, failing.ANOTHERS, now), seen)

    async def _unanswered(self, row: Row, error: CallsheetError, now: int, since: int | None) -> Move:
        """What to do without an answer. `since` is when it was first sent, where this was a repetition."""
        chance = self._parts.chance
        if row.phase == "poll" and isinstance(error, Unauthorized):
            told = {"why": str(error), "setting": self._parts.pins.setting(row)} | failing.because(error)
            return advance.parked(row, told, now, pace.REFUSED)
        open_ended = row.phase == "submit" and (since is not None or isinstance(error, Unsure))
        if open_ended and not isinstance(error, Rejected):
            first = row.sent_at or now if since is None else since
            again = isinstance(error, Unsure | Unavailable) and self._parts.journal.repeatable(row, now)
            return advance.repeated(row, error, first, now, chance) if again else advance.unsure(row, error, now)
        stays = advance.unanswered(row, error, now, chance)
        return await self._parts.detour.around(row, error, stays, now)

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

    async def abandon(self, vendor: str, task_id: str, remote: str) -> None:
        """Another process does this task's work now: what is done for it on this machine is stopped."""
        driver = self._parts.drivers[vendor]
        if driver.local:
            await self._asking.ask(
                await self._parts.store.row(task_id), driver, self._bare_order, lambda one: driver.cancel(one, remote)
            )

    def _not_collected(self, row: Row, error: CallsheetError) -> Move:
        now = self._parts.clock()
        if not error.retryable:
            return advance.failed(row, failing.failure_of(error), now, row.task.usage)
        return advance.again(row, error, now, self._parts.chance, pace.COLLECT_TRIES)

    async def fault(self, row: Row, error: CallsheetError, tries: int, seen: Seen) -> None:
        """Something of ours went wrong with this row: again later, at most `tries` times. What was sent is unsure."""
        row = dataclasses.replace(await self._parts.store.row(row.task.id), fence=row.fence)  # as last written
        now = self._parts.clock()
        if row.phase == "submit" and row.sent_at is not None:
            doubt = Unsure(f"{error.message} The request may have been accepted.").like(error)
            move = advance.unsure(row, doubt, now)
        else:
            move = advance.again(row, error, now, self._parts.chance, tries)
        await self._keep(row, move, seen)

    async def _without(self, row: Row, missing: NotSupported) -> Move:
        """The key that this task needs is not set up here: it may come back, and what is paid for is not given up."""
        now = self._parts.clock()
        if row.phase == "submit" and row.cancel_asked:
            return advance.canceled(row, now)
        if row.phase == "submit" and row.sent_at is not None:
            return advance.unsure(row, failing.SENT_AND_LOST, now)
        if row.parked_at is None:
            log.warning("a task waits for a key", extra={"task_id": row.task.id, "credential": row.credential})
        told = {"why": str(missing), "setting": self._parts.pins.setting(row)} | failing.because(missing)
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

    async def _held_order(self, row: Row) -> Order:
        """The last look before the wire. Who stood still since it was journaled may have lost the task meanwhile."""
        order = await self._order(row)
        if (await self._parts.store.row(row.task.id)).fence != row.fence:
            raise FenceLost
        return order

    async def _bare_order(self, row: Row) -> Order:
        callback = self._parts.reach.callback(driver_of(row), row.task.id) if self._parts.reach is not None else None
        return Order(row.task.id, self._parts.catalog.model(row.run_model), row.run_input, {}, callback=callback)

    async def _keep(
        self, row: Row, move: Move, seen: Seen, files: Sequence[File] = (), sole: Sole | None = None
    ) -> Row:
        """Write a move. While the disk refuses it is tried again: what a vendor answered is nowhere else."""
        said = self._asking.heard(row.task.id)
        while True:
            paid, moves = self._parts.till.reckoned(row, move)
            took = None if move.took is None else (row.run_model, move.took)
            patch = (row.task.id, row.fence, paid.changes, paid.events, files, took, moves, sole, said)
            try:
                if move.quiet and not said:
                    kept = await self._parts.store.look_again(row, move.changes["due"])
                else:
                    kept = await self._parts.store.patch(*patch)
                break
            except Owned:
                self._asking.unwritten(row.task.id, said)
                raise
            except Short:
                failure = failing.failure_of(await self._parts.till.short(row, moves))
                move, files = advance.failed(row, failure, self._parts.clock()), ()
            except StorageError as error:
                log.error("a task cannot be written: %s", error, extra={"task_id": row.task.id})
                await asyncio.sleep(_REST)
        self._note(kept, move)
        seen(kept)
        return kept

    def _note(self, row: Row, move: Move) -> None:
        if row.task.webhook is not None and any(kind in TOLD for kind, _ in move.events):
            self._parts.teller.wake()
        if any(kind == "progress" for kind, _ in move.events):
            self._told_at[row.task.id] = now = self._parts.clock()
            if len(self._told_at) > _REMEMBERED:  # tasks that ended in other processes
                self._told_at = {one: at for one, at in self._told_at.items() if now - at < pace.PROGRESS}
        if row.task.state.final:
            self._told_at.pop(row.task.id, None)
            self._asking.over(row.task.id)
        if move.events:
            self._parts.news.ring(row.task.id)


def _both(first: Move | None, then: Move) -> Move:
    if first is None:
        return then
    both = {**first.changes, **then.changes}
    return dataclasses.replace(then, changes=both, events=(*first.events, *then.events), took=then.took or first.took)
