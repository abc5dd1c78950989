"""The outbox on both databases: written with its event, taken by one, in order, settled by fence, asked for again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from callsheet.errors import NotFound
from callsheet.store import Lost, Store
from callsheet.store.postgres import Postgres, opened
from callsheet.store.rows import receiver
from callsheet.tasks import ENDS
from many_fixtures import fresh, postgres_server
from outbox_fixtures import DONE, a_task, begun, settle, taken
from store_fixtures import NOW, a_row, a_store, task_id

Story = Callable[[Store], Coroutine[Any, Any, None]]


Tell = Callable[[Story], None]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgres"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Tell:
    """Runs a story on a store of its own, once on each database."""
    uri = fresh(request.getfixturevalue("server")) if request.param == "postgres" else None

    async def within(story: Story) -> None:
        if uri is None:
            async with a_store(tmp_path) as store:
                await story(store)
            return
        pool = await opened(uri)
        store = Store(Postgres(pool), lambda: NOW)
        try:
            await story(store)
        finally:
            await store.close()

    return lambda story: asyncio.run(within(story))


def test_an_event_and_what_it_has_to_tell_are_written_together(told: Tell) -> None:
    async def story(store: Store) -> None:
        await begun(store, 1, "started", "succeeded")
        await begun(store, 2, "started", "failed", kinds=ENDS)
        await begun(store, 3, "started", "canceled", kinds=("task.started",))
        page, following = await store.messages("local", None, None, 9)
        assert {(one.task_id, one.kind) for one in page} == {
            (task_id(1), "task.started"),
            (task_id(1), "task.succeeded"),
            (task_id(2), "task.failed"),
            (task_id(3), "task.started"),
        }
        assert following is None
        assert len({one.id for one in page}) == 4
        assert all(one.id.startswith("evt_") and len(one.id) == 30 for one in page)
        assert {one.receiver for one in page} == {"https://a.example:443"}
        assert (await store.task("local", task_id(1))).told == "pending"

    told(story)


def test_a_write_that_does_not_stand_tells_nothing(told: Tell) -> None:
    async def story(store: Store) -> None:
        await a_task(store, 1)
        with pytest.raises(Lost):
            await store.patch(task_id(1), 99, DONE, [("succeeded", {})])
        assert (await store.messages("local", None, None, 9))[0] == ()
        assert (await store.task("local", task_id(1))).told == ""

    told(story)


def test_a_task_without_a_webhook_tells_nobody(told: Tell) -> None:
    async def story(store: Store) -> None:
        await store.add_task(a_row(1))
        held = await store.take(task_id(1), ["submit"], NOW, NOW + 9)
        assert held is not None
        await store.patch(task_id(1), held.fence, DONE, [("started", {}), ("succeeded", {})])
        assert (await store.messages("local", None, None, 9))[0] == ()
        assert await store.next_message() is None

    told(story)


def test_of_many_takers_one_gets_a_message_and_a_dead_ones_is_due_when_its_lease_ends(told: Tell) -> None:
    async def story(store: Store) -> None:
        await begun(store, 1, "succeeded", kinds=ENDS)
        got = [one for some in await asyncio.gather(*(taken(store) for _ in range(30))) for one in some]
        assert len(got) == 1
        assert await taken(store, NOW + 49) == []
        (again,) = await taken(store, NOW + 50)
        with pytest.raises(Lost):
            await settle(store, got[0], "delivered", 200)
        await settle(store, again, "delivered", 200)
        assert (await store.message("local", again.message.id)).state == "delivered"
        assert [one.status for one in await store.tries(again.message.id)] == [200]

    told(story)


def test_a_later_message_waits_until_the_earlier_one_is_delivered_or_given_up(told: Tell) -> None:
    async def story(store: Store) -> None:
        for number, end in ((1, "delivered"), (2, "gave_up")):
            await begun(store, number, "started", "succeeded")
            (first,) = await taken(store)
            assert first.message.kind == "task.started"
            await settle(store, first, "pending", 500, NOW + 100)
            assert await taken(store, NOW + 99) == [], "the end is not told before the beginning"
            (first,) = await taken(store, NOW + 100)
            await settle(store, first, end, 200)
            assert (await store.task("local", task_id(number))).told == "pending"
            (second,) = await taken(store)
            assert second.message.kind == "task.succeeded"
            await settle(store, second, "delivered", 200)
            assert (await store.task("local", task_id(number))).told == "delivered"
        events = await store.events(task_id(1))
        assert [one.type for one in events] == ["started", "succeeded", "webhook", "webhook", "webhook"]

    told(story)


def test_an_end_that_comes_while_the_beginning_is_settled_is_never_left_waiting(told: Tell) -> None:
    async def story(store: Store) -> None:
        for number in range(1, 31):
            await begun(store, number, "started")
        firsts = await taken(store, most=99)
        held = [await store.take(task_id(number), ["poll"], NOW, NOW + 9) for number in range(1, 31)]
        ends = [store.patch(row.task.id, row.fence, DONE, [("succeeded", {})]) for row in held if row is not None]
        both = zip(ends, (settle(store, one, "delivered", 200) for one in firsts), strict=True)
        await asyncio.gather(*(one for pair in both for one in pair))
        assert len(await taken(store, most=99)) == 30
        assert {(await store.task("local", task_id(number))).told for number in range(1, 31)} == {"pending"}

    told(story)


def test_a_receivers_backlog_hides_no_other_receiver(told: Tell) -> None:
    async def story(store: Store) -> None:
        for number in range(1, 41):
            await begun(store, number, "succeeded", url="http://busy.example:8000/x", kinds=ENDS)
        await begun(store, 50, "succeeded", url="http://b.example/", kinds=ENDS)
        assert await store.due_receivers(NOW, 9) == ["http://b.example:80", "http://busy.example:8000"]
        got = await store.take_messages({"http://busy.example:8000": 2, "http://b.example:80": 2}, NOW, NOW + 50)
        assert [one.message.receiver for one in got].count("http://b.example:80") == 1
        assert len(got) == 3
        await store.rest_receivers({"http://busy.example:8000": NOW + 30}, NOW)
        assert await store.due_receivers(NOW + 29, 9) == []
        assert await store.due_receivers(NOW + 30, 9) == ["http://busy.example:8000"]
        assert await store.next_message(NOW) == NOW + 30

    told(story)


def test_what_a_dead_process_had_taken_for_a_resting_receiver_rests_too(told: Tell) -> None:
    async def story(store: Store) -> None:
        await begun(store, 1, "failed", kinds=ENDS)
        (dead,) = await taken(store)
        await store.rest_receivers({dead.message.receiver: NOW + 99}, NOW + 49)
        assert await store.due_receivers(NOW + 50, 9) == [dead.message.receiver], "until its lease is over it is his"
        await store.rest_receivers({dead.message.receiver: NOW + 99}, NOW + 50)
        assert await store.due_receivers(NOW + 98, 9) == [], "else it is found due again and again, and never told"
        await store.rest_receivers({dead.message.receiver: NOW + 120}, NOW + 51)
        assert [one.message.id for one in await taken(store, NOW + 120)] == [dead.message.id]

    told(story)


def test_what_is_given_back_is_due_at_once(told: Tell) -> None:
    async def story(store: Store) -> None:
        await begun(store, 1, "failed", kinds=ENDS)
        held = await taken(store)
        await store.release_messages(held, NOW + 5)
        assert await store.next_message() == NOW + 5
        (again,) = await taken(store, NOW + 5)
        assert again.message.id == held[0].message.id

    told(story)


def test_after_a_crash_what_was_on_its_way_is_due_at_once(told: Tell) -> None:
    async def story(store: Store) -> None:
        await begun(store, 1, "failed", kinds=ENDS)
        (held,) = await taken(store)
        await store.recover([], NOW + 1)
        (again,) = await taken(store, NOW + 1)
        assert again.message.id == held.message.id
        with pytest.raises(Lost):
            await settle(store, held, "delivered", 200)

    told(story)


@pytest.mark.parametrize("end", ["delivered", "gave_up"])
def test_a_message_is_told_again_under_its_own_id_with_all_its_tries(told: Tell, end: str) -> None:
    async def story(store: Store) -> None:
        await begun(store, 1, "succeeded", kinds=ENDS)
        (sent,) = await taken(store)
        await settle(store, sent, end, 200)
        again = await store.redeliver("local", sent.message.id, NOW + 7)
        assert (again.id, again.state, again.attempts, again.due) == (sent.message.id, "pending", 1, NOW + 7)
        assert (await store.task("local", task_id(1))).told == "pending"
        (second,) = await taken(store, NOW + 7)
        assert second.tries == 0
        await settle(store, second, "delivered", 204)
        assert [one.status for one in await store.tries(sent.message.id)] == [200, 204]
        for account, id in (("another", sent.message.id), (None, "evt_none")):
            with pytest.raises(NotFound):
                await store.redeliver(account, id, NOW)

    told(story)


def test_what_is_on_its_way_is_not_sent_beside_it_when_it_is_asked_for_again(told: Tell) -> None:
    async def story(store: Store) -> None:
        await begun(store, 1, "succeeded", kinds=ENDS)
        (sent,) = await taken(store)
        await store.redeliver("local", sent.message.id, NOW)
        assert await taken(store) == []
        await settle(store, sent, "delivered", 200)

    told(story)


def test_messages_are_listed_by_task_and_state_a_page_at_a_time(told: Tell) -> None:
    async def story(store: Store) -> None:
        for number in range(1, 6):
            await begun(store, number, "started", "succeeded")
        for sent in await taken(store):
            await settle(store, sent, "delivered", 200)
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page, cursor = await store.messages("local", None, None, 3, cursor)
            seen += [one.id for one in page]
            if cursor is None:
                break
        assert seen == sorted(seen, reverse=True)
        assert len(seen) == 10
        assert len((await store.messages("local", None, "delivered", 9))[0]) == 5
        (end,) = (await store.messages("local", task_id(3), "pending", 9))[0]
        assert (end.kind, end.due) == ("task.succeeded", NOW)
        assert (await store.messages("another", None, None, 9))[0] == ()
        with pytest.raises(NotFound):
            await store.message("another", seen[0])
        assert (await store.message(None, seen[0])).id == seen[0]

    told(story)


def test_what_was_settled_long_ago_is_let_go_of_and_the_task_remembers_how_it_went(told: Tell) -> None:
    async def story(store: Store) -> None:
        for number in (1, 2, 3):
            await begun(store, number, "succeeded", kinds=ENDS)
        first, *_ = await taken(store)
        await settle(store, first, "delivered", 200)
        assert await store.forget_messages(NOW) == 0
        assert await store.forget_messages(NOW + 1) == 1
        assert len((await store.messages("local", None, None, 9))[0]) == 2, "what is pending stays"
        assert await store.tries(first.message.id) == []
        assert (await store.task("local", first.message.task_id)).told == "delivered"

    told(story)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://A.Example/x?y=1", "https://a.example:443"),
        ("http://a.example", "http://a.example:80"),
        ("http://[::1]:9/x", "http://[::1]:9"),
    ],
)
def test_a_receiver_has_one_name_however_it_is_written(url: str, name: str) -> None:
    assert receiver(url) == name
