"""Webhooks to 1,000 receivers of which 100 hang: what the others notice, beside the same with all in good health."""

from __future__ import annotations

import asyncio
import dataclasses
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.listing import one
from benchmarks.table import median, show
from callsheet.engine.delivery import Courier
from callsheet.engine.news import News
from callsheet.engine.teller import QUICK, SLOW, Teller
from callsheet.fetch import Guard
from callsheet.settings.shape import Webhooks
from callsheet.store import Row, Sqlite, Store
from callsheet.tasks import ENDS, State, Task

RECEIVERS, HANGING, RATE, ROUNDS = 1_000, 100, 60, 3
"""`RATE` is how many tasks end in a second: well below what two busy cores can tell, so that a wait is the teller's."""

SECRET = "whsec_" + "A" * 43 + "="
TIMEOUT = 15.0


def main() -> None:
    """One table. The receivers live in a process of their own, each at its own port."""
    with _receivers(RECEIVERS) as ports:
        asyncio.run(_measure(ports))


async def _measure(ports: Sequence[int]) -> None:
    taken: dict[int, list[_Run]] = {0: [], HANGING: []}
    for number in range(ROUNDS + 1):  # the first round is not counted
        for sick, runs in taken.items():
            found = await _round(ports, sick)
            if number:
                runs.append(found)
    rows = [_row("all in good health", taken[0], taken[0]), _row(f"{HANGING} of them hang", taken[HANGING], taken[0])]
    title = f"{RATE} messages a second to {RECEIVERS:,} receivers: how long those in good health wait, {ROUNDS} rounds"
    heads = ["", "p50, ms", "ratio", "p99, ms", "ratio", "slowest, ms", "most on their way", "more memory, MB"]
    show(title, heads, rows)


@dataclass(frozen=True, slots=True)
class _Run:
    """Milliseconds from the end of a task to the delivery of its message, in good health; what telling took."""

    waits: Sequence[float]
    flying: int
    memory: float


def _row(name: str, runs: Sequence[_Run], plain: Sequence[_Run]) -> list[str]:
    found = [name]
    for share in (0.5, 0.99):
        wait, usual = (median([_share(one.waits, share) for one in some]) for some in (runs, plain))
        found += [f"{wait:.0f}", f"{wait / usual:.2f}"]
    slowest, memory = median([max(one.waits) for one in runs]), max(one.memory for one in runs)
    return [*found, f"{slowest:.0f}", f"{max(one.flying for one in runs)}", f"{memory:.0f}"]


def _share(values: Sequence[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


async def _round(ports: Sequence[int], sick: int) -> _Run:
    """One task for each receiver; they end one after another, in no order that would spare anyone."""
    order = random.Random(sick).sample(range(len(ports)), len(ports))
    hanging = set(order[:: len(ports) // sick]) if sick else set[int]()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Sqlite(Path(folder) / "a.db"), _clock)
        rows = {
            n: await _running(store, n, f"http://127.0.0.1:{ports[n]}/{'hang' if n in hanging else 'fine'}")
            for n in order
        }
        before, flying = _memory(), 0
        heard = _Heard({_id(n) for n in order if n not in hanging})
        async with _telling(store, heard) as teller:
            began = time.monotonic()
            for turn, number in enumerate(order):
                await asyncio.sleep(began + turn / RATE - time.monotonic())
                await store.patch(_id(number), rows[number].fence, _ENDED, [("succeeded", {})])
                teller.wake()
                flying = max(flying, teller.flying)
            while heard.missing:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            memory = _memory() - before
            waits = await _waits(store)
        await store.close()
    return _Run(waits, flying, memory)


_ENDED = {"state": State.SUCCEEDED, "phase": "done", "lane": ""}


async def _running(store: Store, number: int, url: str) -> Row:
    row = one(_id(number))
    task = dataclasses.replace(row.task, webhook=url, webhook_events=ENDS, state=State.RUNNING, ended_at=None)
    await store.add_task(dataclasses.replace(row, task=task, phase="poll", lane="poll:x", due=0))
    held = await store.take(task.id, ["poll"], 1, 2**50)
    assert held is not None
    return held


async def _waits(store: Store) -> list[float]:
    page, _ = await store.messages("local", None, "delivered", 1000)
    return [one.settled_at - one.created_at for one in page if one.settled_at is not None]


def _clock() -> int:
    return time.time_ns() // 1_000_000


class _Heard(News):
    """Rung at every try: the tasks whose receivers are in good health and have not had theirs."""

    def __init__(self, missing: set[str]) -> None:
        super().__init__()
        self.missing = missing

    def ring(self, task_id: str) -> None:
        self.missing.discard(task_id)


def _id(number: int) -> str:
    return f"task_{number:026d}"


@asynccontextmanager
async def _telling(store: Store, heard: News) -> AsyncIterator[Teller]:
    guard, rules = Guard(frozenset({"127.0.0.1"})), Webhooks(timeout=TIMEOUT)  # pyright: ignore[reportCallIssue]
    client = guard.client(connections=QUICK + SLOW, timeout=None)

    async def secrets(account: str) -> tuple[str, ...]:
        return (SECRET,)

    parts = {"store": store, "client": client, "secrets": secrets, "body": _body, "clock": _clock}
    courier = Courier(**parts, dialects={}, rules=rules, around=lambda task, step: nullcontext())
    teller = Teller(store=store, courier=courier, news=heard, clock=_clock, rules=rules, chance=lambda: 0.5)
    await teller.start()
    try:
        yield teller
    finally:
        await teller.stop(0)
        await client.aclose()


def _body(task: Task) -> bytes:
    return b'{"id": "%s", "state": "%s"}' % (task.id.encode(), task.state.encode())


def _memory() -> float:
    """Resident megabytes of this process, now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


class _receivers:
    """A thousand ports in another process: `/fine` is answered at once, `/hang` never."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __enter__(self) -> list[int]:
        ours, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(self._count, theirs), daemon=True
        )
        self._process.start()
        return ours.recv()

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.join()


def _serve(count: int, tell: Connection) -> None:
    asyncio.run(_serve_all(count, tell))


async def _serve_all(count: int, tell: Connection) -> None:
    servers = [await asyncio.start_server(_answer, "127.0.0.1", 0) for _ in range(count)]
    tell.send([server.sockets[0].getsockname()[1] for server in servers])
    await asyncio.Event().wait()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"POST /hang"):
        await reader.read()
    else:
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
    writer.close()
