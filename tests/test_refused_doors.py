"""What is certain to be refused, at every door: in its own shape, at once, and nothing is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet.client import Client
from callsheet.errors import InvalidInput
from edit_fixtures import a_clip

POSED = {"model": "mask", "input": {"control": "pose", "image": "file_00000000000000000000000000"}}


@contextmanager
def nothing_kept(api: httpx2.Client) -> Iterator[None]:
    def kept() -> list[Any]:
        return [api.get("/v1/tasks").json()["data"], api.get("/v1/credits").raise_for_status().json()]

    before = kept()
    yield
    assert kept() == before


def upload(api: httpx2.Client, path: Path) -> str:
    return api.post("/v1/files", content=path.read_bytes(), headers={"content-type": "video/mp4"}).json()["id"]


def test_a_trim_outside_of_its_clip_is_refused_at_submit(api: httpx2.Client, tmp_path: Path) -> None:
    clip = upload(api, a_clip(tmp_path / "a.mp4", 12))
    with nothing_kept(api):
        answer = api.post("/v1/tasks", json={"model": "trim", "input": {"video": clip, "start": 20}})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (422, "invalid_input", "start")
    assert (error["hint"], error["reason"], error["values"]["length"]) == ("It lasts 0.500 s.", "part_empty", 0.5)
    assert api.post("/v1/tasks", json={"model": "trim", "input": {"video": clip, "start": 0.2}}).is_success


def test_an_input_that_another_task_makes_is_not_refused_early(api: httpx2.Client) -> None:
    clip = api.post("/v1/tasks", json={"model": "text-to-video", "input": {"prompt": "a fox"}}).json()["id"]
    late = {"model": "trim", "input": {"video": {"from": clip}, "start": 900}}
    assert api.post("/v1/tasks", json=late).json()["state"] == "queued"


@pytest.mark.parametrize("door", ["tasks", "quotes"])
def test_a_pose_is_refused_with_the_model_that_would_read_it(api: httpx2.Client, door: str) -> None:
    with nothing_kept(api):
        answer = api.post(f"/v1/{door}", json=POSED)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["reason"]) == (422, "control", "no_pose")
    assert "ViTPose" in error["message"]


def test_the_client_raises_it(api: httpx2.Client) -> None:
    with Client(str(api.base_url)) as sdk, pytest.raises(InvalidInput) as refused:
        sdk.submit("speech", {"text": "<speak>a & b</speak>"})
    assert (refused.value.param, refused.value.reason, refused.value.values["line"]) == ("text", "ssml_broken", 1)


def test_a_sheet_names_the_shot_that_is_refused_before_any_is_handed_in(api: httpx2.Client) -> None:
    sheet = '[shots.a]\nmodel = "text-to-image"\nprompt = "a fox"\n\n[shots.b]\nmodel = "mask"\nimage = "@a"\n'
    with nothing_kept(api):
        answer = api.post("/v1/sheets/plan", json={"sheet": f'{sheet}control = "pose"\n'})
    error = answer.json()["error"]
    assert (error["reason"], error["line"]) == ("no_pose", 5)
    assert api.post("/v1/sheets/plan", json={"sheet": f'{sheet}control = "edge"\n'}).is_success


def test_vidus_door_refuses_it_in_vidus_shape(api: httpx2.Client) -> None:
    sounds = [{"from": 2, "to": 8, "prompt": "rain"}]
    with nothing_kept(api):
        answer = api.post(
            "/as/vidu/ent/v2/timing2audio", json={"model": "audio1.0", "duration": 4, "timing_prompts": sounds}
        )
    assert answer.status_code == 400
    error = answer.json()
    assert (error["code"], error["reason"]) == (400, "FieldInvalid")
    assert "2 s to 8 s" in error["message"]
