"""Watching: how late an end is seen for how many questions, what polling costs here, and how a process comes back."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import heapq
import math
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.listing import one
from benchmarks.table import show
from callsheet import catalog
from callsheet.app.house import now as clock
from callsheet.app.serving import settled
from callsheet.contract import Call, Order
from callsheet.engine.engine import Engine
from callsheet.engine.keyring import Keyring
from callsheet.engine.library import Library
from callsheet.engine.outlook import outlook
from callsheet.engine.pace import Watch, next_look
from callsheet.engine.parts import Given
from callsheet.fetch import Guard
from callsheet.files import Folder
from callsheet.settings import load
from callsheet.signing import open_seal
from callsheet.store import Row, Sqlite, Store
from callsheet.store.durations import KEEP, bucket_of
from callsheet.tasks import State, Task, Update

FLYING = (100, 1_000, 10_000)
MODELS = {"images, 12 s": (12, 0.2), "clips, 60 s": (60, 0.15), "clips, 90 s": (90, 0.2), "films, 240 s": (240, 0.25)}
"""By name, the median and the spread (sigma of a lognormal) of how long a vendor takes."""

POLLED, TIMES, PAUSE = 5_000, 3, 1.0
WAITING = 10_000


def main() -> None:
    """Three tables."""
    _delays()
    asyncio.run(_polling())
    asyncio.run(_coming_back())


def _delays() -> None:
    """With a virtual clock, by the functions that the engine schedules with."""
    rows: list[list[str]] = []
    for flying in FLYING:
        for name, (median, spread) in MODELS.items():
            draw = _drawn(median, spread)
            late, calls = _watched(flying, draw)
            found = [f"{flying:,}", name, f"{late:.2f}", f"{calls:.1f}"]
            for every in (10, 15):
                slow, asked = _watched(flying, draw, every)
                found += [f"{slow:.2f}", f"{asked:.1f}", f"{slow / late:.1f}"]
            rows.append(found)
    heads = [
        "in flight",
        "model",
        "delay, s",
        "calls",
        "every 10 s: delay",
        "calls",
        "times",
        "every 15 s: delay",
        "calls",
    ]
    show("How late the end of a task is seen, and questions per finished task", [*heads, "times"], rows)


def _drawn(median: float, spread: float) -> Callable[[random.Random], float]:
    return lambda chance: chance.lognormvariate(math.log(median), spread) * 1000


def _watched(flying: int, draw: Callable[[random.Random], float], every: float | None = None) -> tuple[float, float]:
    """So many tasks are always in flight, once the first of them have ended: mean delay (s) and calls per task."""
    chance, finished, counted = random.Random(5), 0, 0
    warm, wanted = flying + 500, 2 * flying + 2_500
    history: dict[int, float] = {}
    watch, late, calls = Watch(), 0.0, 0
    due = [_Asked(chance.random() * draw(chance), 0.0, draw(chance)) for _ in range(flying)]
    heapq.heapify(due)
    while finished < wanted:
        task = heapq.heappop(due)
        if task.at - task.began < task.takes:
            age = round(task.at - task.began)
            pause = every * 1000 if every else next_look(age, None, watch, chance.random)
            heapq.heappush(due, _Asked(task.at + pause, task.began, task.takes, task.at, task.asked + 1))
            continue
        finished += 1
        if finished > warm:  # those of the beginning were met in mid-run, and nothing was known of them
            counted, late, calls = counted + 1, late + task.at - task.began - task.takes, calls + task.asked
        took = task.before + (task.at - task.before) * chance.random() - task.began
        history = {bucket: weight * KEEP for bucket, weight in history.items() if weight > 0.01}
        history[bucket_of(took)] = history.get(bucket_of(took), 0) + 1
        if finished % 10 == 0 or finished < 20:
            watch = Watch(outlook=outlook(history))
        pause = every * 1000 if every else next_look(0, None, watch, chance.random)
        heapq.heappush(due, _Asked(task.at + pause, task.at, draw(chance), task.at))
    return late / counted / 1000, calls / counted


@dataclass(frozen=True, slots=True, order=True)
class _Asked:
    """When a task is asked for next, since when its vendor has it, how long it takes, when it was asked for before."""

    at: float
    began: float
    takes: float
    before: float = 0.0
    asked: int = 1


class _Stage:
    """A vendor that answers at once that it goes on."""

    local = False
    slots = 1_000_000

    def __init__(self, again: float) -> None:
        self.notify: Callable[[str], None] = lambda remote: None
        self.polls: dict[str, int] = {}
        self.asked = 0
        self.enough = asyncio.Event()
        self.wanted = 0
        self._again = again

    async def submit(self, order: Order) -> Update:
        raise AssertionError

    async def poll(self, order: Order, remote: str) -> Update:
        self.asked += 1
        self.polls[remote] = self.polls.get(remote, 0) + 1
        if self.asked >= self.wanted:
            self.enough.set()
        return Update(State.RUNNING, remote=remote, again=self._again)

    async def cancel(self, order: Order, remote: str) -> Update:
        raise AssertionError

    def genuine(self, call: Call) -> bool:
        return True

    async def close(self) -> None:
        """Nothing to let go of."""


async def _polling() -> None:
    """Rows that are each asked for three times, a second apart, all due at the same moment."""
    with tempfile.TemporaryDirectory() as folder:
        stage = _Stage(PAUSE)
        stage.wanted = POLLED * TIMES
        async with _engine(Path(folder), stage, POLLED, clock() + 6_000_000) as engine:
            _due_now(Path(folder))
            cpu, began = time.process_time(), time.monotonic()
            engine.wake()
            await stage.enough.wait()
            took, burnt = time.monotonic() - began, time.process_time() - cpu
    ideal = (TIMES - 1) * PAUSE
    rows = [
        [f"{POLLED:,}", f"{TIMES}", f"{took:.2f}", f"{ideal:.2f}", f"{took / ideal:.2f}", f"{stage.asked / took:,.0f}"]
    ]
    rows[0].append(f"{burnt / stage.asked * 1e6:,.0f}")
    heads = ["tasks", "times", "took, s", "ideal, s", "ratio", "questions per second", "CPU per question, µs"]
    show(f"Tasks polled {TIMES} times at {PAUSE:g} s, each answer durable", heads, rows)


async def _coming_back() -> None:
    """Memory of tasks that wait, and a start with all of them overdue."""
    with tempfile.TemporaryDirectory() as folder:
        stage = _Stage(3600)
        async with _engine(Path(folder), stage, 0, 0) as engine:
            gc.collect()
            bare = _memory()
            del engine
        async with _engine(Path(folder), stage, WAITING, clock() + 6_000_000):
            gc.collect()
            waiting = _memory() - bare
        _due_now(Path(folder))
        again = _Stage(3600)
        again.wanted = WAITING
        began = time.monotonic()
        async with _engine(Path(folder), again, 0, 0):
            await again.enough.wait()
            took = time.monotonic() - began
    rows = [[f"{WAITING:,}", f"{waiting / WAITING * 1024:.2f}", f"{took:.2f}"]]
    show("Tasks at a vendor", ["tasks", "KB each while they wait", "all asked for after a restart, s"], rows)


def _memory() -> float:
    """Megabytes that this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


@asynccontextmanager
async def _engine(folder: Path, stage: _Stage, tasks: int, due: int) -> AsyncGenerator[Engine]:
    """An engine whose only vendor is the stage, which has this many tasks, due then."""
    settings = load(folder, {"vendors.vidu.calls": 1e9}, environ={})
    seal, store = open_seal(folder), Store(Sqlite(folder / "a.db"), clock)
    for first in range(0, tasks, 1000):
        await asyncio.gather(*[store.add_task(_row(number, due)) for number in range(first, min(first + 1000, tasks))])
    engine = Engine(
        Given(
            store=store,
            library=Library(store, Folder(folder / "files"), seal.derive("links"), clock),
            keyring=Keyring(store, seal, clock, None),
            catalog=catalog.load(),
            drivers={"vidu": stage},
            guard=Guard(frozenset()),
            settings=settings,
            clock=clock,
            body=_body,
        )
    )
    try:
        await engine.start()
        with settled():
            await asyncio.sleep(0.5)
            yield engine
    finally:
        await engine.stop(0)
        await store.close()


def _body(task: Task) -> bytes:
    return b""


def _row(number: int, due: int) -> Row:
    plain = one(f"task_{number:026d}")
    task = dataclasses.replace(
        plain.task, state=State.RUNNING, ended_at=None, progress=0.0, stage="vidu/viduq3-pro/img2video"
    )
    more = {"phase": "poll", "lane": "poll:vidu", "due": due, "remote": f"r{number}", "sent_at": clock()}
    return dataclasses.replace(plain, task=task, **more)


def _due_now(folder: Path) -> None:
    with sqlite3.connect(folder / "a.db", timeout=30) as connection:
        connection.execute("UPDATE task SET due = ?, taken = 0", (clock(),))
    connection.close()
