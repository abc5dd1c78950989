"""Around the guarded client's transport: files that are fetched, and how many bytes came."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

import httpx2

from callsheet import context
from callsheet.errors import CallsheetError
from callsheet.telemetry.meters import Meters


class ObservedTransport(httpx2.AsyncBaseTransport):
    """Counts GETs; whatever else goes through it is a webhook, and counted by its log."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, meters: Meters) -> None:
        self._inner = inner
        self._meters = meters

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask, and count what comes."""
        if request.method != "GET":
            return await self._inner.handle_async_request(request)
        # A request's own fetch is for its input; a step's is for what a stage made.
        what = "input" if context.request_id.get() else "artifact"
        outcome = "unreachable"
        try:
            response = await self._inner.handle_async_request(request)
            outcome = _outcome(response.status_code)
        except CallsheetError:
            outcome = "forbidden"
            raise
        finally:
            self._meters.fetches.labels(what, outcome).inc()
        counted = _Counted(response.stream, self._meters, what)
        return httpx2.Response(
            response.status_code, headers=response.headers, stream=counted, extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Let go of every connection."""
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: object, meters: Meters, what: str) -> None:
        self._inner = inner
        self._meters = meters
        self._what = what

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        assert isinstance(self._inner, AsyncIterator | httpx2.AsyncByteStream)
        async for part in self._inner:
            self._meters.fetch_bytes.labels(self._what).inc(len(part))
            yield part

    async def aclose(self) -> None:
        """Let go of the connection."""
        assert isinstance(self._inner, httpx2.AsyncByteStream)
        await self._inner.aclose()


def _outcome(status: int) -> str:
    return {2: "ok", 3: "redirect", 4: "refused"}.get(status // 100, "failed")
