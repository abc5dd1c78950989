"""Where a task runs, what it becomes there, and what is declared when a stage cannot honour it."""

from pathlib import Path

import pytest

from callsheet.catalog import load
from callsheet.engine.routing import Routing, drawn
from callsheet.errors import InvalidInput, NotFound, NotSupported, SetupError
from callsheet.settings import Rule
from engine_fixtures import INPUT, MODEL, a_catalog

IMAGE = "file_01J00000000000000000000000"


def routing(folder: Path, drivers: str = "studio previz", **rules: list[str]) -> Routing:
    named = {name.replace("__", "/"): Rule(stages=tuple(stages)) for name, stages in rules.items()}
    return Routing(a_catalog(folder), drivers.split(), named)


def test_a_vendor_with_a_key_runs_its_own_model_unchanged(tmp_path: Path) -> None:
    plan = routing(tmp_path).plan(MODEL, INPUT)
    assert (plan.stage, plan.run.id, plan.approximations) == ("studio/swift", "studio/swift", ())
    assert plan.run_input == plan.input == {"prompt": "a red door", "duration": 4, "resolution": "720p"}


def test_without_a_key_previz_runs_it_with_the_asked_models_defaults_and_declares_what_it_cannot(
    tmp_path: Path,
) -> None:
    given = {**INPUT, "duration": 300, "resolution": "8k", "sparkle": True, "seed": 5}
    plan = routing(tmp_path, "previz").plan(MODEL, given)
    assert (plan.stage, plan.run.id) == ("previz", "previz/text-to-video")
    assert plan.input["duration"] == 300, "what was asked stands as it was asked"
    assert (plan.run_input["duration"], plan.run_input["resolution"], plan.run_input["seed"]) == (120, "720p", 5)
    assert {one["param"]: (one["asked"], one["used"]) for one in plan.approximations} == {
        "sparkle": (True, None),
        "duration": (300, 120),
        "resolution": ("8k", "720p"),
    }
    assert all(one["why"] for one in plan.approximations)


def test_what_a_model_always_makes_is_asked_of_the_stage_in_its_place() -> None:
    plan = Routing(load(), ["previz"]).plan("runway_relay/gen2/text-to-video", {"prompt": "a red door"})
    assert (plan.run.id, plan.run_input["duration"]) == ("previz/text-to-video", 4)
    assert "duration" not in plan.input


def test_an_input_previz_takes_whole_has_no_approximations(tmp_path: Path) -> None:
    plan = routing(tmp_path, "previz").plan(MODEL, INPUT)
    assert plan.approximations == ()
    assert plan.run_input["duration"] == 4, "the asked model's default, not previz's own 5"


def test_what_the_vendor_would_refuse_is_refused_before_previz_is_asked(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        routing(tmp_path, "previz").plan(MODEL, {**INPUT, "camera_move": "orbit"})


def test_a_capability_goes_to_previz_unless_a_rule_says_otherwise(tmp_path: Path) -> None:
    assert routing(tmp_path).plan("text-to-video", INPUT).stage == "previz"
    ruled = routing(tmp_path, **{"text-to-video": ["studio"]}).plan("text-to-video", INPUT)
    assert (ruled.stage, ruled.asked.id) == ("studio/swift", "studio/swift")


def test_rules_an_exact_name_outweighs_a_pattern_and_stages_count_in_order(tmp_path: Path) -> None:
    rules = {"studio/*": ["previz"], "studio__swift": ["vendor"]}
    assert routing(tmp_path, **rules).plan(MODEL, INPUT).stage == "studio/swift"
    assert routing(tmp_path, **rules).plan("studio/still", {"image": IMAGE}).stage == "previz"
    assert routing(tmp_path, "previz", **{"*": ["studio", "previz"]}).plan(MODEL, INPUT).stage == "previz"
    assert routing(tmp_path, **{"text-to-video": ["previz"]}).plan(MODEL, INPUT).stage == "previz"


def test_a_tasks_own_stage_overrules_every_rule(tmp_path: Path) -> None:
    plan = routing(tmp_path).plan(MODEL, INPUT, "previz")
    assert (plan.stage, plan.why) == ("previz", "the task names this stage")
    assert routing(tmp_path).plan("text-to-video", INPUT, "studio/swift").stage == "studio/swift"
    with pytest.raises(NotFound):
        routing(tmp_path).plan(MODEL, INPUT, "nowhere")


def test_what_nothing_here_can_run_is_not_supported_and_the_hint_names_the_key(tmp_path: Path) -> None:
    with pytest.raises(NotSupported) as caught:
        routing(tmp_path, "previz").plan("studio/song", INPUT)
    assert "CALLSHEET_VENDORS__STUDIO__KEY" in str(caught.value)
    with pytest.raises(NotSupported):
        routing(tmp_path, "previz").plan("voice-clone", INPUT)
    assert routing(tmp_path, **{"voice-clone": ["studio"]}).plan("voice-clone", INPUT).stage == "studio/song"


def test_a_rule_that_names_no_stage_is_refused_at_start(tmp_path: Path) -> None:
    for stage in ("nowhere", "studio/nothing"):
        with pytest.raises(SetupError) as caught:
            routing(tmp_path, **{"*": [stage]})
        assert stage in str(caught.value)


def test_what_can_run_here_is_known_before_anything_is_asked(tmp_path: Path) -> None:
    both, previz, studio = routing(tmp_path), routing(tmp_path, "previz"), routing(tmp_path, "studio")
    assert [both.runs(name) for name in (MODEL, "studio/song", "text-to-video", "voice-clone")] == [
        True,
        True,
        True,
        False,
    ]
    assert [previz.runs(name) for name in (MODEL, "studio/song")] == [True, False]
    assert [studio.runs(name) for name in (MODEL, "previz/text-to-video")] == [True, False]
    assert routing(tmp_path, "studio", **{"voice-clone": ["studio"]}).runs("voice-clone")
    assert not routing(tmp_path, "studio previz", **{"voice-clone": ["previz"]}).runs("studio/song")
    with pytest.raises(NotFound):
        both.runs("studio/none")


WEIGHED = {"*": Rule(stages=("vendor", "loft", "previz"), weights=(3, 1, 0))}


@pytest.mark.parametrize(
    ("chance", "stage", "why"),
    [
        (0.0, "studio/swift", "the routing rule *, weight 3 of 4"),
        (0.74, "studio/swift", "the routing rule *, weight 3 of 4"),
        (0.75, "loft/calm", "the routing rule *, weight 1 of 4"),
        (1.0, "loft/calm", "the routing rule *, weight 1 of 4"),
        (None, "studio/swift", "the routing rule *, weight 3 of 4"),
    ],
)
def test_weights_share_the_tasks_out_and_say_so(tmp_path: Path, chance: float | None, stage: str, why: str) -> None:
    routes = Routing(a_catalog(tmp_path), ["studio", "loft", "previz"], WEIGHED)
    plan = routes.plan(MODEL, INPUT, chance=None if chance is None else lambda: chance)
    assert (plan.stage, plan.why) == (stage, why)


def test_weights_count_among_live_stages_only_and_a_weight_of_nothing_is_a_fallback(tmp_path: Path) -> None:
    def plan(drivers: str, chance: float) -> tuple[str, tuple[str, ...]]:
        found = Routing(a_catalog(tmp_path), drivers.split(), WEIGHED).plan(MODEL, INPUT, chance=lambda: chance)
        return found.stage, found.onward

    assert plan("loft previz", 0.0) == ("loft/calm", ("previz/text-to-video",))
    assert plan("studio loft previz", 0.9) == ("loft/calm", ("studio/swift", "previz/text-to-video"))
    assert plan("previz", 0.5) == ("previz", ())


def test_a_draw_gives_each_its_share() -> None:
    draws = [drawn([1, 0, 3], lambda at=at: at / 400) for at in range(400)]
    assert [draws.count(place) for place in range(3)] == [100, 0, 300]


def test_only_a_rule_leads_on_to_further_live_stages(tmp_path: Path) -> None:
    rules = {"studio__swift": ["vendor", "loft", "previz"]}
    assert routing(tmp_path, "studio loft previz", **rules).plan(MODEL, INPUT).onward == (
        "loft/calm",
        "previz/text-to-video",
    )
    assert routing(tmp_path, "studio previz", **rules).plan(MODEL, INPUT).onward == ("previz/text-to-video",)
    assert routing(tmp_path, "studio loft", **rules).plan(MODEL, INPUT, "studio").onward == ()
    assert routing(tmp_path, "studio loft previz").plan(MODEL, INPUT).onward == ()


def test_a_capability_leads_on_too(tmp_path: Path) -> None:
    plan = routing(tmp_path, "studio loft", **{"text-to-video": ["loft", "studio"]}).plan("text-to-video", INPUT)
    assert (plan.stage, plan.onward) == ("loft/calm", ("studio/swift",))
