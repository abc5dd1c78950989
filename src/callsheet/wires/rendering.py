"""What every driver that renders on this machine has in common: a scene for the pool, its news told, its files kept."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

from callsheet.contract import Bring, Call, Lost, Order
from callsheet.renderers.looking import Look, Opened
from callsheet.renderers.pool import Failed, News, Pool, Progress
from callsheet.renderers.scene import Made, Scene
from callsheet.tasks import Artifact, Failure, File, State, Update
from callsheet.wires import foreseeing

NEWS_EVERY = 0.25
"""Seconds between two notices of one render's progress; its end is told at once."""

KEPT = 64
"""How many finished renders are remembered, for an artifact that could not be brought in at the first try."""


class RenderDriver(ABC):
    """`contract.Driver` over a pool of child processes; a render's remote is its task's id.

    Several drivers may share one pool, which then holds all of them to its number of children; they close together.
    `folder` is this driver's own, and is emptied: what a killed process left there is of no use.
    """

    local = True

    def __init__(self, pool: Pool, folder: Path, *, slots: int) -> None:
        self.slots = slots
        self.notify = _nobody
        self._pool = pool
        # A child of a killed server may live a moment longer: it shall not write where we do.
        shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder / secrets.token_hex(4)
        self._told: dict[str, float] = {}
        self._finished: dict[str, None] = {}

    @abstractmethod
    def sketch(self, order: Order, look: Look) -> Scene:
        """The scene of a checked input, its seed aside; headers are read by `look`.

        RenderError or Rejected where none can be.
        """

    def scene(self, order: Order) -> Scene:
        """The scene of a checked input; reads headers of what it names. RenderError or Rejected where none can be."""
        return self.sketch(order, Opened())

    async def check(self, order: Order, files: Mapping[str, File], bring: Bring) -> None:
        """`contract.Checking`: InvalidInput for what is certain to be refused."""
        await foreseeing.check(order, files, bring, self.sketch)

    async def completed(self, scene: Scene) -> Scene:
        """The scene with what has to be asked for elsewhere before a child renders it; as it is where nothing has."""
        return scene

    async def submit(self, order: Order) -> Update:
        """Start the render. RenderError or Rejected for a scene that cannot be."""
        await self._drop(order.task_id)
        scene = await self.completed(await asyncio.to_thread(self.scene, order))
        await self._pool.start(order.task_id, scene, self._out(order.task_id), self._hear)
        return Update(State.RUNNING, remote=order.task_id)

    async def poll(self, order: Order, remote: str) -> Update:
        """How far it is. Lost when the process that rendered it has ended."""
        if remote not in self._pool:
            raise Lost
        news = self._pool.poll(remote)
        if not isinstance(news, Progress):
            await self._remember(remote)
        return _update(news)

    async def cancel(self, order: Order, remote: str) -> Update:
        """Stop it: on return its process is dead and nothing that it wrote is left."""
        await self._pool.cancel(remote)
        await self._drop(remote)
        return Update(State.CANCELED)

    def renders(self) -> tuple[int, int, int]:
        """How many may run at once, how many run, and how many wait: of all that share the pool."""
        return self._pool.standing()

    def genuine(self, call: Call) -> bool:
        """Nobody calls back from here."""
        return False

    async def close(self) -> None:
        """Stop all renders; each starts again next time."""
        await self._pool.close()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _out(self, name: str) -> Path:
        return self._folder / name

    def _hear(self, name: str) -> None:
        now = time.monotonic()
        going_on = isinstance(self._pool.poll(name), Progress)
        if going_on and now - self._told.get(name, -NEWS_EVERY) < NEWS_EVERY:
            return
        self._told[name] = now
        self.notify(name)

    async def _remember(self, name: str) -> None:
        """Keep what ended for a while, and drop the one that ended longest ago."""
        self._finished[name] = None
        self._told.pop(name, None)
        if len(self._finished) > KEPT:
            await self._drop(next(iter(self._finished)))

    async def _drop(self, name: str) -> None:
        self._finished.pop(name, None)
        self._told.pop(name, None)
        self._pool.forget(name)
        if name not in self._pool:
            await asyncio.to_thread(shutil.rmtree, self._out(name), ignore_errors=True)


def _nobody(remote: str) -> None:
    """Nobody listens yet."""


def _update(news: News) -> Update:
    if isinstance(news, Progress):
        return Update(State.RUNNING, progress=news.share)
    if isinstance(news, Failed):
        said = f"{news.message} {news.hint}" if news.hint else news.message
        return Update(State.FAILED, failure=Failure(news.code, said, news.retryable, news.reason, news.values))
    return Update(State.SUCCEEDED, progress=1.0, artifacts=tuple(map(_artifact, news.made)), usage={"credits": 0})


def _artifact(made: Made) -> Artifact:
    return Artifact(
        path=str(made.path),
        content_type=made.content_type,
        width=made.width,
        height=made.height,
        duration=made.duration,
        fps=made.fps,
        extra=made.extra,
    )
