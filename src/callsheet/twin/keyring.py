"""Keys as the twin takes them: any, or only those that the scenario names."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from callsheet.contract import Key
from callsheet.errors import NotFound


class Keyring:
    """What dialects ask of `contract.Keys`. An account hangs on its key alone. `named` are keys and their secrets."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self._named = named
        self.texts: dict[str, str] = {}
        self._looked_for: ContextVar[list[Key] | None] = ContextVar("twin_keys", default=None)

    @property
    def strict(self) -> bool:
        """Whether only the keys of the scenario are let in."""
        return bool(self._named)

    async def find(self, key: str) -> Key | None:
        """Whose key this is: with none named by the scenario, anyone's."""
        if self.strict and key not in self._named:
            return None
        found = self.known(key)
        looked_for = self._looked_for.get()
        if looked_for is not None:
            looked_for.append(found)
        return found

    @contextmanager
    def looking(self) -> Generator[list[Key]]:
        """The keys that are looked for meanwhile."""
        found: list[Key] = []
        token = self._looked_for.set(found)
        try:
            yield found
        finally:
            self._looked_for.reset(token)

    def known(self, text: str) -> Key:
        """The key of this text; from now on it is known by its id."""
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        self.texts[f"key_{digest}"] = text
        return Key(f"key_{digest}", f"acct_{digest}", "twin", 0)

    async def secret(self, key: Key) -> str:
        """The secret that the scenario names; empty without one."""
        return self._named.get(await self.text(key), "")

    async def text(self, key: Key) -> str:
        """The key itself."""
        return self.texts[key.id]

    async def get(self, key_id: str) -> Key:
        """A key that was shown before. NotFound."""
        if key_id not in self.texts:
            raise NotFound(f"There is no key {key_id}.")
        return self.known(self.texts[key_id])

    async def any(self) -> bool:
        """A vendor asks for a key, always."""
        return True
