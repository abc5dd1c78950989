"""Crowds: tasks through chaos, tasks beside others that never end, and callbacks that come, lie or never come."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from callsheet.twin import Twin
from twin_stories import ENDS, FAST, VENDORS, Front, Process, before
from vendor_fixtures import Serve, until

CROWD = 60
STUCK = 200


def listed(front: Front) -> list[dict[str, Any]]:
    return front.http.get("/v1/tasks", params={"limit": 100}).raise_for_status().json()["data"]


def marked(front: Front, task: dict[str, Any]) -> set[bytes]:
    """What the twin wrote into a task's files: which of its own tasks made them, and as which of its files."""
    content = b"".join(front.http.get(file["url"]).raise_for_status().content for file in task["artifacts"])
    return {one for one in re.findall(rb"task_[0-9A-Z]{26}-\d", content) if task["id"].encode() not in one}


def test_through_chaos_every_task_ends_or_is_known_to_be_unknown_and_none_is_paid_twice(
    serve_home: Serve, tmp_path: Path
) -> None:
    with Twin("chaos", seed=20, speed=15) as twin, before(twin, serve_home, tmp_path) as front:
        tasks = [front.submit(VENDORS[number % len(VENDORS)], f"chaos {number}") for number in range(CROWD)]
        decided = until(
            lambda: {one["id"]: one for one in listed(front)},
            lambda found: all(found[task["id"]]["state"] in ENDS or found[task["id"]].get("unsure") for task in tasks),
            200,
        )
        said = twin.tasks()
        made = [one for one in decided.values() if one["state"] == "succeeded"]
        marks = [mark for one in made for mark in marked(front, one)]
    assert len(decided) == CROWD, "none is lost"
    assert said["accepted_twice"] == {}
    assert len(made) > CROWD / 2
    assert all(one["artifacts"] for one in made)
    assert len(marks) >= len(made)
    assert len(set(marks)) == len(marks), "no task was given another's file"


def test_tasks_that_never_end_do_not_hold_up_the_others(serve_home: Serve, tmp_path: Path) -> None:
    with Twin(FAST, seed=1) as twin, before(twin, serve_home, tmp_path) as front:
        twin.add(do="stuck", task=list(range(1, STUCK + 1)))
        for number in range(STUCK):
            front.submit("vidu", f"stuck {number}")
        until(lambda: twin.tasks()["accepted"], lambda accepted: accepted >= STUCK)
        tasks = [front.submit("vidu", f"fast {number}") for number in range(40)]
        assert [front.ended(task)["state"] for task in tasks] == ["succeeded"] * 40


def test_a_genuine_callback_is_heard_at_once_a_forged_one_is_not_and_a_lost_one_is_not_missed(tmp_path: Path) -> None:
    takes = {"takes": {"queued": 0, "running": 2, "spread": 0}}
    with Twin(takes, seed=1) as twin, Process(twin, tmp_path) as process, process.front() as front:
        twin.add(do="forge", task=1)
        twin.add(do="lose", task=2)
        heard, missed = front.submit("vidu", "heard"), front.submit("vidu", "missed")
        for task in (heard, missed):
            ended = front.ended(task)
            assert ended["state"] == "succeeded", ended["error"]
        calls = [one for one in twin.log() if one["kind"] == "callback"]
        assert {one["code"] for one in calls if one.get("forged")} == {403}
        assert {one["code"] for one in calls if one["sent"] and not one["forged"]} == {204}
        assert [one["sent"] for one in calls if one["task"] == 2] == [False, False]
        there = twin.tasks()
        assert there["accepted"] == 2
        lag = _at(front.task(heard)["ended_at"]) - _at(there["tasks"][0]["ended_at"])
        assert lag.total_seconds() < 12, "sooner than it would have been asked for"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
