"""The part of the SDK that sends and receives: one connection pool, retries, streams; `_sync_wire.py` is generated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from itertools import count
from typing import Any, Self

import httpx2

from callsheet.client import requests
from callsheet.client.failures import from_answer, read_json, retry_after, unreachable
from callsheet.client.following import SILENCE, event_of, resume
from callsheet.client.results import Event
from callsheet.client.retry import Deadline, Retry
from callsheet.client.saving import Saving


class AsyncWire:
    """Speaks HTTP to one server and knows when a request may be sent again."""

    def __init__(
        self,
        base_url: str | None = None,
        key: str | None = None,
        *,
        timeout: float = 30.0,
        retry: Retry | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = requests.server_url(base_url)
        self.timeout = timeout
        self.retry = retry or Retry()
        self._http = httpx2.AsyncClient(
            base_url=self.base_url,
            headers=requests.headers(key),
            timeout=timeout,
            transport=transport,
            trust_env=not requests.on_this_machine(self.base_url),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _json(self, method: str, path: str, *, repeatable: bool = True, **parts: Any) -> Mapping[str, Any]:
        return read_json(await self._ask(method, path, repeatable=repeatable, **parts))

    async def _ask(self, method: str, path: str, *, repeatable: bool = True, **parts: Any) -> httpx2.Response:
        for attempt in count(1):
            try:
                response = await self._http.request(method, path, **parts)
            except httpx2.TransportError as error:
                await self._pause_after(error, attempt, repeatable=repeatable)
                continue
            if response.is_success:
                return response
            pause = self.retry.after_answer(attempt, response.status_code, retry_after(response), repeatable)
            if pause is None:
                raise from_answer(response)
            await asyncio.sleep(pause)
        raise AssertionError("the loop ends by return or raise")

    async def _pause_after(self, error: httpx2.TransportError, lost: int, *, repeatable: bool) -> None:
        pause = self.retry.after_loss(lost, error, repeatable)
        if pause is None:
            raise unreachable(self.base_url, error) from error
        await asyncio.sleep(pause)

    async def _stream(self, task: str, after: int, limit: Deadline) -> AsyncGenerator[Event]:
        patience = httpx2.Timeout(self.timeout, read=limit.within(SILENCE))
        async with self._http.sse(f"/v1/tasks/{task}/events", headers=resume(after), timeout=patience) as source:
            if not source.response.is_success:
                await source.response.aread()
                raise from_answer(source.response)
            async for said in source:
                event = event_of(said)
                if event:
                    yield event

    async def _fetch(self, file: str, saving: Saving) -> None:
        path = f"/v1/files/{file}/content"  # a server may lead to its bucket: the key stays behind
        async with self._http.stream("GET", path, headers=saving.headers(), follow_redirects=True) as response:
            if not response.is_success:
                await response.aread()
                raise from_answer(response)
            saving.answered(response.status_code, response.headers.get("etag"))
            async for chunk in response.aiter_bytes():
                saving.write(chunk)
