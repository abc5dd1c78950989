from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet.contract import Order
from callsheet.errors import Conflict, NotFound
from callsheet.tasks import State, Update
from callsheet.wires.asking import ask
from engine_fixtures import DONE, INPUT, MODEL, SECRET, WITHIN, Vendor, a_house

LONG = "A" * 5000


async def answered(request: httpx2.Request) -> httpx2.Response:
    if request.url.path == "/gone":
        raise httpx2.ReadError("cut off")
    said = {"task": "r", "tasktoken": "tt-hidden-42", "image": LONG, "at": f"https://cdn/x.mp4?sig={SECRET}"}
    return httpx2.Response(200, json=said)


def talking(path: str) -> Any:
    """A verb that speaks to its vendor as every driver does."""

    async def verb(order: Order) -> Update:
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(answered), base_url="https://vendor") as client:
            body = {"prompt": order.input["prompt"], "key": SECRET}
            await ask(client, "POST", path, headers={"authorization": f"Bearer {SECRET}"}, json=body)
            return Update(State.RUNNING, remote="r", again=0.01) if path == "/make" else DONE

    return verb


def test_what_is_said_to_a_vendor_is_kept_without_secrets_and_goes_with_the_task(tmp_path: Path) -> None:
    vendor = Vendor([talking("/make")], [talking("/gone"), talking("/gone"), talking("/ask")])

    async def story() -> None:
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            with pytest.raises(Conflict, match="has not ended"):
                await house.engine.delete("local", task.id)
            ended = await house.ended(task)
            said = await house.engine.exchanges("local", task.id)
            assert [(one.url, one.status, one.error) for one in said] == [
                ("https://vendor/make", 200, None),
                ("https://vendor/gone", None, "ReadError"),
                ("https://vendor/ask", 200, None),
            ], "the same silence over and over is one"
            assert json.loads(said[0].request) == {"prompt": INPUT["prompt"], "key": "***"}
            assert f"({len(LONG)} letters)" in said[0].response
            told = repr(said)
            assert SECRET not in told
            assert "tt-hidden-42" not in told
            with pytest.raises(NotFound):
                await house.engine.exchanges("other", task.id)
            await house.engine.delete("local", task.id)
            with pytest.raises(NotFound):
                await house.engine.get("local", task.id)
            with pytest.raises(NotFound):
                await house.library.local(ended.artifacts[0])

    asyncio.run(story())


class Same(Vendor):
    """A vendor that gives every task one id."""

    async def submit(self, order: Order) -> Update:
        return await self._answer("submit", order)


def test_an_answer_with_another_tasks_id_is_there_to_be_read_by_who_must_decide(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Same([talking("/make"), talking("/make")], [talking("/ask")])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            await house.ended(await house.submit())
            second = await house.submit()
            async for event in house.engine.events("local", second.id):
                if event.type == "unsure":
                    break
            assert [one.url for one in await house.engine.exchanges("local", second.id)] == ["https://vendor/make"]

    asyncio.run(asyncio.wait_for(story(), WITHIN))


def test_a_key_that_named_a_deleted_task_makes_no_second_one(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": Vendor()}) as house:
            task = await house.submit(MODEL, INPUT, idempotency_key="once")
            await house.ended(task)
            await house.engine.delete("local", task.id)
            with pytest.raises(Conflict, match="was deleted"):
                await house.submit(MODEL, INPUT, idempotency_key="once")

    asyncio.run(story())
