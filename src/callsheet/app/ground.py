"""What the house stands on: a database of its own, or one that it shares with other processes."""

from __future__ import annotations

import importlib
import socket
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from callsheet.app import home
from callsheet.catalog import Catalog
from callsheet.engine.news import News
from callsheet.engine.schedule import Schedule
from callsheet.engine.schedule_queue import QueueSchedule
from callsheet.errors import SetupError
from callsheet.settings import Settings
from callsheet.signing import Seal
from callsheet.store import Sqlite, Store
from callsheet.store.database import Database
from callsheet.tasks import Clock

DATABASE = "callsheet.sqlite"

Planned = Callable[[Store, Catalog, Clock], Schedule | None]


Declared = Callable[[Collection[str]], Awaitable[Collection[str]]]


def _alone(store: Store, catalog: Catalog, clock: Clock) -> None:
    """One process owns its home: its rows are the schedule."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A database, what delivers the tasks in it, who hears of their events; `shared` with other processes or not.

    `declared` says which capabilities any of those processes renders.
    """

    database: Database
    schedule: Planned = _alone
    news: News = field(default_factory=News)
    shared: bool = False
    declared: Declared | None = None


@asynccontextmanager
async def ground(settings: Settings, committed: Callable[[int], None] = lambda writers: None) -> AsyncGenerator[Ground]:
    """Opened by the setting `database`. Its database is closed by who closes the store; the rest is closed here."""
    if settings.database is None:
        yield Ground(Sqlite(home.private(settings.home / DATABASE), committed))
        return
    url, owner = settings.database.get_secret_value(), uuid.uuid4()
    postgres = _postgres()
    pool = await postgres.opened(url)
    bulletin = postgres.Bulletin(url, pool, owner)
    news = News()
    bulletin.listen(_ears(news))

    def schedule(store: Store, catalog: Catalog, clock: Clock) -> Schedule:
        wanted = settings.render.capabilities
        return QueueSchedule(store, postgres.Queue(pool, owner), bulletin, catalog, clock, wanted, settings.vendors)

    try:
        await bulletin.open()
    except BaseException:
        await pool.close()
        raise
    try:
        yield Ground(postgres.Postgres(pool, committed), schedule, news, shared=True, declared=bulletin.declared)
    finally:
        await bulletin.close()


def _ears(news: News) -> Callable[[str, str], None]:
    def hear(kind: str, task_id: str) -> None:
        if kind == "event":
            news.ring(task_id)
        elif kind == "message":
            news.due()
        elif kind == "lost":
            news.ring_all()
            news.due()

    return hear


def _postgres() -> Any:
    try:
        return importlib.import_module("callsheet.store.postgres")
    except ModuleNotFoundError as error:
        raise SetupError(
            f"PostgreSQL needs a package that is not installed: {error.name}.",
            hint='Install callsheet with the extra: pip install "callsheet[postgres]".',
        ) from error


async def agree(store: Store, seal: Seal, settings: Settings) -> None:
    """See that this process has the same master key and the same place for files as the others on its database."""
    mark = seal.derive("agreement").hex()[:32]
    if await store.agreed("seal", mark) != mark:
        raise SetupError(
            "This process has another master key than those that use the same database.",
            hint="Give all of them one: the setting `seal` (CALLSHEET_SEAL), or a copy of the first one's seal.key.",
        )
    place = settings.files.store or f"the folder {settings.home / 'files'} on {socket.gethostname()}"
    kept = await store.agreed("files", place)
    if kept != place:
        raise SetupError(
            f"Files are kept in {kept}, as the processes that use the same database say, and not in {place}.",
            hint="Give all of them one bucket: the setting `files.store`, s3://bucket/prefix.",
        )
