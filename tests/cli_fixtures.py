"""A shell for tests: `callsheet` commands on a home of their own, a real server behind them, and none left behind."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from callsheet.cli import home_server, main
from callsheet.cli.home_server import Running, find
from callsheet.store.lock import owner

LIMIT = 150.0

STAYS = 600.0
"""Seconds that a server stays idle which a test's command started: it is there when the test looks, however late."""

PROGRAM = f"import sys; from callsheet.cli import home_server, main; home_server.IDLE_EXIT = {STAYS}; sys.exit(main())"
"""`callsheet` as a process of its own, whose server stays that long."""


@dataclass(frozen=True)
class Done:
    """What a finished command left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as one JSON document."""
        return json.loads(self.out)


@dataclass
class Shell:
    """Runs `callsheet` in `folder`, on the home `folder/home` unless told otherwise."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The home its commands use."""
        return self.folder / "home"

    def __call__(self, *args: str | Path, code: int = 0, **env: str) -> Done:
        """Run a command to its end in this process, which spares a second of imports; it must leave with this code."""
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, self.environment(env), clear=True),
            patch.object(home_server, "IDLE_EXIT", STAYS),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            found = main([str(arg) for arg in args])
        return self._checked(Done(found, out.getvalue(), err.getvalue()), args, code)

    def process(self, *args: str | Path, code: int = 0, **env: str) -> Done:
        """The same as a process of its own."""
        words, environment = self.words(*args), self.environment(env)
        found = subprocess.run(words, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=LIMIT)
        return self._checked(Done(found.returncode, found.stdout, found.stderr), args, code)

    def _checked(self, done: Done, args: tuple[str | Path, ...], code: int) -> Done:
        assert done.code == code, f"{args}: exit code {done.code}\n{done.out}\n{done.err}\n{self.log()}"
        return done

    def start(self, *args: str | Path, **env: str) -> subprocess.Popen[str]:
        """Start a command; its output is piped."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.words(*args), cwd=self.folder, env=self.environment(env), stdout=pipe, stderr=pipe, text=True
        )

    def words(self, *args: str | Path) -> list[str]:
        """The command line."""
        return [sys.executable, "-c", PROGRAM, *map(str, args)]

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        """This process's environment without its own callsheet variables."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("CALLSHEET_")}
        return {**plain, "CALLSHEET_HOME": str(self.home), **self.env, **more}

    def log(self) -> str:
        """The end of the server's log."""
        path = self.home / "server.log"
        return path.read_text()[-3000:] if path.exists() else ""

    def server(self) -> Running:
        """The home's server, which runs: one that is too busy to answer at once is asked again."""
        return until(lambda: find(self.home), "the home has no server that answers")

    def kill_server(self) -> int:
        """End the home's server as a power cut would, if one runs; its process, or 0."""
        pid = owner(self.home) or 0
        if pid:
            os.kill(pid, signal.SIGKILL)
            until(lambda: owner(self.home) != pid, "it did not die")
        return pid

    def end(self) -> None:
        """Stop the home's server, if one runs, and see it gone."""
        told: set[int] = set()

        def left() -> bool:
            pid = owner(self.home)
            if pid and pid not in told:
                told.add(pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
            return pid is None

        until(left, "the server did not leave")
        for child in home_server.started:
            child.wait(LIMIT) if child.pid in told else child.poll()


def line_with(process: subprocess.Popen[str], word: str) -> str:
    """The line on its stderr that has this word, as soon as it is said."""
    assert process.stderr is not None
    seen: list[str] = []
    for line in process.stderr:
        seen.append(line)
        if word in line:
            return line
    raise AssertionError(f"{word} was never said: {seen}")


def until(happened: Callable[[], Any], otherwise: str, limit: float = LIMIT) -> Any:
    """What it gives once it gives something true."""
    end = time.monotonic() + limit
    while not (found := happened()):
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)
    return found
