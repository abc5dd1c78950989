"""What `callsheet doctor` says of a shared database: whether it answers, how far it is, whether the clocks agree."""

from __future__ import annotations

import asyncio
import importlib
import time
from typing import Any

from callsheet.errors import SetupError
from callsheet.settings import Settings

APART = 1.0
"""Seconds by which this machine's clock may differ from the server's: leases are compared between machines."""


def database(settings: Settings) -> tuple[str, str | None]:
    """What was found, and what to do about it or None. SetupError where the database cannot be used."""
    assert settings.database is not None
    return asyncio.run(_asked(settings.database.get_secret_value()))


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
