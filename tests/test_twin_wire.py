"""Each fault does at the wire what it says, over real sockets; and what was accepted and charged is told right."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx2
import pytest

from callsheet.twin import Twin
from twin_fixtures import MODEL, VIDEO, Vidu, fetched


@pytest.fixture(scope="module")
def running() -> Iterator[Twin]:
    with Twin(seed=1, speed=0) as twin:
        yield twin


@pytest.fixture
def twin(running: Twin) -> Twin:
    running.reset(seed=1)
    return running


@pytest.fixture
def vidu(twin: Twin) -> Iterator[Vidu]:
    client = Vidu(twin)
    yield client
    client.http.close()


def ended(twin: Twin, vidu: Vidu, **body: str) -> str:
    id = vidu.begun(**body)
    twin.advance(60)
    return id


def codes(twin: Twin) -> list[int | None]:
    return [entry["code"] for entry in twin.log() if entry["kind"] == "request"]


def test_a_task_waits_runs_and_ends_as_the_clock_is_moved(twin: Twin, vidu: Vidu) -> None:
    id = vidu.begun()
    states = [vidu.state(id)]
    for seconds in (2, 10):
        twin.advance(seconds)
        states.append(vidu.state(id))
    assert states == ["queueing", "processing", "success"]
    [link] = vidu.links(id)
    made = fetched(link)
    assert made.headers["content-type"] == "video/mp4"
    assert made.content[4:8] == b"ftyp"
    assert fetched(link).content == made.content


def test_two_tasks_never_make_the_same_bytes(twin: Twin, vidu: Vidu) -> None:
    first, second = ended(twin, vidu), ended(twin, vidu)
    assert fetched(vidu.links(first)[0]).content != fetched(vidu.links(second)[0]).content


def test_a_429_has_the_vendors_shape_and_says_when_to_come_back(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="answer", verb="submit", code=429, retry_after=7, nth=1)
    refused = vidu.submit()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")
    assert {"code", "reason", "message"} <= refused.json().keys()
    assert twin.tasks()["accepted"] == 0
    assert vidu.submit().status_code == 200


def test_a_502_says_nothing_of_what_was_accepted(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="answer", verb="submit", code=502, accepted=True, nth=1)
    twin.add(do="answer", verb="submit", code=502, nth=2)
    assert [vidu.submit().status_code for _ in range(3)] == [502, 502, 200]
    assert twin.tasks()["accepted"] == 2


@pytest.mark.parametrize(("accepted", "charges"), [(False, 0), (True, 1)])
def test_a_connection_dropped_before_or_after_accepting_looks_the_same(
    twin: Twin, vidu: Vidu, accepted: bool, charges: int
) -> None:
    twin.add(do="drop", verb="submit", accepted=accepted)
    with pytest.raises(httpx2.RemoteProtocolError):
        vidu.submit()
    assert twin.tasks()["charged"] == charges
    [entry] = twin.log()
    assert (entry["code"], entry["faults"][0]["do"]) == (None, "drop")


def test_half_an_answer_ends_in_the_middle_of_its_body(twin: Twin, vidu: Vidu) -> None:
    id = vidu.begun()
    twin.add(do="half", verb="poll")
    with vidu.http.stream("GET", f"/ent/v2/tasks/{id}/creations") as answer:
        chunks = answer.iter_raw()
        got = next(chunks)
        with pytest.raises(httpx2.RemoteProtocolError):
            next(chunks)
        assert 0 < len(got) < int(answer.headers["content-length"])


def test_garbage_is_a_200_that_is_no_json(twin: Twin, vidu: Vidu) -> None:
    id = vidu.begun()
    twin.add(do="garbage", verb="poll")
    answer = vidu.poll(id)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        json.loads(answer.content)


def test_the_right_answer_may_come_under_the_wrong_type(twin: Twin, vidu: Vidu) -> None:
    id = vidu.begun()
    twin.add(do="type", verb="poll", content_type="text/html")
    answer = vidu.poll(id)
    assert (answer.headers["content-type"], answer.json()["id"]) == ("text/html", id)


def test_a_huge_answer_is_as_large_as_was_said(twin: Twin, vidu: Vidu) -> None:
    id = vidu.begun()
    plain = len(vidu.poll(id).content)
    twin.add(do="huge", verb="poll", bytes=3_000_000)
    assert len(vidu.poll(id).content) == plain + 3_000_000


def test_a_slow_answer_comes_when_virtual_time_has_gone_by(twin: Twin, vidu: Vidu) -> None:
    id = vidu.begun()
    twin.add(do="slow", verb="poll", seconds=30)
    with pytest.raises(httpx2.ReadTimeout):
        vidu.http.get(f"/ent/v2/tasks/{id}/creations", timeout=httpx2.Timeout(60, read=0.2))
    twin.advance(31)
    twin.remove()
    assert vidu.state(id) == "success"


def test_a_state_may_be_a_word_nobody_knows_none_or_not_there(twin: Twin, vidu: Vidu) -> None:
    id = vidu.begun()
    twin.add(do="status", verb="poll", word="rebalancing", nth=1)
    twin.add(do="status", verb="poll", word="", nth=2)
    twin.add(do="status", verb="poll", absent=True, nth=3)
    said = [vidu.poll(id).json() for _ in range(4)]
    assert [one.get("state", "absent") for one in said] == ["rebalancing", "", "absent", "queueing"]


def test_a_task_may_be_shown_in_a_state_that_is_over(twin: Twin, vidu: Vidu) -> None:
    id = ended(twin, vidu)
    twin.add(do="state", verb="poll", state="queued", nth=2)
    assert [vidu.state(id) for _ in range(3)] == ["success", "queueing", "success"]


def test_a_submit_may_answer_with_another_tasks_id_and_is_charged_all_the_same(twin: Twin, vidu: Vidu) -> None:
    first = vidu.begun(prompt="one")
    twin.add(do="same_id", task=2)
    assert vidu.begun(prompt="two") == first
    assert twin.tasks()["charged"] == 2
    assert twin.tasks()["charged_twice"] == {}


def test_success_may_name_no_file(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="no_file")
    id = ended(twin, vidu)
    assert (vidu.state(id), vidu.links(id)) == ("success", [])


def test_a_download_may_be_refused_and_then_work(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="answer", verb="download", code=403, nth=[1, 2])
    [link] = vidu.links(ended(twin, vidu))
    assert [fetched(link).status_code for _ in range(3)] == [403, 403, 200]


def test_a_link_expires_in_virtual_time_and_a_poll_gives_a_new_one(twin: Twin, vidu: Vidu) -> None:
    id = ended(twin, vidu)
    [link] = vidu.links(id)
    twin.advance(86_401)
    assert fetched(link).status_code == 403
    assert fetched(vidu.links(id)[0]).status_code == 200


def test_a_failure_gives_the_charge_back_unless_it_is_said_to_be_kept(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="fail", code="rejected", task=1)
    twin.add(do="fail", charged=True, task=2)
    ids = [vidu.begun(prompt="one"), vidu.begun(prompt="two")]
    assert twin.tasks()["charged"] == 2
    twin.advance(60)
    assert [vidu.state(id) for id in ids] == ["failed", "failed"]
    assert [task["charged"] for task in twin.tasks()["tasks"]] == [False, True]


@pytest.mark.parametrize(("state", "word"), [("queued", "queueing"), ("running", "processing")])
def test_a_stuck_task_stays_so_for_ever(twin: Twin, vidu: Vidu, state: str, word: str) -> None:
    twin.add(do="stuck", state=state)
    id = vidu.begun()
    twin.advance(10_000_000)
    assert vidu.state(id) == word


def test_a_canceled_task_may_succeed_later(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="late", after="cancel", seconds=9)
    id = vidu.begun()
    assert vidu.cancel(id).status_code == 200
    assert (vidu.state(id), twin.tasks()["charged"]) == ("failed", 0)
    twin.advance(10)
    assert (vidu.state(id), twin.tasks()["charged"]) == ("success", 1)
    assert fetched(vidu.links(id)[0]).status_code == 200


def test_a_task_that_ran_out_of_time_may_succeed_later(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="late", after="timeout", seconds=100)
    id = ended(twin, vidu)
    assert vidu.state(id) == "failed"
    twin.advance(100)
    assert vidu.state(id) == "success"


def test_a_key_that_asks_too_often_is_told_so_and_no_other_is(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="limit", verb="submit", count=2, per=10)
    assert [vidu.submit().status_code for _ in range(3)] == [200, 200, 429]
    with Vidu(twin, "another-key").http as other:
        assert other.post("/ent/v2/text2video", json=VIDEO).status_code == 200
    assert vidu.submit().headers["retry-after"] == "10"
    twin.advance(11)
    assert vidu.submit().status_code == 200


def test_how_long_a_task_takes_can_be_said(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="takes", queued=100, running=1000, model="vidu/*")
    id = vidu.begun()
    twin.advance(99)
    assert vidu.state(id) == "queueing"
    twin.advance(1000)
    assert vidu.state(id) == "processing"
    twin.advance(1)
    assert vidu.state(id) == "success"


def test_the_vendors_clock_may_be_wrong(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="skew", verb="upload", seconds=-7200)
    opened = vidu.http.post("/tools/v2/files/uploads", json={"scene": "vidu"}).json()
    put = httpx2.put(
        opened["put_url"], content=b"x", headers={"content-type": "image/png"}, trust_env=False, timeout=60
    )
    assert put.status_code == 200  # opened and put two hours ago, by the same clock
    twin.remove()
    put = httpx2.put(
        opened["put_url"], content=b"x", headers={"content-type": "image/png"}, trust_env=False, timeout=60
    )
    assert put.status_code == 403


def test_what_is_refused_for_its_input_was_never_accepted(twin: Twin, vidu: Vidu) -> None:
    assert vidu.submit(model="viduq0").status_code == 400
    assert vidu.http.get("/ent/v2/tasks/1/creations").status_code == 404
    assert twin.tasks()["accepted"] == 0


def test_the_same_body_twice_is_told_as_paid_twice(twin: Twin, vidu: Vidu) -> None:
    vidu.begun(callback_url="https://a.example/1")
    vidu.begun(callback_url="https://a.example/2")
    vidu.begun(prompt="another door")
    [numbers] = twin.tasks()["charged_twice"].values()
    assert numbers == [1, 2]


def test_the_log_tells_every_request_and_what_was_answered_and_no_key(twin: Twin, vidu: Vidu) -> None:
    id = vidu.begun()
    vidu.poll(id)
    first, second = twin.log()
    assert (first["verb"], first["task"], first["vendor"]) == ("submit", 1, "vidu")
    assert json.loads(first["asked"])["prompt"] == "a red door"
    assert json.loads(second["answered"])["state"] == "queueing"
    assert "one-key" not in json.dumps([first, second])
    assert twin.log(after=first["n"]) == [second]


def test_without_a_key_the_vendor_refuses(twin: Twin) -> None:
    answer = httpx2.post(f"{twin.base('vidu')}/ent/v2/text2video", json={}, trust_env=False, timeout=60)
    assert answer.status_code == 401
    assert codes(twin) == [401]


def test_many_tasks_are_taken_and_counted(twin: Twin, vidu: Vidu) -> None:
    ids = {vidu.begun(prompt=f"door {number}") for number in range(100)}
    told = twin.tasks()
    assert len(ids) == told["accepted"] == told["charged"] == 100
    assert told["charged_twice"] == {}


def test_a_rule_counts_per_task_and_its_times_over_all(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="answer", verb="poll", code=500, nth=1)
    ids = [vidu.begun(prompt=one) for one in ("one", "two")]
    assert [vidu.poll(id).status_code for id in (*ids, *ids)] == [500, 500, 200, 200]
    twin.remove()
    twin.add(do="answer", verb="poll", code=500, times=1)
    assert [vidu.poll(id).status_code for id in (*ids, *ids)] == [500, 200, 200, 200]


def test_a_rule_may_be_for_one_model_alone(twin: Twin, vidu: Vidu) -> None:
    twin.add(do="answer", verb="submit", code=500, model=MODEL)
    assert vidu.submit().status_code == 500
    assert vidu.submit(model="viduq3-turbo").status_code == 200
