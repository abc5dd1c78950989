"""Builds the house of a home by hand, part by part, opens it, and closes it in reverse."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from callsheet import catalog
from callsheet.app import vendors
from callsheet.contract import Dialect
from callsheet.engine.books import Books
from callsheet.engine.engine import Engine
from callsheet.engine.explain import say
from callsheet.engine.keyring import Keyring
from callsheet.engine.library import Library, Rules
from callsheet.engine.parts import Given
from callsheet.errors import CallsheetError
from callsheet.fetch import Guard
from callsheet.files import Blobs, Bucket, Folder
from callsheet.server.auth import Gate
from callsheet.server.counters import Counters, mount
from callsheet.server.desk import Desk
from callsheet.server.origin import Origins
from callsheet.server.parts import Parts
from callsheet.server.shapes import dumps, task_shape
from callsheet.settings import Settings
from callsheet.signing import open_seal
from callsheet.store import Sqlite, Store
from callsheet.tasks import Clock, Task

DATABASE = "callsheet.sqlite"
SPARE_BYTES = 64_000_000
"""With less room on the disk than this, the server says that it is not ready."""


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
    store = Store(Sqlite(settings.home / DATABASE), clock)
    try:
        house = _built(settings, url, clock, store)
        try:
            await house.engine.start()
            yield house
        finally:
            house.parts.closing.set()
            await house.engine.stop(settings.server.grace)
    finally:
        await store.close()


def _built(settings: Settings, url: str, clock: Clock, store: Store) -> House:
    origins = Origins(settings.server.public_url, settings.server.trusted_proxies)
    dialects: dict[str, Dialect] = {}
    given = _given(settings, origins.public_url or url, clock, store, dialects)
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
        catalog=known,
        gate=Gate(keyring, token, [*_hosts(settings), *counters.hosts]),
        origins=origins,
        words=say,
        ready=_Checks(settings.home, store, engine),
        counters=counters,
        max_body=limits.max_body_bytes,
        max_upload=limits.max_upload_bytes,
    )
    return House(parts, token, engine)


def _given(settings: Settings, origin: str, clock: Clock, store: Store, dialects: dict[str, Dialect]) -> Given:
    seal, limits, kept = open_seal(settings.home), settings.limits, settings.files
    rules = Rules(limits.max_upload_bytes, limits.max_pixels, kept.retention, kept.link_lifetime)
    library = Library(store, _blobs(settings), seal.derive("links"), clock, rules)

    def body(task: Task) -> bytes:
        return dumps(task_shape(task, lambda file: origin + library.link(file)))

    return Given(
        store=store,
        library=library,
        keyring=Keyring(store, seal, clock, settings.webhooks.secret),
        catalog=catalog.load(),
        drivers=vendors.drivers(settings),
        guard=Guard(frozenset(settings.fetch.allow)),
        settings=settings,
        clock=clock,
        body=body,
        dialects=dialects,
    )


def _blobs(settings: Settings) -> Blobs:
    kept = settings.files
    if kept.store is None:
        return Folder(settings.home / "files")
    cache = Folder(settings.home / "cache")
    place = (kept.endpoint, kept.region)
    return Bucket(kept.store, cache, *place, cache_bytes=kept.cache_bytes, direct=kept.direct_links)


def _hosts(settings: Settings) -> list[str]:
    public = urlsplit(settings.server.public_url or "").hostname
    return [*settings.server.allowed_hosts, *([public] if public else [])]


class _Checks:
    """Asks each part how it is."""

    def __init__(self, folder: Path, store: Store, engine: Engine) -> None:
        self._folder = folder
        self._store = store
        self._engine = engine

    async def __call__(self) -> Mapping[str, str | None]:
        return {
            "store": await self._store_fault(),
            "worker": None if self._engine.alive() else "does not run",
            "disk": None if shutil.disk_usage(self._folder).free > SPARE_BYTES else "almost full",
        }

    async def _store_fault(self) -> str | None:
        try:
            await self._store.forget_keys(before=0)  # forgets nothing, in a transaction that has to be written
        except CallsheetError:
            return "cannot be written"
        return None
