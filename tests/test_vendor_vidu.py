"""Vidu's clients, unchanged, on a real server: the documented commands, every state, refusals, uploads, keys, hosts."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx2
import pytest

from callsheet.settings import load
from callsheet.tasks import Artifact
from vendor_fixtures import Serve, Stage, shell, staged, until
from vendor_media import a_clip, a_png
from vidu_fixtures import TEXT, create, creations, refused

POLL = """\
curl -X GET -H "Authorization: Token {your_api_key}" https://api.vidu.com/ent/v2/tasks/{your_id}/creations
"""
CREATE = """\
curl -X POST -H "Authorization: Token {your_api_key}" -H "Content-Type: application/json" -d '
{
    "model": "viduq1",
    "style": "general",
    "prompt": "In an ultra-realistic fashion photography style.",
    "duration": "5",
    "seed": "0",
    "aspect_ratio": "16:9",
    "resolution": "1080p",
    "movement_amplitude": "auto"
}' https://api.vidu.com/ent/v2/text2video
"""
CANCEL = """\
curl -X POST -H "Authorization: Token {your_api_key}" -H "Content-Type: application/json" -d '
{"id": "{your_id}"}' https://api.vidu.com/ent/v2/tasks/{your_id}/cancel
"""
HOST = "https://api.vidu.com"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("stage")) as found:
        yield found


@pytest.fixture
def client(stage: Stage) -> Iterator[httpx2.Client]:
    stage.stub.reset()
    with stage.client("vidu") as found:
        yield found


def test_the_documented_commands_run_as_written(stage: Stage) -> None:
    stage.stub.reset()
    stage.stub.run()
    here = {HOST: stage.base("vidu"), "{your_api_key}": "vda_anything"}
    made = shell(CREATE, here)
    assert made.status == 200
    assert (made.json["state"], made.json["model"], made.json["duration"]) == ("created", "viduq1", 5)
    there = here | {"{your_id}": made.json["task_id"]}
    assert shell(POLL, there).json["id"] == made.json["task_id"]
    canceled = shell(CANCEL, there)
    assert (canceled.status, canceled.json) == (200, {})
    ended = until(lambda: shell(POLL, there).json, lambda found: found["state"] == "failed")
    assert shell(CANCEL, there).json["message"] == "task state is failed, can not cancel"
    assert (ended["state"], ended["err_code"], ended["creations"]) == ("failed", "UserCancelled", [])


def test_a_task_goes_through_vidus_states_and_its_file_can_be_had(stage: Stage, client: httpx2.Client) -> None:
    stage.stub.wait()
    body = {**TEXT, "payload": "order 7", "bgm": True, "off_peak": True, "duration": 3}
    made = create(client, **body)
    assert re.fullmatch(r"\d{18}", made["task_id"])
    assert {name: made[name] for name in body} == body
    assert (made["seed"], made["credits"], made["resolution"]) == (0, 0, "720p")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", made["created_at"])
    assert creations(client, made["task_id"])["state"] == "queueing"
    stage.stub.run(0.4)
    assert creations(client, made["task_id"], "processing")["creations"] == []
    stage.stub.succeed()
    done = creations(client, made["task_id"], "success", "failed")
    assert (done["state"], done["err_code"], done["payload"]) == ("success", "", "order 7")
    assert (done["bgm"], done["off_peak"]) == (True, True)
    url = done["creations"][0]["url"]
    assert url.startswith(stage.url)
    with av.open(io.BytesIO(httpx2.get(url, trust_env=False, timeout=60).raise_for_status().content)) as container:
        assert container.streams.video[0].codec_context.width == 64


def test_fields_that_nothing_reads_are_remembered_and_not_refused(stage: Stage, client: httpx2.Client) -> None:
    made = create(client, **TEXT, style="", movement_amplitude="large", newest_field={"a": 1}, wm_url="")
    assert "newest_field" not in made
    assert made["movement_amplitude"] == "large", "given back as Vidu does, though it has no effect there either"
    with contextlib.closing(sqlite3.connect(stage.served.home / "callsheet.sqlite")) as database:
        ((wire,),) = database.execute("SELECT wire FROM task WHERE id = ?", (stage.newest()["id"],))
    assert json.loads(wire)["ignored"] == ["movement_amplitude", "newest_field"]


def test_the_vendors_own_host_is_answered_at_the_root(stage: Stage) -> None:
    with stage.client() as plain:
        for host in ("api.vidu.com", "api.vidu.cn"):
            answer = plain.post("/tools/v2/files/uploads", json={"scene": "vidu"}, headers={"host": host})
            assert answer.json()["put_url"].startswith(f"http://{host}/tools/v2/files/uploads/")
        refused(plain.get("/v1/tasks", headers={"host": "api.vidu.com"}), 404, "NotFound")


def test_both_names_of_a_model_find_it(client: httpx2.Client) -> None:
    assert create(client, model="q2", prompt="x", duration=2)["model"] == "viduq2"


@pytest.mark.parametrize(
    ("body", "reason", "said"),
    [
        ({}, "FieldLacking", "model"),
        ({"model": "sora"}, "FieldInvalid", "viduq3-pro"),
        ({"model": "viduq3-pro"}, "FieldLacking", "prompt"),
        ({**TEXT, "duration": 17}, "FieldInvalid", "duration"),
        ({**TEXT, "duration": "long"}, "FieldInvalid", "duration"),
        ({**TEXT, "aspect_ratio": "5:1"}, "FieldInvalid", "aspect_ratio"),
        ({**TEXT, "payload": 7}, "FieldInvalid", "payload"),
        ({**TEXT, "payload": "x" * 1_048_577}, "FieldInvalid", "payload"),
        ({**TEXT, "callback_url": "ftp://example.com/x"}, "FieldInvalid", "callback_url"),
        ({**TEXT, "callback_url": "http://169.254.169.254/x"}, "FieldInvalid", "callback_url"),
    ],
)
def test_what_is_wrong_is_refused_in_vidus_words(
    client: httpx2.Client, body: dict[str, Any], reason: str, said: str
) -> None:
    assert said in refused(client.post("/ent/v2/text2video", json=body), 400, reason)


def test_a_body_that_is_no_object_is_refused(client: httpx2.Client) -> None:
    for content in (b"{", b"[1]", b"\xff"):
        refused(client.post("/ent/v2/text2video", content=content), 400, "FieldInvalid")


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        ([], "FieldLacking"),
        (["https://a.example/1.png", "https://a.example/2.png"], "FieldItemCountOutOfRange"),
        (["http://127.0.0.1:9/x.png"], "ImageDownloadFailure"),
        (["http://169.254.169.254/x.png"], "ImageDownloadFailure"),
        (["ssupload:?id=file_01J00000000000000000000000"], "ImageDownloadFailure"),
        (["data:image/png;base64,aGFsbG8="], "ImageFormatInvalid"),
        (["not an address"], "FieldInvalid"),
    ],
)
def test_pictures_that_cannot_be_taken_are_refused(client: httpx2.Client, images: list[str], reason: str) -> None:
    refused(client.post("/ent/v2/img2video", json={"model": "viduq1", "images": images}), 400, reason)


def test_references_in_number_and_kind_are_checked(client: httpx2.Client) -> None:
    body = {"model": "viduq2", "prompt": "x", "images": ["https://a.example/1.png"] * 8}
    refused(client.post("/ent/v2/reference2video", json=body), 400, "FieldItemCountOutOfRange")
    body = {"model": "viduq2", "prompt": "x", "subjects": [{"id": "1", "images": [], "hat": True}]}
    refused(client.post("/ent/v2/reference2video", json=body), 400, "FieldUnwanted")
    refused(client.post("/ent/v2/reference2video", json={"model": "viduq2", "prompt": "x"}), 400, "FieldLacking")


def test_what_is_not_there_is_not_found(client: httpx2.Client) -> None:
    refused(client.get("/ent/v2/tasks/1/creations"), 404, "TaskNotFound")
    refused(client.post("/ent/v2/tasks/1/cancel", json={"id": "1"}), 404, "TaskNotFound")
    refused(client.post("/ent/v2/nothing", json={}), 404, "NotFound")
    refused(client.get("/ent/v2/text2video"), 404, "NotFound")
    refused(client.get("/elsewhere"), 404, "NotFound")
    body = {"model": "viduq2-pro", "video_creation_id": "file_01J00000000000000000000000"}
    refused(client.post("/ent/v2/extend", json=body), 404, "CreationNotFound")


@pytest.mark.parametrize("endpoint", ["digital-human", "image2dance", "one-click/ad"])
def test_endpoints_that_no_document_describes_say_so(client: httpx2.Client, endpoint: str) -> None:
    assert endpoint in refused(client.post(f"/ent/v2/{endpoint}", json={}), 400, "ModelUnavailable")


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("rejected", "TaskPromptPolicyViolation"),
        ("render_failed", "InternalServiceFailure"),
        ("unsure", "InternalServiceFailure"),
        ("vendor_unavailable", "InternalServiceFailure"),
    ],
)
def test_a_failure_has_one_of_vidus_codes(stage: Stage, client: httpx2.Client, code: str, word: str) -> None:
    stage.stub.fail(code, "It could not be made.")
    failed = creations(client, create(client)["task_id"], "failed", "success")
    assert (failed["state"], failed["err_code"]) == ("failed", word)


def test_an_upload_stands_wherever_a_picture_does(stage: Stage, client: httpx2.Client) -> None:
    opened = client.post("/tools/v2/files/uploads", json={"scene": "vidu"}).raise_for_status().json()
    stored = httpx2.put(opened["put_url"], content=a_png(640, 480), trust_env=False, timeout=60).raise_for_status()
    finish = f"/tools/v2/files/uploads/{opened['id']}/finish"
    refused(client.put(finish, json={}), 400, "FieldLacking")
    refused(client.put(finish, json={"etag": "another"}), 400, "FieldInvalid")
    other = client.post("/tools/v2/files/uploads", json={}).json()["id"]
    etag = {"etag": stored.headers["etag"].strip('"')}
    refused(client.put(f"/tools/v2/files/uploads/{other}/finish", json=etag), 400, "FieldInvalid")
    uri = client.put(finish, json=etag).raise_for_status().json()["uri"]
    assert uri.startswith("ssupload:?id=")
    made = create(client, "img2video", model="viduq1", images=[uri])
    assert made["images"] == [uri]
    subjects = [{"id": "1", "images": [uri]}]
    create(client, "reference2video", model="viduq2", prompt="@1 waves", subjects=subjects)
    (file_id,) = stage.newest()["input"]["subjects"][0]["images"]
    with stage.client() as native:
        assert native.get(f"/v1/files/{file_id}").json()["width"] == 640


def test_an_address_for_bytes_is_good_for_nothing_else(client: httpx2.Client) -> None:
    url = client.post("/tools/v2/files/uploads", json={"scene": "vidu"}).json()["put_url"]
    for changed in (url.replace("account=local", "account=other"), url[:-3] + "abc", url.partition("?")[0]):
        refused(httpx2.put(changed, content=b"x", trust_env=False, timeout=60), 403, "Forbidden")
    refused(client.post("/tools/v2/files/uploads", json={"scene": "other"}), 400, "FieldInvalid")


def test_pictures_given_in_place_are_shown_by_an_address(client: httpx2.Client) -> None:
    image = f"data:image/png;base64,{base64.b64encode(a_png(300, 200)).decode()}"
    made = create(client, "img2video", model="viduq1", images=[image])
    assert httpx2.get(made["images"][0], trust_env=False, timeout=60).content == a_png(300, 200)


def test_a_creation_made_here_can_be_extended(stage: Stage, client: httpx2.Client) -> None:
    path = stage.served.home / "clip.mp4"
    path.write_bytes(a_clip(320, 180, 5.0))
    stage.stub.succeed(Artifact(path=str(path), content_type="video/mp4"))
    made = creations(client, create(client)["task_id"], "success")["creations"][0]["id"]
    create(client, "extend", model="viduq2-pro", video_creation_id=made, duration=2)
    assert stage.newest()["input"]["video"] == made


def test_previz_renders_what_a_client_asked_for(serve_home: Serve, tmp_path: Path) -> None:
    settings = load(tmp_path / "home", environ={})
    with serve_home(settings) as served:
        with httpx2.Client(base_url=f"{served.url}/as/vidu", trust_env=False, timeout=30) as client:
            made = create(client, model="viduq3-pro", prompt="a red door", duration=1, resolution="540p", audio=False)
            path = f"/ent/v2/tasks/{made['task_id']}/creations"
            done = until(lambda: client.get(path).json(), lambda found: found["state"] in ("success", "failed"), 120)
        clip = httpx2.get(done["creations"][0]["url"], trust_env=False, timeout=60).raise_for_status().content
    with av.open(io.BytesIO(clip)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.width, stream.codec_context.height) == (960, 540)
        assert stream.frames == 24


def test_a_key_opens_its_own_tasks_and_nothing_else(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path) as stage:
        ours, theirs = stage.make_key("ours"), stage.make_key("theirs")
        with (
            stage.client("vidu", headers={"authorization": f"Token {ours.key}"}) as mine,
            stage.client("vidu", headers={"authorization": f"Token {theirs.key}"}) as other,
            stage.client("vidu") as nobody,
        ):
            made = create(mine)["task_id"]
            done = creations(mine, made, "success")
            listed = mine.get("/ent/v2/tasks").json()["tasks"]
            assert [(one["id"], one["key_id"]) for one in listed] == [(made, ours.id)]
            assert other.get("/ent/v2/tasks").json()["tasks"] == []
            assert other.get("/ent/v2/tasks", params={"task_ids": made}).json()["tasks"] == []
            refused(other.get(f"/ent/v2/tasks/{made}/creations"), 404, "TaskNotFound")
            refused(other.post(f"/ent/v2/tasks/{made}/cancel"), 404, "TaskNotFound")
            creation = {"model": "viduq2-pro", "video_creation_id": done["creations"][0]["id"]}
            refused(other.post("/ent/v2/extend", json=creation), 404, "CreationNotFound")
            upload = mine.post("/tools/v2/files/uploads", json={"scene": "vidu"}).json()
            etag = httpx2.put(upload["put_url"], content=a_png(300, 300), trust_env=False, timeout=60).headers["etag"]
            finish = f"/tools/v2/files/uploads/{upload['id']}/finish"
            refused(other.put(finish, json={"etag": etag}), 400, "FieldInvalid")
            uri = mine.put(finish, json={"etag": etag}).json()["uri"]
            stolen = {"model": "viduq1", "images": [uri]}
            refused(other.post("/ent/v2/img2video", json=stolen), 400, "ImageDownloadFailure")
            for wrong in (f"Token {ours.key}x", f"Bearer {ours.key}", f"Token {ours.secret}", "Token", ours.key):
                refused(nobody.get("/ent/v2/credits", headers={"authorization": wrong}), 401, "Unauthorized")
            refused(nobody.get("/ent/v2/tasks"), 401, "Unauthorized")
            refused(nobody.post("/ent/v2/text2video", json=TEXT), 401, "Unauthorized")
