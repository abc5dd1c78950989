"""How `callsheet mcp` is reached: over stdio alone on stdout, over HTTP only by who may, and as a command."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx2
import pytest
from mcp import StdioServerParameters

from callsheet.cli import mcp as command
from callsheet.errors import SetupError
from callsheet.mcp.http import PATH, application, on_loopback, serve
from callsheet.mcp.link import Address
from callsheet.mcp.server import build
from callsheet.mcp.terms import Terms
from callsheet.settings import Settings
from cli_fixtures import LIMIT, Shell
from conftest import Served, served
from mcp_fixtures import Agent
from vendor_fixtures import Stage, staged

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    },
}
ACCEPTS = {"accept": "application/json, text/event-stream"}
STILL = {"prompt": "a lighthouse", "width": 64, "height": 64}


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[[Settings], AbstractContextManager[Served]]
) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("doors")) as found:
        yield found


@pytest.fixture(scope="module")
def door(stage: Stage) -> Iterator[str]:
    """Its address, as it is on loopback."""
    with served(application(build(lambda: Address(stage.url), Terms()), lambda: Address(stage.url))) as running:
        yield running.url + PATH


def knock(url: str, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with httpx2.Client(trust_env=False, timeout=30) as client:
        return client.post(url, json=HELLO, headers={**ACCEPTS, **named}).status_code


def test_no_web_page_reaches_it(door: str) -> None:
    assert knock(door) == 200
    assert knock(door, origin="http://localhost:3000") == 200
    assert knock(door, origin="https://evil.example") == 403
    assert knock(door, origin="null") == 403
    assert knock(door, host="evil.example") == 421, "a name that was rebound to 127.0.0.1"
    assert knock(door, host="127.0.0.1.evil.example:80") == 421


def test_off_loopback_it_asks_for_a_key_and_each_caller_acts_by_its_own(stage: Stage) -> None:
    place = Address(stage.url)
    server = build(lambda: place, Terms())
    with served(application(server, lambda: place, "192.0.2.7", ["127.0.0.1"])) as running:
        url = running.url + PATH
        assert knock(url) == 401
        assert knock(url, authorization="Bearer guessed") == 401, (
            "a server without keys lets everyone in; this does not"
        )
        anna, ben = stage.make_key("anna"), stage.make_key("ben")
        assert knock(url, authorization=f"Bearer {anna.key}") == 200
        assert knock(url, authorization=f"Bearer {stage.served.operator}") == 401, "the operator's token stays at home"
        made = Agent(url, anna.key)("make", model="text-to-image", input=STILL).view
        assert Agent(url, anna.key)("wait", task=made["task"]).view["state"] == "succeeded"
        assert "not_found" in Agent(url, ben.key)("wait", task=made["task"]).said
        with stage.as_operator() as operator:
            operator.delete(f"/v1/keys/{ben.id}").raise_for_status()
        assert "unauthenticated" in Agent(url, ben.key)("list_tasks").said


def test_by_another_name_it_asks_for_a_key_on_loopback_too(stage: Stage) -> None:
    """A proxy on this machine brings callers from anywhere, and a key that was lent to this machine is not for them."""
    place = Address(stage.url, stage.make_key("lent").key)
    server = build(lambda: place, Terms())
    with served(application(server, lambda: place, "127.0.0.1", ["films.example"])) as running:
        assert knock(running.url + PATH, host="films.example") == 401
        key = stage.make_key("anna").key
        assert knock(running.url + PATH, host="films.example", authorization=f"Bearer {key}") == 200


def test_older_clients_are_served_too(door: str, stage: Stage) -> None:
    key = stage.make_key("old").key
    old = Agent(door, key, mode="legacy")
    answer, told = old.told("make", model="text-to-image", input={**STILL, "prompt": "a harbour"})
    assert answer.view["state"] == "succeeded"
    assert told[-1] == 1.0


def test_a_server_that_went_away_is_found_again(stage: Stage) -> None:
    """As the one that a command started does when nobody asked it anything for a while."""
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        places = [Address(f"http://127.0.0.1:{gone.getsockname()[1]}")]
        server = build(lambda: places.pop() if places else Address(stage.url), Terms())
        with served(application(server, lambda: Address(stage.url))) as running:
            assert not Agent(running.url + PATH, stage.make_key("lost").key)("list_tasks", limit=1).failed
    assert not places


def test_every_address_of_a_machine_needs_names_and_a_taken_port_is_told() -> None:
    server = build(lambda: Address("http://127.0.0.1:1"), Terms())
    with pytest.raises(SetupError, match="by which names"):
        serve(server, lambda: Address("http://127.0.0.1:1"), "0.0.0.0", 0, (), print)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SetupError, match="cannot be listened on"):
            serve(server, lambda: Address("http://127.0.0.1:1"), *taken.getsockname(), (), print)
    assert [on_loopback(one) for one in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "192.0.2.7", "a.example")] == [
        *(True, True, True),
        *(False, False, False),
    ]


def test_terms_that_cannot_be_kept_are_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="is no folder"):
        build(lambda: Address("http://127.0.0.1:1"), Terms(inputs=(tmp_path / "gone",)))
    with pytest.raises(SetupError, match="--budget-name"):
        build(lambda: Address("http://127.0.0.1:1"), Terms(budget_name=""))
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match="--out"):
        build(lambda: Address("http://127.0.0.1:1"), Terms(out=tmp_path / "file"))


def test_over_stdio_it_starts_the_homes_server_and_says_nothing_else(tmp_path: Path) -> None:
    """The official client fails on a line of stdout that is no message."""
    shell = Shell(tmp_path)
    words = shell.words("mcp", "--on", "previz", "--out", tmp_path / "out")
    started = StdioServerParameters(command=words[0], args=words[1:], env=shell.environment({}), cwd=str(tmp_path))
    try:

        async def story(client: object) -> tuple[object, object]:
            made = await client.call_tool("make", {"model": "text-to-image", "input": STILL})  # type: ignore[attr-defined]
            task = made.structured_content["task"]
            saved = await client.call_tool("save", {"task": task, "name": "still"})  # type: ignore[attr-defined]
            return made, saved

        made, saved = Agent(started).do(story)
        assert made.structured_content["state"] == "succeeded"  # type: ignore[attr-defined]
        assert saved.structured_content["paths"] == [str(tmp_path / "out" / "still.png")]  # type: ignore[attr-defined]
    finally:
        shell.end()


def test_the_command_serves_http_where_it_says(tmp_path: Path, stage: Stage) -> None:
    shell = Shell(tmp_path)
    key = stage.make_key("command").key
    process = shell.start("mcp", "--http", "--port", "0", "--url", stage.url)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("The tools are at http://127.0.0.1:")
        assert len(Agent(line.split()[-1], key)("find_models").view["models"]) == 10
    finally:
        process.terminate()
        out, _ = process.communicate(timeout=LIMIT)
    assert (process.returncode, out) == (0, "")


def test_without_the_extra_the_command_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.startswith("callsheet.mcp.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    done = Shell(tmp_path)("mcp", code=5)
    assert "pip install 'callsheet[mcp]'" in done.err
    assert done.out == ""
    assert "--host" in Shell(tmp_path)("mcp", "--host", "127.0.0.1", code=2).err
    assert command.PORT == 8421
