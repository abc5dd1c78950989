"""Plays a call sheet through the SDK: the server plans it and hands it in; here it is watched and saved."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from callsheet.cli.connecting import connect
from callsheet.cli.place import Place
from callsheet.cli.progress import Board
from callsheet.cli.saving import save_as
from callsheet.client import Client, SheetPlan, Task, Unreachable
from callsheet.client.office import Wish
from callsheet.errors import InvalidInput
from callsheet.sheets import Sheet

T = TypeVar("T")

FIRST_LOOK, LONGEST_LOOK = 0.2, 1.0
"""Seconds between two looks at what is under way: the first, and where nothing changes."""

_RESTARTS = 5
_ENDED_BADLY = ("failed", "canceled")
_AGAIN = "Put it back and play again."


@dataclass(slots=True)
class Player:
    """One play of a sheet: its text, as it was read here, and how it is to be played. The files it names lie beside it.

    What of it stands already, the server knows: that is never made or paid again.
    """

    place: Place
    path: Path
    text: str
    sheet: Sheet
    wish: Wish
    tasks: dict[str, Task] = field(default_factory=dict[str, Task])
    after: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    found: set[str] = field(default_factory=set[str])
    saved: dict[str, list[Path]] = field(default_factory=dict[str, list[Path]])
    _client: Client | None = None

    def close(self) -> None:
        """Let go of the server."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def plan(self) -> SheetPlan:
        """What stands already, and what the rest would cost; nothing is uploaded or handed in."""
        wish: Wish = {**self.wish, "files": self._sums()}
        return self._ask(lambda client: client.plan_sheet(self.text, **wish))

    def hand_in(self, plan: SheetPlan) -> None:
        """Every shot that is still to be made, its files uploaded; each waits on the server for what it takes."""
        files = self._sums()
        for path in self._named(one.name for one in plan.shots if not one.found):
            files[path] = self._ask(lambda client, path=path: client.upload(self.path.parent / path)).id
        wish: Wish = {**self.wish, "files": files}
        once = str(uuid4())
        play = self._ask(lambda client: client.play_sheet(self.text, idempotency_key=once, **wish))
        self.tasks = {one.name: one.task for one in play.shots}
        self.after = {one.name: one.after for one in play.shots}
        self.found = {one.name for one in play.shots if one.found}

    def watch(self, board: Board, out: Path) -> None:
        """Until every shot has ended, each saved as soon as it has."""
        pause = FIRST_LOOK
        for name in self.tasks:
            self._note(board, name, out)
        while open_ones := [name for name in self.tasks if not self.tasks[name].done]:
            time.sleep(pause)
            before = [(self.tasks[name].state, self.tasks[name].progress) for name in open_ones]
            for name in open_ones:
                if all(self.tasks[one].done for one in self.after[name]):
                    self.tasks[name] = self._ask(lambda client, task=self.tasks[name]: client.get(task))
                    self._note(board, name, out)
            after = [(self.tasks[name].state, self.tasks[name].progress) for name in open_ones]
            pause = FIRST_LOOK if after != before else min(pause * 1.5, LONGEST_LOOK)

    @property
    def gone(self) -> list[str]:
        """The shots that were made and whose files are not kept here any more."""
        return [name for name, task in self.tasks.items() if task.state == "succeeded" and not task.artifacts]

    @property
    def failed(self) -> list[str]:
        """The shots that ended badly, those first that others only ended with, and of them those that failed."""
        bad = {name: self.tasks[name].state for name in self.tasks if str(self.tasks[name].state) in _ENDED_BADLY}
        return sorted(bad, key=lambda name: (any(one in bad for one in self.after[name]), bad[name] == "canceled"))

    def _note(self, board: Board, name: str, out: Path) -> None:
        task = self.tasks[name]
        waits = any(not self.tasks[one].done for one in self.after[name])
        board.show(name, task, "waiting" if waits and not task.done else None)
        if task.state == "succeeded":
            self.saved[name] = self._ask(lambda client: save_as(client, task, out, name))

    def _named(self, shots: Iterable[str]) -> list[str]:
        """The files that these shots name by their path."""
        return sorted({path for name in shots for path in self.sheet.shots[name].files})

    def _sums(self) -> dict[str, str]:
        return {path: f"sha256:{self._sum(path)}" for path in self._named(self.sheet.shots)}

    def _sum(self, path: str) -> str:
        try:
            with (self.path.parent / path).open("rb") as source:
                return hashlib.file_digest(source, "sha256").hexdigest()
        except OSError as error:
            raise InvalidInput(f"A file went away meanwhile: {error}.", hint=_AGAIN) from error

    def _ask(self, question: Callable[[Client], T]) -> T:
        """Ask the server. A home's own one that went away is started again: it goes on with everything."""
        for _ in range(_RESTARTS):
            try:
                self._client = self._client or connect(self.place)
                return question(self._client)
            except Unreachable:
                self.close()
                if self.place.remote:
                    raise
        raise Unreachable("The server came and went.", hint="`callsheet doctor` looks deeper.")
