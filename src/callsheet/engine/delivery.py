"""Webhooks: the end of a task told by the Standard Webhooks scheme, tried again durably until it was heard."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from callsheet.contract import Dialect, Notice
from callsheet.engine import pace
from callsheet.engine.advance import Move
from callsheet.engine.pace import Chance
from callsheet.errors import CallsheetError
from callsheet.settings.shape import Webhooks
from callsheet.signing import sign
from callsheet.store import Delivery, Row, Store
from callsheet.tasks import Clock, Task

log = logging.getLogger("callsheet.engine")

Body = Callable[[Task], bytes]
Secrets = Callable[[str], Awaitable[tuple[str, ...]]]
"""What signs an account's webhooks: `whsec_…`, one signature each, so that a key can be changed without a gap."""

GONE = 410
TOLD = 300
"""How many letters of a receiver's complaint go to the timeline."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What came of one try: a status, or an error in words; `wait` is the receiver's own advice in seconds."""

    status: int | None = None
    error: str | None = None
    wait: float | None = None

    @property
    def good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Courier:
    """Tells one task's end to one address, in the words of the door it came through.

    `client` is guarded and follows no redirect. `dialects` are by door; a native task is told as `body` writes it,
    signed by the Standard Webhooks scheme.
    """

    def __init__(
        self,
        store: Store,
        client: httpx2.AsyncClient,
        secrets: Secrets,
        body: Body,
        dialects: Mapping[str, Dialect] | None,
        clock: Clock,
        rules: Webhooks,
        chance: Chance,
    ) -> None:
        self._dialects = {} if dialects is None else dialects  # itself, though empty: it may be filled later
        self._hints: set[asyncio.Task[None]] = set()
        self._store = store
        self._client = client
        self._secrets = secrets
        self._body = body
        self._clock = clock
        self._rules = rules
        self._chance = chance

    async def tell(self, row: Row) -> Move:
        """Try once; what is to become of the row. The try is logged, whatever came of it."""
        assert row.task.webhook is not None
        dialect = self._dialects.get(row.task.door)
        if dialect is not None and row.task.state not in dialect.tells:
            return Move({"phase": "done", "lane": "", "due": self._clock(), "told": ""})
        heard = await self._try(row)
        return self._move(row, heard, self._clock())

    def hint(self, row: Row) -> None:
        """Tell that a task began, where its vendor's dialect does: once, and no harm done if it is not heard."""
        dialect = self._dialects.get(row.task.door)
        if dialect is None or row.task.webhook is None or row.task.state not in dialect.tells:
            return
        work = asyncio.create_task(self._hinted(row))
        self._hints.add(work)
        work.add_done_callback(self._hints.discard)

    async def _hinted(self, row: Row) -> None:
        try:
            await self._try(row)
        except CallsheetError as error:
            log.info("a hint was not told: %s", error, extra={"task_id": row.task.id})

    async def close(self) -> None:
        """Drop the hints that are still on their way."""
        for work in self._hints:
            work.cancel()
        await asyncio.gather(*self._hints, return_exceptions=True)

    async def _try(self, row: Row) -> _Heard:
        began = time.monotonic()
        heard = await self._post(row)
        took = round((time.monotonic() - began) * 1000)
        url = row.task.webhook or ""
        await self._store.add_delivery(Delivery(row.task.id, self._clock(), url, heard.status, heard.error, took))
        return heard

    async def _post(self, row: Row) -> _Heard:
        task = await self._store.task(row.task.account, row.task.id)
        notice = await self._notice(task)
        url = task.webhook or ""
        try:
            async with asyncio.timeout(self._rules.timeout):
                async with self._client.stream("POST", url, content=notice.body, headers=notice.headers) as response:
                    return _heard(response, await _complaint(response))
        except TimeoutError:
            return _Heard(error=f"no answer within {self._rules.timeout:g} s")
        except CallsheetError as error:
            return _Heard(error=str(error))
        except httpx2.TransportError as error:
            return _Heard(error=str(error) or type(error).__name__)

    async def _notice(self, task: Task) -> Notice:
        dialect = self._dialects.get(task.door)
        if dialect is not None:
            return await dialect.notice(task)
        body = self._body(task)
        return Notice(body, await self._signed(task, body))

    async def _signed(self, task: Task, body: bytes) -> dict[str, str]:
        """The three headers; one signature for each secret. The id is the same at every try."""
        message_id, at = task.id.replace("task_", "evt_", 1), self._clock() // 1000
        signed = [sign(secret, message_id, at, body) for secret in await self._secrets(task.account)]
        together = " ".join(one["webhook-signature"] for one in signed)
        return {**signed[0], "webhook-signature": together, "content-type": "application/json"}

    def _move(self, row: Row, heard: _Heard, now: int) -> Move:
        attempt = row.tells + 1
        told: dict[str, Any] = {"attempt": attempt, "status": heard.status, "error": heard.error}
        done: dict[str, Any] = {"phase": "done", "lane": "", "due": now, "tells": attempt}
        if heard.good:
            return Move(done | {"told": "delivered"}, (("webhook", told | {"told": "delivered"}),))
        wait = pace.next_tell(attempt, heard.wait, self._chance)
        ended = row.task.ended_at or row.task.created_at
        too_late = pace.stops_telling(attempt, self._rules.attempts, ended, now + wait, self._rules.max_hours)
        if heard.status == GONE or too_late:
            return Move(done | {"told": "gave_up"}, (("webhook", told | {"told": "gave_up"}),))
        return Move(
            {"due": now + wait, "tells": attempt}, (("webhook", told | {"told": "pending", "after": wait / 1000}),)
        )


async def _complaint(response: httpx2.Response) -> str | None:
    """The beginning of what a receiver says that did not take it; a body may never end, so no more is read."""
    if response.status_code < 400:
        return None
    text = b""
    async for part in response.aiter_raw():
        text += part
        if len(text) >= TOLD:
            break
    return " ".join(text.decode("utf-8", "replace").split())[:TOLD] or None


def _heard(response: httpx2.Response, complaint: str | None) -> _Heard:
    status = response.status_code
    if 300 <= status < 400:
        return _Heard(status, "redirects are not followed: name the address it leads to as the webhook")
    given = response.headers.get("retry-after", "")
    return _Heard(status, complaint, float(given) if re.fullmatch("[0-9]{1,6}", given) else None)
