"""What the engine is given and what it is made of, each named once, so that no list of parts is passed by position."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field

import httpx2

from callsheet.catalog import Catalog
from callsheet.contract import Dialect, Driver
from callsheet.engine.asking import Mask
from callsheet.engine.chain import Chain
from callsheet.engine.delivery import Around, Courier
from callsheet.engine.detour import Detour
from callsheet.engine.foresight import Foresight
from callsheet.engine.ingest import Ingest
from callsheet.engine.intake import Intake
from callsheet.engine.journal import Journal
from callsheet.engine.keeping import Housekeeping
from callsheet.engine.keyring import Keyring
from callsheet.engine.late import Latecomers
from callsheet.engine.library import Library
from callsheet.engine.mark import Mark
from callsheet.engine.news import News
from callsheet.engine.pace import Chance
from callsheet.engine.pins import Pins
from callsheet.engine.reach import Reach
from callsheet.engine.schedule import Schedule
from callsheet.engine.teller import QUICK, SLOW, Teller
from callsheet.engine.till import Till
from callsheet.engine.watching import Watching
from callsheet.fetch import Guard
from callsheet.provenance.stamping import Stamper
from callsheet.settings import Settings
from callsheet.store import Store
from callsheet.tasks import Clock, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the app builds and hands in.

    `drivers` are by vendor id, and their presence is what makes a vendor live. `body` writes a task as the webhook's
    body: as `GET /v1/tasks/{id}` would answer it; a task of a door in `dialects` is told as that dialect does
    (the mapping may be filled until the engine starts). Without a `schedule` the rows are it, in this process alone.
    `mask` takes secrets out of a text: without it nothing is kept of what is said to vendors.
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
    news: News = field(default_factory=News)
    around: Around = lambda task, step: nullcontext()
    mask: Mask | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the steps and the worker stand on. `client`, and `tells` for webhooks, are guarded.

    `reach` is None where no public address is set.
    """

    client: httpx2.AsyncClient
    tells: httpx2.AsyncClient
    store: Store
    library: Library
    catalog: Catalog
    drivers: Mapping[str, Driver]
    clock: Clock
    chance: Chance
    news: News
    intake: Intake
    foresight: Foresight
    ingest: Ingest
    teller: Teller
    chain: Chain
    detour: Detour
    pins: Pins
    journal: Journal
    till: Till
    latecomers: Latecomers
    housekeeping: Housekeeping
    watching: Watching
    around: Around
    mask: Mask | None
    reach: Reach | None


def built(given: Given) -> Parts:
    """The engine's parts, built by hand; their HTTP clients are open and theirs to close."""
    settings, news = given.settings, given.news
    # An origin may be silent for as long as a fetch may take: some make what they send only when asked for it.
    client = given.guard.client(timeout=settings.fetch.timeout)
    tells = given.guard.client(connections=QUICK + SLOW, timeout=None)
    drafts, limits = settings.home / "drafts", (settings.fetch.max_bytes, settings.fetch.timeout)
    intake = Intake(given.library, client, drafts, *limits)
    public = settings.server.public_url
    pins = Pins(given.drivers, settings.vendors)
    till = Till(given.store, given.catalog, settings.ledger, given.clock)
    ingest = Ingest(given.library, _mark(given), client, drafts, *limits)
    return Parts(
        client=client,
        tells=tells,
        store=given.store,
        library=given.library,
        catalog=given.catalog,
        drivers=given.drivers,
        clock=given.clock,
        chance=given.chance,
        news=news,
        intake=intake,
        foresight=Foresight(given.drivers, given.library),
        ingest=ingest,
        teller=_teller(given, news, tells),
        chain=Chain(given.store, given.library, given.catalog, intake),
        detour=Detour(given.catalog, given.drivers, intake, given.chance),
        pins=pins,
        journal=Journal(given.catalog, pins),
        till=till,
        latecomers=Latecomers(given.store, given.catalog, given.drivers, ingest, given.library, till),
        housekeeping=Housekeeping(given.store, given.library, given.clock, settings.tasks.retention),
        watching=Watching(given.store, given.catalog, given.drivers, public is not None),
        around=given.around,
        mask=given.mask,
        reach=Reach(public, given.library, given.keyring.derive("callbacks")) if public else None,
    )


def _teller(given: Given, news: News, client: httpx2.AsyncClient) -> Teller:
    rules = given.settings.webhooks
    courier = Courier(
        store=given.store,
        client=client,
        secrets=given.keyring.webhook_secrets,
        body=given.body,
        dialects=given.dialects,
        clock=given.clock,
        rules=rules,
        around=given.around,
    )
    return Teller(store=given.store, courier=courier, news=news, clock=given.clock, rules=rules, chance=given.chance)


def _mark(given: Given) -> Mark:
    asked = given.settings.provenance
    stamper = Stamper(asked.mode, given.settings.home, asked.certificate, asked.key)
    return Mark(stamper, given.store, given.library, given.catalog, given.clock, prompts=asked.prompt)
