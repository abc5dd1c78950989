"""Vendors over HTTP, the SDK and the command line: what is live, where models run, and how it has been going."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from callsheet.catalog import load
from callsheet.cli import main
from callsheet.errors import Rejected, Unavailable
from vendor_fixtures import Serve, Stage, staged, until


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, serve_home: Serve) -> Iterator[Stage]:
    """Every vendor is a stub; each test has one to itself, so that none hears of another's."""
    more = {"vendors__vidu__key": "vda_very_secret", "server__public_url": "https://callsheet.example"}
    with staged(serve_home, tmp_path_factory.mktemp("stage"), **more) as found:
        yield found


def task(vendor: str) -> dict[str, Any]:
    """Something that a vendor's first model with no more than a prompt would make."""
    models = load().models(vendor=vendor)
    asked = {"prompt": "a red fox"}
    plain = next(one for one in models if {name for name, param in one.params.items() if param.required} == {*asked})
    return {"model": plain.id, "input": asked}


def vendor(api: httpx2.Client, id: str) -> dict[str, Any]:
    answer = api.get("/v1/vendors").raise_for_status()
    return next(one for one in answer.json()["data"] if one["id"] == id)


def heard(api: httpx2.Client, id: str, is_so: Callable[[Any], bool]) -> dict[str, Any]:
    return until(lambda: vendor(api, id)["health"], is_so, 20)


def test_a_vendor_says_how_it_has_been_going_and_never_its_key(stage: Stage) -> None:
    stage.stub.reset()
    with stage.client() as api:
        fresh = vendor(api, "vidu")
        assert (fresh["configured"], fresh["live"], fresh["news"]) == (True, True, "calls_back")
        assert fresh["health"] == {
            **{"condition": "idle", "there": 0, "to_send": 0, "unsure": 0, "parked": 0, "retrying": 0},
            **{"next_try": None, "last_success": None, "last_failure": None},
        }
        made = api.post("/v1/tasks", json=task("vidu")).json()["id"]
        well = heard(api, "vidu", lambda one: one["last_success"] is not None)
        assert (well["condition"], well["last_success"]["task"]) == ("well", made)

        stage.stub.refuse(Unavailable("503 from upstream.", retry_after=120))
        tried = api.post("/v1/tasks", json=task("vidu")).json()["id"]
        ill = heard(api, "vidu", lambda one: one["retrying"] == 1)
        assert (ill["condition"], ill["last_failure"]["code"], ill["last_failure"]["task"]) == (
            "failing", "vendor_unavailable", tried,
        )  # fmt: skip
        assert ill["last_failure"]["message"] == "503 from upstream."
        assert ill["next_try"] > ill["last_failure"]["at"]
        assert vendor(api, "wiro")["health"]["condition"] == "idle"
        assert "very_secret" not in api.get("/v1/vendors").text


def test_what_a_vendor_turned_down_says_that_it_works(stage: Stage) -> None:
    stage.stub.refuse(Rejected("Moderation."))
    with stage.client() as api:
        api.post("/v1/tasks", json=task("mediaio")).raise_for_status()
        assert heard(api, "mediaio", lambda one: one["last_success"] is not None)["condition"] == "well"


def test_tasks_that_a_vendor_has_are_counted(stage: Stage) -> None:
    stage.stub.run()
    with stage.client() as api:
        for _ in range(2):
            api.post("/v1/tasks", json=task("wondershare")).raise_for_status()
        assert heard(api, "wondershare", lambda one: one["there"] == 2)["to_send"] == 0


def test_health_is_for_the_operator_and_the_local_account(stage: Stage) -> None:
    key, local = stage.make_key("app"), stage.make_key("mine", account="local")
    for found, seen in ((key.key, False), (local.key, True)):
        with stage.client(headers={"authorization": f"Bearer {found}"}) as api:
            assert (vendor(api, "vidu")["health"] is not None) is seen
            assert vendor(api, "vidu")["live"]
    with stage.as_operator() as api:
        assert vendor(api, "edrawmax")["health"]["condition"] == "idle"


def test_without_keys_models_run_on_previz_where_it_can(api: httpx2.Client) -> None:
    vidu, edit, previz = (vendor(api, one) for one in ("vidu", "edit", "previz"))
    assert (vidu["configured"], vidu["live"], vidu["news"]) == (False, False, "asked")
    stages = {one["id"]: one["stages"] for one in vidu["capabilities"]}
    assert stages["image-to-video"] == ["previz"]
    assert (edit["local"], edit["live"], edit["news"]) == (True, True, "tells")
    assert {stage for one in edit["capabilities"] for stage in one["stages"]} == {"edit"}
    assert all(one["stages"] == ["previz"] for one in previz["capabilities"])
    assert all(one["checked"] and one["source"] for one in (vidu, edit, previz))


def test_the_command_shows_a_line_for_each(house: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vendors", "--url", house.url]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["VENDOR", "LIVE", "MODELS", "RUN", "CONDITION", "UNFINISHED", "LAST", "HEARD"]
    assert next(one for one in lines if one.startswith("vidu")).split()[1:3] == ["no", "key"]
    assert main(["vendors", "--url", house.url, "--json"]) == 0
    assert {one["id"] for one in json.loads(capsys.readouterr().out)["data"]} >= {"vidu", "previz", "edit"}
