"""What the tests of the outbox share: tasks that went through events, their messages taken and settled."""

from __future__ import annotations

import dataclasses

from callsheet.store import Outgoing, Row, Settled, Store
from callsheet.tasks import KINDS, Message, State, Try
from store_fixtures import NOW, a_row, task_id

HOOK = "https://a.example/hook"
DONE = {"state": State.SUCCEEDED, "phase": "done", "ended_at": NOW}


async def a_task(store: Store, number: int, *, url: str = HOOK, kinds: tuple[str, ...] = KINDS) -> Row:
    row = a_row(number, webhook=url, webhook_events=kinds)
    return await store.add_task(dataclasses.replace(row, lane="submit"))


async def begun(store: Store, number: int, *events: str, url: str = HOOK, kinds: tuple[str, ...] = KINDS) -> None:
    """A task that went through these events."""
    await a_task(store, number, url=url, kinds=kinds)
    for event in events:
        held = await store.take(task_id(number), ["submit", "poll"], NOW, NOW + 9)
        assert held is not None
        ends = event != "started"
        changes = DONE | {"state": State(event)} if ends else {"state": State.RUNNING, "phase": "poll", "due": NOW}
        await store.patch(task_id(number), held.fence, changes, [(event, {})])


async def taken(store: Store, now: int = NOW, most: int = 9) -> list[Outgoing]:
    names = await store.due_receivers(now, 100)
    return await store.take_messages(dict.fromkeys(names, most), now, now + 50)


def a_try(message: Message, status: int, at: int = NOW) -> Try:
    return Try(message.id, message.task_id, at, message.url, status, None, 12, '{"a":1}')


async def settle(store: Store, sent: Outgoing, state: str, status: int, due: int = NOW) -> None:
    came = Settled(state, due, {"attempt": 1, "status": status, "told": state})  # pyright: ignore[reportArgumentType]
    await store.settle_message(sent, a_try(sent.message, status), came)
