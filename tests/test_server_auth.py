"""Who may come in: keys, the operator, this machine alone, and no foreign page."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from callsheet.settings import load

TASK = {"model": "text-to-video", "input": {"prompt": "a red fox in fresh snow"}}


@pytest.fixture(scope="module")
def guarded(serve_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server with keys: `keys` are two accounts'."""
    settings = load(tmp_path_factory.mktemp("guarded"), {"server.worker": False}, environ={})
    with serve_home(settings) as running, running.client(running.operator) as operator:
        running.keys = [operator.post("/v1/keys", json={"name": name}).json() for name in ("one", "two")]
        yield running


def code(response: httpx2.Response, status: int) -> str:
    assert response.status_code == status, response.text
    return response.json()["error"]["code"]


def test_a_new_key_is_shown_once(guarded: Any) -> None:
    with guarded.client(guarded.operator) as operator:
        made = operator.post("/v1/keys", json={"name": "studio"})
        assert made.status_code == 201
        assert made.headers["cache-control"] == "no-store"
        issued = made.json()
        assert {"id", "key", "secret", "account", "name"} <= set(issued)
        listed = operator.get("/v1/keys")
        assert issued["id"] in [key["id"] for key in listed.json()["data"]]
        assert issued["key"] not in listed.text
        assert issued["secret"] not in listed.text


def test_a_key_gets_an_account_of_its_own_unless_one_is_named(guarded: Any) -> None:
    with guarded.client(guarded.operator) as operator:
        first, second = (operator.post("/v1/keys", json={"name": "n"}).json() for _ in range(2))
        third = operator.post("/v1/keys", json={"name": "n", "account": first["account"]}).json()
    assert first["account"] != second["account"]
    assert third["account"] == first["account"]


def test_a_revoked_key_opens_nothing(guarded: Any) -> None:
    with guarded.client(guarded.operator) as operator:
        issued = operator.post("/v1/keys", json={"name": "short"}).json()
        with guarded.client(issued["key"]) as client:
            assert client.get("/v1/tasks").status_code == 200
            revoked = operator.delete(f"/v1/keys/{issued['id']}")
            assert revoked.status_code == 200
            assert revoked.json()["revoked_at"]
            assert code(client.get("/v1/tasks"), 401) == "unauthenticated"
        assert code(operator.delete("/v1/keys/key_none"), 404) == "not_found"


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer cs_wrong", "Basic dXNlcjpwYXNz", "bearer\tx", "Bearer ключ"]
)
def test_without_a_good_key_nothing_under_v1_answers(guarded: Any, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header.encode()}
    with guarded.client() as client:
        for method, path in _ADDRESSES:
            response = client.request(method, path, headers=headers)
            assert code(response, 401) == "unauthenticated", path
            assert response.headers["www-authenticate"] == "Bearer"
        assert client.get("/healthz").status_code == 200
        assert client.get("/v1/openapi.json").status_code == 200


_ADDRESSES = [
    ("POST", "/v1/tasks"),
    ("GET", "/v1/tasks"),
    ("GET", "/v1/tasks/task_1"),
    ("POST", "/v1/tasks/task_1/cancel"),
    ("POST", "/v1/tasks/task_1/resolve"),
    ("GET", "/v1/tasks/task_1/events"),
    ("GET", "/v1/tasks/task_1/timeline"),
    ("GET", "/v1/tasks/task_1/exchanges"),
    ("DELETE", "/v1/tasks/task_1"),
    ("POST", "/v1/sheets"),
    ("POST", "/v1/sheets/plan"),
    ("POST", "/v1/sheets/cancel"),
    ("GET", "/v1/sheets/examples"),
    ("POST", "/v1/prompts/check"),
    ("GET", "/v1/vendors"),
    ("GET", "/v1/webhooks"),
    ("GET", "/v1/webhooks/message_1"),
    ("POST", "/v1/webhooks/message_1/redeliver"),
    ("POST", "/v1/files"),
    ("GET", "/v1/files"),
    ("GET", "/v1/files/file_1"),
    ("DELETE", "/v1/files/file_1"),
    ("GET", "/v1/files/file_1/content"),
    ("HEAD", "/v1/files/file_1/content"),
    ("POST", "/v1/quotes"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/previz/text-to-video"),
    ("GET", "/v1/capabilities"),
    ("GET", "/v1/keys"),
    ("POST", "/v1/keys"),
    ("PATCH", "/v1/keys/key_1"),
    ("DELETE", "/v1/keys/key_1"),
    ("GET", "/v1/credits"),
    ("GET", "/v1/ledger/accounts"),
    ("GET", "/v1/ledger/check"),
    ("POST", "/v1/ledger/funds"),
    ("POST", "/v1/ledger/refunds"),
]
_ADDRESSES = [one for one in _ADDRESSES if one[0] != "HEAD"]  # a HEAD has no body to look into


def test_the_list_of_addresses_is_whole(guarded: Any) -> None:
    with guarded.client() as client:
        paths = client.get("/v1/openapi.json").json()["paths"]
    documented = {
        (
            method.upper(),
            re.sub(r"\{(task|file|key|message)_id\}", r"\1_1", path).replace("{model_id}", "previz/text-to-video"),
        )
        for path, methods in paths.items()
        if path.startswith("/v1")
        for method in methods
    }
    assert documented - {("HEAD", "/v1/files/file_1/content")} == set(_ADDRESSES)


def test_only_the_operator_deals_in_keys(guarded: Any) -> None:
    with guarded.client(guarded.keys[0]["key"]) as client:
        assert code(client.get("/v1/keys"), 403) == "forbidden"
        assert code(client.post("/v1/keys", json={"name": "more"}), 403) == "forbidden"
        assert code(client.delete(f"/v1/keys/{guarded.keys[1]['id']}"), 403) == "forbidden"


def test_one_account_never_sees_anothers_by_any_id(guarded: Any) -> None:
    one, two = (guarded.client(key["key"]) for key in guarded.keys)
    with one, two:
        task = one.post("/v1/tasks", json=TASK, headers={"idempotency-key": "shared"}).json()
        file = one.post("/v1/files", files={"file": ("a.txt", b"private", "text/plain")}).json()
        for method, path in (
            ("GET", f"/v1/tasks/{task['id']}"),
            ("POST", f"/v1/tasks/{task['id']}/cancel"),
            ("GET", f"/v1/tasks/{task['id']}/events"),
            ("GET", f"/v1/tasks/{task['id']}/timeline"),
            ("GET", f"/v1/files/{file['id']}"),
            ("GET", f"/v1/files/{file['id']}/content"),
            ("DELETE", f"/v1/files/{file['id']}"),
        ):
            assert code(two.request(method, path), 404) == "not_found", path
        assert two.get("/v1/tasks").json()["data"] == []
        assert two.get("/v1/files").json()["data"] == []
        other = two.post("/v1/tasks", json=TASK, headers={"idempotency-key": "shared"})
        assert other.status_code == 201
        assert other.json()["id"] != task["id"]
        stolen = {"model": "image-to-video", "input": {"prompt": "x", "image": file["id"]}}
        assert code(two.post("/v1/tasks", json=stolen), 404) == "not_found"
        assert one.get(f"/v1/tasks/{task['id']}").json()["state"] == "queued"
        listed = one.get("/v1/tasks", params={"limit": 1}).json()
        assert code(two.get("/v1/tasks", params={"limit": 1, "cursor": _cursor(one)}), 422) == "invalid_input"
        assert listed["data"]
        assert two.get(file["url"]).content == b"private"  # whoever holds a signed link may open it


def _cursor(client: httpx2.Client) -> str:
    client.post("/v1/tasks", json=TASK)
    return client.get("/v1/tasks", params={"limit": 1}).json()["next"]


def test_without_any_key_this_machine_is_the_local_account(api: httpx2.Client, house: Any) -> None:
    assert api.get("/v1/tasks").status_code == 200
    with house.client("whatever-an-old-environment-says") as client:
        assert client.get("/v1/tasks").status_code == 200
    assert code(api.get("/v1/keys"), 403) == "forbidden"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8420", "127.0.0.1.evil.example", "10.0.0.7", "[fe80::1]"]
)
def test_a_page_whose_name_was_rebound_gets_nothing(api: httpx2.Client, host: str) -> None:
    for path in ("/v1/tasks", "/", "/v1/openapi.json"):
        assert code(api.get(path, headers={"host": host}), 403) == "forbidden"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:99", "127.9.9.9", "[::1]:8420", "app.localhost", "localhost."]
)
def test_this_machine_has_several_names(api: httpx2.Client, host: str) -> None:
    assert api.get("/v1/tasks", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_foreign_page_changes_nothing(api: httpx2.Client, headers: dict[str, str]) -> None:
    assert code(api.post("/v1/tasks", json=TASK, headers=headers), 403) == "forbidden"
    assert api.get("/v1/tasks", headers=headers).status_code == 200  # which no page can read


def test_our_own_pages_may_ask(api: httpx2.Client, house: Any) -> None:
    headers = {"origin": house.url, "sec-fetch-site": "same-origin"}
    assert api.post("/v1/tasks", json=TASK, headers=headers).status_code == 201


def test_with_a_key_any_name_and_page_will_do(guarded: Any) -> None:
    with guarded.client(guarded.keys[0]["key"]) as client:
        headers = {"host": "media.example", "origin": "https://studio.example"}
        assert client.post("/v1/tasks", json=TASK, headers=headers).status_code == 201


def test_no_log_line_and_no_error_holds_a_secret(
    guarded: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    issued = guarded.keys[0]
    for name in ("callsheet", "uvicorn.error"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    with caplog.at_level(logging.DEBUG), guarded.client(issued["key"]) as client:
        answers = [
            client.post("/v1/tasks", json=TASK),
            client.get("/v1/tasks/none"),
            client.get(f"/v1/files/file_1/content?expires=1&signature={issued['secret']}"),
            client.get("/v1/tasks", headers={"authorization": f"Bearer {issued['key']}x"}),
        ]
    ours = [record for record in caplog.records if record.name.startswith(("callsheet", "uvicorn.error"))]
    assert ours
    said = "".join([*map(str, (vars(record) for record in ours)), *(one.text + str(one.headers) for one in answers)])
    for secret in (issued["key"], issued["secret"], guarded.operator):
        assert secret not in said
