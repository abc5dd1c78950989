"""Credits, ledger and limits as the native API reads and writes them, described for the OpenAPI document."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from callsheet import money
from callsheet.money import Balance, Entry, Fault, Period, Standing, credits, ends, micro
from callsheet.server.answers import Outgoing
from callsheet.server.bodies import Incoming, PageQuery
from callsheet.server.shapes import limits_shape, stamp

Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
TaskId = Annotated[str, StringConstraints(pattern=r"^task_[0-9A-Za-z]+$")]
Memo = Annotated[str, StringConstraints(max_length=200)]
Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


class KeyLimits(Incoming):
    """What a key may do. What is left out stays as it is; null takes the limit away."""

    rate: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] | None = None
    """Tasks per minute: as many at once, then one each time that one is free again."""
    concurrent: Annotated[int, Field(ge=0, le=1_000_000_000, strict=True)] | None = None
    """Unfinished tasks at once."""
    budget: Amount | None = None
    """Credits per period, set aside or spent."""
    period: Period = "total"
    """What the budget is for: a `day` or `month` of UTC, or in `total`."""

    def over(self, before: money.Limits) -> money.Limits:
        """These limits where they were given, else those from before."""
        named = KeyLimits.model_fields.keys() & self.model_fields_set
        given: dict[str, Any] = {name: getattr(self, name) for name in named}
        if given.get("budget") is not None:
            given["budget"] = micro(given["budget"])
        kept = {name: getattr(before, name) for name in ("rate", "concurrent", "budget", "period")}
        return money.Limits(**{**kept, **given})


class NewKey(KeyLimits):
    """A key to be made."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """What it is for, in your words."""
    account: Account | None = None
    """Whose it is. Without it, the key gets an account of its own."""


class NewFunds(Incoming):
    """Credits paid in."""

    account: Account
    """Whose they are; from then on it spends no more than it has."""
    amount: Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
    """How many; less than nothing takes them out again."""
    memo: Memo = ""
    """What it is about, in your words."""


class NewRefund(Incoming):
    """A task whose cost is given back, once."""

    task: TaskId
    """The task's id."""
    memo: Memo = ""
    """What it is about, in your words."""


class CreditQuery(PageQuery):
    """Whose, and which entries."""

    task: TaskId | None = None
    """Those of this task only, all of them, oldest first."""
    account: Account | None = None
    """Of this account; for the operator only."""
    open: bool = False
    """Only what is set aside for tasks that have not ended."""


class LedgerEntry(Outgoing):
    """One line of the ledger: an amount goes from one bucket to another."""

    number: int
    """Counts from 1 within the account."""
    object: Literal["ledger_entry"]
    at: datetime
    account: str
    task: str | None
    kind: Literal["fund", "hold", "settle", "release", "refund", "adjust"]
    source: Literal["world", "funds", "held", "spent"]
    target: Literal["world", "funds", "held", "spent"]
    amount: float
    """Credits."""
    unit: str
    """What the vendor reckons in."""
    priced: bool
    """False where nobody knows the price."""
    memo: str
    key: str | None


class Limits(Outgoing):
    """What a key may do; null where nothing limits it."""

    rate: int | None
    """Tasks per minute."""
    concurrent: int | None
    """Unfinished tasks at once."""
    budget: float | None
    """Credits per period."""
    period: Literal["day", "month", "total"]
    """A day or a month of UTC, or for ever."""


class Key(Outgoing):
    """What proves an account."""

    id: str
    object: Literal["key"]
    account: str
    name: str
    created_at: datetime
    revoked_at: datetime | None
    limits: Limits


class IssuedKey(Key):
    """A new key; `key` and `secret` are shown this once."""

    key: str
    """Goes into `Authorization: Bearer`."""
    secret: str
    """For the schemes that sign."""


class KeyStanding(Outgoing):
    """What a key may do, and how far it has gone."""

    rate: int | None
    concurrent: int | None
    budget: float | None
    period: Literal["day", "month", "total"]
    unfinished: int
    """Tasks that have not ended."""
    used: float
    """Credits of its budget that are set aside or spent in this period."""
    resets_at: datetime | None
    """When the period is over; null for one that never is."""


class ListedKey(Key):
    """A key, and how far it has gone."""

    standing: KeyStanding | None
    """Null where this server counts no credits."""


class KeyList(Outgoing):
    """Keys, newest first."""

    data: list[ListedKey]
    next: None


class AccountBalance(Outgoing):
    """What an account has."""

    account: str
    metered: bool
    """Whether it spends no more than it has. Any other account is only written down."""
    available: float | None
    """Credits that may still be spent; null without end."""
    held: float
    """Set aside for tasks that have not ended."""
    spent: float
    funds: float
    """Paid in, less what is held or spent: less than nothing where it was spent without having been paid in."""


class Credits(AccountBalance):
    """What an account has, and its latest entries."""

    object: Literal["credits"]
    key: KeyStanding | None
    data: list[LedgerEntry]
    next: str | None


class AccountList(Outgoing):
    """Every account that ever had an entry."""

    data: list[AccountBalance]
    next: None


class LedgerFault(Outgoing):
    """Something that the entries do not bear out."""

    where: str
    """An account, a task or a key."""
    said: str


class UnpricedModel(Outgoing):
    """A model that ran without a price."""

    model: str
    tasks: int
    credits: float
    """What its vendor told in the end."""


class LedgerCheck(Outgoing):
    """Whether everything adds up: holds = settled + released + open, for every task and account."""

    object: Literal["ledger_check"]
    ok: bool
    faults: list[LedgerFault]
    unpriced: list[UnpricedModel]


def entry_shape(entry: Entry) -> dict[str, Any]:
    """One line of the ledger."""
    return {
        "number": entry.seq,
        "object": "ledger_entry",
        "at": stamp(entry.at),
        "account": entry.account,
        "task": entry.task_id,
        "kind": entry.kind,
        "source": entry.source,
        "target": entry.target,
        "amount": credits(entry.amount),
        "unit": entry.unit,
        "priced": entry.priced,
        "memo": entry.memo,
        "key": entry.key_id,
    }


def balance_shape(balance: Balance, left: int | None) -> dict[str, Any]:
    """What an account has; `left` is what may still be spent, None without end."""
    return {
        "account": balance.account,
        "metered": balance.metered,
        "available": None if left is None else credits(left),
        "held": credits(balance.held),
        "spent": credits(balance.spent),
        "funds": credits(balance.funds),
    }


def standing_shape(standing: Standing, now: int) -> dict[str, Any]:
    """What a key may do and how far it has gone."""
    over = ends(standing.limits.period, now)
    return {
        **limits_shape(standing.limits),
        "unfinished": standing.unfinished,
        "used": credits(standing.used(now)),
        "resets_at": None if over is None else stamp(over),
    }


def check_shape(faults: list[Fault], unpriced: list[tuple[str, int, int]]) -> dict[str, Any]:
    """Whether everything adds up."""
    return {
        "object": "ledger_check",
        "ok": not faults,
        "faults": [{"where": fault.where, "said": fault.said} for fault in faults],
        "unpriced": [{"model": model, "tasks": tasks, "credits": credits(told)} for model, tasks, told in unpriced],
    }
