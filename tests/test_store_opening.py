"""Whose a SQLite file is once it was opened, and what is said where one may not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet.errors import SetupError
from callsheet.store import HomeLock, owner
from callsheet.store.opening import connect, open_checked


@pytest.mark.parametrize("before", [0o644, 0o666, 0o600])
def test_a_database_that_others_could_read_is_its_owners_only_once_it_was_opened(tmp_path: Path, before: int) -> None:
    path = tmp_path / "callsheet.sqlite"
    crashed = connect(path)  # its log is left beside it
    crashed.execute("CREATE TABLE mine (kept INTEGER)")
    crashed.execute("INSERT INTO mine VALUES (7)")
    for file in tmp_path.iterdir():
        file.chmod(before)
    opened = open_checked(path)
    assert opened.execute("SELECT kept FROM mine").fetchall() == [{"kept": 7}]
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert modes == dict.fromkeys(["callsheet.sqlite", "callsheet.sqlite-wal", "callsheet.sqlite-shm"], 0o600)
    opened.close()
    crashed.close()


def test_a_home_whose_lock_may_not_be_opened_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to("lock")
    for tried in (HomeLock(tmp_path).acquire, lambda: owner(tmp_path)):
        with pytest.raises(SetupError, match="cannot be used") as refused:
            tried()
        assert "--home" in (refused.value.hint or "")
