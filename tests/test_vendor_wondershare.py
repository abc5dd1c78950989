"""Wondershare's clients, unchanged, on a real server: the documented commands, every status, callbacks, keys, hosts."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx2
import pytest
from PIL import Image

from callsheet.settings import load
from vendor_fixtures import Serve, Stage, receiving, shell, staged, until

CREATE = """\
curl -X POST 'https://open-api.wondershare.cc/v1/open/capacity/application/tob_text2video_b' \\
--header 'X-App-Key: {app-key}' \\
--header 'Content-Type: application/json' \\
--header 'Authorization: Basic {access_token}' \\
--data '{
"prompt":"跳舞",
"duration": 5,
"resolution": "1080p",
"aspect_ratio": "16:9"
}'
"""
RESULT = """\
curl -X POST 'https://open-api.wondershare.cc/v1/open/pub/task' \\
--header 'Content-Type: application/json' \\
--header 'X-App-Key: {app-key}' \\
--header 'Authorization: Basic {access_token}' \\
--data '{
"task_id": "tm_text2video_customize-0-2025080109295bd73652d4"
}'
"""
DOCUMENTED_ID = "tm_text2video_customize-0-2025080109295bd73652d4"
HOST = "https://open-api.wondershare.cc"
PROMPT = {"prompt": "a paper boat"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("stage")) as found:
        yield found


@pytest.fixture
def client(stage: Stage) -> Iterator[httpx2.Client]:
    stage.stub.reset()
    with stage.client("wondershare") as found:
        yield found


def create(client: httpx2.Client, capability: str = "tm_text2video_b", **body: Any) -> str:
    answer = client.post(f"/v1/open/capacity/application/{capability}", json=PROMPT | body)
    assert answer.status_code == 200
    assert answer.json()["code"] == 0, answer.text
    return answer.json()["data"]["task_id"]


def result(client: httpx2.Client, task_id: str, *statuses: int) -> dict[str, Any]:
    def ask() -> dict[str, Any]:
        answer = client.post("/v1/open/pub/task", json={"task_id": task_id})
        assert answer.status_code == 200
        assert (answer.json()["code"], answer.json()["msg"]) == (0, "success")
        return answer.json()["data"]

    return until(ask, lambda data: not statuses or data["status"] in statuses)


def refused(client: httpx2.Client, path: str, body: Any, **more: Any) -> dict[str, Any]:
    answer = client.post(path, json=body, **more)
    assert answer.status_code == 200, "clients raise on any other before they read the code"
    assert set(answer.json()) == {"code", "msg", "data"}
    assert re.fullmatch(r"68\d{4}", str(answer.json()["code"]))
    assert answer.json()["msg"]
    return answer.json()


def proof(key: str, secret: str) -> str:
    return base64.b64encode(f"{key}:{secret}".encode()).decode()


def test_the_documented_commands_create_and_show_a_task(stage: Stage) -> None:
    stage.stub.reset()
    filled = {HOST: stage.base("wondershare"), "{app-key}": "any", "{access_token}": proof("any", "thing")}
    made = shell(CREATE, filled)
    assert made.status == 200
    assert (made.json["code"], made.json["msg"], set(made.json["data"])) == (0, "", {"task_id"})
    task_id = made.json["data"]["task_id"]
    assert re.fullmatch(r"tob_text2video_b-0-\d{14}[0-9a-f]{8}", task_id)
    stage.task(stage.newest()["id"])
    found = shell(RESULT, filled | {DOCUMENTED_ID: task_id}).json
    assert (found["code"], found["msg"], found["data"]["task_id"]) == (0, "success", task_id)
    assert (found["data"]["status"], found["data"]["reason"], found["data"]["params"]) == (3, "success", "")
    told = json.loads(found["data"]["result"])
    assert told["translate_prompt"] == "跳舞"
    assert len(told["video_path"]) == 1
    assert stage.stub.orders[-1].input["resolution"] == "1080p"


def test_previz_renders_what_a_client_asked_for(serve_home: Serve, tmp_path: Path) -> None:
    with serve_home(load(tmp_path / "home", environ={})) as served:
        with httpx2.Client(base_url=f"{served.url}/as/wondershare", trust_env=False, timeout=60) as client:
            task_id = create(client, aspect_ratio="9:16", camera_move_index=7)
            early = result(client, task_id)
            assert early["status"] in (1, 2)
            assert early["result"] == ""
            assert 0 <= early["progress"] == early["process"] < 100
            data = until(lambda: result(client, task_id), lambda data: data["status"] not in (1, 2), 120)
        assert (data["status"], data["progress"], data["process"]) == (3, 100, 100)
        url = json.loads(data["result"])["video_path"][0]
        clip = httpx2.get(url, trust_env=False, timeout=60).raise_for_status()
    assert url.partition("?")[0].endswith(".mp4")
    with av.open(io.BytesIO(clip.content)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (720, 1280)
        assert float(stream.duration * stream.time_base) == pytest.approx(5, abs=0.05)


def test_every_status_has_its_number(stage: Stage, client: httpx2.Client) -> None:
    stage.stub.wait()
    task_id = create(client)
    waiting = result(client, task_id, 1)
    assert (waiting["progress"], waiting["result"], waiting["reason"]) == (0, "", "")
    assert waiting["position"] == 0
    assert result(client, create(client), 1)["position"] >= 1
    stage.stub.run(0.4)
    running = result(client, task_id, 2)
    assert (running["position"], running["result"]) == (-1, "")
    assert until(lambda: result(client, task_id)["progress"], lambda found: found == 40)
    stage.stub.fail("rejected", "Not this one.")
    failed = result(client, task_id, 4)
    assert (failed["reason"], failed["result"]) == ("Not this one.", "")
    stage.stub.fail("timed_out", "It took too long.")
    assert result(client, create(client), 6)["reason"] == "It took too long."
    stage.stub.run()
    task_id = create(client)
    result(client, task_id, 2)
    with stage.as_operator() as native:
        native.post(f"/v1/tasks/{stage.newest()['id']}/cancel").raise_for_status()
    closed = result(client, task_id, 5)
    assert closed["reason"]
    assert closed["delay"] is False


@pytest.mark.parametrize(
    ("capability", "body", "keys"),
    [
        ("tm_redrawing", {"init_image": "picture"}, {"images_path", "image_path"}),
        ("tm_reference_img2mask", {"image": "picture"}, {"mask_path", "image_path", "images_path"}),
        ("tm_text2music", {"qty": 2, "duration": 0}, {"audio_path"}),
    ],
)
def test_a_result_has_every_name_that_documents_have(
    stage: Stage, client: httpx2.Client, capability: str, body: dict[str, Any], keys: set[str]
) -> None:
    given = {name: _picture() if value == "picture" else value for name, value in body.items()}
    told = json.loads(result(client, create(client, capability, **given), 3)["result"])
    assert set(told) == keys
    urls = next(iter(told.values()))
    assert all(found == urls for found in told.values())
    assert len(urls) == body.get("qty", 1)
    assert all(httpx2.get(url, trust_env=False, timeout=60).status_code == 200 for url in urls)


def test_a_callback_tells_each_end_and_gives_params_back(stage: Stage, client: httpx2.Client) -> None:
    with receiving() as receiver:
        stage.stub.run()
        task_id = create(client, callback=f"{receiver.url}/a", params="order 17 ä")
        result(client, task_id, 2)
        stage.stub.succeed()
        (told,) = receiver.wait(1)
        assert (told.path, told.headers["content-type"]) == ("/a", "application/json")
        assert {name: told.json[name] for name in ("task_id", "status", "reason", "params")} == {
            "task_id": task_id,
            "status": 3,
            "reason": "success",
            "params": "order 17 ä",
        }
        (url,) = json.loads(told.json["result"])["video_path"]
        assert url.startswith(stage.url)
        assert httpx2.get(url, trust_env=False, timeout=60).status_code == 200
        stage.stub.fail("rejected", "No.")
        result(client, create(client, callback=f"{receiver.url}/b"), 4)
        stage.stub.fail("timed_out", "Late.")
        result(client, create(client, callback=f"{receiver.url}/c"), 6)
        stage.stub.run()
        create(client, callback=f"{receiver.url}/d")
        with stage.as_operator() as native:
            native.post(f"/v1/tasks/{stage.newest()['id']}/cancel").raise_for_status()
        ends = {one.path: (one.json["status"], one.json["result"], one.json["params"]) for one in receiver.wait(4)}
    assert ends["/b"] == (4, "", "")
    assert ends["/c"] == (6, "", "")
    assert ends["/d"] == (5, "", "")


def test_both_hosts_are_answered_at_the_root(stage: Stage) -> None:
    stage.stub.reset()
    with httpx2.Client(base_url=stage.url, trust_env=False, timeout=60) as plain:
        for host in ("open-api.wondershare.cc", "openapi.wondershare.cc"):
            task_id = create_at(plain, host)
            answer = plain.post("/v1/open/pub/task", json={"task_id": task_id}, headers={"host": host}).json()
            assert answer["data"]["task_id"] == task_id


def create_at(client: httpx2.Client, host: str) -> str:
    path = "/v1/open/capacity/application/tm_text2video_b"
    return client.post(path, json=PROMPT, headers={"host": host}).json()["data"]["task_id"]


def test_what_is_wrong_is_said_in_their_words(client: httpx2.Client) -> None:
    path = "/v1/open/capacity/application/tm_text2video_b"
    assert "prompt" in refused(client, path, {})["msg"]
    wrong = refused(client, path, PROMPT | {"camera_move_index": 47})
    assert wrong["code"] == 680422
    assert wrong["msg"].startswith("camera_move_index")
    assert "5" in refused(client, path, PROMPT | {"duration": 6})["msg"]
    assert "callback" in refused(client, path, PROMPT | {"callback": 5})["msg"]
    for address in ("ftp://example.com/x", "soon", "http://10.0.0.1/told"):
        assert refused(client, path, PROMPT | {"callback": address})["msg"].startswith("callback: ")
    assert "JSON" in client.post(path, content=b"{prompt").json()["msg"]
    assert "object" in client.post(path, content=b"[]").json()["msg"]
    assert refused(client, "/v1/open/capacity/application/tm_nothing", PROMPT)["code"] == 680404
    assert refused(client, "/v1/open/pub/task", {})["code"] == 680422
    assert refused(client, "/v1/open/pub/task", {"task_id": "tm_text2video_b-0-1"})["code"] == 680404
    assert client.get("/v1/open/pub/task").json()["code"] == 680405
    assert refused(client, "/v1/open/nothing", {})["code"] == 680404


def test_what_nobody_reads_does_no_harm_and_the_call_says_json_or_not(stage: Stage, client: httpx2.Client) -> None:
    result(client, create(client, wsid=5, storage_info={"bucket": "b"}, style="noir", camera_move_index=None), 3)
    body = json.dumps(PROMPT).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = client.post("/v1/open/capacity/application/tm_text2video_b", content=body, headers=headers)
    assert answer.json()["code"] == 0
    assert stage.stub.orders[-1].input["prompt"] == PROMPT["prompt"]


def test_a_capability_without_a_stage_says_so(serve_home: Serve, tmp_path: Path) -> None:
    given = {"server.worker": False, "routing": {"music": ["vendor"]}}
    with serve_home(load(tmp_path / "home", given, environ={})) as served:
        url = f"{served.url}/as/wondershare"
        with httpx2.Client(base_url=url, trust_env=False, timeout=60) as client:
            said = refused(client, "/v1/open/capacity/application/tm_text2music", PROMPT)
        assert said["code"] == 680409
        assert "wondershare/tm_text2music" in said["msg"]
        with served.client() as native:
            assert native.get("/v1/tasks").json()["data"] == []


def test_a_key_opens_its_own_tasks_and_nothing_else(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path) as stage:
        ours, theirs = stage.make_key("ours"), stage.make_key("theirs")
        good = {"x-app-key": ours.key, "authorization": f"Basic {proof(ours.key, ours.secret)}"}
        with stage.client("wondershare") as client:
            made = client.post("/v1/open/capacity/application/tm_text2video_b", json=PROMPT, headers=good).json()
            ask = {"task_id": made["data"]["task_id"]}
            assert client.post("/v1/open/pub/task", json=ask, headers=good).json()["code"] == 0
            for wrong in (
                {},
                {"x-app-key": ours.key},
                {"authorization": good["authorization"]},
                good | {"x-app-key": theirs.key},
                good | {"authorization": f"Basic {proof(ours.key, theirs.secret)}"},
                good | {"authorization": f"Basic {proof(ours.key, '')}"},
                good | {"authorization": f"Bearer {ours.key}"},
                good | {"authorization": "Basic ~~~"},
                {"x-app-key": "x", "authorization": f"Basic {proof('x', 'y')}"},
            ):
                assert refused(client, "/v1/open/pub/task", ask, headers=wrong)["code"] == 680401
            other = {"x-app-key": theirs.key, "authorization": f"Basic {proof(theirs.key, theirs.secret)}"}
            assert refused(client, "/v1/open/pub/task", ask, headers=other)["code"] == 680404
            with stage.served.client(ours.key) as native:
                (own,) = native.get("/v1/tasks").json()["data"]
                assert own["door"] == "wondershare"
            native_id = {"task_id": own["id"]}
            assert refused(client, "/v1/open/pub/task", native_id, headers=good)["code"] == 680404
            with stage.served.client(theirs.key) as native:
                assert native.get("/v1/tasks").json()["data"] == []
                assert native.get(f"/v1/tasks/{own['id']}").status_code == 404
        with stage.client("mediaio", headers={"x-api-key": ours.key}) as elsewhere:
            assert elsewhere.post(f"/generation/result/{ask['task_id']}", json={}).json()["code"] == 40003


def _picture() -> str:
    out = io.BytesIO()
    Image.new("RGB", (640, 600), "#446688").save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
