"""Money and time in `callsheet mcp`: a budget no restart forgets, no task paid twice, no call longer than agreed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from callsheet.client import AsyncClient, Quote
from callsheet.errors import NoCredit
from callsheet.mcp.making import CALL, _digest  # pyright: ignore[reportPrivateUsage]
from callsheet.mcp.purse import Purse
from callsheet.mcp.terms import Terms
from callsheet.settings import Settings
from conftest import Served
from mcp_fixtures import agent
from vendor_fixtures import Stage, staged

MODEL = "vidu/viduq3-pro/text2video"
UNPRICED = "mediaio/t2i-imagen-4"
PRICES = '{"vidu/*": {"credits": 2, "per": "second"}}'
SHEET = f"""
[defaults]
duration = 4
[shots.one]
model = "{MODEL}"
prompt = "a fox"
[shots.two]
model = "{MODEL}"
prompt = "a hen, %s"
"""


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[[Settings], AbstractContextManager[Served]]
) -> Iterator[Stage]:
    with staged(serve_home, tmp_path_factory.mktemp("budget"), ledger__prices=PRICES) as found:
        yield found


@pytest.fixture(autouse=True)
def _as_new(stage: Stage) -> None:
    stage.stub.reset()


def order(prompt: str, duration: int = 5) -> dict[str, Any]:
    return {"model": MODEL, "input": {"prompt": prompt, "duration": duration}}


def test_a_budget_lets_in_what_it_can_bear_and_refuses_the_rest_with_the_figures(stage: Stage) -> None:
    with agent(stage.url, budget=25, budget_name="a") as ask:
        assert ask("quote", **order("a fox")).view["budget"]["left"] == 25
        first = ask("make", **order("a fox")).view
        assert (first["state"], first["credits"]) == ("succeeded", 10)
        assert first["budget"] == {"name": "a", "limit": 25, "committed": 10, "left": 15}
        again = ask("make", **order("a fox")).view
        assert (again["task"], again["budget"]["committed"]) == (first["task"], 10), "a repeated call costs nothing"
        assert ask("make", **order("a fox"), take=2).view["budget"]["left"] == 5
    orders = len(stage.stub.orders)
    with agent(stage.url, budget=25, budget_name="a") as ask:  # started anew, over another connection
        refused = ask("make", **order("a hen"))
        assert refused.failed
        assert "up to 10 credits" in refused.said
        assert "'a' of 25 only 5 are left (20 spent or set aside)" in refused.said
        assert "code no_credit" in refused.said
        assert ask("quote", **order("a hen")).view["refusal"] is not None
        assert ask("make", **order("a hen", 2)).view["budget"]["left"] == 1
        preview = ask("make", **order("a hen"), stage="previz").view
        assert (preview["stage"], preview["credits"], preview["budget"]["left"]) == ("previz", 0, 1)
    assert len(stage.stub.orders) == orders + 2
    with agent(stage.url, budget=25, budget_name="b") as ask:
        assert ask("quote", **order("a hen")).view["budget"]["committed"] == 0


def test_what_failed_gives_back_what_was_set_aside_and_is_not_tried_again_unasked(stage: Stage) -> None:
    stage.stub.fail("rejected", "Not that.")
    with agent(stage.url, budget=12, budget_name="failing") as ask:
        failed = ask("make", **order("a wolf")).view
        assert (failed["state"], failed["error"]["code"], failed["done"]) == ("failed", "rejected", True)
        assert "take=2" in failed["next"]
        assert failed["budget"]["left"] == 12
        stage.stub.reset()
        again = ask("make", **order("a wolf")).view
        assert (again["task"], again["state"], again["repeated"]) == (failed["task"], "failed", True)
        assert ask("make", **order("a wolf"), take=2).view["state"] == "succeeded"


def test_what_has_no_known_price_is_refused_under_a_budget_unless_it_is_allowed(stage: Stage) -> None:
    given = {"model": UNPRICED, "input": {"prompt": "a puppy"}}
    with agent(stage.url, budget=100, budget_name="unpriced") as ask:
        refused = ask("make", **given)
        assert refused.failed
        assert UNPRICED in refused.said
        assert "--allow-unpriced" in refused.said
    with agent(stage.url, budget=100, budget_name="unpriced", allow_unpriced=True) as ask:
        assert ask("make", **given).view["state"] == "succeeded"


def test_a_play_counts_into_the_budget_and_one_beyond_it_hands_nothing_in(stage: Stage) -> None:
    with agent(stage.url, budget=20, budget_name="play") as ask:
        plan = ask("play_sheet", sheet=SHEET % 1).view
        assert (plan["credits"], plan["refusal"], plan["budget"]["left"]) == (16, None, 20)
        played = ask("play_sheet", sheet=SHEET % 1, hand_in=True).view
        assert (played["done"], played["budget"]["committed"]) == (True, 16)
        assert ask("play_sheet", sheet=SHEET % 1, hand_in=True).view["budget"]["committed"] == 16
        orders = len(stage.stub.orders)
        beyond = ask("play_sheet", sheet=SHEET % 2).view
        assert (beyond["credits"], "only 4 are left" in beyond["refusal"]) == (8, True), "the first shot stands already"
        assert "only 4 are left" in ask("play_sheet", sheet=SHEET % 2, hand_in=True).said
        assert len(stage.stub.orders) == orders


def test_a_play_that_is_repeated_spends_no_more_than_is_left_by_now(stage: Stage) -> None:
    sheet = (SHEET % 4).replace("a fox", "a lynx")
    with agent(stage.url, budget=20, budget_name="repeated") as ask, stage.client() as client:
        shots = ask("play_sheet", sheet=sheet, hand_in=True).view["shots"]
        client.delete(f"/v1/tasks/{shots[1]['task']}").raise_for_status()
        assert not ask("make", **order("a heron", 6)).failed
        orders = len(stage.stub.orders)
        assert "only 0 are left" in ask("play_sheet", sheet=sheet, hand_in=True).said
        assert len(stage.stub.orders) == orders


def test_a_shot_that_failed_is_paid_again_only_when_it_is_asked_for(stage: Stage) -> None:
    stage.stub.fail("rejected", "Not that.")
    with agent(stage.url) as ask:
        played = ask("play_sheet", sheet=SHEET % 3, hand_in=True, only="two").view
        assert [(one["name"], one["state"]) for one in played["shots"]] == [("two", "failed")]
        stage.stub.reset()
        again = ask("play_sheet", sheet=SHEET % 3, hand_in=True, only="two")
        assert again.failed
        assert 'Give fresh=["two"]' in again.said
        anew = ask("play_sheet", sheet=SHEET % 3, hand_in=True, only="two", fresh=["two"]).view
        assert anew["shots"][0]["state"] == "succeeded"


def test_a_preview_for_want_of_a_vendor_does_not_stand_for_the_real_thing(stage: Stage) -> None:
    given = order("a heron")

    async def previewed() -> str:
        async with AsyncClient(stage.url) as client:
            call = await _digest(client, given["model"], given["input"], None, 1)
            task = await client.submit(given["model"], given["input"], stage="previz", metadata={CALL: call})
            return task.id

    preview = asyncio.run(previewed())
    with agent(stage.url) as ask:
        made = [ask("make", **given).view for _ in range(2)]
    assert [one["stage"] for one in made] == [MODEL, MODEL]
    assert made[0]["task"] == made[1]["task"] != preview


def test_a_call_ends_when_its_time_is_over_and_says_how_to_go_on(stage: Stage) -> None:
    stage.stub.run(0.25)
    with agent(stage.url, wait=0.3) as ask:
        answer, told = ask.told("make", **order("a slow snail"))
        under_way = answer.view
        assert (under_way["state"] in ("queued", "running"), under_way["done"]) == (True, False)
        assert f"wait with task={under_way['task']}" in under_way["next"]
        assert told == sorted(set(told))
        still = ask("wait", task=under_way["task"], wait_seconds=45).view
        assert still["done"] is False
        assert ask("make", **order("a slow snail")).view["task"] == under_way["task"]
        assert "nothing to see yet" in ask("look", task=under_way["task"]).said
        stage.stub.reset()
        assert stage.task(under_way["task"])["state"] == "succeeded"
        assert ask("wait", task=under_way["task"], wait_seconds=0).view["state"] == "succeeded"


def test_a_call_whose_server_does_not_answer_ends_all_the_same() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def ask() -> str:
        from_nowhere = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = from_nowhere.sockets[0].getsockname()[1]
        async with from_nowhere:
            with agent(f"http://127.0.0.1:{port}", call=0.3) as bound:
                answer = await asyncio.to_thread(bound, "make", **order("a fox"))
        return answer.said

    said = asyncio.run(ask())
    assert "no answer within 0.3 s" in said
    assert "very same arguments" in said


async def nothing() -> None:
    """No such call was made before."""


def test_two_processes_that_share_a_budget_cannot_both_have_what_is_left(stage: Stage) -> None:
    """Both count before either hands in; the second meets the first's number, counts again, and is refused."""
    terms = Terms(budget=12, budget_name="shared")

    async def race() -> list[Any]:
        counted = asyncio.Barrier(2)

        async def one(prompt: str) -> Any:
            async with AsyncClient(stage.url) as client:
                first = True

                async def submit(labels: Any, once: str | None) -> Any:
                    nonlocal first
                    if first:
                        first = False
                        await counted.wait()
                    given = order(prompt)
                    return await client.submit(given["model"], given["input"], metadata=labels, idempotency_key=once)

                try:
                    return await Purse(terms).spend(client, Quote(MODEL, MODEL, 10, ""), nothing, submit)
                except NoCredit as error:
                    return error

        return await asyncio.gather(one("a cat"), one("a dog"))

    found = asyncio.run(race())
    assert sorted(type(one).__name__ for one in found) == ["NoCredit", "Task"]


def test_a_call_that_is_repeated_while_the_first_is_still_handed_in_gives_the_same_task(stage: Stage) -> None:
    """A client's patience ended before the first call had its turn."""
    purse = Purse(Terms(budget=100, budget_name="twice"))
    given = order("a swan")

    async def race() -> list[Any]:
        async with AsyncClient(stage.url) as client:

            async def known() -> Any:
                return next(iter((await client.list(metadata={CALL: "swan"})).data), None)

            async def submit(labels: Any, once: str | None) -> Any:
                marks = {**labels, CALL: "swan"}
                return await client.submit(given["model"], given["input"], metadata=marks, idempotency_key=once)

            quote = Quote(MODEL, MODEL, 10, "")
            return await asyncio.gather(*(purse.spend(client, quote, known, submit) for _ in range(3)))

    assert len({task.id for task in asyncio.run(race())}) == 1
