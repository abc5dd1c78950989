"""What was said to a task's vendor, described for the OpenAPI document."""

from __future__ import annotations

from datetime import datetime

from callsheet.server.answers import Outgoing


class Exchange(Outgoing):
    """One request to a vendor and its answer. Secrets, signatures and long runs of bytes are left out."""

    at: datetime
    took: int
    """Milliseconds."""
    method: str
    url: str
    status: int | None
    """What the vendor answered; null where it did not."""
    error: str | None
    """Why there was no answer."""
    request: str
    """The body that was sent, at most 6,000 letters."""
    response: str
    """The body that came, at most 6,000 letters."""


class ExchangeList(Outgoing):
    """The first exchanges of a task and always the last one, 24 at most, oldest first."""

    data: list[Exchange]
    next: None
