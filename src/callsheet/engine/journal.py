"""What is written down before a request that may cost goes to a vendor, and whether it may be sent a second time."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from callsheet.catalog import Catalog
from callsheet.engine.advance import Move, driver_of
from callsheet.engine.pins import Pins
from callsheet.store import Row


class Journal:
    """The intent of a submit: which key it goes with, what exactly is asked, and since when."""

    def __init__(self, catalog: Catalog, pins: Pins) -> None:
        self._catalog = catalog
        self._pins = pins

    def opened(self, row: Row, now: int) -> Move:
        """To be durable before the wire. What it is asked stays as it is in `run_input`; `wire` is its fingerprint."""
        credential = self._pins.credential(row)
        told: dict[str, Any] = {"stage": row.task.stage, "wire": self.fingerprint(row)}
        if credential is not None:
            told["credential"] = credential
        if self._catalog.vendor(driver_of(row)).once is not None:
            told["idempotency_key"] = row.task.id
        if row.sent_at is not None:
            told["again"] = True
        return Move({"sent_at": row.sent_at or now, "credential": credential}, (("submitting", told),))

    def repeatable(self, row: Row, now: int) -> bool:
        """Whether the vendor takes the same request twice for one, and still knows its key."""
        once = self._catalog.vendor(driver_of(row)).once
        return once is not None and (row.sent_at is None or now - row.sent_at < once.lifetime * 1000)

    def fingerprint(self, row: Row) -> str:
        """SHA-256 of the path and body of the request, in which files are named by their ids here."""
        model = self._catalog.model(row.run_model)
        asked = {"path": model.path, "body": model.to_wire(dict(row.run_input))}
        text = json.dumps(asked, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
