"""What a test asks of the twin over HTTP, the keys it may name, the root of one vendor, and the command."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet import catalog
from callsheet.catalog import Model
from callsheet.cli.twin import twin as command
from callsheet.contract import Order
from callsheet.errors import NotFound, SetupError
from callsheet.tasks import State, Update
from callsheet.twin import Twin
from callsheet.twin.reading import names
from record_fixtures import a_driver, an_order
from twin_fixtures import VIDEO, Vidu, fetched

VENDORS = ("vidu", "wiro", "mediaio", "wondershare", "edrawmax", "runway_relay")


@pytest.fixture(scope="module")
def running() -> Iterator[Twin]:
    with Twin(seed=1, speed=0, vendor="vidu") as twin:
        yield twin


@pytest.fixture
def twin(running: Twin) -> Twin:
    running.reset(seed=1)
    return running


@pytest.fixture
def http(twin: Twin) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=twin.url, trust_env=False, timeout=60) as client:
        yield client


def test_the_clock_the_tasks_and_the_log_are_at_hand_over_http(http: httpx2.Client) -> None:
    shown = {"authorization": "Token k"}
    id = http.post("/as/vidu/ent/v2/text2video", json=VIDEO, headers=shown).json()["task_id"]
    before = http.get("/twin").json()
    after = http.post("/twin/clock", json={"advance": 30}).json()
    assert before["seed"] == 1
    assert before["tasks"] == 1
    assert after["now"] > before["now"]
    [task] = http.get("/twin/tasks").json()["tasks"]
    assert (task["id"], task["state"], task["charged"]) == (id, "succeeded", True)
    log = http.get("/twin/log").json()["data"]
    assert [entry["verb"] for entry in log] == ["submit"]
    assert http.get("/twin/log", params={"after": log[-1]["n"]}).json()["data"] == []


def test_rules_come_and_go_over_http(http: httpx2.Client) -> None:
    made = http.post("/twin/faults", json={"rules": [{"do": "lose"}, {"do": "drop", "verb": "poll"}]}).json()["ids"]
    told = http.get("/twin/faults").json()["data"]
    assert [(one["id"], one["do"], one["struck"]) for one in told] == [(made[0], "lose", 0), (made[1], "drop", 0)]
    assert http.delete(f"/twin/faults/{made[0]}").json() == {"removed": 1}
    assert http.delete(f"/twin/faults/{made[0]}").status_code == 404
    assert http.delete("/twin/faults").json() == {"removed": 1}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/twin/faults", {"do": "drop", "acepted": True}),
        ("/twin/faults", {"rules": "all"}),
        ("/twin/clock", {"advance": -1}),
        ("/twin/clock", {"advance": 1, "to": 2}),
        ("/twin/clock", []),
        ("/twin/reset", {"seed": "x"}),
        ("/twin/reset", {"scenario": {"sed": 1}}),
    ],
)
def test_what_is_wrong_is_refused_with_a_way_out(http: httpx2.Client, path: str, body: object) -> None:
    answer = http.post(path, json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


def test_a_reset_forgets_all_and_may_change_the_scenario(http: httpx2.Client, twin: Twin) -> None:
    http.post("/as/vidu/ent/v2/text2video", json=VIDEO, headers={"authorization": "Token k"})
    told = http.post("/twin/reset", json={"seed": 5, "scenario": "odd-words"}).json()
    assert (told["seed"], told["tasks"]) == (5, 0)
    assert len(http.get("/twin/faults").json()["data"]) == 4
    assert twin.log() == []
    assert http.post("/twin/reset", json={"scenario": "../../../etc/passwd"}).status_code == 404
    assert "bad-day" in [one["name"] for one in http.get("/twin/scenarios").json()["data"]]
    twin.reset(scenario={})


def test_a_foreign_page_changes_nothing(http: httpx2.Client) -> None:
    answer = http.post("/twin/reset", json={}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/twin", "/twin/log", "/twin/tasks"])
def test_a_page_whose_name_was_rebound_reads_nothing(http: httpx2.Client, path: str) -> None:
    for named in ("evil.example", "evil.example:8430", "192.168.1.5:8430", "localhost.evil.example"):
        answer = http.get(path, headers={"host": named})
        assert (answer.status_code, "--allow-host" in answer.text) == (403, True), named
    assert http.post("/twin/reset", json={}, headers={"host": "evil.example"}).status_code == 403
    for named in ("localhost:8430", "127.0.0.1", "[::1]:8430", "vidu.localhost"):
        assert http.get(path, headers={"host": named}).status_code == 200, named


@pytest.mark.parametrize(
    ("bound", "own", "strange"),
    [("127.0.0.1", ("twin", "Twin.:8430"), "192.168.1.5"), ("0.0.0.0", ("twin:8430", "192.168.1.5"), "evil.example")],
)
def test_its_control_answers_to_the_names_it_was_given_and_to_where_it_is_bound(
    bound: str, own: tuple[str, ...], strange: str
) -> None:
    with Twin(speed=0, host=bound, allow_hosts=["twin"]) as twin, httpx2.Client(trust_env=False, timeout=60) as http:
        at = f"http://127.0.0.1:{twin.url.rpartition(':')[2]}/twin"
        assert [http.get(at, headers={"host": one}).status_code for one in own] == [200, 200]
        assert http.get(at, headers={"host": strange}).status_code == 403


def test_one_vendor_answers_at_the_root_and_by_its_host(http: httpx2.Client) -> None:
    shown = {"authorization": "Token k"}
    assert http.post("/ent/v2/text2video", json=VIDEO, headers=shown).status_code == 200
    named = http.post("/v1/Task/Detail", json={"tasktoken": "x"}, headers={"host": "api.wiro.ai", "x-api-key": "k"})
    assert named.json()["errors"][0]["message"] == "There is no task yet."


def test_named_keys_are_the_only_ones_and_their_signatures_are_checked() -> None:
    with Twin({"keys": {"good": "secret"}}, speed=0) as twin, httpx2.Client(trust_env=False, timeout=60) as http:
        url = f"{twin.base('wiro')}/v1/Task/List"
        forged = {"x-api-key": "good", "x-nonce": "1", "x-signature": "0" * 64}
        assert http.post(url, json={}, headers={"x-api-key": "good"}).status_code == 200
        assert http.post(url, json={}, headers={"x-api-key": "other"}).status_code == 401
        assert http.post(url, json={}, headers=forged).status_code == 401


@pytest.mark.parametrize("vendor", VENDORS)
def test_our_driver_gets_its_files_from_every_vendors_twin(vendor: str, tmp_path: Path) -> None:
    model = next(iter(catalog.load().vendor(vendor).models.values()))
    order = an_order(model, _plain_input(model), tmp_path, linked=False)
    with Twin(seed=1, speed=100) as twin:
        update = asyncio.run(_driven(twin, order, tmp_path))
        assert update.state is State.SUCCEEDED
        assert update.artifacts
        for artifact in update.artifacts:
            assert artifact.text or httpx2.get(artifact.url or "", trust_env=False, timeout=60).status_code == 200
        assert twin.tasks()["charged"] == 1


async def _driven(twin: Twin, order: Order, folder: Path) -> Update:
    driver = a_driver(order.model.vendor, folder, twin.base(order.model.vendor))
    try:
        update = await driver.submit(order)
        while not update.state.final:
            await asyncio.sleep(0.02)
            update = await driver.poll(order, update.remote or "")
        return update
    finally:
        await driver.close()


def _plain_input(model: Model) -> dict[str, Any]:
    """What the model cannot do without."""
    given: dict[str, Any] = {}
    for name, param in model.params.items():
        address = f"https://media.example/{name}.png"
        if param.required:
            given[name] = "a red door" if not param.is_media else [address] if param.many else address
    return given


def test_a_vendor_nobody_has_is_refused_and_a_twin_that_does_not_run_says_so() -> None:
    with pytest.raises(NotFound, match="vidoo"), Twin(vendor="vidoo"):
        pass
    with pytest.raises(SetupError, match="does not run"):
        Twin().advance(1)


def test_with_a_home_tasks_files_and_links_outlive_the_twin(tmp_path: Path) -> None:
    with Twin(speed=0, home=tmp_path / "home") as twin:
        vidu = Vidu(twin)
        ended = vidu.begun()
        twin.advance(60)
        [link] = vidu.links(ended)
        running = vidu.begun()
        twin.advance(2)
        vidu.http.close()
        url = twin.url
    with Twin(speed=0, home=tmp_path / "home") as twin:
        vidu = Vidu(twin)
        assert [vidu.state(id) for id in (ended, running)] == ["success", "processing"]
        assert fetched(link.replace(url, twin.url)).status_code == 200
        twin.advance(60)
        assert vidu.state(running) == "success"
        [numbers] = twin.tasks()["charged_twice"].values()
        assert numbers == [1, 2]
        vidu.http.close()
    (tmp_path / "home" / "twin.json").write_text("{")
    with pytest.raises(SetupError, match="cannot be read"), Twin(home=tmp_path / "home"):
        pass


def test_the_command_says_where_it_is_and_ends_in_good_order(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "callsheet", "twin", "--port", "0", "--seed", "9", "--scenario", "bad-day"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert url is not None, line
        assert "seed 9" in line
        assert httpx2.get(f"{url[0]}/twin", trust_env=False, timeout=60).json()["seed"] == 9
    finally:
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=60)
    assert (process.returncode, rest) == (0, "")


def test_the_command_names_every_scenario() -> None:
    option = next(one for one in command.params if one.name == "scenario")
    assert all(name in (option.help or "") for name in names())
