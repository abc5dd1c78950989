"""The same small write of many callers as one statement: its cost is shared, what comes of it is each one's own."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from callsheet.errors import StorageError

One = TypeVar("One")
Answer = TypeVar("Answer")

MOST = 500
"""How many callers one statement is for at most."""

AT_ONCE = 3
"""How many statements of a kind are under way at once: one that waits for a lock does not hold up the others."""


class Together(Generic[One, Answer]):
    """Gathers callers: those of one turn of the loop go together, and with them who waited for a statement's end.

    `write` answers each caller in order, with an exception where it is one. When the statement itself fails, each is
    tried alone, so that none fails for another; not so where the database is out of reach.
    """

    def __init__(self, write: Callable[[Sequence[One]], Awaitable[Sequence[Answer | Exception]]]) -> None:
        self._write = write
        self._waiting: deque[tuple[One, asyncio.Future[Answer]]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    async def call(self, one: One) -> Answer:
        """What comes of this one. Who no longer waits before it is sent sends nothing."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((one, future))
        if len(self._waiting) == 1:
            loop.call_soon(self._set_out)
        return await future

    def _set_out(self) -> None:
        while self._waiting and len(self._under_way) < AT_ONCE:
            batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            sent = asyncio.create_task(self._send([one for one in batch if not one[1].done()]))
            self._under_way.add(sent)
            sent.add_done_callback(self._back)

    def _back(self, sent: asyncio.Task[None]) -> None:
        self._under_way.discard(sent)
        self._set_out()

    async def _send(self, batch: Sequence[tuple[One, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._answers([one for one, _ in batch])
        except BaseException:  # the loop ends: nobody is left waiting
            for _, future in batch:
                future.cancel()
            raise
        for (_, future), answer in zip(batch, answers, strict=True):
            settle(future, answer)

    async def _answers(self, ones: Sequence[One]) -> Sequence[Answer | Exception]:
        try:
            return await self._write(ones) if ones else []
        except StorageError as error:
            return [error for _ in ones]
        except Exception as error:
            return [error] if len(ones) == 1 else [(await self._answers([one]))[0] for one in ones]


def settle(future: asyncio.Future[Answer], answer: Answer | Exception) -> None:
    """Hand a caller what came of its write; not so one that was stopped while the write went through."""
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
