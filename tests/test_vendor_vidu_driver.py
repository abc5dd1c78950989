"""Vidu as a stage: when it is live, whose callbacks count, what is uploaded and how, one callsheet driving another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet import catalog
from callsheet.contract import Call, Order
from callsheet.errors import Rejected, Unavailable, VendorError
from callsheet.settings import load
from callsheet.tasks import Artifact, State, Update
from callsheet.vendors.vidu import driver_uploads
from callsheet.vendors.vidu.driver import Vidu, driver
from callsheet.vendors.vidu.driver_signature import sign
from vendor_fixtures import Serve, receiving, staged, until
from vendor_media import a_clip, a_png

MODELS = catalog.load()
DATE, NONCE = "Sat, 21 Nov 2026 10:00:00 GMT", "7dc2b5c0"
Answer = Callable[[httpx2.Request], httpx2.Response]


def vidu(answer: Answer) -> Vidu:
    client = httpx2.AsyncClient(base_url="https://api.vidu.com/ent/v2", transport=httpx2.MockTransport(answer))
    client.headers["authorization"] = "Token the-key"
    return Vidu(client, "https://api.vidu.com", "the-key")


def an_order(model: str, input: dict[str, Any], **media: Path) -> Order:
    return Order("task_1", MODELS.model(model), MODELS.model(model).check(input), media)


def call(
    headers: dict[str, str], path: str = "/callbacks/vidu/task_1/proof", query: str = "a=%2F", **more: str
) -> Call:
    lower = {name.lower(): value for name, value in headers.items()}
    return Call(more.get("method", "POST"), path, query, lower, b"{}")


def test_it_is_live_with_a_key_and_the_base_url_stands_for_scheme_and_host(tmp_path: Path) -> None:
    assert driver(load(tmp_path, environ={})) is None
    given = {"vendors": {"vidu": {"key": "x", "base_url": "http://127.0.0.1:8420/as/vidu/"}}}
    assert driver(load(tmp_path, {"vendors": {"vidu": {"base_url": "https://a.example"}}}, environ={})) is None
    live = driver(load(tmp_path, given, environ={}))
    assert live is not None
    assert str(live._client.base_url) == "http://127.0.0.1:8420/as/vidu/ent/v2/"
    asyncio.run(live.close())


def test_only_what_the_key_signed_is_genuine() -> None:
    live = vidu(lambda _: httpx2.Response(500))
    headers = sign("the-key", "/callbacks/vidu/task_1/proof", "a=%2F", DATE, NONCE)
    assert live.genuine(call(headers))
    assert not live.genuine(call(sign("another", "/callbacks/vidu/task_1/proof", "a=%2F", DATE, NONCE)))
    assert not live.genuine(call(headers, path="/callbacks/vidu/task_2/proof"))
    assert not live.genuine(call(headers, query="a=/"))
    assert not live.genuine(call(headers, method="PUT"))
    assert not live.genuine(call(headers | {"Date": "Sat, 21 Nov 2026 11:00:00 GMT"}))
    assert not live.genuine(call(headers | {"X-HMAC-SIGNED-HEADERS": "Date"}))
    assert not live.genuine(call(headers | {"X-HMAC-ALGORITHM": "none"}))
    assert not live.genuine(call({}))


def test_the_signature_is_that_of_vidus_page() -> None:
    signed = sign("the-key", "/told", "order=7", DATE, NONCE)
    assert signed["X-HMAC-SIGNED-HEADERS"] == "Date;x-request-nonce"
    assert signed["X-HMAC-SIGNATURE"] == "YpI2VW0IbS9KFJCmuHo+w1WJ0T8ew+UXleNqBbGqshg="


def test_what_is_too_large_for_a_body_is_uploaded_without_our_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        number = sum(one.url.path.endswith("/uploads") for one in asked)
        if request.url.path.endswith("/uploads"):
            url = f"https://store.example.com/{number}?signature=x"
            return httpx2.Response(200, json={"id": f"u{number}", "put_url": url, "expires_at": "2026"})
        if request.url.host == "store.example.com":
            return httpx2.Response(200, headers={"etag": f'"e{number}"'})
        if request.url.path.endswith("/finish"):
            return httpx2.Response(200, json={"uri": f"ssupload:?id=u{number}"})
        return httpx2.Response(200, json={"task_id": "1", "state": "created"})

    files = {"file_1": tmp_path / "1", "file_2": tmp_path / "2", "file_3": tmp_path / "3"}
    files["file_1"].write_bytes(a_png(300, 300))
    files["file_2"].write_bytes(a_png(300, 300, 2))
    files["file_3"].write_bytes(a_clip())
    monkeypatch.setattr(driver_uploads, "BODY", files["file_1"].stat().st_size + 10)
    client = httpx2.AsyncClient
    monkeypatch.setattr(
        httpx2, "AsyncClient", lambda **more: client(**(more | {"transport": httpx2.MockTransport(answer)}))
    )
    subjects = [{"id": "1", "images": ["file_1", "file_2"], "videos": ["file_3"]}]
    order = an_order("vidu/viduq2/reference2video", {"prompt": "@1 waves", "subjects": subjects}, **files)
    assert asyncio.run(vidu(answer).submit(order)).remote == "1"
    body = json.loads(asked[-1].content)
    inside, uploaded = body["subjects"][0]["images"]
    assert inside.startswith("data:image/png;base64,")
    assert (uploaded, body["subjects"][0]["videos"]) == ("ssupload:?id=u1", ["ssupload:?id=u2"])
    stored = [one for one in asked if one.url.host == "store.example.com"]
    assert [one.content for one in stored] == [a_png(300, 300, 2), a_clip()]
    assert [one.headers["content-type"] for one in stored] == ["image/png", "video/mp4"]
    assert [one.headers["content-length"] for one in stored] == [str(len(one.content)) for one in stored]
    assert not [one for one in stored if "authorization" in one.headers]
    assert [json.loads(one.content) for one in asked if one.url.path.endswith("/finish")] == [
        {"etag": '"e1"'},
        {"etag": '"e2"'},
    ]


@pytest.mark.parametrize("address", ["http://169.254.169.254/latest", "https://10.0.0.7/put", "file:///etc/passwd"])
def test_bytes_are_put_only_where_the_guard_lets_them(tmp_path: Path, address: str) -> None:
    (tmp_path / "1").write_bytes(a_clip())
    order = an_order("vidu/upscale-new", {"video": "file_1"}, file_1=tmp_path / "1")
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(200, json={"id": "u1", "put_url": address})

    with pytest.raises(Rejected, match="not reached from here"):
        asyncio.run(vidu(answer).submit(order))
    assert asked == ["/tools/v2/files/uploads"], "nothing was made, and nothing costs"


@pytest.mark.parametrize("fault", [{"id": "u1"}, {"put_url": 7, "id": "u1"}, []])
def test_an_upload_that_cannot_be_understood_costs_nothing_and_is_tried_again(tmp_path: Path, fault: Any) -> None:
    (tmp_path / "1").write_bytes(a_clip())
    order = an_order("vidu/upscale-new", {"video": "file_1"}, file_1=tmp_path / "1")
    with pytest.raises(Unavailable):
        asyncio.run(vidu(lambda _: httpx2.Response(200, json=fault)).submit(order))


@pytest.mark.parametrize(
    ("answer", "state", "urls"),
    [
        ({"task_id": "1", "state": "success", "file_url": "https://a.example/1.mp3"}, State.SUCCEEDED, 1),
        ({"task_id": "1", "state": "success", "creations": {"url": "https://a.example/1.mp3"}}, State.SUCCEEDED, 1),
        ({"task_id": "1", "state": "success"}, State.RUNNING, 0),
        ({"task_id": "1", "state": "processing"}, State.RUNNING, 0),
    ],
)
def test_speech_may_answer_at_once_or_later(answer: dict[str, Any], state: State, urls: int) -> None:
    order = an_order("vidu/audio-tts", {"text": "Hello.", "voice": "x"})
    update = asyncio.run(vidu(lambda _: httpx2.Response(200, json=answer)).submit(order))
    assert (update.state, len(update.artifacts), update.remote) == (state, urls, "1")


@pytest.mark.parametrize(
    ("code", "ours", "retryable"),
    [
        ("CreationPolicyViolation", "rejected", False),
        ("SystemThrottling", "vendor_unavailable", True),
        ("SomethingNew", "rejected", False),
        ("", "rejected", False),
    ],
)
def test_a_failed_task_has_our_code_and_vidus_word(code: str, ours: str, retryable: bool) -> None:
    answer = {"id": "1", "state": "failed", "err_code": code, "creations": []}
    update = poll(lambda _: httpx2.Response(200, json=answer))
    assert isinstance(update, Update)
    assert update.failure is not None
    assert (update.failure.code, update.failure.retryable) == (ours, retryable)
    assert code in update.failure.message
    assert (update.failure.reason, update.failure.values) == ("vendor_failed", {"vendor": "Vidu", "quoted": code})


def test_an_answer_that_is_no_object_is_asked_for_again() -> None:
    assert isinstance(poll(lambda _: httpx2.Response(200, json=[])), Unavailable)


def poll(answer: Answer) -> Update | VendorError:
    order = an_order("vidu/viduq1/text2video", {"prompt": "x"})
    try:
        return asyncio.run(vidu(answer).poll(order, "1"))
    except VendorError as error:
        return error


def test_one_callsheet_drives_another_with_signed_callbacks(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path / "there") as stage, receiving() as outside:
        key = stage.make_key(account="local").key
        given = {
            "vendors": {"vidu": {"key": key, "base_url": stage.base("vidu")}},
            "server": {"public_url": outside.url},
            "fetch": {"allow": ["127.0.0.1"]},
        }
        stage.stub.run(0.3)
        with serve_home(load(tmp_path / "home", given, environ={})) as served, served.client() as native:
            asked = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a red door"}}
            task = native.post("/v1/tasks", json=asked).raise_for_status().json()
            assert task["stage"] == "vidu/viduq3-pro/text2video"
            path = f"/v1/tasks/{task['id']}"
            until(lambda: native.get(path).json(), lambda found: found["state"] == "running")
            (tmp_path / "made.mp4").write_bytes(a_clip())
            stage.stub.succeed(Artifact(path=str(tmp_path / "made.mp4")), credits=4)
            ended = until(
                lambda: [one for one in outside.received if one.json["state"] == "success"], lambda told: bool(told)
            )[0]
            signature = {name: value for name, value in ended.headers.items() if name != "host"}
            assert native.post(ended.path, content=ended.body).status_code == 403, "unsigned"
            assert native.post(ended.path, content=ended.body, headers=signature).status_code == 204
            done = until(lambda: native.get(path).json(), lambda found: found["state"] not in ("queued", "running"))
    assert (done["state"], done["usage"]) == ("succeeded", {"credits": 4})
    assert done["artifacts"][0]["width"] == 64
