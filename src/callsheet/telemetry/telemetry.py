"""Everything that is measured in one process, built once and put around its parts by the app."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import httpx2

from callsheet.contract import Driver
from callsheet.store.database import Database
from callsheet.tasks import Clock
from callsheet.telemetry import spans
from callsheet.telemetry.database import ObservedDatabase
from callsheet.telemetry.drivers import observed
from callsheet.telemetry.fetches import ObservedTransport
from callsheet.telemetry.meters import Meters
from callsheet.telemetry.page import Page, Renders
from callsheet.telemetry.spans import NoSpans, Spans


class Telemetry:
    """Metrics always, spans where the environment asks for them."""

    def __init__(self, meters: Meters, spans: Spans | NoSpans) -> None:
        self.meters = meters
        self.spans = spans

    @classmethod
    def opened(cls, environ: Mapping[str, str], *, accounts: bool = False) -> Telemetry:
        """Nothing counted yet. SetupError for traces that cannot be made as the environment says."""
        return cls(Meters(accounts=accounts), spans.opened(environ))

    def database(self, inner: Database) -> Database:
        """What every write and read of the store goes through."""
        return ObservedDatabase(inner, self.meters)

    def committed(self, writers: int) -> None:
        """So many writers shared a commit."""
        self.meters.group.observe(writers)

    def drivers(self, inner: Mapping[str, Driver]) -> Mapping[str, Driver]:
        """What every call of a vendor goes through."""
        return {vendor: observed(vendor, driver, self.meters, self.spans) for vendor, driver in inner.items()}

    def transport(self, inner: httpx2.AsyncBaseTransport) -> httpx2.AsyncBaseTransport:
        """What every fetch goes through."""
        return ObservedTransport(inner, self.meters)

    def page(self, database: Database, home: Path, clock: Clock, renders: Renders) -> Page:
        """What `/metrics` answers."""
        return Page(self.meters, database, home, clock, renders)

    async def close(self) -> None:
        """Send what is not yet sent."""
        await self.spans.close()
