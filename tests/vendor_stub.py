"""The scripted driver that stands for every vendor, and for previz, in the vendors' tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from callsheet.contract import Call, Order
from callsheet.errors import VendorError
from callsheet.tasks import Artifact, Failure, State, Update
from vendor_media import ENDINGS, TYPES, media


class Stub:
    """What the drivers of all vendors and of previz do: at once what the test last said.

    What is said holds for all tasks that have not ended, and for those to come. `orders` is what it was asked to make,
    `canceled` the ids of tasks it was asked to stop.
    """

    def __init__(self, folder: Path) -> None:
        self.orders: list[Order] = []
        self.canceled: list[str] = []
        self.open: dict[str, Callable[[], None]] = {}
        self._folder = folder
        self._say: Callable[[Order], Update] = self._made

    def succeed(self, *artifacts: Artifact, **usage: Any) -> None:
        """End well: with these artifacts, or with real tiny files of the kinds and number the model promises."""
        if artifacts:
            self._says(lambda _: Update(State.SUCCEEDED, artifacts=artifacts, usage=usage))
        else:
            self._says(self._made)

    def fail(self, code: str = "render_failed", message: str = "It could not be made.") -> None:
        """End with this failure."""
        self._says(lambda _: Update(State.FAILED, failure=Failure(code, message)))

    def refuse(self, error: VendorError) -> None:
        """Raise this at the next submit or poll."""

        def raising(order: Order) -> Update:
            raise error

        self._says(raising)

    def run(self, progress: float = 0.5) -> None:
        """Be under way, that far, and go no further."""
        self._says(lambda _: Update(State.RUNNING, progress=progress))

    def wait(self) -> None:
        """Be queued, and not begin."""
        self._says(lambda _: Update(State.QUEUED))

    def reset(self) -> None:
        """As new."""
        self.succeed()
        self.orders.clear()
        self.canceled.clear()

    def _says(self, answer: Callable[[Order], Update]) -> None:
        self._say = answer
        for tell in list(self.open.values()):
            tell()

    def _made(self, order: Order) -> Update:
        self._folder.mkdir(parents=True, exist_ok=True)
        made: list[Artifact] = []
        for output in order.model.outputs:
            count = output.count if isinstance(output.count, int) else order.input.get(output.count, 1)
            for number in range(count):
                path = self._folder / f"{order.task_id}-{len(made) + 1}{ENDINGS[output.kind]}"
                path.write_bytes(media(output.kind, number))
                made.append(Artifact(path=str(path), content_type=TYPES[output.kind]))
        return Update(State.SUCCEEDED, progress=1.0, artifacts=tuple(made))

    def answer(self, order: Order) -> Update:
        """What becomes of this one now."""
        update = self._say(order)
        if update.state.final:
            self.open.pop(order.task_id, None)
        return dataclasses.replace(update, remote=order.task_id)


class StubDriver:
    """`contract.Driver` of one vendor, with a stub behind it. A remote is our task's id."""

    local = True
    slots = 1000

    def __init__(self, stub: Stub) -> None:
        self.notify: Callable[[str], None] = lambda remote: None
        self._stub = stub
        self._orders: dict[str, Order] = {}

    async def submit(self, order: Order) -> Update:
        """Keep the order and do as was said."""
        self._stub.orders.append(order)
        self._stub.open[order.task_id] = partial(self.notify, order.task_id)
        self._orders[order.task_id] = order
        return self._stub.answer(order)

    async def poll(self, order: Order, remote: str) -> Update:
        """As was said meanwhile."""
        return self._stub.answer(self._orders[remote])

    async def cancel(self, order: Order, remote: str) -> Update:
        """Stop it."""
        self._stub.canceled.append(remote)
        self._stub.open.pop(remote, None)
        return Update(State.CANCELED)

    def genuine(self, call: Call) -> bool:
        """Every callback is."""
        return True

    async def close(self) -> None:
        """Tell no more."""
        self._stub.open.clear()
