"""The SDK without async: generated from _async_money.py by tools/sync_client.py, never edited by hand."""

from __future__ import annotations

from typing import Unpack
from uuid import uuid4

from callsheet.client import money, requests, results
from callsheet.client._sync_advice import Advice
from callsheet.client.money import Account, Credits, LedgerCheck, LedgerEntry, Limits
from callsheet.client.requests import task_id
from callsheet.client.results import Key, Task


class Money(Advice):
    """Asks what an account has; with the operator's token also pays in, gives back, checks, and limits keys."""

    def credits(
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
        return money.read_credits(self._json("GET", "/v1/credits", params=query))

    def accounts(self) -> tuple[Account, ...]:
        """Every account that ever had an entry. For the operator's token only, like all below."""
        answer = self._json("GET", "/v1/ledger/accounts")
        return tuple(money.read_account(one) for one in answer["data"])

    def fund(self, account: str, amount: float, *, memo: str = "", idempotency_key: str | None = None) -> Account:
        """Pay credits in, or take them out with less than nothing; from then on it spends no more than it has.

        It is repeated where the answer is lost, and paid once all the same; `idempotency_key` is for your own repeats.
        """
        body = {"account": account, "amount": amount, "memo": memo}
        proof = {"idempotency-key": idempotency_key or str(uuid4())}
        return money.read_account(self._json("POST", "/v1/ledger/funds", json=body, headers=proof))

    def refund(self, task: Task | str, *, memo: str = "") -> LedgerEntry:
        """Give back what a task has cost, once."""
        body = {"task": task_id(task), "memo": memo}
        return money.read_entry(self._json("POST", "/v1/ledger/refunds", repeatable=False, json=body))

    def check_ledger(self) -> LedgerCheck:
        """Reckon everything anew from the entries."""
        return money.read_check(self._json("GET", "/v1/ledger/check"))

    def create_key(self, name: str, *, account: str | None = None, **limits: Unpack[Limits]) -> Key:
        """A new key; it and its secret are shown this once.

        `limits` are `rate` (tasks per minute), `concurrent` (unfinished tasks), `budget` (credits) and its `period`
        (`day`, `month` or `total`).
        """
        body = {"name": name, **limits} | ({"account": account} if account else {})
        return results.read_key(self._json("POST", "/v1/keys", repeatable=False, json=body))

    def limit_key(self, key: str, **limits: Unpack[Limits]) -> Key:
        """Change what a key may do: `limits` as for `create_key`; what is left out stays, None takes a limit away."""
        path = f"/v1/keys/{requests.plain_id(key, 'key')}"
        return results.read_key(self._json("PATCH", path, json=limits))

    def keys(self) -> tuple[Key, ...]:
        """All keys, newest first, without what opens anything."""
        return tuple(results.read_key(one) for one in (self._json("GET", "/v1/keys"))["data"])

    def revoke_key(self, key: str) -> Key:
        """From now on it opens nothing."""
        return results.read_key(self._json("DELETE", f"/v1/keys/{requests.plain_id(key, 'key')}"))
