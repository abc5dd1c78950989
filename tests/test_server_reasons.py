"""What exactly is refused, in a stable word beside the sentence and with what it names: over HTTP, and in the SDK."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from callsheet.client import Client
from callsheet.errors import Conflict
from callsheet.settings import load

ROOT = Path(__file__).parents[1]
WORDS = ROOT / "src/callsheet/server/studio/static/words/errors.js"
FAILURES, ASKED = WORDS.with_name("failures.js"), WORDS.with_name("asked.js")
GUIDE = ROOT / "docs/howto/errors.md"
REASON = re.compile(
    r'(?:because\(\s*|if presented else |reason=)"([a-z_]+)"|^    "[a-z ]+": "(media_[a-z_]+)"', re.MULTILINE
)
CHART = {"model": "flowchart", "input": {"prompt": "a"}}
NONE = "task_00000000000000000000000000"
TINY_LIMITS = {"CALLSHEET_LIMITS__MAX_UPLOAD_BYTES": "1000", "CALLSHEET_LIMITS__MAX_PIXELS": "100"}


@pytest.fixture(scope="module")
def keyed(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[..., AbstractContextManager[Any]]
) -> Iterator[tuple[Any, str]]:
    """A server with small limits that asks for keys, and one."""
    settings = load(tmp_path_factory.mktemp("keyed"), {"server.worker": False}, environ=TINY_LIMITS)
    with serve_home(settings) as running, running.client(running.operator) as operator:
        yield running, operator.post("/v1/keys", json={"name": "mine"}).json()["key"]


def why(answer: httpx2.Response) -> tuple[int, str, dict[str, Any]]:
    error = answer.json()["error"]
    return answer.status_code, error["reason"], error["values"]


def test_what_is_not_there_is_named(api: httpx2.Client) -> None:
    assert why(api.get(f"/v1/tasks/{NONE}")) == (404, "task_unknown", {"task": NONE})
    assert why(api.post(f"/v1/tasks/{NONE}/cancel")) == (404, "task_unknown", {"task": NONE})
    assert why(api.get("/v1/files/file_0")) == (404, "file_unknown", {"file": "file_0"})
    assert why(api.get("/v1/nothing")) == (404, "address_unknown", {"path": "/v1/nothing"})
    assert why(api.get("/v1/webhooks/msg_0")) == (404, "message_unknown", {"message": "msg_0"})
    status, reason, values = why(api.get("/v1/models/previz/text-to-vidoe"))
    assert (status, reason, values["near"][0]) == (404, "model_unknown", "previz/text-to-video")
    status, reason, values = why(api.get("/v1/models", params={"vendor": "vido"}))
    assert (status, reason, "vidu" in values["known"]) == (404, "vendor_unknown", True)
    assert why(api.post("/v1/sheets/cancel", json={"title": "x"})) == (404, "sheet_unknown", {"title": "x"})


def test_a_key_of_idempotency_with_another_body_names_the_task_that_has_it(api: httpx2.Client) -> None:
    once = {"Idempotency-Key": "reasons"}
    task = api.post("/v1/tasks", json=CHART, headers=once).json()["id"]
    other = api.post("/v1/tasks", json={**CHART, "input": {"prompt": "b"}}, headers=once)
    assert why(other) == (409, "idempotency_reused", {"task": task})
    with Client(str(api.base_url)) as sdk, pytest.raises(Conflict) as refused:
        sdk.submit("flowchart", {"prompt": "c"}, idempotency_key="reasons")
    assert (refused.value.reason, refused.value.values) == ("idempotency_reused", {"task": task})


def test_what_nothing_can_run_names_the_settings_that_would_help(api: httpx2.Client) -> None:
    status, reason, values = why(api.post("/v1/tasks", json={"model": "voice-clone", "input": {"text": "hello"}}))
    assert (status, reason, values["capability"]) == (409, "nothing_runs", "voice-clone")
    assert any(re.fullmatch(r"CALLSHEET_VENDORS__[A-Z_]+__KEY", one) for one in values["settings"])


def test_who_names_a_vendor_is_told_of_its_key_alone(api: httpx2.Client) -> None:
    model = "vidu/viduq3-pro/text2video"
    refused = why(api.post("/v1/quotes", json={"model": model, "stage": model, "input": {"prompt": "a fox"}}))
    assert (refused[1], refused[2]["settings"]) == ("nothing_runs", ["CALLSHEET_VENDORS__VIDU__KEY"])


def test_a_fault_of_a_sheet_has_its_reason_and_its_line(api: httpx2.Client) -> None:
    def planned(sheet: str) -> tuple[str, Any, int]:
        error = api.post("/v1/sheets/plan", json={"sheet": sheet}).json()["error"]
        return error["reason"], error["values"], error["line"]

    head = '[shots.a]\nmodel = "text-to-video"\n'
    assert planned('[shots.a]\nmodel = "text-to-vidoe"\n')[::2] == ("model_unknown", 2)
    assert planned(f"{head}prompt = 'x'\nduraton = 2\n")[::2] == ("param_unknown", 4)
    assert planned(f"{head}prompt = 'x'\nduration = 900\n")[::2] == ("param_wrong", 4)
    missing = planned('[shots.a]\nmodel = "image-to-video"\nimage = "a.png"\n')
    assert missing == ("shot_file_missing", {"shot": "a", "path": "a.png"}, 3)
    assert planned('[shots.a]\nmodel = "image-to-video"\nimage = "@b"\n')[::2] == ("shot_unknown", 3)
    assert planned("[shots.a\n")[::2] == ("not_toml", 1)


def test_an_address_that_is_not_fetched_names_its_host(api: httpx2.Client) -> None:
    asked = {"model": "image-to-video", "input": {"prompt": "a fox", "image": "http://10.0.0.1/a.png"}}
    assert why(api.post("/v1/tasks", json=asked)) == (403, "host_refused", {"host": "10.0.0.1"})


def test_keys_that_are_missing_wrong_or_no_operators(keyed: tuple[Any, str]) -> None:
    server, key = keyed
    with server.client() as nobody, server.client("cs_wrong") as stranger, server.client(key) as mine:
        assert why(nobody.get("/v1/tasks")) == (401, "key_missing", {})
        assert why(stranger.get("/v1/tasks")) == (401, "key_wrong", {})
        assert why(mine.get("/v1/keys")) == (403, "operator_only", {})


def test_what_is_too_large_says_how_much_is_taken(keyed: tuple[Any, str]) -> None:
    server, key = keyed
    wider = io.BytesIO()
    Image.new("1", (20, 10)).save(wider, "png")
    with server.client(key) as api:
        large = api.post("/v1/files", content=b"x" * 1001, headers={"content-type": "image/png"})
        assert why(large) == (413, "file_too_large", {"most": 1000})
        wide = api.post("/v1/files", content=wider.getvalue(), headers={"content-type": "image/png"})
        assert why(wide) == (413, "too_many_pixels", {"most": 100})


def test_a_price_and_a_cancel_come_with_their_reasons(api: httpx2.Client) -> None:
    quote = api.post("/v1/quotes", json=CHART).json()
    assert (quote["reason"], quote["values"]) == ("free_here", {})
    task = api.post("/v1/tasks", json=CHART).json()["id"]
    ended = [api.post(f"/v1/tasks/{task}/cancel").json()["cancel"] for _ in range(2)]
    assert [one["reason"] for one in ended] == ["ended_as_asked", "ended_as_asked"]


def test_a_sheet_that_cannot_be_played_as_it_is_says_why(api: httpx2.Client) -> None:
    sheet = '[shots.a]\nmodel = "image-to-video"\nprompt = "a fox"\nimage = "fox.png"\n'
    plan = api.post("/v1/sheets/plan", json={"sheet": sheet, "files": {"fox.png": f"sha256:{'0' * 64}"}}).json()
    assert (plan["reason"], plan["values"]) == ("shot_file_missing", {"shot": "a", "path": "fox.png"})
    assert plan["refusal"].startswith("a: fox.png is not uploaded yet.")


def test_every_failure_that_is_worded_here_has_a_reason() -> None:
    def bare(call: ast.AST) -> bool:
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Failure"):
            return False
        return len(call.args) < 4 and not any(one.arg == "reason" for one in call.keywords)

    rooms = [ROOT / "src/callsheet" / room for room in ("engine", "vendors", "wires")]
    sources = [path for room in rooms for path in room.rglob("*.py") if "dialect" not in path.name]
    assert [path.name for path in sources if any(map(bare, ast.walk(ast.parse(path.read_text()))))] == []


def test_every_reason_has_its_words_in_the_studio_and_in_the_guide() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "src/callsheet").rglob("*.py"))
    reasons = {one or other for one, other in REASON.findall(source)}
    reasons -= {one for one in reasons if f'"asked.{one}":' in ASKED.read_text()}  # of a quote or a cancel
    assert len(reasons) > 50
    words, guide = WORDS.read_text() + FAILURES.read_text(), GUIDE.read_text()
    assert [one for one in sorted(reasons) if words.count(f'"error.{one}":') != 2] == []
    assert [one for one in sorted(reasons) if f"`{one}`" not in guide] == []
