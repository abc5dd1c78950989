"""What doors ask of the engine: submitting once, labels, lists, streams of events, quotes, and other people's ids."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callsheet.engine.ids import Ids
from callsheet.errors import Conflict, Forbidden, InvalidInput, NotFound, NotSupported
from callsheet.tasks import Filter, NewTask, State
from engine_fixtures import INPUT, MODEL, RUNNING, WITHIN, Clock, Vendor, a_house


def run(story: Any) -> None:
    asyncio.run(story)


def test_the_same_key_and_body_give_the_same_task_also_at_the_same_moment(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            new = NewTask(MODEL, INPUT, idempotency_key="once", metadata={"a": "b"})
            answers = await asyncio.gather(*(house.engine.submit("local", new) for _ in range(8)))
            assert len({task.id for task, _ in answers}) == 1
            assert sorted(fresh for _, fresh in answers) == [False] * 7 + [True]
            other, fresh = await house.engine.submit("another", new)
            assert fresh, "keys belong to an account"
            assert other.id != answers[0][0].id

    run(story())


@pytest.mark.parametrize("change", [{"input": {"prompt": "blue"}}, {"metadata": {"a": "c"}}, {"priority": 1}])
def test_the_same_key_with_another_body_is_a_conflict_and_keeps_nothing(tmp_path: Path, change: dict[str, Any]) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            await house.submit(idempotency_key="once")
            with pytest.raises(Conflict):
                await house.engine.submit(
                    "local", NewTask(**{"model": MODEL, "input": INPUT, "idempotency_key": "once", **change})
                )
            assert len((await house.engine.list("local", Filter(), 10, None)).tasks) == 1

    run(story())


@pytest.mark.parametrize(
    ("parts", "param"),
    [
        ({"priority": 101}, "priority"),
        ({"priority": -101}, "priority"),
        ({"metadata": {"a": 1}}, "metadata"),
        ({"metadata": {"": "x"}}, "metadata"),
        ({"metadata": {"a": "x" * 513}}, "metadata"),
        ({"metadata": {str(number): "x" for number in range(17)}}, "metadata"),
        ({"idempotency_key": ""}, "Idempotency-Key"),
        ({"webhook": "ftp://x.example/"}, "webhook"),
        ({"webhook": "https://x.example/" + "a" * 2100}, "webhook"),
        ({"input": {"prompt": "x", "sparkel": True}}, "sparkel"),
        ({"input": {"prompt": "x", "duration": 601}}, "duration"),
        ({"input": {}}, "prompt"),
    ],
)
def test_what_is_wrong_is_refused_by_name_and_nothing_is_kept(
    tmp_path: Path, parts: dict[str, Any], param: str
) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            with pytest.raises(InvalidInput) as caught:
                await house.submit(**parts)
            assert caught.value.param == param
            assert caught.value.hint
            assert (await house.engine.list("local", Filter(), 10, None)).tasks == ()

    run(story())


def test_a_webhook_on_the_own_network_is_refused_at_submit(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            with pytest.raises(Forbidden) as caught:
                await house.submit(webhook="http://127.0.0.1:9/hook")
            assert caught.value.param == "webhook"
            assert "CALLSHEET_FETCH__ALLOW" in str(caught.value)

    run(story())


def test_an_unknown_model_is_answered_with_the_nearest_names(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            with pytest.raises(NotFound) as caught:
                await house.submit("studio/swyft")
            assert "studio/swift" in str(caught.value)

    run(story())


def test_another_accounts_task_is_not_found_by_any_verb(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            task = await house.submit()
            for asked in (
                house.engine.get("other", task.id),
                house.engine.cancel("other", task.id),
                house.engine.timeline("other", task.id),
                anext(house.engine.events("other", task.id)),
            ):
                with pytest.raises(NotFound):
                    await asked
            assert (await house.engine.get("local", task.id)).state is State.QUEUED

    run(story())


def test_events_are_replayed_from_any_number_and_end_with_the_end(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path) as house:
            task = await house.submit()
            live = [event.seq async for event in house.engine.events("local", task.id)]
            replayed = [event.seq async for event in house.engine.events("local", task.id)]
            assert live == replayed == list(range(1, len(live) + 1))
            assert [event.seq async for event in house.engine.events("local", task.id, after=3)] == live[3:]
            assert [event async for event in house.engine.events("local", task.id, after=live[-1])] == []

    run(story())


def test_many_watchers_of_one_task_cost_the_vendor_no_call_more(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor()
        async with a_house(tmp_path, {"studio": vendor}) as house:
            task = await house.submit()
            watchers = [house.ended(task) for _ in range(50)]
            assert {ended.state for ended in await asyncio.gather(*watchers)} == {State.SUCCEEDED}
            assert vendor.count("poll") == 1

    run(story())


def test_streams_end_when_the_engine_stops(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": Vendor(poll=[RUNNING])}) as house:
            task = await house.submit()
            await house.sees(task, "started")
            await house.until(lambda: not house.engine._parts.news._waiting)
            stream = house.engine.events("local", task.id, after=99)
            watching = asyncio.create_task(anext(stream, None))
            await house.until(lambda: house.engine._parts.news._waiting or watching.done())
            assert not watching.done()
            await house.engine.stop(0)
            assert await asyncio.wait_for(watching, WITHIN) is None

    run(story())


def test_a_quote_checks_the_input_and_says_what_it_rests_on(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False) as house:
            quote = await house.engine.quote("local", MODEL, INPUT)
            assert (quote.credits, quote.stage, quote.source) == (3, "studio/swift", "this test")
            with pytest.raises(InvalidInput):
                await house.engine.quote("local", MODEL, {"prompt": "x", "duration": 0})
            with pytest.raises(NotSupported):
                await house.engine.quote("local", MODEL, INPUT, "previz")

    run(story())


def test_busy_while_anything_is_unfinished(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_house(tmp_path) as house:
            assert not await house.engine.busy()
            task = await house.submit()
            assert await house.engine.busy()
            await house.ended(task)
            await house.until(lambda: not house.engine._worker._flights)
            assert not await house.engine.busy()

    run(story())


def test_ids_grow_within_a_millisecond_and_with_a_clock_set_back() -> None:
    clock = Clock()
    ids = Ids(clock)
    made = [ids.new("task") for _ in range(1000)]
    clock.pass_(-3600)
    made += [ids.new("task") for _ in range(1000)]
    assert made == sorted(set(made))
    assert all(len(one) == len("task_") + 26 for one in made)
