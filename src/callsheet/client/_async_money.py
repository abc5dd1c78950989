"""The part of the SDK about credits and keys: balances, the ledger, limits; `_sync_money.py` is generated."""

from __future__ import annotations

from typing import Unpack
from uuid import uuid4

from callsheet.client import money, requests, results
from callsheet.client._async_advice import AsyncAdvice
from callsheet.client.money import Account, Credits, LedgerCheck, LedgerEntry, Limits
from callsheet.client.requests import task_id
from callsheet.client.results import Key, Task


class AsyncMoney(AsyncAdvice):
    """Asks what an account has; with the operator's token also pays in, gives back, checks, and limits keys."""

    async def credits(
        self,
        *,
        task: Task | str | None = None,
        account: str | None = None,
        open: bool = False,
        limit: int = 20,
        cursor: str | None = None,
    ) -> Credits:
        """What the account has, and its latest entries; with a task that one's, all of them, oldest first.

        `open`: only what is set aside for tasks that have not ended. Another account, or a task of one, only with the
        operator's token.
        """
        query = requests.page_query(limit, cursor)
        query += [("task", task_id(task))] if task is not None else []
        query += [("account", account)] if account else []
        query += [("open", "true")] if open else []
        return money.read_credits(await self._json("GET", "/v1/credits", params=query))

    async def accounts(self) -> tuple[Account, ...]:
        """Every account that ever had an entry. For the operator's token only, like all below."""
        answer = await self._json("GET", "/v1/ledger/accounts")
        return tuple(money.read_account(one) for one in answer["data"])

    async def fund(self, account: str, amount: float, *, memo: str = "", idempotency_key: str | None = None) -> Account:
        """Pay credits in, or take them out with less than nothing; from then on it spends no more than it has.

        It is repeated where the answer is lost, and paid once all the same; `idempotency_key` is for your own repeats.
        """
        body = {"account": account, "amount": amount, "memo": memo}
        proof = {"idempotency-key": idempotency_key or str(uuid4())}
        return money.read_account(await self._json("POST", "/v1/ledger/funds", json=body, headers=proof))

    async def refund(self, task: Task | str, *, memo: str = "") -> LedgerEntry:
        """Give back what a task has cost, once."""
        body = {"task": task_id(task), "memo": memo}
        return money.read_entry(await self._json("POST", "/v1/ledger/refunds", repeatable=False, json=body))

    async def check_ledger(self) -> LedgerCheck:
        """Reckon everything anew from the entries."""
        return money.read_check(await self._json("GET", "/v1/ledger/check"))

    async def create_key(self, name: str, *, account: str | None = None, **limits: Unpack[Limits]) -> Key:
        """A new key; it and its secret are shown this once.

        `limits` are `rate` (tasks per minute), `concurrent` (unfinished tasks), `budget` (credits) and its `period`
        (`day`, `month` or `total`).
        """
        body = {"name": name, **limits} | ({"account": account} if account else {})
        return results.read_key(await self._json("POST", "/v1/keys", repeatable=False, json=body))

    async def limit_key(self, key: str, **limits: Unpack[Limits]) -> Key:
        """Change what a key may do: `limits` as for `create_key`; what is left out stays, None takes a limit away."""
        path = f"/v1/keys/{requests.plain_id(key, 'key')}"
        return results.read_key(await self._json("PATCH", path, json=limits))

    async def keys(self) -> tuple[Key, ...]:
        """All keys, newest first, without what opens anything."""
        return tuple(results.read_key(one) for one in (await self._json("GET", "/v1/keys"))["data"])

    async def revoke_key(self, key: str) -> Key:
        """From now on it opens nothing."""
        return results.read_key(await self._json("DELETE", f"/v1/keys/{requests.plain_id(key, 'key')}"))
