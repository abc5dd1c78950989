"""What succeeds at its vendor after its end here: charged once, and what it made is kept, though its end stands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from callsheet.catalog import Catalog
from callsheet.contract import Driver, Lost, Order
from callsheet.engine import pace
from callsheet.engine.advance import driver_of
from callsheet.engine.ingest import Ingest, Vanished
from callsheet.engine.library import Library
from callsheet.engine.till import Till
from callsheet.errors import CallsheetError
from callsheet.store import Row, Store
from callsheet.tasks import File, State, Update

log = logging.getLogger("callsheet.engine")


class Latecomers:
    """Asks once more for a task that has ended badly here, because its vendor or an operator says there is news."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        drivers: Mapping[str, Driver],
        ingest: Ingest,
        library: Library,
        till: Till,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._drivers = drivers
        self._ingest = ingest
        self._library = library
        self._till = till

    async def look(self, row: Row, remote: str | None = None) -> bool:
        """Whether it has succeeded after all and that was not known. The charge, the files and the event are one write.

        `remote` is its id at the vendor, where the row does not know it. A vendor that cannot be asked now is asked at
        its next callback.
        """
        known = row.remote or remote
        driver = self._drivers.get(driver_of(row))
        if row.task.state in (State.QUEUED, State.RUNNING, State.SUCCEEDED) or known is None or driver is None:
            return False
        if driver.local or await self._store.owner_of(driver_of(row), known) not in (None, row.task.id):
            return False
        update = await self._asked(row, driver, known)
        if update is None or update.state is not State.SUCCEEDED:
            return False
        async with self._library.storing():
            made = [] if row.deleted else await self._made(row, update)
            return await self._till.late(row, known, update.usage, made)

    async def _asked(self, row: Row, driver: Driver, remote: str) -> Update | None:
        order = Order(row.task.id, self._catalog.model(row.run_model), row.run_input, {})
        try:
            async with asyncio.timeout(pace.CALL):
                return await driver.poll(order, remote)
        except (CallsheetError, Lost, TimeoutError) as error:
            log.info("a task that ended cannot be asked for: %s", error, extra={"task_id": row.task.id})
            return None

    async def _made(self, row: Row, update: Update) -> list[File]:
        """What it made, where that can still be had: the charge does not wait for it."""
        try:
            return await self._ingest.bring(row, update.artifacts)
        except (CallsheetError, Vanished) as error:
            log.warning("what came late cannot be kept: %s", error, extra={"task_id": row.task.id})
            return []
