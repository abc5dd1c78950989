"""Wiro's socket: the steps of a task to whoever knows its token, live and told again, and to no one else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from callsheet.vendors.wiro import dialect_socket
from vendor_fixtures import Serve, Stage, staged
from vendor_media import a_clip
from wiro_fixtures import at_status, detail, ended, run, said, upload

BEFORE = ["task_queue", "task_accept", "task_preprocess_start", "task_preprocess_end", "task_assign", "task_start"]
AFTER = ["task_end", "task_postprocess_start", "task_postprocess_end"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("wiro")) as found:
        yield found


@pytest.fixture
def wiro(stage: Stage) -> Iterator[httpx2.Client]:
    stage.stub.reset()
    with stage.client("wiro") as client:
        yield client


def address(stage: Stage, path: str = "/as/wiro/v1") -> str:
    return stage.url.replace("http://", "ws://") + path


def heard(
    url: str, token: str, turn: Callable[[dict[str, Any]], None] | None = None, **parts: Any
) -> list[dict[str, Any]]:
    """Every message about a task up to its end; `turn` is called with each."""

    async def listen() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(60), websockets.connect(url, proxy=None, **parts) as socket:
            await ask(socket, token)
            async for text in socket:
                found.append(json.loads(text))
                if turn is not None:
                    turn(found[-1])
                if found[-1]["type"] in ("task_postprocess_end", "task_cancel") or not found[-1]["result"]:
                    break
        return found

    return asyncio.run(listen())


async def ask(socket: ClientConnection, token: str) -> None:
    await socket.send(json.dumps({"type": "task_info", "tasktoken": token}))


def types(messages: list[dict[str, Any]]) -> list[str]:
    return [message["type"] for message in messages]


def test_steps_are_told_in_order_as_they_happen(stage: Stage, wiro: httpx2.Client) -> None:
    stage.stub.run(0.4)
    begun = run(wiro, "previz/text-to-image", {"prompt": "x"})
    token = begun["socketaccesstoken"]

    def turn(message: dict[str, Any]) -> None:
        if message["type"] == "task_output":
            stage.stub.succeed()

    messages = heard(address(stage), token, turn)
    assert types(messages) == [*BEFORE, "task_output", "task_output_full", *AFTER]
    for message in messages:
        assert set(message) == {"type", "id", "tasktoken", "message", "result"}
        assert (message["id"], message["tasktoken"]) == (begun["taskid"], token)
    progress = messages[6]["message"]
    assert (progress["type"], progress["percentage"], progress["stepTotal"]) == ("progressGenerate", "40", "100")
    assert all(isinstance(value, str) for value in progress.values())
    (output,) = messages[-1]["message"]
    assert output == detail(wiro, token)["outputs"][0] | {"url": output["url"], "accesskey": output["accesskey"]}
    assert httpx2.get(output["url"], trust_env=False, timeout=60).headers["content-type"] == "image/png"


def test_a_late_subscriber_hears_what_was(stage: Stage, wiro: httpx2.Client) -> None:
    url = upload(wiro, "clip.mp4", a_clip())["url"]
    token = run(wiro, "wiro/ShareGPT4Video-EN", {"inputVideoUrl": url})["socketaccesstoken"]
    task = ended(wiro, token)
    messages = heard(address(stage), token)
    assert types(messages) == [*BEFORE, "task_output_full", *AFTER]
    assert messages[6]["message"] == {"raw": task["debugoutput"]}
    assert messages[-1]["message"] == task["outputs"]


def test_a_failure_is_told_with_its_reason_and_a_cancel_as_one(stage: Stage, wiro: httpx2.Client) -> None:
    stage.stub.fail("rejected", "Not that.")
    token = run(wiro, "previz/text-to-image", {"prompt": "x"})["socketaccesstoken"]
    failed = heard(address(stage), token)
    assert types(failed)[-4:] == ["task_error_full", *AFTER]
    assert failed[-4]["message"] == {"raw": "Not that."}
    assert failed[-1]["message"] == []
    stage.stub.run()
    token = run(wiro, "previz/text-to-image", {"prompt": "x"})["socketaccesstoken"]
    at_status(wiro, token, "task_output")
    said(wiro, "/Task/Kill", {"tasktoken": token})
    assert types(heard(address(stage), token))[-1] == "task_cancel"


@pytest.mark.parametrize("path", ["/v1", "/", "/v1/"])
def test_by_host_it_is_at_the_root(stage: Stage, wiro: httpx2.Client, path: str) -> None:
    token = run(wiro, "previz/text-to-image", {"prompt": "x"})["socketaccesstoken"]
    port = stage.url.rpartition(":")[2]
    messages = heard(f"ws://socket.wiro.ai:{port}{path}", token, host="127.0.0.1")
    assert types(messages)[-1] == "task_postprocess_end"


def test_only_the_token_opens_a_task(stage: Stage, wiro: httpx2.Client) -> None:
    begun = run(wiro, "previz/text-to-image", {"prompt": "x"})
    for wrong in (begun["taskid"], "x" * 30, stage.newest()["id"]):
        (message,) = heard(address(stage), wrong)
        assert message == {
            "type": "task_info",
            "id": "",
            "tasktoken": wrong,
            "message": "There is no task yet.",
            "result": False,
        }


def test_one_socket_follows_several_tasks_and_passes_over_what_is_no_question(
    stage: Stage, wiro: httpx2.Client
) -> None:
    tokens = {run(wiro, "previz/text-to-image", {"prompt": "x"})["socketaccesstoken"] for _ in range(3)}

    async def listen() -> set[str]:
        over: set[str] = set()
        async with asyncio.timeout(60), websockets.connect(address(stage), proxy=None) as socket:
            await socket.send(b"\x00\x01")
            await socket.send("not json")
            await socket.send(json.dumps({"type": "task_session_end", "tasktoken": "x"}))
            for token in [*tokens, *tokens]:
                await ask(socket, token)
            async for text in socket:
                message = json.loads(text)
                over |= {message["tasktoken"]} if message["type"] == "task_postprocess_end" else set()
                if over == tokens:
                    return over
        return over

    assert asyncio.run(listen()) == tokens


def test_a_foreign_page_is_turned_away_while_there_is_no_key(stage: Stage) -> None:
    async def refused(url: str, **parts: Any) -> int:
        with pytest.raises(InvalidStatus) as caught:
            async with websockets.connect(url, proxy=None, **parts):
                pass
        assert caught.value.response.headers["x-request-id"]
        return caught.value.response.status_code

    assert asyncio.run(refused(address(stage), origin="https://evil.example")) == 403
    port = stage.url.rpartition(":")[2]
    assert asyncio.run(refused(f"ws://evil.example:{port}/as/wiro/v1", host="127.0.0.1")) == 403


def test_a_socket_at_another_address_is_refused(stage: Stage) -> None:
    async def connect(path: str) -> None:
        async with websockets.connect(address(stage, path), proxy=None):
            pass

    for path in ("/as/wiro/v1/Task/Detail", "/v1/tasks"):
        with pytest.raises(InvalidStatus):
            asyncio.run(connect(path))


def test_a_socket_carries_the_id_of_its_request(stage: Stage) -> None:
    async def connect() -> Any:
        headers = {"x-request-id": "mine-7"}
        async with websockets.connect(address(stage), proxy=None, additional_headers=headers) as socket:
            assert socket.response is not None
            return socket.response.headers["x-request-id"]

    assert asyncio.run(connect()) == "mine-7"


def test_a_fault_of_ours_ends_the_socket_and_does_not_leave_it_waiting(
    stage: Stage, wiro: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = run(wiro, "previz/text-to-image", {"prompt": "x"})["socketaccesstoken"]
    monkeypatch.setattr(dialect_socket, "_message", lambda *said: said["nothing"])
    with pytest.raises(ConnectionClosedError) as caught:
        heard(address(stage), token)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1011


def test_a_socket_that_names_no_task_is_let_go(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialect_socket, "PATIENCE", 0.01)

    async def connect() -> int | None:
        async with asyncio.timeout(60), websockets.connect(address(stage), proxy=None) as socket:
            with pytest.raises(ConnectionClosedError):
                await socket.recv()
            return socket.close_code

    assert asyncio.run(connect()) == 1008
