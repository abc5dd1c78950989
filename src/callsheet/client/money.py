"""What the server answers about credits, typed: what an account has, every movement of it, what a key may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypedDict

Raw = Mapping[str, Any]


class Limits(TypedDict, total=False):
    """What a key may do: tasks per minute, unfinished tasks at once, credits per period; None takes a limit away."""

    rate: int | None
    concurrent: int | None
    budget: float | None
    period: Literal["day", "month", "total"]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the ledger: `amount` credits go from one bucket (world, funds, held, spent) to another.

    `number` counts from 1 within the account. `priced` is False where nobody knows the price.
    """

    number: int
    account: str
    kind: str
    source: str
    target: str
    amount: float
    task_id: str | None = None
    at: datetime | None = None
    unit: str = "credits"
    priced: bool = True
    memo: str = ""
    key: str | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Account:
    """What an account has, in credits. `available` is what may still be spent, None without end.

    A metered account spends no more than it has; any other is only written down.
    """

    account: str
    metered: bool
    available: float | None
    held: float
    spent: float
    funds: float
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Credits(Account):
    """What an account has, the latest entries of its ledger, and the cursor of those before or None at the end.

    `key` is what the key that asked may do and how far it has gone, as the server sent it; None without a key.
    """

    entries: tuple[LedgerEntry, ...] = ()
    next: str | None = None
    key: Raw | None = None


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """Whether the ledger adds up; `faults` are `(where, said)`, `unpriced` are `(model, tasks, credits)`."""

    ok: bool
    faults: tuple[tuple[str, str], ...] = ()
    unpriced: tuple[tuple[str, int, float], ...] = ()
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


def read_entry(raw: Raw) -> LedgerEntry:
    """A line of the ledger from its wire form."""
    plain = {name: raw[name] for name in ("number", "account", "kind", "source", "target", "amount")}
    return LedgerEntry(
        **plain,
        task_id=raw.get("task"),
        at=datetime.fromisoformat(raw["at"]) if raw.get("at") else None,
        unit=raw.get("unit") or "credits",
        priced=raw.get("priced") is not False,
        memo=raw.get("memo") or "",
        key=raw.get("key"),
        raw=raw,
    )


def read_account(raw: Raw) -> Account:
    """What an account has, from its wire form."""
    return Account(**_balance(raw), raw=raw)


def read_credits(raw: Raw) -> Credits:
    """What an account has and its latest entries, from their wire form."""
    entries = tuple(read_entry(one) for one in raw["data"])
    return Credits(**_balance(raw), raw=raw, entries=entries, next=raw.get("next"), key=raw.get("key"))


def read_check(raw: Raw) -> LedgerCheck:
    """Whether the ledger adds up, from its wire form."""
    faults = tuple((one["where"], one["said"]) for one in raw["faults"])
    unpriced = tuple((one["model"], one["tasks"], one["credits"]) for one in raw["unpriced"])
    return LedgerCheck(raw["ok"], faults, unpriced, raw)


def _balance(raw: Raw) -> dict[str, Any]:
    return {name: raw[name] for name in ("account", "metered", "available", "held", "spent", "funds")}
