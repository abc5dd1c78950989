"""The ledger as rows: what moves, what is refused, and that the books find every fault."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from callsheet.engine.books import Books
from callsheet.errors import Conflict, InvalidInput
from callsheet.money import MICRO, MOST, Entry, Limits, Standing
from callsheet.store import KeyRow, Limited, Moves, Store
from callsheet.store.database import queries
from callsheet.store.postgres.database import Postgres
from callsheet.store.postgres.opening import opened
from ledger_fixtures import end, hand_in, tell_the_story
from many_fixtures import fresh
from store_fixtures import NOW, a_row, a_store, task_id


def test_the_ledgers_verbs_do_what_they_say(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await tell_the_story(store)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE account SET funds = funds + 1", "funds says"),
        ("UPDATE account SET entries = entries + 1", "entries says 4, its entries 3"),
        ("DELETE FROM ledger_entry WHERE kind = 'release'", "its entries are of another sum"),
        ("UPDATE ledger_entry SET amount = amount + 1 WHERE kind = 'hold'", "held says"),
        ("UPDATE task SET held = 5", "succeeded, and not closed"),
        ("UPDATE task SET spent = 0", "its entries are of another sum"),
        ("DELETE FROM ledger_entry", "and has no entry"),
        ("DELETE FROM ledger_entry WHERE seq = 2", "its last entry is number 3, and there are 2"),
        ("UPDATE api_key SET unfinished = 1", "it says 1 unfinished"),
        ("UPDATE api_key SET committed = 7000000", "7 committed"),
    ],
)
def test_the_books_find_what_was_changed_behind_their_back(tmp_path: Path, damage: str, said: str) -> None:
    async def story() -> list[str]:
        async with a_store(tmp_path) as store:
            await store.add_key(KeyRow("key_k", "local", "n", "h", "s", NOW))
            await hand_in(store, 1, 3, key_id="key_k")
            await end(store, 1, 1)
            assert await store.audit() == ([], [])
            with sqlite3.connect(tmp_path / "callsheet.db") as database:
                database.execute(damage)
            return [f"{fault.where}: {fault.said}" for fault in (await store.audit())[0]]

    found = asyncio.run(story())
    assert any(said in one for one in found), found


def test_no_statement_changes_or_deletes_an_entry() -> None:
    touching = [name for name, sql in queries().items() if _writes(sql) and "ledger_entry" in sql]
    assert touching == ["add_entry"]


def _writes(sql: str) -> Any:
    return sql.split()[0] in ("INSERT", "UPDATE", "DELETE")


def test_an_entry_that_stands_is_not_written_again_and_takes_its_whole_transaction_with_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            await hand_in(store, 1, 3)
            await end(store, 1, 1)
            before = await store.balance("local")
            late = Moves((Entry("local", "settle", "funds", "spent", MICRO, task_id(1), 2),))
            assert await store.charge(task_id(1), late, [("late", {})]) is True
            once = await store.balance("local")
            assert (once.funds, once.spent) == (before.funds - MICRO, before.spent + MICRO)
            assert await store.charge(task_id(1), late, [("late", {})]) is False
            assert await store.balance("local") == once
            assert [event.type for event in await store.events(task_id(1))] == ["late"]

    asyncio.run(story())


def test_many_at_once_on_postgres_are_let_in_for_exactly_the_budget(postgres: str) -> None:
    """Over many connections: ends and submits of one key cross, none waits for ever, every count is right."""
    uri = fresh(postgres)

    async def story() -> None:
        store = Store(Postgres(await opened(uri)), lambda: NOW)
        limits = Limits(budget=15 * MICRO)
        await store.add_key(KeyRow("key_k", "k", "n", "h", "s", NOW, standing=Standing(limits)))

        async def at_once(numbers: range, credits: int) -> list[int]:
            asked = (hand_in(store, number, credits, account="k", key_id="key_k") for number in numbers)
            answers = await asyncio.gather(*asked, return_exceptions=True)
            refused = [one for one in answers if isinstance(one, BaseException)]
            assert all(isinstance(one, Limited) for one in refused), refused
            return [n for n, one in zip(numbers, answers, strict=True) if not isinstance(one, BaseException)]

        first = await at_once(range(100, 140), 3)
        assert len(first) == 5
        await asyncio.gather(*(end(store, number, 1) for number in first), at_once(range(200, 220), 2))
        await at_once(range(300, 320), 1)
        assert (await store.standing("key_k")).committed == 15 * MICRO, "not one credit more, and none left"
        assert await store.audit() == ([], [])
        await store.close()

    asyncio.run(story())


def test_two_who_take_the_last_credits_out_at_once_do_not_both_get_them(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            books = Books(store, lambda: NOW)
            await books.fund("local", 10, "")
            answers = await asyncio.gather(*(books.fund("local", -10, "") for _ in range(3)), return_exceptions=True)
            assert sorted(type(one).__name__ for one in answers) == ["Balance", "Conflict", "Conflict"]
            assert (await store.balance("local")).funds == 0

    asyncio.run(story())


def test_what_a_key_has_used_is_right_though_it_is_limited_while_tasks_come_and_go(postgres: str) -> None:
    uri = fresh(postgres)

    async def story() -> None:
        store = Store(Postgres(await opened(uri)), lambda: NOW)
        await store.add_key(KeyRow("key_k", "k", "n", "h", "s", NOW))
        for first in range(1, 200, 20):
            handed = [hand_in(store, number, 1, account="k", key_id="key_k") for number in range(first, first + 20)]
            limits = [store.limit_key("key_k", Limits(budget=10_000 * MICRO)) for _ in range(10)]
            await asyncio.gather(*handed, *limits)
        assert await store.audit() == ([], [])
        await store.close()

    asyncio.run(story())


def test_events_of_a_task_that_ended_are_numbered_though_two_tell_of_it_at_once(postgres: str) -> None:
    uri = fresh(postgres)

    async def story() -> None:
        store = Store(Postgres(await opened(uri)), lambda: NOW)
        await store.add_task(a_row(1))
        costs = [
            Moves((Entry(f"k{number}", "settle", "funds", "spent", 0, task_id(1), number),)) for number in range(40)
        ]
        await asyncio.gather(*(store.charge(task_id(1), moves, [("late", {})]) for moves in costs))
        assert [event.seq for event in await store.events(task_id(1))] == list(range(1, 41))
        await store.close()

    asyncio.run(story())


@pytest.mark.usefixtures("both_databases")
def test_a_payment_asked_for_again_under_its_key_is_paid_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            books = Books(store, lambda: NOW)
            paid = await asyncio.gather(*(books.fund("studio", 10, "May", "key") for _ in range(5)))
            assert {one.funds for one in paid} == {10 * MICRO}
            with pytest.raises(Conflict, match="another payment"):
                await books.fund("studio", 20, "May", "key")
            assert (await books.fund("studio", 10, "May", "another")).funds == 20 * MICRO
            assert (await store.audit())[0] == []

    asyncio.run(story())


def test_an_amount_that_cannot_be_reckoned_is_refused_in_words(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            books = Books(store, lambda: NOW)
            with pytest.raises(InvalidInput, match="more credits than can be moved at once") as refused:
                await books.fund("studio", MOST * 1.5, "")
            assert refused.value.param == "amount"
            assert f"{MOST:,}" in refused.value.hint
            await asyncio.gather(*(store.fund("studio", MOST * MICRO, "") for _ in range(1000)))
            with pytest.raises(Conflict, match="more than can be reckoned"):
                await books.fund("studio", 1, "")
            assert (await store.balance("studio")).funds == 1000 * MOST * MICRO

    asyncio.run(story())
