"""What a task costs, and what its end does to the ledger: pure functions from a row and an answer to entries."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from callsheet.catalog import LOCAL, Catalog, Model
from callsheet.catalog import Price as Documented
from callsheet.catalog.quote import reckon
from callsheet.money import Bucket, Entry, Kind, credits, micro
from callsheet.settings.ledger import LedgerRules
from callsheet.store import Row
from callsheet.tasks import State

Data = Mapping[str, Any]

HERE = "the setting ledger.prices"
TOLD = "as its vendor tells"


@dataclass(frozen=True, slots=True)
class Price:
    """The most that a task can cost, in micro-credits; None where nobody knows. `basis` says how it was reckoned."""

    amount: int | None
    basis: str
    source: str | None = None
    unit: str = "credits"
    reason: str | None = dataclasses.field(default=None, compare=False)
    values: Data = dataclasses.field(default_factory=dict, compare=False)

    @property
    def free(self) -> bool:
        """Whether it costs nothing, for certain: then the ledger has no line about it."""
        return self.amount == 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a vendor charges for what did not succeed.

    `failure` is whether it charges what failed, None where that is not documented. `stopped` is what stopping gives
    back, as `Cancels.refund` of the catalogue has it.
    """

    failure: bool | None = None
    stopped: str = "unknown"


class Tariff:
    """Prices of an installation, in its own credits: the settings' before the catalogue's."""

    def __init__(self, catalog: Catalog, rules: LedgerRules) -> None:
        self._catalog = catalog
        self._rules = rules

    def price(self, model: Model, input: Data) -> Price:
        """The most that a checked input can cost on this model; what renders here is free."""
        if model.vendor in LOCAL:
            return Price(0, "What is rendered here costs nothing.", reason="free_here")
        own = self._own(model)
        prices = (own,) if own is not None else model.prices
        found = reckon(prices, model.outputs, _worst(model, input))
        basis, source = found.basis, found.source
        unit = next((price.unit for price in prices if price.source == source), "credits")
        if found.credits is None:
            return Price(None, basis, source, unit, found.reason, found.values)
        rate = 1.0 if own is not None else self._rate(model.vendor, unit)
        said = {**found.values, "rate": rate}
        if rate is None:
            unrated = f"{basis}; ledger.rates does not say what that is in credits."
            return Price(None, unrated, source, unit, found.reason, said)
        told = basis if rate == 1 else f"{basis}, {rate:g} credits each"
        return Price(micro(found.credits * rate), told, source, unit, found.reason, said)

    def told(self, vendor: str, usage: Data) -> tuple[int, str] | None:
        """What a vendor says that a task cost: micro-credits, and the unit it said it in; None where it does not.

        What is no amount is not told: no answer of a vendor's may keep a task from its end.
        """
        for name, unit in (("credits", "credits"), ("usd", "usd")):
            said, rate = usage.get(name), self._rate(vendor, unit)
            if rate is not None and isinstance(said, int | float) and not isinstance(said, bool) and said >= 0:
                with contextlib.suppress(ValueError, OverflowError):
                    return micro(said * rate), unit
        return None

    def terms(self, vendor: str) -> Terms:
        """What this vendor charges for what did not succeed."""
        facts = self._catalog.vendor(vendor)
        return Terms(facts.charges_on_failure, facts.cancels.refund if facts.cancels else "unknown")

    def _own(self, model: Model) -> Documented | None:
        rules = self._rules.prices
        rule = rules.get(model.id) or next((one for name, one in rules.items() if fnmatchcase(model.id, name)), None)
        return Documented(rule.credits, rule.per, HERE, "") if rule else None

    def _rate(self, vendor: str, unit: str) -> float | None:
        return self._rules.rates.get(vendor, 1.0 if unit == "credits" else None)


def _worst(model: Model, input: Data) -> dict[str, Any]:
    """The input with what its caller left to the vendor at its most: the longest, the highest number."""
    found = dict(input)
    counts = [output.count for output in model.outputs[:1] if isinstance(output.count, str)]
    for name in ("duration", *counts):
        param = model.params.get(name)
        if found.get(name) is None and param is not None and param.max is not None:
            found[name] = param.max
    return found


def held(account: str, task_id: str, key_id: str | None, price: Price, sequence: int = 0) -> tuple[Entry, ...]:
    """Sets aside the most that a task can cost; nothing where it is free, and a mark where nobody knows its price."""
    if price.free:
        return ()
    entry = Entry(account, "hold", "funds", "held", price.amount or 0, task_id, sequence, price.unit, key_id=key_id)
    return (dataclasses.replace(entry, priced=price.amount is not None, memo=price.basis),)


def moved_on(row: Row, price: Price) -> tuple[Entry, ...]:
    """To another stage: what was set aside for the one before is let go, and what this one may cost takes its place."""
    again = held(row.task.account, row.task.id, row.key_id, price, row.fence)
    return (*_released(row, row.held, "it goes to another stage"), *again)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an ended task has cost: micro-credits, None where nobody knows; and why, in words."""

    cost: int | None
    why: str
    unit: str = "credits"


def verdict(row: Row, state: State, told: tuple[int, str] | None, terms: Terms) -> Verdict:
    """What this end costs. `told` is what the vendor said of the cost with its last answer."""
    priced = row.task.usage.get("priced") is not False
    if state is State.SUCCEEDED or row.phase == "collect":
        if told is not None:
            return Verdict(told[0], TOLD, told[1])
        return Verdict(row.held, "as quoted") if priced else Verdict(None, "nobody knows its price")
    if row.phase != "poll":
        return Verdict(told[0], TOLD, told[1]) if told is not None else Verdict(0, "never accepted")
    whole = terms.stopped == "none" if state is State.CANCELED else terms.failure is True
    spared = terms.stopped == "all" if state is State.CANCELED else terms.failure is False
    what = "what was stopped" if state is State.CANCELED else "what failed"
    if spared:
        return Verdict(0, f"its vendor does not charge {what}")
    if told is not None:
        return Verdict(told[0], TOLD, told[1])
    if whole:
        said = f"its vendor charges {what}"
        return Verdict(row.held, said) if priced else Verdict(None, f"{said}; nobody knows its price")
    return Verdict(0, "its vendor tells of no charge")


def closed(row: Row, found: Verdict) -> tuple[Entry, ...]:
    """Charges what an ended task has cost and lets go of the rest; more than was set aside is charged as well."""
    entries: list[Entry] = []
    cost = found.cost or 0
    of_hold = min(cost, row.held)
    if of_hold or found.cost is None:
        settled = _entry(row, "settle", ("held", "spent"), of_hold, found.why, unit=found.unit)
        entries.append(dataclasses.replace(settled, priced=found.cost is not None))
    if cost > of_hold:
        said = f"{found.why}; more than was set aside" if row.held else found.why
        entries.append(_entry(row, "adjust", ("funds", "spent"), cost - of_hold, said, unit=found.unit))
    return (*entries, *_released(row, row.held - of_hold, found.why))


def late(row: Row, cost: int | None, unit: str = "credits") -> Entry:
    """Charges what a task turns out to have cost after its end here, beyond what it was charged then; None: unknown.

    There is one even where that is nothing: it stands for having been reckoned.
    """
    owed = max(0, (cost or 0) - row.spent)
    entry = _entry(row, "settle", ("funds", "spent"), owed, "it succeeded after its end here", 2, unit)
    return dataclasses.replace(entry, priced=cost is not None)


def usage_of(usage: Data, found: Verdict) -> dict[str, Any]:
    """How a task tells what it cost: `credits`, or `priced` false where nobody knows.

    What its vendor told in credits of another worth stays, as `vendor_credits`.
    """
    told = {name: value for name, value in usage.items() if name not in ("held", "credits", "priced")}
    if found.cost is None:
        return {**told, "priced": False}
    said = usage.get("credits")
    if found.why == TOLD and said is not None and found.unit == "credits" and micro(said) != found.cost:
        told["vendor_credits"] = said
    return {**told, "credits": credits(found.cost)}


def _released(row: Row, amount: int, why: str) -> tuple[Entry, ...]:
    return (_entry(row, "release", ("held", "funds"), amount, why, row.fence),) if amount else ()


def _entry(
    row: Row, kind: Kind, way: tuple[Bucket, Bucket], amount: int, why: str, sequence: int = 1, unit: str = "credits"
) -> Entry:
    task = row.task
    return Entry(task.account, kind, *way, amount, task.id, sequence, unit, memo=why, key_id=row.key_id)
