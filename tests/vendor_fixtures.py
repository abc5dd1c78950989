"""What the vendors' tests share: a real server whose drivers are one scripted stub, keys, a receiver, and curl."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from callsheet import catalog
from callsheet.app import vendors
from callsheet.contract import Driver
from callsheet.settings import Settings, load
from vendor_stub import Stub, StubDriver

WITHIN = 60.0
"""Seconds after which what must come is missed: many times what the slowest machine needs."""

Serve = Callable[[Settings], AbstractContextManager[Any]]
"""The fixture `serve_home` of conftest.py."""


@dataclass(frozen=True)
class IssuedKey:
    """A key as `callsheet keys create` shows it, once."""

    id: str
    account: str
    key: str
    secret: str


class Stage:
    """A running callsheet whose every model is made by `stub`. While it has no key, all callers are account `local`."""

    def __init__(self, served: Any, stub: Stub) -> None:
        self.served = served
        self.stub = stub
        self.url: str = served.url

    def base(self, vendor: str) -> str:
        """Where a vendor's dialect is mounted: replaces `https://<vendor host>` in that vendor's client."""
        return f"{self.url}/as/{vendor.replace('_', '-')}"

    def client(self, vendor: str | None = None, **more: Any) -> httpx2.Client:
        """A plain client of a vendor's dialect, or of the native API."""
        url = self.base(vendor) if vendor else self.url
        return httpx2.Client(base_url=url, timeout=WITHIN, trust_env=False, **more)

    def as_operator(self) -> httpx2.Client:
        """The native API with all rights on account `local`."""
        return self.served.client(self.served.operator)

    def make_key(self, name: str = "app", account: str | None = None) -> IssuedKey:
        """A new key; from now on every caller needs one. It gets an account of its own unless one is named."""
        body = {"name": name} | ({"account": account} if account else {})
        with self.as_operator() as client:
            made = client.post("/v1/keys", json=body).raise_for_status().json()
        return IssuedKey(made["id"], made["account"], made["key"], made["secret"])

    def task(self, task_id: str, within: float = WITHIN, *states: str) -> dict[str, Any]:
        """A task of account `local` as the native API has it, once it has one of these states (default: an end)."""
        wanted = states or ("succeeded", "failed", "canceled")
        with self.as_operator() as client:
            return until(
                lambda: client.get(f"/v1/tasks/{task_id}").raise_for_status().json(),
                lambda found: found["state"] in wanted,
                within,
            )

    def newest(self) -> dict[str, Any]:
        """The newest task of account `local`."""
        with self.as_operator() as client:
            return client.get("/v1/tasks", params={"limit": 1}).raise_for_status().json()["data"][0]

    def kept(self) -> list[bytes]:
        """The files of the newest task of account `local`: what was made, stamped."""
        with self.as_operator() as client:
            return [client.get(file["url"]).raise_for_status().content for file in self.newest()["artifacts"]]


_STUBS: dict[Path, Callable[[Settings], Mapping[str, Driver]]] = {}


@contextmanager
def staged(serve: Serve, folder: Path, **environ: str) -> Iterator[Stage]:
    """`with staged(serve_home, tmp_path) as stage:`; `environ` are settings, `server__public_url="https://a.example"`.

    Loopback may be fetched from and told. Files are kept as the stub made them, unless `provenance__mode` is given.
    """
    environ = {"provenance__mode": "off"} | environ
    stub = Stub(folder / "made")

    def drivers(_: Settings) -> Mapping[str, Driver]:
        return {vendor: StubDriver(stub) for vendor in catalog.load().vendor_ids}

    with with_drivers(serve, folder, drivers, **environ) as served:
        yield Stage(served, stub)


@contextmanager
def with_drivers(
    serve: Serve, folder: Path, drivers: Callable[[Settings], Mapping[str, Driver]], **environ: str
) -> Iterator[Any]:
    """A running callsheet with exactly these drivers."""
    named = {f"CALLSHEET_{name.upper()}": value for name, value in environ.items()}
    settings = load(folder / "home", environ={"CALLSHEET_FETCH__ALLOW": "127.0.0.1"} | named)
    found = vendors.drivers
    vendors.drivers = lambda asked: _STUBS.get(asked.home, found)(asked)
    _STUBS[settings.home] = drivers
    try:
        with serve(settings) as served:
            yield served
    finally:
        del _STUBS[settings.home]
        vendors.drivers = found


def until(ask: Callable[[], Any], holds: Callable[[Any], bool], within: float = WITHIN) -> Any:
    """Ask again and again, as a client does, until the answer is what is waited for."""
    end = time.monotonic() + within
    while not holds(found := ask()):
        if time.monotonic() > end:
            raise AssertionError(f"still so after {within:g} s: {found}")
        time.sleep(0.02)
    return found


@dataclass(frozen=True)
class Received:
    """A callback as it arrived; header names in lower case."""

    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """A real server of ours that vendors call back; `status` is what it answers."""

    url: str = ""
    status: int = 200
    received: list[Received] = field(default_factory=list)

    def wait(self, count: int = 1, within: float = WITHIN) -> list[Received]:
        """All that arrived, once it is so many."""
        return until(lambda: list(self.received), lambda found: len(found) >= count, within)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """`with receiving() as receiver:` and give `receiver.url` (no path: append one) as the callback address."""
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(parts.path, parts.query, headers, body))
            self.send_response(receiver.status)
            self.send_header("content-length", "0")
            self.end_headers()

        do_PUT = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join(WITHIN)
        server.server_close()


@dataclass(frozen=True)
class Answered:
    """What a documented command printed, and the HTTP status of its last curl."""

    out: str
    err: str
    status: int

    @property
    def json(self) -> Any:
        """The output, parsed."""
        return json.loads(self.out)


_CURL = 'curl() { command curl -q -sS --noproxy "*" --max-time 60 -w "%{stderr}status=%{http_code}\\n" "$@"; }\n'


def shell(command: str, replaced: Mapping[str, str], **environ: str) -> Answered:
    """Run a documented command as it is written, with real curl, after these texts in it were replaced.

    Each text must occur: `shell(CURL, {"https://api.vidu.com": stage.base("vidu"), "{your_api_key}": key})`.
    """
    for written, meant in replaced.items():
        assert written in command, f"{written!r} is not in the command"
        command = command.replace(written, meant)
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environ}
    done = subprocess.run(["bash", "-c", _CURL + command], env=env, capture_output=True, text=True, timeout=90)
    statuses = re.findall(r"status=(\d{3})", done.stderr)
    assert done.returncode == 0, done.stderr
    with contextlib.suppress(IndexError):
        return Answered(done.stdout, done.stderr, int(statuses[-1]))
    return Answered(done.stdout, done.stderr, 0)
