"""What the store's tests share: a task nobody touched, a store on a real file, and a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from callsheet.store import Database, Row, Sqlite, Store
from callsheet.store.postgres import Postgres, opened
from callsheet.tasks import File, State, Task

NOW = 1_700_000_000_000


def task_id(number: int) -> str:
    return f"task_{number:026d}"


def a_row(number: int, *, account: str = "local", at: int | None = None, **parts: Any) -> Row:
    """A queued task of previz, due at once; `parts` overrule fields of the Row, or of its Task."""
    row_parts = {name: parts.pop(name) for name in list(parts) if name in Row.__slots__}
    task = Task(
        **{
            "id": task_id(number),
            "account": account,
            "model": "previz/image-to-video",
            "capability": "image-to-video",
            "stage": "previz",
            "state": State.QUEUED,
            "progress": 0.0,
            "input": {"prompt": "a lantern, 灯笼"},
            "created_at": NOW + number if at is None else at,
            **parts,
        }
    )
    given = {"vendor": "previz", "phase": "submit", "lane": "render:previz", "due": NOW, **row_parts}
    return Row(task=task, run_model=task.model, run_input=task.input, **given)


def a_file(number: int, *, account: str = "local", **parts: Any) -> File:
    return File(
        **{
            "id": f"file_{number:026d}",
            "account": account,
            "sha256": f"{number:064x}",
            "bytes": 10 + number,
            "content_type": "video/mp4",
            "name": f"clip {number}.mp4",
            "created_at": NOW + number,
            **parts,
        }
    )


on_postgres: str | None = None
"""The database that the stores of a test are opened on, where the fixture `both_databases` says so; else a file."""


async def a_database(path: Path) -> Database:
    return Sqlite(path) if on_postgres is None else Postgres(await opened(on_postgres, 4))


@asynccontextmanager
async def a_store(folder: Path, now: int = NOW) -> AsyncIterator[Store]:
    store = Store(await a_database(folder / "callsheet.db"), lambda: now)
    try:
        yield store
    finally:
        await store.close()
