"""The ledger: who has what, every movement of it, what keys may spend, and the proof that all of it adds up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from callsheet.errors import Conflict
from callsheet.money import Balance, Bucket, Entry, Fault, Limits, Standing, begins
from callsheet.store import audit, paging
from callsheet.store.database import Step, Unchanged
from callsheet.store.keys import KeyRow, key_of
from callsheet.store.missing import no_key, no_task
from callsheet.store.outbox import NewEvent, event_steps
from callsheet.store.rows import to_text
from callsheet.store.shelf import Shelf, file_steps
from callsheet.tasks import File

PAYMENTS = "\x1fpayments"
"""Where the keys of payments stand among those of tasks: no account can be called so."""


class Short(Exception):
    """The account has not the funds for this, or may not run what has no price; nothing was kept."""


class Limited(Exception):
    """The key has reached one of its limits; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Entries of one task, written all or none with whatever else the transaction does.

    `asks` is whether the account has to be good for it: true of what is set aside, not of what was charged. Then
    `metered` says that every account is, funded or not, and `unpriced` that the task has no price, which a metered
    account, or a key with a budget, must not run.
    """

    entries: tuple[Entry, ...] = ()
    asks: bool = False
    metered: bool = False
    unpriced: bool = False


NOTHING = Moves()


class Ledger(Shelf):
    """Accounts, entries and what keys may spend, over any Database."""

    async def balance(self, account: str) -> Balance:
        """What an account has; nothing, unmetered, where it never had an entry."""
        records = await self._database.read("account", {"account": account})
        return _balance(records[0]) if records else Balance(account)

    async def balances(self) -> list[Balance]:
        """Every account that has an entry, by name."""
        return [_balance(record) for record in await self._database.read("accounts", {})]

    async def entries(
        self, account: str, limit: int, cursor: str | None, *, open: bool = False
    ) -> tuple[list[Entry], str | None]:
        """A page of an account's ledger, newest first, and the cursor of the next or None at the end.

        With `open` only the holds of tasks that have not ended.
        """
        paging.check_limit(limit)
        query = "open_holds" if open else "entries_of_account"
        mark = paging.digest(query if open else "ledger", account)
        before = paging.read_cursor(cursor, mark)
        asked = {"account": account, "before": before, "limit": limit + 1}
        records = await self._database.read(query, asked)
        following = paging.write_cursor(records[limit - 1]["seq"], mark) if len(records) > limit else None
        return [entry_of(record) for record in records[:limit]], following

    async def entries_of_task(self, account: str | None, task_id: str) -> list[Entry]:
        """Every movement of a task, in order; of an account, or of whoever has it."""
        asked = {"task_id": task_id, "account": account}
        return [entry_of(record) for record in await self._database.read("entries_of_task", asked)]

    async def fund(self, account: str, amount: int, memo: str, key: str | None = None) -> Balance:
        """Pay in, or take out what is negative; from then on it is metered. Short for more than it has.

        Under one `key` it is done once, also when asked at the same moment; Conflict for another payment under it.
        """
        kind, source, target = ("fund", "world", "funds") if amount >= 0 else ("adjust", "funds", "world")
        entry = Entry(account, kind, source, target, abs(amount), memo=memo)
        moves = Moves((entry,), asks=amount < 0, metered=True)
        steps = [
            _account_step(moves),
            *entry_steps((entry,), self._clock()),
            Step("meter_account", {"account": account}),
        ]
        paid = {"account": PAYMENTS, "key": key, "body_hash": to_text([account, amount, memo])}
        if key is not None:
            asked = {**paid, "task_id": "", "now": self._clock()}
            steps.insert(0, Step("add_idempotency", asked, must_change=True))
        try:
            await self._database.write(steps)
        except Unchanged as error:
            if error.query != "add_idempotency":
                raise Short from None
            (known,) = await self._database.read("idempotency", {"account": PAYMENTS, "key": key})
            if known["body_hash"] != paid["body_hash"]:
                raise Conflict(
                    "This Idempotency-Key was used for another payment.",
                    hint="Use a new key for a new payment; repeat the same body for the same one.",
                    param="Idempotency-Key",
                ) from None
        return await self.balance(account)

    async def refund(self, task_id: str, memo: str) -> Entry:
        """Give back what a task has cost, once. NotFound, or Conflict where there is nothing to give back any more."""
        records = await self._database.read("row", {"id": task_id})
        if not records:
            raise no_task(task_id)
        cost, account = records[0]["spent"], records[0]["account"]
        if cost <= 0:
            raise Conflict(
                f"{task_id} has cost nothing, or was refunded.",
                hint="`callsheet ledger show --task` tells.",
            )
        entry = Entry(account, "refund", "spent", "funds", cost, task_id, memo=memo, key_id=records[0]["key_id"])
        if not await self.charge(task_id, Moves((entry,))):
            raise Conflict(f"{task_id} was refunded before.", hint="What else is to be given back is funded by hand.")
        return entry

    async def charge(
        self,
        task_id: str,
        moves: Moves,
        events: Iterable[NewEvent] = (),
        files: Sequence[File] = (),
        usage: Mapping[str, Any] | None = None,
        remote: tuple[str, str] | None = None,
    ) -> bool:
        """Write what a task came to after its end, with its events and files; False where it stands already.

        `usage` is what it then tells of its cost; None for what it told before. `remote` is the vendor, and its id
        there, that this is about: False also where that id is another task's.
        """
        now = self._clock()
        steps = [Step("own_remote", {"id": task_id, "vendor": remote[0], "remote": remote[1]}, True)] if remote else []
        steps += [*moved(task_id, moves, now, ends=False), Step("hold_task", {"task_id": task_id})]
        steps += event_steps(task_id, now, events)
        for position, file in enumerate(files):
            steps += file_steps(file, position)
        if usage is not None:
            steps.append(Step("tell_usage", {"task_id": task_id, "usage": to_text(usage), "now": now}))
        try:
            await self._database.write(steps)
        except Unchanged:
            return False
        return True

    async def key_row(self, key_id: str) -> KeyRow:
        """One key. NotFound."""
        records = await self._database.read("key", {"id": key_id})
        if not records:
            raise no_key(key_id)
        return key_of(records[0])

    async def standing(self, key_id: str) -> Standing:
        """How far a key has gone. NotFound."""
        return (await self.key_row(key_id)).standing

    async def limit_key(self, key_id: str, limits: Limits) -> KeyRow:
        """What a key may do from now on. NotFound."""
        since = begins(limits.period, self._clock())
        steps = [Step("hold_key", {"id": key_id})]
        steps.append(Step("limit_key", {"id": key_id, "since": since, **asdict(limits)}))
        records = (await self._database.write(steps))[1]
        if not records:
            raise no_key(key_id)
        return key_of(records[0])

    async def audit(self) -> tuple[list[Fault], list[dict[str, Any]]]:
        """Reckon everything anew from the entries: what does not add up, and the models that ran without a price."""
        answers = await self._database.read_all([Step(name) for name in audit.READS])
        return audit.faults(*answers[:-1]), answers[-1]


def admitted(row: Mapping[str, Any], moves: Moves) -> list[Step]:
    """What has to hold before a new task is kept: funds of its account, a place for its key. `row` is its record.

    Accounts come before keys and keys before tasks, everywhere: two transactions never wait for each other.
    """
    steps = [_account_step(moves)] if moves.entries else []
    now: int = row["created_at"]
    if row["key_id"] is not None:
        asked = {"id": row["key_id"], "amount": row["held"], "unpriced": int(moves.unpriced), "now": now * 1000}
        steps.append(Step("admit", asked | {"day": begins("day", now), "month": begins("month", now)}, True))
    return steps


def entry_steps(entries: Sequence[Entry], at: int) -> list[Step]:
    """The lines themselves; the account's numbers for them were given out just before."""
    last = len(entries) - 1
    steps: list[Step] = []
    for place, entry in enumerate(entries):
        record: dict[str, Any] = {name: getattr(entry, name) for name in _COPIED}
        record |= {"at": at, "priced": int(entry.priced), "back": last - place}
        steps.append(Step("add_entry", record, must_change=True))
    return steps


_COPIED = ("account", "task_id", "kind", "sequence", "source", "target", "amount", "unit", "memo", "key_id")


def moved(task_id: str, moves: Moves, at: int, *, ends: bool) -> list[Step]:
    """What stands before the statement that changes a task: its money, and its key's place when it `ends`."""
    steps = [_account_step(moves)] if moves.entries else []
    sums = _sums(moves.entries)
    used = sums["held"] + sums["spent"]
    if used:
        steps.append(Step("move_committed", {"task_id": task_id, "change": used}))
    if ends:
        steps.append(Step("let_go", {"task_id": task_id}))
    if sums["held"] or sums["spent"]:
        asked = {"task_id": task_id, "held": sums["held"], "spent": sums["spent"]}
        steps.append(Step("move_held", asked, must_change=True))
    return [*steps, *entry_steps(moves.entries, at)]


def _account_step(moves: Moves) -> Step:
    asked: dict[str, Any] = {"account": moves.entries[0].account, "entries": len(moves.entries), **_sums(moves.entries)}
    if not moves.asks:
        return Step("move_funds", asked, must_change=True)
    del asked["spent"]
    asked |= {"metered": int(moves.metered), "unpriced": int(moves.unpriced)}
    return Step("hold_funds", asked, must_change=True)


def _sums(entries: Iterable[Entry]) -> dict[Bucket, int]:
    sums: dict[Bucket, int] = {"funds": 0, "held": 0, "spent": 0}
    for entry in entries:
        for bucket, change in ((entry.source, -entry.amount), (entry.target, entry.amount)):
            if bucket in sums:
                sums[bucket] += change
    return sums


def entry_of(record: Mapping[str, Any]) -> Entry:
    """The entry in a record of table `ledger_entry`."""
    parts: dict[str, Any] = {**record, "priced": bool(record["priced"])}
    return Entry(**parts)


def _balance(record: Mapping[str, Any]) -> Balance:
    named = {name: record[name] for name in ("funds", "held", "spent")}
    return Balance(record["name"], bool(record["metered"]), **named)


def refused(error: Unchanged) -> Exception | None:
    """What it means that a statement of the ledger changed nothing; None for any other statement."""
    return {"admit": Limited(), "hold_funds": Short()}.get(error.query)
