"""`serve`: ready, found, stopped, killed, idle; and every refusal to start."""

from __future__ import annotations

import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from callsheet.app import serve
from callsheet.errors import SetupError
from callsheet.settings import load
from callsheet.store import HomeLock, owner

SCRIPT = """
import sys
from pathlib import Path
from callsheet.app import serve
from callsheet.settings import load
serve(load(Path(sys.argv[1]), {"server.port": 0, "server.worker": False}))
"""
WITHIN = 60.0
TASK = {"model": "text-to-video", "input": {"prompt": "a red fox in fresh snow"}}


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """`serve` sets the log up for a process of its own; here it is one of many."""
    loggers = [logging.getLogger(name) for name in ("callsheet", "uvicorn.error")]
    before = [(one.handlers[:], one.propagate, one.level) for one in loggers]
    yield
    for one, (handlers, propagate, level) in zip(loggers, before, strict=True):
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)


def begin(home: Path, **flags: Any) -> Any:
    """The settings of a server that accepts and does not run, on any free port."""
    given = {"port": 0, "worker": False, **flags}
    return load(home, {f"server.{name}": value for name, value in given.items()}, environ={})


def speak(home: Path, key: str | None = None) -> httpx2.Client:
    """A client of the server that server.json names, as its operator."""
    said = json.loads((home / "server.json").read_text())
    headers = {"authorization": f"Bearer {key or said['token']}"}
    return httpx2.Client(base_url=said["url"], headers=headers, trust_env=False, timeout=WITHIN)


class Process:
    """A server in a process of its own."""

    def __init__(self, home: Path) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(home)], stdout=pipe, stderr=pipe, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("callsheet is ready at http://"), line
        self.url = line.split()[-1]

    def ended(self) -> tuple[int, str, str]:
        """Its exit code and what else it said."""
        out, err = self.process.communicate(timeout=WITHIN)
        return self.process.returncode, out, err


@pytest.fixture
def start(home: Path) -> Iterator[Any]:
    begun: list[Process] = []

    def start() -> Process:
        begun.append(Process(home))
        return begun[-1]

    yield start
    for one in begun:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


class Hours:
    """The seconds by which a server counts how long nobody asked it anything: they pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.looks = 0

    def monotonic(self) -> float:
        self.looks += 1
        return self.now


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    found = Hours()
    monkeypatch.setattr("callsheet.app.serving.time", found)
    door = SimpleNamespace(monotonic=lambda: found.now, perf_counter=time.perf_counter)
    monkeypatch.setattr("callsheet.server.door.time", door)
    return found


class Thread:
    """A server in a thread, which leaves when nobody has asked it anything for a minute of these hours."""

    def __init__(self, home: Path, hours: Hours, **flags: Any) -> None:
        self._hours = hours
        self._thread = threading.Thread(target=serve, args=(begin(home, **flags),), kwargs={"idle_exit": 60.0})
        self._thread.start()
        self._until(lambda: (home / "server.json").exists() or not self._thread.is_alive())
        assert self._thread.is_alive(), "the server did not start"

    def stays(self, seconds: float) -> bool:
        """Whether it is still there when these have gone by, and it has looked how long nobody asked anything."""
        self._hours.now += seconds
        looks = self._hours.looks
        self._until(lambda: self._hours.looks > looks + 1 or not self._thread.is_alive())
        return self._thread.is_alive()

    def leaves(self) -> bool:
        """Whether it does once it may: a minute after the last answer is really over."""
        end = time.monotonic() + WITHIN
        while self._thread.is_alive() and time.monotonic() < end:
            self._hours.now += 61
            self._thread.join(0.1)
        return not self._thread.is_alive()

    def _until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + WITHIN
        while not holds():
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.01)


def test_a_server_says_where_it_is_and_stops_in_good_order(home: Path, start: Any) -> None:
    server = start()
    found = json.loads((home / "server.json").read_text())
    assert (found["url"], found["pid"], found["temporary"]) == (server.url, server.process.pid, False)
    assert (home / "server.json").stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o077 == 0
    assert owner(home) == server.process.pid
    with speak(home) as client:
        key = client.post("/v1/keys", json={"name": "log"}).json()
        task = client.post("/v1/tasks", json=TASK, headers={"x-request-id": "the-one"}).json()
        client.get("/v1/tasks", headers={"authorization": f"Bearer {key['key']}"})
        with client.stream("GET", f"/v1/tasks/{task['id']}/events") as response:
            lines = response.iter_lines()
            next(lines)
            server.process.send_signal(signal.SIGTERM)
            list(lines)  # ends; a cut connection would raise
    code, out, err = server.ended()
    assert (code, out) == (0, "")
    assert not (home / "server.json").exists()
    assert owner(home) is None
    assert "Traceback" not in err
    (line,) = [one for one in err.splitlines() if task["id"] in one]
    assert " info task accepted request_id=the-one " in line
    for secret in (found["token"], key["key"], key["secret"]):
        assert secret not in err


def test_what_was_accepted_is_there_after_a_kill(home: Path, start: Any) -> None:
    first = start()
    with speak(home) as client:
        task = client.post("/v1/tasks", json=TASK).json()
    first.process.kill()
    first.ended()
    start()  # a stale server.json and a stale lock do not stand in the way
    with speak(home) as client:
        assert client.get(f"/v1/tasks/{task['id']}").json() == task


def test_a_port_in_use_is_named_with_the_way_out(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=f"Port {port} on 127.0.0.1 is in use") as refused:
            serve(begin(home, port=port))
    assert "--port" in (refused.value.hint or "")
    assert owner(home) is None


def test_two_servers_never_share_a_home(home: Path) -> None:
    with HomeLock(home), pytest.raises(SetupError, match="in use by process"):
        serve(begin(home))


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_others_are_not_served_while_no_key_exists(home: Path, host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SetupError) as refused:
        serve(begin(home, host=host))
    assert "callsheet keys create" in (refused.value.hint or "")
    assert not (home / "server.json").exists()
    assert capsys.readouterr().out == ""


def test_others_are_served_once_a_key_exists(home: Path, hours: Hours) -> None:
    first = Thread(home, hours)
    with speak(home) as client:
        key = client.post("/v1/keys", json={"name": "others"}).json()["key"]
    assert first.leaves()
    second = Thread(home, hours, host="0.0.0.0")
    with speak(home, key) as client:
        assert str(client.base_url).startswith("http://127.0.0.1:")
        assert client.get("/v1/tasks").status_code == 200
        assert client.get("/v1/tasks", headers={"authorization": "Bearer cs_no"}).status_code == 401
    assert second.leaves()


def test_a_host_that_is_not_ours_is_refused(home: Path) -> None:
    with pytest.raises(SetupError, match=r"cannot listen on 192\.0\.2\.1"):
        serve(begin(home, host="192.0.2.1"))


def test_an_idle_server_leaves_by_itself(home: Path, hours: Hours, capsys: pytest.CaptureFixture[str]) -> None:
    server = Thread(home, hours)
    assert json.loads((home / "server.json").read_text())["temporary"] is True
    with speak(home) as client:
        for _ in range(3):
            assert server.stays(40)
            assert client.get("/healthz").status_code == 200  # asked more often than it may be idle: it stays
    assert server.leaves()
    assert not (home / "server.json").exists()
    assert capsys.readouterr().out.count("callsheet is ready at http://127.0.0.1:") == 1


def test_a_server_with_an_unfinished_task_or_a_watcher_stays(home: Path, hours: Hours) -> None:
    server = Thread(home, hours)
    with speak(home) as client:
        task = client.post("/v1/tasks", json=TASK).json()
        assert server.stays(1000)
        with client.stream("GET", f"/v1/tasks/{task['id']}/events") as response:
            with speak(home) as other:
                other.post(f"/v1/tasks/{task['id']}/cancel")
            assert "canceled" in "".join(response.iter_lines())
    assert server.leaves()


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SetupError) as refused:
        serve(begin(tmp_path / "file" / "home"))
    assert "--home" in (refused.value.hint or "")


def test_a_damaged_database_is_refused_and_kept(home: Path) -> None:
    home.mkdir()
    damaged = b"not a database, but someone's bytes" * 100
    (home / "callsheet.sqlite").write_bytes(damaged)
    with pytest.raises(SetupError, match="is damaged"):
        serve(begin(home))
    assert (home / "callsheet.sqlite").read_bytes() == damaged
