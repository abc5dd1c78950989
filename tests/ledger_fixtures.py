"""What tests of the ledger share: tasks that cost something, and a story that any database has to tell the same way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callsheet.errors import Conflict, NotFound
from callsheet.money import MICRO, Entry, Limits, Standing
from callsheet.store import KeyRow, Limited, Lost, Moves, Row, Short, Store
from callsheet.tasks import State
from store_fixtures import NOW, a_row, task_id

DAY = 86_400_000


def a_hold(row: Row, *, sequence: int = 0, priced: bool = True) -> Entry:
    """What sets aside as much as the row says it holds."""
    task = row.task
    held = Entry(task.account, "hold", "funds", "held", row.held, task.id, sequence, key_id=row.key_id)
    return replace(held, priced=priced)


async def hand_in(store: Store, number: int, credits: int, **parts: Any) -> Row:
    """Keep a task that may cost so many credits; `metered`, `unpriced` as `Moves` has them."""
    asked = {name: parts.pop(name) for name in ("metered", "unpriced") if name in parts}
    row = a_row(number, held=credits * MICRO, **parts)
    moves = Moves((a_hold(row, priced=not asked.get("unpriced")),), asks=True, **asked)
    return await store.add_task(row, (), None, (), (), moves)


async def end(store: Store, number: int, cost: int) -> Row:
    """End a task that cost so many of the credits it held."""
    row = await store.take(task_id(number), ["submit"], NOW + DAY, NOW + 2 * DAY)
    assert row is not None
    account, rest = row.task.account, row.held - cost * MICRO
    entries = [Entry(account, "settle", "held", "spent", cost * MICRO, row.task.id)] if cost else []
    entries += [Entry(account, "release", "held", "funds", rest, row.task.id, row.fence)] if rest else []
    ended = {"state": State.SUCCEEDED, "phase": "done", "lane": ""}
    return await store.patch(row.task.id, row.fence, ended, moves=Moves(tuple(entries)))


async def tell_the_story(store: Store) -> None:
    """Funds, holds, ends, limits and refusals; the books are right after each."""
    await _of_an_account(store)
    await _of_a_key(store)
    assert await store.audit() == ([], [{"model": "previz/image-to-video", "tasks": 1, "spent": 0}])


async def _of_an_account(store: Store) -> None:
    await hand_in(store, 1, 3, account="a")
    balance = await store.balance("a")
    assert (balance.metered, balance.funds, balance.held) == (False, -3 * MICRO, 3 * MICRO), "written down, no more"
    assert (await store.fund("a", 8 * MICRO, "paid")).metered
    await hand_in(store, 2, 5, account="a")
    with pytest.raises(Short):
        await hand_in(store, 3, 1, account="a")
    with pytest.raises(Short):
        await hand_in(store, 3, 0, account="a", unpriced=True)
    with pytest.raises(Short):
        await hand_in(store, 3, 1, account="b", metered=True)
    with pytest.raises(NotFound):
        await store.row(task_id(3))
    ended = await end(store, 1, 2)
    assert (ended.held, ended.spent) == (0, 2 * MICRO)
    with pytest.raises(Lost):
        await store.patch(task_id(1), ended.fence, {"state": State.FAILED}, moves=Moves((a_hold(ended),)))
    assert await store.charge(task_id(1), Moves((replace(a_hold(ended), kind="settle", target="spent"),))) is True
    assert (await store.refund(task_id(1), "sorry")).amount == 2 * MICRO
    with pytest.raises(Conflict):
        await store.refund(task_id(1), "again")
    balance = await store.balance("a")
    assert (balance.funds, balance.held, balance.spent) == (3 * MICRO, 5 * MICRO, 0)
    kinds = [entry.kind for entry in (await store.entries("a", 9, None))[0]]
    assert kinds == ["refund", "settle", "release", "settle", "hold", "fund", "hold"]
    assert [entry.kind for entry in await store.entries_of_task("a", task_id(2))] == ["hold"]
    assert await store.entries_of_task("b", task_id(2)) == []
    page, following = await store.entries("a", 4, None)
    rest, none = await store.entries("a", 4, following)
    assert ([entry.seq for entry in (*page, *rest)], none) == ([7, 6, 5, 4, 3, 2, 1], None)
    await hand_in(store, 4, 0, account="c", unpriced=True)


async def _of_a_key(store: Store) -> None:
    limits = Limits(rate=3, concurrent=2, budget=10 * MICRO, period="day")
    await store.add_key(KeyRow("key_k", "k", "n", "hash", "sealed", NOW, standing=Standing(limits)))
    await hand_in(store, 11, 4, account="k", key_id="key_k", at=NOW + 20)
    await hand_in(store, 12, 6, account="k", key_id="key_k", at=NOW + 20)
    with pytest.raises(Limited):
        await hand_in(store, 13, 0, account="k", key_id="key_k", at=NOW + 20)
    await end(store, 11, 1)
    standing = await store.standing("key_k")
    assert (standing.unfinished, standing.committed) == (1, 7 * MICRO), "what was let go may be spent again"
    with pytest.raises(Limited):
        await hand_in(store, 13, 4, account="k", key_id="key_k", at=NOW + 20)
    await hand_in(store, 13, 3, account="k", key_id="key_k", at=NOW + 20)
    await end(store, 12, 6)
    with pytest.raises(Limited):
        await hand_in(store, 14, 0, account="k", key_id="key_k", at=NOW + 20)
    assert 0 < (await store.standing("key_k")).wait(NOW + 20) <= 20
    await hand_in(store, 14, 10, account="k", key_id="key_k", at=NOW + DAY)
    assert (await store.standing("key_k")).committed == 10 * MICRO, "a day has a budget of its own"
    await end(store, 13, 0)
    assert (await store.standing("key_k")).committed == 10 * MICRO, "what was let go was of another day"
    changed = await store.limit_key("key_k", Limits(budget=9 * MICRO))
    assert (changed.standing.unfinished, changed.standing.committed) == (1, 17 * MICRO)
    with pytest.raises(NotFound):
        await store.limit_key("key_unknown", Limits())
