"""The wrappers change nothing of what they measure, and measure what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from callsheet import context, fetch
from callsheet.contract import Call, Finder, Lost, Named, Order
from callsheet.errors import CallsheetError, Forbidden, Rejected, StorageError, Unavailable
from callsheet.fetch import Guard
from callsheet.store import Sqlite
from callsheet.store.database import Step
from callsheet.tasks import State, Update
from callsheet.telemetry.database import ObservedDatabase
from callsheet.telemetry.drivers import observed
from callsheet.telemetry.fetches import ObservedTransport
from callsheet.telemetry.meters import Meters, family
from callsheet.telemetry.spans import NoSpans
from engine_fixtures import RUNNING, Vendor, a_catalog, a_house
from fetch_fixtures import moved, plain, serving


def total(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return sum(
        sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def an_order(folder: Path, number: int = 1) -> Order:
    return Order(f"task_{number}", a_catalog(folder).model("studio/swift"), {"prompt": "x"}, {})


def watched(vendor: Any) -> tuple[Any, CollectorRegistry]:
    meters = Meters()
    return observed("studio", vendor, meters, NoSpans()), meters.registry


def test_a_driver_answers_and_raises_as_it_did_and_each_is_counted(tmp_path: Path) -> None:
    order = an_order(tmp_path)
    answers: list[Any] = [RUNNING, Unavailable("busy"), Lost(), TimeoutError(), KeyError("x"), Rejected("no")]
    driver, registry = watched(Vendor(poll=answers))

    async def story() -> None:
        assert await driver.poll(order, "r") == RUNNING
        for error in answers[1:]:
            with pytest.raises(type(error)) as told:
                await driver.poll(order, "r")
            assert told.value is error
        assert (await driver.cancel(order, "r")).state is State.CANCELED

    asyncio.run(story())
    for outcome in ("running", "vendor_unavailable", "lost", "timeout", "error", "rejected"):
        assert total(registry, "callsheet_vendor_calls_total", vendor="studio", verb="poll", outcome=outcome) == 1
    assert total(registry, "callsheet_vendor_call_seconds_count", vendor="studio", verb="poll") == 6
    assert total(registry, "callsheet_vendor_calls_total", verb="cancel", outcome="canceled") == 1


def test_an_end_was_noticed_late_by_at_most_the_time_since_the_answer_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("callsheet.telemetry.drivers.time.monotonic", lambda: now[0])
    done = Update(State.SUCCEEDED)
    driver, registry = watched(Vendor(poll=[RUNNING, done]))

    async def story() -> None:
        await driver.submit(an_order(tmp_path))
        now[0] += 10
        await driver.poll(an_order(tmp_path), "r")
        now[0] += 3
        await driver.poll(an_order(tmp_path), "r")
        await driver.poll(an_order(tmp_path, 2), "r")  # one that was under way before this process: not known

    asyncio.run(story())
    assert total(registry, "callsheet_task_detection_seconds_count", family="studio/swift") == 1
    assert total(registry, "callsheet_task_detection_seconds_sum", family="studio/swift") == 3


def test_how_many_tasks_a_driver_takes_is_asked_of_it_each_time() -> None:
    """Previz takes one more for every task that a test prompt holds up."""
    vendor = Vendor()
    driver, _ = watched(vendor)
    vendor.slots = 7
    assert driver.slots == 7


def test_tasks_that_never_end_here_are_forgotten_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callsheet.telemetry.drivers.REMEMBERED", 2)
    done = Update(State.SUCCEEDED)
    driver, registry = watched(Vendor(poll=[RUNNING, RUNNING, RUNNING, done, done]))

    async def story() -> None:
        for number in (1, 2, 3, 1, 3):
            await driver.poll(an_order(tmp_path, number), "r")

    asyncio.run(story())
    assert total(registry, "callsheet_task_detection_seconds_count") == 1, "the first was pushed out by the third"


def test_what_a_driver_offers_beside_its_verbs_it_still_offers_and_nothing_else(tmp_path: Path) -> None:
    class Finding(Vendor):
        async def find(self, order: Order, sent_at: int) -> Update | None:
            return None

    class Both(Finding):
        def named(self, call: Call) -> str | None:
            return "r"

    plain_one, finding, both = (watched(kind())[0] for kind in (Vendor, Finding, Both))
    assert [isinstance(one, Finder) for one in (plain_one, finding, both)] == [False, True, True]
    assert [isinstance(one, Named) for one in (plain_one, finding, both)] == [False, False, True]
    assert both.named(Call("POST", "/", "", {}, b"")) == "r"
    driver, registry = watched(Finding())
    assert asyncio.run(driver.find(an_order(tmp_path), 0)) is None
    assert total(registry, "callsheet_vendor_calls_total", verb="find", outcome="none") == 1


def test_news_reach_the_engine_through_the_wrapper() -> None:
    vendor = Vendor()
    driver, _ = watched(vendor)
    heard: list[str] = []
    driver.notify = heard.append
    vendor.notify("r")
    assert heard == ["r"]
    assert (driver.local, driver.slots) == (vendor.local, vendor.slots)


def test_fetches_are_counted_with_their_bytes_and_by_whom_they_are_for(tmp_path: Path) -> None:
    meters = Meters()
    guard = Guard(frozenset({"127.0.0.1"}), watch=lambda inner: ObservedTransport(inner, meters))

    async def get(url: str, name: str) -> None:
        async with guard.client() as client:
            await fetch.download(client, url, tmp_path / name, 10_000, 60)

    async def story() -> None:
        replies = {"/a": plain(b"x" * 5000), "/b": moved("/a"), "/c": plain(b"no", "404 Not Found")}
        async with serving(replies) as site:
            with context.fresh("req_1"):
                await get(site.url("/a"), "1")
            await get(site.url("/b"), "2")
            with pytest.raises(CallsheetError):
                await get(site.url("/c"), "3")
            with pytest.raises(Forbidden):
                await get(site.url("/a", host="10.0.0.1"), "4")
        with pytest.raises(CallsheetError):
            await get(site.url("/a"), "5")

    asyncio.run(story())
    found = meters.registry
    assert (tmp_path / "2").stat().st_size == 5000
    assert total(found, "callsheet_fetches_total", what="input", outcome="ok") == 1
    assert total(found, "callsheet_fetches_total", what="artifact", outcome="ok") == 1
    for outcome in ("redirect", "refused", "forbidden", "unreachable"):
        assert total(found, "callsheet_fetches_total", what="artifact", outcome=outcome) == 1, outcome
    assert total(found, "callsheet_fetch_bytes_total", what="input") == 5000


def test_only_what_was_committed_is_counted(tmp_path: Path) -> None:
    meters, groups = Meters(), []
    record: Callable[[int], None] = groups.append

    async def story() -> None:
        inner = Sqlite(tmp_path / "x.sqlite", record)
        database = ObservedDatabase(inner, meters)
        event = {"task_id": "task_none", "at": 1, "type": "webhook", "data": '{"told":"gave_up"}'}
        with pytest.raises(Exception, match="FOREIGN KEY"):
            await database.write([Step("add_event", event)])
        await asyncio.gather(*(database.write([Step("raise_task_counter", {"now": 1})]) for _ in range(20)))
        assert (await database.read("newest_task", {}))[0]["latest"] == 1
        await database.close()
        with pytest.raises(StorageError):
            await database.read("newest_task", {})

    asyncio.run(story())
    found = meters.registry
    assert total(found, "callsheet_webhooks_given_up_total") == 0
    assert total(found, "callsheet_store_write_seconds_count") == 21
    assert total(found, "callsheet_store_failures_total", what="read") == 1
    assert sum(groups) == 21
    assert len(groups) < 21, "callers at once share a commit"


def test_what_the_engine_does_is_counted_by_what_it_writes(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[Unavailable("busy")])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            meters = Meters()
            house.store._database = ObservedDatabase(house.store._database, meters)
            task = await house.submit()
            await house.sees(task, "retrying")
            asked = {"vendor": "studio", "phase": "submit", "code": "vendor_unavailable"}
            await house.until(lambda: total(meters.registry, "callsheet_task_retries_total", **asked) == 1)
            await house.engine.cancel("local", task.id)
            await house.ended(task)
            await house.until(lambda: total(meters.registry, "callsheet_task_transitions_total", state="canceled") == 1)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("model", "named"),
    [("vidu/viduq3-pro/img2video", "vidu/viduq3-pro"), ("previz/text-to-video", "previz/text-to-video")],
)
def test_a_family_is_a_vendor_and_a_model_without_its_endpoint(model: str, named: str) -> None:
    assert family(model) == named
