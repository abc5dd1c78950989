"""The twin's log: every request, its answer, what struck it, and every callback; newest last."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from callsheet.server.shapes import stamp
from callsheet.tasks import Clock
from callsheet.twin.faults import Fault

KEPT = 20_000
"""How many entries are remembered."""


class Log:
    """Entries are plain JSON, numbered from 1."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._last = 0

    def add(self, kind: str, faults: Iterable[Fault] = (), **said: Any) -> None:
        """One entry: `request` or `callback`, at this moment."""
        self._last += 1
        struck = [{"rule": fault.id, "do": fault.rule.do} for fault in faults]
        self._entries.append({"n": self._last, "at": stamp(self._clock()), "kind": kind, **said, "faults": struck})

    def after(self, n: int, limit: int) -> list[dict[str, Any]]:
        """Those that follow the n-th."""
        return [entry for entry in self._entries if entry["n"] > n][:limit]

    def clear(self) -> None:
        """Forget them; the numbers go on."""
        self._entries.clear()
