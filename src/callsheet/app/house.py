"""Builds the house of a home by hand, part by part, opens it, and closes it in reverse."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from callsheet import catalog
from callsheet.app import vendors
from callsheet.app.ground import DATABASE as DATABASE
from callsheet.app.ground import Ground, agree, ground
from callsheet.app.health import Checks
from callsheet.app.masking import masking, secrets_of
from callsheet.app.vitals import Vitals
from callsheet.contract import Dialect, Driver, Rendering
from callsheet.engine.books import Books
from callsheet.engine.engine import Engine
from callsheet.engine.explain import say
from callsheet.engine.keyring import Keyring
from callsheet.engine.library import Library, Rules
from callsheet.engine.parts import Given
from callsheet.fetch import Guard
from callsheet.files import Blobs, Bucket, Folder
from callsheet.server.auth import Gate
from callsheet.server.counters import Counters, mount
from callsheet.server.desk import Desk
from callsheet.server.origin import Origins
from callsheet.server.parts import Exposition, Parts
from callsheet.server.shapes import dumps, task_shape
from callsheet.server.studio.tokens import Sessions
from callsheet.settings import Settings
from callsheet.settings.watching import Metrics
from callsheet.sheets import Plays
from callsheet.signing import Seal, open_seal
from callsheet.store import Store
from callsheet.store.database import Database
from callsheet.tasks import Clock, Task
from callsheet.telemetry import CONTENT_TYPE, Telemetry


@dataclass(frozen=True, slots=True)
class House:
    """An open home: what the doors stand on, the operator's token, and the engine behind them."""

    parts: Parts
    token: str
    engine: Engine


def now() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def opened(
    settings: Settings, url: str, clock: Clock = now, telemetry: Telemetry | None = None
) -> AsyncGenerator[House]:
    """Run everything in an owned home; `url` is where this machine reaches the server.

    At the end tasks under way are let go of in good order: they go on at the next start. SetupError says what is wrong
    with the home.
    """
    telemetry = telemetry or watched(settings)
    try:
        async with (
            ground(settings, telemetry.committed) as found,
            _closing(telemetry.database(found.database)) as database,
        ):
            house = await _built(
                _Site(
                    settings=settings,
                    url=url,
                    clock=clock,
                    telemetry=telemetry,
                    ground=found,
                    database=database,
                    store=Store(database, clock),
                )
            )
            try:
                await house.engine.start()
                yield house
            finally:
                house.parts.closing.set()
                await house.engine.stop(settings.server.grace)
    finally:
        await telemetry.close()


@asynccontextmanager
async def _closing(database: Database) -> AsyncGenerator[Database]:
    try:
        yield database
    finally:
        await database.close()


def watched(settings: Settings) -> Telemetry:
    """What measures an installation: nothing is counted yet."""
    return Telemetry.opened(os.environ, accounts=settings.metrics.accounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """What every part is built on. `url` is where this machine reaches the server; `database` is the observed one."""

    settings: Settings
    url: str
    clock: Clock
    telemetry: Telemetry
    ground: Ground
    database: Database
    store: Store


async def _built(site: _Site) -> House:
    settings, clock, store = site.settings, site.clock, site.store
    origins = Origins(settings.server.public_url, settings.server.trusted_proxies)
    dialects: dict[str, Dialect] = {}
    seal = open_seal(settings.home, settings.seal.get_secret_value() if settings.seal else None)
    if site.ground.shared:
        await agree(store, seal, settings)
    drivers = vendors.drivers(settings)
    given = _given(site, seal, origins.public_url or site.url, drivers, dialects)
    page = site.telemetry.page(site.database, settings.home, clock, _renders(drivers))
    library, keyring, known, limits = given.library, given.keyring, given.catalog, settings.limits
    engine = Engine(given)
    books = Books(store, clock)
    dialects |= vendors.dialects(Desk(engine, library, keyring, known, clock, origins, limits.max_body_bytes, books))
    counters = Counters({mount(id): (known.vendor(id).hosts, dialect) for id, dialect in dialects.items()})
    token = secrets.token_urlsafe(32)
    parts = Parts(
        tasks=engine,
        webhooks=engine.webhooks,
        files=library,
        keys=keyring,
        ledger=books,
        plays=Plays(store),
        vendors=Vitals(site.database, settings, known, drivers, site.ground.declared),
        catalog=known,
        gate=Gate(keyring, token, [*_hosts(settings), *counters.hosts], Sessions(seal.derive("studio"), clock)),
        origins=origins,
        words=say,
        ready=Checks(settings.home, site.database, library.reached, engine.alive, clock),
        counters=counters,
        metrics=_exposition(settings.metrics, page),
        max_body=limits.max_body_bytes,
        max_upload=limits.max_upload_bytes,
    )
    return House(parts, token, engine)


def _given(
    site: _Site, seal: Seal, origin: str, drivers: Mapping[str, Driver], dialects: Mapping[str, Dialect]
) -> Given:
    """What the engine is given; whatever it does with others is measured. `dialects` may be filled later."""
    settings, store, clock, known = site.settings, site.store, site.clock, catalog.load()
    limits, kept, telemetry = settings.limits, settings.files, site.telemetry
    rules = Rules(limits.max_upload_bytes, limits.max_pixels, kept.retention, kept.link_lifetime)
    library = Library(store, blobs_of(settings), seal.derive("links"), clock, rules)

    def body(task: Task) -> bytes:
        return dumps(task_shape(task, lambda file: origin + library.link(file)))

    return Given(
        store=store,
        library=library,
        keyring=Keyring(store, seal, clock, settings.webhooks.secret, settings.webhooks.former_secret),
        catalog=known,
        drivers=telemetry.drivers(drivers),
        guard=Guard(frozenset(settings.fetch.allow), watch=telemetry.transport),
        settings=settings,
        clock=clock,
        body=body,
        dialects=dialects,
        schedule=site.ground.schedule(store, known, clock),
        news=site.ground.news,
        around=telemetry.spans.around,
        mask=masking(secrets_of(settings)),
    )


def _renders(drivers: Mapping[str, Driver]) -> Callable[[], tuple[int, int, int]]:
    """The drivers that render here share one pool: any of them speaks for it."""
    return next((one.renders for one in drivers.values() if isinstance(one, Rendering)), lambda: (0, 0, 0))


def _exposition(rules: Metrics, page: Callable[[], Awaitable[bytes]]) -> Exposition:
    return Exposition(page, CONTENT_TYPE, rules.public, rules.key.get_secret_value() if rules.key else None)


def blobs_of(settings: Settings) -> Blobs:
    """Where an installation keeps the bytes of its files."""
    kept = settings.files
    if kept.store is None:
        return Folder(settings.home / "files")
    cache = Folder(settings.home / "cache")
    place = (kept.endpoint, kept.region)
    return Bucket(kept.store, cache, *place, cache_bytes=kept.cache_bytes, direct=kept.direct_links)


def _hosts(settings: Settings) -> list[str]:
    public = urlsplit(settings.server.public_url or "").hostname
    return [*settings.server.allowed_hosts, *([public] if public else [])]
