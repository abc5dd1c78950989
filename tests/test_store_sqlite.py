from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from callsheet.errors import NotFound, SetupError, StorageError
from callsheet.store import HomeLock, Sqlite, Step, owner
from callsheet.store.database import migrations, parse, queries, statements
from callsheet.store.opening import connect, examine, open_checked
from store_fixtures import NOW, a_row, a_store, task_id

CHILD = """
import asyncio, itertools, os, sys
from pathlib import Path
from store_fixtures import a_row, a_store, task_id

async def story(folder):
    async with a_store(folder) as store:
        async def one(number):
            await store.add_task(a_row(number), [("accepted", {})], (f"key {number}", "hash"))
            os.write(1, b"%d\\n" % number)
        waiting = itertools.count()
        async def caller():
            for number in waiting:
                await one(number)
        await asyncio.gather(*[caller() for _ in range(8)])

asyncio.run(story(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("killed_after", [1, 150, 1000])
def test_every_acknowledged_write_is_there_after_kill_9(tmp_path: Path, killed_after: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, env=environment, bufsize=0
    )
    with child, child.stdout:
        said = [child.stdout.readline() for _ in range(killed_after)]
        child.send_signal(signal.SIGKILL)
        said += child.stdout.readlines()
    acknowledged = [int(line) for line in said if line.endswith(b"\n")]
    assert child.returncode == -signal.SIGKILL, "it was killed in the middle"
    assert len(acknowledged) >= killed_after

    async def after() -> None:
        async with a_store(tmp_path) as store:
            for number in acknowledged:
                assert (await store.row(task_id(number))).task.id == task_id(number)
                assert len(await store.events(task_id(number))) == 1
                assert await store.idempotent("local", f"key {number}") == (task_id(number), "hash")

    asyncio.run(after())
    assert examine(connect(tmp_path / "callsheet.db")) == []


def test_a_full_disk_accepts_nothing_and_the_writer_goes_on_when_there_is_space(tmp_path: Path) -> None:
    """The limit on this process's file size stands in for the disk: the write fails in the kernel."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    big = {"prompt": "x" * 20_000}

    async def story() -> None:
        async with a_store(tmp_path) as store:
            await store.add_task(a_row(1), [("accepted", {})])
            size = (tmp_path / "callsheet.db-wal").stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 30_000, hard))
            try:
                adding = [store.add_task(a_row(number, input=big)) for number in range(2, 12)]
                answers = await asyncio.gather(*adding, return_exceptions=True)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            refused = {number for number, answer in enumerate(answers, 2) if isinstance(answer, StorageError)}
            assert refused
            assert all(isinstance(answer, StorageError) for answer in answers if isinstance(answer, BaseException))
            for number in refused:
                with pytest.raises(NotFound):
                    await store.row(task_id(number))
            assert (await store.add_task(a_row(50, input=big))).task.input == big
            assert (await store.row(task_id(1))).task.id == task_id(1)

    asyncio.run(story())
    assert examine(connect(tmp_path / "callsheet.db")) == []


def test_a_database_at_its_limit_says_the_disk_is_full(tmp_path: Path) -> None:
    async def story() -> None:
        database = Sqlite(tmp_path / "callsheet.db")
        database._writer.execute("PRAGMA max_page_count=1")  # SQLite's own way to have no more room
        with pytest.raises(StorageError, match=r"disk is full.*nothing was accepted.*Free some space"):
            await database.write([Step("raise_task_counter", {"now": 1}), *_label_steps(2000)])
        await database.write([Step("raise_task_counter", {"now": 1}), *_label_steps(2000)])
        await database.close()

    asyncio.run(story())


def _label_steps(count: int) -> list[Step]:
    return [Step("add_label", {"account": "a", "name": f"label {n}", "value": "x" * 50}) for n in range(count)]


def test_one_callers_mistake_leaves_the_others_of_its_commit_alone(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            adding = [store.add_task(a_row(number % 10)) for number in range(30)]
            answers = await asyncio.gather(*adding, return_exceptions=True)
            assert sum(not isinstance(answer, BaseException) for answer in answers) == 10
            with pytest.raises(KeyError):
                await store._database.write([Step("no such statement")])
            with pytest.raises(sqlite3.ProgrammingError):
                await store._database.write([Step("row", {"wrong": 1})])
            assert (await store.add_task(a_row(77))).seq == 11

    asyncio.run(story())


def test_a_caller_that_gives_up_does_not_stop_the_others(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            leaving = asyncio.ensure_future(store.add_task(a_row(1)))
            await asyncio.sleep(0)
            leaving.cancel()
            assert (await store.add_task(a_row(2))).task.id == task_id(2)

    asyncio.run(story())


def test_closing_commits_what_was_accepted_and_refuses_the_rest(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path) as store:
            adding = [asyncio.ensure_future(store.add_task(a_row(number))) for number in range(100)]
            await asyncio.sleep(0)
            await store.close()
            assert len(await asyncio.gather(*adding)) == 100
            for late in (store.add_task(a_row(200)), store.row(task_id(1))):
                with pytest.raises(StorageError, match="closed"):
                    await late

    asyncio.run(story())


def test_a_file_that_is_no_database_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "callsheet.db"
    path.write_bytes(b"this is a letter, not a database\n" * 500)
    with pytest.raises(SetupError, match=r"callsheet\.db is damaged.*Keep a copy.*callsheet doctor"):
        Sqlite(path)
    assert path.read_bytes().startswith(b"this is a letter"), "it is left as it was"


def test_a_damaged_database_is_refused_at_open(tmp_path: Path) -> None:
    async def fill() -> None:
        async with a_store(tmp_path) as store:
            await asyncio.gather(*[store.add_task(a_row(number)) for number in range(300)])

    asyncio.run(fill())
    path = tmp_path / "callsheet.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(40_000) + whole[48_192:])
    with pytest.raises(SetupError, match="damaged"):
        Sqlite(path)


def test_a_folder_that_cannot_hold_a_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SetupError, match="cannot be opened"):
        Sqlite(tmp_path / "file" / "callsheet.db")


def test_the_schema_is_the_sum_of_its_migrations(tmp_path: Path) -> None:
    def shape(connection: sqlite3.Connection) -> set[tuple[str, str]]:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        return {(row["name"], " ".join(row["sql"].split())) for row in rows if row["name"] != "migration"}

    migrated = open_checked(tmp_path / "migrated.db")
    written = connect(tmp_path / "written.db")
    for statement in statements(resources.files("callsheet.store").joinpath("schema.sql").read_text("utf-8")):
        written.execute(statement)
    assert shape(migrated) == shape(written)
    assert migrated.execute("SELECT * FROM counter").fetchall() == written.execute("SELECT * FROM counter").fetchall()


def test_an_older_database_is_migrated_step_by_step_and_a_failed_step_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "callsheet.db"
    open_checked(path).close()
    now = len(migrations())
    second = (now + 1, "more", "CREATE TABLE more (id TEXT PRIMARY KEY);\nINSERT INTO more (id) VALUES ('a;b');\n")
    broken = (now + 2, "broken", "CREATE TABLE half (id TEXT PRIMARY KEY);\nINSERT INTO nowhere (id) VALUES (1);\n")
    monkeypatch.setattr("callsheet.store.opening.migrations", lambda: [*migrations(), second, broken])
    with pytest.raises(SetupError, match="nowhere"):
        open_checked(path)
    connection = connect(path)
    assert connection.execute("SELECT id FROM more").fetchall() == [{"id": "a;b"}]
    assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchall() == []
    assert connection.execute("SELECT MAX(number) AS latest FROM migration").fetchall() == [{"latest": now + 1}]
    connection.close()
    monkeypatch.undo()
    with pytest.raises(SetupError, match="written by a newer callsheet"):
        open_checked(path)


def test_every_statement_runs_on_sqlite_and_is_used(tmp_path: Path) -> None:
    connection = open_checked(tmp_path / "callsheet.db")
    code = "".join(path.read_text("utf-8") for path in Path(str(resources.files("callsheet"))).rglob("*.py"))
    for name, statement in queries().items():
        connection.execute(f"EXPLAIN {statement}", {word: None for word in _params(statement)})
        assert f'"{name.removesuffix("_oldest")}"' in code or name.startswith("list_by_"), f"{name} is not used"
    with pytest.raises(ValueError, match="twice"):
        parse("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;\n")


def _params(statement: str) -> set[str]:
    return {part.split(")")[0].split(",")[0].split()[0].rstrip(";") for part in statement.split(":")[1:]}


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("list_all", "task_seq"),
        ("list_all_oldest", "task_seq"),
        *((f"list_by_{one}", f"task_{one}") for one in ("state", "model", "capability", "vendor", "door", "stage")),
        *((f"list_by_{one}_oldest", f"task_{one}") for one in ("state", "model", "vendor", "stage")),
        ("due", "task_due"),
        ("next_due", "task_next"),
        ("seq_to", "task_created"),
        ("expired_files", "file_expires"),
        ("files_of_task", "file_task"),
        ("list_files", "file_seq"),
        ("blob_users", "file_sha256"),
        ("keys_of", "api_key_account"),
        ("with_driver", "task_due"),
        ("no_sibling", "task_due"),
        ("limit_key", "task_key"),
        ("ended_before", "task_ended"),
        ("named_between", "file_sha256"),
        ("hold_waiting", "need_name"),
    ],
)
def test_a_statement_walks_its_own_index_and_sorts_nothing(tmp_path: Path, query: str, index: str) -> None:
    connection = open_checked(tmp_path / "callsheet.db")
    statement = queries()[query]
    plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", dict.fromkeys(_params(statement)))
    steps = [row["detail"] for row in plan]
    assert any(f"INDEX {index} " in f"{step} " for step in steps), steps
    assert not any("TEMP B-TREE FOR ORDER BY" in step or step.startswith("SCAN task ") for step in steps[:1]), steps


def test_one_process_owns_a_home_and_the_next_is_told_which(tmp_path: Path) -> None:
    assert owner(tmp_path) is None
    lock = HomeLock(tmp_path)
    lock.acquire()
    program = "import sys; from pathlib import Path; from callsheet.store import HomeLock\n"
    program += (
        "try: HomeLock(Path(sys.argv[1])).acquire()\nexcept Exception as error: print(type(error).__name__, error)"
    )
    asked = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert asked.stdout.startswith("SetupError")
    assert f"process {os.getpid()}" in asked.stdout
    assert "--home" in asked.stdout
    assert owner(tmp_path) == os.getpid()
    lock.release()
    assert owner(tmp_path) is None
    with HomeLock(tmp_path):
        assert owner(tmp_path) == os.getpid()


def test_a_killed_owner_leaves_the_home_free(tmp_path: Path) -> None:
    program = "import sys, time; from pathlib import Path; from callsheet.store import HomeLock\n"
    program += "HomeLock(Path(sys.argv[1])).acquire(); print('mine', flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
    with child, child.stdout:
        assert child.stdout.readline() == b"mine\n"
        assert owner(tmp_path) == child.pid
        child.kill()
        child.wait()
    with HomeLock(tmp_path):
        assert owner(tmp_path) == os.getpid()


def test_the_clock_of_the_store_is_the_callers(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_store(tmp_path, now=NOW + 500) as store:
            await store.add_task(a_row(1))
            held = await store.take(task_id(1), ["submit"], NOW, NOW + 10)
            assert held is not None
            await store.patch(task_id(1), held.fence, {"progress": 0.5}, [("half", {})])
            assert (await store.events(task_id(1)))[0].at == (await store.row(task_id(1))).updated_at == NOW + 500

    asyncio.run(story())
