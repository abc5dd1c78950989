"""The till: adds to every move of a task the money that goes with it, and says why a task cannot be afforded."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from callsheet.catalog import Catalog, Model
from callsheet.engine import credits as reckon
from callsheet.engine.advance import Move, driver_of
from callsheet.engine.credits import Data, Price, Tariff
from callsheet.errors import NoCredit, RequestError, TooMany
from callsheet.money import Balance, Standing, credits, ends
from callsheet.settings.ledger import LedgerRules
from callsheet.store import Moves, Row, Store
from callsheet.store.ledger import NOTHING
from callsheet.tasks import Clock, File, State

BUSY = 5.0
"""Seconds after which it may be worth asking again where a key has as many tasks under way as it may."""


class Till:
    """Between the engine and the ledger."""

    def __init__(self, store: Store, catalog: Catalog, rules: LedgerRules, clock: Clock) -> None:
        self.tariff = Tariff(catalog, rules)
        self._store = store
        self._catalog = catalog
        self._rules = rules
        self._clock = clock

    def opened(self, row: Row, price: Price) -> tuple[Row, Moves]:
        """A new row with what it sets aside, and the entries. NoCredit where tasks without a price are refused."""
        if price.free:
            return row, NOTHING
        if price.amount is None and self._rules.unpriced == "refuse":
            raise _unpriced(row.run_model, "tasks without a price are refused here")
        told: dict[str, Any] = {"priced": False} if price.amount is None else {"held": credits(price.amount)}
        task = dataclasses.replace(row.task, usage={**row.task.usage, **told})
        entries = reckon.held(task.account, task.id, row.key_id, price)
        return dataclasses.replace(row, task=task, held=price.amount or 0), self._asking(entries, price)

    def reckoned(self, row: Row, move: Move) -> tuple[Move, Moves]:
        """A move with the money that goes with it: of an end what it cost, of another stage what that may cost."""
        state = move.changes.get("state")
        if isinstance(state, State) and state.final:
            return self._closed(row, move, state)
        if "run_model" in move.changes:
            return self._moved_on(row, move, self._catalog.model(move.changes["run_model"]))
        return move, NOTHING

    def _closed(self, row: Row, move: Move, state: State) -> tuple[Move, Moves]:
        vendor = driver_of(row)
        said: Data | None = move.changes.get("usage")
        usage: Data = row.task.usage if said is None else said
        of_cost = usage if state is State.SUCCEEDED or row.phase == "collect" else said or {}
        told = self.tariff.told(vendor, of_cost)
        untouched = not row.held and row.task.usage.get("priced") is not False and not (told and told[0])
        if untouched:
            return move, NOTHING
        found = reckon.verdict(row, state, told, self.tariff.terms(vendor))
        moves = Moves(reckon.closed(row, found))
        shown = reckon.usage_of(usage, found)
        events = tuple(_with_cost(event, shown, found) for event in move.events)
        return dataclasses.replace(move, changes={**move.changes, "usage": shown}, events=events), moves

    def _moved_on(self, row: Row, move: Move, run: Model) -> tuple[Move, Moves]:
        price = self.tariff.price(run, move.changes["run_input"])
        entries = reckon.moved_on(row, price)
        usage: Data = move.changes.get("usage", row.task.usage)
        told = {name: value for name, value in usage.items() if name not in ("held", "priced", "credits")}
        if price.amount is None:
            told["priced"] = False
        elif price.amount:
            told["held"] = credits(price.amount)
        moved = dataclasses.replace(move, changes={**move.changes, "usage": told})
        return moved, self._asking(entries, price) if entries else NOTHING

    def _asking(self, entries: tuple[Any, ...], price: Price) -> Moves:
        refused = price.amount is None and self._rules.unpriced is None
        return Moves(entries, asks=True, metered=self._rules.metered, unpriced=refused)

    async def late(self, row: Row, remote: str, usage: Data, files: Sequence[File] = ()) -> bool:
        """A task that ended here succeeded at its vendor after all: what that costs beyond what it was charged.

        Written once, with the files it made; False where that was known before, or `remote` is another task's.
        """
        told = self.tariff.told(driver_of(row), usage)
        price = await self._quoted(row)
        cost, unit = told if told is not None else (price.amount, price.unit)
        entry = reckon.late(row, cost, unit)
        data = {"credits": credits(entry.amount), "files": [file.id for file in files]}
        came_to = {**row.task.usage, "credits": credits(row.spent + entry.amount)} if cost is not None else None
        it = (driver_of(row), remote)
        return await self._store.charge(row.task.id, Moves((entry,)), [("late", data)], files, came_to, it)

    async def _quoted(self, row: Row) -> Price:
        """What a task could cost at most; of one that was deleted the ledger knows it: its input is gone."""
        if not row.deleted:
            return self.tariff.price(self._catalog.model(row.run_model), row.run_input)
        entries = await self._store.entries_of_task(None, row.task.id)
        hold = next((one for one in reversed(entries) if one.kind == "hold"), None)
        return Price(hold.amount if hold.priced else None, hold.memo, unit=hold.unit) if hold else Price(0, "free")

    async def short(self, row: Row, moves: Moves) -> RequestError:
        """Why an account cannot have a task that sets this aside."""
        wanted = next(entry for entry in moves.entries if entry.kind == "hold")
        if not wanted.priced:
            return _unpriced(row.run_model, f"the account {row.task.account} is metered")
        return _too_dear(wanted.amount, await self._store.balance(row.task.account))

    async def limited(self, row: Row) -> RequestError:
        """Why a key cannot have this task."""
        assert row.key_id is not None
        standing, now = await self._store.standing(row.key_id), self._clock()
        limits = standing.limits
        if standing.wait(now) > 0:
            said = f"This key may hand in {limits.rate} tasks a minute."
            return _slower(said, standing, now, standing.wait(now)).because("rate_limited", rate=limits.rate)
        if limits.concurrent is not None and standing.unfinished >= limits.concurrent:
            said = f"This key may have {limits.concurrent} unfinished tasks at once, and has {standing.unfinished}."
            full = _slower(said, standing, now, BUSY)
            return full.because("too_many_unfinished", most=limits.concurrent, unfinished=standing.unfinished)
        if limits.budget is None:
            return _slower("This key was over a limit a moment ago.", standing, now, 1.0)
        if row.task.usage.get("priced") is False:
            return _unpriced(row.run_model, "this key has a budget")
        return _over_budget(row, standing, now)


def _slower(message: str, standing: Standing, now: int, wait: float) -> TooMany:
    error = TooMany(message, hint="Ask again later; `callsheet keys limit` changes it.", retry_after=wait)
    error.fields = standing.fields(now)
    return error


def _with_cost(event: tuple[str, Data], usage: Data, found: reckon.Verdict) -> tuple[str, Data]:
    kind, data = event
    if kind == "succeeded":
        return kind, {**data, "usage": dict(usage)}
    if kind in ("failed", "canceled") and found.cost is not None:
        return kind, {**data, "credits": credits(found.cost), "charge": found.why}
    return event


def _unpriced(model: str, why: str) -> NoCredit:
    return NoCredit(
        f"No price is known of {model}, and {why}.",
        hint=f'Set what it costs here ([ledger.prices] "{model}" = CREDITS), or allow it: ledger.unpriced = "allow".',
    ).because("unpriced", model=model)


def _too_dear(amount: int, balance: Balance) -> NoCredit:
    has = credits(max(0, balance.funds))
    return NoCredit(
        f"This costs up to {credits(amount):g} credits, and {balance.account} has {has:g}.",
        hint=f"`callsheet ledger fund {balance.account} AMOUNT` adds some; previz costs nothing.",
    ).because("too_dear", cost=credits(amount), has=has)


def _over_budget(row: Row, standing: Standing, now: int) -> NoCredit:
    limits = standing.limits
    left = max(0, (limits.budget or 0) - standing.used(now))
    of = {"day": " of today", "month": " of this month", "total": ""}[limits.period]
    over = ends(limits.period, now)
    return NoCredit(
        f"This costs up to {credits(row.held):g} credits, and this key has {credits(left):g} left{of}.",
        hint="`callsheet keys limit` changes its budget; previz costs nothing.",
        retry_after=None if over is None else (over - now) / 1000,
    ).because("over_budget", cost=credits(row.held), left=credits(left), period=limits.period)
