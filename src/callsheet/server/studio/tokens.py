"""What a signed-in browser holds in place of a key: a signed word that opens nothing elsewhere and ends by itself."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from callsheet.signing import link_opens, sign_link
from callsheet.tasks import Clock

LIFETIME = 30 * 24 * 3600
"""Seconds until one has to sign in again."""

HEADER = "x-callsheet-studio"
"""Says that a page of ours asks, as no other page can: its value is 1."""

OPERATOR = "operator-"


@dataclass(frozen=True, slots=True)
class Session:
    """Who signed in: the id of a key, or the mark of an operator's token; and until when, in seconds since 1970."""

    who: str
    expires: int


class Sessions:
    """Makes and reads the words; `key` signs them, `clock` tells milliseconds since 1970.

    Two servers on one host share their cookies: the cookie's name is of this key, so that neither ends the other's.
    """

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self.cookie = f"callsheet_studio_{hmac.digest(key, b'name', 'sha256').hex()[:10]}"

    def issue(self, who: str) -> str:
        """The word of a new session."""
        expires = self._clock() // 1000 + LIFETIME
        return f"{who}.{expires}.{sign_link(self._key, who, expires)}"

    def read(self, connection: HTTPConnection) -> Session | None:
        """The session that a request brings; None where there is none, it has ended, or it is not genuine."""
        word = connection.cookies.get(f"__Host-{self.cookie}") or connection.cookies.get(self.cookie) or ""
        who, _, rest = word.partition(".")
        expires, _, signature = rest.partition(".")
        if not link_opens(self._key, who, expires, signature, self._clock() // 1000):
            return None
        return Session(who, int(expires))


def mark(token: str) -> str:
    """How a session names the operator's token: it says nothing of it, and another start has another."""
    return OPERATOR + hashlib.sha256(token.encode()).hexdigest()[:32]
