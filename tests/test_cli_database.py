"""What `callsheet doctor` and the commands say of a shared database."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet.app import work
from callsheet.cli.checks import examine_all
from callsheet.cli.checks_database import database
from callsheet.errors import SetupError
from callsheet.settings import Settings, load
from many_fixtures import fresh


def settings(home: Path, uri: str) -> Settings:
    return load(home, environ={"CALLSHEET_DATABASE": uri})


def test_doctor_says_how_a_shared_database_is(postgres: str, home: Path) -> None:
    said, hint = database(settings(home, fresh(postgres)))
    assert said.startswith("PostgreSQL 1")
    assert said.endswith("0 processes, 0 unfinished tasks")
    assert hint is None
    said, _ = database(settings(home, fresh(postgres, empty=True)))
    assert said.endswith("is empty: tables are made at the first start")


def test_doctor_names_a_database_that_does_not_answer_without_its_password(home: Path) -> None:
    unreachable = settings(home, "postgresql://name:very-secret@127.0.0.1:1/nowhere")
    found = next(one for one in examine_all(unreachable) if one.name == "store")
    assert found.level == "wrong"
    assert "127.0.0.1:1/nowhere" in found.said
    assert "very-secret" not in found.said


def test_work_wants_a_shared_database_and_known_capabilities(home: Path) -> None:
    with pytest.raises(SetupError, match="CALLSHEET_DATABASE"):
        work(load(home, environ={}))
    odd = load(home, {"render.capabilities": "musik"}, environ={"CALLSHEET_DATABASE": "postgresql://h/d"})
    with pytest.raises(SetupError, match="no capability musik"):
        work(odd)
