"""What a webhook is told, as the caller or the vendor's dialect says; and the messages as callers may ask for them."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.contract import Dialect
from callsheet.engine.teller import Teller
from callsheet.errors import InvalidInput
from callsheet.store import Store
from callsheet.tasks import ENDS, KINDS, Clock, Message, MessagePage, MessageState, NewTask, State, Try

_TOLD_AT: Mapping[str, State] = dict(
    zip(KINDS, (State.RUNNING, State.SUCCEEDED, State.FAILED, State.CANCELED), strict=True)
)
"""The state in which a dialect's vendor calls back, for each kind of message."""


def check(new: NewTask) -> None:
    """InvalidInput for events that nobody could be told of."""
    if new.webhook_events is None:
        return
    unknown = [kind for kind in new.webhook_events if kind not in KINDS]
    if unknown or not new.webhook_events:
        said = f"There is no event {unknown[0]!r:.60}." if unknown else "webhook_events is empty."
        raise InvalidInput(said, hint=f"Name some of {', '.join(KINDS)}.", param="webhook_events")
    if new.webhook is None:
        raise InvalidInput("webhook_events needs a webhook.", hint="Give its address too.", param="webhook_events")


def kinds(new: NewTask, dialects: Mapping[str, Dialect]) -> tuple[str, ...]:
    """What the webhook of a new task is told: as the caller says, or as the vendor does whose dialect this is."""
    if new.webhook is None:
        return ()
    dialect = dialects.get(new.door)
    if dialect is not None:
        return tuple(kind for kind, state in _TOLD_AT.items() if state in dialect.tells)
    return tuple(kind for kind in KINDS if kind in (new.webhook_events or ENDS))


class Told:
    """`contract.Webhooks` over the store and who tells."""

    def __init__(self, store: Store, teller: Teller, clock: Clock) -> None:
        self._store = store
        self._teller = teller
        self._clock = clock

    async def list(
        self, account: str, task_id: str | None, state: MessageState | None, limit: int, cursor: str | None
    ) -> MessagePage:
        """Newest first."""
        return MessagePage(*await self._store.messages(account, task_id, state, limit, cursor))

    async def get(self, account: str | None, message_id: str) -> tuple[Message, tuple[Try, ...]]:
        """One message and every try to tell it. NotFound."""
        message = await self._store.message(account, message_id)
        return message, tuple(await self._store.tries(message_id))

    async def redeliver(self, account: str | None, message_id: str) -> Message:
        """Tell it once more, under the same id. NotFound."""
        message = await self._store.redeliver(account, message_id, self._clock())
        self._teller.forgive(message.receiver)
        return message
