"""A whole callsheet before vendors that misbehave: nothing is lost, nothing is paid twice, nothing is made up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from callsheet import catalog
from callsheet.twin import Twin
from twin_stories import FAST, POLLED, VENDORS, Front, before
from vendor_fixtures import Serve, until

READS = 30
"""How often each of a task's readers asks before the task ends."""


@pytest.fixture(scope="module")
def running() -> Iterator[Twin]:
    with Twin(FAST, seed=1) as twin:
        yield twin


@pytest.fixture(scope="module")
def front(running: Twin, serve_home: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with before(running, serve_home, tmp_path_factory.mktemp("front")) as found:
        yield found


@pytest.fixture
def twin(running: Twin) -> Twin:
    running.reset(seed=1, scenario=FAST)
    return running


def of(twin: Twin, vendor: str) -> list[dict[str, Any]]:
    """The tasks that a vendor's twin accepted."""
    return [one for one in twin.tasks()["tasks"] if one["vendor"] == vendor]


def asked(twin: Twin, verb: str) -> list[dict[str, Any]]:
    return [one for one in twin.log() if one["kind"] == "request" and one["verb"] == verb]


def test_states_that_are_missing_unknown_or_out_of_order_are_waited_out(twin: Twin, front: Front) -> None:
    twin.add(do="status", verb="poll", word="rebalancing", nth=1)
    twin.add(do="status", verb="poll", absent=True, nth=2)
    twin.add(do="state", verb="poll", state="queued", nth=3)
    tasks = {vendor: front.submit(vendor, "odd words") for vendor in POLLED}
    for vendor, task in tasks.items():
        ended = front.ended(task)
        assert ended["state"] == "succeeded", (vendor, ended["error"])
        assert len(of(twin, vendor)) == 1
        assert any("rebalancing" in str(event["data"]) for event in front.events(task)), vendor


@pytest.mark.parametrize("fault", [{"do": "drop"}, {"do": "answer", "code": 502}, {"do": "half"}, {"do": "garbage"}])
def test_an_accepted_submit_whose_answer_is_lost_is_never_sent_again(
    twin: Twin, front: Front, fault: dict[str, Any]
) -> None:
    accepted = {"accepted": True} if fault["do"] in ("drop", "answer") else {}
    twin.add(verb="submit", **fault, **accepted)
    tasks = {vendor: front.submit(vendor, f"lost {fault['do']}") for vendor in VENDORS}
    for vendor, task in tasks.items():
        decided = front.decided(task)
        assert decided.get("unsure") or decided["state"] == "succeeded", (vendor, decided)
        assert len(of(twin, vendor)) == 1, vendor
    assert twin.tasks()["accepted_twice"] == {}


def test_an_answer_with_another_tasks_id_is_believed_of_none_and_what_is_there_is_found(
    twin: Twin, front: Front
) -> None:
    twin.add(do="same_id", task=2)
    twin.add(do="same_id", task=4)
    for vendor, found in (("vidu", True), ("mediaio", False)):
        first = front.ended(front.submit(vendor, "the first"))
        second = (front.ended if found else front.decided)(front.submit(vendor, "the second"))
        assert first["state"] == "succeeded"
        assert (second["state"] == "succeeded", second["unsure"]) == (found, not found), (vendor, second)
        assert "unsure" in [event["type"] for event in front.events(second)]
        assert len(of(twin, vendor)) == 2, vendor


def test_a_refusal_that_passes_is_tried_again_and_paid_once(twin: Twin, front: Front) -> None:
    twin.add(do="answer", verb="submit", code=429, retry_after=1, nth=1)
    twin.add(do="answer", verb="submit", code=503, retry_after=1, nth=2)
    tasks = {vendor: front.submit(vendor, "busy") for vendor in VENDORS}
    for vendor, task in tasks.items():
        assert front.ended(task)["state"] == "succeeded", vendor
        assert len(of(twin, vendor)) == 1, vendor


def test_polls_that_fail_in_every_way_end_no_task(twin: Twin, front: Front) -> None:
    kinds: dict[str, dict[str, Any]] = {
        "vidu": {"do": "drop"},
        "wiro": {"do": "half"},
        "mediaio": {"do": "garbage"},
        "wondershare": {"do": "answer", "code": 500},
        "runway_relay": {"do": "answer", "code": 429, "retry_after": 1},
    }
    for vendor, kind in kinds.items():
        twin.add(verb="poll", vendor=vendor, nth=1, do="answer", code=404)  # a gateway's, in nobody's words
        twin.add(verb="poll", vendor=vendor, nth=2, **kind)
    tasks = {vendor: front.submit(vendor, "bad polls") for vendor in kinds}
    ends = {vendor: front.ended(task)["state"] for vendor, task in tasks.items()}
    assert ends == dict.fromkeys(kinds, "succeeded")
    assert twin.tasks()["accepted"] == len(kinds)


def test_what_was_made_is_kept_though_its_link_fails_twice_and_expires(twin: Twin, front: Front) -> None:
    twin.add(do="answer", verb="download", code=403, nth=1)
    twin.add(do="half", verb="download", nth=2)
    task = front.submit("vidu", "expired")
    ended = front.ended(task)
    assert ended["state"] == "succeeded", ended["error"]
    twin.advance(3 * 86_400)
    [made] = ended["artifacts"]
    kept = httpx2.get(made["url"], trust_env=False, timeout=60)
    assert kept.status_code == 200
    assert hashlib.sha256(kept.content).hexdigest() == made["sha256"]
    assert [one["code"] for one in asked(twin, "download")] == [403, 200, 200]
    assert len(asked(twin, "submit")) == 1, "it was not made again"


def test_success_without_a_file_is_no_success(twin: Twin, front: Front) -> None:
    twin.add(do="no_file")
    for vendor in POLLED:
        ended = front.ended(front.submit(vendor, "nothing"))
        assert (ended["state"], ended["error"]["code"]) == ("failed", "no_output"), vendor
    assert twin.tasks()["accepted_twice"] == {}


def test_a_success_that_comes_after_the_cancel_changes_no_end(twin: Twin, front: Front) -> None:
    twin.add(do="takes", queued=1000)
    twin.add(do="late", after="cancel", seconds=1)
    task = front.submit("vidu", "too late")
    until(lambda: of(twin, "vidu"), bool)
    front.http.post(f"/v1/tasks/{task['id']}/cancel").raise_for_status()
    ended = front.ended(task)
    assert ended["state"] == "canceled"
    until(lambda: of(twin, "vidu")[0]["state"], lambda state: state == "succeeded")
    kinds = [event["type"] for event in front.events(task)]
    assert [kind for kind in kinds if kind in ("succeeded", "failed", "canceled")] == ["canceled"]
    assert front.task(task) == ended


def test_pollers_cost_the_vendor_nothing_and_see_the_end_together(twin: Twin, front: Front) -> None:
    twin.add(do="takes", running=86_400)
    shown = {"authorization": "Token any"}
    with httpx2.Client(base_url=front.base("vidu"), headers=shown, trust_env=False, timeout=60) as client:
        body = {"model": "viduq3-pro", "prompt": "watched by many"}
        id = client.post("/ent/v2/text2video", json=body).raise_for_status().json()["task_id"]
        task = front.http.get("/v1/tasks", params={"limit": 1}).json()["data"][0]
        rounds = 0
        while True:
            rounds += 1
            first, second = (client.get(f"/ent/v2/tasks/{id}/creations").json() for _ in range(2))
            native = front.task(task)
            if rounds == READS:
                twin.advance(86_400)
            if first["state"] == "success":
                break
        assert (second["state"], native["state"]) == ("success", "succeeded")
        assert second["creations"][0]["id"] == native["artifacts"][0]["id"]
    assert len(asked(twin, "poll")) < rounds


def test_a_client_that_creates_and_polls_sees_only_documented_states(twin: Twin, front: Front) -> None:
    twin.add(do="status", verb="poll", word="rebalancing", nth=1)
    twin.add(do="status", verb="poll", word="", nth=2)
    said: set[str] = set()
    shown = {"authorization": "Token any"}
    with httpx2.Client(base_url=front.base("vidu"), headers=shown, trust_env=False, timeout=60) as client:
        body = {"model": "viduq3-pro", "prompt": "official"}
        made = client.post("/ent/v2/text2video", json=body).raise_for_status().json()
        said.add(made["state"])
        while not said & {"success", "failed"}:
            said.add(client.get(f"/ent/v2/tasks/{made['task_id']}/creations").json()["state"])
    assert "success" in said
    assert said <= {*catalog.load().vendor("vidu").states}


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/latest/meta-data", "http://2852039166/", "http://[::ffff:169.254.169.254]/", "http://0/"],
)
def test_an_address_inside_is_neither_fetched_nor_called_nor_passed_on(twin: Twin, front: Front, address: str) -> None:
    shown = {"authorization": "Token any"}
    still = {"model": "viduq3-pro", "prompt": "inside", "images": [address]}
    told = {"model": "viduq3-pro", "prompt": "inside", "callback_url": address}
    with httpx2.Client(base_url=front.base("vidu"), headers=shown, trust_env=False, timeout=60) as client:
        refused = [client.post("/ent/v2/img2video", json=still), client.post("/ent/v2/text2video", json=told)]
    assert [one.status_code in (400, 403) for one in refused] == [True, True], [one.text for one in refused]
    assert twin.log() == []
