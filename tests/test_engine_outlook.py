"""When a vendor is asked: seldom while an end is unlikely, often when it is due, never more than it takes."""

import itertools
import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.engine import pace
from callsheet.engine.outlook import Outlook, outlook
from callsheet.engine.pace import Budget, Watch
from callsheet.store.durations import KEEP, LAST, begin_of, bucket_of

CHANCE = st.floats(0, 1)
HISTORY = st.dictionaries(st.integers(0, LAST), st.floats(0.01, 100), max_size=30)


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
