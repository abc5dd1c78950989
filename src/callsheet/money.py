"""The words for money: micro-credits, entries of the ledger, what an account has, and what a key may spend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

MICRO = 1_000_000
"""Micro-credits in a credit. Everything is kept and added in these: whole numbers lose nothing."""

MOST = 1_000_000_000
"""Credits that one entry may move: what is larger is a slip of the hand, and a thousand of them are below 63 bits."""

MINUTE = 60_000_000
"""Microseconds: what a rate is measured over."""

Kind = Literal["fund", "hold", "settle", "release", "refund", "adjust"]
"""Why an amount moves: paid in, set aside for a task, charged for it, set free, given back, put right by hand."""

Bucket = Literal["world", "funds", "held", "spent"]
"""Where an amount is: outside, free for the account, set aside for a task, gone for one."""

Period = Literal["day", "month", "total"]
"""What a budget is for: a day or a month of UTC, or for ever."""


def micro(credits: float) -> int:
    """Credits as micro-credits, to the nearest. ValueError for what is no amount: nan, infinite, over MOST."""
    if not math.isfinite(credits):
        raise ValueError(f"{credits} is no amount of credits")
    if abs(credits) > MOST:
        raise ValueError(f"{credits:,} is more credits than can be moved at once")
    return round(Decimal(str(credits)) * MICRO)


def credits(amount: int) -> float:
    """Micro-credits as credits; a whole number of them as an int, so that it is written as one."""
    whole, rest = divmod(amount, MICRO)
    return amount / MICRO if rest else whole


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: `amount` micro-credits go from bucket `source` to bucket `target` of an account.

    With a task it stands once for its kind and `sequence` (1, 2 ...). `unit` is what the vendor reckons in, `priced`
    False where nobody knows the price. `seq` counts from 1 within the account, `at` is in milliseconds since 1970.
    """

    account: str
    kind: Kind
    source: Bucket
    target: Bucket
    amount: int
    task_id: str | None = None
    sequence: int = 1
    unit: str = "credits"
    priced: bool = True
    memo: str = ""
    key_id: str | None = None
    at: int = 0
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has, in micro-credits. `funds` are below 0 where it spends without having paid in.

    A metered account spends no more than its funds; any other is only written down.
    """

    account: str
    metered: bool = False
    funds: int = 0
    held: int = 0
    spent: int = 0

    @property
    def turnover(self) -> int:
        """All that was ever paid in and not taken out again."""
        return self.funds + self.held + self.spent


@dataclass(frozen=True, slots=True)
class Limits:
    """What a key may do: tasks per minute, unfinished tasks at once, micro-credits per period. None: no limit."""

    rate: int | None = None
    concurrent: int | None = None
    budget: int | None = None
    period: Period = "total"

    @property
    def any(self) -> bool:
        """Whether it is limited in anything."""
        return (self.rate, self.concurrent, self.budget) != (None, None, None)


UNLIMITED = Limits()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a key has gone.

    `free_at` is when its rate is whole again, in microseconds since 1970; `unfinished` counts tasks; `committed` are
    micro-credits held or spent by the tasks made since the period began, at `since` in milliseconds.
    """

    limits: Limits = UNLIMITED
    free_at: int = 0
    unfinished: int = 0
    committed: int = 0
    since: int = 0

    def remaining(self, now: int) -> int:
        """How many tasks its rate still admits at once; `now` in milliseconds. Only for a key with a rate."""
        rate = self.limits.rate or 1
        return max(0, (MINUTE - max(0, self.free_at - now * 1000)) // (MINUTE // rate))

    def wait(self, now: int) -> float:
        """Seconds until its rate admits one more; 0 at once."""
        rate = self.limits.rate
        if rate is None:
            return 0.0
        return max(0, max(self.free_at, now * 1000) + MINUTE // rate - MINUTE - now * 1000) / 1e6

    def fields(self, now: int) -> dict[str, str]:
        """How far its rate is used, as the RateLimit fields of HTTP say it; none without a rate."""
        if self.limits.rate is None:
            return {}
        whole = max(0, -(-(self.free_at - now * 1000) // 1_000_000))
        said = (("limit", self.limits.rate), ("remaining", self.remaining(now)), ("reset", whole))
        return {f"ratelimit-{name}": str(value) for name, value in said}

    def used(self, now: int) -> int:
        """Micro-credits of its budget that are gone in the period that `now` (milliseconds) lies in."""
        return self.committed if self.since >= begins(self.limits.period, now) else 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the ledger's entries do not bear out: `where` it is, and what is wrong, in words."""

    where: str
    said: str


def begins(period: Period, now: int) -> int:
    """When the period began that `now` lies in; milliseconds since 1970, UTC."""
    if period == "total":
        return 0
    moment = datetime.fromtimestamp(now // 1000, UTC)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return int((day if period == "day" else day.replace(day=1)).timestamp()) * 1000


def ends(period: Period, now: int) -> int | None:
    """When the period is over that `now` lies in; None for one that never is."""
    if period == "total":
        return None
    begun = begins(period, now)
    return begins(period, begun + (36 * 3_600_000 if period == "day" else 32 * 86_400_000))
