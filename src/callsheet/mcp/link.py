"""The way to the server: which one, by whose key, and found again where a home's own went away meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from callsheet.client import AsyncClient, Unreachable

T = TypeVar("T")

ANSWER_WITHIN = 40.0
"""Seconds for one answer of the server."""

_KEPT = 32


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server answers, and the key to come with; None comes without."""

    url: str
    key: str | None = None


Connect = Callable[[], Address]
"""Finds the server, or starts it; it may block."""


@dataclass(slots=True)
class _Shared:
    client: AsyncClient
    askers: int = 0
    left: bool = False


class Link:
    """Asks the server. A caller that comes with a key of its own acts by that one, any other by the address's."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._clients: dict[Address, _Shared] = {}

    async def ask(self, question: Callable[[AsyncClient], Awaitable[T]], key: str | None = None) -> T:
        """What the question comes to. It is asked once more where the server was lost, so it must bear repeating."""
        try:
            return await self._asked(question, key)
        except Unreachable:
            return await self._asked(question, key)

    async def close(self) -> None:
        """Let go of every connection."""
        for place in [*self._clients]:
            await self._leave(place)

    async def _asked(self, question: Callable[[AsyncClient], Awaitable[T]], key: str | None) -> T:
        found = await asyncio.to_thread(self._connect)
        place = Address(found.url, key or found.key)
        async with self._client(place) as client:
            try:
                return await question(client)
            except Unreachable:
                await self._leave(place)
                raise

    @asynccontextmanager
    async def _client(self, place: Address) -> AsyncGenerator[AsyncClient]:
        """A client for as long as it is asked; one that was left closes behind the last who asks it."""
        if place not in self._clients:
            while len(self._clients) >= _KEPT:
                await self._leave(next(iter(self._clients)))
            self._clients[place] = _Shared(AsyncClient(place.url, place.key, timeout=ANSWER_WITHIN))
        shared = self._clients[place]
        shared.askers += 1
        try:
            yield shared.client
        finally:
            shared.askers -= 1
            await _closed(shared)

    async def _leave(self, place: Address) -> None:
        shared = self._clients.pop(place, None)
        if shared is not None:
            shared.left = True
            await _closed(shared)


async def _closed(shared: _Shared) -> None:
    if shared.left and not shared.askers:
        await shared.client.aclose()
