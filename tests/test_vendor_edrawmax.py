"""EdrawMax's clients on a real server: diagrams in one answer, errors, keys, links; and the driver's one retry."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from PIL import Image

from callsheet import catalog
from callsheet.contract import Order
from callsheet.errors import Rejected, Unauthorized, Unavailable, Unsure
from callsheet.tasks import State, Update
from callsheet.vendors.edrawmax import dialect
from callsheet.vendors.edrawmax.driver import EdrawMaxDriver
from vendor_fixtures import Serve, Stage, shell, staged, with_drivers
from vendor_media import media

SKILLS = {
    "flowchart": "mermaid_code",
    "infographic": "source_code",
    "gantt": "source_code",
    "mindmap": "source_code",
}
ASKED = {"prompt": "用户注册登录流程", "lang": "cn", "platform": "web"}
CURL = """
curl -X POST https://api.edrawmax.cn/api/ai/skills/generate-flowchart \\
  -H 'Content-Type: application/json' \\
  -d '{"prompt": "user sign-up", "lang": "en", "platform": "web"}'
"""


@pytest.fixture(scope="module")
def house_of_stubs(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("stage")) as found:
        yield found


@pytest.fixture
def stage(house_of_stubs: Stage) -> Stage:
    house_of_stubs.stub.reset()
    return house_of_stubs


def ask(stage: Stage, skill: str = "flowchart", body: Any = ASKED, **headers: str) -> Any:
    """What the API answers; always with HTTP 200."""
    with stage.client("edrawmax") as client:
        response = client.post(f"/api/ai/skills/generate-{skill}", json=body, headers=headers)
    assert response.status_code == 200
    return response.json()


@pytest.mark.parametrize("skill", SKILLS)
def test_a_diagram_comes_in_one_answer_and_its_files_open(stage: Stage, skill: str) -> None:
    answer = ask(stage, skill)
    assert answer["code"] == 0
    assert answer["msg"] == ""
    assert set(answer["data"]) == {"png_url", "svg_url", SKILLS[skill]}
    assert answer["data"][SKILLS[skill]].encode() == media("text")
    png = httpx2.get(answer["data"]["png_url"], trust_env=False, timeout=60)
    assert Image.open(io.BytesIO(png.content)).size == (64, 36)
    assert httpx2.get(answer["data"]["svg_url"], trust_env=False, timeout=60).content == media("svg")
    [order] = stage.stub.orders
    assert order.model.id == f"edrawmax/generate-{skill}"
    assert order.input == {"prompt": ASKED["prompt"], "language": "zh", "platform": "web"}


def test_the_documented_call_works_with_curl(stage: Stage) -> None:
    answered = shell(CURL, {"https://api.edrawmax.cn": stage.base("edrawmax")})
    assert answered.status == 200
    assert answered.json["code"] == 0
    assert answered.json["data"]["png_url"].startswith(stage.url)


def test_who_reaches_us_by_the_vendors_host_is_given_links_that_its_downloader_takes(stage: Stage) -> None:
    with stage.client() as client:
        answer = client.post("/api/ai/skills/generate-gantt", json=ASKED, headers={"host": "api.edrawmax.cn"}).json()
        for name, kind in (("png_url", "image"), ("svg_url", "svg")):
            parts = urlsplit(answer["data"][name])
            assert parts.scheme == "https"
            assert (parts.hostname or "").endswith(
                (".aliyuncs.com", ".wondershare.com", ".edrawsoft.com", ".edrawmax.com")
            )
            there = client.get(f"{parts.path}?{parts.query}", headers={"host": parts.netloc})
            assert there.content == media(kind)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"lang": "cn"}, "bad param: prompt is required"),
        ({"prompt": ""}, "bad param: prompt is required"),
        ({"prompt": "x", "lang": "klingon"}, "bad param: lang不合法"),
        ({"prompt": "x", "platform": "toaster"}, "bad param: platform"),
        ([], "bad param: "),
    ],
)
def test_a_bad_param_is_400(stage: Stage, body: Any, said: str) -> None:
    answer = ask(stage, body=body)
    assert answer["code"] == 400
    assert answer["msg"].startswith(said)
    assert stage.stub.orders == []


def test_a_field_that_nobody_knows_does_not_stop_an_unmodified_client(stage: Stage) -> None:
    assert ask(stage, body={**ASKED, "theme": "dark"})["code"] == 0
    assert "theme" not in stage.stub.orders[0].input


@pytest.mark.parametrize(
    ("failed", "code"),
    [("rejected", 2406), ("vendor_unavailable", 3001), ("render_failed", 212201), ("no_output", 212200)],
)
def test_a_failure_has_the_code_of_its_kind(stage: Stage, failed: str, code: int) -> None:
    stage.stub.fail(failed, "No luck.")
    answer = ask(stage)
    assert answer["code"] == code
    assert answer["msg"].endswith("No luck.")
    assert answer["data"] == {}


def test_what_nothing_here_can_draw_is_refused_clearly(tmp_path: Path, serve_home: Serve) -> None:
    with with_drivers(serve_home, tmp_path, lambda _: {}) as served:
        url = f"{served.url}/as/edrawmax/api/ai/skills/generate-mindmap"
        response = httpx2.post(url, json=ASKED, trust_env=False, timeout=60)
    assert response.status_code == 200
    assert response.json()["code"] == 500
    assert "CALLSHEET_VENDORS__EDRAWMAX__KEY" in response.json()["msg"]


def test_a_diagram_that_takes_too_long_is_stopped(
    tmp_path: Path, serve_home: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialect, "WAIT", 0.2)
    with staged(serve_home, tmp_path) as stage:
        stage.stub.run()
        answer = ask(stage)
        assert answer["code"] == 212200
        assert stage.task(stage.newest()["id"])["state"] == "canceled"


def test_with_keys_one_is_needed_and_opens_only_its_own_account(tmp_path: Path, serve_home: Serve) -> None:
    with staged(serve_home, tmp_path) as stage:
        mine, other = stage.make_key("mine"), stage.make_key("other")
        wrong = ask(stage, **{"X-User-ID": "nobody"})
        assert (wrong["code"], ask(stage)["code"]) == (400, 400)
        assert "key" in wrong["msg"]
        assert ask(stage, **{"X-User-ID": mine.key})["code"] == 0
        assert ask(stage, authorization=f"Bearer {mine.key}")["code"] == 0
        assert ask(stage, authorization="Bearer wrong", **{"X-User-ID": mine.key})["code"] == 400
        assert [_count(stage, key.key) for key in (mine, other)] == [2, 0]


def _count(stage: Stage, key: str) -> int:
    with stage.client(headers={"authorization": f"Bearer {key}"}) as client:
        return len(client.get("/v1/tasks").json()["data"])


def test_other_paths_and_methods_are_refused_in_its_shape(stage: Stage) -> None:
    with stage.client("edrawmax") as client:
        for response in (client.get("/api/ai/skills/generate-gantt"), client.post("/api/ai/skills/generate-soup")):
            assert response.status_code == 200
            assert response.json()["code"] == 400


def driven(*answers: Any) -> list[Update | Exception]:
    """What the driver makes of these answers to one task after another try."""
    script = list(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        one = script.pop(0)
        if isinstance(one, Exception):
            raise one
        status, body = one if isinstance(one, tuple) else (200, one)
        return httpx2.Response(status, json=body)

    async def run() -> list[Update | Exception]:
        vendor = catalog.load().vendor("edrawmax")
        client = httpx2.AsyncClient(base_url=vendor.base_url, transport=httpx2.MockTransport(answer))
        driver = EdrawMaxDriver(client, vendor)
        order = Order("task_01", vendor.models["edrawmax/generate-gantt"], {"prompt": "x", "language": "en"}, {})
        found: list[Update | Exception] = []
        while script:
            try:
                found.append(await driver.submit(order))
            except Exception as error:
                found.append(error)
        await driver.close()
        return found

    return asyncio.run(run())


def refusal(code: int, msg: str = "no") -> dict[str, Any]:
    return {"code": code, "msg": msg}


@pytest.mark.parametrize("code", [212200, 212201, 500])
def test_what_failed_there_may_have_been_charged_and_is_the_callers_to_ask_again(code: int) -> None:
    (only,) = driven(refusal(code))
    assert isinstance(only, Update)
    assert only.failure is not None
    assert (only.state, only.failure.retryable) == (State.FAILED, True)
    assert str(code) in only.failure.message


def test_what_found_no_room_is_tried_once_more() -> None:
    code = 3001
    first, second = driven(refusal(code), refusal(code))
    assert isinstance(first, Unavailable)
    assert isinstance(second, Update)
    assert second.state is State.FAILED
    assert second.failure is not None
    assert str(code) in second.failure.message
    good = {"code": 0, "msg": "", "data": {"png_url": "https://a.example/x.png", "source_code": "gantt"}}
    first, second = driven(refusal(code), good)
    assert isinstance(second, Update)
    assert [one.url or one.text for one in second.artifacts] == ["https://a.example/x.png", "gantt"]


@pytest.mark.parametrize("code", [400, 2406, 999])
def test_what_is_refused_for_good_is_not_tried_again(code: int) -> None:
    assert [type(one) for one in driven(refusal(code))] == [Rejected]


def test_the_code_counts_whatever_the_http_status() -> None:
    assert [type(one) for one in driven((400, refusal(3001)))] == [Unavailable]
    assert [type(one) for one in driven((401, {}))] == [Unauthorized]


def test_an_answer_that_was_lost_or_cannot_be_read_is_never_sent_twice() -> None:
    assert [type(one) for one in driven(httpx2.ReadTimeout("late"), {"png": 1}, (502, {}))] == [Unsure] * 3
