"""Upgrades: a home that an earlier release left is migrated, and serves everything that was in it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callsheet.cli.home_server import find
from callsheet.client import Client
from callsheet.errors import Unauthenticated
from callsheet.store.database import migrations
from cli_fixtures import Shell

HOMES = Path(__file__).parent / "homes"
LINKS = {"url", "expires_at"}
"""What a link says is signed anew each time."""


def known(found: Any, wanted: Any, where: str = "") -> list[str]:
    """Where what is served now differs from what that release served; fields that came later are no difference."""
    if isinstance(wanted, dict):
        lost = [f"{where}.{name} is gone" for name in wanted if name not in found]
        return lost + [
            fault
            for name in wanted
            if name in found and name not in LINKS
            for fault in known(found[name], wanted[name], f"{where}.{name}")
        ]
    if isinstance(wanted, list) and len(found) == len(wanted):
        pairs = enumerate(zip(found, wanted, strict=True))
        return [fault for at, (one, other) in pairs for fault in known(one, other, f"{where}[{at}]")]
    return [] if found == wanted else [f"{where}: {wanted!r} became {found!r}"]


@pytest.fixture(scope="module", params=sorted(HOMES.glob("*.json")), ids=lambda path: path.stem)
def left(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shell, Any]]:
    """A home as that release left it, opened by a server of today, and what that release said was in it."""
    shell = Shell(tmp_path_factory.mktemp("upgraded"))
    shell.home.mkdir(mode=0o700)
    with tarfile.open(request.param.with_suffix(".tar.gz")) as tar:
        tar.extractall(shell.home, filter="data")
    shell("tasks", "list", "--limit", "1")
    try:
        yield shell, json.loads(request.param.read_text())
    finally:
        shell.end()


@pytest.fixture(scope="module")
def said(left: tuple[Shell, Any]) -> Any:
    return left[1]


@pytest.fixture(scope="module")
def client(left: tuple[Shell, Any]) -> Iterator[Client]:
    """With the key that was made then."""
    running = find(left[0].home)
    assert running
    with Client(running.url, left[1]["key"]) as made:
        yield made


def test_the_database_is_migrated_to_the_newest_version(left: tuple[Shell, Any], client: Client) -> None:
    base = sqlite3.connect(f"file:{left[0].home / 'callsheet.sqlite'}?mode=ro", uri=True)
    try:
        numbers = base.execute("SELECT number FROM migration ORDER BY number").fetchall()
        assert numbers == [(number,) for number, _, _ in migrations()]
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        base.close()


def test_every_task_is_served_as_it_ended(client: Client, said: Any) -> None:
    faults = [fault for wanted in said["tasks"] for fault in known(client.get(wanted["id"]).raw, wanted, wanted["id"])]
    assert faults == []


def test_every_file_is_there_byte_for_byte(client: Client, said: Any, tmp_path: Path) -> None:
    for wanted in said["files"]:
        assert known(client.file(wanted["id"]).raw, wanted) == []
        path = client.download(wanted["id"], tmp_path / wanted["id"])
        assert hashlib.sha256(path.read_bytes()).hexdigest() == wanted["sha256"]


def test_the_ledger_stands_to_the_last_credit(client: Client, left: tuple[Shell, Any], said: Any) -> None:
    found = client.credits(limit=100)
    assert known(found.raw, said["account"]) == []
    assert known([entry.raw for entry in found.entries], said["ledger"]) == []
    left[0]("ledger", "check")


def test_a_key_that_was_revoked_stays_so(client: Client, said: Any) -> None:
    with Client(client.base_url, said["revoked"]) as nobody, pytest.raises(Unauthenticated):
        nobody.list()


def test_what_was_under_way_goes_on_and_can_be_canceled(client: Client, said: Any) -> None:
    assert client.get(said["unfinished"]).state in ("queued", "running")
    client.cancel(said["unfinished"])
    assert list(client.watch(said["unfinished"], timeout=60))[-1].state == "canceled"


def test_the_same_request_is_still_the_same_task(client: Client, said: Any) -> None:
    again = client.submit(**said["first"])
    assert again.id == said["tasks"][0]["id"]


def test_new_tasks_run_in_it_and_old_outputs_can_be_taken(client: Client, said: Any) -> None:
    old = said["tasks"][0]["id"]
    made = client.run(
        "image-to-image", {"image": {"from": old, "output": 1}, "prompt": "the same at night"}, timeout=120
    )
    assert made.state == "succeeded"


def test_a_loss_would_be_seen() -> None:
    assert known({"a": [1, 2], "b": 1, "url": "x"}, {"a": [1, 2], "url": "y"}) == []
    assert known({"a": [1]}, {"a": [1, 2]}) != []
    assert known({}, {"a": 1}) == [".a is gone"]
