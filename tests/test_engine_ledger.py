"""What tasks cost: set aside when handed in, charged by what the vendor tells, let go otherwise, never just free."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from callsheet.contract import Call
from callsheet.engine.credits import Price, Tariff, Terms, closed, verdict
from callsheet.engine.reach import proof
from callsheet.errors import NoCredit, TooMany, Unauthorized, Unavailable
from callsheet.money import MICRO, Limits, Standing, begins, credits, ends, micro
from callsheet.settings.ledger import LedgerRules
from callsheet.tasks import Artifact, Failure, NewTask, State, Update
from engine_fixtures import INPUT, MODEL, NOW, RUNNING, Clock, House, Vendor, a_catalog, a_house
from store_fixtures import a_row

MADE = (Artifact(text="made of words", name="made.txt"),)
SKETCH = "studio/sketch"
"""A model whose vendor documents no price."""


class Calling(Vendor):
    """A vendor that calls back, and signs nothing."""

    def genuine(self, call: Call) -> bool:
        return True


def run(story: Any) -> None:
    asyncio.run(story)


def done(**usage: Any) -> Update:
    return Update(State.SUCCEEDED, artifacts=MADE, usage=usage)


def failed(**usage: Any) -> Update:
    return Update(State.FAILED, failure=Failure("rejected", "Not that."), usage=usage)


async def moved(house: House, task: Any) -> list[tuple[str, float]]:
    return [(one.kind, credits(one.amount)) for one in await house.store.entries_of_task(None, task.id)]


@pytest.mark.parametrize(
    ("end", "usage", "kinds"),
    [
        (done(), {"credits": 3}, [("hold", 3), ("settle", 3)]),
        (done(credits=3), {"credits": 3}, [("hold", 3), ("settle", 3)]),
        (done(credits=1.25), {"credits": 1.25}, [("hold", 3), ("settle", 1.25), ("release", 1.75)]),
        (done(credits=5), {"credits": 5}, [("hold", 3), ("settle", 3), ("adjust", 2)]),
        (done(credits=0), {"credits": 0}, [("hold", 3), ("release", 3)]),
        (failed(), {"credits": 0}, [("hold", 3), ("release", 3)]),
        (failed(credits=2), {"credits": 2}, [("hold", 3), ("settle", 2), ("release", 1)]),
    ],
)
def test_an_end_is_charged_by_what_the_vendor_tells_and_the_rest_is_let_go(
    tmp_path: Path, end: Update, usage: Any, kinds: Any
) -> None:
    async def story() -> None:
        async with a_house(tmp_path, {"studio": Vendor(poll=[RUNNING, end])}) as house:
            task = await house.submit()
            assert task.usage == {"held": 3}
            ended = await house.ended(task)
            assert (ended.usage, await moved(house, task)) == (usage, kinds)
            assert (await house.store.audit())[0] == []
            last = (await house.engine.timeline("local", task.id))[-1]
            told = last.data["usage"]["credits"] if last.type == "succeeded" else last.data["credits"]
            assert told == usage["credits"], "the event that tells the end says it too"

    run(story())


@pytest.mark.parametrize(
    ("terms", "how", "cost"),
    [
        (Terms(failure=True), State.FAILED, 3),
        (Terms(failure=False), State.FAILED, 0),
        (Terms(), State.FAILED, 0),
        (Terms(stopped="none"), State.CANCELED, 3),
        (Terms(stopped="all"), State.CANCELED, 0),
        (Terms(stopped="told"), State.CANCELED, 0),
    ],
)
def test_without_its_word_the_facts_say_what_a_vendor_charges(terms: Terms, how: State, cost: int) -> None:
    row = a_row(1, held=3 * MICRO, phase="poll", remote="r", fence=2)
    assert verdict(row, how, None, terms).cost == cost * MICRO
    assert verdict(dataclasses.replace(row, phase="submit"), how, None, terms).cost == 0, "it never arrived"
    assert verdict(dataclasses.replace(row, phase="collect"), how, None, terms).cost == 3 * MICRO, "it was made"
    entries = closed(row, verdict(row, how, None, terms))
    assert sum(entry.amount for entry in entries if entry.source == "held") == 3 * MICRO


def test_a_task_canceled_before_it_was_sent_costs_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(submit=[Unavailable("Later.", retry_after=900)])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            await house.store.fund("local", 3 * MICRO, "")
            task = await house.submit()
            with pytest.raises(NoCredit) as refused:
                await house.submit()
            assert refused.value.message == "This costs up to 3 credits, and local has 0."
            await house.sees(task, "retrying")
            await house.engine.cancel("local", task.id)
            ended = await house.ended(task)
            assert (ended.state, ended.usage) == (State.CANCELED, {"credits": 0})
            assert await moved(house, task) == [("hold", 3), ("release", 3)]
            await house.submit()

    run(story())


def test_another_stage_holds_what_that_one_may_cost(tmp_path: Path) -> None:
    rule = {
        "routing": '{"studio/*": ["vendor", "loft"]}',
        "ledger__prices": '{"loft/calm": {"credits": 2, "per": "second"}}',
    }

    async def story() -> None:
        drivers = {"studio": Vendor(submit=[Unauthorized("401.")]), "loft": Vendor(poll=[done()])}
        async with a_house(tmp_path, drivers, **rule) as house:
            await house.store.fund("local", 11 * MICRO, "")
            ended = await house.ended(await house.submit())
            assert (ended.state, ended.stage, ended.usage["credits"]) == (State.SUCCEEDED, "loft/calm", 8)
            assert await moved(house, ended) == [("hold", 3), ("release", 3), ("hold", 8), ("settle", 8)]
            drivers["studio"].calls.clear()
            poor = await house.ended(await house.submit())
            assert poor.error is not None
            assert (poor.state, poor.error.code, poor.usage) == (State.FAILED, "no_credit", {"credits": 0})
            assert await moved(house, poor) == [("hold", 3), ("release", 3)], "the next stage costs more than is left"
            assert (await house.store.audit())[0] == []

    run(story())


def test_no_price_is_flagged_never_free(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(poll=[done(), done(credits=4)])
        async with a_house(tmp_path, {"studio": vendor}) as house:
            first = await house.ended(await house.submit(SKETCH))
            assert (first.usage, await moved(house, first)) == ({"priced": False}, [("hold", 0), ("settle", 0)])
            told = await house.ended(await house.submit(SKETCH))
            assert (told.usage, await moved(house, told)) == ({"credits": 4}, [("hold", 0), ("adjust", 4)])
            assert (await house.store.audit())[1] == [{"model": SKETCH, "tasks": 2, "spent": 4 * MICRO}]
            quote = await house.engine.quote("local", SKETCH, INPUT)
            assert (quote.credits, quote.basis) == (None, "No price is documented.")

    run(story())


@pytest.mark.parametrize(
    ("environ", "who", "lets_in"),
    [
        ({}, "open", True),
        ({}, "metered", False),
        ({}, "budget", False),
        ({"ledger__metered": "true"}, "open", False),
        ({"ledger__unpriced": "refuse"}, "open", False),
        ({"ledger__unpriced": "allow"}, "metered", True),
        ({"ledger__unpriced": "allow"}, "budget", True),
        ({"ledger__prices": '{"studio/sk*": 2}'}, "metered", True),
    ],
)
def test_who_may_run_what_has_no_price(tmp_path: Path, environ: dict[str, str], who: str, lets_in: bool) -> None:
    async def story() -> None:
        async with a_house(tmp_path, started=False, **environ) as house:
            key = None
            if who == "metered":
                await house.store.fund("local", 9 * MICRO, "")
            if who == "budget":
                key = (await house.keyring.create("k", "local", Limits(budget=9 * MICRO)))[0].id
            new = NewTask(SKETCH, INPUT, key_id=key)
            if lets_in:
                await house.engine.submit("local", new)
                return
            with pytest.raises(NoCredit) as refused:
                await house.engine.submit("local", new)
            assert refused.value.message.startswith(f"No price is known of {SKETCH}")
            assert "ledger.prices" in (refused.value.hint or "")
            assert await house.store.lanes() == {}, "nothing of it was kept"

    run(story())


def test_a_late_success_is_charged_once_and_what_it_made_is_kept(tmp_path: Path) -> None:
    async def story() -> None:
        studio = Calling(poll=[RUNNING, failed(credits=1), done(credits=3)])
        async with a_house(tmp_path, {"studio": studio}) as house:
            ended = await house.ended(await house.submit())
            assert (ended.state, ended.usage) == (State.FAILED, {"credits": 1})
            call = Call("POST", "/", "", {}, b"")
            key = proof(house.engine._proof_key, "studio", ended.id)
            for _ in range(2):
                await house.engine.called("studio", ended.id, key, call)
            after = await house.engine.get("local", ended.id)
            assert (after.state, after.usage, len(after.artifacts)) == (State.FAILED, {"credits": 3}, 1)
            assert await moved(house, ended) == [("hold", 3), ("settle", 1), ("release", 2), ("settle", 2)]
            types = await house.types(ended)
            assert (types.count("late"), types.count("failed"), types[-1]) == (1, 1, "late")
            assert (await house.store.audit())[0] == []

    run(story())


def test_what_was_deleted_and_succeeds_late_is_charged_as_quoted_and_brings_nothing_back(tmp_path: Path) -> None:
    async def story() -> None:
        loft = Calling(poll=[RUNNING, failed(), done()])
        prices = {"ledger__prices": '{"loft/calm": {"credits": 2, "per": "second"}}'}
        async with a_house(tmp_path, {"loft": loft}, **prices) as house:
            ended = await house.ended(await house.submit("loft/calm", {"prompt": "a fox", "duration": 2}))
            assert await moved(house, ended) == [("hold", 4), ("release", 4)]
            await house.engine.delete("local", ended.id)
            key = proof(house.engine._proof_key, "loft", ended.id)
            for _ in range(2):
                await house.engine.called("loft", ended.id, key, Call("POST", "/", "", {}, b""))
            assert await moved(house, ended) == [("hold", 4), ("release", 4), ("settle", 4)]
            assert (await house.store.list_files("local", 5, None))[0] == []
            assert (await house.store.audit())[0] == []

    run(story())


def test_prices_are_the_settings_before_the_catalogue_at_their_worst(tmp_path: Path) -> None:
    catalog = a_catalog(tmp_path)
    rules = LedgerRules.model_validate(
        {"prices": {"studio/sketch": 1.5, "loft/*": {"credits": 0.5, "per": "second"}}, "rates": {"studio": 2}}
    )
    tariff = Tariff(catalog, rules)

    def price(model: str, **input: Any) -> Price:
        return tariff.price(catalog.model(model), input)

    assert price("studio/sketch") == Price(1_500_000, "1.5 credits per task", "the setting ledger.prices")
    assert price("loft/calm", duration=4).amount == 2 * MICRO
    assert price("loft/calm").amount == 5 * MICRO, "as long as it can be, where its caller left that open"
    assert price(MODEL).amount == 6 * MICRO, "3 of the vendor's are 6 of ours"
    assert price("studio/song").amount is None
    assert price("previz/text-to-video").amount == 0
    assert tariff.told("studio", {"credits": 2}) == (4 * MICRO, "credits")
    assert tariff.told("studio", {"usd": 0.25}) == (500_000, "usd")
    assert tariff.told("loft", {"usd": 0.25}) is None, "nobody says what a dollar is there"
    assert [tariff.told("loft", {"credits": wrong}) for wrong in (True, -1, "3", None)] == [None] * 4


def test_periods_and_rates_are_reckoned_to_the_microsecond() -> None:
    at = NOW  # 2026-11-21 10:00 UTC
    day = 86_400_000
    assert (at - begins("day", at)) < day
    assert ends("day", at) == begins("day", at) + day
    assert (ends("month", at) or 0) - begins("month", at) == 30 * day
    assert (begins("total", at), ends("total", at)) == (0, None)
    december = at + 20 * day
    assert (ends("month", december) or 0) - begins("month", december) == 31 * day
    fresh = Standing(Limits(rate=7))
    assert (fresh.wait(at), fresh.remaining(at)) == (0, 7)
    used = Standing(Limits(rate=60), free_at=at * 1000 + 60_000_000)
    assert (used.wait(at), used.remaining(at), used.remaining(at + 1500)) == (1.0, 0, 1)
    assert used.fields(at) == {"ratelimit-limit": "60", "ratelimit-remaining": "0", "ratelimit-reset": "60"}
    assert [micro(0.1 + 0.2), credits(300_000), credits(2 * MICRO)] == [300_000, 0.3, 2]
    for wrong in (float("nan"), float("inf"), 1e13):
        with pytest.raises(ValueError, match="credits"):
            micro(wrong)


def test_a_rate_lets_in_one_more_as_soon_as_its_time_has_come(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        async with a_house(tmp_path, started=False, clock=clock) as house:
            key, _, _ = await house.keyring.create("k", "local", Limits(rate=2))
            new = NewTask(MODEL, INPUT, key_id=key.id)
            admitted = 0
            for second in range(120):
                clock.now = NOW + second * 1000
                for _ in range(2):
                    with contextlib.suppress(TooMany):
                        await house.engine.submit("local", new)
                        admitted += 1
            assert admitted == 2 + 3, "two at once, then one each half minute"

    run(story())
