"""Progress for people, on stderr: bars that redraw themselves on a terminal, a line per piece of news elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from callsheet.client import Task

BAR = 28
_REDRAW = 0.1
_COLOURS = {"succeeded": "green", "failed": "red", "canceled": "yellow"}


@dataclass(slots=True)
class Row:
    """One task's line: how it stands, and since when it is watched, in seconds of the monotonic clock."""

    title: str
    began: float
    state: str = "queued"
    progress: float = 0.0
    ended: float | None = None
    told: tuple[str, int] | None = field(default=None)


class Board:
    """The lines of all tasks being watched; use it as a context, so that the terminal is left tidy."""

    def __init__(self, out: TextIO | None = None, wide: int = 0) -> None:
        self.wide = wide  # how wide the titles will be, where all of them are known before
        self.out = out or sys.stderr
        self.live = self.out.isatty()
        self.rows: dict[str, Row] = {}
        self._drawn = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Board:
        if self.live:
            self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self.live:
            self._ticker.join()
            self._redraw()

    def show(self, title: str, task: Task, word: str | None = None) -> None:
        """Take note of how a task stands; `word` says its state in another word."""
        with self._lock:
            now = time.monotonic()
            row = self.rows.setdefault(title, Row(title, now))
            row.state, row.progress = word or str(task.state), task.progress
            if task.done and row.ended is None:
                row.ended = now
        if not self.live:
            self._tell(row)

    def _tell(self, row: Row) -> None:
        """Without a terminal: a line when the state changed or another tenth is done."""
        standing = (row.state, int(row.progress * 10))
        if standing != row.told:
            row.told = standing
            self.out.write(self._line(row) + "\n")
            self.out.flush()

    def _tick(self) -> None:
        while not self._stop.wait(_REDRAW):
            self._redraw()

    def _redraw(self) -> None:
        with self._lock:
            lines = [self._line(row) for row in self.rows.values()]
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        self.out.write(up + "".join(f"\r{line}\x1b[K\n" for line in lines))
        self.out.flush()
        self._drawn = len(lines)

    def _line(self, row: Row) -> str:
        wide = max(self.wide, *(len(one.title) for one in self.rows.values()))
        elapsed = (row.ended or time.monotonic()) - row.began
        state = click.style(row.state.ljust(9), fg=_COLOURS.get(row.state)) if self.live else row.state.ljust(9)
        return f"{row.title.ljust(wide)}  {self._bar(row.progress)} {row.progress:>4.0%}  {state} {elapsed:5.1f} s"

    def _bar(self, progress: float) -> str:
        full = round(progress * BAR)
        solid, empty = ("█", "░") if "utf" in (self.out.encoding or "").lower() else ("#", "-")
        return solid * full + empty * (BAR - full)
