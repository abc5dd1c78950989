"""Waiting, listening and downloading: through lost connections, cut streams and ends of every kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet.client import StillRunning, Task, TaskCanceled, TaskFailed, Unreachable, following
from callsheet.errors import NotFound
from callsheet.tasks import Failure
from client_fixtures import Both, Broken, Script, refused, sse, task

Make = Callable[..., Both]
STREAM = {"content-type": "text/event-stream"}


@pytest.fixture(params=["Client", "AsyncClient"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[Both] = []

    def one(script: Any, **more: Any) -> Both:
        made.append(Both(request.param, script, **more))
        return made[-1]

    yield one
    for client in made:
        client.end()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callsheet.client._sync.FIRST_POLL", 0.0)
    monkeypatch.setattr("callsheet.client._async.FIRST_POLL", 0.0)


def stream(*events: tuple[int, str, dict[str, Any]]) -> httpx2.Response:
    return httpx2.Response(200, content=sse(*events), headers=STREAM)


def cut(*events: tuple[int, str, dict[str, Any]]) -> httpx2.Response:
    return httpx2.Response(200, stream=Broken(sse(*events)), headers=STREAM)


DONE = task(state="succeeded", progress=1.0, artifacts=[{"id": "file_1", "url": "/x", "width": 64}])


def test_wait_follows_the_stream_and_takes_progress_from_it(make: Make) -> None:
    script = Script(
        task(state="running"),
        stream((1, "progress", {"progress": 0.5}), (2, "progress", {"progress": 0.4}), (3, "succeeded", {})),
        DONE,
    )
    seen: list[Task] = []
    found = make(script).wait("task_01", on_update=seen.append)
    assert [one.progress for one in seen] == [0, 0.5, 0.5, 1.0]
    assert found.artifacts[0].width == 64
    assert script.lines == ["GET /v1/tasks/task_01", "GET /v1/tasks/task_01/events", "GET /v1/tasks/task_01"]


def test_a_cut_stream_is_taken_up_behind_the_last_event(make: Make) -> None:
    script = Script(
        cut((1, "created", {}), (2, "started", {})),
        httpx2.ConnectError("refused"),
        stream((3, "succeeded", {})),
    )
    assert [one.seq for one in make(script).events("task_01")] == [1, 2, 3]
    assert [one.headers.get("last-event-id") for one in script.asked] == [None, "2", "2"]


def test_a_stream_closed_in_good_order_before_the_end_is_opened_again(make: Make) -> None:
    script = Script(stream((1, "created", {})), task(state="running"), stream((2, "succeeded", {})))
    assert [one.type for one in make(script).events("task_01")] == ["created", "succeeded"]


def test_events_end_when_the_task_is_over_though_no_event_says_so(make: Make) -> None:
    script = Script(stream((1, "created", {})), DONE, stream())
    assert [one.type for one in make(script).events("task_01")] == ["created"]


def test_where_streams_are_cut_for_good_wait_asks_instead(make: Make, hasty: None) -> None:
    script = Script(task(), *[cut() for _ in range(4)], task(state="running"), DONE)
    assert make(script).wait("task_01").state == "succeeded"


def test_where_a_proxy_answers_for_the_stream_wait_asks_instead(make: Make, hasty: None) -> None:
    script = Script(task(), httpx2.Response(502, text="<html>"), DONE)
    assert make(script).wait("task_01").state == "succeeded"


def test_a_task_that_is_already_over_needs_one_request(make: Make) -> None:
    script = Script(DONE)
    assert make(script).wait("task_01").id == "task_01"
    assert len(script.asked) == 1


def test_a_failed_task_raises_with_the_task_and_its_reason(make: Make) -> None:
    failure = {"code": "render_failed", "message": "The frame is too large.", "retryable": False}
    with pytest.raises(TaskFailed, match=r"The frame is too large\. \(render_failed\)") as caught:
        make(Script(task(state="failed", error=failure))).wait("task_01")
    assert caught.value.task.error is not None
    assert caught.value.task.error.code == "render_failed"


def test_a_failure_comes_with_its_reason_and_what_it_names(make: Make) -> None:
    told = {"reason": "vendor_failed", "values": {"vendor": "Vidu", "quoted": "busy"}}
    failure = {"code": "vendor_error", "message": "busy", "retryable": True} | told
    with pytest.raises(TaskFailed) as caught:
        make(Script(task(state="failed", error=failure))).wait("task_01")
    assert caught.value.task.error == Failure("vendor_error", "busy", True, **told)


def test_a_canceled_task_raises_task_canceled(make: Make) -> None:
    with pytest.raises(TaskCanceled):
        make(Script(task(), task(state="canceled"))).run("text-to-video", {})


def test_wait_has_a_limit_after_which_the_task_goes_on(make: Make) -> None:
    script = Script(task(), *[cut() for _ in range(9)])
    with pytest.raises(StillRunning, match="still queued after 0 s") as caught:
        make(script).wait("task_01", timeout=0)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.task.id == "task_01"


def test_an_unknown_task_is_not_found_and_not_asked_for_again(make: Make) -> None:
    script = Script(refused(404, "not_found"))
    with pytest.raises(NotFound):
        make(script).wait("task_01")
    assert len(script.asked) == 1


def test_the_silence_that_counts_as_lost_is_longer_than_any_heartbeat() -> None:
    assert following.SILENCE > 30


BODY = b"0123456789" * 1000
INFO = {"id": "file_1", "name": "clip.mp4", "sha256": hashlib.sha256(BODY).hexdigest()}


def test_a_download_takes_the_files_name_in_a_folder(make: Make, tmp_path: Path) -> None:
    script = Script(INFO, httpx2.Response(200, content=BODY, headers={"etag": '"a"'}))
    assert make(script).download("file_1", tmp_path) == tmp_path / "clip.mp4"
    assert (tmp_path / "clip.mp4").read_bytes() == BODY
    assert script.lines == ["GET /v1/files/file_1", "GET /v1/files/file_1/content"]


def test_a_download_that_is_led_to_a_bucket_goes_there_without_the_key(make: Make, tmp_path: Path) -> None:
    there = "https://bucket.example/ab/cd?X-Amz-Signature=s"
    script = Script(
        INFO,
        httpx2.Response(307, headers={"location": there}),
        httpx2.Response(200, stream=Broken(BODY[:3000]), headers={"etag": '"a"'}),
        httpx2.Response(307, headers={"location": there}),
        httpx2.Response(206, content=BODY[3000:], headers={"etag": '"a"'}),
    )
    assert make(script, key="cs_secret").download("file_1", tmp_path).read_bytes() == BODY
    assert [str(one.url) for one in script.asked if one.url.host == "bucket.example"] == [there, there]
    assert all(("authorization" in one.headers) == (one.url.host == "server.test") for one in script.asked)
    assert script.asked[4].headers["range"] == "bytes=3000-"


def test_a_cut_download_goes_on_where_it_stopped(make: Make, tmp_path: Path) -> None:
    script = Script(
        INFO,
        httpx2.Response(200, stream=Broken(BODY[:3000]), headers={"etag": '"a"'}),
        httpx2.Response(206, content=BODY[3000:], headers={"etag": '"a"'}),
    )
    found = make(script).download("file_1", tmp_path / "out" / "mine.mp4")
    assert found.read_bytes() == BODY
    assert script.asked[2].headers["range"] == "bytes=3000-"
    assert script.asked[2].headers["if-range"] == '"a"'


def test_a_server_that_begins_again_is_followed(make: Make, tmp_path: Path) -> None:
    script = Script(
        INFO,
        httpx2.Response(200, stream=Broken(BODY[:3000]), headers={"etag": '"a"'}),
        httpx2.Response(200, content=BODY, headers={"etag": '"a"'}),
    )
    assert make(script).download("file_1", tmp_path).read_bytes() == BODY


def test_a_damaged_download_leaves_nothing_behind(make: Make, tmp_path: Path) -> None:
    script = Script(INFO, httpx2.Response(200, content=BODY[:-1] + b"X"))
    with pytest.raises(Unreachable, match="damaged"):
        make(script).download("file_1", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_from_the_server_cannot_leave_the_folder(make: Make, tmp_path: Path) -> None:
    script = Script(INFO | {"name": "../../evil.mp4"}, httpx2.Response(200, content=BODY))
    assert make(script).download("file_1", tmp_path) == tmp_path / "evil.mp4"
