"""The books: what accounts have, every movement of it, and what the operator pays in or gives back."""

from __future__ import annotations

from callsheet.errors import Conflict, InvalidInput
from callsheet.money import MOST, Balance, Entry, Fault, Standing, credits, micro
from callsheet.store import Short, Store, no_task
from callsheet.tasks import Clock

MAX_MEMO = 200
MAX_ACCOUNT = 64
MOST_PAID = 1_000
"""How many of the largest payments an account can be paid in all: sums stay far below 63 bits."""


class Books:
    """`contract.Ledger` over the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.clock = clock
        self._store = store

    async def balance(self, account: str) -> Balance:
        """What an account has."""
        return await self._store.balance(account)

    async def balances(self) -> list[Balance]:
        """Every account that ever had an entry, by name."""
        return await self._store.balances()

    async def left(self, account: str, key_id: str | None) -> int | None:
        """Micro-credits that may still be spent: what the account and the key's budget both leave; None without end."""
        balance = await self._store.balance(account)
        ends = [balance.funds] if balance.metered else []
        standing = await self.standing(key_id)
        if standing is not None and standing.limits.budget is not None:
            ends.append(standing.limits.budget - standing.used(self.clock()))
        return max(0, min(ends)) if ends else None

    async def standing(self, key_id: str | None) -> Standing | None:
        """How far a key has gone; None where there is none."""
        return None if key_id is None else await self._store.standing(key_id)

    async def standings(self) -> dict[str, Standing]:
        """How far every key has gone, by its id: one question, however many there are."""
        return {key.id: key.standing for key in await self._store.keys()}

    async def rate(self, key_id: str) -> dict[str, str]:
        """How far a key's rate is used, as the RateLimit fields of HTTP say it; none without a rate."""
        return (await self._store.standing(key_id)).fields(self.clock())

    async def entries(
        self, account: str, limit: int, cursor: str | None, *, open: bool = False
    ) -> tuple[list[Entry], str | None]:
        """A page of an account's ledger, newest first; with `open` only the holds of tasks that have not ended."""
        return await self._store.entries(account, limit, cursor, open=open)

    async def of_task(self, account: str | None, task_id: str) -> list[Entry]:
        """Every movement of a task, in order. NotFound for a task of another account."""
        task = (await self._store.row(task_id)).task
        if account is not None and task.account != account:
            raise no_task(task_id)
        return await self._store.entries_of_task(None, task_id)

    async def fund(self, account: str, amount: float, memo: str, key: str | None = None) -> Balance:
        """Pay in credits, or take them out again with a negative amount; from then on the account is metered.

        Under one `key` it is done once, however often it is asked.
        """
        _check("account", account, MAX_ACCOUNT)
        if memo:
            _check("memo", memo, MAX_MEMO)
        try:
            change = micro(amount)
        except ValueError as error:
            hint = f"An amount is a number of credits, at most {MOST:,} at once."
            raise InvalidInput(f"{error}.", hint=hint, param="amount") from error
        if change == 0:
            raise InvalidInput("The amount is nothing.", hint="One millionth of a credit is the least.", param="amount")
        if change > 0 and (await self._store.balance(account)).turnover + change > micro(MOST) * MOST_PAID:
            raise Conflict(f"{account} has been paid more than can be reckoned.", hint="Take a new account.")
        try:
            return await self._store.fund(account, change, memo, key)
        except Short:
            has = (await self._store.balance(account)).funds
            said = f"{account} has {credits(max(0, has)):g} credits, so {-amount:g} cannot be taken out."
            raise Conflict(said, hint="`callsheet ledger show` tells what each account has.") from None

    async def refund(self, task_id: str, memo: str) -> Entry:
        """Give back what a task has cost, once. NotFound, or Conflict where there is nothing to give back."""
        if memo:
            _check("memo", memo, MAX_MEMO)
        return await self._store.refund(task_id, memo)

    async def audit(self) -> tuple[list[Fault], list[tuple[str, int, int]]]:
        """Everything reckoned anew from the entries.

        What does not add up; and each model that ran without a price, how often, and the micro-credits that its vendor
        told in the end.
        """
        faults, unpriced = await self._store.audit()
        return faults, [(one["model"], one["tasks"], one["spent"]) for one in unpriced]


def _check(param: str, value: str, longest: int) -> None:
    if not value.strip() or len(value) > longest or not value.isprintable():
        raise InvalidInput(f"The {param} cannot be {value!r:.40}.", hint=f"1 to {longest} letters.", param=param)
