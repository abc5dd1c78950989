"""Keys as they are kept: what each is, what it may do, and how far it has gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsheet.money import Limits, Standing

NEW = Standing()
"""A key that may do as much as it likes, and has done nothing."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is kept: `hash` finds it, `sealed` is its secret under the installation's master key."""

    id: str
    account: str
    name: str
    hash: str
    sealed: str
    created_at: int
    revoked_at: int | None = None
    standing: Standing = NEW

    @property
    def limits(self) -> Limits:
        """What it may do."""
        return self.standing.limits


_OWN = ("id", "account", "name", "hash", "sealed", "created_at", "revoked_at")
_LIMITS = ("rate", "concurrent", "budget", "period")
_COUNTS = ("free_at", "unfinished", "committed", "since")


def key_of(record: Mapping[str, Any]) -> KeyRow:
    """The key in a record of table `api_key`."""
    limits = Limits(**{name: record[name] for name in _LIMITS})
    standing = Standing(limits, **{name: record[name] for name in _COUNTS})
    return KeyRow(**{name: record[name] for name in _OWN}, standing=standing)


def record_of_key(key: KeyRow) -> dict[str, Any]:
    """Every column of a new key but what it has used, which is nothing."""
    return {name: getattr(key, name) for name in _OWN} | {name: getattr(key.limits, name) for name in _LIMITS}
