"""Clients of a Runway relay on a real server: create, ask, be called back, download; keys, errors, and the driver."""

from __future__ import annotations

import base64
import io
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from callsheet.app import vendors
from record_fixtures import media_host, start
from vendor_fixtures import Receiver, Serve, Stage, receiving, shell, staged, until, with_drivers
from vendor_media import length, media

PICTURE = "https://pictures.example/still.jpeg?_jwt=abc.def"
CURL = """
curl --location --request POST 'https://api.chatgptsb.com/runway/tasks' \\
--header 'Authorization: Bearer sk-xxxx' \\
--header 'Content-Type: application/json' \\
--data-raw '{
"taskType": "gen2",
"internal": false,
"options": {
"name": "Gen-2 1919715046",
"gen2Options": {
"mode": "gen2",
"seed": 1919715046,
"interpolate": true,
"upscale": false,
"watermark": true,
"motion_score": 22,
"use_motion_score": true,
"use_motion_vectors": false,
"text_prompt": "The wind blows hair up.",
"image_prompt": "https://pictures.example/still.jpeg?_jwt=abc.def",
"init_image": "https://pictures.example/still.jpeg?_jwt=abc.def"
},
"exploreMode": false,
"assetGroupName": "Generative Video"
}
}'
"""
"""As the relay's page has it, but for the address of the picture."""

WORDS = {"taskType": "gen2", "options": {"gen2Options": {"text_prompt": "A paper boat on a river.", "seed": 7}}}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(scope="module")
def house_of_stubs(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("stage")) as found:
        yield found


@pytest.fixture
def stage(house_of_stubs: Stage) -> Stage:
    house_of_stubs.stub.reset()
    return house_of_stubs


@pytest.fixture
def client(stage: Stage) -> Iterator[httpx2.Client]:
    with stage.client("runway_relay") as found:
        yield found


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with media_host() as found:
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def create(client: httpx2.Client, body: Any = WORDS, **more: Any) -> dict[str, Any]:
    """The task that was created."""
    return client.post("/runway/tasks", json=body, **more).raise_for_status().json()["task"]


def show(client: httpx2.Client, task_id: str) -> dict[str, Any]:
    """The task as it stands."""
    return client.get(f"/runway/tasks/{task_id}").raise_for_status().json()["task"]


def ended(client: httpx2.Client, task_id: str, within: float = 60) -> dict[str, Any]:
    """The task at its end, asked for as a client does."""
    over = {"SUCCEEDED", "FAILED", "CANCELLED"}
    return until(lambda: show(client, task_id), lambda task: task["status"] in over, within)


def test_a_text_becomes_a_clip_on_previz(tmp_path: Path, serve_home: Serve) -> None:
    with with_drivers(serve_home, tmp_path, vendors.drivers) as served:
        url = f"{served.url}/as/runway-relay"
        with httpx2.Client(base_url=url, trust_env=False, timeout=30) as client:
            body = {
                "taskType": "gen3a_turbo",
                "options": {"text_prompt": "A red balloon over a city.", "seconds": 5, "resolution": "720p"},
            }
            task = ended(client, create(client, body)["id"], 120)
            assert task["status"] == "SUCCEEDED", task["error"]
            [made] = task["artifacts"]
            clip = client.get(made["url"]).content
            assert length(clip) == 5
            assert made["metadata"]["dimensions"] == [1280, 720]
            assert made["fileSize"] == str(len(clip))


def test_the_documented_call_works_with_curl(stage: Stage, client: httpx2.Client, host: str) -> None:
    stage.stub.wait()
    replaced = {"https://api.chatgptsb.com": stage.base("runway_relay"), PICTURE: f"{host}/image.jpeg"}
    answered = shell(CURL, replaced)
    task = answered.json["task"]
    assert answered.status == 200
    assert task["status"] == "PENDING"
    assert task["name"] == "Gen-2 1919715046"
    assert uuid.UUID(task["id"])
    assert task["options"]["gen2Options"]["init_image"] == f"{host}/image.jpeg"
    assert (task["options"]["seconds"], task["options"]["recordingEnabled"]) == (4, True)
    stage.stub.succeed()
    [made] = ended(client, task["id"])["artifacts"]
    assert client.get(made["url"]).content == media("video")
    [order] = stage.stub.orders
    assert order.model.id == "runway_relay/gen2/image-to-video"
    assert order.input["motion_score"] == 22
    assert next(iter(order.media.values())).read_bytes() == start("image", "jpeg")


def test_a_task_is_shown_through_all_its_life(stage: Stage, client: httpx2.Client) -> None:
    stage.stub.wait()
    task = create(client)
    assert task["status"] == "PENDING"
    assert task["progressRatio"] is None
    assert isinstance(task["estimatedTimeToStartSeconds"], int | float)
    assert task["name"] == "Gen-2 7, A paper boat on a ri"
    assert task["artifacts"] == []
    stage.stub.run(0.4)
    task = until(lambda: show(client, task["id"]), lambda found: found["status"] == "RUNNING")
    task = until(lambda: show(client, task["id"]), lambda found: found["progressRatio"] == "0.4")
    assert task["estimatedTimeToStartSeconds"] is None
    stage.stub.succeed()
    task = ended(client, task["id"])
    assert (task["status"], task["progressRatio"], task["error"]) == ("SUCCEEDED", "1", None)
    assert all(TIME.fullmatch(task[name]) for name in ("createdAt", "updatedAt"))
    assert task["updatedAt"] >= task["createdAt"]
    [made] = task["artifacts"]
    assert made["taskId"] == task["id"]
    assert made["metadata"] == {
        "frameRate": 8,
        "duration": 1,
        "dimensions": [64, 36],
        "size": {"width": 64, "height": 36},
    }


def test_previews_are_four_stills_of_the_clip_and_need_their_signature(stage: Stage, client: httpx2.Client) -> None:
    [made] = ended(client, create(client)["id"])["artifacts"]
    stills = [client.get(url) for url in made["previewUrls"]]
    assert [still.status_code for still in stills] == [200] * 4
    greys = [Image.open(io.BytesIO(still.content)).convert("L").getpixel((32, 18)) for still in stills]
    assert greys == sorted(set(greys)), "each a later moment of a clip that grows brighter"
    bare = made["previewUrls"][0].partition("?")[0]
    assert client.get(bare).status_code == 404
    assert client.get(made["previewUrls"][0].replace("/0.jpg", "/4.jpg")).status_code == 404


def test_every_end_is_told_with_the_body_that_asking_answers(
    stage: Stage, client: httpx2.Client, receiver: Receiver
) -> None:
    body = {**WORDS, "notify_hook": f"{receiver.url}/hook?app=1"}
    stage.stub.run()
    first, second, third = (create(client, body)["id"] for _ in range(3))
    for task_id in (first, second, third):
        until(lambda: show(client, task_id), lambda found: found["status"] == "RUNNING")  # noqa: B023
    _cancel_newest(stage)
    receiver.wait(1)
    stage.stub.fail("rejected", "Not that.")
    told = receiver.wait(3)
    assert {(one.path, one.query) for one in told} == {("/hook", "app=1")}
    statuses = {one.json["task"]["id"]: one.json["task"]["status"] for one in told}
    assert statuses == {first: "FAILED", second: "FAILED", third: "CANCELLED"}
    for one in told:
        assert one.json["task"] == show(client, one.json["task"]["id"])
    stage.stub.succeed()
    last = create(client, body)["id"]
    task = receiver.wait(4)[3].json["task"]
    assert (task["id"], task["status"]) == (last, "SUCCEEDED")
    assert client.get(task["artifacts"][0]["url"]).content == media("video")


def _cancel_newest(stage: Stage) -> None:
    with stage.as_operator() as native:
        native.post(f"/v1/tasks/{stage.newest()['id']}/cancel").raise_for_status()


@pytest.mark.parametrize(
    ("code", "reason"), [("rejected", "SAFETY.INPUT.TEXT"), ("render_failed", "INTERNAL.BAD_OUTPUT.CODE01")]
)
def test_a_failure_says_why(stage: Stage, client: httpx2.Client, code: str, reason: str) -> None:
    stage.stub.fail(code, "No luck.")
    task = ended(client, create(client)["id"])
    assert task["status"] == "FAILED"
    assert task["error"] == {"errorMessage": "No luck.", "message": "No luck.", "reason": reason, "code": reason}
    assert task["artifacts"] == []


def test_a_picture_sent_as_bytes_is_echoed_as_its_address(stage: Stage, client: httpx2.Client) -> None:
    data = f"data:image/png;base64,{base64.b64encode(start('image')).decode()}"
    body = {"taskType": "gen3a", "options": {"init_image": data, "text_prompt": "", "name": "", "seed": None}}
    task = create(client, body)
    assert task["options"]["seed"] is None
    assert "text_prompt" not in task["options"]
    assert client.get(task["options"]["init_image"]).content == start("image")
    assert task["name"] == "Gen-3 Alpha"
    assert stage.task(stage.newest()["id"])["model"] == "runway_relay/gen3a/image-to-video"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"taskType": "gen9", "options": {}}, "gen2, gen3a, gen3a_turbo"),
        ({"taskType": "gen2", "options": {"gen2Options": {}}}, "text_prompt"),
        ({"taskType": "gen2", "options": {"gen2Options": {"text_prompt": "x", "seed": "many"}}}, "seed"),
        ({"taskType": "gen3a", "options": {"text_prompt": "x", "seconds": 7}}, "seconds"),
        ({"taskType": "gen2", "options": "all"}, "options"),
        ([1], "object"),
    ],
)
def test_a_wrong_body_is_400_with_a_message(stage: Stage, client: httpx2.Client, body: Any, said: str) -> None:
    response = client.post("/runway/tasks", json=body)
    assert response.status_code == 400
    assert set(response.json()) == {"error"}
    assert said in response.json()["error"]["message"]
    assert stage.stub.orders == []


def test_a_field_that_nobody_knows_does_not_stop_an_unmodified_client(stage: Stage, client: httpx2.Client) -> None:
    body = {**WORDS, "client": "app", "notify_hook": "where to call", "options": {**WORDS["options"], "extra": 1}}
    task = create(client, body)
    assert task["options"]["extra"] == 1
    assert ended(client, task["id"])["status"] == "SUCCEEDED"


def test_what_nothing_here_can_make_is_refused_clearly(tmp_path: Path, serve_home: Serve) -> None:
    with with_drivers(serve_home, tmp_path, lambda _: {}) as served:
        response = httpx2.post(f"{served.url}/as/runway-relay/runway/tasks", json=WORDS, trust_env=False, timeout=60)
    assert response.status_code == 409
    assert "CALLSHEET_VENDORS__RUNWAY_RELAY__KEY" in response.json()["error"]["message"]


def test_with_keys_one_is_needed_and_opens_only_its_own_account(tmp_path: Path, serve_home: Serve) -> None:
    with staged(serve_home, tmp_path) as stage, stage.client("runway_relay") as client:
        mine, other = ({"authorization": f"Bearer {stage.make_key(name).key}"} for name in ("mine", "other"))
        task_id = create(client, headers=mine)["id"]
        for headers in ({}, {"authorization": "Bearer sk-wrong"}, {"authorization": "Basic sk-wrong"}):
            for response in (
                client.post("/runway/tasks", json=WORDS, headers=headers),
                client.get(f"/runway/tasks/{task_id}", headers=headers),
            ):
                assert response.status_code == 401
                assert response.json()["error"]["message"]
        assert client.get(f"/runway/tasks/{task_id}", headers=mine).status_code == 200
        for foreign in (task_id, str(uuid.uuid4())):
            response = client.get(f"/runway/tasks/{foreign}", headers=other)
            assert response.status_code == 404
            assert set(response.json()) == {"error"}


def test_a_task_is_known_by_the_relays_id_and_no_other(stage: Stage, client: httpx2.Client) -> None:
    create(client)
    assert client.get(f"/runway/tasks/{stage.newest()['id']}").status_code == 404
    assert client.delete("/runway/tasks").status_code == 405


def test_reached_by_the_vendors_host_it_answers_at_the_root(stage: Stage) -> None:
    with stage.client() as client:
        task = create(client, headers={"host": "api.chatgptsb.com"})
        found = client.get(f"/runway/tasks/{task['id']}", headers={"host": "api.chatgptsb.com"}).json()["task"]
    assert found["id"] == task["id"]


def test_the_time_to_start_grows_with_what_waits_before_it(stage: Stage, client: httpx2.Client) -> None:
    ended(client, create(client)["id"])
    stage.stub.wait()
    waits = [create(client)["estimatedTimeToStartSeconds"] for _ in range(3)]
    assert waits == sorted(waits)
    stage.stub.succeed()
