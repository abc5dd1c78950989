"""Which of a vendor's keys a task belongs to: it is asked for only with the key that it was sent with."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.contract import Driver
from callsheet.engine.advance import driver_of
from callsheet.errors import NotSupported
from callsheet.settings import PREFIX, VendorAccess
from callsheet.store import Row


class Pins:
    """What the drivers here speak with. A local driver has no key, and its tasks belong to none."""

    def __init__(self, drivers: Mapping[str, Driver], access: Mapping[str, VendorAccess]) -> None:
        self._drivers = drivers
        self._credentials = {vendor: one.credential for vendor, one in access.items()}

    def credential(self, row: Row) -> str | None:
        """The short name of the key that this task would be sent with now; None where its driver has none."""
        vendor = driver_of(row)
        return None if self._drivers[vendor].local else self._credentials.get(vendor)

    def setting(self, row: Row) -> str:
        """The setting that holds the key of this task's stage."""
        return f"{PREFIX}VENDORS__{driver_of(row).upper()}__KEY"

    def missing(self, row: Row) -> NotSupported | None:
        """Why nothing here may send this task or ask for it; None where something may."""
        vendor = driver_of(row)
        if vendor not in self._drivers:
            gone = NotSupported(f"Nothing here speaks to {vendor} any more.", hint=f"Set {self.setting(row)} again.")
            return gone.because("vendor_gone", vendor=vendor, settings=[self.setting(row)])
        if row.phase not in ("poll", "unsure") or row.credential in (None, self.credential(row)):
            return None
        other = NotSupported(
            f"This task was sent with another key of {vendor}.",
            hint=f"Set {self.setting(row)} to the key it was sent with: with the new one the vendor may not know it.",
        )
        return other.because("key_changed", vendor=vendor, setting=self.setting(row))
