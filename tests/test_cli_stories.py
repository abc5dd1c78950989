"""A day at the command line, on one home: run, wait, list, explain, files, keys, models, mistakes; with real clips."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from callsheet import Client
from callsheet.cli import demo
from cli_fixtures import Shell

DOOR = ("text-to-image", "--prompt", "a red door", "--resolution", "360p")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    found = Shell(tmp_path_factory.mktemp("stories"))
    shade = np.linspace(0, 255, 320, dtype=np.uint8)
    picture = np.dstack([np.tile(shade, (180, 1)), np.tile(shade[::-1], (180, 1)), np.full((180, 320), 90, np.uint8)])
    Image.fromarray(picture).save(found.folder / "still.png")
    yield found
    found.end()


def test_run_makes_a_real_clip_from_a_still_and_prints_its_path_and_the_id(shell: Shell) -> None:
    given = ("-i", "image=@still.png", "--camera-move", "push-in", "--resolution", "360p", "-i", "generate_audio=true")
    done = shell.process("run", "image-to-video", *given, "--duration", "1")
    path, task_id = done.out.splitlines()
    assert path == f"callsheet-out/{task_id}.mp4"
    with av.open(str(shell.folder / path)) as clip:
        video = clip.streams.video[0]
        assert (video.height, video.frames, len(clip.streams.audio)) == (360, 24, 1)
        assert float((video.duration or 0) * (video.time_base or 0)) == 1.0
    assert "running" in done.err or "succeeded" in done.err
    assert "100%" in done.err


def test_run_as_json_is_the_task_and_its_files(shell: Shell) -> None:
    task = shell("run", *DOOR, "--count", "2", "--out", "doors", "--metadata", "shot=12", "--json").json
    assert task["state"] == "succeeded"
    assert task["input"]["count"] == 2
    assert task["metadata"] == {"shot": "12"}
    assert [Path(path).name for path in task["files"]] == [f"{task['id']}-1.png", f"{task['id']}-2.png"]
    for path in task["files"]:
        with Image.open(shell.folder / path) as picture:
            assert picture.height == 360
    listed = shell("tasks", "list", "--metadata", "shot=12", "--json").json["data"]
    assert [one["id"] for one in listed] == [task["id"]]


def test_a_task_left_running_is_fetched_later(shell: Shell) -> None:
    done = shell("run", *DOOR, "--seed", "5", "--no-wait", "--out", "later")
    task_id = done.out.strip()
    assert f"tasks wait {task_id} --out later" in done.err
    assert not (shell.folder / "later").exists()
    waited = shell("tasks", "wait", task_id, "--out", "later")
    assert waited.out.splitlines() == [f"later/{task_id}.png", task_id]
    assert (shell.folder / "later" / f"{task_id}.png").stat().st_size > 1000


def test_the_same_idempotency_key_gives_the_same_task(shell: Shell) -> None:
    first, second = (shell("run", *DOOR, "--no-wait", "--idempotency-key", "order-1", "--json").json for _ in "12")
    assert first["id"] == second["id"]
    other = shell("run", *DOOR, "--seed", "9", "--no-wait", "--idempotency-key", "order-1", code=3)
    assert "Request id" in other.err


def test_tasks_are_shown_listed_and_explained(shell: Shell) -> None:
    task_id = shell("run", *DOOR, "--seed", "6").out.splitlines()[-1]
    assert "succeeded (100%)" in shell("tasks", "show", task_id).out
    table = shell("tasks", "list", "--capability", "text-to-image", "--limit", "2").out.splitlines()
    assert table[0].split() == ["ID", "STATE", "DONE", "MODEL", "STAGE", "CREATED"]
    assert task_id in table[1]
    told = shell("tasks", "explain", task_id)
    assert "a red door" in told.out
    assert told.out.count(" s  ") >= 3
    explained = shell("tasks", "explain", task_id, "--json").json
    assert explained["task"]["id"] == task_id
    assert explained["timeline"][-1]["type"] == "succeeded"


def test_paging_goes_on_at_the_cursor(shell: Shell) -> None:
    first = shell("tasks", "list", "--limit", "1", "--json").json
    second = shell("tasks", "list", "--limit", "1", "--cursor", first["next"], "--json").json
    assert first["data"][0]["id"] > second["data"][0]["id"]
    ids = [one["id"] for one in shell("tasks", "list", "--order", "oldest", "--json").json["data"]]
    assert ids == sorted(ids)
    assert ids[-1] == first["data"][0]["id"]


def test_waiting_has_a_limit_and_a_canceled_task_its_own_exit_code(shell: Shell) -> None:
    task_id = shell("run", "text-to-image", "--prompt", "a harbour [[stuck]]", "--no-wait").out.strip()
    assert "goes on" in shell("tasks", "wait", task_id, "--timeout", "0.2", code=9).err
    shell("tasks", "cancel", task_id)
    done = shell("tasks", "wait", task_id, "--json", code=6)
    assert done.json["error"]["task"]["state"] == "canceled"
    assert shell("tasks", "cancel", task_id, "--json").json["state"] == "canceled"


def test_files_go_up_and_come_down_the_same(shell: Shell) -> None:
    file_id = shell("files", "upload", "still.png").out.strip()
    assert shell("files", "show", file_id, "--json").json["width"] == 320
    assert file_id in shell("files", "list").out
    shell("files", "download", file_id, "--out", "again.png")
    assert (shell.folder / "again.png").read_bytes() == (shell.folder / "still.png").read_bytes()
    assert shell("files", "delete", file_id, "--json").json == {"id": file_id, "deleted": True}
    assert shell("files", "show", file_id, code=4).err


@pytest.mark.parametrize(
    ("args", "code", "error", "said"),
    [
        (("run", "txt-to-video", "--prompt", "x"), 4, "not_found", "text-to-video"),
        (("run", "text-to-video", "--prompt", "x", "-i", "durration=5"), 3, "invalid_input", "duration"),
        (("run", "text-to-video", "--prompt", "x", "--duration", "five"), 3, "invalid_input", "duration"),
        (("run", "image-to-video"), 3, "invalid_input", "image"),
        (("run", "image-to-video", "-i", "image=@nowhere.png"), 3, "invalid_input", "nowhere.png"),
        (("run", "image-to-video", "-i", "image=still.png"), 3, "invalid_input", "image=@still.png"),
        (("run", "lip-sync", "--input", "video=x"), 3, "not_supported", "lip-sync"),
        (("run", "text-to-video", "-i", "prompt"), 2, "usage", "name=value"),
        (("run", "text-to-video", "--promt", "x"), 2, "usage", "--promt"),
        (("tasks", "show", "task_00000000000000000000000000"), 4, "not_found", "task_0000"),
        (("tasks", "show", "../keys"), 3, "invalid_input", "no id of a task"),
        (("models", "show", "vidu/viduq9"), 4, "not_found", "vidu/"),
        (("models", "--vendor", "nobody"), 4, "not_found", "vidu"),
    ],
)
def test_a_mistake_is_told_in_words_on_stderr_and_as_json_on_stdout(
    shell: Shell, args: tuple[str, ...], code: int, error: str, said: str
) -> None:
    done = shell(*args, "--json", code=code)
    assert done.json["error"]["code"] == error
    assert said in done.err
    assert "Traceback" not in done.err
    assert shell(*args, code=code).out == ""


def test_models_are_the_same_here_and_over_the_api(shell: Shell) -> None:
    here = shell("models", "--capability", "text-to-video", "--json").json["data"]
    assert {model["vendor"] for model in here} >= {"previz", "vidu"}
    with_schema = shell("models", "show", here[0]["id"], "--json").json
    shell("tasks", "list")
    running = shell.server()
    with Client(running.url, running.token) as client:
        assert [model.raw for model in client.models(capability="text-to-video")] == here
        assert client.model(here[0]["id"]).raw == with_schema
    prompt = with_schema["input_schema"]["properties"]["prompt"]
    assert "string" in [one.get("type") for one in prompt["anyOf"]], "a text, or another task's output"
    shown = shell("models", "show", "image-to-video").out
    assert "camera_move" in shown
    assert "push-in" in shown


def test_a_quote_says_what_it_would_cost_and_how_that_was_reckoned(shell: Shell) -> None:
    quoted = shell("quote", "text-to-video", "--prompt", "x", "--duration", "5", "--json").json
    assert quoted["stage"] == "previz"
    assert "basis" in shell("quote", "text-to-video", "--prompt", "x").out


def test_keys_are_shown_once_and_open_the_api_from_then_on(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    try:
        made = shell("keys", "create", "--name", "studio", "--json").json
        assert {"id", "key", "secret"} <= made.keys()
        listed = shell("keys", "list", "--json")
        assert listed.json["data"][0]["id"] == made["id"]
        for one in (listed, shell("keys", "list")):
            assert made["key"] not in one.out
            assert made["secret"] not in one.out
        assert made["key"] not in shell.log()
        url = shell.server().url
        assert shell("tasks", "list", "--url", url, "--json", code=8).json["error"]["code"] == "unauthenticated"
        assert shell("tasks", "list", "--url", url, "--key", made["key"], "--json").json["data"] == []
        assert shell("keys", "create", "--name", "x", "--url", url, "--key", made["key"], code=8).err
        shell("keys", "revoke", made["id"])
        assert "revoked" in shell("keys", "list").out
        shell("tasks", "list", "--url", url, CALLSHEET_KEY=made["key"], code=8)
    finally:
        shell.end()


def test_doctor_finds_a_sound_installation_sound_and_a_damaged_one_not(shell: Shell, tmp_path: Path) -> None:
    found = shell("doctor", "--json").json
    assert found["ok"] is True
    assert {"home", "store", "disk", "video", "fonts", "port", "vendor vidu"} <= {
        one["name"] for one in found["checks"]
    }
    assert "no key" in shell("doctor").out
    damaged = Shell(tmp_path)
    damaged.home.mkdir()
    (damaged.home / "callsheet.sqlite").write_bytes(b"this is no database" * 400)
    done = damaged("doctor", code=5)
    assert "WRONG  store" in done.out


def test_home_is_taken_before_and_after_the_subcommand(shell: Shell) -> None:
    for args in (("--home", shell.home, "tasks", "list", "--json"), ("tasks", "list", "--json", "--home", shell.home)):
        assert shell(*args, CALLSHEET_HOME="/nowhere").json["data"]


def test_the_demo_asks_for_what_it_promises() -> None:
    for shot in demo.SHOTS:
        assert (shot.input["duration"], shot.input["resolution"]) == (5, "720p")
    assert [shot.still for shot in demo.SHOTS] == [True, False]
    assert "camera_move" in demo.SHOTS[0].input


def test_the_demo_makes_two_clips_and_a_contact_sheet_and_names_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"duration": 1, "resolution": "360p"}
    monkeypatch.setattr(demo, "SHOTS", [replace(shot, input=shot.input | small) for shot in demo.SHOTS])
    shell = Shell(tmp_path)
    try:
        done = shell("demo")
    finally:
        Shell(tmp_path / "demo").end()
    for name in ("image-to-video", "text-to-video"):
        assert f"demo/{name}.mp4" in done.out
        assert f"{name.ljust(14)}  ████████████████████████████ 100%  succeeded" in done.err.replace("#", "█")
        with av.open(str(tmp_path / "demo" / f"{name}.mp4")) as clip:
            video = clip.streams.video[0]
            assert (video.width, video.height, video.frames, video.average_rate) == (640, 360, 24, 24)
    with Image.open(tmp_path / "demo" / "contact-sheet.png") as sheet:
        assert sheet.width > 1900
    assert "callsheet run text-to-video" in done.out
