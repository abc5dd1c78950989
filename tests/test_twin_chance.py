"""The same seed and the same requests give the same faults, in whatever order they come; another seed gives others."""

from __future__ import annotations

import random

import pytest

from callsheet.errors import SetupError
from callsheet.tasks import State
from callsheet.twin import Twin
from callsheet.twin.clock import VirtualClock
from callsheet.twin.faults import Faults, Occasion
from callsheet.twin.plot import Moment, drawn, seen
from callsheet.twin.reading import load, names, read, rule_of
from callsheet.twin.scenario import Pace
from tools.pages import scenarios
from twin_fixtures import Vidu


def faults(seed: int, *rules: dict[str, object]) -> Faults:
    return Faults(seed, [rule_of(one) for one in rules], lambda: 0)


def struck(found: Faults, bodies: list[str], polls: int = 3) -> dict[str, list[bool]]:
    """For each body, which of its polls were struck."""
    said: dict[str, list[bool]] = {}
    for body in bodies * polls:
        said.setdefault(body, []).append(bool(found.on(Occasion("vidu", "poll", "vidu/x", "k", 1, body))))
    return said


def test_chances_hang_on_the_seed_and_the_body_and_not_on_the_order() -> None:
    rule = {"do": "garbage", "verb": "poll", "chance": 0.5}
    bodies = [f"body {number}" for number in range(40)]
    shuffled = random.Random(5).sample(bodies, len(bodies))
    once = struck(faults(7, rule), bodies)
    assert struck(faults(7, rule), shuffled) == once
    assert struck(faults(8, rule), bodies) != once
    hits = sum(sum(one) for one in once.values())
    assert 30 < hits < 90


def answers(twin: Twin) -> list[object]:
    """What twenty requests, one after the other, come to."""
    with Vidu(twin).http as http:
        said: list[object] = []
        for number in range(20):
            try:
                said.append(
                    http.post("/ent/v2/text2video", json={"model": "viduq3-pro", "prompt": f"{number}"}).status_code
                )
            except Exception as error:
                said.append(type(error).__name__)
            twin.advance(1)
        return said


def test_a_twin_misbehaves_the_same_way_for_the_same_seed() -> None:
    with Twin("lost-answers", seed=11, speed=0) as twin:
        once = answers(twin)
        twin.reset()
        assert answers(twin) == once
        twin.reset(seed=12)
        assert answers(twin) != once
        assert twin.seed == 12
    assert len(set(once)) == 3, "both kinds of loss, and answers too"


@pytest.mark.parametrize("name", names())
def test_every_scenario_that_comes_along_says_what_it_is_and_holds(name: str) -> None:
    scenario = load(name)
    assert len(scenario.about) > 30
    assert scenario.rule


@pytest.mark.parametrize(
    ("given", "said", "way_out"),
    [
        ({"sed": 1}, "'sed' is not known", "seed"),
        ({"takes": {"run": 1}}, "takes: 'run' is not known", "running"),
        ({"rule": [{"do": "drop"}, {"do": "drop", "acepted": True}]}, "rule 2 (drop): 'acepted'", "accepted"),
        ({"rule": [{"do": "dorp"}]}, "rule 1: `do` is missing or unknown", "same_id"),
        ({"rule": [{"verb": "poll"}]}, "rule 1: `do` is missing or unknown", "drop"),
        ({"rule": [{"do": "lose", "verb": "poll"}]}, "rule 1 (lose): it cannot be done at poll", "testing-your-app"),
        ({"rule": [{"do": "status", "verb": "poll"}]}, "rule 1 (status): give either a word", "testing-your-app"),
        ({"rule": [{"do": "drop", "chance": 2}]}, "rule 1 (drop), chance:", "testing-your-app"),
        ({"rule": [{"do": "drop", "vendor": "vidoo"}]}, "unknown vendor 'vidoo'", "vidu"),
        ({"rule": [{"do": "drop", "model": "vidu/x*"}]}, "a model that nobody has: 'vidu/x*'", "callsheet models"),
    ],
)
def test_a_scenario_that_is_wrong_says_where_and_what_is_known(
    given: dict[str, object], said: str, way_out: str
) -> None:
    with pytest.raises(SetupError) as found:
        read(given)
    assert said in found.value.message
    assert way_out in (found.value.hint or "")


def test_the_page_names_every_key_of_a_scenario() -> None:
    assert [key for key in scenarios.known() if key not in scenarios.INTRODUCTION] == []


def test_a_scenario_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(SetupError, match="chaos"):
        load("kaos")


def test_the_clock_runs_as_fast_as_it_is_told_to() -> None:
    real = [100.0]
    clock = VirtualClock(1000, 60, lambda: real[0])
    real[0] += 2
    assert clock() == 1000 + 120_000
    assert clock.real_until(clock() + 60_000) == pytest.approx(1.0)
    assert clock.advance(5) == 1000 + 125_000
    still = VirtualClock(1000, 0, lambda: real[0])
    real[0] += 50
    assert (still(), still.real_until(2000)) == (1000, None)


def test_a_task_stands_where_its_plot_says_at_every_moment() -> None:
    plot = drawn(0, Pace(queued=1, running=4, spread=0), [], lambda name: 0.5)
    assert [seen(plot, None, at).state.value for at in (0, 999, 1000, 4999, 5000)] == [
        "queued",
        "queued",
        "running",
        "running",
        "succeeded",
    ]
    assert seen(plot, None, 3000).progress == pytest.approx(0.5)
    assert seen(plot, 500, 9000) == Moment(State.CANCELED, None, 500)
