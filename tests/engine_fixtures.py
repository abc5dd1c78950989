"""What the engine's tests share: a vendor that answers as scripted, a home, a clock, an engine on it all."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import json
import shutil
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from callsheet.app.ground import Ground, ground
from callsheet.app.masking import masking
from callsheet.catalog import Catalog
from callsheet.catalog.load import VENDORS
from callsheet.contract import Driver, Order
from callsheet.engine import Engine, Given, Keyring, Library, Rules
from callsheet.fetch import Guard
from callsheet.files import Folder
from callsheet.settings import Settings, load
from callsheet.signing import open_seal
from callsheet.store import Store
from callsheet.tasks import Artifact, Event, Failure, NewTask, State, Task, Update
from engine_facts import BELL, LOFT, STUDIO, VAULT
from engine_looks import Looks

NOW = 1_795_255_200_000
WITHIN = 60.0
"""Seconds after which what must come is missed: many times what the slowest machine needs."""

MODEL = "studio/swift"
INPUT = {"prompt": "a red door"}
SECRET = "sk-very-secret-123"
"""What the house knows by heart, and shows nobody."""

Answer = Update | Exception | Callable[[Order], Any]

RUNNING = Update(State.RUNNING)
DONE = Update(State.SUCCEEDED, artifacts=(Artifact(text="made of words", name="made.txt"),), usage={"credits": 3})
FAILED = Update(State.FAILED, failure=Failure("rejected", "Not that."))
CANCELED = Update(State.CANCELED)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += round(seconds * 1000)


class Vendor:
    """A driver that answers each verb from its script; the last answer of a verb is repeated."""

    def __init__(
        self,
        submit: Sequence[Answer] = (Update(State.RUNNING, remote="r"),),
        poll: Sequence[Answer] = (DONE,),
        cancel: Sequence[Answer] = (CANCELED,),
        *,
        local: bool = False,
        slots: int = 4,
    ) -> None:
        self.local = local
        self.slots = slots
        self.notify: Callable[[str], None] = lambda remote: None
        self.calls: list[tuple[str, str]] = []
        self.orders: list[Order] = []
        self.closed = False
        self._scripts = {"submit": list(submit), "poll": list(poll), "cancel": list(cancel)}

    def count(self, verb: str) -> int:
        return sum(called == verb for called, _ in self.calls)

    async def submit(self, order: Order) -> Update:
        self.orders.append(order)
        answer = await self._answer("submit", order)
        own = f"{answer.remote}-{order.task_id}" if answer.remote else None
        return dataclasses.replace(answer, remote=own)

    async def poll(self, order: Order, remote: str) -> Update:
        return await self._answer("poll", order)

    async def cancel(self, order: Order, remote: str) -> Update:
        return await self._answer("cancel", order)

    async def close(self) -> None:
        self.closed = True

    async def _answer(self, verb: str, order: Order) -> Update:
        self.calls.append((verb, order.task_id))
        script = self._scripts[verb]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Update):
            return answer
        return await answer(order)


class House:
    """An engine with everything under it, and what tests want to ask of it."""

    def __init__(self, engine: Engine, store: Store, library: Library, keyring: Keyring, clock: Any) -> None:
        self.engine = engine
        self.store = store
        self.library = library
        self.keyring = keyring
        self.clock = clock
        self.looks, self.telling = Looks(engine._worker), Looks(engine._parts.teller)

    async def submit(self, model: str = MODEL, input: Mapping[str, Any] = INPUT, **parts: Any) -> Task:
        task, _ = await self.engine.submit("local", NewTask(model, input, **parts))
        return task

    async def ended(self, task: Task, within: float = WITHIN) -> Task:
        async with asyncio.timeout(within):
            async for _ in self.engine.events("local", task.id):
                pass
        return await self.engine.get("local", task.id)

    async def sees(self, task: Task, kind: str, count: int = 1, within: float = WITHIN) -> list[Event]:
        """Wait until an event of this type stands in the timeline so many times; all of them."""
        found: list[Event] = []
        async with asyncio.timeout(within):
            async for event in self.engine.events("local", task.id):
                found += [event] if event.type == kind else []
                if len(found) == count:
                    return found
        raise AssertionError(f"ended with {[event.type for event in found]} without {count} x {kind}")

    async def until(self, holds: Callable[[], Any], within: float = WITHIN) -> None:
        async with asyncio.timeout(within):
            while not (await found if asyncio.iscoroutine(found := holds()) else found):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def quiet(self) -> None:
        """Wait until all that is due at this time of the clock was worked on and told: both were looked for in vain."""
        looks, telling = self.looks.begun, self.telling.begun
        self.engine.wake()
        await self.until(lambda: self.looks.rest_since(looks) and self.telling.rest_since(telling))

    async def types(self, task: Task) -> list[str]:
        return [event.type for event in await self.engine.timeline("local", task.id)]

    def pass_(self, seconds: float) -> None:
        self.clock.pass_(seconds)
        self.engine.wake()


def real_time() -> int:
    return time.time_ns() // 1_000_000


def a_catalog(folder: Path) -> Catalog:
    """The real words and previz, and the studio and the loft of the tests."""
    root = folder / "vendors"
    if not root.exists():
        for vendor in ("studio", "loft", "vault", "bell", "previz"):
            (root / vendor).mkdir(parents=True)
        shutil.copy(VENDORS / "vocabulary.toml", root)
        shutil.copy(VENDORS / "previz" / "catalog.toml", root / "previz")
        (root / "studio" / "catalog.toml").write_text(STUDIO)
        (root / "loft" / "catalog.toml").write_text(LOFT)
        (root / "vault" / "catalog.toml").write_text(VAULT)
        (root / "bell" / "catalog.toml").write_text(BELL)
    return Catalog(root)


def settings_of(folder: Path, **environ: str) -> Settings:
    named = {f"CALLSHEET_{name.upper()}": value for name, value in environ.items()}
    return load(folder / "home", environ=named)


def body(task: Task) -> bytes:
    return json.dumps({"id": task.id, "state": task.state, "artifacts": [file.id for file in task.artifacts]}).encode()


@asynccontextmanager
async def a_house(
    folder: Path,
    drivers: Mapping[str, Driver] | None = None,
    *,
    clock: Callable[[], int] | None = None,
    rules: Rules | None = None,
    started: bool = True,
    **environ: str,
) -> AsyncIterator[House]:
    """An engine on a home under this folder; `environ` are settings, `fetch__allow="127.0.0.1"`, `database=uri`."""
    settings = settings_of(folder, **environ)
    settings.home.mkdir(parents=True, exist_ok=True)
    async with (
        ground(settings) as found,
        _a_house(folder, settings, found, drivers, clock or real_time, rules, started) as house,
    ):
        yield house


@asynccontextmanager
async def _a_house(
    folder: Path,
    settings: Settings,
    found: Ground,
    drivers: Mapping[str, Driver] | None,
    clock: Callable[[], int],
    rules: Rules | None,
    started: bool,
) -> AsyncIterator[House]:
    seal, known = open_seal(settings.home), a_catalog(folder)
    store = Store(found.database, clock)
    library = Library(store, Folder(settings.home / "files"), seal.derive("links"), clock, rules)
    keyring = Keyring(store, seal, clock, settings.webhooks.secret, settings.webhooks.former_secret)
    guard = Guard(frozenset(settings.fetch.allow))
    drivers = {"studio": Vendor()} if drivers is None else drivers
    engine = Engine(
        Given(
            store=store,
            library=library,
            keyring=keyring,
            catalog=known,
            drivers=drivers,
            guard=guard,
            settings=settings,
            clock=clock,
            body=body,
            chance=lambda: 0.5,
            schedule=found.schedule(store, known, clock),
            news=found.news,
            mask=masking([SECRET]),
        )
    )
    house = House(engine, store, library, keyring, clock)
    try:
        if started:
            await engine.start()
        yield house
    finally:
        try:
            await engine.stop(0.2)
        finally:
            await store.close()


def a_png(width: int = 32, height: int = 18, colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


async def chunks(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]
