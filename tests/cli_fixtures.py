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

from callsheet.cli import main
from callsheet.cli.home_server import find, started
from callsheet.store.lock import owner

LIMIT = 150.0


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
        return [sys.executable, "-m", "callsheet", *map(str, args)]

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        """This process's environment without its own callsheet variables."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("CALLSHEET_")}
        return {**plain, "CALLSHEET_HOME": str(self.home), **self.env, **more}

    def log(self) -> str:
        """The end of the server's log."""
        path = self.home / "server.log"
        return path.read_text()[-3000:] if path.exists() else ""

    def end(self) -> None:
        """Stop the home's server, if one runs, and see it gone."""
        running = find(self.home)
        if running:
            os.kill(running.pid, signal.SIGTERM)
        until(lambda: owner(self.home) is None, "the server did not leave")
        if running:
            for child in started:
                child.wait(LIMIT) if child.pid == running.pid else child.poll()


def until(happened: Callable[[], Any], otherwise: str, limit: float = LIMIT) -> Any:
    """What it gives once it gives something true."""
    end = time.monotonic() + limit
    while not (found := happened()):
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)
    return found
