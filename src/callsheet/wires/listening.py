"""Hears what is said to a vendor and what it answers, for whoever listens at the moment: texts whole, bytes by size."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx2

HEARD = 16_384
"""Letters of a body that are heard at most."""

MOST = 64 << 20
"""Bytes of an answer, unpacked: no vendor documents one near it, and what is larger could fill the memory."""

_PACKING = ("content-encoding", "content-length", "transfer-encoding")
_TEXTS = ("json", "text", "xml", "x-www-form-urlencoded")


@dataclass(frozen=True, slots=True)
class Heard:
    """One request and its answer, secrets and all: not to be kept as it is. `began` and `took` in seconds."""

    began: float
    took: float
    method: str
    url: str
    status: int | None
    error: str | None
    request: str
    response: str


_listener: ContextVar[Callable[[Heard], None] | None] = ContextVar("listener", default=None)


@contextmanager
def listening(hear: Callable[[Heard], None]) -> Generator[None]:
    """What is said within, in this task, goes to `hear` as well."""
    token = _listener.set(hear)
    try:
        yield
    finally:
        _listener.reset(token)


class TooLong(httpx2.DecodingError):
    """The answer is larger than MOST; the rest of it was not read."""


async def overheard(client: httpx2.AsyncClient, method: str, path: str, **request: Any) -> httpx2.Response:
    """`client.request`, heard. Raises TooLong, and what the client raises."""
    hear = _listener.get()
    if hear is None:
        return await _answered(client, method, path, **request)
    began, since = time.time(), time.monotonic()

    def told(sent: httpx2.Request, answer: httpx2.Response | None, error: str | None) -> None:
        status, response = (None, "") if answer is None else (answer.status_code, _response(answer))
        took = time.monotonic() - since
        hear(Heard(began, took, sent.method, str(sent.url), status, error, _request(sent), response))

    try:
        answer = await _answered(client, method, path, **request)
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        told(_sent(error, client, method, path), None, type(error).__name__)
        raise
    told(answer.request, answer, None)
    return answer


async def _answered(client: httpx2.AsyncClient, method: str, path: str, **request: Any) -> httpx2.Response:
    """The whole answer, unpacked piece by piece, so that no more than MOST is ever held of it."""
    answer = await client.send(client.build_request(method, path, **request), stream=True)
    content = bytearray()
    try:
        async for piece in answer.aiter_bytes():
            content += piece
            if len(content) > MOST:
                raise TooLong(f"it is longer than {MOST >> 20} MiB", request=answer.request)
    finally:
        await answer.aclose()
    headers = [(name, value) for name, value in answer.headers.multi_items() if name.lower() not in _PACKING]
    return httpx2.Response(answer.status_code, headers=headers, content=bytes(content), request=answer.request)


def _sent(error: httpx2.RequestError, client: httpx2.AsyncClient, method: str, path: str) -> httpx2.Request:
    try:
        return error.request
    except RuntimeError:
        return client.build_request(method, path)


def _request(sent: httpx2.Request) -> str:
    try:
        content = sent.content
    except httpx2.RequestNotRead:
        length = sent.headers.get("content-length", "some")
        return f"({length} bytes of {sent.headers.get('content-type', 'a stream').partition(';')[0]})"
    return _text(content, sent.headers.get("content-type", ""))


def _response(answer: httpx2.Response) -> str:
    return _text(answer.content, answer.headers.get("content-type", ""))


def _text(content: bytes, content_type: str) -> str:
    named = content_type.partition(";")[0].strip().lower()
    if content and named and not any(word in named for word in _TEXTS):
        return f"({len(content)} bytes of {named})"
    text = content[: HEARD * 4].decode("utf-8", "replace").replace("\0", "")
    return text if len(text) <= HEARD else f"{text[:HEARD]}…"
