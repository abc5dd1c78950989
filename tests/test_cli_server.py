"""The home's server as commands see it: shared, detached, taken over, interrupted, and gone when idle."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsheet.store.lock import owner
from cli_fixtures import LIMIT, Shell, line_with

STUCK = ("text-to-image", "--prompt", "a harbour [[stuck]]")
SMALL = ("text-to-image", "--prompt", "a red door", "--resolution", "360p")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    found = Shell(tmp_path)
    yield found
    found.end()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    found = Shell(tmp_path_factory.mktemp("shared"))
    yield found
    found.end()


def interrupted(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT)
    return process.returncode, out, err


def test_two_commands_at_once_share_one_server_and_both_succeed(shell: Shell) -> None:
    both = [shell.start("run", *SMALL, "--seed", str(seed), "--json") for seed in (1, 2)]
    ended = [process.communicate(timeout=LIMIT) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    assert len({json.loads(out)["id"] for out, _ in ended}) == 2
    running = shell.server()
    assert running.temporary
    assert running.pid == owner(shell.home)
    assert shell("tasks", "list", "--json").json["next"] is None
    assert len(shell("tasks", "list", "--json").json["data"]) == 2


def test_ctrl_c_leaves_the_task_running_and_says_how_to_come_back(shared: Shell) -> None:
    process = shared.start("run", *STUCK, "--out", "clips")
    line_with(process, "running")
    code, out, err = interrupted(process)
    assert code == 130
    assert out == ""
    told = re.search(r"callsheet tasks wait (task_\w+) --out clips", err)
    assert told is not None, err
    assert "Traceback" not in err
    task = shared("tasks", "show", told[1], "--json").json
    assert task["state"] == "running"
    shared("tasks", "cancel", told[1])
    assert "was canceled" in shared("tasks", "wait", told[1], "--out", "clips", code=6).err


def test_ctrl_c_with_json_still_leaves_one_document(shared: Shell) -> None:
    process = shared.start("run", *STUCK, "--cancel-on-interrupt", "--json")
    line_with(process, "running")
    code, out, _ = interrupted(process)
    assert code == 130
    assert json.loads(out)["error"]["code"] == "interrupted"
    newest = shared("tasks", "list", "--limit", "1", "--json").json["data"][0]
    shared("tasks", "wait", newest["id"], code=6)


def test_a_server_killed_under_a_command_is_started_again_and_the_task_goes_on(shell: Shell) -> None:
    process = shell.start("run", "text-to-image", "--prompt", "a harbour [[slow 3]]", "--resolution", "360p", "--json")
    line_with(process, "running")
    assert shell.kill_server()
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, err
    assert json.loads(out)["state"] == "succeeded"


def test_serve_says_one_line_when_ready_and_takes_over_from_a_commands_server(shell: Shell) -> None:
    first = shell("run", *SMALL, "--json").json
    started = shell.server()
    process = shell.start("serve", "--port", "0", "--home", shell.home)
    assert process.stdout is not None
    line = process.stdout.readline()
    url = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert url is not None, line
    serving = shell.server()
    assert (serving.url, serving.temporary) == (url[0], False)
    assert serving.pid != started.pid
    assert shell("tasks", "show", first["id"], "--json").json["state"] == "succeeded"
    assert shell("tasks", "list", "--url", url[0], "--json").json["data"][0]["id"] == first["id"]
    refused = shell.process("serve", "--port", "0", code=5)
    assert "in use by process" in refused.err
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 0
    assert out == ""


def test_a_started_server_leaves_when_idle(shell: Shell) -> None:
    process = shell.start("serve", "--port", "0", "--idle-exit", "0.3")
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, err
    assert "http://127.0.0.1:" in out
    assert not (shell.home / "server.json").exists()
    assert owner(shell.home) is None


def test_a_taken_port_names_the_way_out(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert "--port" in shell.process("serve", "--port", str(port), code=5).err


def test_without_a_key_only_loopback_is_served(shell: Shell) -> None:
    assert "keys create" in shell.process("serve", "--host", "0.0.0.0", "--port", "0", code=5).err


def test_a_server_that_cannot_start_is_an_error_that_shows_why(shell: Shell) -> None:
    shell.home.mkdir()
    (shell.home / "callsheet.sqlite").write_bytes(b"this is no database" * 400)
    refused = shell("tasks", "list", code=5)
    assert "is damaged" in refused.err
    assert "server.log" in refused.err
    assert "Traceback" not in refused.err


def test_a_home_that_cannot_be_made_is_an_error_that_shows_the_way_out(shell: Shell) -> None:
    (shell.folder / "file").write_text("a file")
    assert "--home" in shell("tasks", "list", CALLSHEET_HOME=str(shell.folder / "file"), code=5).err


def test_a_server_elsewhere_that_does_not_answer_is_unreachable(shell: Shell) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"  # kept, and not listened on
        done = shell("tasks", "list", "--url", url, "--json", code=7)
    assert done.json["error"]["code"] == "unreachable"
    assert url in done.err
    assert not shell.home.exists()


def test_the_server_of_a_command_outlives_the_commands_terminal(shared: Shell) -> None:
    shared("run", *SMALL, "--no-wait")
    assert os.getsid(shared.server().pid) != os.getsid(0)
