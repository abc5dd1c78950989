"""Wiro's parts by themselves: bodies that are hardly JSON, steps derived from a timeline, and the driver's errors."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet import catalog
from callsheet.contract import Order
from callsheet.errors import InvalidInput, Rejected, Unavailable, Unsure, VendorError
from callsheet.settings import load
from callsheet.tasks import Artifact, Event, Failure, State, Update
from callsheet.vendors.wiro.dialect_bodies import nearly_json
from callsheet.vendors.wiro.dialect_steps import Steps
from callsheet.vendors.wiro.driver import WiroDriver, driver
from vendor_media import a_clip

MODEL = catalog.load().model("wiro/ShareGPT4Video-EN")
FILE = "file_01M7YY89FNBXS4YN17X42THH6Z"
INPUT = {"video": FILE, "conversation_mode": "v0"}

SAID = "It ended with the exit code 137."
EXITED = {"vendor": "Wiro", "code": "137", "quoted": ""}

Answer = Callable[[httpx2.Request], httpx2.Response]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('{ "tasktoken": eDcCm5yy,\n}', {"tasktoken": "eDcCm5yy"}),
        ("{'tasktoken': 'a b', limit: 20,}", {"tasktoken": "a b", "limit": 20}),
        ('{"a": [1, 2], "b": {"c": null}, "d": true, "e": un quoted,}',
         {"a": [1, 2], "b": {"c": None}, "d": True, "e": "un quoted"}),
        ('{"url": https://example.com/a.mp4?x=1&y=2, }', {"url": "https://example.com/a.mp4?x=1&y=2"}),
        ('{"token": 12ab34}', {"token": "12ab34"}),
        ("{,}", {}),
        ("{}", {}),
        ("", {}),
        ('\ufeff{"a": "b"}', {"a": "b"}),
    ],
)  # fmt: skip
def test_what_a_shell_leaves_of_json_is_read(text: str, fields: dict[str, Any]) -> None:
    assert nearly_json(text) == fields


@pytest.mark.parametrize("text", ["[]", "7", "tasktoken=x", '{"a" "b"}', '{"a": }', '{"a": b "c": d}', '{"a": "b'])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="The body cannot be read"):
        nearly_json(text)


@pytest.mark.parametrize("value", ["NaN", "1e999", r'"\ud800"', "[" * 200 + "]" * 200])
@pytest.mark.parametrize("end", ["}", ",}"])
def test_what_could_not_be_written_again_is_refused_however_it_came(value: str, end: str) -> None:
    with pytest.raises(InvalidInput):
        nearly_json(f'{{"prompt": {value}{end}')


def steps(*events: tuple[str, int, dict[str, Any]]) -> tuple[Steps, list[str]]:
    heard, told = Steps(), []
    for number, (kind, at, data) in enumerate(events, 1):
        told += [step.name for step in heard.hear(Event("task_1", number, at, kind, data))]
    return heard, told


def test_a_vendors_task_goes_through_all_steps_in_wiros_order() -> None:
    heard, told = steps(
        ("created", 1, {}), ("routed", 1, {}), ("submitting", 2, {}), ("started", 3, {}),
        ("progress", 4, {"progress": 0.1}), ("retrying", 5, {}), ("progress", 6, {"progress": 0.2}),
        ("answered", 7, {"artifacts": []}), ("collected", 9, {}), ("succeeded", 9, {}),
    )  # fmt: skip
    assert told == [
        "task_queue", "task_accept", "task_preprocess_start", "task_preprocess_end", "task_assign", "task_start",
        "task_output", "task_output", "task_output_full", "task_end", "task_postprocess_start", "task_postprocess_end",
    ]  # fmt: skip
    names = ["task_queue", "task_accept", "task_start", "task_output", "task_end", "task_postprocess_end"]
    assert [heard.times[name] for name in names] == [1, 2, 3, 4, 7, 9]
    assert set(catalog.load().vendor("wiro").states) >= set(told)


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        (["created", "routed"], "task_queue"),
        (["created", "submitting"], "task_preprocess_end"),
        (["created", "started"], "task_start"),
        (["created", "started", "noted"], "task_start"),
        (["created", "submitting", "started", "answered"], "task_postprocess_start"),
        (["created", "cancel_asked", "canceled", "webhook"], "task_cancel"),
        (["created", "failed"], "task_postprocess_end"),
    ],
)
def test_a_status_is_the_last_step_that_happened(kinds: list[str], status: str) -> None:
    assert steps(*((kind, at, {}) for at, kind in enumerate(kinds)))[0].status == status


def test_what_never_began_has_no_time_of_beginning() -> None:
    heard, told = steps(("created", 1, {}), ("failed", 5, {"message": "no"}))
    assert told == ["task_queue", "task_error_full", "task_end", "task_postprocess_start", "task_postprocess_end"]
    assert heard.at("task_start") is None


def test_without_a_key_there_is_no_driver(tmp_path: Path) -> None:
    assert driver(load(tmp_path, environ={})) is None
    assert driver(load(tmp_path, {"vendors": {"wiro": {"secret": "s"}}}, environ={})) is None


def driven(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    verb: Callable[[WiroDriver, Order], Any],
    secret: str | None = None,
    links: bool = True,
) -> Any:
    """What a verb of the driver comes to when Wiro answers like this."""
    client = httpx2.AsyncClient
    monkeypatch.setattr(httpx2, "AsyncClient", lambda **parts: client(**parts, transport=httpx2.MockTransport(answer)))
    access = {"key": "k", "base_url": "http://wiro.test/mount"} | ({"secret": secret} if secret else {})
    found = driver(load(tmp_path / "home", {"vendors": {"wiro": access}}, environ={}))
    assert found is not None
    clip = tmp_path / "clip"
    clip.write_bytes(a_clip())
    order = Order(
        "task_1", MODEL, INPUT, {FILE: clip}, {FILE: "https://here.example/clip"} if links else {}, "https://here.example/cb"
    )  # fmt: skip

    async def both() -> Any:
        try:
            return await verb(found, order)
        finally:
            await found.close()

    return asyncio.run(both())


def answering(body: Any, status: int = 200) -> Answer:
    return lambda request: httpx2.Response(status, json=body)


def refused(code: int, message: str = "no") -> dict[str, Any]:
    return {"result": False, "errors": [{"code": code, "message": message}]}


def submit(found: WiroDriver, order: Order) -> Any:
    return found.submit(order)


def poll(found: WiroDriver, order: Order) -> Any:
    return found.poll(order, "token")


def cancel(found: WiroDriver, order: Order) -> Any:
    return found.cancel(order, "token")


@pytest.mark.parametrize("secret", [None, "s"])
def test_a_call_is_signed_where_there_is_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str | None
) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, json={"result": True, "errors": [], "taskid": "1", "socketaccesstoken": "T"})

    update = driven(tmp_path, monkeypatch, answer, submit, secret)
    assert (update.state, update.remote) == (State.QUEUED, "T")
    (request,) = asked
    assert str(request.url) == "http://wiro.test/mount/v1/Run/wiro/ShareGPT4Video-EN"
    assert json.loads(request.content) == {
        "inputVideoUrl": "https://here.example/clip",
        "convMode": "v0",
        "callbackUrl": "https://here.example/cb",
    }
    assert request.headers["x-api-key"] == "k"
    if secret is None:
        assert "x-signature" not in request.headers
    else:
        signed = hmac.new(b"k", f"s{request.headers['x-nonce']}".encode(), hashlib.sha256).hexdigest()
        assert request.headers["x-signature"] == signed


def test_a_file_that_wiro_cannot_fetch_is_uploaded_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        paths.append(request.url.path)
        if request.url.path.endswith("/File/Upload"):
            assert a_clip() in request.content
            return httpx2.Response(200, json={"result": True, "errors": [], "list": [{"url": "https://cdn.test/c"}]})
        assert json.loads(request.content)["inputVideoUrl"] == "https://cdn.test/c"
        return httpx2.Response(200, json={"result": True, "errors": [], "socketaccesstoken": "T"})

    assert driven(tmp_path, monkeypatch, answer, submit, links=False).remote == "T"
    assert paths == ["/mount/v1/File/Upload", "/mount/v1/Run/wiro/ShareGPT4Video-EN"]


@pytest.mark.parametrize(
    ("answer", "verb", "kind"),
    [
        (answering(refused(97)), submit, Rejected),
        (answering(refused(96)), submit, Unavailable),
        (answering(refused(55)), submit, Rejected),
        (answering({"result": False, "errors": []}), submit, Unsure),
        (answering({"result": True, "errors": []}), submit, Unsure),
        (answering([]), submit, Unsure),
        (answering({}, 502), submit, Unsure),
        (answering(refused(0, "Error parsing url."), 404), submit, Rejected),
        (answering(refused(1)), poll, Unavailable),
        (answering({"result": True, "errors": [], "tasklist": []}), poll, Unavailable),
        (answering(refused(1)), cancel, Rejected),
    ],
)
def test_a_refusal_is_what_its_code_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer, verb: Any, kind: type[VendorError]
) -> None:
    with pytest.raises(kind) as caught:
        driven(tmp_path, monkeypatch, answer, verb)
    assert type(caught.value) is kind or kind is Rejected


@pytest.mark.parametrize(
    ("task", "update"),
    [
        ({"status": "task_assign"}, Update(State.RUNNING, remote="token")),
        (
            {"status": "task_postprocess_end", "pexit": "0", "outputs": [{"url": "https://cdn.test/0.png"}, {}]},
            Update(State.SUCCEEDED, remote="token", artifacts=(Artifact(url="https://cdn.test/0.png"),)),
        ),
        (
            {"status": "task_postprocess_end", "outputs": [], "debugoutput": "Hello", "totalcost": "0.5"},
            Update(
                State.SUCCEEDED,
                remote="token",
                artifacts=(Artifact(text="Hello", content_type="text/plain"),),
                usage={"usd": 0.5},
            ),
        ),
        (
            {"status": "task_postprocess_end", "pexit": "137", "outputs": []},
            Update(State.FAILED, remote="token", failure=Failure("rejected", SAID, False, "vendor_exited", EXITED)),
        ),
    ],
)
def test_a_task_is_what_its_status_and_pexit_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: dict[str, Any], update: Update
) -> None:
    body = {"result": True, "errors": [], "total": "1", "tasklist": [task]}
    assert driven(tmp_path, monkeypatch, answering(body), poll) == update


def test_an_unknown_status_is_still_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"result": True, "errors": [], "tasklist": [{"status": "task_dreams"}]}
    update = driven(tmp_path, monkeypatch, answering(body), poll)
    assert update.state is State.RUNNING
    assert "task_dreams" in (update.note or "")


def test_what_cannot_be_cancelled_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        paths.append(request.url.path.rpartition("/")[2])
        assert json.loads(request.content) == {"tasktoken": "token"}
        if paths[-1] == "Cancel":
            return httpx2.Response(200, json=refused(1, "Task is not in a cancellable state."))
        task = {"status": "task_cancel"}
        return httpx2.Response(200, json={"result": True, "errors": [], "tasklist": [task]})

    assert driven(tmp_path, monkeypatch, answer, cancel).state is State.CANCELED
    assert paths == ["Cancel", "Kill", "Detail"]
