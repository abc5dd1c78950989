"""Virtual time: it runs as fast as it is told to, or is moved by hand; and what is to happen at its moments."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import time
from collections.abc import Callable


class VirtualClock:
    """Milliseconds since 1970. `speed` is virtual seconds per second; 0: time stands still until it is moved."""

    def __init__(self, start: int, speed: float, real: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._real = real
        self._since = real()
        self._at = float(start)

    def __call__(self) -> int:
        return int(self._at + (self._real() - self._since) * 1000 * self.speed)

    def advance(self, seconds: float) -> int:
        """Move it on; the time it is then."""
        self._at += seconds * 1000
        return self()

    def real_until(self, at: int) -> float | None:
        """Real seconds until it is so late; None where it never gets there by itself."""
        left = at - self()
        if left <= 0:
            return 0.0
        return left / 1000 / self.speed if self.speed else None


class Agenda:
    """What happens when, in virtual time. Everything of one moment happens in the order it was entered."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = asyncio.Event()

    def add(self, at: int, what: Callable[[], None]) -> None:
        """Have this called then: at once where that time is over."""
        heapq.heappush(self._heap, (at, next(self._order), what))
        self._changed.set()

    def clear(self) -> None:
        """Nothing of it happens any more."""
        self._heap.clear()

    def catch_up(self) -> None:
        """Do what is due by now."""
        while self._heap and self._heap[0][0] <= self._clock():
            heapq.heappop(self._heap)[2]()
        self._changed.set()

    async def sleep(self, seconds: float) -> None:
        """Wait so long in virtual time."""
        over = asyncio.Event()
        self.add(self._clock() + round(seconds * 1000), over.set)
        await over.wait()

    async def run(self) -> None:
        """Go on for ever."""
        while True:
            self._changed.clear()
            self.catch_up()
            self._changed.clear()
            wait = self._clock.real_until(self._heap[0][0]) if self._heap else None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()
