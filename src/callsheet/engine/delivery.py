"""One try to tell a webhook: what is sent, how it is signed, and what becomes of the message after the answer."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from callsheet import context
from callsheet.contract import Dialect, Notice
from callsheet.engine import pace
from callsheet.engine.pace import Chance
from callsheet.errors import CallsheetError, StorageError
from callsheet.settings.shape import Webhooks
from callsheet.signing import sign
from callsheet.store import Outgoing, Settled, Store
from callsheet.tasks import Clock, Message, State, Task, Try

log = logging.getLogger("callsheet.engine")

Body = Callable[[Task], bytes]
Secrets = Callable[[str], Awaitable[tuple[str, ...]]]
"""What signs an account's webhooks: `whsec_…`, one signature each, so that a key can be changed without a gap."""

Around = Callable[[Task, str], AbstractContextManager[None]]
"""What surrounds every step of a task, by the step's name: a span, where traces are on."""

STARTED = "task.started"
GONE = 410
REST = frozenset({429, 503})
"""Answers whose Retry-After speaks for the whole receiver."""

COMPLAINT = 300
"""How many letters of a receiver's complaint are kept."""

MOST_KEPT = 16_384
"""How many letters of what was sent are kept."""

_SECRET = re.compile(
    r'(?P<before>[?&]signature=|"(?=\w*(?:token|secret|signature|password))\w+"\s*:\s*")[^"&\\]+', re.IGNORECASE
)
"""Looked for ahead: a name is read twice at the most, however long it is and however often a word stands in it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one try: a status, or an error in words where there was none.

    `wait` is the receiver's own advice in seconds; `silent` when nothing answered at all.
    """

    status: int | None = None
    error: str | None = None
    wait: float | None = None
    silent: bool = False

    @property
    def good(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


class Courier:
    """Tells one message to its address, in the words of the door its task came through.

    `client` is guarded and follows no redirect. `dialects` are by door; a native task is told as `body` writes it,
    signed by the Standard Webhooks scheme.
    """

    def __init__(
        self,
        *,
        store: Store,
        client: httpx2.AsyncClient,
        secrets: Secrets,
        body: Body,
        dialects: Mapping[str, Dialect],
        clock: Clock,
        rules: Webhooks,
        around: Around,
    ) -> None:
        self._around = around
        self._dialects = dialects  # itself, though empty: it may be filled later
        self._store = store
        self._client = client
        self._secrets = secrets
        self._body = body
        self._clock = clock
        self._rules = rules

    async def tell(self, message: Message) -> tuple[Heard, Try]:
        """Try once: what was heard, and the try as it is kept. Raises only StorageError."""
        began = time.monotonic()
        try:
            task = as_told(await self._store.task(message.account, message.task_id), message.kind)
            notice = await self._notice(message, task)
        except StorageError:
            raise
        except CallsheetError as error:
            heard, body = Heard(error=str(error)), b""
        else:
            with context.fresh(traced=task.trace), self._around(task, "tell"):
                heard, body = await self._post(message.url, notice), notice.body
        took, shown = round((time.monotonic() - began) * 1000), without_secrets(body)
        kept = (self._clock(), message.url, heard.status, heard.error, took, shown)
        return heard, Try(message.id, message.task_id, *kept)

    async def _post(self, url: str, notice: Notice) -> Heard:
        traced = context.trace.get()
        headers = {**notice.headers, "traceparent": traced} if traced else notice.headers
        try:
            async with asyncio.timeout(self._rules.timeout):
                async with self._client.stream("POST", url, content=notice.body, headers=headers) as response:
                    return _heard(response, await _complaint(response), self._clock())
        except TimeoutError:
            return Heard(error=f"no answer within {self._rules.timeout:g} s", silent=True)
        except CallsheetError as error:
            return Heard(error=str(error))
        except httpx2.TransportError as error:
            return Heard(error=str(error) or type(error).__name__, silent=True)

    async def _notice(self, message: Message, task: Task) -> Notice:
        dialect = self._dialects.get(task.door)
        if dialect is not None:
            return await dialect.notice(task)
        body = self._body(task)
        return Notice(body, await self._signed(message, body))

    async def _signed(self, message: Message, body: bytes) -> dict[str, str]:
        """The three headers; one signature for each secret. The id is the same at every try."""
        at = self._clock() // 1000
        signed = [sign(secret, message.id, at, body) for secret in await self._secrets(message.account)]
        together = " ".join(one["webhook-signature"] for one in signed)
        return {**signed[0], "webhook-signature": together, "content-type": "application/json"}


def as_told(task: Task, kind: str) -> Task:
    """The task as it stood at the event that a message tells: an end never changes, a beginning is long over."""
    if kind != STARTED:
        return task
    usage = {name: value for name, value in task.usage.items() if name == "approximations"}
    return dataclasses.replace(
        task, state=State.RUNNING, progress=0.0, ended_at=None, artifacts=(), error=None, usage=usage
    )


def settled(sent: Outgoing, heard: Heard, rules: Webhooks, now: int, chance: Chance) -> Settled:
    """What becomes of a message after a try: it is delivered, given up, or tried again after a pause that grows."""
    message, tries = sent.message, sent.tries + 1
    told: dict[str, Any] = {"message": message.id, "kind": message.kind, "attempt": message.attempts + 1}
    told |= {"status": heard.status, "error": heard.error}
    if heard.good:
        return Settled("delivered", now, told | {"told": "delivered"})
    wait = pace.next_tell(tries, heard.wait, chance)
    too_late = pace.stops_telling(tries, rules.attempts, message.since, now + wait, rules.max_hours)
    if heard.status == GONE or too_late:
        return Settled("gave_up", now, told | {"told": "gave_up"})
    return Settled("pending", now + wait, told | {"told": "pending", "after": wait / 1000})


def without_secrets(body: bytes) -> str:
    """What was sent, to be kept and shown: without what opens a file or proves a caller, and not without end."""
    text = _SECRET.sub(r"\g<before>…", body.decode("utf-8", "replace"))
    return text if len(text) <= MOST_KEPT else f"{text[:MOST_KEPT]}…"


async def _complaint(response: httpx2.Response) -> str | None:
    """The beginning of what a receiver says that did not take it; a body may never end, so no more is read."""
    if response.status_code < 400:
        return None
    text = b""
    async for part in response.aiter_raw():
        text += part
        if len(text) >= COMPLAINT:
            break
    return " ".join(text.decode("utf-8", "replace").split())[:COMPLAINT] or None


def _heard(response: httpx2.Response, complaint: str | None, now: int) -> Heard:
    status = response.status_code
    if 300 <= status < 400:
        return Heard(status, "redirects are not followed: name the address it leads to as the webhook")
    return Heard(status, complaint, _advice(response.headers.get("retry-after", ""), now))


def _advice(given: str, now: int) -> float | None:
    """Retry-After in seconds, which may also name a time."""
    if re.fullmatch("[0-9]{1,6}", given):
        return float(given)
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - now / 1000)
    except (ValueError, OverflowError):
        return None
