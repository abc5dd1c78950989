"""A stage that provably did not take a task is passed by; one that may have taken it, or refused it, never is."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callsheet.contract import Lost
from callsheet.engine import pace
from callsheet.errors import NotSupported, Rejected, Unauthorized, Unavailable, Unsure
from callsheet.tasks import State, Update
from engine_fixtures import DONE, FAILED, INPUT, MODEL, Clock, House, Vendor, a_house, a_png, chunks

RULE = {"routing": '{"studio/*": ["vendor", "loft", "previz"]}'}


def run(story: Any) -> None:
    asyncio.run(story)


def local() -> Vendor:
    return Vendor(submit=[Update(State.RUNNING, remote="p")], local=True)


async def the_rerouted(house: House, task: Any) -> list[dict[str, Any]]:
    return [dict(one.data) for one in await house.engine.timeline("local", task.id) if one.type == "rerouted"]


@pytest.mark.parametrize("error", [Unauthorized("401."), NotSupported("Not here.")])
def test_what_was_not_taken_goes_to_the_next_stage_visibly(tmp_path: Path, error: Exception) -> None:
    async def story() -> None:
        studio, loft = Vendor(submit=[error]), Vendor()
        async with a_house(tmp_path, {"studio": studio, "loft": loft, "previz": local()}, **RULE) as house:
            task = await house.submit()
            assert task.stage == "studio/swift"
            ended = await house.ended(task)
            assert (ended.state, ended.stage, ended.model) == (State.SUCCEEDED, "loft/calm", MODEL)
            (went,) = await the_rerouted(house, task)
            assert (went["from"], went["to"], went["why"]) == ("studio/swift", "loft/calm", str(error))
            assert (studio.count("submit"), loft.count("submit")) == (1, 1)
            assert loft.orders[0].model.id == "loft/calm"

    run(story())


@pytest.mark.parametrize(
    "answer",
    [
        Rejected("Moderation."),
        FAILED,
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_what_was_refused_for_what_it_is_ends_where_it_is(tmp_path: Path, answer: Any) -> None:
    async def story() -> None:
        studio, loft = Vendor(submit=[answer]), Vendor()
        async with a_house(tmp_path, {"studio": studio, "loft": loft}, **RULE) as house:
            ended = await house.ended(await house.submit())
            assert (ended.state, ended.stage) == (State.FAILED, "studio/swift")
            assert (studio.count("submit"), loft.calls) == (1, [])

    run(story())


@pytest.mark.parametrize("answer", [Unsure("Lost."), TimeoutError(), Lost(), RuntimeError("a fault of the driver")])
def test_what_may_have_been_taken_stays_where_it_may_be(tmp_path: Path, answer: Any) -> None:
    async def story() -> None:
        studio, loft = Vendor(submit=[answer]), Vendor()
        async with a_house(tmp_path, {"studio": studio, "loft": loft}, **RULE) as house:
            task = await house.submit()
            await house.sees(task, "unsure")
            found = await house.engine.get("local", task.id)
            assert (found.state, found.stage, found.unsure) == (State.QUEUED, "studio/swift", True)
            assert (studio.count("submit"), loft.calls) == (1, [])

    run(story())


def test_what_a_vendor_knows_by_an_id_never_goes_elsewhere(tmp_path: Path) -> None:
    async def story() -> None:
        studio, loft = Vendor(poll=[NotSupported("Gone.")]), Vendor()
        async with a_house(tmp_path, {"studio": studio, "loft": loft}, **RULE) as house:
            ended = await house.ended(await house.submit())
            assert (ended.state, ended.stage, loft.calls) == (State.FAILED, "studio/swift", [])

    run(story())


def test_a_request_whose_answer_died_with_the_process_never_goes_elsewhere(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": Vendor(), "loft": Vendor()}, started=False, **RULE) as house:
            task = await house.submit()
            now = house.clock()
            row = await house.store.take(task.id, ("submit",), now, now + 1)
            assert row is not None
            await house.store.patch(task.id, row.fence, {"sent_at": now})
        loft = Vendor()
        for drivers in ({"loft": loft}, {"studio": Vendor(), "loft": loft}):
            async with a_house(tmp_path, drivers, **RULE) as house:
                await house.sees(task, "unsure")
                assert loft.calls == []

    run(story())


def test_what_stays_out_of_reach_is_tried_a_few_times_first(tmp_path: Path) -> None:
    async def story() -> None:
        studio, loft = Vendor(submit=[Unavailable("503.")]), Vendor()
        async with a_house(tmp_path, {"studio": studio, "loft": loft}, clock=Clock(), **RULE) as house:
            task = await house.submit()
            for tries in range(1, pace.FALLBACK_TRIES):
                await house.sees(task, "retrying", tries)
                assert loft.calls == []
                house.pass_(60)
            await house.sees(task, "rerouted")
            assert studio.count("submit") == pace.FALLBACK_TRIES
            await house.sees(task, "started")
            house.pass_(60)
            assert (await house.ended(task)).stage == "loft/calm"

    run(story())


def test_without_a_further_stage_it_is_tried_as_long_as_before(tmp_path: Path) -> None:
    async def story() -> None:
        studio, loft = Vendor(submit=[Unavailable("503.")] * 7 + [DONE]), Vendor()
        async with a_house(tmp_path, {"studio": studio, "loft": loft}, clock=Clock()) as house:
            task = await house.submit()
            for tries in range(1, 8):
                await house.sees(task, "retrying", tries)
                house.pass_(300)
            assert (await house.ended(task)).state is State.SUCCEEDED
            assert loft.calls == []

    run(story())


def test_the_input_is_fitted_anew_and_what_the_next_stage_cannot_honour_is_declared(tmp_path: Path) -> None:
    async def story() -> None:
        refuses = Vendor(submit=[Unauthorized("401.")])
        loft = Vendor(submit=[Unauthorized("401.")])
        previz = local()
        async with a_house(tmp_path, {"studio": refuses, "loft": loft, "previz": previz}, **RULE) as house:
            task = await house.submit(input={**INPUT, "duration": 60, "sparkle": True})
            ended = await house.ended(task)
            to_loft, to_previz = await the_rerouted(house, task)
            assert to_loft["input"] == {"prompt": "a red door", "duration": 10}
            assert {one["param"]: one["used"] for one in to_loft["approximations"]} == {"duration": 10, "sparkle": None}
            assert previz.orders[0].input["duration"] == 60, "from what was asked, not from what the loft would take"
            assert {one["param"] for one in to_previz["approximations"]} == {"sparkle"}
            assert ended.usage["approximations"] == to_previz["approximations"]
            assert (ended.stage, ended.input["duration"], ended.input["sparkle"]) == ("previz", 60, True)

    run(story())


def test_a_stage_that_cannot_take_the_file_is_passed_by_and_named(tmp_path: Path) -> None:
    async def story() -> None:
        drivers = {"studio": Vendor(submit=[Unauthorized("401.")]), "loft": Vendor(), "previz": local()}
        async with a_house(tmp_path, drivers, **RULE) as house:
            still = await house.library.put("local", chunks(a_png()), "still.png", None)
            task = await house.submit("studio/still", {"image": still.id})
            assert (await house.ended(task)).stage == "previz"
            (went,) = await the_rerouted(house, task)
            assert [one["model"] for one in went["passed"]] == ["loft/pan"]
            assert "At most 20." in went["passed"][0]["why"]
            assert (drivers["loft"].calls, drivers["previz"].count("submit")) == ([], 1)

    run(story())


def test_where_no_further_stage_can_take_it_the_first_reason_is_the_end(tmp_path: Path) -> None:
    async def story() -> None:
        drivers = {"studio": Vendor(submit=[Unauthorized("401.")]), "loft": Vendor()}
        async with a_house(tmp_path, drivers, **RULE) as house:
            still = await house.library.put("local", chunks(a_png()), "still.png", None)
            task = await house.submit("studio/still", {"image": still.id})
            ended = await house.ended(task)
            assert ended.error is not None
            assert (ended.error.code, ended.stage) == ("vendor_unauthorized", "studio/still")
            (went,) = await the_rerouted(house, task)
            assert (went["to"], [one["model"] for one in went["passed"]]) == (None, ["loft/pan"])

    run(story())


@pytest.mark.parametrize("named", [{}, {"stage": "studio"}])
def test_without_a_rule_or_with_a_stage_of_its_own_a_task_goes_nowhere_else(
    tmp_path: Path, named: dict[str, Any]
) -> None:
    async def story() -> None:
        previz = local()
        rule = RULE if named else {}
        async with a_house(tmp_path, {"studio": Vendor(submit=[Unauthorized("401.")]), "previz": previz}, **rule) as at:
            ended = await at.ended(await at.submit(**named))
            assert (ended.state, ended.stage, previz.calls) == (State.FAILED, "studio/swift", [])

    run(story())


def test_a_task_that_went_elsewhere_leaves_its_slot_to_the_next(tmp_path: Path) -> None:
    async def story() -> None:
        studio, loft = Vendor(submit=[Unauthorized("401.")], slots=1), Vendor(submit=[DONE])
        async with a_house(tmp_path, {"studio": studio, "loft": loft}, **RULE) as house:
            tasks = [await house.submit() for _ in range(4)]
            stages = {(await house.ended(task)).stage for task in tasks}
            assert (stages, studio.count("submit")) == ({"loft/calm"}, 4)

    run(story())


def test_a_queued_task_whose_stage_lost_its_key_goes_to_the_next(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": Vendor(), "loft": Vendor()}, started=False, **RULE) as house:
            task = await house.submit()
        async with a_house(tmp_path, {"loft": Vendor()}, **RULE) as house:
            assert (await house.ended(task)).stage == "loft/calm"
            (went,) = await the_rerouted(house, task)
            assert "CALLSHEET_VENDORS__STUDIO__KEY" in went["why"]

    run(story())


def test_a_draw_by_weight_is_in_the_timeline_and_a_quote_names_the_heaviest(tmp_path: Path) -> None:
    async def story() -> None:
        rule = '{"studio/swift": {"stages": ["vendor", "loft", "previz"], "weights": [2, 1, 3]}}'
        drivers = {"studio": Vendor(), "loft": Vendor(), "previz": local()}
        async with a_house(tmp_path, drivers, routing=rule, started=False) as house:
            task = await house.submit()
            routed = (await house.engine.timeline("local", task.id))[1]
            assert (task.stage, routed.data["stage"]) == ("previz", "previz"), "the chance of these tests is one half"
            assert routed.data["why"] == "the routing rule for studio/swift, weight 3 of 6"
            assert (await house.engine.quote("local", MODEL, INPUT)).stage == "previz"

    run(story())
