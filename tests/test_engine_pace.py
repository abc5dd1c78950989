"""When things are tried again, for any number of tries and any chance; and any course of answers leads to one end."""

import dataclasses
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from callsheet.engine import advance, pace
from callsheet.errors import Rejected, Unavailable, Unsure
from callsheet.store import Row
from callsheet.tasks import Failure, State, Task, Update
from engine_fixtures import DONE, NOW

CHANCE = st.floats(0, 1)


@given(st.integers(1, 10_000), st.none() | st.floats(0, 5000), CHANCE)
def test_a_next_try_is_never_before_the_vendor_said_nor_later_than_five_minutes_otherwise(
    attempt: int, after: float | None, chance: float
) -> None:
    wait = pace.next_try(attempt, after, lambda: chance)
    assert wait >= round((after or 0) * 1000)
    assert 750 <= wait <= max(pace.LONGEST_RETRY, round((after or 0) * 1000))


@given(st.integers(1, 40), CHANCE, CHANCE)
def test_pauses_grow_with_every_try_whatever_chance_says(attempt: int, one: float, other: float) -> None:
    sooner, later = pace.next_try(attempt, None, lambda: one), pace.next_try(attempt + 1, None, lambda: other)
    assert later >= sooner or later >= pace.LONGEST_RETRY * 0.75
    assert pace.next_tell(attempt + 1, None, lambda: other) >= pace.next_tell(attempt, None, lambda: one) * 0.75


@given(st.integers(0, 10**9), CHANCE)
def test_a_task_is_asked_for_between_once_a_second_and_four_times_a_minute_while_young(age: int, chance: float) -> None:
    assert 900 <= pace.next_poll(age, None, lambda: chance) <= max(16_500, age / 50)
    assert pace.next_poll(age, 0.0, lambda: chance) == 250
    assert pace.next_poll(age, 9e9, lambda: chance) == pace.LONGEST_ADVICE


def test_a_five_minute_task_is_asked_for_at_most_forty_times() -> None:
    age = polls = 0
    while age < 300_000:
        age += pace.next_poll(age, None, lambda: 0.5)
        polls += 1
    assert polls <= 40


def test_giving_up_on_a_vendor_takes_about_a_day_and_on_a_webhook_no_longer_than_allowed() -> None:
    day = sum(pace.next_try(attempt, None, lambda: 0.5) for attempt in range(1, pace.POLL_TRIES))
    assert 18 * 3_600_000 < day < 30 * 3_600_000
    assert not pace.stops_telling(3, 12, NOW, NOW + 3_600_000, 48)
    assert pace.stops_telling(12, 12, NOW, NOW + 3_600_000, 48)
    assert pace.stops_telling(3, 12, NOW, NOW + 49 * 3_600_000, 48)


def a_row(**parts: Any) -> Row:
    task = Task("task_1", "local", "m", "text-to-video", "studio/swift", State.QUEUED, 0.0, {}, NOW, **parts)
    return Row(task, "studio", "submit", "submit:studio", NOW, "studio/swift", {})


@settings(max_examples=40, stateful_step_count=30, deadline=None)
class Course(RuleBasedStateMachine):
    """One row under any answers, written as the store would write them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.row = a_row(webhook="https://x.example/")
        self.events: list[str] = []
        self.blips = 0

    watch = pace.Watch()

    def write(self, move: advance.Move) -> None:
        before = self.row
        task_parts = {name: value for name, value in move.changes.items() if hasattr(before.task, name)}
        row_parts = {name: value for name, value in move.changes.items() if name not in task_parts}
        self.row = dataclasses.replace(before, task=dataclasses.replace(before.task, **task_parts), **row_parts)
        self.events += [kind for kind, _ in move.events]
        assert self.row.task.progress >= before.task.progress
        assert self.row.lane == advance.lane(self.row.phase, self.row)
        self.now += 500

    alive = precondition(lambda self: not self.row.task.state.final)

    @alive
    @rule(share=st.none() | st.floats(-1, 2), queued=st.booleans(), chance=CHANCE)
    def hears_it_goes_on(self, share: float | None, queued: bool, chance: float) -> None:
        state = State.QUEUED if queued else State.RUNNING
        was = self.row.task.state
        update = Update(state, remote="r", progress=share)
        self.write(advance.answered(self.row, update, self.now, self.watch, lambda: chance))
        assert self.row.due > self.now - 500
        assert self.row.phase == "poll"
        assert self.row.remote == "r"
        assert self.row.attempt == 0
        assert not (was is State.RUNNING and self.row.task.state is State.QUEUED)
        self.blips = 0

    @alive
    @rule(chance=CHANCE)
    def hears_nothing(self, chance: float) -> None:
        self.blips += 1
        self.write(advance.unanswered(self.row, Unavailable("502"), self.now, lambda: chance))
        tries = pace.SUBMIT_TRIES if self.row.phase == "submit" else pace.POLL_TRIES
        assert self.row.task.state is State.FAILED or self.blips < tries

    @alive
    @precondition(lambda self: self.row.phase == "submit")
    @rule(found=st.sampled_from(["search", "callback", "operator", "again", ""]), chance=CHANCE)
    def is_unsure(self, found: str, chance: float) -> None:
        sent, seen = self.now, self.row.task
        self.write(advance.unanswered(self.row, Unsure("Lost."), self.now, lambda: chance))
        assert (self.row.phase, self.row.sent_at, self.row.task.state) == ("unsure", sent, seen.state)
        self.write(advance.sought(self.row, self.now, lambda: chance, findable=found == "search"))
        assert (self.row.phase, self.row.sent_at) == ("unsure", sent)
        assert self.row.due - self.now >= 4_000
        if found == "again":
            self.write(advance.given_up(self.row, True, self.now))
            assert (self.row.phase, self.row.sent_at, self.row.remote) == ("submit", None, None)
        elif found:
            self.write(advance.adopted(self.row, "r", found, self.now))
            assert (self.row.phase, self.row.sent_at, self.row.remote) == ("poll", sent, "r")
        else:
            self.write(advance.given_up(self.row, False, self.now))
            assert self.row.task.state is State.FAILED
        self.blips = 0

    @alive
    @precondition(lambda self: self.row.phase == "poll")
    @rule()
    def is_parked(self) -> None:
        attempt = self.row.attempt
        self.write(advance.parked(self.row, {"why": "x"}, self.now, pace.REFUSED))
        assert (self.row.phase, self.row.attempt) == ("poll", attempt)
        self.write(advance.resumed())
        assert self.row.parked_at is None

    @alive
    @precondition(lambda self: self.row.remote is not None)
    @rule()
    def is_lost(self) -> None:
        self.write(advance.lost(self.row, self.now))
        assert self.row.task.state is State.FAILED or (self.row.phase, self.row.remote) == ("submit", None)
        self.blips = 0

    @alive
    @precondition(lambda self: len(self.events) > 12)
    @rule(end=st.sampled_from(["done", "failed", "rejected", "canceled elsewhere", "canceled", "unknown"]))
    def ends(self, end: str) -> None:
        answered = {
            "failed": Update(State.FAILED, failure=Failure("x", "y")),
            "canceled elsewhere": Update(State.CANCELED),
        }
        if end in answered:
            self.write(advance.answered(self.row, answered[end], self.now, self.watch, lambda: 0.5))
        elif end == "done":
            move = advance.answered(self.row, DONE, self.now, self.watch, lambda: 0.5)
            assert move.artifacts == DONE.artifacts
            self.write(move)
            self.write(advance.succeeded(self.row, [], self.row.task.usage, self.now))
        elif end == "rejected":
            self.write(advance.unanswered(self.row, Rejected("no"), self.now, lambda: 0.5))
        elif end == "canceled":
            self.write(advance.canceled(self.row, self.now))
        else:
            self.write(advance.unsure(self.row, Unsure("Lost."), self.now))
            self.write(advance.given_up(self.row, False, self.now))
        assert self.row.task.state.final

    @precondition(lambda self: self.row.task.state.final)
    @rule()
    def rests(self) -> None:
        """After the end nothing comes."""

    @invariant()
    def an_end_is_told_once_and_has_its_time_and_reason(self) -> None:
        task = self.row.task
        ends = [kind for kind in self.events if kind in ("succeeded", "failed", "canceled")]
        assert ends == ([task.state.value] if task.state.final else [])
        assert (task.ended_at is not None) == task.state.final
        assert (task.error is not None) == (task.state is State.FAILED)
        assert (self.row.phase == "done") == task.state.final

    @invariant()
    def a_start_is_told_once(self) -> None:
        assert self.events.count("started") <= 1
        assert (self.row.task.started_at is not None) == ("started" in self.events)


TestCourse = Course.TestCase
