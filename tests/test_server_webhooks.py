"""Webhooks over HTTP, the client and the command line: listed, shown with every try, told again, each to its own."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

import callsheet
from callsheet.client import AsyncClient, Client, NotGenuine, Webhook
from callsheet.errors import Forbidden, InvalidInput, NotFound
from callsheet.server import answers
from callsheet.settings import load
from callsheet.signing import sign

TASK = {"model": "text-to-image", "input": {"prompt": "a red door [[fail]]"}}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = 1_795_255_200


class Heard(BaseHTTPRequestHandler):
    """Answers what its server's `answers` say, in order, the last again and again."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        server: Any = self.server
        server.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def receiver(*answers: int) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Heard)
    server.answers, server.heard = list(answers), []
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory, serve_home: Any) -> Iterator[Any]:
    """A server that runs its tasks and may call this machine."""
    settings = load(tmp_path_factory.mktemp("living"), {"fetch.allow": "127.0.0.1"}, environ={})
    with serve_home(settings) as running:
        yield running


def until(found: Callable[[], Any], within: float = 60) -> Any:
    end = time.monotonic() + within
    while not (value := found()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return value


def test_a_given_up_message_is_found_shown_and_told_again(living: Any) -> None:
    with receiver(410, 204) as hook, living.client() as api:
        task = api.post("/v1/tasks", json={**TASK, "webhook": hook.url}).json()
        assert (task["webhook_events"], task["webhook_state"]) == (
            ["task.succeeded", "task.failed", "task.canceled"],
            None,
        )
        (message,) = until(
            lambda: api.get("/v1/webhooks", params={"task": task["id"], "state": "gave_up"}).json()["data"]
        )
        answers.Webhook.model_validate(message)
        assert (message["kind"], message["attempts"], message["url"]) == ("task.failed", 1, hook.url)
        assert api.get(f"/v1/tasks/{task['id']}").json()["webhook_state"] == "gave_up"
        again = api.post(f"/v1/webhooks/{message['id']}/redeliver").json()
        assert (again["id"], again["state"]) == (message["id"], "pending")
        whole = until(lambda: _in_state(api, message["id"], "delivered"))
        answers.FullWebhook.model_validate(whole)
        assert [one["status"] for one in whole["tries"]] == [410, 204]
        assert json.loads(whole["tries"][0]["body"])["id"] == task["id"]
        assert {headers["webhook-id"] for headers, _ in hook.heard} == {message["id"]}


def _in_state(api: httpx2.Client, id: str, state: str) -> Any:
    found = api.get(f"/v1/webhooks/{id}").json()
    return found if found["state"] == state else None


def test_pages_neither_lose_nor_repeat_a_message(living: Any) -> None:
    with receiver(204) as hook, living.client() as api:
        body = {**TASK, "webhook": hook.url, "webhook_events": ["task.failed", "task.started"]}
        tasks = [api.post("/v1/tasks", json=body).json()["id"] for _ in range(4)]
        until(lambda: len(hook.heard) == 8)
        seen: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = api.get("/v1/webhooks", params={"limit": 3, **cursor}).json()
            seen += page["data"]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert len({one["id"] for one in seen}) == len(seen)
        assert {one["task_id"] for one in seen} >= set(tasks)
        for task in tasks:
            states = [json.loads(raw)["state"] for _, raw in hook.heard if json.loads(raw)["id"] == task]
            assert states == ["running", "failed"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"webhook_events": ["task.done"], "webhook": "https://example.com/x"}, "webhook_events"),
        ({"webhook_events": [], "webhook": "https://example.com/x"}, "webhook_events"),
        ({"webhook_events": ["task.failed"]}, "webhook_events"),
    ],
)
def test_events_that_nobody_could_be_told_are_refused(api: httpx2.Client, body: dict[str, Any], param: str) -> None:
    answer = api.post("/v1/tasks", json={**TASK, **body})
    assert answer.status_code == 422
    assert answer.json()["error"]["param"].startswith(param)


@pytest.mark.parametrize("query", [{"state": "lost"}, {"task": "x"}, {"kind": "x"}, {"limit": 0}])
def test_a_query_that_means_nothing_is_refused(api: httpx2.Client, query: dict[str, str]) -> None:
    assert api.get("/v1/webhooks", params=query).status_code == 422


def test_an_account_sees_its_own_messages_and_the_operator_those_of_all(tmp_path: Path, serve_home: Any) -> None:
    settings = load(tmp_path / "home", {"fetch.allow": "127.0.0.1"}, environ={})
    with receiver(204) as hook, serve_home(settings) as running, Client(running.url, running.operator) as operator:
        one, other = operator.create_key("one"), operator.create_key("other")
        with Client(running.url, one.key) as mine, Client(running.url, other.key) as theirs:
            mine.submit(TASK["model"], TASK["input"], webhook=hook.url)  # type: ignore[arg-type]
            (message,) = until(lambda: mine.webhooks(state="delivered").data)
            assert theirs.webhooks().data == ()
            for refused in (theirs.webhook, theirs.redeliver):
                with pytest.raises(NotFound):
                    refused(message)
            with pytest.raises(Forbidden):
                theirs.webhooks(account=one.account)
            assert [found.id for found in operator.webhooks(account=one.account).data] == [message.id]
            assert operator.webhooks().data == ()
            assert operator.redeliver(message).id == message.id
            until(lambda: len(hook.heard) == 2)
            for headers, body in hook.heard:
                event = callsheet.verify_webhook(one.secret or "", headers, body)
                assert (event.id, event.type, event.task.id) == (message.id, "task.failed", message.task_id)
                with pytest.raises(NotGenuine):
                    callsheet.verify_webhook(other.secret or "", headers, body)


def test_the_client_speaks_of_messages_both_ways(living: Any) -> None:
    async def story() -> Webhook:
        async with AsyncClient(living.url) as client:
            task = await client.submit(
                TASK["model"],
                TASK["input"],
                webhook=hook.url,
                webhook_events=["task.started"],  # type: ignore[arg-type]
            )
            while not (page := await client.webhooks(task=task, state="delivered")).data:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            with pytest.raises(InvalidInput):
                await client.submit(TASK["model"], TASK["input"], webhook=hook.url, webhook_events=[])  # type: ignore[arg-type]
            return await client.webhook(page.data[0])

    with receiver(200) as hook:
        found = asyncio.run(story())
        assert (found.kind, found.attempts, found.tries[0].status) == ("task.started", 1, 200)
        with Client(living.url) as client:
            assert client.redeliver(found).id == found.id
            until(lambda: client.webhook(found.id).attempts == 2)


def a_webhook(secret: str = SECRET, at: int = NOW, **parts: Any) -> tuple[dict[str, str], bytes]:
    task = {"id": "task_1", "model": "m", "capability": "c", "state": "succeeded"} | parts
    body = json.dumps(task).encode()
    return sign(secret, "evt_1", at, body), body


def test_a_genuine_webhook_is_believed_and_says_what_it_tells() -> None:
    headers, body = a_webhook()
    shouting = {name.title(): value for name, value in headers.items()}
    event = callsheet.verify_webhook(SECRET, shouting, body, now=NOW + 299)
    assert (event.id, event.type, event.task.id, event.sent_at.timestamp()) == (
        "evt_1",
        "task.succeeded",
        "task_1",
        NOW,
    )
    assert callsheet.verify_webhook(["whsec_b3RoZXI=", SECRET], headers, body.decode(), now=NOW).id == "evt_1"
    headers, body = a_webhook(state="running")
    assert callsheet.verify_webhook(SECRET.replace("whsec_", "css_"), headers, body, now=NOW).type == "task.started"


def test_while_keys_are_changed_either_secret_proves_it() -> None:
    headers, body = a_webhook()
    older = sign("whsec_b2xk", "evt_1", NOW, body)["webhook-signature"]
    headers["webhook-signature"] = f"{older} {headers['webhook-signature']} v2,eA=="
    for secret in (SECRET, "whsec_b2xk"):
        assert callsheet.verify_webhook(secret, headers, body, now=NOW).id == "evt_1"


@pytest.mark.parametrize(
    ("change", "now", "said"),
    [
        ({}, NOW + 301, "clock"),
        ({}, NOW - 301, "clock"),
        ({"webhook-timestamp": str(NOW + 1)}, NOW, "secret"),
        ({"webhook-id": "evt_2"}, NOW, "secret"),
        ({"webhook-signature": "v1,AAAA"}, NOW, "secret"),
        ({"webhook-signature": ""}, NOW, "headers"),
        ({"webhook-timestamp": "soon"}, NOW, "headers"),
        ({"webhook-id": ""}, NOW, "headers"),
    ],
)
def test_what_is_forged_old_or_incomplete_is_not_believed(change: dict[str, str], now: int, said: str) -> None:
    headers, body = a_webhook()
    with pytest.raises(NotGenuine) as refused:
        callsheet.verify_webhook(SECRET, headers | change, body, now=now)
    assert said in f"{refused.value.message} {refused.value.hint}".lower()


def test_a_body_that_was_changed_or_tells_of_no_task_is_not_believed() -> None:
    headers, body = a_webhook()
    with pytest.raises(NotGenuine):
        callsheet.verify_webhook(SECRET, headers, body + b" ", now=NOW)
    for other in (b"[]", b"no json", b"{}"):
        with pytest.raises(NotGenuine, match="tells of no task"):
            callsheet.verify_webhook(SECRET, sign(SECRET, "evt_1", NOW, other), other, now=NOW)
    with pytest.raises(NotGenuine, match="no webhook secret"):
        callsheet.verify_webhook("cs_key", headers, body, now=NOW)
