"""Media.io's clients, unchanged, on a real server: the documented commands, every state word, credits, keys, host."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from callsheet import catalog
from callsheet.settings import load
from record_fixtures import examples, media_host
from vendor_fixtures import Serve, Stage, shell, staged, until

HOST = "https://openapi.media.io"
CREATE = """\
curl --request POST \\
 --url https://openapi.media.io/generation/imagen/t2i-imagen-4 \\
 --header 'Content-Type: application/json' \\
 --header 'X-API-KEY: <api-key>' \\
 --data '
{
 "data": {
 "counts": "1",
 "prompt": "<string>",
 "ratio": "9:16"
 }
}'
"""
RESULT = """\
curl --request POST \\
 --url https://openapi.media.io/generation/result/<task_id> \\
 --header 'Content-Type: application/json' \\
 --header 'X-API-KEY: <api-key>' \\
 --data '{}'
"""
CREDITS = """\
curl --request POST \\
 --url https://openapi.media.io/user/credits \\
 --header 'Content-Type: application/json' \\
 --header 'X-API-KEY: <api-key>' \\
 --data '{}'
"""
IMAGEN = "/generation/imagen/t2i-imagen-4"
PROMPT = {"prompt": "a cute puppy"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("stage")) as found:
        yield found


@pytest.fixture
def client(stage: Stage) -> Iterator[httpx2.Client]:
    stage.stub.reset()
    with stage.client("mediaio") as found:
        yield found


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with media_host() as found:
        yield found


def create(client: httpx2.Client, path: str = IMAGEN, **params: Any) -> str:
    answer = client.post(path, json={"data": PROMPT | params})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["code"], said["msg"], set(said["data"])) == (0, "", {"task_id"}), said
    return said["data"]["task_id"]


def result(client: httpx2.Client, task_id: str, *words: str) -> dict[str, Any]:
    def ask() -> dict[str, Any]:
        answer = client.post(f"/generation/result/{task_id}", json={})
        assert answer.status_code == 200
        assert answer.json()["code"] == 0, answer.text
        return answer.json()["data"]

    return until(ask, lambda data: not words or data["status"] in words, 60)


def refused(client: httpx2.Client, path: str, body: Any, **more: Any) -> dict[str, Any]:
    answer = client.post(path, json=body, **more)
    assert answer.status_code == 200
    said = answer.json()
    assert set(said) == {"code", "msg", "data", "trace_id"}
    assert said["data"] == {}
    assert said["msg"]
    return said


def test_the_documented_commands_create_and_show_a_task(stage: Stage) -> None:
    stage.stub.reset()
    filled = {HOST: stage.base("mediaio"), "<api-key>": "any"}
    made = shell(CREATE, filled).json
    assert (made["code"], made["msg"], set(made)) == (0, "", {"code", "msg", "data", "trace_id"})
    task_id = made["data"]["task_id"]
    assert re.fullmatch(r"effect-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", task_id)
    stage.task(stage.newest()["id"])
    found = shell(RESULT, filled | {"<task_id>": task_id}).json
    data = found["data"]
    assert (found["code"], data["task_id"], data["status"], data["reason"]) == (0, task_id, "completed", "success")
    (entry,) = data["result"]
    assert set(entry) == {"val", "preview", "status"}
    assert entry["val"] == entry["preview"]
    assert isinstance(shell(CREDITS, filled).json["data"]["credits"], int)


def test_every_call_of_the_catalogue_is_answered(stage: Stage, client: httpx2.Client, host: str) -> None:
    """The documented body of each model, its media really there, to a file that can be fetched."""
    models = {model.id: model for model in catalog.load().models(vendor="mediaio")}
    documented = {one.model: one.request.body["data"] for one in examples("mediaio") if one.name == str(one.model)[8:]}
    assert documented.keys() == models.keys()
    assert len(models) == 22
    for id, params in documented.items():
        assert isinstance(id, str)
        assert all(isinstance(one, str | list) for one in params.values()), "numbers and booleans are text"
        task_id = create(client, models[id].path, **{name: _there(one, host) for name, one in params.items()})
        entry = result(client, task_id, "completed", "failed")["result"][0]
        assert httpx2.get(entry["val"], trust_env=False, timeout=60).status_code == 200
    assert [order.model.id for order in stage.stub.orders] == list(documented)


def _there(value: Any, host: str) -> Any:
    if isinstance(value, list):
        return [_there(one, host) for one in value]
    return f"{host}/{'video.mp4' if '.mp4' in value else 'image.png'}" if value.startswith("https://") else value


def test_previz_paints_what_a_client_asked_for(serve_home: Serve, tmp_path: Path) -> None:
    with serve_home(load(tmp_path / "home", environ={})) as served:
        with httpx2.Client(base_url=f"{served.url}/as/mediaio", trust_env=False, timeout=60) as client:
            task_id = create(client, counts="2", ratio="3:4")
            assert result(client, task_id)["status"] in ("waiting", "processing", "completed")
            entries = result(client, task_id, "completed", "failed", "timeout")["result"]
        pictures = [
            httpx2.get(entry["val"], trust_env=False, timeout=60).raise_for_status().content for entry in entries
        ]
    sizes = [Image.open(io.BytesIO(one)).size for one in pictures]
    assert len(set(pictures)) == 2
    assert all(width * 4 == height * 3 for width, height in sizes)


def test_every_state_has_its_word(stage: Stage, client: httpx2.Client) -> None:
    stage.stub.wait()
    task_id = create(client)
    assert result(client, task_id, "waiting")["result"] == []
    stage.stub.run()
    assert result(client, task_id, "processing")["reason"] == ""
    stage.stub.fail("rejected", "Not this one.")
    assert result(client, task_id, "failed")["reason"] == "Not this one."
    stage.stub.fail("timed_out", "It took too long.")
    assert result(client, create(client), "timeout")["reason"] == "It took too long."
    stage.stub.run()
    task_id = create(client)
    with stage.as_operator() as native:
        native.post(f"/v1/tasks/{stage.newest()['id']}/cancel").raise_for_status()
    ended = result(client, task_id, "failed")
    assert "canceled" in ended["reason"]
    assert ended["result"] == []


def test_text_becomes_numbers_and_a_single_picture_a_list(stage: Stage, client: httpx2.Client, host: str) -> None:
    path = "/generation/kling/i2v-kling-v3-0"
    result(client, create(client, path, image=f"{host}/image.png", duration="8s", generate_audio="False"), "completed")
    given = stage.stub.orders[-1].input
    assert (given["duration"], given["generate_audio"], given["multi_shot"]) == (8, False, True)
    assert given["resolution"] == "1080p"
    banana = "/generation/banana/i2i-banana"
    result(client, create(client, banana, images=f"{host}/image.png", aspect_ratio="21:9"), "completed")
    assert len(stage.stub.orders[-1].input["images"]) == 1
    assert stage.stub.orders[-1].input["aspect_ratio"] == "21:9"
    result(client, create(client, "/generation/wan/t2v-wan-v2-6", ratio="9:16", style="noir"), "completed")
    assert stage.stub.orders[-1].input["aspect_ratio"] == "9:16"


def test_what_is_wrong_has_their_codes(client: httpx2.Client, host: str) -> None:
    assert refused(client, "/generation/result/effect-nobody", {})["code"] == 40003
    bad = refused(client, IMAGEN, {"data": PROMPT | {"counts": "5"}})
    assert bad["code"] == 490000
    assert bad["msg"].startswith("data.counts")
    assert "data" in refused(client, IMAGEN, PROMPT)["msg"]
    assert refused(client, IMAGEN, {})["code"] == 490000
    assert refused(client, IMAGEN, {"data": {}})["code"] == 490000
    assert refused(client, IMAGEN, {"data": PROMPT | {"ratio": "5:1"}})["code"] == 490000
    hailuo = PROMPT | {"image": f"{host}/image.png", "resolution": "1080P", "duration": "10s"}
    assert "six seconds" in refused(client, "/generation/minimax/i2v-minimax-v2-3", {"data": hailuo})["msg"]
    assert refused(client, "/generation/imagen/t2i-nothing", {"data": PROMPT})["code"] == 490000
    assert refused(client, "/generation/kling/t2i-imagen-4", {"data": PROMPT})["code"] == 490000
    missing = PROMPT | {"images": "file_01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    assert refused(client, "/generation/banana/i2i-banana", {"data": missing})["code"] == 490000
    assert "JSON" in client.post(IMAGEN, content=b"{data").json()["msg"]
    assert client.get("/user/credits").json()["code"] == 490000


def test_its_host_is_answered_at_the_root(stage: Stage) -> None:
    stage.stub.reset()
    with httpx2.Client(base_url=stage.url, headers={"host": "openapi.media.io"}, trust_env=False, timeout=60) as client:
        task_id = create(client)
        assert result(client, task_id)["task_id"] == task_id


def test_a_capability_without_a_stage_says_so(serve_home: Serve, tmp_path: Path, host: str) -> None:
    given = {"server.worker": False, "routing": {"image-to-image": ["vendor"]}, "fetch": {"allow": ["127.0.0.1"]}}
    with serve_home(load(tmp_path / "home", given, environ={})) as served:
        with httpx2.Client(base_url=f"{served.url}/as/mediaio", trust_env=False, timeout=60) as client:
            said = refused(client, "/generation/banana/i2i-banana", {"data": PROMPT | {"images": f"{host}/image.png"}})
        assert said["code"] == 490000
        assert "mediaio/i2i-banana" in said["msg"]
        with served.client() as native:
            assert native.get("/v1/tasks").json()["data"] == []


def test_a_key_opens_its_own_tasks_and_nothing_else(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path) as stage:
        ours, theirs = stage.make_key("ours"), stage.make_key("theirs")
        with stage.client("mediaio") as client:
            headers = {"x-api-key": ours.key}
            made = client.post(IMAGEN, json={"data": PROMPT}, headers=headers).json()
            path = f"/generation/result/{made['data']['task_id']}"
            assert client.post(path, json={}, headers=headers).json()["code"] == 0
            wrongs = ({}, {"x-api-key": "nobody"}, {"x-api-key": ours.secret}, {"authorization": f"Bearer {ours.key}"})
            for wrong in wrongs:
                for where in (path, IMAGEN, "/user/credits"):
                    assert refused(client, where, {"data": PROMPT}, headers=wrong)["code"] == 374004
            assert refused(client, path, {}, headers={"x-api-key": theirs.key})["code"] == 40003
            with stage.served.client(ours.key) as native:
                (own,) = native.get("/v1/tasks").json()["data"]
                assert own["door"] == "mediaio"
                assert native.get(f"/v1/tasks/{own['id']}").json()["model"] == "mediaio/t2i-imagen-4"
            assert refused(client, f"/generation/result/{own['id']}", {}, headers=headers)["code"] == 40003
            with stage.as_operator() as native:
                native.delete(f"/v1/keys/{ours.id}").raise_for_status()
            assert refused(client, path, {}, headers=headers)["code"] == 374004


def test_a_task_runs_at_the_vendor_and_goes_on_when_it_cannot_be_stopped(
    stage: Stage, client: httpx2.Client, serve_home: Serve, tmp_path: Path
) -> None:
    stage.stub.run()
    access = {"key": "k", "base_url": stage.base("mediaio")}
    # Without marks, so that the two houses keep the same bytes.
    given = {"vendors": {"mediaio": access}, "fetch": {"allow": ["127.0.0.1"]}, "provenance": {"mode": "off"}}
    with serve_home(load(tmp_path / "home", given, environ={})) as served, served.client() as native:
        asked = {"model": "mediaio/t2i-imagen-4", "input": PROMPT | {"count": 2}}
        path = f"/v1/tasks/{native.post('/v1/tasks', json=asked).raise_for_status().json()['id']}"
        until(lambda: native.get(path).json(), lambda found: found["state"] == "running")
        native.post(f"{path}/cancel").raise_for_status()
        stage.stub.succeed()
        done = until(lambda: native.get(path).json(), lambda found: found["state"] not in ("queued", "running"), 60)
        assert done["state"] == "succeeded", json.dumps(done)
        with stage.as_operator() as there:
            theirs = there.get(f"/v1/tasks/{stage.newest()['id']}").json()["artifacts"]
        assert [one["sha256"] for one in done["artifacts"]] == [one["sha256"] for one in theirs]
        assert len(theirs) == 2
