"""A scripted server in memory, and both clients behind one synchronous face, so that each test speaks for both."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx2

from callsheet.client import AsyncClient, Client, Retry

TASK = {
    "id": "task_01",
    "object": "task",
    "model": "previz/text-to-video",
    "capability": "text-to-video",
    "state": "queued",
    "progress": 0.0,
    "input": {"prompt": "a fox"},
    "artifacts": [],
    "error": None,
    "stage": "previz",
    "metadata": {},
    "usage": {},
    "created_at": "2026-11-21T10:00:00.000Z",
    "started_at": None,
    "ended_at": None,
}


def task(**changed: Any) -> dict[str, Any]:
    """A task on the wire."""
    return TASK | changed


def refused(status: int, code: str, message: str = "No.", **more: Any) -> httpx2.Response:
    """An error on the wire."""
    return httpx2.Response(status, json={"error": {"code": code, "message": message, "request_id": "req_7", **more}})


def sse(*events: tuple[int, str, dict[str, Any]]) -> bytes:
    """A stream of timeline events."""
    at = "2026-11-21T10:00:00.000Z"
    lines = [
        f"id: {seq}\nevent: {kind}\ndata: {json.dumps({'seq': seq, 'type': kind, 'at': at, 'data': data})}\n\n"
        for seq, kind, data in events
    ]
    return ": alive\n\n".join(lines).encode()


class Broken(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that ends in a lost connection."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self.body
        raise httpx2.ReadError("connection lost")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.body
        raise httpx2.ReadError("connection lost")


class Script:
    """Answers requests from a list, in order, and keeps what was asked; an exception in the list is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(200, json=answer) if isinstance(answer, dict) else answer

    @property
    def lines(self) -> list[str]:
        """Method and path of all requests so far."""
        return [f"{one.method} {one.url.path}" for one in self.asked]

    def body(self, index: int = 0) -> Any:
        """The JSON of one request."""
        return json.loads(self.asked[index].content)


class Both:
    """One of the two clients; coroutines and async generators are run to their end on a loop of its own."""

    def __init__(self, kind: str, answer: Callable[[httpx2.Request], httpx2.Response], **more: Any) -> None:
        transport = httpx2.MockTransport(answer)
        more = {"retry": Retry(first=0), "base_url": "http://server.test"} | more
        self.client: Any = (Client if kind == "Client" else AsyncClient)(transport=transport, **more)
        self.loop = asyncio.Runner()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            found = getattr(self.client, name)(*args, **named)
            if inspect.isasyncgen(found):
                return self.loop.run(_all(found))
            if inspect.iscoroutine(found):
                return self.loop.run(found)
            return list(found) if inspect.isgenerator(found) else found

        return call

    def end(self) -> None:
        """Close the client and its loop."""
        self.aclose() if isinstance(self.client, AsyncClient) else self.close()
        self.loop.close()


async def _all(stream: AsyncIterator[Any]) -> list[Any]:
    return [one async for one in stream]
