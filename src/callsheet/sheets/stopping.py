"""Ends a played sheet whole: no more is handed in, what waits or runs is asked to end, what is made stays."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from callsheet.contract import Tasks
from callsheet.errors import Conflict, InvalidInput, NotFound
from callsheet.tasks import Cancellation, Filter, State, Task

LONGEST = 512
"""Letters of a title that its tasks are labelled with."""

_PAGE = 1000


class Stops(Protocol):
    """Where a stop is remembered, for whichever process hands the play in."""

    async def stopped(self, account: str, title: str) -> str | None:
        """The mark of the last stop of the plays of this title; None where none is known."""
        ...

    async def mark_stopped(self, account: str, title: str, mark: str) -> None:
        """Remember another one."""
        ...


class Stopped(Conflict):
    """The play was canceled while it was handed in. `elsewhere` where another process was asked to."""

    def __init__(self, *, elsewhere: bool) -> None:
        super().__init__("The play was canceled while it was handed in.", hint="Play the sheet again to make the rest.")
        self.elsewhere = elsewhere
        self.because("play_canceled")


@dataclass(slots=True, eq=False)
class Handing:
    """One play that is being handed in, shot after shot. `last` asks for the mark of the last stop."""

    last: Callable[[], Awaitable[str | None]]
    before: str | None
    stopped: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def check(self) -> None:
        """Stopped once the play was canceled, by this process or by another."""
        if self.stopped:
            raise Stopped(elsewhere=False)
        if await self.last() not in (None, self.before):
            raise Stopped(elsewhere=True)


class Plays:
    """The plays that this process is handing in, so that each can be stopped in the middle.

    With `stops` also by another process: what it remembers there is read after every shot.
    """

    def __init__(self, stops: Stops | None = None) -> None:
        self._stops = stops
        self._open: dict[tuple[str, str], list[Handing]] = {}

    @asynccontextmanager
    async def handing_in(self, account: str, title: str) -> AsyncGenerator[Handing]:
        """While a sheet of this title is handed in."""
        name = (account, title[:LONGEST])

        async def last() -> str | None:
            return await self._stops.stopped(*name) if self._stops else None

        mine = Handing(last, await last())
        self._open.setdefault(name, []).append(mine)
        try:
            yield mine
        finally:
            self._open[name].remove(mine)
            if not self._open[name]:
                del self._open[name]
            mine.over.set()

    async def halt(self, account: str, title: str) -> None:
        """Have those that go on hand in nothing more; on return none of this process does, and every other knows."""
        for one in [*self._open.get((account, title[:LONGEST]), ())]:
            one.stopped = True
            await one.over.wait()
        if self._stops:
            await self._stops.mark_stopped(account, title[:LONGEST], uuid4().hex)


@dataclass(frozen=True, slots=True)
class Ending:
    """A shot whose end was asked for: its task as it stands now, and what that comes to."""

    shot: str
    task: Task
    came_to: Cancellation


async def stop(tasks: Tasks, plays: Plays, account: str, title: str) -> Sequence[Ending]:
    """End all that is under way of the sheets of this title, in the order in which it was handed in.

    What takes from others ends before them, so that nothing begins meanwhile. What has ended stays as it is; asked
    again, only what is still coming to its end is answered. NotFound for a title of which nothing was ever played.
    """
    await plays.halt(account, title)
    label = {"sheet": title[:LONGEST]}
    found: list[Task] = []
    cursor: str | None = None
    while True:
        page = await tasks.list(account, Filter(metadata=label, state=(State.QUEUED, State.RUNNING)), _PAGE, cursor)
        found += [task for task in page.tasks if {"shot", "take"} <= task.metadata.keys()]
        cursor = page.next
        if cursor is None:
            break
    if not found and not (await tasks.list(account, Filter(metadata=label), 1, None)).tasks:
        unplayed = NotFound(
            f"No sheet with the title {title[:80]!r} was played.", hint="Its title is what `[sheet]` says."
        )
        raise unplayed.because("sheet_unknown", title=title[:80])
    ended = [Ending(task.metadata["shot"], *await tasks.canceling(account, task.id)) for task in found]
    return ended[::-1]


def title_of(path: Path) -> str:
    """By which title the sheet in this file is known, whatever else is wrong with it. InvalidInput for no TOML."""
    try:
        about = tomllib.loads(path.read_text(encoding="utf-8")).get("sheet", {})
    except (OSError, ValueError) as error:
        said = f"{path} cannot be read: {error}."
        raise InvalidInput(said, hint="Give the title of the sheet in its place.") from error
    return str(about.get("title", path.stem)) if isinstance(about, dict) else path.stem
