"""A submit over HTTP, durable before it is answered, beside the least it could cost: an echo and a commit."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sqlite3
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.listing import BEGAN, one
from benchmarks.table import median, show
from benchmarks.wire import PYTHON, Connection, free_port, server
from callsheet.store import Sqlite, Store

WARM, TURNS = 200, 2_000
CLIENTS, PER_CLIENT = 64, 25
TASK = json.dumps(
    {
        "model": "text-to-video",
        "input": {
            "prompt": "a lighthouse on a cliff at dusk, light rain",
            "duration": 5,
            "resolution": "720p",
            "seed": 7,
        },
        "metadata": {"shot": "12a"},
    }
).encode()


def main() -> None:
    """One table. The worker is off: what is measured is taking tasks in, not rendering them."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        submit_port, echo_port = free_port(), free_port()
        callsheet = [PYTHON, "-m", "callsheet", "serve", "--port", str(submit_port), "--home", str(home)]
        alone = {**os.environ, "CALLSHEET_SERVER__WORKER": "false"}
        with (
            server(callsheet, submit_port, alone),
            server([PYTHON, "-m", "benchmarks.echo", str(echo_port)], echo_port),
        ):
            asyncio.run(_measure(submit_port, echo_port, Path(folder) / "commit.db"))


async def _measure(submit_port: int, echo_port: int, database: Path) -> None:
    submit = await Connection(submit_port, "/v1/tasks", TASK).open()
    echo = await Connection(echo_port, "/", TASK).open()
    commits, keeping = _Commits(database), _Keeping(database.with_name("store.db"))
    taken: dict[str, list[float]] = {"submit": [], "echo": [], "commit": [], "store": []}
    for turn in range(WARM + TURNS):
        took = {"echo": await echo.ask(), "commit": commits.one()}
        took |= {"store": await keeping.one(), "submit": await submit.ask()}
        if turn >= WARM:
            for name, seconds in took.items():
                taken[name].append(seconds)
    await keeping.store.close()
    rates = {name: await _together(port, path) for name, port, path in _targets(submit_port, echo_port)}
    _print({name: median(times) * 1000 for name, times in taken.items()}, rates)


def _targets(submit_port: int, echo_port: int) -> list[tuple[str, int, str]]:
    return [("submit", submit_port, "/v1/tasks"), ("echo", echo_port, "/")]


def _print(taken: dict[str, float], rates: dict[str, float]) -> None:
    least = taken["echo"] + taken["commit"]
    rows = [
        ["bare echo on the same server", f"{taken['echo']:.2f}", "", f"{rates['echo']:,.0f}"],
        ["one durable SQLite commit", f"{taken['commit']:.2f}", "", ""],
        ["echo and commit", f"{least:.2f}", "1", ""],
        ["the store's own write of a task", f"{taken['store']:.2f}", "", ""],
        ["submit", f"{taken['submit']:.2f}", f"{taken['submit'] / least:.2f}", f"{rates['submit']:,.0f}"],
    ]
    title = f"Submit over HTTP: p50 of {TURNS:,}, all four in turn; then {CLIENTS} clients at once"
    show(title, ["", "p50, ms", "ratio", f"{CLIENTS} clients, per second"], rows)


class _Commits:
    """Commits of one row as long as a task, each on the disk before the next."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE task (id INTEGER PRIMARY KEY, body BLOB)")

    def one(self) -> float:
        began = time.perf_counter()
        self._connection.execute("INSERT INTO task (body) VALUES (?)", (TASK,))
        return time.perf_counter() - began


class _Keeping:
    """Tasks written through the store alone, with the events and labels of a submit."""

    def __init__(self, path: Path) -> None:
        self.store = Store(Sqlite(path), lambda: BEGAN)
        self._ids = itertools.count(1)

    async def one(self) -> float:
        row = one(f"task_{next(self._ids):026d}")
        row = replace(row, task=replace(row.task, metadata={"shot": "12a"}))
        events = [("created", {"model": row.task.model}), ("routed", {"stage": row.task.stage})]
        began = time.perf_counter()
        await self.store.add_task(row, events)
        return time.perf_counter() - began


async def _together(port: int, path: str) -> float:
    """Answers per second with all clients asking at once; the median of five rounds."""
    clients = [await Connection(port, path, TASK).open() for _ in range(CLIENTS)]

    async def ask(client: Connection) -> None:
        for _ in range(PER_CLIENT):
            await client.ask()

    rates: list[float] = []
    for _ in range(5):
        began = time.perf_counter()
        await asyncio.gather(*(ask(client) for client in clients))
        rates.append(CLIENTS * PER_CLIENT / (time.perf_counter() - began))
    for client in clients:
        await client.close()
    return median(rates)
