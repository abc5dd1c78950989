"""Who is let in: with no keys in the scenario whoever shows one, else only those, signatures and all."""

from __future__ import annotations

import secrets
from typing import cast

from starlette.requests import HTTPConnection

from callsheet.contract import Key, Keys
from callsheet.errors import Unauthenticated
from callsheet.server.auth import Gate, Prove
from callsheet.server.studio.tokens import Sessions
from callsheet.twin.keyring import Keyring


class AnyGate(Gate):
    """The gate of the twin's reception."""

    def __init__(self, keys: Keyring) -> None:
        super().__init__(
            cast("Keys", keys), secrets.token_urlsafe(16), (), Sessions(secrets.token_bytes(32), lambda: 0)
        )
        self._known = keys

    async def admit(self, connection: HTTPConnection, prove: Prove) -> tuple[str, Key | None]:
        """The account of the key that is shown. Without keys in the scenario no secret is known or checked."""
        with self._known.looking() as shown:
            try:
                key = await prove(connection)
            except Unauthenticated:
                if self._known.strict or not shown:
                    raise
                key = None
        if key is None and shown and not self._known.strict:
            key = shown[-1]
        if key is None:
            raise Unauthenticated("This key is missing or unknown.", hint="The scenario names the keys: [keys].")
        return key.account, key
