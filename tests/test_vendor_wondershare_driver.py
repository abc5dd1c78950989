"""Wondershare as a stage: what its driver needs, and a task that runs at another callsheet through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet.cli.checks import OK, WRONG, examine_all
from callsheet.errors import SetupError
from callsheet.settings import load
from callsheet.vendors.wondershare.driver import driver
from vendor_fixtures import Serve, receiving, staged, until

PROMPT = {"prompt": "a paper boat"}


def test_a_key_needs_its_secret_and_doctor_says_so(tmp_path: Path) -> None:
    assert driver(load(tmp_path / "home", environ={})) is None
    half = load(tmp_path / "home", {"vendors": {"wondershare": {"key": "k"}}}, environ={})
    with pytest.raises(SetupError, match="SECRET"):
        driver(half)
    whole = load(tmp_path / "home", {"vendors": {"wondershare": {"key": "k", "secret": "s"}}}, environ={})
    found = [{one.name: one for one in examine_all(settings)}["vendor wondershare"] for settings in (half, whole)]
    assert [one.level for one in found] == [WRONG, OK]
    assert "SECRET" in str(found[0].hint)


def test_a_task_runs_at_the_vendor_and_goes_on_when_it_cannot_be_stopped(serve_home: Serve, tmp_path: Path) -> None:
    with staged(serve_home, tmp_path / "there") as stage, receiving() as outside:
        stage.stub.run(0.3)
        access = {"key": "k", "secret": "s", "base_url": stage.base("wondershare")}
        given = {
            "vendors": {"wondershare": access},
            "fetch": {"allow": ["127.0.0.1"]},
            "server": {"public_url": outside.url},
            "provenance": {"mode": "off"},
        }
        with serve_home(load(tmp_path / "home", given, environ={})) as served, served.client() as native:
            asked = {"model": "wondershare/tm_text2video_b", "input": PROMPT | {"camera_move": "push-in"}}
            task = native.post("/v1/tasks", json=asked).raise_for_status().json()
            assert task["stage"] == "wondershare/tm_text2video_b"
            path = f"/v1/tasks/{task['id']}"
            until(lambda: native.get(path).json(), lambda found: found["progress"] == 0.3)
            native.post(f"{path}/cancel").raise_for_status()
            stage.stub.succeed()
            (told,) = outside.wait(1)
            assert native.post(told.path, content=told.body).status_code == 204
            done = until(lambda: native.get(path).json(), lambda found: found["state"] not in ("queued", "running"))
            assert done["state"] == "succeeded"
            (made,) = done["artifacts"]
            with stage.as_operator() as there:
                (theirs,) = there.get(f"/v1/tasks/{stage.newest()['id']}").json()["artifacts"]
            assert made["sha256"] == theirs["sha256"]
        assert stage.stub.orders[-1].input["camera_move"] == "push-in"
