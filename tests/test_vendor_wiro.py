"""Wiro's clients against a real server: run, follow, list, cancel, kill, and look for tools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from vendor_fixtures import Serve, Stage, receiving, staged, until
from vendor_media import a_clip, length
from wiro_fixtures import at_status, complaint, detail, ended, run, said, upload


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("wiro")) as found:
        yield found


@pytest.fixture
def wiro(stage: Stage) -> Iterator[httpx2.Client]:
    stage.stub.reset()
    with stage.client("wiro") as client:
        yield client


def test_a_picture_from_words_to_the_file(stage: Stage, wiro: httpx2.Client) -> None:
    begun = run(wiro, "previz/text-to-image", {"prompt": "a red door", "count": "2", "seed": 7})
    assert re.fullmatch(r"\d{15}", begun["taskid"])
    assert re.fullmatch(r"[A-Za-z0-9]{30}", begun["socketaccesstoken"])
    task = ended(wiro, begun["socketaccesstoken"])
    assert task["pexit"] == "0"
    assert len(task["outputs"]) == 2
    for output in task["outputs"]:
        got = httpx2.get(output["url"], trust_env=False, timeout=60)
        assert got.headers["content-type"] == output["contenttype"] == "image/png"
        assert str(len(got.content)) == output["size"]
        assert output["url"].startswith(stage.url)
    assert stage.stub.orders[-1].input["count"] == 2
    assert detail(wiro, begun["taskid"])["uuid"] == task["uuid"]


def test_every_number_of_a_task_is_a_text_and_its_times_are_in_order(wiro: httpx2.Client) -> None:
    task = ended(wiro, run(wiro, "previz/text-to-image", {"prompt": "x", "seed": 7})["socketaccesstoken"])

    def numbers(value: Any) -> list[Any]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [value] * (type(value) in (int, float)) + [one for part in inner for one in numbers(part)]

    assert numbers(task) == []
    assert task["parameters"] == {"prompt": "x", "seed": "7"}
    order = ["createtime", "accepttime", "preprocessstarttime", "preprocessendtime", "assigntime", "starttime"]
    order += ["endtime", "postprocessstarttime", "postprocessendtime"]
    times = [int(task[name]) for name in order]
    assert times == sorted(times)
    assert times[0] > 1_700_000_000
    assert task["canceltime"] == "0"
    assert re.fullmatch(r"\d+\.\d{4}", task["elapsedseconds"])


def test_a_text_is_in_the_outputs_and_in_the_log(stage: Stage, wiro: httpx2.Client) -> None:
    url = upload(wiro, "clip.mp4", a_clip())["url"]
    token = run(wiro, "wiro/ShareGPT4Video-EN", {"inputVideoUrl": url})["socketaccesstoken"]
    task = ended(wiro, token)
    (output,) = task["outputs"]
    assert output["content"]["raw"] == output["content"]["message"] == task["debugoutput"] != ""
    assert output["content"]["answer"] == [task["debugoutput"]]
    assert set(output["content"]) == {"prompt", "raw", "thinking", "answer", "message"}


def test_what_takes_a_neural_model_is_refused_and_says_so(serve_home: Serve, settings: Any) -> None:
    with (
        serve_home(settings) as served,
        httpx2.Client(base_url=f"{served.url}/as/wiro", trust_env=False, timeout=60) as client,
    ):
        url = upload(client, "clip.mp4", a_clip())["url"]
        answer = said(client, "/Run/vidu/lip-sync", {"video": url, "text": "Good evening."})
        code, message = complaint(answer)
        assert code == 1
        assert message.startswith("tool-not-accessible: ")
        assert "LatentSync" in message
        assert "CALLSHEET_VENDORS__VIDU__KEY" in message
        tools = said(client, "/Tool/List", {"limit": "500"})
        assert {tool["slugowner"] for tool in tools["tool"]} >= {"previz", "vidu"}
        assert not [tool for tool in tools["tool"] if tool["categories"] == ["lip-sync"]]
        begun = run(client, "previz/text-to-image", {"prompt": "a boat", "resolution": "360p"})
        assert ended(client, begun["socketaccesstoken"])["outputs"][0]["contenttype"] == "image/png"


def test_a_capability_runs_by_its_name_and_a_prefix_by_its_input(stage: Stage, wiro: httpx2.Client) -> None:
    ended(wiro, run(wiro, "callsheet/text-to-image", {"prompt": "x"})["socketaccesstoken"])
    assert stage.stub.orders[-1].model.id == "previz/text-to-image"
    ended(wiro, run(wiro, "vidu/viduq3-pro", {"prompt": "x", "duration": "5"})["socketaccesstoken"])
    assert stage.stub.orders[-1].model.id == "vidu/viduq3-pro/text2video"


def test_what_is_not_read_is_noted_and_a_sentence_is_no_callback(stage: Stage, wiro: httpx2.Client) -> None:
    body = {"prompt": "x", "sparkle": "1", "callbackUrl": "You can provide one.", "projectid": "7"}
    token = run(wiro, "previz/text-to-image", body)["socketaccesstoken"]
    shown = ended(wiro, token)
    assert shown["parameters"] == {"prompt": "x", "sparkle": "1"}
    task = stage.newest()
    assert task["webhook"] is None
    assert "sparkle" not in task["input"]


def test_the_end_is_told_to_the_callback(stage: Stage, wiro: httpx2.Client) -> None:
    with receiving() as receiver:
        body = {"prompt": "x", "callbackUrl": f"{receiver.url}/told?n=1"}
        token = run(wiro, "previz/text-to-image", body)["socketaccesstoken"]
        (told,) = receiver.wait()
        assert (told.path, told.query) == ("/told", "n=1")
        shown = detail(wiro, token)
        assert told.json["result"] is True
        assert told.json["tasklist"][0]["id"] == told.json["id"] == shown["id"]
        assert told.json["status"] == "task_postprocess_end"
        assert httpx2.get(told.json["outputs"][0]["url"], trust_env=False, timeout=60).status_code == 200
        stage.stub.wait()
        token = run(wiro, "previz/text-to-image", body)["socketaccesstoken"]
        said(wiro, "/Task/Cancel", {"taskid": detail(wiro, token)["id"]})
        assert receiver.wait(2)[-1].json["status"] == "task_cancel"


def test_failure_ends_as_success_does_but_for_pexit(stage: Stage, wiro: httpx2.Client) -> None:
    stage.stub.fail("rejected", "Not that.")
    task = ended(wiro, run(wiro, "previz/text-to-image", {"prompt": "x"})["socketaccesstoken"])
    assert (task["status"], task["pexit"], task["totalcost"]) == ("task_postprocess_end", "1", "0")
    assert task["outputs"] == []
    assert task["debugerror"] == "Not that."


def test_cancel_is_for_what_waits_and_kill_for_what_runs(stage: Stage, wiro: httpx2.Client) -> None:
    stage.stub.wait()
    token = run(wiro, "previz/text-to-image", {"prompt": "x"})["socketaccesstoken"]
    until(lambda: len(stage.stub.orders), lambda count: count == 1)
    assert detail(wiro, token)["status"] == "task_queue"
    assert complaint(said(wiro, "/Task/Kill", {"socketaccesstoken": token}))[0] == 1
    assert said(wiro, "/Task/Cancel", {"tasktoken": token})["result"] is True
    shown = at_status(wiro, token, "task_cancel")
    assert shown["canceltime"] == shown["endtime"] != "0"
    assert shown["pexit"] == "1"
    assert complaint(said(wiro, "/Task/Cancel", {"tasktoken": token})) == (1, "Task is not in a cancellable state.")
    stage.stub.run(0.4)
    token = run(wiro, "previz/text-to-image", {"prompt": "x"})["socketaccesstoken"]
    at_status(wiro, token, "task_output")
    assert complaint(said(wiro, "/Task/Cancel", {"tasktoken": token}))[1] == "Task is not in a cancellable state."
    assert said(wiro, "/Task/Kill", {"socketaccesstoken": token})["result"] is True
    at_status(wiro, token, "task_cancel")
    assert len(stage.stub.canceled) == 2


def test_the_list_has_pages_both_orders_and_one_tool(stage: Stage, wiro: httpx2.Client) -> None:
    tool = "callsheet/text-to-video"
    tokens = [run(wiro, tool, {"prompt": str(number)})["socketaccesstoken"] for number in range(3)]
    body = {"type": "model", "sort": "id", "order": "DESC", "start": "0", "limit": "2"}
    newest = said(wiro, "/Task/List", body)
    assert [task["socketaccesstoken"] for task in newest["tasklist"]] == tokens[:0:-1]
    assert int(newest["total"]) >= 3
    next_page = said(wiro, "/Task/List", {**body, "start": "2", "limit": "1"})
    assert next_page["tasklist"][0]["socketaccesstoken"] == tokens[0]
    mine = said(wiro, "/Task/List", {"order": "ASC", "limit": "50", "modelName": tool})
    assert [task["socketaccesstoken"] for task in mine["tasklist"]] == tokens
    assert mine["total"] == "3"
    assert complaint(said(wiro, "/Task/List", {"start": "many"}))[0] == 0


def test_a_tool_tells_its_params_and_they_are_what_run_takes(stage: Stage, wiro: httpx2.Client) -> None:
    (own,) = said(wiro, "/Tool/Detail", {"slugowner": "wiro", "slugproject": "ShareGPT4Video-EN"})["tool"]
    video, mode = own["parameters"][0]["items"]
    assert (video["id"], video["type"], video["required"]) == ("inputVideoUrl", "text", True)
    assert (mode["id"], mode["type"], mode["default"]) == ("convMode", "select", "v0")
    assert {"label": "llava_v1", "value": "llava_v1"} in mode["options"]
    found = said(wiro, "/Tool/List", {"search": "text image", "slugowner": "previz", "summary": True})
    (tool,) = found["tool"]
    assert found["total"] == 1
    assert tool["cleanslugproject"] == "text-to-image"
    slugs = {"slugowner": tool["slugowner"], "slugproject": tool["slugproject"]}
    (shown,) = said(wiro, "/Tool/Detail", slugs)["tool"]
    items = {item["id"]: item for item in shown["parameters"][0]["items"]}
    assert items["prompt"]["type"] == "textarea"
    types = {item["type"] for item in items.values()}
    assert types <= {"text", "textarea", "select", "range", "fileinput", "multifileinput", "combinefileinput"}
    assert {tool["title"] for group in said(wiro, "/Tool/Explore", {})["explore"] for tool in group["tools"]}
    for strange in (5, True, {"a": 1}, [["x"]], "x,y"):
        assert said(wiro, "/Tool/List", {"categories": strange})["total"] == 0
    unknown = said(wiro, "/Tool/Detail", {"slugowner": "wiro", "slugproject": "nothing"})
    assert complaint(unknown) == (1, "slug-owner-project-not-exist")


@pytest.mark.parametrize(
    ("tool", "body", "code", "message"),
    [
        ("previz/text-to-image", {}, 0, "Request parameter [prompt] required"),
        ("previz/image-to-video", {"prompt": "x"}, 0, "Request files [image] required"),
        ("previz/text-to-image", {"prompt": "x", "seed": "no"}, 0, "Request parameter [seed] must be integer or float"),
        ("previz/text-to-video", {"prompt": "x", "duration": 999}, 0, "Request parameter [duration] must be between "),
        ("previz/text-to-image", {"prompt": "x", "resolution": "9p"}, 0, "Request parameter [resolution]: "),
        ("previz/image-to-video", {"image": "no-such.png"}, 0, "Request files [image] required: 'no-such.png'"),
        ("previz/image-to-video", {"image": "http://10.0.0.1/x.png"}, 0, "Request parameter [image]: "),
        ("nobody/nothing", {}, 1, "slug-owner-project-not-exist"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_wiros_words(
    wiro: httpx2.Client, tool: str, body: dict[str, Any], code: int, message: str
) -> None:
    found = complaint(said(wiro, f"/Run/{tool}", body))
    assert found[0] == code
    assert found[1].startswith(message)


def test_an_unknown_token_is_answered_and_an_unknown_address_is_not_found(wiro: httpx2.Client) -> None:
    assert complaint(said(wiro, "/Task/Detail", {"tasktoken": "test"})) == (1, "There is no task yet.")
    for response in (wiro.post("/v1/Task/Nothing"), wiro.get("/v1/Task/Detail")):
        assert response.status_code == 404
        assert complaint(response.json()) == (0, "Error parsing url.")


def test_by_host_it_answers_at_the_root(stage: Stage, wiro: httpx2.Client) -> None:
    body = {"tasktoken": "test"}
    response = httpx2.post(
        f"{stage.url}/v1/Task/Detail", json=body, headers={"host": "api.wiro.ai"}, trust_env=False, timeout=60
    )
    assert complaint(response.json())[1] == "There is no task yet."


def test_the_task_is_the_native_apis_too(stage: Stage, wiro: httpx2.Client) -> None:
    token = run(wiro, "previz/text-to-image", {"prompt": "seen by both"})["socketaccesstoken"]
    shown, native = ended(wiro, token), stage.newest()
    assert native["input"]["prompt"] == "seen by both"
    assert native["model"] == "previz/text-to-image"
    assert [one["id"] for one in native["artifacts"]] == [one["id"] for one in shown["outputs"]]
    assert complaint(said(wiro, "/Task/Detail", {"taskid": native["id"]}))[0] == 1


def test_a_clip_from_a_real_render_opens(serve_home: Serve, settings: Any, tmp_path: Path) -> None:
    with (
        serve_home(settings) as served,
        httpx2.Client(base_url=f"{served.url}/as/wiro", trust_env=False, timeout=60) as client,
    ):
        body = {"prompt": "a lighthouse", "duration": "1", "resolution": "360p", "fps": "8"}
        task = ended(client, run(client, "previz/text-to-video", body)["socketaccesstoken"])
        assert task["pexit"] == "0", json.dumps(task)
        got = httpx2.get(task["outputs"][0]["url"], trust_env=False, timeout=60)
        assert length(got.content) == pytest.approx(1.0)
