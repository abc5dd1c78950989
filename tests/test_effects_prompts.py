"""Prompts become cues: which sounds, in which order, how many, and how they are played."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from callsheet.renderers.previz.effects import abstract, score, timeline
from callsheet.renderers.previz.effects.library import RECIPES
from callsheet.renderers.previz.effects.measure import measure, onsets
from callsheet.renderers.previz.effects.reader import nearest, read

FOUND = {
    "heavy rain and distant thunder": ["rain-heavy", "thunder"],
    "a gentle rain": ["rain-light"],
    "雨声伴随着雷声": ["rain-heavy", "thunder"],
    "strong wind": ["wind-howl"],
    "溪流潺潺，鸟鸣": ["stream", "birds"],
    "a car passes by": ["car-pass"],
    "汽车驶过": ["car-pass"],
    "car horn": ["car-horn"],
    "footsteps on gravel": ["footsteps-gravel"],
    "踩雪的脚步声": ["footsteps-snow"],
    "clock ticking in a quiet room": ["clock-tick"],
    "玻璃破碎": ["glass-break"],
    "教堂的钟声": ["church-bell"],
    "a golden spring landscape, camera pans left over a mountain": [],
    "static shot, close-up of a woman at a window": [],
    "training day": [],
}


@pytest.mark.parametrize("prompt", FOUND)
def test_a_prompt_names_its_sounds(prompt: str) -> None:
    assert [cue.recipe.name for cue in read(prompt).cues] == FOUND[prompt]


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_found_by_its_own_name(name: str) -> None:
    assert name in [cue.recipe.name for cue in read(name.replace("-", " ")).cues] or name in _BY_OTHER_WORDS


# Names that are for us, not for a prompt, with words that find them.
_BY_OTHER_WORDS = {
    "wind-howl": "howling wind",
    "car-pass": "a car passing by",
    "glass-break": "breaking glass",
    "door-slam": "the door slams",
    "sword-draw": "he draws a sword",
    "finger-snap": "snap",
    "error": "an error",
}


@pytest.mark.parametrize("name", _BY_OTHER_WORDS)
def test_a_recipe_is_found_by_what_people_say(name: str) -> None:
    assert [cue.recipe.name for cue in read(_BY_OTHER_WORDS[name]).cues] == [name]


ORDERED = {
    "three knocks, then a door creaks open": [("door-knock", 0), ("door-creak", 1)],
    "敲门三下，接着玻璃破碎，然后脚步声": [("door-knock", 0), ("glass-break", 1), ("footsteps-wood", 2)],
    "thunder after the gunshot": [("gunshot", 0), ("thunder", 1)],
    "explosion followed by glass shattering with sirens": [("explosion", 0), ("glass-break", 1), ("siren", 1)],
    "a door slam, glass breaking": [("door-slam", 0), ("glass-break", 1)],
    "rain, wind": [("rain-heavy", 0), ("wind", 0)],
}


@pytest.mark.parametrize("prompt", ORDERED)
def test_words_of_order_make_steps(prompt: str) -> None:
    assert [(cue.recipe.name, cue.step) for cue in read(prompt).cues] == ORDERED[prompt]


COUNTED = {
    "three knocks": 3, "knock twice": 2, "knocks four times": 4, "敲门三下": 3, "敲了两下门": 2, "十二声钟声": 12,
    "传来三声狗叫": 3, "一只狗在叫": None, "a dog barking": None, "2 loud gunshots": 2, "one gunshot": 1,
    "10 seconds of dog barks": None,
}  # fmt: skip


@pytest.mark.parametrize("prompt", COUNTED)
def test_numbers_count_events(prompt: str) -> None:
    (cue,) = read(prompt).cues
    assert cue.count == COUNTED[prompt]


@pytest.mark.parametrize(
    ("prompt", "negative", "kept", "refused"),
    [
        ("birds without wind or rain", "", ["birds"], ("wind", "rain-heavy")),
        ("鸟鸣，没有风", "", ["birds"], ("wind",)),
        ("no dogs, only rain", "", ["rain-heavy"], ("dog-bark",)),
        ("rain and thunder", "thunder", ["rain-heavy"], ("thunder",)),
        ("ocean waves, no music", "", ["ocean-waves"], ()),
    ],
)
def test_what_is_refused_is_not_heard(prompt: str, negative: str, kept: list[str], refused: tuple[str, ...]) -> None:
    reading = read(prompt, negative)
    assert [cue.recipe.name for cue in reading.cues] == kept
    assert reading.refused == refused


@pytest.mark.parametrize("prompt", ["three knocks", "敲门五下", "two dog barks", "six drum hits"])
def test_so_many_are_heard(prompt: str) -> None:
    wanted = {"three knocks": 3, "敲门五下": 5, "two dog barks": 2, "six drum hits": 6}[prompt]
    heard = score.perform(prompt, 5 * 44_100, 1)
    assert len(onsets(heard.stereo, gap=0.25, rise=9)) == wanted
    assert len(heard.recognised[0]["times"]) == wanted


def test_order_is_heard() -> None:
    """A deep slam and a bright break: where the low sound is, and where the high one."""
    heard = score.perform("door slam then glass breaking", 4 * 44_100, 1)
    first, second = (found["times"][0] for found in heard.recognised)
    assert first < second
    low = measure(heard.stereo[round(first * 44_100) : round(second * 44_100)]).centroid
    high = measure(heard.stereo[round(second * 44_100) :]).centroid
    assert low < 1000 < high
    turned = score.perform("glass breaking then door slam", 4 * 44_100, 1)
    assert measure(turned.stereo[: round(turned.recognised[1]["times"][0] * 44_100)]).centroid > 2000


def test_distance_is_softer_and_duller() -> None:
    near, far = (measure_of(words) for words in ("dog barking", "dog barking in the distance"))
    assert far[0] < near[0] - 8
    assert far[1] < near[1]


def measure_of(prompt: str) -> tuple[float, float]:
    stereo = score.perform(prompt, 2 * 44_100, 1).stereo
    return 20 * float(np.log10(np.sqrt((stereo**2).mean()))), measure(stereo).centroid


@pytest.mark.parametrize(("words", "side"), [("from the left", 0), ("on the right", 1), ("左边的", 0)])
def test_sides_are_heard(words: str, side: int) -> None:
    prompt = f"{words}狗叫" if words == "左边的" else f"a dog barking {words}"
    power = (score.perform(prompt, 44_100, 1).stereo ** 2).sum(axis=0)
    assert power[side] > 4 * power[1 - side]


def test_every_cue_is_placed_within_the_time_there_is() -> None:
    prompt = "five knocks, then a door creaks, then rain with twelve gunshots, then a gong, finally an explosion"
    for count in (4_410, 44_100, 30 * 44_100):
        plays = timeline.plan(read(prompt).cues, count, np.random.default_rng(1))
        assert [len(play.hits) for play in plays if not play.cue.recipe.bed] == [5, 1, 12, 1, 1]
        assert all(0 <= hit < count for play in plays for hit in play.hits)
        assert [play.start for play in plays] == sorted(play.start for play in plays)


@pytest.mark.parametrize("prompt", ["quantum flurble", "一种前所未有的感觉", ""])
def test_the_unknown_is_said_plainly(prompt: str) -> None:
    heard = score.perform(prompt, 44_100, 1)
    assert heard.facts["recognised"] == []
    assert set(heard.facts["nearest"]) <= set(RECIPES)
    assert len(heard.stereo) == 44_100
    assert np.abs(heard.stereo).max() > 0.01, "a neutral sound stands in"


@pytest.mark.parametrize("prompt", ["quantum flurble rising", "rain then knocks"])
def test_a_long_sound_is_the_same_in_whatever_pieces_and_is_never_held_whole(prompt: str) -> None:
    seconds = 30
    tracemalloc.start()
    try:
        heard = score.perform(prompt, seconds * 44_100, 1)
        parts = [float(np.abs(block).max()) for block in heard.blocks()]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(parts) == seconds // 5
    assert peak < 70e6, "as much as any length takes"
    odd = heard.between(7 * 44_100, 19 * 44_100 + 11)
    assert np.array_equal(odd, np.concatenate([heard.between(7 * 44_100, 400_000), heard.between(400_000, 837_911)]))


def test_the_pieces_of_what_stands_in_join_without_a_click() -> None:
    heard = score.perform("smooth falling", 20 * 44_100, 1)
    joint = heard.between(8 * 44_100 - 4_410, 9 * 44_100 + 4_410)
    assert [at for at in onsets(joint, rise=6) if at > 0.05] == []
    level = np.sqrt((joint[: 10 * 5_292].reshape(10, -1) ** 2).mean(axis=1))
    assert level.min() > 0.3 * level.max()


def test_what_stands_in_follows_the_adjectives() -> None:
    def centroid(prompt: str) -> float:
        return measure(abstract.sounding(prompt, 44_100, np.random.default_rng(1))(0, 44_100)).centroid

    assert centroid("something dark and deep") < centroid("something") < centroid("something bright")
    assert abstract.traits("明亮的金属感") == ("bright", "metal")


def test_the_nearest_is_near() -> None:
    assert "thunder" in nearest("thundr")
    assert "helicopter" in nearest("helikopter")
