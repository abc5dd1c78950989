"""What `callsheet doctor` and the commands say of a shared database."""

from __future__ import annotations

import asyncio
import base64
import uuid
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from callsheet.app import work
from callsheet.cli.checks import examine_all
from callsheet.cli.checks_database import database
from callsheet.cli.root import root
from callsheet.errors import SetupError
from callsheet.settings import Settings, load
from callsheet.store.postgres.bulletin import Bulletin
from callsheet.store.postgres.opening import connected
from conftest import Served
from many_fixtures import fresh

SEAL = base64.b64encode(bytes(32)).decode()


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


def test_a_task_that_no_worker_makes_is_told_of_until_one_declares_it(
    postgres: str, home: Path, serve_home: Callable[[Settings], AbstractContextManager[Served]]
) -> None:
    uri = fresh(postgres)
    given = load(home, {"server.worker": False}, environ={"CALLSHEET_DATABASE": uri, "CALLSHEET_SEAL": SEAL})
    with serve_home(given) as served, served.client() as native:

        def told(*declared: str) -> tuple[str, str, dict[str, bool | None], str]:
            async def with_a_worker() -> tuple[str, str, dict[str, bool | None], str]:
                async with a_worker(uri, declared):
                    return await asyncio.to_thread(now)

            return asyncio.run(with_a_worker())

        def now() -> tuple[str, str, dict[str, bool | None], str]:
            found = next(one for one in examine_all(given) if one.name == "tasks")
            vendors = {one["id"]: one for one in native.get("/v1/vendors").raise_for_status().json()["data"]}
            workers = {one["id"]: one["worker"] for one in vendors["previz"]["capabilities"]}
            assert {one["worker"] for one in vendors["vidu"]["capabilities"]} == {None}
            at = ["--url", served.url]
            story = CliRunner().invoke(root, ["tasks", "explain", task["id"], *at]).output
            listed = CliRunner().invoke(root, ["vendors", *at]).output
            assert ("declares text-to-image" in listed) == ("declares text-to-image" in story)
            return found.level, f"{found.said} {found.hint}", workers, story

        task = {"id": "none"}
        asked = {"model": "text-to-image", "input": {"prompt": "a red door"}}
        task = native.post("/v1/tasks", json=asked).raise_for_status().json()
        level, said, workers, story = told("music")
        assert (level, workers["text-to-image"], workers["music"]) == ("note", False, True)
        assert "text-to-image (1)" in said
        assert "callsheet work --capabilities text-to-image" in said
        assert "callsheet work --capabilities text-to-image" in story
        for declared in ("text-to-image", "*"):
            level, _, workers, story = told(declared)
            assert (level, workers["text-to-image"]) == ("ok", True)
            assert "No worker" not in story


def test_a_process_declares_what_it_renders_as_long_as_it_lives(
    postgres: str, home: Path, serve_home: Callable[[Settings], AbstractContextManager[Served]]
) -> None:
    uri = fresh(postgres)
    environ = {"CALLSHEET_DATABASE": uri, "CALLSHEET_SEAL": SEAL}
    with serve_home(load(home, {"render.capabilities": "music"}, environ=environ)):
        assert asyncio.run(made(uri)) == {"music"}
    with serve_home(load(home, environ=environ)):
        assert asyncio.run(made(uri)) == {"music", "text-to-image"}
    assert asyncio.run(made(uri)) == set()


async def made(uri: str) -> set[str]:
    async with a_worker(uri, ()) as bulletin:
        return await bulletin.declared(["music", "text-to-image"])


@asynccontextmanager
async def a_worker(uri: str, renders: Collection[str]) -> AsyncIterator[Bulletin]:
    """What the others know of a process on this database."""
    pool = await connected(uri, 2)
    bulletin = Bulletin(uri, pool, uuid.uuid4())
    await bulletin.open()
    await bulletin.declare(renders)
    try:
        yield bulletin
    finally:
        await bulletin.close()
        await pool.close()
