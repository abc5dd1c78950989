"""The outermost door: gives every request an id, keeps foreign pages out, counts who is inside, and catches faults."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callsheet import context
from callsheet.errors import CallsheetError
from callsheet.server.parts import parts_of
from callsheet.server.refusals import internal, refusal

log = logging.getLogger("callsheet.server")

_STARTS = ("http.response.start", "websocket.accept", "websocket.http.response.start")
"""What an answer begins with; the last is a socket that is refused."""

_PLAIN_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class Crowd:
    """How many requests are being answered, and since when (monotonic seconds) there has been none."""

    def __init__(self) -> None:
        self.inside = 0
        self.quiet_since = time.monotonic()

    def enter(self) -> None:
        """One more."""
        self.inside += 1

    def leave(self) -> None:
        """One less."""
        self.inside -= 1
        self.quiet_since = time.monotonic()


class Door:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, crowd: Crowd | None = None) -> None:
        self.app = app
        self.crowd = crowd or Crowd()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        scope["callsheet.request_id"] = found = _request_id(connection)
        self.crowd.enter()
        try:
            with context.fresh(found, context.trace.get() or context.read_trace(connection.headers.get("traceparent"))):
                await self._answer(connection, receive, _Signed(send, found))
        finally:
            self.crowd.leave()

    async def _answer(self, connection: HTTPConnection, receive: Receive, send: _Signed) -> None:
        scope, found = connection.scope, connection.scope["callsheet.request_id"]
        began = time.perf_counter()
        try:
            parts = parts_of(connection)
            if parts.counters.find(connection) is None:  # else the reception does, and answers in the vendor's shape
                await parts.gate.check_page(connection)
            await self.app(scope, receive, send)
        except Exception as error:
            if isinstance(error, CallsheetError) and send.status is None:
                await refusal(error, found)(scope, receive, send)
                return
            log.exception("request failed", extra={"method": _method(scope), "path": scope["path"]})
            if send.status is None:  # else half an answer is out: the cut connection tells that it is not whole
                await internal(found)(scope, receive, send)
        if log.isEnabledFor(logging.DEBUG):
            took = round((time.perf_counter() - began) * 1000, 1)
            said = {"method": _method(scope), "path": scope["path"], "code": send.status, "ms": took}
            log.debug("answered", extra=said)


class _Signed:
    """Sends on, with the request's id and the one header that every answer needs; remembers how it was answered."""

    def __init__(self, send: Send, found: str) -> None:
        self._send = send
        self._id = found
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] in _STARTS:
            self.status = message.get("status", 101)
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._id
            headers["x-content-type-options"] = "nosniff"
        await self._send(message)


def _method(scope: Scope) -> str:
    return scope.get("method", "WEBSOCKET")


def _request_id(connection: HTTPConnection) -> str:
    given = connection.headers.get("x-request-id")
    return given if given and _PLAIN_ID.fullmatch(given) else f"req_{secrets.token_hex(12)}"
