"""When a vendor is asked: seldom while an end is unlikely, often when it is due, never more than it takes."""

import asyncio
import itertools
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.contract import Order
from callsheet.engine import pace
from callsheet.engine.outlook import Outlook, outlook
from callsheet.engine.pace import Budget, Watch
from callsheet.store.durations import KEEP, LAST, begin_of, bucket_of
from callsheet.tasks import State, Update
from engine_fixtures import DONE, RUNNING, Clock, House, Vendor, a_house

CHANCE = st.floats(0, 1)
HISTORY = st.dictionaries(st.integers(0, LAST), st.floats(0.01, 100), max_size=30)


def run(story: Any) -> None:
    asyncio.run(story)


def history_of(draw: Callable[[random.Random], float], tasks: int = 300) -> dict[int, float]:
    """The histogram that tasks leave whose durations (s) are drawn so."""
    found: dict[int, float] = {}
    chance = random.Random(7)
    for _ in range(tasks):
        found = {bucket: weight * KEEP for bucket, weight in found.items()}
        bucket = bucket_of(draw(chance) * 1000)
        found[bucket] = found.get(bucket, 0) + 1
    return found


def watched(draw: Callable[[random.Random], float], plan: Outlook | None, tasks: int = 2000) -> tuple[float, float]:
    """Mean delay in seconds and mean number of questions per task."""
    chance = random.Random(11)
    late = calls = 0.0
    for _ in range(tasks):
        ends, age = draw(chance) * 1000, 0
        while age < ends:
            age += pace.next_look(age, None, Watch(outlook=plan), chance.random)
            calls += 1
        late += age - ends
    return late / tasks / 1000, calls / tasks


def fixed(draw: Callable[[random.Random], float], every: float, tasks: int = 2000) -> tuple[float, float]:
    chance = random.Random(11)
    late = calls = 0.0
    for _ in range(tasks):
        ends = draw(chance)
        asked = math.ceil(ends / every)
        late, calls = late + asked * every - ends, calls + asked
    return late / tasks, calls / tasks


@given(st.floats(0, 2e8))
def test_a_time_is_in_the_bucket_that_begins_before_it(took: float) -> None:
    bucket = bucket_of(took)
    assert 0 <= bucket <= LAST
    assert begin_of(bucket) <= took * 1.000001
    assert bucket == LAST or took < begin_of(bucket + 1) * 1.000001


@given(HISTORY)
def test_any_history_gives_a_course_that_only_grows_and_asks_a_bounded_number_of_times(
    history: dict[int, float],
) -> None:
    plan = outlook(history)
    if plan is None:
        assert sum(history.values()) < 3
        return
    assert all(later > sooner for sooner, later in itertools.pairwise(plan.asked))
    assert plan.asked[-1] < math.inf
    assert plan.asked[0] == 0


@given(HISTORY, st.integers(0, 10**8), CHANCE, st.booleans(), st.none() | st.floats(0, 1e6))
def test_a_pause_is_always_within_its_bounds(
    history: dict[int, float], age: int, chance: float, told: bool, again: float | None
) -> None:
    wait = pace.next_look(age, again, Watch(told=told, outlook=outlook(history)), lambda: chance)
    most = max(pace.SLOWEST_LOOK, age / 4) * (pace.NET if told else 1)
    assert 250 <= wait <= max(most, pace.LONGEST_ADVICE) + 4
    if told and again is None:
        assert wait >= pace.NET_LEAST


@given(HISTORY, CHANCE, CHANCE)
@settings(max_examples=50)
def test_whatever_the_history_a_task_that_hangs_for_a_day_is_not_asked_for_without_end(
    history: dict[int, float], one: float, other: float
) -> None:
    plan, chances = outlook(history), iter(lambda: one, None)
    age = calls = 0
    while age < 86_400_000 and calls < 100_000:
        age += pace.next_look(age, None, Watch(outlook=plan), lambda: next(chances))
        calls += 1
    assert calls < (400 if plan is None else 2_500)


@given(st.floats(1, 3600), st.floats(0.05, 0.4))
@settings(max_examples=30)
def test_questions_are_closest_where_ends_are_most_likely(median: float, spread: float) -> None:
    plan = outlook(history_of(lambda chance: chance.lognormvariate(math.log(median), spread)))
    assert plan is not None
    middle = median * 1000
    at = {age: plan.next_after(age) - age for age in (middle * math.exp(-5 * spread), middle, middle * 8)}
    early, due, overdue = at.values()
    assert due < early
    assert due < overdue


@pytest.mark.parametrize("median", [25, 60, 90, 240])
def test_a_third_of_the_delay_of_a_fixed_pace_for_no_more_questions(median: float) -> None:
    def draw(chance: random.Random) -> float:
        return chance.lognormvariate(math.log(median), 0.12)

    late, calls = watched(draw, outlook(history_of(draw)))
    for every in (10, 15):
        slow, asked = fixed(draw, every)
        if asked >= calls:
            assert late <= slow / 3, (every, late, calls, slow, asked)
    assert calls <= fixed(draw, 10)[1]


def test_early_failures_in_the_history_are_looked_for_early() -> None:
    def clean(chance: random.Random) -> float:
        return chance.lognormvariate(math.log(90), 0.15)

    def failing(chance: random.Random) -> float:
        return chance.uniform(1, 4) if chance.random() < 0.15 else clean(chance)

    with_failures, without = outlook(history_of(failing)), outlook(history_of(clean))
    assert with_failures is not None
    assert without is not None
    assert with_failures.next_after(0) < 10_000 < without.next_after(0)


def test_the_history_never_drifts_by_being_watched() -> None:
    """What is written down is a moment between two questions, so that the pace does not feed on itself."""
    chance, found = random.Random(3), history_of(lambda chance: 60.0, 20)
    for _ in range(3000):
        age, before, plan = 0, 0, outlook(found)
        while age < 60_000:
            before, age = age, age + pace.next_look(age, None, Watch(outlook=plan), chance.random)
        bucket = bucket_of(before + (age - before) * chance.random())
        found = {one: weight * KEEP for one, weight in found.items() if weight > 0.01}
        found[bucket] = found.get(bucket, 0) + 1
    middle = sum(begin_of(bucket) * weight for bucket, weight in found.items()) / sum(found.values())
    assert 52_000 < middle < 66_000


@given(st.floats(0.1, 500), st.integers(1, 500), st.lists(st.integers(0, 2000), min_size=1, max_size=60))
def test_a_budget_is_never_exceeded_over_any_stretch(rate: float, burst: int, pauses: list[int]) -> None:
    budget, now, made = Budget(rate, burst), 0, list[tuple[int, int]]()
    for pause in pauses:
        now += pause
        calls = budget.room(now)
        assert (calls == 0) == (budget.opens(now) > 1e-3)
        if calls:
            budget = budget.spent(calls, now)
            made.append((now, calls))
    for first in range(len(made)):
        total = 0
        for at, calls in made[first:]:
            total += calls
            assert total <= burst + (at - made[first][0]) * rate / 1000 + 1


def test_a_budget_opens_when_it_says() -> None:
    budget = Budget(2, 2).spent(2, 1000)
    assert (budget.room(1000), budget.opens(1000)) == (0, 500)
    assert (budget.room(1500), budget.room(2000), budget.room(9000)) == (1, 2, 2)


async def settled(house: House) -> None:
    await house.until(lambda: not house.engine._worker._flights)


def test_how_long_tasks_took_is_counted_with_their_end_and_decides_when_the_next_is_asked_for(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        started: dict[str, int] = {}

        async def enter(order: Order) -> Update:
            started[order.task_id] = clock()
            return Update(State.RUNNING, remote="r")

        async def after_a_minute(order: Order) -> Update:
            return DONE if clock() - started[order.task_id] >= 60_000 else RUNNING

        vendor = Vendor([enter], [after_a_minute])
        async with a_house(tmp_path, {"studio": vendor}, clock=clock) as house:
            asked: list[int] = []
            for _ in range(12):
                before = vendor.count("poll")
                task = await house.submit()
                await house.sees(task, "started")
                while not (await house.engine.get("local", task.id)).state.final:
                    clock.now = max(clock.now, (await house.store.row(task.id)).due)
                    house.engine.wake()
                    await house.until(lambda task=task: moved(house, task.id))
                asked.append(vendor.count("poll") - before)
                clock.pass_(20)  # the outlook is made anew
            history = await house.store.durations("studio/swift")
            assert sum(history.values()) == pytest.approx(sum(KEEP**number for number in range(12)))
            middle = sum(begin_of(bucket) * weight for bucket, weight in history.items()) / sum(history.values())
            assert 48_000 < middle < 66_000
            assert asked[0] > 8, "nothing is known of the first"
            assert sum(asked[-3:]) / 3 < asked[0], asked

    run(story())


async def moved(house: House, task_id: str) -> bool:
    row = await house.store.row(task_id)
    return row.task.state.final or (row.due > house.clock() and not row.taken)


def test_any_number_of_readers_costs_no_vendor_call(tmp_path: Path) -> None:
    async def story() -> None:
        vendor = Vendor(poll=[RUNNING])
        async with a_house(tmp_path, {"studio": vendor}, clock=Clock()) as house:
            task = await house.submit()
            await house.sees(task, "started")
            await settled(house)

            async def follow() -> None:
                async for _ in house.engine.events("local", task.id):
                    pass

            readers = [asyncio.create_task(follow()) for _ in range(50)]
            await asyncio.gather(*[house.engine.get("local", task.id) for _ in range(500)])
            await asyncio.gather(*[house.engine.timeline("local", task.id) for _ in range(50)])
            assert vendor.count("poll") == 0
            house.engine._worker.nudge(task.id)
            await house.until(lambda: vendor.count("poll") == 1)
            await house.engine.cancel("local", task.id)
            await asyncio.gather(*readers)

    run(story())


def test_a_vendor_is_asked_no_more_often_than_its_setting_says_and_nothing_is_forgotten(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        vendor = Vendor(poll=[RUNNING], slots=100)
        async with a_house(tmp_path, {"studio": vendor}, clock=clock, vendors__studio__calls="5") as house:
            tasks = [await house.submit() for _ in range(30)]
            for task in tasks:
                await house.sees(task, "started")
            await settled(house)
            clock.pass_(30)
            polled: list[int] = []
            for _ in range(7):
                house.engine.wake()
                await asyncio.sleep(0.05)
                await settled(house)
                polled.append(vendor.count("poll"))
                clock.pass_(1)
            assert polled[0] == 5
            assert all(later - sooner <= 6 for sooner, later in itertools.pairwise(polled))
            assert len({task_id for verb, task_id in vendor.calls if verb == "poll"}) == 30, "the longest due first"

    run(story())


def test_where_a_vendor_calls_back_polling_is_only_a_net(tmp_path: Path) -> None:
    async def story() -> None:
        pauses: list[int] = []
        for public in ({}, {"server__public_url": "https://here.example"}):
            vendor = Vendor(poll=[RUNNING])
            folder = tmp_path / str(len(pauses))
            async with a_house(folder, {"bell": vendor}, clock=Clock(), **public) as house:
                task = await house.submit("bell/ring")
                await house.sees(task, "started")
                pauses.append((await house.store.row(task.id)).due - house.clock())
                house.engine._worker.nudge(task.id)
                await house.until(lambda vendor=vendor: vendor.count("poll") == 1)
        alone, called = pauses
        assert (alone, called) == (1000, 15_000)

    run(story())


def test_news_that_come_before_the_submit_is_written_are_not_lost(tmp_path: Path) -> None:
    async def story() -> None:
        async def quick(order: Order) -> Update:
            vendor.notify(f"r-{order.task_id}")
            await asyncio.sleep(0.02)
            return Update(State.RUNNING, remote="r")

        vendor = Vendor([quick], [DONE], local=True)
        async with a_house(tmp_path, {"studio": vendor}, clock=Clock()) as house:
            ended = await house.ended(await house.submit(), within=3)
            assert ended.state is State.SUCCEEDED, "and no time has passed"
            await settled(house)
            assert not house.engine._worker._early

    run(story())
