"""Stations: the database's triggers and the schedule name the same ones, and questions are shared fairly."""

from __future__ import annotations

import pytest

from callsheet.catalog import LOCAL
from callsheet.engine.stations import Shares, made_here, station_of
from many_fixtures import asked, fresh

PLACES = [
    ("submit:vidu", "vidu/viduq3-pro/text2video", "run:vidu"),
    ("poll:vidu", "vidu/viduq3-pro/text2video", "run:vidu"),
    ("submit:previz", "previz/text-to-video", "run:previz/text-to-video"),
    ("poll:edit", "edit/assemble", "run:edit/assemble"),
    ("collect", "vidu/viduq3-pro/text2video", "collect"),
    ("wait", "previz/text-to-video", "wait"),
    ("", "previz/text-to-video", ""),
]


def test_the_triggers_name_the_stations_that_the_schedule_serves(postgres: str) -> None:
    uri = fresh(postgres)
    for lane, model, station in PLACES:
        assert station_of(lane, model) == station
        assert asked(uri, "SELECT callsheet_station(%s, %s)", lane, model) == [(station,)]
    for vendor in LOCAL:
        assert asked(uri, "SELECT callsheet_station('submit:x', %s)", f"{vendor}/one") == [(f"run:{vendor}/one",)]


@pytest.mark.parametrize(("station", "render"), [("run:previz/music", True), ("run:vidu", False), ("collect", False)])
def test_a_render_dies_with_its_process_and_a_vendors_task_does_not(station: str, render: bool) -> None:
    assert made_here(station) is render


def test_questions_beyond_a_vendors_rate_get_places_one_after_the_other() -> None:
    shares = Shares({"vidu": 2.0})
    waits = [shares.wait(f"task {number}", "run:vidu", 1000) for number in range(5)]
    assert waits == [0, 0, 500, 1000, 1500]
    assert shares.wait("task 2", "run:vidu", 1500) == 0, "its place has come"
    assert shares.wait("task 9", "run:vidu", 1500) == 1500, "behind those that had theirs before"
    assert shares.wait("any", "run:wiro", 1000) == 0


def test_processes_that_ask_the_same_vendor_share_its_rate() -> None:
    shares = Shares({"vidu": 4.0})
    shares.share({"run:vidu": 4})
    assert [shares.wait(f"task {number}", "run:vidu", 0) for number in range(3)] == [0, 1000, 2000]
    shares.forget("task 2")
    assert shares.wait("task 2", "run:vidu", 0) == 3000, "who left has no place any more"
