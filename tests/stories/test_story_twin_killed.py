"""A server dies by kill -9 between a vendor's yes and its own commit: nothing is lost, and nothing is sent twice."""

from __future__ import annotations

import signal
from pathlib import Path

from callsheet.twin import Twin
from twin_stories import FAST, VENDORS, Process
from vendor_fixtures import until


def test_killed_between_the_vendors_yes_and_the_commit_nothing_is_sent_again(tmp_path: Path) -> None:
    with Twin(FAST, seed=1) as twin, Process(twin, tmp_path) as process, process.front() as front:
        slow = twin.add(do="slow", verb="submit", seconds=600)
        tasks = {vendor: front.submit(vendor, "killed") for vendor in VENDORS}
        until(lambda: twin.tasks()["accepted"], lambda accepted: accepted == len(VENDORS))
        process.end(signal.SIGKILL)
        twin.remove(slow)
        process.start()
        for vendor, task in tasks.items():
            decided = front.decided(task)
            assert decided.get("unsure") or decided["state"] == "succeeded", (vendor, decided)
        there = twin.tasks()
        assert there["accepted"] == len(VENDORS)
        assert there["accepted_twice"] == {}


def test_killed_while_tasks_run_there_each_is_followed_to_its_end_without_another_submit(tmp_path: Path) -> None:
    scenario = {"takes": {"queued": 0, "running": 60, "spread": 0}}
    polled = ("vidu", "mediaio")  # one is called back, the other asks
    with Twin(scenario, seed=1, speed=0) as twin, Process(twin, tmp_path) as process, process.front() as front:
        tasks = [front.submit(vendor, "running") for vendor in polled]
        for task in tasks:
            until(lambda: front.task(task)["state"], lambda state: state == "running")  # noqa: B023
        process.end(signal.SIGKILL)
        twin.advance(120)
        process.start()
        twin.advance(11)  # callbacks that nobody heard are tried again
        assert [front.ended(task)["state"] for task in tasks] == ["succeeded"] * len(polled)
        assert twin.tasks()["accepted"] == len(polled)
