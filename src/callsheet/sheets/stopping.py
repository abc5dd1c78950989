"""Ends a played sheet whole: no more is handed in, what waits or runs is asked to end, what is made stays."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from callsheet.contract import Tasks
from callsheet.errors import Conflict, InvalidInput, NotFound
from callsheet.tasks import Cancellation, Filter, State, Task

LONGEST = 512
"""Letters of a title that its tasks are labelled with."""

_PAGE = 1000


@dataclass(slots=True, eq=False)
class Handing:
    """One play that is being handed in, shot after shot."""

    stopped: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def check(self) -> None:
        """Conflict once the play was canceled."""
        if self.stopped:
            raise Conflict(
                "The play was canceled while it was handed in.", hint="Play the sheet again to make the rest."
            ).because("play_canceled")


class Plays:
    """The plays that this process is handing in, so that each can be stopped in the middle."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], list[Handing]] = {}

    @contextmanager
    def handing_in(self, account: str, title: str) -> Generator[Handing]:
        """While a sheet of this title is handed in."""
        name, mine = (account, title[:LONGEST]), Handing()
        self._open.setdefault(name, []).append(mine)
        try:
            yield mine
        finally:
            self._open[name].remove(mine)
            if not self._open[name]:
                del self._open[name]
            mine.over.set()

    async def halt(self, account: str, title: str) -> None:
        """Have those that go on hand in nothing more; on return none of them does."""
        for one in [*self._open.get((account, title[:LONGEST]), ())]:
            one.stopped = True
            await one.over.wait()


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
