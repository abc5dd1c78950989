"""A shell for tests: real `callsheet` processes on a home of their own, and no server left behind."""

from __future__ import annotations

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

from callsheet.cli.home_server import find
from callsheet.store.lock import owner

LIMIT = 60.0


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
        """Run a command to its end; it must leave with this exit code."""
        found = subprocess.run(
            self.words(*args), cwd=self.folder, env=self.environment(env), capture_output=True, text=True, timeout=LIMIT
        )
        done = Done(found.returncode, found.stdout, found.stderr)
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


def until(happened: Callable[[], Any], otherwise: str, limit: float = LIMIT) -> Any:
    """What it gives once it gives something true."""
    end = time.monotonic() + limit
    while not (found := happened()):
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)
    return found
