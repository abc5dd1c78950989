"""What the tests of takes share: real takes on previz made once, a vendor that is the twin, a board of many rows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from callsheet.app.ground import DATABASE
from callsheet.client import Client, Task
from callsheet.settings import load
from callsheet.store import Store, sqlite
from callsheet.store.opening import connect
from callsheet.tasks import State
from callsheet.twin import Twin
from store_fixtures import NOW, a_row
from studio.studio_fixtures import PATIENCE

MANY = 100_000
SMALL = {"duration": 1, "resolution": "360p", "fps": 24}
MODEL = "vidu/viduq3-pro/text2video"


@pytest.fixture(scope="session")
def made(studio: Any) -> dict[str, Task]:
    """Takes of every kind, made on previz before a test looks at them."""
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "clip": ("text-to-video", {"prompt": "a lighthouse at night", "seed": 1, **SMALL}),
        "other": ("text-to-video", {"prompt": "a lighthouse at noon", "seed": 2, **SMALL}),
        "pictures": ("text-to-image", {"prompt": "a red door", "resolution": "360p", "count": 2}),
        "soft": ("music", {"prompt": "calm piano", "duration": 3, "seed": 1}),
        "loud": ("music", {"prompt": "loud rock with drums", "duration": 3, "seed": 2}),
        "chart": ("flowchart", {"prompt": "Start; if dark then add lamp otherwise shoot; end"}),
    }
    with Client(studio.url) as client:
        tasks = {name: client.submit(model, input, metadata={"scene": name}) for name, (model, input) in asked.items()}
        return {name: client.wait(task, timeout=120) for name, task in tasks.items()}


def until(page: Page, expression: str) -> None:
    """Wait until this holds on the page, whose own rules forbid it to be looked at by `wait_for_function`."""
    page.evaluate(
        f"""async () => {{
          const end = performance.now() + {PATIENCE};
          while (!({expression})) {{
            if (performance.now() > end) throw new Error({json.dumps(expression)});
            await new Promise((done) => setTimeout(done, 30));
          }}
        }}"""
    )


@contextmanager
def with_twin(folder: Path, serve_home: Callable[..., AbstractContextManager[Any]]) -> Iterator[tuple[Any, Twin]]:
    """A served home whose Vidu is the twin, quick to end."""
    with Twin({"takes": {"queued": 0, "running": 0.2, "spread": 0}}, seed=1, vendor="vidu") as twin:
        access = {"vidu": {"key": "key-of-vidu-very-secret", "base_url": twin.base("vidu")}}
        prices = {"vidu/*": {"credits": 4, "per": "second"}}
        named = {"VENDORS": json.dumps(access), "LEDGER__PRICES": json.dumps(prices), "FETCH__ALLOW": "127.0.0.1"}
        settings = load(folder, environ={f"CALLSHEET_{name}": value for name, value in named.items()})
        with serve_home(settings) as running:
            yield running, twin


async def _first(home: Path) -> None:
    store = Store(sqlite.Sqlite(home / DATABASE), lambda: NOW)
    await store.add_task(a_row(1, state=State.SUCCEEDED, phase="done", stage="previz"))
    await store.close()


def fill(home: Path) -> None:
    """MANY ended tasks: one that the store wrote, and then its like, row by row, as the store would have them."""
    home.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1) as apart:  # a browser's loop runs in this thread
        apart.submit(asyncio.run, _first(home)).result()
    connection = connect(home / DATABASE)
    names = [row["name"] for row in connection.execute("SELECT name FROM pragma_table_info('task')")]
    said = "printf('shot %d of the %s', n, CASE WHEN n % 1000 = 0 THEN 'lighthouse' ELSE 'harbour' END)"
    fresh = {
        "id": "printf('task_%026d', n)",
        "seq": "n",
        "created_at": f"{NOW} + n * 1000",
        "started_at": f"{NOW} + n * 1000 + 10",
        "ended_at": f"{NOW} + n * 1000 + 2000 + n % 700",
        "state": "CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'succeeded' END",
        "input": f"json_object('prompt', {said})",
    }
    columns = ", ".join(fresh.get(name, name) for name in names)
    numbers = f"WITH RECURSIVE many (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM many WHERE n < {MANY})"
    connection.execute("BEGIN")
    connection.execute(
        f"{numbers} INSERT INTO task ({', '.join(names)}) SELECT {columns} FROM many, task WHERE seq = 1"
    )
    connection.execute(f"{numbers} INSERT INTO said (account, seq, text) SELECT 'local', n, {said} FROM many")
    connection.execute("UPDATE counter SET value = ?, latest = ? WHERE name = 'task'", (MANY, NOW + MANY * 1000))
    connection.execute("COMMIT")
    connection.close()
