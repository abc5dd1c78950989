"""What is to be told to webhooks: messages written with the events they tell, taken and settled by fence."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from callsheet.errors import NotFound
from callsheet.store import paging
from callsheet.store.database import Step, Unchanged
from callsheet.store.rows import to_text
from callsheet.store.shelf import Shelf
from callsheet.tasks import Message, MessageState, Try

NewEvent = tuple[str, Mapping[str, Any]]
"""An event not yet numbered: its type and its data."""

TOLD: Mapping[str, str] = {
    "started": "task.started",
    "succeeded": "task.succeeded",
    "failed": "task.failed",
    "canceled": "task.canceled",
}
"""Which events can be told, and the kind of message that tells each."""

NEVER = 2**62
"""When a message is due that waits for an earlier one of its task."""

_LAST = "evt_~"
"""Behind every id: where a first page begins."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Lost(Exception):
    """The fence was raised by another, or the task has ended: this work is dropped in silence."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in the hands of who is to tell it: `fence` proves that; `tries` were made since it was asked for."""

    message: Message
    fence: int
    tries: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a try: a message that is pending is tried again when it is `due`; `told` goes to the timeline."""

    state: MessageState
    due: int
    told: Mapping[str, Any]


def event_steps(task_id: str, at: int, events: Iterable[NewEvent]) -> list[Step]:
    """What writes these events, and with each what it has to tell; the task's row was written before them."""
    steps: list[Step] = []
    tells = False
    for kind, data in events:
        steps.append(Step("add_event", {"task_id": task_id, "at": at, "type": kind, "data": to_text(data)}))
        if kind in TOLD:
            steps.append(Step("add_message", {"id": _id(at), "task_id": task_id, "kind": TOLD[kind], "now": at}))
            tells = True
    return [*steps, Step("tell_task", {"task_id": task_id})] if tells else steps


class Outbox(Shelf):
    """Messages over any Database; no two tell one at once, and none before what its task told earlier."""

    async def due_receivers(self, now: int, limit: int) -> list[str]:
        """Whom something is due to, the longest due first. However much waits for one, it hides no other."""
        return [one["name"] for one in await self._database.read("due_receivers", {"now": now, "limit": limit})]

    async def take_messages(
        self, wanted: Mapping[str, int], now: int, lease_until: int, flying: Collection[str] = ()
    ) -> list[Outgoing]:
        """Get due messages, for each receiver no more than `wanted` says; nobody else gets them before the lease ends.

        None is lost by a crash: what was taken and not settled is due again at `lease_until`. `flying` are those
        that the caller still has in hand, whatever the clock says.
        """
        asked = [Step("due_messages", {"receiver": name, "now": now, "limit": count}) for name, count in wanted.items()]
        ids = [record["id"] for answer in await self._database.read_all(asked) for record in answer]
        ids = [one for one in ids if one not in flying]
        if not ids:
            return []
        steps = [Step("take_message", {"id": one, "now": now, "lease_until": lease_until}) for one in sorted(ids)]
        return [_outgoing(record) for answer in await self._database.write(steps) for record in answer]

    async def settle_message(self, sent: Outgoing, delivery: Try, came: Settled) -> None:
        """Write down a try and what came of it, free what the task tells next, all or nothing.

        Raises Lost when another has the message meanwhile.
        """
        message, now = sent.message, delivery.at
        held = {"task_id": message.task_id}
        ends = {"state": came.state, "due": came.due, "settled_at": None if came.state == "pending" else now}
        steps = [
            Step("hold_task", held),
            Step("settle_message", {"id": message.id, "fence": sent.fence, **ends}, must_change=True),
            Step("add_delivery", {name: value for name, value in asdict(delivery).items() if name != "seq"}),
            Step("add_event", {**held, "at": now, "type": "webhook", "data": to_text(came.told)}),
        ]
        if came.state != "pending":
            steps += [Step("free_message", {**held, "now": now}), Step("tell_task", held)]
        try:
            await self._database.write(steps)
        except Unchanged:
            raise Lost from None

    async def release_messages(self, held: Sequence[Outgoing], now: int) -> None:
        """Give back what was taken and not told."""
        steps = [Step("release_message", {"id": one.message.id, "fence": one.fence, "now": now}) for one in held]
        if steps:
            await self._database.write(steps)

    async def rest_receivers(self, until: Mapping[str, int], now: int) -> None:
        """Leave receivers alone until a time, each its own; what somebody has in hand is left with them."""
        steps = [Step("rest_receiver", {"receiver": name, "until": due, "now": now}) for name, due in until.items()]
        if steps:
            await self._database.write(steps)

    async def next_message(self, after: int = -1) -> int | None:
        """When a message is due next, later than `after`; None when nothing is left to tell."""
        (record,) = await self._database.read("next_message_due", {"after": after})
        return record["due"]

    async def message(self, account: str | None, message_id: str) -> Message:
        """One message; `account` None for the operator. NotFound."""
        records = await self._database.read("message", {"id": message_id, "account": account})
        if not records:
            raise NotFound(f"There is no message {message_id}.").because("message_unknown", message=message_id)
        return message_of(records[0])

    async def messages(
        self, account: str, task_id: str | None, state: MessageState | None, limit: int, cursor: str | None = None
    ) -> tuple[tuple[Message, ...], str | None]:
        """A page of an account's messages, newest first, and the cursor of the next; a cursor is its last id."""
        paging.check_limit(limit)
        asked = {"account": account, "before": cursor or _LAST, "limit": limit + 1, "state": state, "task_id": task_id}
        query = "list_messages_of_task" if task_id else "list_messages_by_state" if state else "list_messages"
        records = await self._database.read(query, asked)
        page = tuple(message_of(record) for record in records[:limit])
        return page, page[-1].id if len(records) > limit else None

    async def redeliver(self, account: str | None, message_id: str, now: int) -> Message:
        """Tell it once more under the same id, whatever came of it before. NotFound."""
        message = await self.message(account, message_id)
        held = {"task_id": message.task_id}
        steps = [
            Step("hold_task", held),
            Step("redeliver_message", {"id": message.id, "now": now}, must_change=True),
            Step("tell_task", held),
        ]
        return message_of((await self._database.write(steps))[1][0])

    async def tries(self, message_id: str) -> list[Try]:
        """Every try of a message, in order."""
        return [Try(**one) for one in await self._database.read("deliveries", {"message_id": message_id})]

    async def deliveries(self, task_id: str) -> list[Try]:
        """Every try of all of a task's messages, in order."""
        return [Try(**one) for one in await self._database.read("deliveries_of_task", {"task_id": task_id})]

    async def forget_messages(self, before: int, limit: int = 1000) -> int:
        """Let go of some of what was settled before a time; answers how many: ask again while it is `limit`."""
        asked = {"before": before, "limit": limit}
        steps = [Step("forget_deliveries", asked), Step("forget_messages", asked)]
        return len((await self._database.write(steps))[1])


def message_of(record: Mapping[str, Any]) -> Message:
    """The message in a record of table `message`."""
    waits = record["due"] == NEVER
    state: Literal["pending", "delivered", "gave_up"] = record["state"]
    return Message(
        id=record["id"],
        task_id=record["task_id"],
        account=record["account"],
        kind=record["kind"],
        url=record["url"],
        receiver=record["receiver"],
        state=state,
        attempts=record["attempt"],
        created_at=record["created_at"],
        since=record["since"],
        due=record["due"] if state == "pending" and not waits else None,
        settled_at=record["settled_at"],
    )


def _outgoing(record: Mapping[str, Any]) -> Outgoing:
    return Outgoing(message_of(record), record["fence"], record["attempt"] - record["spent"])


def _id(now: int) -> str:
    """`evt_` and a ULID: sorted by time, the same at every try."""
    drawn = now << 80 | secrets.randbits(80)
    return "evt_" + "".join(_LETTERS[drawn >> shift & 31] for shift in range(125, -1, -5))
