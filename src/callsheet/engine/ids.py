"""Ids of ours: a word, and a ULID that grows with every call, whatever the clock does."""

from __future__ import annotations

import secrets

from callsheet.tasks import Clock

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHANCE = (1 << 80) - 1


class Ids:
    """Makes `task_01J…` and `file_01J…`: 26 Crockford letters, sorted as they were made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def new(self, word: str) -> str:
        """The next id beginning with this word."""
        drawn = self._clock() << 80 | secrets.randbits(80)
        # Within one millisecond, or with a clock set back, the next number follows the last one.
        self._last = drawn if drawn >> 80 > self._last >> 80 else self._last + 1 + (secrets.randbits(40) & _CHANCE)
        return f"{word}_{''.join(_LETTERS[self._last >> shift & 31] for shift in range(125, -1, -5))}"
