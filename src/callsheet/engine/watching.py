"""How each task is to be watched: from where it runs, whether its vendor calls back, and how long such tasks take."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.catalog import Catalog
from callsheet.contract import Driver
from callsheet.engine.advance import driver_of
from callsheet.engine.outlook import Outlook, outlook
from callsheet.engine.pace import Watch
from callsheet.errors import StorageError
from callsheet.store import Row, Store

FRESH = 15_000
"""Milliseconds for which an outlook is used before it is made anew from the store."""


class Watching:
    """Knows the outlook of every model that tasks run on. `called` says whether vendors can reach us at all."""

    def __init__(self, store: Store, catalog: Catalog, drivers: Mapping[str, Driver], called: bool) -> None:
        self._store = store
        self._catalog = catalog
        self._drivers = drivers
        self._called = called
        self._known: dict[str, tuple[int, Outlook | None]] = {}

    async def of(self, row: Row, now: int) -> Watch:
        """How this task is watched from now on."""
        vendor = driver_of(row)
        if self._drivers[vendor].local:
            return Watch(local=True)
        told = self._called and self._catalog.vendor(vendor).callback is not None
        return Watch(told=told, outlook=await self._outlook(row.run_model, now))

    async def _outlook(self, model: str, now: int) -> Outlook | None:
        read_at, found = self._known.get(model, (now - FRESH, None))
        if abs(now - read_at) < FRESH:
            return found
        self._known[model] = (now, found)  # whoever asks meanwhile takes the old one
        try:
            fresh = outlook(await self._store.durations(model))
        except StorageError:
            return found  # an answer waits to be written, and is nowhere else
        self._known[model] = (now, fresh)
        return fresh
