"""Two servers and three workers on one PostgreSQL and one bucket, as real processes: killed, frozen, stopped."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP
from typing import Any

import boto3
import httpx2
import pytest
from moto.server import ThreadedMotoServer

from many_fixtures import asked, astray, fresh
from many_fleet import WITHIN, Fleet, until
from many_vendor import Vidu

SMALL = {"width": 64, "height": 36, "fps": 8}


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def vendor() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vidu)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def fleet(postgres: str, bucket: str, vendor: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Servers a and b; w1 and w2 render pictures and clips, w3 music."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        client = boto3.client("s3", endpoint_url=bucket, region_name="us-east-1")
        client.create_bucket(Bucket="fleet")
        client.close()
        found = Fleet(tmp_path_factory.mktemp("fleet"), fresh(postgres), bucket, vendor)
        try:
            serve = ("serve", "--no-worker", "--port", "0")
            found.start(
                ("a", *serve), ("b", *serve), PICTURES[0], PICTURES[1], ("w3", "work", "--capabilities", "music")
            )
            yield found
        finally:
            for process in found.processes.values():
                process.send_signal(SIGCONT)
                process.terminate()
            for process in found.processes.values():
                process.communicate(timeout=WITHIN)


PICTURES = [(name, "work", "--capabilities", "text-to-image,text-to-video") for name in ("w1", "w2")]


def test_what_one_server_accepts_a_worker_makes_and_readers_at_another_see_it_happen(fleet: Fleet) -> None:
    stuck = fleet.submit("a", "text-to-image", {"prompt": "a door [[stuck]]", **SMALL_PICTURE})
    seen: list[str] = []
    for kind in _heard(fleet, "b", stuck["id"]):
        seen.append(kind)
        if kind == "started":  # it goes on until this reader, who heard of it, has it stopped
            httpx2.post(f"{fleet.urls['a']}/v1/tasks/{stuck['id']}/cancel", timeout=WITHIN).raise_for_status()
    assert seen == [kind for kind, _ in fleet.events(stuck["id"])]
    assert seen[-1] == "canceled"
    task = fleet.submit("a", "text-to-image", {"prompt": "a door", **SMALL_PICTURE})
    seen = list(_heard(fleet, "b", task["id"]))
    assert seen == [kind for kind, _ in fleet.events(task["id"])]
    assert seen[-1] == "succeeded"
    (artifact,) = fleet.task("b", task["id"])["artifacts"]
    content = httpx2.get(artifact["url"], timeout=WITHIN, follow_redirects=True).content
    assert content.startswith(b"\x89PNG")
    for server in ("a", "b"):
        assert not list((fleet.home(server) / "renders").glob("*/*/*")), "a server never renders"


SMALL_PICTURE = {"width": 64, "height": 36}


def _heard(fleet: Fleet, server: str, task_id: str) -> Iterator[str]:
    """The kinds of its events, as this server tells them to a reader, until the task has ended."""
    stream = f"{fleet.urls[server]}/v1/tasks/{task_id}/events"
    with httpx2.stream("GET", stream, headers={"accept": "text/event-stream"}, timeout=WITHIN) as answer:
        for line in answer.iter_lines():
            if line.startswith("event:"):
                yield line.removeprefix("event:").strip()


def test_a_render_waits_for_a_worker_that_declares_its_capability(fleet: Fleet) -> None:
    speech = fleet.submit("a", "caption", {"image": PIXEL})
    music = [fleet.submit("b", "music", {"prompt": f"a waltz {number}", "duration": 3}) for number in range(2)]
    for task in music:
        (artifact,) = fleet.ended("a", task["id"])["artifacts"]
        made_by = [name for name in ("w1", "w2", "w3") if _has(fleet.home(name), artifact["sha256"])]
        assert made_by == ["w3"]
    picture = fleet.submit("b", "text-to-image", {"prompt": "a door", **SMALL_PICTURE})
    assert fleet.ended("a", picture["id"])["state"] == "succeeded"
    assert fleet.task("b", speech["id"])["state"] == "queued", "what came later was made, and nobody declares this"
    canceled = httpx2.post(f"{fleet.urls['b']}/v1/tasks/{speech['id']}/cancel", timeout=WITHIN).json()
    assert canceled["state"] == "canceled"


PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


def _has(home: Path, sha256: str) -> bool:
    return (home / "cache" / sha256[:2] / sha256[2:4] / sha256).is_file()


def test_a_worker_killed_in_a_render_loses_nothing_and_another_takes_it_over_in_seconds(fleet: Fleet) -> None:
    task, victim = _in_a_render(fleet)
    fleet.end(victim, SIGKILL)
    died = time.time() * 1000
    assert fleet.ended("b", task["id"])["state"] == "succeeded"
    events = fleet.events(task["id"])
    kinds = Counter(kind for kind, _ in events)
    assert (kinds["recovered"], kinds["succeeded"]) == (1, 1), events
    assert dict(events)["recovered"] - died < TAKEN_OVER
    fleet.start(next(one for one in PICTURES if one[0] == victim))


TAKEN_OVER = 45_000
"""Milliseconds, with much room for a busy machine; it takes three or four."""


def _in_a_render(fleet: Fleet) -> tuple[dict[str, Any], str]:
    """A task under way and who renders it; where one has ended before it was looked at, the next."""
    while True:
        task = fleet.submit("a", "text-to-video", {"prompt": "a door [[slow 5]]", "duration": 1, **SMALL})
        until(lambda task=task: "progress" in dict(fleet.events(task["id"])))
        if (victim := fleet.holder(task["id"])) is not None:
            return task, victim


def test_a_vendors_task_whose_worker_is_killed_is_asked_for_by_another_and_sent_once(fleet: Fleet) -> None:
    Vidu.done.clear()
    task = fleet.submit("b", "vidu/viduq3-pro/text2video", {"prompt": "a door", "duration": 4})
    until(lambda: len(Vidu.polled) > 1)
    victim = until(lambda: fleet.holder(task["id"]))
    command = {"w3": ("w3", "work", "--capabilities", "music")}.get(victim) or next(
        o for o in PICTURES if o[0] == victim
    )
    fleet.end(victim, SIGKILL)
    until(lambda: fleet.holder(task["id"]))
    before = len(Vidu.polled)
    until(lambda: len(Vidu.polled) > before)
    Vidu.done.set()
    assert fleet.ended("a", task["id"])["state"] == "succeeded"
    assert Vidu.created.count(task["id"]) == 1
    fleet.start(command)


def test_what_a_frozen_worker_had_sent_is_adopted_by_the_answer_it_reads_when_it_wakes(fleet: Fleet) -> None:
    Vidu.answers.clear()
    Vidu.done.set()
    task = fleet.submit("a", "vidu/viduq3-pro/text2video", {"prompt": "a door that is slow", "duration": 4})
    frozen = until(lambda: task["id"] in Vidu.created and fleet.holder(task["id"]))
    fleet.signal(frozen, SIGSTOP)
    Vidu.answers.set()
    until(lambda: fleet.task("b", task["id"])["unsure"])
    fleet.signal(frozen, SIGCONT)
    assert fleet.ended("b", task["id"])["state"] == "succeeded"
    assert {"unsure", "adopted"} <= dict(fleet.events(task["id"])).keys()
    assert Vidu.created.count(task["id"]) == 1


def test_a_frozen_worker_that_comes_back_drops_its_work_and_a_stopped_one_hands_it_back(fleet: Fleet) -> None:
    slow = {"prompt": "a door [[slow 25]]", "duration": 1, **SMALL}
    task = fleet.submit("a", "text-to-video", slow)
    frozen = until(lambda: fleet.holder(task["id"]))
    until(lambda: "progress" in dict(fleet.events(task["id"])))
    fleet.signal(frozen, SIGSTOP)
    other = until(lambda: (now := fleet.holder(task["id"])) not in (None, frozen) and now)
    fleet.signal(frozen, SIGCONT)
    until(lambda: not list((fleet.home(frozen) / "renders").glob(f"*/*/{task['id']}")))
    assert fleet.holder(task["id"]) == other, "who was frozen is not given it back"
    held = fleet.out_to(task["id"])
    assert fleet.end(other) == 0
    assert fleet.out_to(task["id"]) != held, "no lease is waited for"
    until(lambda: fleet.holder(task["id"]) == frozen)
    answer = httpx2.post(f"{fleet.urls['b']}/v1/tasks/{task['id']}/cancel", timeout=WITHIN)
    assert answer.status_code == 200
    assert fleet.ended("a", task["id"])["state"] == "canceled"
    fences = asked(fleet.database, "SELECT COUNT(*) FROM event WHERE task_id = %s AND type = 'canceled'", task["id"])
    assert fences == [(1,)]


def test_in_the_end_every_task_ended_once_and_the_queue_is_empty(fleet: Fleet) -> None:
    until(lambda: not astray(fleet.database))
    ends = asked(
        fleet.database,
        "SELECT task_id, COUNT(*) FROM event WHERE type IN ('succeeded', 'failed', 'canceled') GROUP BY task_id",
    )
    assert {count for _, count in ends} == {1}
    assert asked(fleet.database, "SELECT COUNT(*) FROM task WHERE phase <> 'done'") == [(0,)]
    assert asked(fleet.database, "SELECT COUNT(*) FROM pgqueuer") == [(0,)]


def test_a_process_with_another_master_key_or_place_for_files_is_refused(fleet: Fleet) -> None:
    assert "another master key" in _refused(fleet, CALLSHEET_SEAL="b" * 43 + "=")
    assert "s3://fleet/files" in _refused(fleet, CALLSHEET_FILES__STORE="s3://fleet/elsewhere")


def _refused(fleet: Fleet, **changed: str) -> str:
    command = [sys.executable, "-m", "callsheet", "work", "--home", str(fleet.folder / "odd")]
    done = subprocess.run(command, env={**fleet.env, **changed}, capture_output=True, text=True, timeout=WITHIN)
    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr
