"""Webhooks: the end of a task told by the Standard Webhooks scheme, tried again durably until it was heard."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from callsheet.engine import pace
from callsheet.engine.advance import Move
from callsheet.engine.pace import Chance
from callsheet.errors import CallsheetError
from callsheet.settings.shape import Webhooks
from callsheet.signing import sign
from callsheet.store import Delivery, Row, Store
from callsheet.tasks import Clock, Task

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
    """Tells one task's end to one address. `client` is guarded and follows no redirect."""

    def __init__(
        self,
        store: Store,
        client: httpx2.AsyncClient,
        secrets: Secrets,
        body: Body,
        clock: Clock,
        rules: Webhooks,
        chance: Chance,
    ) -> None:
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
        began = time.monotonic()
        heard = await self._post(row)
        took = round((time.monotonic() - began) * 1000)
        now = self._clock()
        await self._store.add_delivery(Delivery(row.task.id, now, row.task.webhook, heard.status, heard.error, took))
        return self._move(row, heard, now)

    async def _post(self, row: Row) -> _Heard:
        task = await self._store.task(row.task.account, row.task.id)
        body = self._body(task)
        headers = await self._signed(task, body)
        url = task.webhook or ""
        try:
            async with asyncio.timeout(self._rules.timeout):
                async with self._client.stream("POST", url, content=body, headers=headers) as response:
                    return _heard(response, await _complaint(response))
        except TimeoutError:
            return _Heard(error=f"no answer within {self._rules.timeout:g} s")
        except CallsheetError as error:
            return _Heard(error=str(error))
        except httpx2.TransportError as error:
            return _Heard(error=str(error) or type(error).__name__)

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
