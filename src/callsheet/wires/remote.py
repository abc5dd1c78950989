"""What every driver that speaks to a vendor over HTTP has in common: its client, its facts, and who hears its news."""

from __future__ import annotations

from collections.abc import Callable

import httpx2

from callsheet.catalog import Vendor


class RemoteDriver:
    """The part of `contract.Driver` that is the same for all. `client` is authenticated; it is closed here."""

    local = False
    slots = 10_000
    """How many tasks may be with the vendor at once, where no setting says what the package allows."""

    def __init__(self, client: httpx2.AsyncClient, vendor: Vendor) -> None:
        self.notify: Callable[[str], None] = _nobody
        self._client = client
        self._vendor = vendor

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


def _nobody(remote: str) -> None:
    """Nobody listens yet."""
