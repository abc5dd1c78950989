"""Plays a call sheet through the SDK: finds what was made before, hands in the rest, watches all of it, saves it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from callsheet.cli.connecting import connect
from callsheet.cli.place import Place
from callsheet.cli.progress import Board
from callsheet.cli.saving import save_as
from callsheet.client import Client, Quote, Task, Unreachable
from callsheet.errors import CallsheetError, Conflict, InvalidInput
from callsheet.sheets import Sheet, Shot, body, quoted, take_of

T = TypeVar("T")

FIRST_LOOK, LONGEST_LOOK = 0.2, 1.0
"""Seconds between two looks at what is under way: the first, and where nothing changes."""

_RESTARTS = 5
_ENDED_BADLY = ("failed", "canceled")


@dataclass(slots=True)
class Player:
    """One play of a sheet. `shots` are those wanted; those in `fresh` are made anew, and so is all behind them.

    A task is known again by the label `take`, the hash of all that makes it: what stands there is never paid twice.
    """

    place: Place
    sheet: Sheet
    shots: Mapping[str, Shot]
    fresh: frozenset[str] = frozenset()
    tasks: dict[str, Task] = field(default_factory=dict[str, Task])
    made_before: set[str] = field(default_factory=set[str])
    saved: dict[str, list[Path]] = field(default_factory=dict[str, list[Path]])
    _files: dict[Path, str] = field(default_factory=dict[Path, str])
    _client: Client | None = None

    def close(self) -> None:
        """Let go of the server."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def look(self) -> None:
        """Find the tasks of an earlier play that still stand: made or under way, of exactly this input."""
        for shot in self.shots.values():
            if shot.name in self.fresh or any(name not in self.tasks for name in shot.after):
                continue
            takes = self._takes(take_of(shot, self._ids(shot)))
            standing = next((one for one in takes if str(one.state) not in _ENDED_BADLY), None)
            if standing is not None:
                self.tasks[shot.name] = standing
                self.made_before.add(shot.name)

    def quotes(self) -> dict[str, Quote]:
        """What each shot that is still to be made would cost; the server checks every one of them."""
        found: dict[str, Quote] = {}
        for shot in (one for one in self.shots.values() if one.name not in self.tasks):
            try:
                found[shot.name] = self._ask(lambda client, shot=shot: _quote(client, shot))
            except CallsheetError as error:
                error.message = f"{shot.name}: {error.message}"
                raise
        return found

    def hand_in(self) -> None:
        """Every shot that is still to be made, in order; each waits on the server for what it takes."""
        for shot in self.shots.values():
            if shot.name not in self.tasks:
                try:
                    self.tasks[shot.name] = self._handed_in(shot)
                except CallsheetError as error:
                    error.message = f"{shot.name}: {error.message}"
                    raise

    def watch(self, board: Board, out: Path) -> None:
        """Until every shot has ended, each saved as soon as it has."""
        pause = FIRST_LOOK
        for name in self.shots:
            self._note(board, name, out)
        while open_ones := [name for name in self.shots if not self.tasks[name].done]:
            time.sleep(pause)
            before = [(self.tasks[name].state, self.tasks[name].progress) for name in open_ones]
            for name in open_ones:
                if all(self.tasks[one].done for one in self.shots[name].after):
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
        """The shots that ended badly, those first that others only failed with."""
        bad = [name for name in self.shots if str(self.tasks[name].state) in _ENDED_BADLY]
        return sorted(bad, key=lambda name: any(one in bad for one in self.shots[name].after))

    def _note(self, board: Board, name: str, out: Path) -> None:
        task = self.tasks[name]
        waits = any(not self.tasks[one].done for one in self.shots[name].after)
        board.show(name, task, "waiting" if waits and not task.done else None)
        if task.state == "succeeded":
            self.saved[name] = self._ask(lambda client: save_as(client, task, out, name))

    def _handed_in(self, shot: Shot) -> Task:
        take = take_of(shot, self._ids(shot))
        input = body(shot, self._ids(shot), self._uploads(shot))
        labels = {"sheet": self.sheet.title[:512], "shot": shot.name, "take": take}
        for _ in range(2):
            key = f"play {take} {len(self._takes(take))}"
            try:
                return self._ask(
                    lambda client, key=key: client.submit(
                        shot.model, input, metadata=labels, stage=shot.stage, idempotency_key=key
                    )
                )
            except Conflict:  # another play of this sheet was faster: its task is ours too
                found = self._takes(take)
                if found and str(found[0].state) not in _ENDED_BADLY:
                    return found[0]
        raise Conflict(f"{shot.name} is being handed in by another play of this sheet.", hint="Play it again.")

    def _ids(self, shot: Shot) -> dict[str, str]:
        return {name: self.tasks[name].id for name in shot.after}

    def _takes(self, take: str) -> tuple[Task, ...]:
        """The tasks of one take, newest first."""
        return self._ask(lambda client: client.list(limit=100, metadata={"take": take})).data

    def _uploads(self, shot: Shot) -> dict[Path, Any]:
        for path in shot.paths():
            if path not in self._files:
                self._files[path] = self._ask(lambda client, path=path: client.upload(path)).id
        return dict(self._files)

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
            except OSError as error:
                raise InvalidInput(
                    f"A file went away meanwhile: {error}.", hint="Put it back and play again."
                ) from error
        raise Unreachable("The server came and went.", hint="`callsheet doctor` looks deeper.")


def _quote(client: Client, shot: Shot) -> Quote:
    return client.quote(shot.model, quoted(shot), stage=shot.stage)
