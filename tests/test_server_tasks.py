"""Tasks over real HTTP: submit, replay, get, list, cancel, and everything that can be wrong with a request."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from callsheet.server import answers

TASK = {"model": "text-to-video", "input": {"prompt": "a red fox in fresh snow"}}


def submit(api: httpx2.Client, **more: Any) -> dict[str, Any]:
    response = api.post("/v1/tasks", json=TASK | more)
    assert response.status_code == 201, response.text
    return response.json()


def refused(response: httpx2.Response, status: int, code: str, param: str | None = None) -> dict[str, Any]:
    """The error of an answer that must be one, in the one shape."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    error = response.json()["error"]
    assert set(error) == {"code", "message", "hint", "param", "request_id", "reason", "values"}
    assert (error["code"], error["param"]) == (code, param)
    assert error["request_id"] == response.headers["x-request-id"]
    return error


def test_a_submitted_task_is_answered_as_the_documents_say(api: httpx2.Client) -> None:
    response = api.post("/v1/tasks", json=TASK | {"metadata": {"scene": "12A"}, "priority": 3})
    assert response.status_code == 201
    task = response.json()
    assert set(task) == set(answers.Task.model_fields)
    assert task["id"].startswith("task_")
    assert response.headers["location"] == f"/v1/tasks/{task['id']}"
    assert (task["object"], task["model"], task["capability"]) == ("task", "text-to-video", "text-to-video")
    assert (task["state"], task["progress"], task["stage"], task["door"]) == ("queued", 0, "previz", "native")
    assert task["input"]["prompt"] == TASK["input"]["prompt"]
    assert (task["metadata"], task["priority"], task["webhook"]) == ({"scene": "12A"}, 3, None)
    assert (task["artifacts"], task["error"], task["started_at"], task["ended_at"]) == ([], None, None, None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", task["created_at"])
    answers.Task.model_validate(task)
    assert api.get(f"/v1/tasks/{task['id']}").json() == task


def test_the_same_idempotency_key_gives_the_same_task(api: httpx2.Client) -> None:
    headers = {"idempotency-key": "once-and-again"}
    first = api.post("/v1/tasks", json=TASK, headers=headers)
    again = api.post("/v1/tasks", json=TASK, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]


def test_the_same_idempotency_key_with_another_body_is_a_conflict(api: httpx2.Client) -> None:
    headers = {"idempotency-key": "two-bodies"}
    assert api.post("/v1/tasks", json=TASK, headers=headers).status_code == 201
    other = api.post("/v1/tasks", json=TASK | {"input": {"prompt": "another"}}, headers=headers)
    assert refused(other, 409, "conflict", other.json()["error"]["param"])["hint"]


def test_many_at_once_with_one_idempotency_key_make_one_task(house: Any) -> None:
    def once(number: int) -> tuple[int, str]:
        with house.client() as client:
            response = client.post("/v1/tasks", json=TASK, headers={"idempotency-key": "crowd"})
            return response.status_code, response.json()["id"]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(once, range(16)))
    assert len({task for _, task in found}) == 1
    assert sorted(code for code, _ in found) == [200] * 15 + [201]


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\tinside"])
def test_a_strange_idempotency_key_is_refused(api: httpx2.Client, key: str) -> None:
    response = api.post("/v1/tasks", json=TASK, headers={"idempotency-key": key})
    refused(response, 422, "invalid_input", "Idempotency-Key")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b'{"model": "text-to-video", "input": {"prompt": }}', "line 1 column 48"),
        (b'{"model":\n "x",,}', "line 2 column 6"),
        (b'{"model": "x"} trailing', "trailing"),
        (b"\xff\xfe{}", "column 1"),
        (b'{"model": "\\ud800", "input": {}}', "hex escape at line 1"),
        (b"[" * 5000, "recursion"),
    ],
)
def test_what_is_no_json_is_told_with_the_place(api: httpx2.Client, body: bytes, said: str) -> None:
    response = api.post("/v1/tasks", content=body, headers={"content-type": "application/json"})
    assert said in refused(response, 400, "bad_request")["message"]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_does_not_say_it_is_json_is_refused(api: httpx2.Client, content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = api.post("/v1/tasks", content=json.dumps(TASK).encode(), headers=headers)
    assert "application/json" in refused(response, 415, "bad_request")["hint"]


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"modle": "x"}, "modle"),
        ({"model": 7}, "model"),
        ({"model": ""}, "model"),
        ({"input": "a fox"}, "input"),
        ({"metadata": {"a": 1}}, "metadata.a"),
        ({"metadata": {"a": "x" * 513}}, "metadata.a"),
        ({"metadata": {str(n): "x" for n in range(17)}}, "metadata"),
        ({"priority": 1.5}, "priority"),
        ({"priority": "1"}, "priority"),
        ({"priority": 101}, "priority"),
        ({"stage": ""}, "stage"),
        ({"input": {"prompt": "a fox", "durashun": 5}}, "durashun"),
        ({"input": {}}, "prompt"),
    ],
)
def test_a_wrong_field_is_named(api: httpx2.Client, change: dict[str, Any], param: str) -> None:
    error = refused(api.post("/v1/tasks", json=TASK | change), 422, "invalid_input", param)
    assert error["message"]


def test_an_unknown_field_comes_with_the_known_ones(api: httpx2.Client) -> None:
    hint = refused(api.post("/v1/tasks", json=TASK | {"modle": "x"}), 422, "invalid_input", "modle")["hint"]
    assert hint.startswith("Did you mean model?")
    assert "webhook" in hint


@pytest.mark.parametrize("missing", ["model", "input"])
def test_a_missing_field_is_named(api: httpx2.Client, missing: str) -> None:
    body = {name: value for name, value in TASK.items() if name != missing}
    refused(api.post("/v1/tasks", json=body), 422, "invalid_input", missing)


def test_a_body_that_is_no_object_is_refused(api: httpx2.Client) -> None:
    assert "object" in refused(api.post("/v1/tasks", json=[TASK]), 422, "invalid_input")["message"]


def test_numbers_that_json_does_not_have_are_refused(api: httpx2.Client) -> None:
    body = b'{"model": "text-to-video", "input": {"prompt": "x", "duration": NaN}}'
    response = api.post("/v1/tasks", content=body, headers={"content-type": "application/json"})
    assert "NaN" in refused(response, 400, "bad_request")["message"]


def test_words_that_look_like_no_number_are_words(api: httpx2.Client) -> None:
    assert submit(api, input={"prompt": "NaN to Infinity"})["input"]["prompt"] == "NaN to Infinity"


def test_an_unknown_model_comes_with_the_nearest(api: httpx2.Client) -> None:
    response = api.post("/v1/tasks", json=TASK | {"model": "previz/text-to-vidoe"})
    error = refused(response, 404, "not_found", response.json()["error"]["param"])
    assert "previz/text-to-video" in f"{error['message']} {error['hint']}"


def test_an_unknown_query_parameter_comes_with_the_known_ones(api: httpx2.Client) -> None:
    hint = refused(api.get("/v1/tasks", params={"sate": "queued"}), 422, "invalid_input", "sate")["hint"]
    assert hint.startswith("Did you mean state?")
    assert "cursor" in hint
    refused(api.get(f"/v1/tasks/{submit(api)['id']}", params={"verbose": 1}), 422, "invalid_input", "verbose")
    refused(api.post("/v1/tasks?dry=1", json=TASK), 422, "invalid_input", "dry")


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"state": "done"}, "state"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "garbage!"}, "cursor"),
        ({"state[a]": "queued"}, "state"),
        ({"metadata": "a"}, "metadata"),
        ({"metadata[a": "b"}, "metadata"),
        ({"metadata[]": "b"}, "metadata"),
        ({"created_from": "yesterday"}, "created_from"),
        ({"created_from": "2026-11-21T10:00:00"}, "created_from"),
    ],
)
def test_a_wrong_query_is_named(api: httpx2.Client, query: dict[str, str], param: str) -> None:
    refused(api.get("/v1/tasks", params=query), 422, "invalid_input", param)


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=1&limit=2", "limit"),
        ("metadata[a]=1&metadata[a]=2", "metadata"),
        ("metadata=1&metadata[a]=2", "metadata"),
        ("state=queued&state[a]=2", "state"),
    ],
)
def test_a_query_parameter_given_twice_is_refused(api: httpx2.Client, query: str, param: str) -> None:
    refused(api.get(f"/v1/tasks?{query}"), 422, "invalid_input", param)


def test_the_list_is_filtered_by_everything_given(api: httpx2.Client) -> None:
    one = submit(api, metadata={"reel": "west", "scene": "1"})
    two = submit(api, metadata={"reel": "west", "scene": "2"})
    api.post(f"/v1/tasks/{two['id']}/cancel")

    def ids(**query: Any) -> list[str]:
        found = api.get("/v1/tasks", params={"metadata[reel]": "west", **query})
        assert found.status_code == 200, found.text
        return [task["id"] for task in found.json()["data"]]

    assert ids() == [two["id"], one["id"]]
    assert ids(state="queued") == [one["id"]]
    assert ids(state="queued,canceled") == [two["id"], one["id"]]
    assert ids(state=["queued", "canceled"]) == [two["id"], one["id"]]
    assert ids(**{"metadata[scene]": "2"}) == [two["id"]]
    assert ids(model=one["model"], capability="text-to-video", vendor="previz", door="native") == [two["id"], one["id"]]
    assert ids(vendor="vidu") == []
    now = datetime.now(UTC)
    assert ids(created_from=(now + timedelta(hours=1)).isoformat()) == []
    assert ids(created_to=(now - timedelta(hours=1)).isoformat()) == []
    assert ids(created_from=(now - timedelta(hours=1)).isoformat(), created_to="2126-01-01T00:00:00+01:00") != []


def test_paging_neither_loses_nor_repeats_while_tasks_come_in(api: httpx2.Client) -> None:
    first = [submit(api, metadata={"roll": "pages"})["id"] for _ in range(7)]
    seen: list[str] = []
    query: dict[str, Any] = {"metadata[roll]": "pages", "limit": 2}
    while True:
        page = api.get("/v1/tasks", params=query).json()
        assert set(page) == {"data", "next"}
        seen += [task["id"] for task in page["data"]]
        submit(api, metadata={"roll": "pages"})
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == first[::-1]


def test_a_canceled_task_stays_canceled(api: httpx2.Client) -> None:
    task = submit(api)
    canceled = api.post(f"/v1/tasks/{task['id']}/cancel")
    assert (canceled.status_code, canceled.json()["state"]) == (200, "canceled")
    assert canceled.json()["ended_at"] >= task["created_at"]
    assert api.post(f"/v1/tasks/{task['id']}/cancel").json() == canceled.json()


@pytest.mark.parametrize("path", ["/v1/tasks/task_none", "/v1/tasks/task_none/events", "/v1/tasks/task_none/timeline"])
def test_a_task_that_is_not_there_is_not_found(api: httpx2.Client, path: str) -> None:
    response = api.get(path)
    refused(response, 404, "not_found", response.json()["error"]["param"])


def test_the_timeline_says_in_words_what_the_events_say(api: httpx2.Client) -> None:
    task = submit(api)
    api.post(f"/v1/tasks/{task['id']}/cancel")
    answer = api.get(f"/v1/tasks/{task['id']}/timeline").json()
    assert answer["next"] is None
    assert [event["seq"] for event in answer["data"]] == list(range(1, len(answer["data"]) + 1))
    assert answer["data"][-1]["type"] == "canceled"
    for event in answer["data"]:
        assert set(event) == {"seq", "type", "at", "data", "text"}
        assert re.fullmatch(r"[A-Z].*\.", event["text"]), event["text"]


def test_a_quote_checks_the_input_and_keeps_nothing(api: httpx2.Client) -> None:
    before = api.get("/v1/tasks", params={"limit": 1}).json()["data"]
    answer = api.post("/v1/quotes", json=TASK)
    assert answer.status_code == 200, answer.text
    quote = answer.json()
    assert set(quote) == set(answers.Quote.model_fields)
    assert (quote["object"], quote["stage"]) == ("quote", "previz")
    assert quote["basis"]
    refused(api.post("/v1/quotes", json={"model": "text-to-video", "input": {}}), 422, "invalid_input", "prompt")
    assert api.get("/v1/tasks", params={"limit": 1}).json()["data"] == before
