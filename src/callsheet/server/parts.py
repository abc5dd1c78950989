"""What the doors stand on: the three contracts, the catalogue, and what this installation allows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import HTTPConnection

from callsheet.catalog import Catalog
from callsheet.contract import Files, Keys, Ledger, Tasks, Webhooks
from callsheet.contract.vendors import Vendors
from callsheet.server.auth import Gate
from callsheet.server.counters import Counters
from callsheet.server.origin import Origins
from callsheet.sheets import Plays
from callsheet.tasks import Event

Readiness = Callable[[], Awaitable[Mapping[str, str | None]]]
"""Asks every part how it is: its name, and what is wrong with it or None."""


async def _no_page() -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Exposition:
    """What `/metrics` answers, in which format, and who may read it beside this machine and the operator."""

    page: Callable[[], Awaitable[bytes]] = _no_page
    content_type: str = "text/plain; charset=utf-8"
    public: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a request may need, built once by hand. Sizes in bytes, `keep_alive` in seconds.

    `webhooks` is None where this server tells nobody, `ledger` where it counts nothing, `vendors` where none is known.
    """

    tasks: Tasks
    files: Files
    keys: Keys
    catalog: Catalog
    gate: Gate
    origins: Origins
    words: Callable[[Event], str]
    ready: Readiness
    max_body: int
    max_upload: int
    webhooks: Webhooks | None = None
    ledger: Ledger | None = None
    vendors: Vendors | None = None
    counters: Counters = field(default_factory=Counters)
    plays: Plays = field(default_factory=Plays)
    metrics: Exposition = field(default_factory=Exposition)
    keep_alive: float = 15.0
    closing: asyncio.Event = field(default_factory=asyncio.Event)


def parts_of(connection: HTTPConnection) -> Parts:
    """The parts of the application that answers this request."""
    return cast("Parts", connection.app.state.parts)
