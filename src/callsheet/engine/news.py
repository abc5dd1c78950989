"""Who waits for news in this process: readers of a task's events, and who tells webhooks."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager


class News:
    """A bell per task. It carries nothing: who hears it reads the timeline, which is the truth."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self.due: Callable[[], None] = lambda: None
        """Called when a message to a webhook may be due; set by who tells them."""

    @contextmanager
    def listening(self, task_id: str) -> Generator[asyncio.Event]:
        """A bell that rings at every event of this task from now on; clear it before reading, then wait."""
        bell = asyncio.Event()
        self._waiting[task_id].add(bell)
        try:
            yield bell
        finally:
            self._waiting[task_id].discard(bell)
            if not self._waiting[task_id]:
                del self._waiting[task_id]

    def ring(self, task_id: str) -> None:
        """Something was added to this task's timeline."""
        for bell in self._waiting.get(task_id, ()):
            bell.set()

    def ring_all(self) -> None:
        """The engine stops: everyone looks once more, and leaves."""
        for task_id in list(self._waiting):
            self.ring(task_id)
