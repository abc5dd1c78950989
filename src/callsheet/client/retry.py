"""When a request is sent again, and after which pause."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import httpx2

NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
"""The request did not leave: even one that may not be repeated is safe to send again."""

HOPELESS = (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError)
"""No repetition changes these."""

_BUSY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retry:
    """How stubborn a client is. `attempts` counts the first one; pauses are in seconds and double from `first` on.

    A server's own Retry-After is kept where it is at most `longest`; beyond that the error goes to the caller.
    """

    attempts: int = 4
    first: float = 0.2
    longest: float = 20.0

    def after_loss(self, attempt: int, error: httpx2.TransportError, repeatable: bool) -> float | None:
        """The pause before the next attempt when no answer came; None when there is to be none."""
        if attempt >= self.attempts or isinstance(error, HOPELESS):
            return None
        return self.pause(attempt) if repeatable or isinstance(error, NEVER_SENT) else None

    def after_answer(self, attempt: int, status: int, said: float | None, repeatable: bool) -> float | None:
        """The pause before the next attempt after this HTTP status; None when it is the caller's to see."""
        if status not in _BUSY or not repeatable or attempt >= self.attempts:
            return None
        if said is None:
            return self.pause(attempt)
        return said if said <= self.longest else None

    def pause(self, attempt: int) -> float:
        """The pause after this many attempts: doubled each time, and uneven so that clients do not march in step."""
        return min(self.first * 2 ** (attempt - 1), self.longest) * random.uniform(0.5, 1.0)


class Deadline:
    """A limit in seconds from now on; None means there is none."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self._end is not None and time.monotonic() >= self._end

    def within(self, seconds: float) -> float:
        """These seconds, or what is left where that is less; always above zero."""
        return seconds if self._end is None else max(0.001, min(seconds, self._end - time.monotonic()))
