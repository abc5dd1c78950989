"""Runs renders in child processes, at most so many at once, so that none can block or take down the server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callsheet.renderers import lines
from callsheet.renderers.lines import Done, Failed, News, Progress
from callsheet.renderers.scene import Scene

__all__ = ["Done", "Failed", "News", "Pool", "Progress"]

WORKER = (sys.executable, "-m", "callsheet.renderers.worker")
"""How a child is started."""

_LONGEST_LINE = 1 << 20
_LAST_WORDS = 12


@dataclass(slots=True)
class _Render:
    """One render: what was asked, who hears of it, what is known of it, and the child that is at it."""

    scene: Scene
    out: Path
    on_news: Callable[[str], None] | None = None
    news: News = field(default_factory=Progress)
    child: _Child | None = None


@dataclass(slots=True, eq=False)
class _Child:
    """One child process, what it last wrote to stderr, and the render it is at."""

    process: Process
    words: deque[str] = field(default_factory=lambda: deque(maxlen=_LAST_WORDS))
    name: str | None = None
    tasks: tuple[asyncio.Task[None], ...] = ()


class Pool:
    """Up to `slots` children, started when first needed and kept warm; what cannot start yet waits in order.

    `out` of every render is a folder of its own: what is in it when the render is cancelled or fails is removed with
    it. `on_news`, the render's own or else the pool's, is called with the render's name, in the event loop, whenever
    `poll` would say something new.
    """

    def __init__(self, slots: int, *, command: Sequence[str] = WORKER) -> None:
        self.on_news: Callable[[str], None] = lambda _name: None
        self._slots = max(1, slots)
        self._command = tuple(command)
        self._renders: dict[str, _Render] = {}
        self._waiting: deque[str] = deque()
        self._children: set[_Child] = set()
        self._closed = False
        self._turn = asyncio.Lock()

    async def start(self, name: str, scene: Scene, out: Path, on_news: Callable[[str], None] | None = None) -> None:
        """Render `scene` into the folder `out` under this name. A name that is already known is left as it is."""
        if name in self._renders or self._closed:
            return
        self._renders[name] = _Render(scene, out, on_news)
        self._waiting.append(name)
        await self._dispatch()

    def poll(self, name: str) -> News:
        """What is known of a render now. One this pool never heard of, or has forgotten, has failed as lost."""
        render = self._renders.get(name)
        if render is None:
            said = "The process that rendered this has ended."
            return Failed("render_lost", said, retryable=True, reason="render_ended")
        return render.news

    def standing(self) -> tuple[int, int, int]:
        """How many renders may run at once, how many run, and how many wait."""
        return self._slots, sum(child.name is not None for child in self._children), len(self._waiting)

    def __contains__(self, name: str) -> bool:
        return name in self._renders

    def forget(self, name: str) -> None:
        """Drop what is known of a render that has ended; its files are the caller's now."""
        render = self._renders.get(name)
        if render is not None and not isinstance(render.news, Progress):
            del self._renders[name]

    async def cancel(self, name: str) -> None:
        """Stop a render: when this returns it is dead and nothing of it is left. One that has ended stays as it is."""
        render = self._renders.get(name)
        if render is None or not isinstance(render.news, Progress):
            return
        del self._renders[name]
        if name in self._waiting:
            self._waiting.remove(name)
        if render.child is not None:
            await self._end(render.child)
        await _remove(render.out)
        await self._dispatch()

    async def close(self) -> None:
        """Stop everything: every child is dead and no half-made render is left when this returns."""
        self._closed = True
        self._waiting.clear()
        unfinished = [render for render in self._renders.values() if isinstance(render.news, Progress)]
        async with self._turn:
            children = list(self._children)
        for child in children:
            await self._end(child)
        for render in unfinished:
            await _remove(render.out)

    async def _dispatch(self) -> None:
        """Give waiting renders to idle children, starting children while there are slots."""
        async with self._turn:
            while self._waiting and not self._closed:
                child = await self._idle_child()
                if child is None:
                    return
                if not self._waiting:  # cancelled while the child was starting
                    return
                self._hand_over(self._waiting.popleft(), child)

    async def _idle_child(self) -> _Child | None:
        idle = next((child for child in self._children if child.name is None), None)
        if idle is not None or len(self._children) >= self._slots:
            return idle
        return await self._new_child()

    async def _new_child(self) -> _Child:
        # A session of its own: Ctrl-C in the terminal is for the server, which decides what becomes of its renders.
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            limit=_LONGEST_LINE,
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("CALLSHEET_")},
        )
        child = _Child(process)
        self._children.add(child)
        child.tasks = (asyncio.create_task(self._hear(child)), asyncio.create_task(_listen(child)))
        return child

    def _hand_over(self, name: str, child: _Child) -> None:
        render = self._renders[name]
        child.name, render.child = name, child
        assert child.process.stdin is not None
        # A child that died meanwhile is noticed where its stdout ends, not here.
        with contextlib.suppress(OSError, RuntimeError):
            child.process.stdin.write(lines.request(render.scene, render.out))

    async def _hear(self, child: _Child) -> None:
        """Take a child's news until its stdout ends; if that is in the middle of a render, the render has failed."""
        assert child.process.stdout is not None
        with contextlib.suppress(ValueError):
            while line := await child.process.stdout.readline():
                await self._take(child, lines.read_report(line))
        self._children.discard(child)
        _kill(child.process)
        code = await child.process.wait()
        if self._closed:
            return
        if child.name is not None and child.name in self._renders:
            await asyncio.gather(*child.tasks[1:])
            await self._take(child, _crashed(code, child.words))
        else:
            await self._dispatch()

    async def _take(self, child: _Child, news: News) -> None:
        name = child.name
        render = self._renders.get(name) if name is not None else None
        # A pool that closes reports nothing more: what a child still said meanwhile ends with it.
        if self._closed or name is None or render is None or render.child is not child:
            return
        if isinstance(news, Failed):
            await _remove(render.out)
        render.news = news
        if not isinstance(news, Progress):
            child.name, render.child = None, None
        (render.on_news or self.on_news)(name)
        if not isinstance(news, Progress):
            await self._dispatch()

    async def _end(self, child: _Child) -> None:
        self._children.discard(child)
        _kill(child.process)
        await child.process.wait()
        await asyncio.gather(*child.tasks, return_exceptions=True)


async def _listen(child: _Child) -> None:
    """Keep a child's last words; reading them all also keeps it from blocking on a full pipe."""
    assert child.process.stderr is not None
    with contextlib.suppress(ValueError):
        while line := await child.process.stderr.readline():
            child.words.append(line.decode(errors="replace").rstrip())


def _crashed(code: int, words: Sequence[str]) -> Failed:
    how = f"was ended by {_signal_name(-code)}" if code < 0 else f"ended with code {code}"
    said = " | ".join(word for word in words if word)
    message = f"The renderer {how}." + (f" It said: {said[-800:]}" if said else "")
    return Failed("render_failed", message, retryable=True, reason="render_crashed", values={"quoted": said[-800:]})


def _signal_name(number: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def _kill(process: Process) -> None:
    # Not process.kill(): before Python 3.12 that may reap the child under asyncio's own watcher.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


async def _remove(out: Path) -> None:
    await asyncio.to_thread(shutil.rmtree, out, ignore_errors=True)
