"""Callbacks out: what a dialect's vendor would send, when it would, unless a rule says otherwise."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from callsheet.catalog import Catalog
from callsheet.contract import Dialect, Notice
from callsheet.tasks import Clock, State, Task
from callsheet.twin.clock import Agenda
from callsheet.twin.exchange import Exchange, current
from callsheet.twin.faults import Fault, Faults, Occasion
from callsheet.twin.ledger import Record
from callsheet.twin.record import Log
from callsheet.twin.rules import Delay, Forge, Lose, Repeat, Status
from callsheet.twin.words import lying, reworded

RETRIES = (0.0, 10.0, 60.0)
"""Virtual seconds before each try of a callback that is not answered with a 2xx."""

TIMEOUT = 15.0
"""Seconds a receiver has."""


@dataclass(frozen=True, slots=True)
class _Told:
    """One callback: of whom, with what, and what strikes it."""

    record: Record
    task: Task
    dialect: Dialect
    struck: Sequence[Fault]

    @property
    def said(self) -> dict[str, Any]:
        """As the log names it."""
        task = self.task
        return {"vendor": task.door, "task": self.record.number, "state": task.state.value, "url": task.webhook}

    def shown(self, state: State | None) -> Task:
        """The task, or as if it were in another state."""
        if state is None:
            return self.task
        made = self.task.artifacts if state is State.SUCCEEDED else ()
        return dataclasses.replace(self.task, state=state, artifacts=made)


class Caller:
    """Tells each state once, where the vendor tells it. `dialects` by vendor id; the client is closed here."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        dialects: Mapping[str, Dialect],
        clock: Clock,
        agenda: Agenda,
        faults: Faults,
        log: Log,
    ) -> None:
        self._catalog = catalog
        self._dialects = dialects
        self._clock = clock
        self._agenda = agenda
        self._faults = faults
        self._log = log
        self._told: set[tuple[str, State]] = set()
        self._client = httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False, follow_redirects=False)
        self._under_way: set[asyncio.Task[None]] = set()

    def hear(self, record: Record, task: Task) -> None:
        """A task's state may have changed."""
        dialect = self._dialects.get(task.door)
        news = (task.id, task.state)
        if dialect is None or task.webhook is None or task.state not in dialect.tells or news in self._told:
            return
        self._told.add(news)
        about = f"{record.about}/{task.state}"
        struck = self._faults.on(Occasion(task.door, "callback", task.model, record.key, record.number, about))
        self._plan(_Told(record, task, dialect, struck))

    def _plan(self, told: _Told) -> None:
        rules = [fault.rule for fault in told.struck]
        if any(isinstance(rule, Lose) for rule in rules):
            self._log.add("callback", told.struck, **told.said, sent=False)
            return
        at = self._clock() + sum(round(rule.seconds * 1000) for rule in rules if isinstance(rule, Delay))
        forge = next((rule for rule in rules if isinstance(rule, Forge)), None)
        if forge is not None:
            self._agenda.add(at, lambda: self._begin(self._send(told, 0, forged=True)))
        if forge is None or not forge.instead:
            self._agenda.add(at, lambda: self._begin(self._send(told, 0)))
        for repeat in (rule for rule in rules if isinstance(rule, Repeat)):
            for again in range(1, repeat.sent):
                later = at + round(repeat.apart * 1000) * again
                self._agenda.add(later, lambda: self._begin(self._send(told, 0)))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, told: _Told, tries: int, *, forged: bool = False) -> None:
        """One try; the next is put on the agenda where this one was not taken."""
        notice = await self._notice(told)
        body, headers = self._altered(told, notice), dict(notice.headers)
        if forged:
            body, headers = lying(body, self._catalog.vendor(told.task.door)), _ill_signed(headers)
        status, error = await self._posted(told.task.webhook or "", body, headers)
        said = {"forged": forged, "attempt": tries + 1, "code": status, "error": error}
        self._log.add("callback", told.struck, **told.said, sent=True, **said)
        if not forged and not (status and 200 <= status < 300) and tries + 1 < len(RETRIES):
            at = self._clock() + round(RETRIES[tries + 1] * 1000)
            self._agenda.add(at, lambda: self._begin(self._send(told, tries + 1)))

    async def _notice(self, told: _Told) -> Notice:
        """As the dialect writes it, under the clock and the state that were said for it."""
        exchange = Exchange(told.task.door, "callback")
        exchange.meet(told.struck)
        token = current.set(exchange)
        try:
            return await told.dialect.notice(told.shown(exchange.shown_as))
        finally:
            current.reset(token)

    def _altered(self, told: _Told, notice: Notice) -> bytes:
        body = notice.body
        for fault in told.struck:
            if isinstance(fault.rule, Status):
                body = reworded(body, self._catalog.vendor(told.task.door), fault.rule.word)
        return body

    async def _posted(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int | None, str | None]:
        try:
            response = await self._client.post(url, content=body, headers=dict(headers))
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return None, type(error).__name__
        return response.status_code, None

    def clear(self) -> None:
        """Forget what was told."""
        self._told.clear()

    async def close(self) -> None:
        """Call nobody any more."""
        for one in self._under_way:
            one.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._client.aclose()


def _ill_signed(headers: Mapping[str, str]) -> dict[str, str]:
    """Another signature, as long as the true one; where the vendor signs nothing there is none to forge."""
    return {name: "".join(reversed(value)) if "signature" in name.lower() else value for name, value in headers.items()}
