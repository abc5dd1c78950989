"""`serve` as a process of its own: ready, found, refused, stopped, idle; and every refusal to start."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet.store import owner

SCRIPT = """
import sys
from pathlib import Path
from callsheet.app import serve
from callsheet.errors import CallsheetError
from callsheet.settings import load
try:
    flags = dict(zip(sys.argv[3::2], map(eval, sys.argv[4::2])))
    serve(load(Path(sys.argv[1]), flags), idle_exit=eval(sys.argv[2]))
except CallsheetError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""
TASK = {"model": "text-to-video", "input": {"prompt": "a red fox in fresh snow"}}


class Process:
    """A server in a process of its own."""

    def __init__(self, home: Path, idle_exit: float | None = None, **flags: Any) -> None:
        given = [text for name, value in {"port": 0, **flags}.items() for text in (f"server.{name}", repr(value))]
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(home), repr(idle_exit), *given],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> str:
        """Wait for its line; the address in it."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("callsheet is ready at http://"), (line, self.process.stderr.read())
        return line.split()[-1]

    def client(self, key: str | None = None) -> httpx2.Client:
        said = json.loads((self.home / "server.json").read_text())
        headers = {"authorization": f"Bearer {key or said['token']}"}
        return httpx2.Client(base_url=said["url"], headers=headers, trust_env=False, timeout=20)

    def ended(self) -> tuple[int, str, str]:
        """Its exit code and what it said."""
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@pytest.fixture
def start(home: Path) -> Iterator[Any]:
    begun: list[Process] = []

    def begin(**more: Any) -> Process:
        begun.append(Process(**{"home": home, "worker": False, **more}))
        return begun[-1]

    yield begin
    for one in begun:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def test_a_server_says_where_it_is_and_leaves_nothing_behind(home: Path, start: Any) -> None:
    server = start()
    url = server.ready()
    found = json.loads((home / "server.json").read_text())
    assert (found["url"], found["pid"], found["temporary"]) == (url, server.process.pid, False)
    assert (home / "server.json").stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o077 == 0
    assert owner(home) == server.process.pid
    assert httpx2.get(f"{url}/healthz").json() == {"ok": True}
    server.process.send_signal(signal.SIGTERM)
    code, out, err = server.ended()
    assert (code, out) == (0, "")
    assert "Traceback" not in err
    assert not (home / "server.json").exists()
    assert owner(home) is None


def test_what_was_accepted_is_there_after_a_kill(home: Path, start: Any) -> None:
    first = start()
    first.ready()
    with first.client() as client:
        task = client.post("/v1/tasks", json=TASK).json()
    first.process.kill()
    first.ended()
    second = start()
    second.ready()  # a stale server.json and lock do not stand in the way
    with second.client() as client:
        assert client.get(f"/v1/tasks/{task['id']}").json() == task


def test_a_stop_ends_open_streams_in_good_order(start: Any) -> None:
    server = start()
    server.ready()
    with server.client() as client:
        task = client.post("/v1/tasks", json=TASK).json()
        with client.stream("GET", f"/v1/tasks/{task['id']}/events") as response:
            lines = response.iter_lines()
            next(lines)
            server.process.send_signal(signal.SIGTERM)
            list(lines)  # ends; a cut connection would raise
    assert server.ended()[0] == 0


def test_a_port_in_use_is_named_with_the_way_out(start: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = start(port=port).ended()
    assert code == 1
    assert f"SetupError: Port {port} on 127.0.0.1 is in use" in err
    assert "--port" in err
    assert "Traceback" not in err


def test_two_servers_never_share_a_home(start: Any) -> None:
    first = start()
    first.ready()
    code, _, err = start().ended()
    assert code == 1
    assert f"in use by process {first.process.pid}" in err
    with first.client() as client:
        assert client.get("/v1/tasks").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_others_are_not_served_while_no_key_exists(home: Path, start: Any, host: str) -> None:
    if host == "::" and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    code, out, err = start(host=host).ended()
    assert (code, out) == (1, "")
    assert "SetupError" in err
    assert "callsheet keys create" in err
    assert not (home / "server.json").exists()


def test_others_are_served_once_a_key_exists(start: Any) -> None:
    first = start()
    first.ready()
    with first.client() as client:
        key = client.post("/v1/keys", json={"name": "others"}).json()["key"]
    first.process.send_signal(signal.SIGTERM)
    first.ended()
    second = start(host="0.0.0.0")
    url = second.ready()
    assert url.startswith("http://127.0.0.1:")
    assert httpx2.get(f"{url}/v1/tasks").status_code == 401
    assert second.client(key).get("/v1/tasks").status_code == 200


def test_a_host_that_is_not_ours_is_refused(start: Any) -> None:
    code, _, err = start(host="192.0.2.1").ended()
    assert code == 1
    assert "cannot listen on 192.0.2.1" in err


def test_an_idle_server_leaves_by_itself(home: Path, start: Any) -> None:
    server = start(idle_exit=0.3)
    url = server.ready()
    assert json.loads((home / "server.json").read_text())["temporary"] is True
    for _ in range(6):
        assert httpx2.get(f"{url}/healthz").status_code == 200
        time.sleep(0.1)  # asked more often than it may be idle: it stays
    assert server.process.poll() is None
    assert server.ended()[0] == 0


def test_a_server_with_an_unfinished_task_or_a_watcher_stays(start: Any) -> None:
    server = start(idle_exit=0.2)
    server.ready()
    with server.client() as client:
        task = client.post("/v1/tasks", json=TASK).json()
        time.sleep(0.8)
        assert server.process.poll() is None
        with client.stream("GET", f"/v1/tasks/{task['id']}/events") as response:
            with server.client() as other:
                other.post(f"/v1/tasks/{task['id']}/cancel")
            list(response.iter_lines())
    assert server.ended()[0] == 0


@pytest.mark.skipif(os.geteuid() == 0 and not hasattr(os, "memfd_create"), reason="needs a folder one may not write")
def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path, start: Any) -> None:
    (tmp_path / "file").write_text("in the way")
    code, _, err = start(home=tmp_path / "file" / "home").ended()
    assert code == 1
    assert "SetupError" in err
    assert "--home" in err


def test_a_damaged_database_is_refused_and_kept(home: Path, start: Any) -> None:
    home.mkdir()
    (home / "callsheet.sqlite").write_bytes(b"not a database, but someone's bytes" * 100)
    code, _, err = start().ended()
    assert code == 1
    assert "SetupError" in err
    assert (home / "callsheet.sqlite").read_bytes().startswith(b"not a database")


def test_the_log_names_request_and_task_and_no_secret(start: Any) -> None:
    server = start()
    server.ready()
    with server.client() as client:
        token = client.headers["authorization"].removeprefix("Bearer ")
        key = client.post("/v1/keys", json={"name": "log"}).json()
        task = client.post("/v1/tasks", json=TASK, headers={"x-request-id": "the-one"}).json()
        with contextlib.suppress(httpx2.HTTPError):
            client.get("/v1/tasks", headers={"authorization": f"Bearer {key['key']}"})
    server.process.send_signal(signal.SIGTERM)
    _, _, err = server.ended()
    (line,) = [one for one in err.splitlines() if task["id"] in one]
    assert " info task accepted request_id=the-one " in line
    for secret in (token, key["key"], key["secret"]):
        assert secret not in err
