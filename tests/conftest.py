"""What every test may use: a home, its settings, a real server on loopback, a clock of its own; and no internet."""

from __future__ import annotations

import contextlib
import dataclasses
import ipaddress
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from starlette.types import ASGIApp

from callsheet.settings import Settings, load

_START_WITHIN = 60.0


def pytest_configure() -> None:
    """A shell starts what runs in the background deaf to Ctrl-C; the programs that the tests start must hear it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Served:
    """A running server: its address, its application, and clients that speak to it."""

    def __init__(self, app: Any, url: str) -> None:
        self.app = app
        self.url = url

    @property
    def home(self) -> Path:
        """The home it runs on."""
        return self.app.state.settings.home

    def client(self, key: str | None = None, **more: Any) -> httpx2.Client:
        """A client of this server, with a key where one is given."""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False, **more)

    @contextmanager
    def changed(self, **parts: Any) -> Iterator[None]:
        """Some of the parts it stands on replaced, for a while."""
        before = self.app.state.parts
        self.app.state.parts = dataclasses.replace(before, **parts)
        try:
            yield
        finally:
            self.app.state.parts = before

    @property
    def operator(self) -> str:
        """The operator's token of this start."""
        return self.app.state.token


class Clock:
    """Time that passes when it is told to: milliseconds since 1970."""

    def __init__(self, now: int = 1_795_255_200_000) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def pass_(self, seconds: float) -> None:
        """Let so many seconds go by."""
        self.now += round(seconds * 1000)


@contextmanager
def served(app: ASGIApp) -> Iterator[Served]:
    """Run an application as a real server, in a thread, on a free port of loopback."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    quiet = {"log_config": None, "access_log": False, "proxy_headers": False, "ws": "websockets-sansio"}
    server = uvicorn.Server(uvicorn.Config(app, timeout_graceful_shutdown=5, **quiet))

    def run() -> None:
        with contextlib.suppress(SystemExit):  # how it ends when its lifespan does not begin; the log says why
            server.run([listening])

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        end = time.monotonic() + _START_WITHIN
        while not server.started:
            if not thread.is_alive() or time.monotonic() > end:
                raise RuntimeError("the server did not start; its log says why")
            time.sleep(0.005)
        yield Served(app, f"http://127.0.0.1:{listening.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(_START_WITHIN)
        listening.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh home."""
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    """The defaults, for a fresh home, whatever the environment says."""
    return load(home, environ={})


@pytest.fixture
def app(settings: Settings) -> Any:
    """The real application of a fresh home, not yet started."""
    return _build(settings)


@pytest.fixture
def server(app: Any) -> Iterator[Served]:
    """The real application, answering on a free port."""
    with served(app) as running:
        yield running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One real server for a whole test file. It accepts tasks but does not run them: they stay queued."""
    settings = load(tmp_path_factory.mktemp("house"), {"server.worker": False}, environ={})
    with served(_build(settings)) as running:
        yield running


@pytest.fixture(scope="module")
def api(house: Served) -> Iterator[httpx2.Client]:
    """A client of `house`."""
    with house.client() as found:
        yield found


@pytest.fixture
def client(server: Served) -> Iterator[httpx2.Client]:
    """A client of `server`."""
    with server.client() as found:
        yield found


@pytest.fixture(scope="session")
def serve_home() -> Callable[[Settings], AbstractContextManager[Served]]:
    """`with serve_home(settings) as running:` for tests with settings of their own."""
    return lambda settings: served(_build(settings))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server for the whole run: the address of its first database. `many_fixtures.fresh` makes others."""
    with import_module("many_fixtures").postgres_server() as uri:
        yield uri


@pytest.fixture(params=["sqlite", "postgres"])
def both_databases(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runs twice: what `store_fixtures.a_store` opens is a file, then a PostgreSQL database."""
    if request.param == "postgres":
        uri = import_module("many_fixtures").fresh(request.getfixturevalue("postgres"))
        monkeypatch.setattr("store_fixtures.on_postgres", uri)


@pytest.fixture
def clock() -> Clock:
    """Time that stands still until the test moves it."""
    return Clock()


@pytest.fixture(autouse=True)
def _no_inherited_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell of the one who runs the tests has set must not change what they say."""
    for name in ("CALLSHEET_HOME", "CALLSHEET_URL", "CALLSHEET_KEY"):
        monkeypatch.delenv(name, raising=False)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What was not tested because something is not installed is said at the end, and how to get it."""
    reasons = {report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()) if report.longrepr}
    for reason in sorted(one for one in reasons if "Chromium" in one):
        terminalreporter.write_line(f"NOT TESTED: {reason.removeprefix('Skipped: ')}", yellow=True)


def _build(settings: Settings) -> Any:
    return import_module("callsheet.app").build(settings)  # loaded when first asked for: most tests need no server


def _refuse_internet(event: str, args: tuple[Any, ...]) -> None:
    if event not in ("socket.connect", "socket.sendto") or not isinstance(args[1], tuple):
        return
    host = str(args[1][0])
    if host == "localhost":
        return
    try:
        local = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        local = False
    if not local:
        raise RuntimeError(f"a test tried to reach {host}: tests have no internet")


sys.addaudithook(_refuse_internet)
logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
