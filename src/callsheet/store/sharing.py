"""What only matters where several processes share the rows: who holds what, what is agreed on, bytes let go safely."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from callsheet.store.database import Step, Unchanged
from callsheet.store.rows import Row, row_of
from callsheet.store.shelf import Shelf

PLAYS = "\x1fplays"
"""The account of no one, under which the stops of plays are kept: no door lets such a name in."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row is: its lane and what runs it, when it is due, whether someone has it, whether its end was asked."""

    lane: str
    run_model: str
    due: int
    taken: bool
    cancel_asked: bool


class Sharing(Shelf):
    """Over any Database; on one machine it changes nothing that one process would not do."""

    async def positions(self, tasks: Iterable[str]) -> dict[str, Position]:
        """Those of these that are not done."""
        steps = [Step("position", {"id": task_id}) for task_id in tasks]
        answers = await self._database.read_all(steps)
        return {
            one["id"]: Position(
                one["lane"], one["run_model"], one["due"], bool(one["taken"]), bool(one["cancel_asked"])
            )
            for answer in answers
            for one in answer
            if one["phase"] != "done"
        }

    async def take_over(self, task_id: str, now: int, lease_until: int) -> Row | None:
        """Rule 1 where the last holder is known to be gone; None when the row is done."""
        asked = {"id": task_id, "now": now, "lease_until": lease_until}
        (records,) = await self._database.write([Step("take_over", asked)])
        return row_of(records[0]) if records else None

    async def agreed(self, name: str, value: str) -> str:
        """What the first process said of this; that is `value` when nobody had said anything."""
        await self._database.write([Step("agree", {"name": name, "value": value})])
        (record,) = await self._database.read("common", {"name": name})
        return record["value"]

    async def stopped(self, account: str, title: str) -> str | None:
        """The mark of the last stop of the plays of this title; None where none is known."""
        asked = {"account": PLAYS, "key": f"{account}\x1f{title}"}
        records = await self._database.read("idempotency", asked)
        return records[0]["body_hash"] if records else None

    async def mark_stopped(self, account: str, title: str, mark: str) -> None:
        """Have every process see from now on that the plays of this title were stopped; each `mark` is a new one."""
        asked = {"account": PLAYS, "key": f"{account}\x1f{title}", "mark": mark, "now": self._clock()}
        await self._database.write([Step("mark_stopped", asked)])

    async def claim(self, sha256: str, holder: str, now: int) -> bool:
        """Keep these bytes, there or not, until the holder's claims are released; False while they are being let go."""
        steps = [Step("hold_bytes", {"sha256": sha256}, must_change=True)]
        steps.append(Step("claim_bytes", {"sha256": sha256, "holder": holder, "now": now}))
        return await self._stands(steps)

    async def release(self, holder: str) -> None:
        """Whatever this holder claimed has its row, or will have none."""
        await self._database.write([Step("release_claims", {"holder": holder})])

    async def condemn(self, sha256: str, now: int) -> bool:
        """Whether nothing names these bytes; then they are the caller's to delete, and to `forget` afterwards."""
        steps = [Step("hold_bytes", {"sha256": sha256}, must_change=True)]
        steps.append(Step("condemn_bytes", {"sha256": sha256, "now": now}, must_change=True))
        return await self._stands(steps)

    async def forget(self, sha256: str) -> None:
        """They are deleted."""
        await self._database.write([Step("forget_bytes", {"sha256": sha256})])

    async def left_over(self, before: int, limit: int = 1000) -> list[str]:
        """Bytes whose deletion was broken off, kept until they are condemned again.

        Claims from before that time are dropped: their holders are dead.
        """
        steps = [Step("forget_claims", {"before": before}), Step("keep_left_over", {"before": before, "limit": limit})]
        return [record["sha256"] for record in (await self._database.write(steps))[1]]

    async def _stands(self, steps: list[Step]) -> bool:
        try:
            await self._database.write(steps)
        except Unchanged:
            return False
        return True
