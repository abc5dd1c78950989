"""What the stories of many machines share: real processes on one database and one bucket, by name."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGTERM, Signals
from typing import Any

import httpx2

from many_fixtures import asked

WITHIN = 90.0


class Fleet:
    """Processes on one database and one bucket, by name."""

    def __init__(self, folder: Path, database: str, bucket: str, vendor: str) -> None:
        self.folder = folder
        self.database = database
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self.urls: dict[str, str] = {}
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CALLSHEET_")},
            "CALLSHEET_DATABASE": database,
            "CALLSHEET_FILES__STORE": "s3://fleet/files",
            "CALLSHEET_FILES__ENDPOINT": bucket,
            "CALLSHEET_FILES__REGION": "us-east-1",
            "CALLSHEET_SEAL": "c2VhbHNlYWxzZWFsc2VhbHNlYWxzZWFsc2VhbHNlYWw=",
            "CALLSHEET_RENDER__SLOTS": "1",
            "CALLSHEET_VENDORS__VIDU__KEY": "vda_secret",
            "CALLSHEET_VENDORS__VIDU__BASE_URL": vendor,
            "CALLSHEET_FETCH__ALLOW": "127.0.0.1",
        }

    def start(self, *named: tuple[str, ...]) -> None:
        """Start several at once, and wait until each has said that it is ready."""
        for name, *args in named:
            log = (self.folder / f"{name}.log").open("ab")
            command = [sys.executable, "-m", "callsheet", *args, "--home", str(self.folder / name)]
            self.processes[name] = subprocess.Popen(
                command, env=self.env, stdout=subprocess.PIPE, stderr=log, text=True
            )
            log.close()
        for name, *_ in named:
            out = self.processes[name].stdout
            assert out is not None
            line = out.readline()
            assert line, (self.folder / f"{name}.log").read_text()
            self.urls[name] = line.split()[-1]

    def home(self, name: str) -> Path:
        return self.folder / name

    def signal(self, name: str, what: Signals) -> None:
        self.processes[name].send_signal(what)

    def end(self, name: str, what: Signals = SIGTERM) -> int:
        process = self.processes.pop(name)
        process.send_signal(what)
        if process.stdout is not None:
            process.stdout.close()
        return process.wait(WITHIN)

    def submit(self, server: str, model: str, input: dict[str, Any]) -> dict[str, Any]:
        answer = httpx2.post(f"{self.urls[server]}/v1/tasks", json={"model": model, "input": input}, timeout=WITHIN)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def task(self, server: str, task_id: str) -> dict[str, Any]:
        return httpx2.get(f"{self.urls[server]}/v1/tasks/{task_id}", timeout=WITHIN).json()

    def ended(self, server: str, task_id: str) -> dict[str, Any]:
        return until(lambda: found if (found := self.task(server, task_id))["state"] not in ACTIVE else None)

    def events(self, task_id: str) -> list[tuple[str, int]]:
        return asked(self.database, "SELECT type, at FROM event WHERE task_id = %s ORDER BY seq", task_id)

    def holder(self, task_id: str) -> str | None:
        """The worker that the queue gave this task to: a process is known by its connection's lock."""
        pids = {process.pid: name for name, process in self.processes.items()}
        rows = asked(
            self.database,
            """SELECT split_part(application_name, ' ', 2) FROM pgqueuer
            JOIN pg_locks ON locktype = 'advisory' AND objsubid = 2
              AND objid = (hashtext(queue_manager_id::text)::bigint & 4294967295)::oid
            JOIN pg_stat_activity ON pg_stat_activity.pid = pg_locks.pid
            WHERE payload = convert_to(%s, 'UTF8') AND status = 'picked'""",
            task_id,
        )
        return pids.get(int(rows[0][0])) if rows else None

    def out_to(self, task_id: str) -> Any:
        """Whom the queue knows to have this task, alive or not."""
        picked = "SELECT queue_manager_id FROM pgqueuer WHERE payload = convert_to(%s, 'UTF8') AND status = 'picked'"
        return next(iter(asked(self.database, picked, task_id)), None)


ACTIVE = ("queued", "running")


def until(found: Callable[[], Any], within: float = WITHIN) -> Any:
    end = time.monotonic() + within
    while not (one := found()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.03)
    return one
