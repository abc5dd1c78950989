"""Readiness looks at everything that the work needs, and `callsheet doctor` looks with the same eyes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callsheet.app.health import AHEAD, FLOOR, Checks, clock_fault, disk_fault, files_fault, migrations_fault
from callsheet.cli.checks import OK, WRONG, examine_all
from callsheet.errors import StorageError
from callsheet.settings import load
from callsheet.store import Sqlite
from callsheet.store.database import Step, migrations

NOW = FLOOR + 10_000_000_000


@pytest.fixture(autouse=True)
def _a_slow_machine_is_not_ill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callsheet.app.health.PATIENCE", 60.0)


async def _there() -> bool:
    return False


def checked(folder: Path, *, reached: Any = _there, alive: bool = True, now: int = NOW, close: bool = False) -> Any:
    """What the checks say of a home with this place of files, this worker and this clock."""

    async def ask() -> Any:
        database = Sqlite(folder / "callsheet.sqlite")
        try:
            await database.write([Step("raise_task_counter", {"now": NOW})])
            if close:
                await database.close()
            return await Checks(folder, database, reached, lambda: alive, lambda: now)()
        finally:
            await database.close()

    return asyncio.run(ask())


def test_a_house_that_is_well_says_so_of_every_part(tmp_path: Path) -> None:
    found = checked(tmp_path)
    assert found == dict.fromkeys(("store", "migrations", "worker", "disk", "files", "clock"))


def test_each_part_that_is_ill_is_named_and_no_other(tmp_path: Path) -> None:
    async def gone() -> None:
        raise StorageError("no bucket")

    def ill(**what: Any) -> dict[str, str]:
        return {name: fault for name, fault in checked(tmp_path, **what).items() if fault}

    assert ill(alive=False) == {"worker": "does not run"}
    assert ill(reached=gone) == {"files": "does not answer"}
    assert ill(now=NOW - 3_600_000) == {"clock": "is 3600 s behind the newest task"}
    assert ill(close=True).keys() == {"store", "migrations", "clock"}


def test_a_place_that_hangs_holds_up_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("callsheet.app.health.PATIENCE", 0.05)
    assert checked(tmp_path, reached=hangs)["files"] == "no answer within 0.05 s"


def test_a_clock_may_be_a_little_off_and_not_more() -> None:
    assert clock_fault(NOW, 0) is None
    assert clock_fault(NOW, NOW + AHEAD) is None
    assert clock_fault(NOW, NOW + AHEAD + 1) is not None
    assert clock_fault(FLOOR - 1, 0) == "shows a time long past"


def test_a_database_may_be_newer_than_the_version_that_asks() -> None:
    known = len(migrations())
    assert migrations_fault(known) is None
    assert migrations_fault(known + 1) is None
    assert migrations_fault(known - 1) == f"at {known - 1} of {known}"


def test_a_disk_that_is_almost_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert disk_fault(tmp_path) is None
    monkeypatch.setattr("callsheet.app.health.SPARE_BYTES", 2**62)
    assert disk_fault(tmp_path) == "almost full"


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "files").mkdir()
    assert asyncio.run(files_fault(_there, tmp_path)) is None
    monkeypatch.setattr("callsheet.app.health.os.access", lambda path, mode: False)
    assert asyncio.run(files_fault(_there, tmp_path)) == "files cannot be written"


def test_doctor_looks_with_the_same_eyes(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(server.home, environ={})
    found = {one.name: one for one in examine_all(settings)}
    assert {found[name].level for name in ("store", "files", "clock", "disk", "server")} == {OK}
    monkeypatch.setattr("callsheet.app.health.SPARE_BYTES", 2**62)
    monkeypatch.setattr("callsheet.app.health.FLOOR", 2**62)
    found = {one.name: one for one in examine_all(settings)}
    assert (found["disk"].level, found["clock"].level) == (WRONG, WRONG)
    assert found["clock"].hint
