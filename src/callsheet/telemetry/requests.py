"""Around the doors: how many requests, by which route, with what answer, how long; and a span for each."""

from __future__ import annotations

import time

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callsheet import context
from callsheet.telemetry.telemetry import Telemetry

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: counted, and not worth a span."""

ROUTE = "callsheet.route"
"""Where the doors leave in the scope which route a request met."""


class ObservedRequests:
    """ASGI middleware outside all others."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self.app = app
        self._meters = telemetry.meters
        self._spans = telemetry.spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        began = time.perf_counter()
        self._meters.inside.inc()
        try:
            if self._spans.on and scope["path"] not in QUIET:
                await self._traced(scope, receive, answer)
            else:
                await self.app(scope, receive, answer)
        finally:
            self._meters.inside.dec()
            self._count(scope, answer, time.perf_counter() - began)

    async def _traced(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        given = context.read_trace(HTTPConnection(scope).headers.get("traceparent"))
        with context.fresh(traced=given), self._spans.span(_method(scope), "server", {}) as span:
            try:
                await self.app(scope, receive, answer)
            finally:
                span.rename(f"{_method(scope)} {_route(scope)}")
                span.set("http.request.method", _method(scope))
                span.set("http.route", _route(scope))
                span.set("http.response.status_code", answer.status)

    def _count(self, scope: Scope, answer: _Answer, took: float) -> None:
        route, method = _route(scope), _method(scope)
        self._meters.requests.labels(route, method, str(answer.status)).inc()
        if not answer.streams:
            self._meters.request_seconds.labels(route, method).observe(took)


class _Answer:
    """Sends on, and remembers the status; 499 where the caller left before there was one."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 499
        self.streams = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.streams = any(
                name == b"content-type" and value.startswith(b"text/event-stream") for name, value in message["headers"]
            )
        await self._send(message)


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "other"


def _route(scope: Scope) -> str:
    """The path as it is documented, its parts by name: `/v1/tasks/{task_id}`."""
    found = scope.get(ROUTE) or getattr(scope.get("route"), "path", None)
    return found or "none"
