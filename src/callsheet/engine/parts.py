"""What the engine is given and what it is made of, each named once, so that no list of parts is passed by position."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx2

from callsheet.catalog import Catalog
from callsheet.contract import Dialect, Driver
from callsheet.engine.chain import Chain
from callsheet.engine.delivery import Courier
from callsheet.engine.detour import Detour
from callsheet.engine.ingest import Ingest
from callsheet.engine.intake import Intake
from callsheet.engine.keyring import Keyring
from callsheet.engine.library import Library
from callsheet.engine.news import News
from callsheet.engine.pace import Chance
from callsheet.engine.pins import Pins
from callsheet.engine.reach import Reach
from callsheet.engine.schedule import Schedule
from callsheet.fetch import Guard
from callsheet.settings import Settings
from callsheet.store import Store
from callsheet.tasks import Clock, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the app builds and hands in.

    `drivers` are by vendor id, and their presence is what makes a vendor live. `body` writes a task as the webhook's
    body: as `GET /v1/tasks/{id}` would answer it; a task of a door in `dialects` is told as that dialect does
    (the mapping may be filled until the engine starts). Without a `schedule` the rows are it, in this process alone.
    """

    store: Store
    library: Library
    keyring: Keyring
    catalog: Catalog
    drivers: Mapping[str, Driver]
    guard: Guard
    settings: Settings
    clock: Clock
    body: Callable[[Task], bytes]
    chance: Chance = random.random
    dialects: Mapping[str, Dialect] = field(default_factory=dict[str, Dialect])
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the steps and the worker stand on. `client` is guarded; `reach` is None where no public address is set."""

    client: httpx2.AsyncClient
    store: Store
    library: Library
    catalog: Catalog
    drivers: Mapping[str, Driver]
    clock: Clock
    chance: Chance
    news: News
    intake: Intake
    ingest: Ingest
    courier: Courier
    chain: Chain
    detour: Detour
    pins: Pins
    reach: Reach | None


def built(given: Given) -> Parts:
    """The engine's parts, built by hand; their HTTP client is open and theirs to close."""
    settings, client = given.settings, given.guard.client()
    drafts, limits = settings.home / "drafts", (settings.fetch.max_bytes, settings.fetch.timeout)
    intake = Intake(given.library, client, drafts, *limits)
    public = settings.server.public_url
    return Parts(
        client=client,
        store=given.store,
        library=given.library,
        catalog=given.catalog,
        drivers=given.drivers,
        clock=given.clock,
        chance=given.chance,
        news=News(),
        intake=intake,
        ingest=Ingest(given.library, client, drafts, *limits),
        courier=Courier(
            given.store,
            client,
            given.keyring.webhook_secrets,
            given.body,
            given.dialects,
            given.clock,
            settings.webhooks,
            given.chance,
        ),
        chain=Chain(given.store, given.library, given.catalog, intake),
        detour=Detour(given.catalog, given.drivers, intake, given.chance),
        pins=Pins(given.drivers, settings.vendors),
        reach=Reach(public, given.library, given.keyring.derive("callbacks")) if public else None,
    )
