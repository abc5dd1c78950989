"""Keys: made once, shown once, kept as a hash; their secrets sealed."""

from __future__ import annotations

import base64

from pydantic import SecretStr

from callsheet.contract import Key
from callsheet.errors import InvalidInput
from callsheet.money import UNLIMITED, Limits, Standing
from callsheet.signing import WEBHOOK_PREFIX, Seal, hash_key, new_key, webhook_secret
from callsheet.store import KeyRow, Store
from callsheet.tasks import Clock

MAX_NAME = 100
MAX_ACCOUNT = 64
FRESH = 2_000
"""Milliseconds for which a key is good without another look: so long one may open after it was revoked elsewhere."""

SIGNERS = 5
"""How many of an account's keys sign its webhooks, newest first: enough to change keys without a gap."""


class Keyring:
    """`contract.Keys` over the store.

    Built by the app: `Keyring(store, open_seal(home), clock, settings.webhooks.secret)`, the `former_secret` behind it.
    What is remembered here holds for FRESH milliseconds: another process may have made, limited or revoked a key.
    """

    def __init__(
        self,
        store: Store,
        seal: Seal,
        clock: Clock,
        webhooks: SecretStr | None = None,
        former: SecretStr | None = None,
    ) -> None:
        first = webhooks.get_secret_value() if webhooks else _derived(seal)
        self._webhooks = (first, former.get_secret_value()) if former else (first,)
        self._store = store
        self._seal = seal
        self._clock = clock
        self._any = False
        self._looked: int | None = None
        self._found: dict[str, tuple[int, Key]] = {}

    async def create(self, name: str, account: str | None = None, limits: Limits = UNLIMITED) -> tuple[Key, str, str]:
        """A new key, its text and its secret. InvalidInput for a name or account that is empty or long."""
        _check("name", name, MAX_NAME)
        if account is not None:
            _check("account", account, MAX_ACCOUNT)
        key_id, key, secret = new_key()
        account = account or f"acct_{key_id.removeprefix('key_')}"
        # Both, as some vendors' schemes sign with the key itself. Neither has a space.
        sealed = self._seal.seal(f"{secret} {key}", key_id)
        standing = Standing(limits)
        made = KeyRow(key_id, account, name, hash_key(key), sealed, self._clock(), standing=standing)
        row = await self._store.add_key(made)
        self._any = True
        return _shown(row), key, secret

    async def find(self, key: str) -> Key | None:
        """Whose key this is; None when it is unknown or revoked."""
        hashed, now = hash_key(key), self._clock()
        read_at, found = self._found.get(hashed, (now, None))
        if found is not None and abs(now - read_at) < FRESH:
            return found
        row = await self._store.key_by_hash(hashed)
        if row is None or row.revoked_at is not None:
            self._found.pop(hashed, None)
            return None
        self._found[hashed] = (now, _shown(row))
        return self._found[hashed][1]

    async def secret(self, key: Key) -> str:
        """The secret that was shown with the key."""
        return self._unsealed(await self._row(key.id))[0]

    async def text(self, key: Key) -> str:
        """The key as it was shown, for the schemes that sign their callbacks with it."""
        return self._unsealed(await self._row(key.id))[1]

    async def get(self, key_id: str) -> Key:
        """What is known of a key. NotFound."""
        return _shown(await self._row(key_id))

    async def _row(self, key_id: str) -> KeyRow:
        return await self._store.key_row(key_id)

    def _unsealed(self, row: KeyRow) -> tuple[str, str]:
        secret, _, key = self._seal.unseal(row.sealed, row.id).partition(" ")
        return secret, key

    async def list(self) -> list[Key]:
        """All keys, newest first, revoked ones too."""
        return [_shown(row) for row in await self._store.keys()]

    async def limit(self, key_id: str, limits: Limits) -> Key:
        """What a key may do from now on. NotFound."""
        row = await self._store.limit_key(key_id, limits)
        self._found.pop(row.hash, None)
        return _shown(row)

    async def revoke(self, key_id: str) -> Key:
        """From now on it opens nothing. NotFound."""
        row = await self._store.revoke_key(key_id, self._clock())
        self._found.pop(row.hash, None)
        return _shown(row)

    async def any(self) -> bool:
        """Whether a key was ever made: revoking the last one does not open the door to everyone on this machine."""
        now = self._clock()
        if not self._any and (self._looked is None or abs(now - self._looked) >= FRESH):  # asked at every request
            made = bool(await self._store.keys())
            self._any, self._looked = self._any or made, now
        return self._any

    def derive(self, purpose: str) -> bytes:
        """A key of this home for one purpose."""
        return self._seal.derive(purpose)

    async def webhook_secrets(self, account: str) -> tuple[str, ...]:
        """What signs an account's webhooks: its keys' secrets as `whsec_…`, newest first; else the home's own."""
        live = await self._store.keys_of(account, SIGNERS)
        own = tuple(webhook_secret(self._unsealed(row)[0]) for row in live)
        return own or self._webhooks


def _derived(seal: Seal) -> str:
    """The same for a home as long as its seal: nothing more to keep or lose."""
    return WEBHOOK_PREFIX + base64.b64encode(seal.derive("webhooks")).decode()


def _shown(row: KeyRow) -> Key:
    return Key(row.id, row.account, row.name, row.created_at, row.revoked_at, row.limits)


def _check(param: str, value: str, longest: int) -> None:
    if not value.strip() or len(value) > longest or not value.isprintable():
        raise InvalidInput(
            f"The {param} of a key cannot be {value!r:.40}.", hint=f"1 to {longest} letters.", param=param
        )
