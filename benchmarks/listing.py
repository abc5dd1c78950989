"""Lists with filters over 10,000 and 1,000,000 tasks, on the first page and on page 1,000: the cost should be flat."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from pathlib import Path

from benchmarks.table import median, show
from callsheet.store import Row, Sqlite, Store
from callsheet.tasks import Filter, State, Task

SIZES = (10_000, 1_000_000)
PAGE, DEEP = 5, 1_000
ROUNDS = 201
BEGAN = 1_760_000_000_000
"""When the first task was made; each is one second younger than the one before."""

QUESTIONS = {
    "all": Filter(),
    "all, oldest first": Filter(oldest=True),
    "state": Filter(state=(State.SUCCEEDED,)),
    "two states": Filter(state=(State.SUCCEEDED, State.FAILED)),
    "model, state": Filter(model="vidu/viduq3-pro/img2video", state=(State.SUCCEEDED,)),
    "vendor, capability": Filter(vendor="vidu", capability="image-to-video"),
    "the same, oldest first": Filter(vendor="vidu", capability="image-to-video", oldest=True),
    "metadata": Filter(metadata={"project": "noir"}),
    "created from": Filter(created_from=BEGAN + 1_000_000),
}

FILL = """
WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO task ({columns}) SELECT {values} FROM n, task AS first WHERE first.seq = 1
"""
VARIED = {
    "id": "printf('task_%026d', i)",
    "seq": "i",
    "created_at": "first.created_at + 1000 * i",
    "state": "CASE WHEN i % 20 = 0 THEN 'failed' ELSE 'succeeded' END",
    "model": "CASE WHEN i % 5 < 3 THEN 'vidu/viduq3-pro/img2video' ELSE 'mediaio/tomoviee-i2v' END",
    "vendor": "CASE WHEN i % 5 < 3 THEN 'vidu' ELSE 'mediaio' END",
}
LABELS = """
INSERT INTO label (account, name, value, seq)
SELECT account, 'project', CASE WHEN seq % 3 < 2 THEN 'noir' ELSE 'pilot' END, seq FROM task
"""
FILES = """
INSERT INTO file
SELECT 'file_' || substr(id, 6), seq, account, 'sum' || seq, 2400000, 'video/mp4', 'take.mp4', created_at, NULL, id, 0,
  1280, 720, 5.0, 24.0, '{}' FROM task
"""


def main() -> None:
    """One table; both databases are asked in turn."""
    asyncio.run(_measure())


async def _measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stores = [await _filled(Path(folder) / f"{size}.db", size) for size in SIZES]
        rows = [row for name, asked in QUESTIONS.items() for row in await _compared(stores, name, asked)]
        for store in stores:
            await store.close()
    heads = ["filter", "page", *(f"{size:,} tasks, ms" for size in SIZES), "ratio"]
    show(f"List {PAGE} tasks: median of {ROUNDS} rounds", heads, rows)


async def _compared(stores: list[Store], name: str, asked: Filter) -> list[list[str]]:
    """A row for the first page and one for the deep page, each with both sizes."""
    cursors = [await _deep(store, asked) for store in stores]
    rows: list[list[str]] = []
    for page, marks in (("1", [None] * len(stores)), (f"{DEEP:,}", cursors)):
        taken: list[list[float]] = [[] for _ in stores]
        for _ in range(ROUNDS):
            for store, cursor, times in zip(stores, marks, taken, strict=True):
                began = time.perf_counter()
                found = await store.list_tasks("local", asked, PAGE, cursor)
                times.append((time.perf_counter() - began) * 1000)
                assert len(found.tasks) == PAGE
        few, many = (median(times) for times in taken)
        rows.append([name, page, f"{few:.2f}", f"{many:.2f}", f"{many / few:.2f}"])
    return rows


async def _deep(store: Store, asked: Filter) -> str | None:
    """The cursor of page DEEP, found as a caller finds it: page by page."""
    cursor = None
    for _ in range(DEEP - 1):
        cursor = (await store.list_tasks("local", asked, PAGE, cursor)).next
    return cursor


async def _filled(path: Path, size: int) -> Store:
    """The first task through the store, the others copied from it in SQL."""
    store = Store(Sqlite(path), lambda: BEGAN)
    await store.add_task(one("task_" + "0" * 26))
    connection = sqlite3.connect(path)
    columns = [column[1] for column in connection.execute("PRAGMA table_info(task)")]
    values = [VARIED.get(column, f"first.{column}") for column in columns]
    with connection:
        connection.execute(FILL.format(columns=", ".join(columns), values=", ".join(values)), {"count": size})
        connection.execute(LABELS)
        connection.execute(FILES)
        connection.execute("UPDATE counter SET value = ?", (size,))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return store


def one(id: str) -> Row:
    """A finished task as the engine would keep it."""
    asked = {"prompt": "a lighthouse on a cliff at dusk, light rain, slow push in", "duration": 5, "seed": 7}
    model = "vidu/viduq3-pro/img2video"
    task = Task(
        id=id,
        account="local",
        model=model,
        capability="image-to-video",
        stage="previz",
        state=State.SUCCEEDED,
        progress=1.0,
        input=asked,
        created_at=BEGAN,
        started_at=BEGAN,
        ended_at=BEGAN,
    )
    return Row(task, vendor="vidu", phase="done", lane="render:previz", due=BEGAN, run_model=model, run_input=asked)
