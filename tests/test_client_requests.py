"""The SDK against a scripted server: what it sends, what it makes of the answers, and when it asks again."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet import errors
from callsheet.client import AsyncClient, Client, Retry, Task, Unexpected, Unreachable
from callsheet.tasks import State
from client_fixtures import Both, Script, refused, task

Make = Callable[..., Both]


@pytest.fixture(params=["Client", "AsyncClient"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[Both] = []

    def one(script: Any, **more: Any) -> Both:
        made.append(Both(request.param, script, **more))
        return made[-1]

    yield one
    for client in made:
        client.end()


def test_submit_sends_what_was_given_and_leaves_out_what_was_not(make: Make) -> None:
    script = Script(task())
    found = make(script, key="cs_secret").submit("text-to-video", {"prompt": "a fox"}, metadata={"shot": "12"})
    assert script.lines == ["POST /v1/tasks"]
    assert script.body() == {"model": "text-to-video", "input": {"prompt": "a fox"}, "metadata": {"shot": "12"}}
    assert script.asked[0].headers["authorization"] == "Bearer cs_secret"
    assert isinstance(found, Task)
    assert (found.id, found.state, found.created_at) == (
        "task_01",
        State.QUEUED,
        datetime(2026, 11, 21, 10, tzinfo=UTC),
    )


def test_a_task_in_an_input_stands_for_what_it_makes(make: Make) -> None:
    script = Script(task(), task(), task())
    client = make(script)
    first = client.submit("text-to-image", {"prompt": "a fox"})
    client.submit("image-to-video", {"image": first})
    client.submit("mix", {"tracks": [{"audio": first.output(1)}, {"audio": first.output("audio")}]})
    assert script.body(1)["input"] == {"image": {"from": "task_01", "output": 0}}
    assert script.body(2)["input"]["tracks"] == [
        {"audio": {"from": "task_01", "output": 1}},
        {"audio": {"from": "task_01", "output": "audio"}},
    ]


def test_fields_this_version_does_not_know_stay_in_raw(make: Make) -> None:
    found = make(Script(task(horizon=3))).get("task_01")
    assert found.raw["horizon"] == 3


def test_a_lost_answer_to_submit_is_asked_again_under_the_same_idempotency_key(make: Make) -> None:
    script = Script(httpx2.ReadError("gone"), httpx2.ConnectError("refused"), task())
    assert make(script).submit("text-to-video", {}).id == "task_01"
    keys = [one.headers["idempotency-key"] for one in script.asked]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_a_given_idempotency_key_is_the_one_that_is_sent(make: Make) -> None:
    script = Script(task())
    make(script).submit("text-to-video", {}, idempotency_key="order-9")
    assert script.asked[0].headers["idempotency-key"] == "order-9"


def test_an_upload_whose_answer_was_lost_is_not_sent_twice(make: Make) -> None:
    script = Script(httpx2.ReadError("gone"))
    with pytest.raises(Unreachable):
        make(script).upload(b"abc", name="a.txt")
    assert len(script.asked) == 1


def test_an_upload_that_never_left_is_sent_again(make: Make) -> None:
    script = Script(httpx2.ConnectError("refused"), {"id": "file_1", "bytes": 3})
    assert make(script).upload(io.BytesIO(b"abc"), name="a.txt").bytes == 3
    assert b"abc" in script.asked[1].content


def test_without_a_server_the_error_names_the_address_and_the_way_out(make: Make) -> None:
    script = Script(*[httpx2.ConnectError("refused")] * 4)
    with pytest.raises(Unreachable, match=r"http://server\.test.*callsheet serve"):
        make(script).get("task_01")
    assert len(script.asked) == 4


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (422, "invalid_input", errors.InvalidInput),
        (401, "unauthenticated", errors.Unauthenticated),
        (402, "no_credit", errors.NoCredit),
        (403, "forbidden", errors.Forbidden),
        (404, "not_found", errors.NotFound),
        (409, "not_supported", errors.NotSupported),
        (409, "conflict", errors.Conflict),
        (413, "too_large", errors.TooLarge),
        (422, "a_code_of_next_year", errors.InvalidInput),
        (500, "error", Unexpected),
    ],
)
def test_an_error_has_the_servers_name_hint_param_and_request_id(
    make: Make, status: int, code: str, kind: type[errors.CallsheetError]
) -> None:
    script = Script(refused(status, code, "Wrong.", hint="Do this.", param="duration"))
    with pytest.raises(kind) as caught:
        make(script).submit("text-to-video", {})
    found = caught.value
    assert type(found) is kind
    assert (found.message, found.hint, found.param, found.request_id) == ("Wrong.", "Do this.", "duration", "req_7")


def test_an_answer_that_is_not_ours_is_unexpected_and_keeps_the_request_id(make: Make) -> None:
    page = httpx2.Response(500, text="<html>proxy</html>", headers={"x-request-id": "req_9"})
    with pytest.raises(Unexpected) as caught:
        make(Script(page)).get("task_01")
    assert caught.value.request_id == "req_9"
    with pytest.raises(Unexpected, match="without a JSON object"):
        make(Script(httpx2.Response(200, text="hello"))).get("task_01")


def test_a_busy_server_is_asked_again_and_its_retry_after_is_kept(make: Make) -> None:
    busy = refused(429, "too_many")
    busy.headers["retry-after"] = "0"
    script = Script(busy, refused(503, "storage_unavailable"), task())
    assert make(script).get("task_01").id == "task_01"
    assert len(script.asked) == 3


def test_a_retry_after_beyond_patience_goes_to_the_caller(make: Make) -> None:
    busy = refused(429, "too_many")
    busy.headers["retry-after"] = "3600"
    with pytest.raises(errors.TooMany) as caught:
        make(Script(busy)).get("task_01")
    assert caught.value.retry_after == 3600


def test_pauses_double_up_to_the_longest() -> None:
    retry = Retry(first=1, longest=3)
    assert 0.5 <= retry.pause(1) <= 1
    assert 1 <= retry.pause(2) <= 2
    assert 1.5 <= retry.pause(5) <= 3


def test_paths_and_open_files_in_an_input_are_uploaded_first(make: Make, tmp_path: Path) -> None:
    still = tmp_path / "still.jpg"
    still.write_bytes(b"jpeg bytes")
    script = Script({"id": "file_a"}, {"id": "file_b"}, task())
    given = {"image": still, "images": ["https://x.test/1.png", io.BytesIO(b"png bytes")], "duration": 5}
    make(script).submit("image-to-video", given)
    assert script.lines == ["POST /v1/files", "POST /v1/files", "POST /v1/tasks"]
    assert b'filename="still.jpg"' in script.asked[0].content
    assert b"jpeg bytes" in script.asked[0].content
    assert script.body(2)["input"] == {
        "image": "file_a",
        "images": ["https://x.test/1.png", "file_b"],
        "duration": 5,
    }


def test_a_missing_file_is_bad_input_before_anything_is_sent(make: Make, tmp_path: Path) -> None:
    script = Script()
    with pytest.raises(errors.InvalidInput, match=r"no\.jpg cannot be read"):
        make(script).submit("image-to-video", {"image": tmp_path / "no.jpg"})
    assert script.asked == []


def test_an_id_cannot_lead_to_another_address(make: Make) -> None:
    script = Script()
    for bad in ("", "../keys", "task_1/cancel", "task_1?x=1"):
        with pytest.raises(errors.InvalidInput, match="no id of a task"):
            make(script).get(bad)
    assert script.asked == []


def test_filters_become_the_query(make: Make) -> None:
    script = Script({"data": [], "next": None})
    make(script).list(
        state=["queued", "running"],
        vendor="vidu",
        created_from=datetime(2026, 11, 21, 10, tzinfo=UTC),
        metadata={"shot": "12"},
        limit=7,
    )
    assert script.asked[0].url.params.multi_items() == [
        ("state", "queued"),
        ("state", "running"),
        ("vendor", "vidu"),
        ("created_from", "2026-11-21T10:00:00.000Z"),
        ("metadata[shot]", "12"),
        ("limit", "7"),
    ]


def test_a_time_without_a_zone_is_refused_not_guessed(make: Make) -> None:
    with pytest.raises(errors.InvalidInput, match="no time zone"):
        make(Script()).list(created_from=datetime(2026, 11, 21))


def test_iterate_goes_through_all_pages(make: Make) -> None:
    script = Script(
        {"data": [task(id="task_3"), task(id="task_2")], "next": "c2"}, {"data": [task(id="task_1")], "next": None}
    )
    assert [one.id for one in make(script).iterate(page=2)] == ["task_3", "task_2", "task_1"]
    assert script.asked[1].url.params["cursor"] == "c2"


def test_models_quotes_and_files_are_typed(make: Make) -> None:
    script = Script(
        {"data": [{"id": "vidu/viduq1/text2video", "capability": "text-to-video"}]},
        {"id": "vidu/viduq1/text2video", "capability": "text-to-video", "input_schema": {"type": "object"}},
        {"model": "m", "stage": "previz", "credits": None, "basis": "previz costs nothing"},
        {"data": [{"id": "file_1", "bytes": 5, "created_at": "2026-11-21T10:00:00.000Z"}], "next": None},
        httpx2.Response(204),
    )
    client = make(script)
    assert client.models(capability="text-to-video")[0].vendor == "vidu"
    assert client.model("vidu/viduq1/text2video").schema == {"type": "object"}
    assert client.quote("m", {"prompt": "x"}).credits is None
    assert client.files(limit=1).data[0].bytes == 5
    assert client.delete_file("file_1") is None
    assert script.lines == [
        "GET /v1/models",
        "GET /v1/models/vidu/viduq1/text2video",
        "POST /v1/quotes",
        "GET /v1/files",
        "DELETE /v1/files/file_1",
    ]


def test_address_and_key_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSHEET_URL", "http://env.test:1/")
    monkeypatch.setenv("CALLSHEET_KEY", "cs_env")
    script = Script(task())
    with Client(transport=httpx2.MockTransport(script)) as client:
        client.get("task_01")
    assert str(script.asked[0].url) == "http://env.test:1/v1/tasks/task_01"
    assert script.asked[0].headers["authorization"] == "Bearer cs_env"


def test_what_is_no_address_is_refused_at_once() -> None:
    with pytest.raises(errors.SetupError, match="no address"):
        Client("localhost:8420")


def test_the_generated_client_is_up_to_date() -> None:
    found = subprocess.run([sys.executable, "-m", "tools.sync_client", "--check"], capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, "")


def test_both_clients_offer_the_same_and_the_generated_one_has_no_async_left() -> None:
    def offered(kind: type) -> set[str]:
        return {name for name in vars(kind) if not name.startswith("_")} - {"close", "aclose"}

    assert offered(Client) == offered(AsyncClient)
    assert {"submit", "get", "wait", "cancel", "run", "list", "events", "upload", "download"} <= offered(Client)
    text = Path(sys.modules[Client.__module__].__file__ or "").read_text().partition("\n")[2]
    assert "async" not in text
    assert "await" not in text


def test_importing_the_package_does_not_load_the_sdk() -> None:
    program = "import sys, callsheet; assert 'httpx2' not in sys.modules; from callsheet import Client, AsyncClient"
    subprocess.run([sys.executable, "-c", program], check=True)
