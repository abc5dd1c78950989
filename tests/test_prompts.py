"""The guidance as rules: good prompts pass, bad ones are found by the rule that is for them, in both languages."""

from __future__ import annotations

import time
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsheet.catalog import load
from callsheet.prompts import (
    LONGEST,
    RULES,
    SEVERITIES,
    Brief,
    Finding,
    Rule,
    Said,
    about_capability,
    about_model,
    check,
    report,
    worst,
)
from callsheet.prompts.check import CODE
from callsheet.prompts.rule import ANY
from callsheet.prompts.words import en, zh
from prompt_corpus import BAD, GOOD

EXAMPLES = [(rule, language) for rule in RULES.values() for language in ("en", "zh")]


def brief(rule: Rule, text: str) -> Brief:
    if rule.model:
        return about_model(load().model(rule.model), text, rule.input)
    return about_capability(rule.shown, text, rule.input)


def bad_ones(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(one.rule, one.quote) for one in found if one.severity != "note"]


@pytest.mark.parametrize(("capability", "text", "input"), GOOD, ids=[f"{row[0]}: {row[1][:40]}" for row in GOOD])
def test_a_good_prompt_gets_no_warning(capability: str, text: str, input: dict[str, object]) -> None:
    assert bad_ones(check(about_capability(capability, text, input))) == []


@pytest.mark.parametrize(("capability", "rule", "text", "input"), BAD, ids=[f"{row[1]}: {row[2][:40]}" for row in BAD])
def test_a_bad_prompt_is_found_out(capability: str, rule: str, text: str, input: dict[str, object]) -> None:
    assert rule in {name for name, _ in bad_ones(check(about_capability(capability, text, input)))}


@pytest.mark.parametrize(("rule", "language"), EXAMPLES, ids=[f"{rule.id} {language}" for rule, language in EXAMPLES])
def test_a_rule_finds_its_own_bad_example_and_nothing_in_the_good_one(rule: Rule, language: str) -> None:
    said = rule.said(language)
    found = {one.rule: one for one in check(brief(rule, said.bad), language)}
    assert rule.id in found
    assert found[rule.id].severity == rule.severity
    better = check(brief(rule, said.good), language)
    assert bad_ones(better) == []
    assert rule.id not in {one.rule for one in better}


def test_every_rule_has_code_and_words_in_both_languages() -> None:
    assert set(CODE) == set(RULES)
    for rule in RULES.values():
        assert rule.severity in SEVERITIES
        assert rule.shown in rule.capabilities
        for said in (rule.en, rule.zh):
            assert all(getattr(said, field.name) for field in fields(Said)), rule.id
        assert rule.zh.why != rule.en.why
    assert {capability for rule in RULES.values() for capability in rule.capabilities} == ANY
    assert set(load().capabilities) >= ANY


def test_both_languages_have_the_same_tables() -> None:
    for one, other in ((en.TABLE, zh.TABLE), (en.MOVES, zh.MOVES), (en.STYLES, zh.STYLES), (en.INSTEAD, zh.INSTEAD)):
        assert set(one) == set(other)


def test_a_finding_shows_the_very_words_it_means() -> None:
    text = "A beach at dawn, no people, waves roll in"
    found = next(one for one in check(about_capability("text-to-video", text)) if one.rule == "negation")
    assert text[found.start : found.end] == found.quote == "no people"
    assert "deserted" in found.suggestion


def test_a_model_with_a_negative_prompt_is_told_of_it() -> None:
    model = load().model("previz/sound-effect")
    found = check(about_model(model, "Rain on a roof, no thunder"), "en")
    assert [one.suggestion for one in found if one.rule == "negation"] == [
        'Say what is wanted instead. Or name it in negative_prompt: "thunder".'
    ]
    told = next(one for one in check(about_model(model, "雨打屋顶,不要雷声"), "zh") if one.rule == "negation")
    assert "negative_prompt" in told.suggestion


def test_longer_than_the_facts_allow_is_an_error_and_the_place_where_it_ends_is_named() -> None:
    model = load().model("vidu/viduq2-pro/extend")
    limit = model.params["prompt"].max_length
    assert limit
    fits = "A boat rocks. " * (limit // 14)
    assert not [one for one in check(about_model(model, fits)) if one.severity == "error"]
    found = check(about_model(model, fits + "A gull cries over the harbour."))
    assert (found[0].rule, found[0].severity, found[0].start) == ("too-long", "error", limit)


def test_a_prompt_counts_its_own_seconds_against_the_models_default() -> None:
    text = "A cyclist in the rain, pan left, tilt up, then dolly in"
    long, short = (about_capability("text-to-video", text, {"duration": seconds}) for seconds in (12, 3))
    assert "too-much" not in {one.rule for one in check(long)}
    assert "too-much" in {one.rule for one in check(short)}


@pytest.mark.parametrize(
    ("text", "seconds", "too_much"),
    [
        ("A dog runs, jumps, sits, eats, sleeps and sings", 2, True),
        ("小狗奔跑、跳跃、坐下、吃饭、睡觉、唱歌", 2, True),
        ("一只小狗又跑又跳，坐下，吃饭，睡觉，唱歌", 2, True),
        ("A dog runs, jumps, sits, eats, sleeps and sings", 8, False),
        ("A dog runs and jumps, ocean waves, mountain rocks, warm lights", 2, False),
        ("小狗在草地上奔跑，镜头跟拍，阳光明媚", 2, False),
        ("A girl sits by the window, drinks tea and smiles", 2, False),
    ],
)
def test_what_one_does_is_counted_against_the_seconds(text: str, seconds: int, too_much: bool) -> None:
    found = check(about_capability("text-to-video", text, {"duration": seconds}))
    assert ("too-much" in {one.rule for one in found}) is too_much


def test_a_marker_that_tests_an_app_is_no_prompt_to_be_judged() -> None:
    found = check(about_capability("text-to-video", "no [[slow 2.5]]"))
    assert [(one.rule, one.quote) for one in found] == [("test-marker", "[[slow 2.5]]")]
    assert "test-marker" not in {one.rule for one in check(about_capability("text-to-video", "a [[door]] opens"))}


def test_findings_speak_the_prompts_language_unless_told_otherwise() -> None:
    chinese = about_capability("text-to-video", "白墙上的红色木门")
    assert report(chinese, check(chinese))["language"] == "zh"
    assert "动" in check(chinese)[0].reason
    assert "moves" in check(chinese, "en")[0].reason


def test_chinese_is_read_with_its_own_commas_and_with_those_of_a_keyboard() -> None:
    text = "雨中的街道,不要行人,镜头缓缓推近,招牌写着“欢迎光临本店的每一位”"
    typed = check(about_capability("text-to-video", text))
    proper = check(about_capability("text-to-video", text.replace(",", "\uff0c")))
    assert [(one.rule, one.start, one.end) for one in typed] == [(one.rule, one.start, one.end) for one in proper]
    assert [one.quote for one in proper if one.rule == "negation"] == ["不要行人"]


@pytest.mark.parametrize(
    "text",
    [
        "赤いドアが風で開く",
        "Une porte rouge",
        "Ein altes Haus im Wald",
        "una casa en el bosque",
        "Красная дверь",
        "빨간 문",
    ],
)
def test_nothing_is_missed_in_a_language_that_is_not_read(text: str) -> None:
    assert check(about_capability("text-to-video", text)) == ()


def test_the_worst_comes_first() -> None:
    found = check(about_capability("text-to-video", "a beautiful vase on a table, no flowers"))
    assert [one.severity for one in found] == sorted((one.severity for one in found), key=SEVERITIES.index)
    assert worst(found) == "warning"
    assert worst(()) is None


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(max_size=200) | st.text(alphabet='no {a}镜头不要慢快[]"“”and,then ', max_size=120),
    capability=st.sampled_from(sorted(ANY)),
)
def test_any_text_at_all_can_be_checked(text: str, capability: str) -> None:
    for language in ("en", "zh"):
        for one in check(about_capability(capability, text, {"duration": 5, "camera_move": "static"}), language):
            assert 0 <= one.start <= one.end <= len(text)
            assert one.reason
            assert one.suggestion


@pytest.mark.parametrize("duration", [float("inf"), float("nan"), 10**400, -1, 0, True, "x", None, [5], {"a": 1}])
def test_a_length_that_is_none_is_as_good_as_left_out(duration: object) -> None:
    """What else would be given is not checked before: it may be anything that JSON can say."""
    text = "a dog runs through a field, then jumps, then sleeps"
    without = check(about_capability("text-to-video", text))
    assert check(about_capability("text-to-video", text, {"duration": duration})) == without


@pytest.mark.parametrize(
    ("capability", "part"),
    [
        *(("text-to-video", part) for part in ("slow and ", "no people or ", "a ", "镜头缓缓", "“", "1", "A b ")),
        *(("speech", part) for part in ("<#1", "[", "[](", "{", "A ", "1-")),
    ],
)
def test_the_longest_text_is_checked_in_a_moment(capability: str, part: str) -> None:
    text = (part * LONGEST)[:LONGEST]
    before = time.process_time()
    check(about_capability(capability, text))
    assert time.process_time() - before < 6, "a third of a second, where nothing else is computed"
