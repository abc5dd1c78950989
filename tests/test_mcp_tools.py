"""The tools of `callsheet mcp` over HTTP, called by the official client: made on previz, looked at, listed, kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mcp import MCPError
from PIL import Image

from callsheet.mcp.terms import LONGEST_CALL, LONGEST_WAIT
from callsheet.settings import Settings, load
from conftest import Served
from mcp_fixtures import Agent, agent

CLIP = {"prompt": "a red boat on a lake", "duration": 0.5, "fps": 12, "resolution": "360p", "seed": 7}
STILL = {"prompt": "a lighthouse at dusk", "width": 320, "height": 192, "seed": 3}
NAMES = [
    *("find_models", "describe_model", "quote", "make", "wait", "look", "list_tasks", "cancel"),
    *("play_sheet", "cancel_sheet", "save", "upload"),
]


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[[Settings], AbstractContextManager[Served]]
) -> Iterator[Served]:
    with serve_home(load(tmp_path_factory.mktemp("mcp"), environ={})) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("folders")


@pytest.fixture(scope="module")
def ask(home: Served, folder: Path) -> Iterator[Agent]:
    (folder / "in").mkdir()
    with agent(home.url, out=folder / "out", inputs=(folder / "in",)) as found:
        yield found


def test_the_tools_say_what_they_do_and_what_they_take(ask: Agent) -> None:
    tools = {one.name: one for one in ask.do(lambda client: client.list_tools()).tools}
    assert [*tools] == NAMES
    for name, one in tools.items():
        assert one.description, name
        assert one.input_schema["additionalProperties"] is False, name
        assert one.output_schema, name
    hints = {name: one.annotations for name, one in tools.items()}
    sees = {name for name, one in hints.items() if one.read_only_hint}
    assert sees == {"find_models", "describe_model", "quote", "wait", "look", "list_tasks"}
    assert [name for name, one in hints.items() if one.destructive_hint] == ["cancel", "cancel_sheet"]
    assert all(one.idempotent_hint for one in hints.values())
    assert set(tools["make"].input_schema["properties"]) == {
        *("model", "input", "take", "stage", "label", "wait_seconds")
    }
    assert tools["make"].input_schema["required"] == ["model", "input"]
    whole = sum(
        len(json.dumps(one.model_dump(mode="json", by_alias=True, exclude_none=True))) for one in tools.values()
    )
    assert whole < 26_000, "an agent reads all of it before it begins"


def test_a_call_stays_below_a_minute() -> None:
    assert LONGEST_WAIT <= 45
    assert LONGEST_WAIT < LONGEST_CALL < 60


def test_models_are_found_by_words_and_described_with_what_they_take(ask: Agent) -> None:
    assert [one["model"] for one in ask("find_models", words="lip sync").view["models"]] == ["vidu/lip-sync"]
    found = ask("find_models", words="kling video", limit=3).view
    assert len(found["models"]) == 3
    assert found["more"] > 0
    assert all("kling" in one["model"] for one in found["models"])
    assert found["capabilities"] == {}
    assert ask("find_models", limit=1).view["capabilities"]["text-to-video"] > 3
    clips = ask("find_models", capability="image-to-video", vendor="previz").view["models"]
    assert [(one["model"], one["required"], one["price"]) for one in clips] == [
        ("previz/image-to-video", ["image"], "free: made on this machine")
    ]
    one = ask("describe_model", model="image-to-video").view
    assert one["input_schema"]["properties"]["camera_move"]
    assert one["example"] == {"model": "previz/image-to-video", "input": {"image": "file_..."}}


@pytest.mark.parametrize(
    ("tool", "given", "says"),
    [
        ("describe_model", {"model": "vidu/viduq9-pro"}, ["vidu/viduq", "code not_found"]),
        ("make", {"model": "text-to-vidoe", "input": {"prompt": "x"}}, ["text-to-video", "code not_found"]),
        ("make", {"model": "text-to-image", "input": {"promt": "x"}}, ["prompt", "code invalid_input"]),
        (
            "make",
            {"model": "text-to-image", "input": {"prompt": "x"}, "seed": 4},
            ["make has no seed", "wait_seconds", "goes into input"],
        ),
        ("wait", {"task": "task_01KA3W5E8V"}, ["task_01KA3W5E8V", "not_found", "request req_"]),
        ("find_models", {"capability": "text-to-smell"}, ["text-to-smell", "text-to-video"]),
        ("look", {}, ["either a task or a file"]),
        ("upload", {"path": "/etc/hostname"}, ["no file in a folder that may be read"]),
    ],
)
def test_what_goes_wrong_names_the_way_out(ask: Agent, tool: str, given: dict[str, Any], says: list[str]) -> None:
    answer = ask(tool, **given)
    assert answer.failed
    assert [part for part in says if part not in answer.said] == []


def test_a_clip_is_made_once_told_of_and_looked_at_with_its_times(ask: Agent, home: Served) -> None:
    answer, told = ask.told("make", model="text-to-video", input=CLIP, label="the boat")
    made = answer.view
    assert (made["state"], made["done"], made["repeated"], made["stage"]) == ("succeeded", True, False, "previz")
    assert told == sorted(told)
    assert told[-1] == 1.0
    [output] = made["outputs"]
    assert (output["width"], output["height"], output["duration"], output["fps"]) == (640, 360, 0.5, 12)
    assert [str(one.uri) for one in answer.links] == [f"callsheet://files/{output['file']}"]

    again = ask("make", model="text-to-video", input={**CLIP}, wait_seconds=0).view
    assert (again["task"], again["repeated"]) == (made["task"], True)
    assert "take=2" in again["next"]
    other = ask("make", model="text-to-video", input=CLIP, take=2, wait_seconds=0).view
    assert (other["take"], other["repeated"]) == (2, False)
    assert other["task"] != made["task"]
    listed = ask("list_tasks", label="the boat", words="red lake").view["tasks"]
    assert [(one["task"], one["prompt"]) for one in listed] == [(made["task"], CLIP["prompt"])]
    of_label = ask("list_tasks", capability="text-to-video", order="oldest").view["tasks"]
    assert [one["task"] for one in of_label] == sorted(one["task"] for one in of_label)

    seen = ask("look", task=made["task"], frames=6)
    assert (seen.view["kind"], len(seen.view["times"])) == ("video", 6)
    assert seen.view["times"][0] == 0
    assert seen.view["times"][-1] == pytest.approx(5 / 12, abs=0.001)
    assert seen.picture.width == 1024
    frame = ask("look", file=output["file"], at=0.25)
    assert (frame.picture.size, frame.view["times"]) == ((640, 360), [0.25])
    assert ask("wait", task=other["task"]).view["done"] is True


def test_an_image_is_looked_at_read_and_saved_and_goes_into_another(ask: Agent, folder: Path) -> None:
    made = ask("make", model="text-to-image", input=STILL).view
    seen = ask("look", task=made["task"])
    assert (seen.view["kind"], seen.view["width"], seen.picture.size) == ("image", 320, (320, 192))
    [content] = ask.do(lambda client: client.read_resource(f"callsheet://files/{made['outputs'][0]['file']}")).contents
    assert content.mime_type == "image/png"

    saved = ask("save", task=made["task"], name="lighthouse").view
    path = folder / "out" / "lighthouse.png"
    assert saved["paths"] == [str(path)]
    with Image.open(path) as image:
        assert image.size == (320, 192)
    assert ask("save", task=made["task"], name="lighthouse").view == saved
    path.write_bytes(b"mine")
    refused = ask("save", task=made["task"], name="lighthouse")
    assert refused.failed
    assert path.read_bytes() == b"mine"

    given = {"image": {"from": made["task"]}, "duration": 0.25, "fps": 8, "resolution": "360p"}
    moved = ask("make", model="image-to-video", input=given).view
    assert moved["state"] == "succeeded"


def test_a_sound_is_looked_at_as_wave_and_spectrum_with_how_loud_it_is(ask: Agent) -> None:
    made = ask("make", model="sound-effect", input={"prompt": "a door slams", "duration": 1, "seed": 1}).view
    seen = ask("look", task=made["task"])
    assert seen.view["kind"] == "audio"
    assert seen.view["duration"] == pytest.approx(1, abs=0.05)
    assert seen.view["silence"] is False
    assert -60 < seen.view["loudness"] < 0
    assert seen.view["peak"] <= 0
    assert np.asarray(seen.picture).std() > 5


def test_a_diagram_is_looked_at_as_a_picture_with_its_source(ask: Agent) -> None:
    made = ask("make", model="mindmap", input={"prompt": "tea: green, black, white"}).view
    kinds = [one["content_type"] for one in made["outputs"]]
    for number in range(len(kinds)):
        seen = ask("look", task=made["task"], output=number)
        assert seen.view["kind"] == "image"
        assert "tea" in seen.view["text"].lower()
        assert max(seen.picture.size) <= 1024


def test_the_same_picture_uploaded_twice_is_the_same_and_so_is_what_is_made_of_it(
    ask: Agent, home: Served, folder: Path
) -> None:
    Image.new("RGB", (64, 64), (200, 30, 30)).save(folder / "in" / "red.png")
    first, second = (ask("upload", path="red.png").view for _ in range(2))
    assert (first["known"], second["known"], first["file"]) == (False, True, second["file"])
    with home.client() as client:
        body = (folder / "in" / "red.png").read_bytes()
        other = client.post("/v1/files", content=body, headers={"content-type": "image/png"}).json()["id"]
    given = {"duration": 0.25, "fps": 8, "resolution": "360p"}
    made = [
        ask("make", model="image-to-video", input={**given, "image": one}, wait_seconds=0).view["task"]
        for one in (first["file"], other)
    ]
    assert other != first["file"]
    assert made[0] == made[1]


def test_nothing_is_read_or_written_outside_the_folders_that_were_allowed(ask: Agent, folder: Path) -> None:
    (folder / "secret.txt").write_text("mine")
    (folder / "in" / ".hidden").write_text("mine")
    (folder / "in" / "way-out.txt").symlink_to(folder / "secret.txt")
    (folder / "in" / "deep").symlink_to(folder)
    ways = ["../secret.txt", str(folder / "secret.txt"), ".hidden", "way-out.txt", "deep/secret.txt", "in", "", "a\0b"]
    assert [way for way in ways if not ask("upload", path=way).failed] == []
    made = ask("make", model="text-to-image", input=STILL).view["task"]
    names = ["../x", "/x", "a/b", "a\\b", ".x", "..", "", "x\0", "con\n", "x" * 200]
    assert [name for name in names if not ask("save", task=made, name=name).failed] == []
    assert not (folder / "x.png").exists()
    assert {one.name for one in (folder / "out").iterdir()} <= {"lighthouse.png"}


def test_without_a_folder_nothing_is_saved_or_uploaded_and_all_may_have_to_be_a_preview(home: Served) -> None:
    with agent(home.url, stage="previz") as bound:
        assert "--out" in bound("save", task="task_01KA3W5E8V").said
        assert "--inputs" in bound("upload", path="red.png").said
        made = bound(
            "make", model="vidu/viduq3-pro/text2video", input={"prompt": "a fox", "duration": 1}, wait_seconds=0
        )
        assert made.view["stage"] == "previz"
        assert "previz" in bound("make", model="text-to-image", input=STILL, stage="vidu/viduq1/reference2image").said
        cancelled = bound("cancel", task=made.view["task"]).view
        assert cancelled["task"] == made.view["task"]
        assert cancelled["outcome"] in ("canceled", "stopping", "ended")
        ended = bound("cancel_sheet", title="no film of ours")
        assert "was played" in ended.said
        edit = bound("quote", model="thumbnail", input={"video": {"from": made.view["task"]}}).view
        assert edit["stage"] == "edit/thumbnail", "edits stay edits"


FILM = """
[sheet]
title = "Two shots"
[shots.still]
model = "text-to-image"
prompt = "a lighthouse at dusk"
width = 320
height = 192
[shots.move]
model = "image-to-video"
image = "@still"
duration = 0.25
fps = 8
resolution = "360p"
"""


def test_a_call_sheet_is_planned_first_and_played_once(ask: Agent) -> None:
    plan = ask("play_sheet", sheet=FILM).view
    assert (plan["handed_in"], plan["credits"], plan["refusal"]) == (False, 0, None)
    assert [(one["name"], one["model"], one["after"], one["found"]) for one in plan["shots"]] == [
        ("still", "text-to-image", [], False),
        ("move", "image-to-video", ["still"], False),
    ]
    answer, told = ask.told("play_sheet", sheet=FILM, hand_in=True)
    assert (answer.view["done"], told[-1]) == (True, 1.0)
    tasks = [one["task"] for one in answer.view["shots"]]
    again = ask("play_sheet", sheet=FILM, hand_in=True).view
    assert [(one["task"], one["found"]) for one in again["shots"]] == [(one, True) for one in tasks]
    anew = [ask("play_sheet", sheet=FILM, hand_in=True, fresh=["move"], wait_seconds=0).view for _ in range(2)]
    [first, second] = [one["shots"][1]["task"] for one in anew]
    assert first == second != tasks[1], "a repeated call makes what is fresh once"
    wrong = ask("play_sheet", sheet=FILM.replace("@still", "@stil"))
    assert "sheet:11" in wrong.said
    assert "still" in wrong.said


def test_a_file_too_big_for_an_answer_is_not_read_whole(
    ask: Agent, home: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ask("make", model="text-to-image", input=STILL).view["outputs"][0]["file"]
    monkeypatch.setattr("callsheet.mcp.server.MOST_READ", 100)
    monkeypatch.setattr("callsheet.mcp.looking.MOST_FETCHED", 100)
    with pytest.raises(MCPError, match="look"):
        ask.do(lambda client: client.read_resource(f"callsheet://files/{made}"))
    assert "contact-sheet" in ask("look", file=made).said


def test_the_operators_token_is_in_no_answer(home: Served) -> None:
    with agent(home.url, key=home.operator) as bound:
        said = [bound("list_tasks"), bound("find_models", words="previz"), bound("wait", task="task_0")]
        assert not any(home.operator in str(one.result) for one in said)
