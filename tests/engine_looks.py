"""How the worker and the teller look at what is due, seen from outside: whether they have found nothing more."""

from __future__ import annotations

from typing import Any


class Looks:
    """The rounds of a worker or of a teller: how many began, and whether the latest of them found nothing to do."""

    def __init__(self, part: Any) -> None:
        self.begun = 0
        self._part = part
        self._vain = 0
        self._plain = part._round
        part._round = self._round

    def rest_since(self, begun: int) -> bool:
        """Whether a round that began after so many others found nothing, and nothing has come or gone on since."""
        return self._vain == self.begun > begun and not self._part._bell.is_set() and not self._part._flights

    async def _round(self, now: int) -> Any:
        self.begun = number = self.begun + 1
        found = await self._plain(now)
        looked = not getattr(self._part, "_put_off", False)  # a teller that is asked too often does not look at once
        if looked and not found and not self._part._flights:
            self._vain = number
        return found
