"""Around a driver: how often its verbs are called, what came of it, how long it took, and a span for each call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, cast

from callsheet.contract import Bring, Call, Checking, Driver, Finder, Lost, Named, Order
from callsheet.errors import CallsheetError
from callsheet.tasks import File, Update
from callsheet.telemetry.meters import Meters, family
from callsheet.telemetry.spans import NoSpans, Spans

U = TypeVar("U", bound="Update | None")

REMEMBERED = 20_000
"""Of how many tasks it is known when they last answered: some end elsewhere, and nobody says so here."""


class ObservedDriver:
    """`contract.Driver` around another one; it answers and raises what that one does."""

    def __init__(self, vendor: str, inner: Driver, meters: Meters, spans: Spans | NoSpans) -> None:
        self.local = inner.local
        self._vendor = vendor
        self._inner = inner
        self._meters = meters
        self._spans = spans
        self._under_way: dict[str, float] = {}

    @property
    def slots(self) -> int:
        """How many tasks may be with it at once: as it says at the moment, for what it holds up takes no slot."""
        return self._inner.slots

    @property
    def notify(self) -> Callable[[str], None]:
        """What is called with a remote that has news."""
        return self._inner.notify

    @notify.setter
    def notify(self, listener: Callable[[str], None]) -> None:
        self._inner.notify = listener

    async def submit(self, order: Order) -> Update:
        """Start it."""
        return await self._update("submit", order, self._inner.submit(order))

    async def poll(self, order: Order, remote: str) -> Update:
        """Ask how it stands."""
        return await self._update("poll", order, self._inner.poll(order, remote))

    async def cancel(self, order: Order, remote: str) -> Update:
        """Stop it if it can be stopped."""
        return await self._update("cancel", order, self._inner.cancel(order, remote))

    def genuine(self, call: Call) -> bool:
        """Whether a callback is signed as this vendor signs."""
        return self._inner.genuine(call)

    async def close(self) -> None:
        """Let go of everything."""
        await self._inner.close()

    async def _update(self, verb: str, order: Order, asking: Awaitable[Update]) -> Update:
        update = await self._call(verb, order, asking)
        self._watch(verb, order, update)
        return update

    async def _call(self, verb: str, order: Order, asking: Awaitable[U]) -> U:
        began = time.perf_counter()
        outcome = "error"
        named = {"callsheet.task_id": order.task_id, "callsheet.model": order.model.id}
        try:
            with self._spans.span(f"{self._vendor} {verb}", "client", named) as span:
                try:
                    update = await asking
                    outcome = update.state.value if update is not None else "none"
                    return update
                except BaseException as error:
                    outcome = _outcome(error)
                    raise
                finally:
                    span.set("callsheet.outcome", outcome)
        finally:
            took = time.perf_counter() - began
            self._meters.calls.labels(self._vendor, verb, outcome).inc()
            self._meters.call_seconds.labels(self._vendor, verb).observe(took)

    def _watch(self, verb: str, order: Order, update: Update) -> None:
        """How late an end can have been noticed: as the answer before it was. Not known of a task met in mid-run."""
        now = time.monotonic()
        if not update.state.final:
            self._under_way[order.task_id] = now
            if len(self._under_way) > REMEMBERED:
                del self._under_way[next(iter(self._under_way))]
            return
        since = self._under_way.pop(order.task_id, None)
        if since is not None and verb == "poll":
            self._meters.lag.labels(family(order.model.id)).observe(now - since)


def _outcome(error: BaseException) -> str:
    """An error's code; `interrupted` where the engine's own limit or the end of the process came first."""
    match error:
        case CallsheetError():
            return error.code
        case Lost():
            return "lost"
        case TimeoutError():
            return "timeout"
        case asyncio.CancelledError():
            return "interrupted"
        case _:
            return "error"


class FindingDriver(ObservedDriver):
    """The same around a driver that is also a `contract.Finder`."""

    async def find(self, order: Order, sent_at: int) -> Update | None:
        """The task of a request whose answer was lost."""
        assert isinstance(self._inner, Finder)
        return await self._call("find", order, self._inner.find(order, sent_at))


class NamingDriver(ObservedDriver):
    """The same around a driver that is also `contract.Named`."""

    def named(self, call: Call) -> str | None:
        """The vendor's id in a genuine callback."""
        assert isinstance(self._inner, Named)
        return self._inner.named(call)


class FindingNamingDriver(FindingDriver, NamingDriver):
    """Both."""


class CheckingDriver(ObservedDriver):
    """The same around a driver that is also `contract.Checking`: as those are that render here."""

    async def check(self, order: Order, files: Mapping[str, File], bring: Bring) -> None:
        """What it is certain to refuse."""
        assert isinstance(self._inner, Checking)
        await self._inner.check(order, files, bring)


_KINDS = {
    (False, False): ObservedDriver,
    (True, False): FindingDriver,
    (False, True): NamingDriver,
    (True, True): FindingNamingDriver,
}


def observed(vendor: str, driver: Driver, meters: Meters, spans: Spans | NoSpans) -> Driver:
    """The same driver, watched; it offers beside its verbs what that one does."""
    kind = (
        CheckingDriver
        if isinstance(driver, Checking)
        else _KINDS[isinstance(driver, Finder), isinstance(driver, Named)]
    )
    return cast("Driver", kind(vendor, driver, meters, spans))  # `slots` and `notify` are properties here
