"""What `callsheet doctor` says of a shared database: whether it answers, how far it is, whether the clocks agree."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from callsheet.catalog import load
from callsheet.errors import SetupError
from callsheet.settings import Settings

_WAITING = """SELECT run_model, COUNT(*) AS tasks FROM task
WHERE phase = 'submit' AND callsheet_station(lane, run_model) = 'run:' || run_model GROUP BY run_model"""

APART = 1.0
"""Seconds by which this machine's clock may differ from the server's: leases are compared between machines."""


def database(settings: Settings) -> tuple[str, str | None]:
    """What was found, and what to do about it or None. SetupError where the database cannot be used."""
    assert settings.database is not None
    return asyncio.run(_asked(settings.database.get_secret_value()))


def forsaken(settings: Settings) -> Mapping[str, int]:
    """How many tasks wait for each capability that no worker that lives declares. SetupError as above."""
    assert settings.database is not None
    return asyncio.run(_forsaken(settings.database.get_secret_value()))


async def _forsaken(url: str) -> Mapping[str, int]:
    opening = _opening()
    pool = await opening.connected(url, 1)
    try:
        if await pool.fetchval("SELECT to_regclass('task')") is None:
            return {}
        waiting = await pool.fetch(_WAITING)
        models = {record["run_model"]: load().model(record["run_model"]).capability for record in waiting}
        made = await importlib.import_module("callsheet.store.postgres.bulletin").declared(pool, set(models.values()))
    finally:
        await pool.close()
    found: Counter[str] = Counter()
    for record in waiting:
        found[models[record["run_model"]]] += record["tasks"]
    return {name: count for name, count in found.items() if name not in made}


async def _asked(url: str) -> tuple[str, str | None]:
    opening = _opening()
    pool = await opening.connected(url, 1)
    try:
        if await pool.fetchval("SELECT to_regclass('task')") is None:
            return f"{opening.named(url)} is empty: tables are made at the first start", None
        asked = time.time()
        record = await pool.fetchrow(
            "SELECT current_setting('server_version') AS version, EXTRACT(EPOCH FROM clock_timestamp()) AS now,"
            " (SELECT COUNT(*) FROM task WHERE phase <> 'done') AS unfinished,"
            " (SELECT COUNT(*) FROM pg_stat_activity WHERE application_name LIKE 'callsheet %'"
            " AND datname = current_database()) AS processes"
        )
        apart = float(record["now"]) - (asked + time.time()) / 2
    finally:
        await pool.close()
    said = (
        f"PostgreSQL {record['version'].split()[0]} at {opening.named(url)}: {record['processes']} processes, "
        f"{record['unfinished']} unfinished tasks"
    )
    if abs(apart) > APART:
        return f"{said}; its clock is {apart:+.1f} s from this machine's", "Let NTP keep the clocks of all machines."
    return said, None


def _opening() -> Any:
    try:
        return importlib.import_module("callsheet.store.postgres.opening")
    except ModuleNotFoundError as error:
        raise SetupError(
            f"PostgreSQL needs a package that is not installed: {error.name}.",
            hint='Install callsheet with the extra: pip install "callsheet[postgres]".',
        ) from error
