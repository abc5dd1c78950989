"""A submit over HTTP, durable before it is answered, beside the least it could cost: an echo and a commit."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from benchmarks.fleet import postgres
from benchmarks.listing import BEGAN, one
from benchmarks.table import median, show
from benchmarks.wire import PYTHON, Connection, free_port, server
from callsheet.store import Sqlite, Store
from callsheet.store.postgres import Postgres, opened

WARM, TURNS = 200, 2_000
CLIENTS, PER_CLIENT, ROUNDS = 64, 25, 5
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

Act = Callable[[], Awaitable[float]]
"""Does it once; answers how many seconds it took."""


def main() -> None:
    """One table. The worker is off: what is measured is taking tasks in, not rendering them."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url, echo = stack.enter_context(postgres()), free_port()
        stack.enter_context(server([PYTHON, "-m", "benchmarks.echo", str(echo)], echo))
        ports: dict[str, int] = {}
        for name, database in {"SQLite": {}, "PostgreSQL": {"CALLSHEET_DATABASE": url}}.items():
            ports[name] = port = free_port()
            command = [PYTHON, "-m", "callsheet", "serve", "--port", str(port), "--home", str(Path(folder) / name)]
            environ = {**os.environ, "CALLSHEET_SERVER__WORKER": "false", **database}
            stack.enter_context(server(command, port, environ, within=120))
        asyncio.run(_measure(Path(folder), url, echo, ports))


@dataclass(frozen=True, slots=True)
class _Floor:
    """What cannot be saved on a database: a commit of one row; and what its store takes to keep a task."""

    commit: Act
    store: Act


async def _measure(folder: Path, url: str, echo: int, ports: dict[str, int]) -> None:
    async with AsyncExitStack() as stack:
        floors = {
            "SQLite": await stack.enter_async_context(_lite(folder)),
            "PostgreSQL": await stack.enter_async_context(_server(url)),
        }
        doors = {name: await Connection(port, "/v1/tasks", TASK).open() for name, port in ports.items()}
        acts: dict[str, Act] = {"echo": (await Connection(echo, "/", TASK).open()).ask}
        for name, floor in floors.items():
            acts |= {f"{name} commit": floor.commit, f"{name} store": floor.store, f"{name} submit": doors[name].ask}
        taken: dict[str, list[float]] = {name: [] for name in acts}
        for turn in range(WARM + TURNS):
            for name, act in acts.items():
                took = await act()
                if turn >= WARM:
                    taken[name].append(took)
    rates = await _rates({"echo": (echo, "/"), **{name: (port, "/v1/tasks") for name, port in ports.items()}})
    _print({name: median(times) * 1000 for name, times in taken.items()}, rates)


def _print(taken: dict[str, float], rates: dict[str, float]) -> None:
    rows = [["", "bare echo on the same server", f"{taken['echo']:.2f}", "", f"{rates['echo']:,.0f}"]]
    for name in ("SQLite", "PostgreSQL"):
        commit, store, submit = (taken[f"{name} {what}"] for what in ("commit", "store", "submit"))
        least = taken["echo"] + commit
        rows += [
            [name, "one durable commit", f"{commit:.2f}", "", ""],
            [name, "echo and commit", f"{least:.2f}", "1", ""],
            [name, "the store's own write of a task", f"{store:.2f}", "", ""],
            [name, "submit", f"{submit:.2f}", f"{submit / least:.2f}", f"{rates[name]:,.0f}"],
        ]
    title = f"Submit over HTTP: p50 of {TURNS:,}, all in turn; then {CLIENTS} clients at once, {ROUNDS} rounds in turn"
    show(title, ["database", "", "one client: p50, ms", "ratio", f"{CLIENTS} clients, per second"], rows)


@asynccontextmanager
async def _lite(folder: Path) -> AsyncGenerator[_Floor]:
    """Two files beside that of the server. A row is as long as a task, and on the disk before the next."""
    connection = sqlite3.connect(folder / "commit.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE floor (id INTEGER PRIMARY KEY, body BLOB)")

    async def commit() -> float:
        began = time.perf_counter()
        connection.execute("INSERT INTO floor (body) VALUES (?)", (TASK,))
        return time.perf_counter() - began

    store = Store(Sqlite(folder / "store.db"), lambda: BEGAN)
    try:
        yield _Floor(commit, _keeping(store))
    finally:
        await store.close()
        connection.close()


@asynccontextmanager
async def _server(url: str) -> AsyncGenerator[_Floor]:
    """The same server and database as our own, over connections of its own."""
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE floor (id BIGSERIAL PRIMARY KEY, body BYTEA)")
    insert = await connection.prepare("INSERT INTO floor (body) VALUES ($1)")

    async def commit() -> float:
        began = time.perf_counter()
        await insert.fetch(TASK)
        return time.perf_counter() - began

    store = Store(Postgres(await opened(url, 1)), lambda: BEGAN)
    try:
        yield _Floor(commit, _keeping(store))
    finally:
        await store.close()
        await connection.close()


def _keeping(store: Store) -> Act:
    """Tasks written through the store alone, with the events and labels of a submit."""
    ids = itertools.count(1)

    async def keep() -> float:
        row = one(f"task_{next(ids):026d}")
        row = replace(row, task=replace(row.task, metadata={"shot": "12a"}))
        events = [("created", {"model": row.task.model}), ("routed", {"stage": row.task.stage})]
        began = time.perf_counter()
        await store.add_task(row, events)
        return time.perf_counter() - began

    return keep


async def _rates(doors: dict[str, tuple[int, str]]) -> dict[str, float]:
    """Answers per second with all clients asking at once; the median of the rounds, in which all take turns."""
    found: dict[str, list[float]] = {name: [] for name in doors}
    for number in range(ROUNDS + 1):  # the first round is not counted
        for name, (port, path) in doors.items():
            rate = await _together(port, path)
            if number:
                found[name].append(rate)
    return {name: median(rates) for name, rates in found.items()}


async def _together(port: int, path: str) -> float:
    clients = [await Connection(port, path, TASK).open() for _ in range(CLIENTS)]

    async def ask(client: Connection) -> None:
        for _ in range(PER_CLIENT):
            await client.ask()

    began = time.perf_counter()
    await asyncio.gather(*(ask(client) for client in clients))
    took = time.perf_counter() - began
    for client in clients:
        await client.close()
    return CLIENTS * PER_CLIENT / took
