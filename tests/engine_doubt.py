"""What the tests of unsure tasks share: a vendor that can be asked what it was sent, and one that knows our keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callsheet.contract import Call, Order
from callsheet.errors import Unsure
from callsheet.tasks import State, Update
from engine_fixtures import Vendor

LOST = Unsure("The answer was lost.")
FOUND = Update(State.RUNNING, remote="r-found")


class Finding(Vendor):
    """A vendor whose list answers from a script: an update, None, or an error."""

    def __init__(self, find: Sequence[Any] = (FOUND,), **more: Any) -> None:
        super().__init__(**{"submit": [LOST], **more})
        self._finds = list(find)
        self.asked: list[int] = []

    async def find(self, order: Order, sent_at: int) -> Update | None:
        self.asked.append(sent_at)
        self.calls.append(("find", order.task_id))
        answer = self._finds.pop(0) if len(self._finds) > 1 else self._finds[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Calling(Vendor):
    """A vendor whose callbacks name the task they are about, in their body."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"submit": [LOST], **more})

    def genuine(self, call: Call) -> bool:
        return True

    def named(self, call: Call) -> str | None:
        return call.body.decode() or None
