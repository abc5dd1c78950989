"""Whether all is well that the work needs: asked by `/readyz` of a running house, and by `callsheet doctor`."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from callsheet.errors import CallsheetError
from callsheet.store.database import Database, Step, migrations
from callsheet.tasks import Clock

SPARE_BYTES = 64_000_000
"""With less room on the disk than this, nothing more is accepted in good conscience."""

FLOOR = 1_767_225_600_000
"""2026-01-01: no clock that is right shows an earlier time than this was written."""

AHEAD = 60_000
"""Milliseconds by which the newest task may be ahead of the clock: another machine's clock is not exactly ours."""

PATIENCE = 5.0
"""Seconds in which the place of the files has to answer."""

Reached = Callable[[], Awaitable[object]]
"""Asks the place of the files anything; raises where it does not answer."""

Fault = str | None


class Checks:
    """Asks each part of a running house how it is: its name, and what is wrong with it in a few words, or None."""

    def __init__(
        self, home: Path, database: Database, reached: Reached, alive: Callable[[], bool], clock: Clock
    ) -> None:
        self._home = home
        self._database = database
        self._reached = reached
        self._alive = alive
        self._clock = clock

    async def __call__(self) -> Mapping[str, Fault]:
        """All of them, at once; a part that hangs holds up no answer for longer than PATIENCE."""
        found = await asyncio.gather(
            _within(self._written()), _within(self._read()), _within(files_fault(self._reached, self._home))
        )
        read = found[1]
        migrated, clock = read if isinstance(read, tuple) else (_said(read), _said(read))
        return {
            "store": _said(found[0]),
            "migrations": migrated,
            "worker": None if self._alive() else "does not run",
            "disk": disk_fault(self._home),
            "files": _said(found[2]),
            "clock": clock,
        }

    async def _written(self) -> Fault:
        # It forgets nothing, in a transaction that has to be written.
        await self._database.write([Step("forget_idempotency", {"before": 0})])
        return None

    async def _read(self) -> tuple[Fault, Fault]:
        (schema,), (counter,) = await self._database.read_all([Step("schema_number"), Step("newest_task")])
        return migrations_fault(schema["number"]), clock_fault(self._clock(), counter["latest"])


def migrations_fault(number: int) -> Fault:
    """What is wrong with a database that is at this migration. A newer one is none: the old version survives it."""
    known = len(migrations())
    return None if number >= known else f"at {number} of {known}"


def clock_fault(now: int, newest: int) -> Fault:
    """What is wrong with a clock that shows `now` while the newest task is of `newest`; both in milliseconds."""
    if now < FLOOR:
        return "shows a time long past"
    ahead = newest - now
    return f"is {ahead / 1000:.0f} s behind the newest task" if ahead > AHEAD else None


def disk_fault(folder: Path) -> Fault:
    """What is wrong with the disk that a folder is on."""
    try:
        return None if shutil.disk_usage(folder).free > SPARE_BYTES else "almost full"
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"


async def files_fault(reached: Reached, home: Path) -> Fault:
    """What is wrong with the place of the files: a bucket that does not answer, a folder that cannot be written."""
    await reached()
    for folder in (home / "files", home / "cache", home / "drafts"):
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            return f"{folder.name} cannot be written"
    return None


async def _within(asked: Awaitable[object]) -> object:
    try:
        async with asyncio.timeout(PATIENCE):
            return await asked
    except TimeoutError:
        return f"no answer within {PATIENCE:g} s"
    except (CallsheetError, OSError):  # the log and `callsheet doctor` say more
        return "does not answer"


def _said(found: object) -> Fault:
    return found if isinstance(found, str) else None
