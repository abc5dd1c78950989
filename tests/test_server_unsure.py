"""Unsure and canceled tasks over real HTTP: shown, listed, resolved by the operator alone, told by the commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet import Client
from callsheet.contract import Call, Driver
from callsheet.server import answers, answers_cancel
from callsheet.settings import Settings
from cli_fixtures import Shell
from engine_doubt import LOST
from engine_fixtures import DONE, RUNNING, Vendor
from vendor_fixtures import Serve, until, with_drivers

TASK = {"model": "vidu/viduq3-pro/text2video", "input": {"prompt": "a red door"}, "stage": "vidu/viduq3-pro/text2video"}


class Quiet(Vendor):
    """A vendor whose answers to submits are lost."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"submit": [LOST], "poll": [DONE], **more})

    def genuine(self, call: Call) -> bool:
        return True


@contextmanager
def served(serve: Serve, folder: Path, vendor: Vendor) -> Iterator[Any]:
    def drivers(_: Settings) -> Mapping[str, Driver]:
        return {"vidu": vendor}

    with with_drivers(serve, folder, drivers) as running:
        yield running


def an_unsure_task(api: httpx2.Client) -> str:
    made = api.post("/v1/tasks", json=TASK)
    assert made.status_code == 201, made.text
    task_id = made.json()["id"]
    until(lambda: api.get(f"/v1/tasks/{task_id}").json(), lambda task: task["unsure"])
    return task_id


def test_an_unsure_task_is_shown_listed_and_resolved(tmp_path: Path, serve_home: Serve) -> None:
    with served(serve_home, tmp_path, Quiet()) as running, running.client() as api:
        first, second = an_unsure_task(api), an_unsure_task(api)
        shown = api.get(f"/v1/tasks/{first}").json()
        answers.Task.model_validate(shown)
        assert (shown["state"], shown["unsure"], shown["ended_at"]) == ("queued", True, None)
        listed = api.get("/v1/tasks", params={"unsure": "true"}).json()["data"]
        assert [task["id"] for task in listed] == [second, first]
        assert api.post(f"/v1/tasks/{first}/resolve", json={"remote": "r1"}).json()["unsure"] is False
        assert (
            until(lambda: api.get(f"/v1/tasks/{first}").json(), lambda task: task["ended_at"])["state"] == "succeeded"
        )
        lost = api.post(f"/v1/tasks/{second}/resolve", json={"lost": True}).json()
        assert (lost["state"], lost["error"]["code"]) == ("failed", "unsure")
        again = api.post(f"/v1/tasks/{second}/resolve", json={"lost": True})
        assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")
        assert api.get("/v1/tasks", params={"unsure": "true"}).json()["data"] == []


@pytest.mark.parametrize(
    "body", [{}, {"again": True}, {"remote": "r", "lost": True}, {"remote": "r", "again": True}, {"remote": ""}]
)
def test_a_resolution_says_one_thing(tmp_path: Path, serve_home: Serve, body: dict[str, Any]) -> None:
    with served(serve_home, tmp_path, Quiet()) as running, running.client() as api:
        refused = api.post("/v1/tasks/task_none/resolve", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid_input")


def test_only_the_operator_resolves_and_sees_the_tasks_of_all(tmp_path: Path, serve_home: Serve) -> None:
    with served(serve_home, tmp_path, Quiet()) as running, running.client(running.operator) as operator:
        own = operator.post("/v1/keys", json={"name": "studio"}).json()
        trusted = operator.post("/v1/keys", json={"name": "ops", "account": "local"}).json()
        with running.client(own["key"]) as studio, running.client(trusted["key"]) as local:
            task = an_unsure_task(studio)
            refused = studio.post(f"/v1/tasks/{task}/resolve", json={"lost": True})
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
            listed = {
                who: api.get("/v1/tasks?unsure=true").json()["data"] for who, api in (("op", operator), ("ops", local))
            }
            assert [len(listed["op"]), len(listed["ops"])] == [1, 0]
            assert local.post(f"/v1/tasks/{task}/resolve", json={"lost": True}).status_code == 200
            assert studio.get(f"/v1/tasks/{task}").json()["state"] == "failed"


def test_the_answer_of_a_cancel_says_what_it_comes_to(tmp_path: Path, serve_home: Serve) -> None:
    with served(serve_home, tmp_path, Quiet(submit=[RUNNING], poll=[RUNNING])) as running, running.client() as api:
        task_id = api.post("/v1/tasks", json=TASK).json()["id"]
        until(lambda: api.get(f"/v1/tasks/{task_id}").json(), lambda task: task["state"] == "running")
        found = api.post(f"/v1/tasks/{task_id}/cancel").json()
        answers_cancel.CanceledTask.model_validate(found)
        assert found["cancel"]["asked"] is True
        assert found["cancel"]["outcome"] in ("goes_on", "canceled"), "Vidu cannot stop what has begun"
        until(lambda: api.get(f"/v1/tasks/{task_id}").json(), lambda task: task["ended_at"])
        first, second = (api.post(f"/v1/tasks/{task_id}/cancel").json() for _ in range(2))
        assert first == second


def test_the_client_and_the_commands_say_and_do_the_same(tmp_path: Path, serve_home: Serve) -> None:
    with served(serve_home, tmp_path, Quiet()) as running, running.client() as api:
        first, second = an_unsure_task(api), an_unsure_task(api)
        shell = Shell(tmp_path, {"CALLSHEET_URL": running.url})
        listed = shell("tasks", "list", "--unsure", "--json").json["data"]
        assert [task["id"] for task in listed] == [second, first]
        assert f"callsheet tasks resolve {first}" in shell("tasks", "explain", first).out
        assert "unsure" in shell("tasks", "show", first).out
        assert "--remote" in shell("tasks", "resolve", first, code=2).err
        assert "failed" in shell("tasks", "resolve", first, "--lost").out
        with Client(running.url) as client:
            assert [task.id for task in client.list(unsure=True).data] == [second]
            assert client.resolve(second, remote="r1").id == second
            assert client.wait(second).state == "succeeded"
        canceled = shell("tasks", "cancel", second).out
        assert "nothing moves" in canceled


def test_doctor_counts_what_waits_for_a_word(tmp_path: Path, serve_home: Serve) -> None:
    with served(serve_home, tmp_path, Quiet()) as running, running.client() as api:
        an_unsure_task(api)
    said = Shell(tmp_path)("doctor").out
    assert "1 sent to a vendor, and nobody knows" in said
    assert "callsheet tasks list --unsure" in said
