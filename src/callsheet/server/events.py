"""A task's timeline as server-sent events: replayed, then live, with signs of life, up to the final event."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from callsheet.errors import InvalidInput
from callsheet.server.shapes import dumps, event_shape
from callsheet.tasks import Event

ALIVE = b": alive\n\n"
_HEADERS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no"}


class EventStream(Response):
    """Sends events as they come; ends with the last one, when the caller leaves, or when the server closes.

    `keep_alive` is how many seconds may pass in silence. After a close in the middle the caller comes back with
    Last-Event-ID and misses nothing.
    """

    def __init__(self, events: AsyncIterator[Event], keep_alive: float, closing: asyncio.Event) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._events = events
        self._keep_alive = keep_alive
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": ALIVE, "more_body": True})
        speaking = asyncio.ensure_future(self._speak(send))
        leaving = [asyncio.ensure_future(_gone(receive)), asyncio.ensure_future(self._closing.wait())]
        try:
            await asyncio.wait([speaking, *leaving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in (speaking, *leaving):
                one.cancel()
            results = await asyncio.gather(speaking, *leaving, return_exceptions=True)
        if isinstance(results[0], Exception):
            raise results[0]
        await send({"type": "http.response.body", "body": b""})

    async def _speak(self, send: Send) -> None:
        events = aiter(self._events)
        upcoming: asyncio.Future[Event | None] | None = None
        try:
            while True:
                upcoming = upcoming or asyncio.ensure_future(_next(events))
                done, _ = await asyncio.wait([upcoming], timeout=self._keep_alive)
                if not done:
                    await send({"type": "http.response.body", "body": ALIVE, "more_body": True})
                    continue
                event, upcoming = upcoming.result(), None
                if event is None:
                    return
                await send({"type": "http.response.body", "body": message(event), "more_body": True})
        finally:
            if upcoming is not None:
                upcoming.cancel()
                await asyncio.gather(upcoming, return_exceptions=True)


def message(event: Event) -> bytes:
    """One event in the stream's own form."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.seq, event.type.encode(), dumps(event_shape(event)))


def last_seen(request: Request, after: int) -> int:
    """Behind which event the stream begins: Last-Event-ID, which a browser sends by itself, before `after`."""
    given = request.headers.get("last-event-id")
    if given is None:
        return after
    if not (given.isascii() and given.isdigit()) or len(given) > 18:
        raise InvalidInput(
            f"Last-Event-ID cannot be {given[:40]!r}.", param="Last-Event-ID", hint="Send an event's id."
        )
    return int(given)


async def _next(events: AsyncIterator[Event]) -> Event | None:
    return await anext(events, None)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
