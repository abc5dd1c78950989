"""Vidu's list of tasks with every filter and both ways to page, its credits, and its signed callbacks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from vendor_fixtures import Received, Receiver, Serve, Stage, receiving, staged, until
from vendor_media import a_png

PICTURE = "data:image/png;base64," + base64.b64encode(a_png(200, 200)).decode()
BODIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("text2video", {"model": "viduq3-pro", "prompt": "one"}),
    ("text2video", {"model": "viduq2", "prompt": "two", "resolution": "540p"}),
    ("text2video", {"model": "viduq1", "prompt": "three"}),
    ("template-story", {"story": "pigsy", "images": [PICTURE]}),
    ("template", {"template": "hugging", "images": [PICTURE]}),
    ("reference2image", {"model": "viduq2", "prompt": "six", "resolution": "4K"}),
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("stage")) as found:
        yield found


@pytest.fixture(scope="module")
def client(stage: Stage) -> Iterator[httpx2.Client]:
    with stage.client("vidu") as found:
        yield found


@pytest.fixture(scope="module")
def ids(stage: Stage, client: httpx2.Client) -> list[str]:
    """Six tasks, the oldest first: the first succeeded, the second failed, the third canceled, the others wait."""
    made = [create(client, *BODIES[0])]
    _ended(client, made[0])
    stage.stub.fail("rejected")
    made.append(create(client, *BODIES[1]))
    _ended(client, made[1])
    stage.stub.wait()
    made += [create(client, *body) for body in BODIES[2:]]
    assert client.post(f"/ent/v2/tasks/{made[2]}/cancel", json={"id": made[2]}).json() == {}
    _ended(client, made[2])
    return made


def create(client: httpx2.Client, endpoint: str, body: dict[str, Any]) -> str:
    answer = client.post(f"/ent/v2/{endpoint}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["task_id"]


def _ended(client: httpx2.Client, task_id: str) -> None:
    path = f"/ent/v2/tasks/{task_id}/creations"
    until(lambda: client.get(path).json()["state"], lambda state: state in ("success", "failed"))


def listed(client: httpx2.Client, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/ent/v2/tasks?{query}")
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"next_page_token", "tasks"}
    return answer.json()


def found(client: httpx2.Client, ids: list[str], query: str) -> list[int]:
    """Which of the six, by number."""
    return [ids.index(one["id"]) for one in listed(client, query)["tasks"]]


def test_a_list_shows_tasks_as_documented_newest_first(client: httpx2.Client, ids: list[str]) -> None:
    tasks = listed(client)["tasks"]
    assert [one["id"] for one in tasks] == ids[::-1]
    first, failed, canceled = tasks[5], tasks[4], tasks[3]
    assert {name: first[name] for name in ("type", "model", "prompt", "resolution", "aspect_ratio", "duration")} == {
        **{"type": "text2video", "model": "viduq3-pro", "prompt": "one"},
        **{"resolution": "720p", "aspect_ratio": "16:9", "duration": 5},
    }
    (made,) = first["creations"]
    assert made["video"] == {"duration": 1.0, "fps": 8, "resolution": {"width": 64, "height": 36}}
    assert httpx2.get(made["url"], trust_env=False, timeout=60).status_code == 200
    assert [one["state"] for one in (first, failed, canceled)] == ["success", "failed", "failed"]
    assert [(one["type"], one["template"]) for one in tasks[1:3]] == [("template", "hugging"), ("template-story", "")]
    assert httpx2.get(tasks[1]["images"][0], trust_env=False, timeout=60).content == a_png(200, 200)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("states=success", [0]),
        ("states=failed", [2, 1]),
        ("states=success&states=queueing", [5, 4, 3, 0]),
        ("states[]=success&states[]=failed", [2, 1, 0]),
        ("states=success,failed", [2, 1, 0]),
        ("states=processing", []),
        ("states=created", []),
        ("states=created&states=queueing", [5, 4, 3]),
        ("model_versions=q2", [5, 1]),
        ("model_versions=viduq1,q3-pro", [2, 0]),
        ("model_versions=2.0", []),
        ("resolutions=540p", [1]),
        ("resolutions=4k&resolutions=720P", [5, 0]),
        ("templates=hugging", [4]),
        ("templates=hugging&templates=pigsy", [4]),
        ("states=failed&model_versions=q2", [1]),
        ("paper.pagesz=2", [5, 4]),
        ("paper.page=1&paper.pagesz=4", [1, 0]),
        ("pager.page=2&pager.pagesz=2", [1, 0]),
        ("paper.page=9", []),
        ("states=failed,success&paper.page=1&paper.pagesz=2", [0]),
    ],
)
def test_every_filter_and_every_page(client: httpx2.Client, ids: list[str], query: str, numbers: list[int]) -> None:
    assert found(client, ids, query) == numbers


def test_ids_and_times_choose(client: httpx2.Client, ids: list[str]) -> None:
    assert found(client, ids, f"task_ids={ids[1]}&task_ids={ids[4]}") == [4, 1]
    assert found(client, ids, f"task_ids={ids[1]},nobody") == [1]
    third = next(one["created_at"] for one in listed(client)["tasks"] if one["id"] == ids[2])
    assert found(client, ids, f"created_at.from={third}") == [5, 4, 3, 2]
    assert found(client, ids, f"created_at.to={third}") == [1, 0]
    seconds = int(datetime.fromisoformat(third).timestamp())
    assert found(client, ids, f"created_at.to={seconds - 3600}") == []
    assert found(client, ids, f"created_at.from={(seconds - 3600) * 1000}") == [5, 4, 3, 2, 1, 0]
    later = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert found(client, ids, f"created_at.from={later}") == []


def walked(client: httpx2.Client, query: str, prefix: str = "paper") -> Iterator[list[str]]:
    """The ids of each page, by tokens; a page number beside a token counts for nothing."""
    more = ""
    while True:
        answer = listed(client, query + more)
        yield [one["id"] for one in answer["tasks"]]
        if not answer["next_page_token"]:
            return
        more = f"&{prefix}.page_token={answer['next_page_token']}&{prefix}.page=7"


@pytest.mark.parametrize("prefix", ["paper", "pager"])
def test_tokens_lead_through_all_of_it_once(client: httpx2.Client, ids: list[str], prefix: str) -> None:
    pages = list(walked(client, f"{prefix}.pagesz=4", prefix))
    assert pages == [ids[:1:-1], ids[1::-1]]
    chosen = list(walked(client, f"{prefix}.pagesz=2&states=queueing,failed", prefix))
    assert chosen == [[ids[5], ids[4]], [ids[3], ids[2]], [ids[1]]]


def test_tasks_made_or_ended_meanwhile_shift_no_page(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path) as stage, stage.client("vidu") as client:
        stage.stub.wait()
        made = [create(client, *BODIES[0]) for _ in range(5)]
        pages = walked(client, "paper.pagesz=2&states=queueing")
        assert next(pages) == [made[4], made[3]]
        create(client, *BODIES[0])
        client.post(f"/ent/v2/tasks/{made[3]}/cancel").raise_for_status()
        _ended(client, made[3])
        assert next(pages) == [made[2], made[1]]
        assert list(pages) == [[made[0]]]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("paper.pagesz=0", "PageSizeOutOfRange"),
        ("paper.pagesz=101", "PageSizeOutOfRange"),
        ("paper.pagesz=many", "FieldInvalid"),
        ("paper.page=-1", "FieldInvalid"),
        ("states=scheduled", "FieldInvalid"),
        ("created_at.from=yesterday", "FieldInvalid"),
        ("pager.page_token=bm90IG91cnM", "FieldInvalid"),
        ("pager.page_token=%FF", "FieldInvalid"),
        ("page=1", "FieldUnwanted"),
        ("state=success", "FieldUnwanted"),
    ],
)
def test_a_query_that_is_wrong_is_refused(client: httpx2.Client, query: str, reason: str) -> None:
    answer = client.get(f"/ent/v2/tasks?{query}")
    assert (answer.status_code, answer.json()["reason"]) == (400, reason)


def test_credits_say_what_runs_and_what_waits(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path) as stage, stage.client("vidu") as client:
        stage.stub.run()
        running = create(client, *BODIES[0])
        path = f"/ent/v2/tasks/{running}/creations"
        until(lambda: client.get(path).json()["state"], lambda state: state == "processing")
        answer = client.get("/ent/v2/credits?show_detail=true").raise_for_status().json()
    (remains,) = answer["remains"]
    assert (remains["type"], remains["current_concurrency"], remains["queue_count"]) == ("metered", 1, 0)
    assert remains["credit_remain"] > 10**9, "none are counted, so none run out"
    assert answer["packages"] == []


def signed(key: str, told: Received) -> str:
    """The signature as Vidu's page has it made, written again from that page."""
    headers = told.headers
    lines = ["POST", told.path, told.query, "vidu", headers["date"]]
    lines += [f"{name}:{headers[name.lower()]}" for name in headers["x-hmac-signed-headers"].split(";")]
    text = "".join(line + "\n" for line in lines)
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def states(receiver: Receiver, wanted: set[str]) -> list[dict[str, Any]]:
    return until(
        lambda: [one.json for one in receiver.received],
        lambda bodies: wanted <= {one["state"] for one in bodies},
    )


def test_callbacks_tell_the_begin_and_the_end_signed_with_the_key(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path) as stage, receiving() as receiver:
        key = stage.make_key().key
        stage.stub.run()
        with stage.client("vidu", headers={"authorization": f"Token {key}"}) as client:
            url = f"{receiver.url}/told/here?order=7&x=%2F%20y"
            body = BODIES[0][1] | {"callback_url": url, "payload": "order 7"}
            task_id = create(client, "text2video", body)
            states(receiver, {"processing"})
            stage.stub.succeed()
            states(receiver, {"success"})
            polled = client.get(f"/ent/v2/tasks/{task_id}/creations").json()
        told = receiver.received[-1]
        assert {**told.json, "creations": []} == {**polled, "creations": []}
        assert told.json["payload"] == "order 7"
        assert httpx2.get(told.json["creations"][0]["url"], trust_env=False, timeout=60).status_code == 200
        for one in receiver.received:
            assert one.query == "order=7&x=%2F%20y"
            assert one.headers["x-hmac-signature"] == signed(key, one)
            assert one.headers["x-hmac-access-key"] == "vidu"
            assert one.headers["x-hmac-algorithm"] == "hmac-sha256"
            assert parsedate_to_datetime(one.headers["date"]).tzinfo is not None
        nonces = [one.headers["x-request-nonce"] for one in receiver.received]
        assert len(set(nonces)) == len(nonces)


def test_without_a_key_nothing_signs_a_callback(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path) as stage, receiving() as receiver, stage.client("vidu") as client:
        stage.stub.fail("rejected")
        create(client, "text2video", BODIES[0][1] | {"callback_url": f"{receiver.url}/told"})
        failed = next(one for one in states(receiver, {"failed"}) if one["state"] == "failed")
        assert failed["err_code"] == "TaskPromptPolicyViolation"
        assert not [name for one in receiver.received for name in one.headers if name.startswith("x-hmac")]
