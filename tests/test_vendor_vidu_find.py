"""Vidu's list looked through for a task whose answer was lost, whatever the two clocks say; and ids put into paths."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet import catalog
from callsheet.contract import Finder, Order
from callsheet.errors import Unsure
from callsheet.tasks import Update
from callsheet.twin import Twin
from callsheet.vendors.vidu.driver import Vidu
from record_fixtures import a_driver

MODEL = catalog.load().model("vidu/viduq3-pro/text2video")


@pytest.fixture(scope="module")
def twin() -> Iterator[Twin]:
    with Twin(seed=1, speed=0) as twin:
        yield twin


def order(id: str, prompt: str = "a red door") -> Order:
    return Order(id, MODEL, MODEL.check({"prompt": prompt}), {})


@pytest.mark.parametrize("skew", [-7200, 0, 7200])
def test_a_lost_answer_is_found_however_far_the_vendors_clock_is_from_ours(
    twin: Twin, tmp_path: Path, skew: int
) -> None:
    twin.reset()
    twin.add(do="drop", verb="submit", accepted=True, task=2)
    before = time.time_ns() // 1_000_000 - skew * 1000

    async def lost_and_sought() -> tuple[Update | None, Update | None]:
        driver = a_driver("vidu", tmp_path, twin.base("vidu"))
        assert isinstance(driver, Finder)
        await driver.submit(order("task_1"))
        with pytest.raises(Unsure):
            await driver.submit(order("task_2"))
        found = await driver.find(order("task_2"), before), await driver.find(order("task_3"), before)
        await driver.close()
        return found

    adopted, stranger = asyncio.run(lost_and_sought())
    assert adopted is not None
    assert (adopted.remote, stranger) == (twin.tasks()["tasks"][1]["id"], None)


def test_a_task_is_asked_for_its_payload_once_and_one_of_the_time_of_sending_first() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url.path) + ("?span" if b"created_at.to" in request.url.query else ""))
        rows = [{"id": one} for one in (("1", "2") if asked[-1].endswith("?span") else ("3", "2", "1"))]
        return httpx2.Response(200, json={"tasks": rows, "payload": "another"})

    assert asyncio.run(vidu(answer).find(order("task_1"), 1_800_000_000_000)) is None
    looks = [f"/ent/v2/tasks/{one}/creations" for one in ("1", "2", "3")]
    assert asked == ["/ent/v2/tasks?span", *looks[:2], "/ent/v2/tasks", looks[2]]


def test_a_vendors_id_stays_one_step_of_the_path() -> None:
    asked: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.raw_path)
        return httpx2.Response(200, json={"state": "processing"})

    async def ask() -> None:
        live = vidu(answer)
        await live.poll(order("task_1"), "../a?b#c")
        await live.cancel(order("task_1"), "../a?b#c")

    asyncio.run(ask())
    assert asked == [b"/ent/v2/tasks/..%2Fa%3Fb%23c/creations", b"/ent/v2/tasks/..%2Fa%3Fb%23c/cancel"]


def vidu(answer: Any) -> Vidu:
    client = httpx2.AsyncClient(base_url="https://api.vidu.com/ent/v2", transport=httpx2.MockTransport(answer))
    return Vidu(client, "https://api.vidu.com", "the-key")
