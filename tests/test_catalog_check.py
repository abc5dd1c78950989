"""What an input may be: every refusal names the param, what was given and the way out."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.catalog import Media, Model, Param, check_media, load
from callsheet.errors import InvalidInput, TooLarge

CATALOG = load()
PREVIZ = CATALOG.model("previz/image-to-video")
PAINTED = CATALOG.model("previz/text-to-video")
HAILUO = CATALOG.model("mediaio/i2v-minimax-v2-3")
VIDU = CATALOG.model("vidu/vidu2.0/img2video")
REFERENCE = CATALOG.model("wondershare/tm_reference_img2img")
STILL = "file_01JD0000000000000000000000"


def refusal(model: Model, given: dict[str, Any]) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        model.check(given)
    return caught.value


def test_defaults_are_filled_in() -> None:
    checked = PREVIZ.check({"image": STILL})
    assert checked == {
        "image": STILL,
        "duration": 5,
        "fps": 24,
        "resolution": "720p",
        "aspect_ratio": "original",
        "motion": "auto",
        "format": "mp4",
        "count": 1,
        "generate_audio": False,
        "multi_shot": False,
        "upscale": False,
        "mark": True,
        "watermark": False,
    }


def test_what_was_checked_checks_again_to_the_same() -> None:
    once = PREVIZ.check({"image": STILL, "camera_move": 7, "duration": 2.5})
    assert PREVIZ.check(once) == once


def test_an_unknown_param_names_the_nearest_and_all_known_ones() -> None:
    error = refusal(PAINTED, {"prompt": "a harbour", "duraton": 5})
    assert error.param == "duraton"
    assert "Did you mean duration?" in (error.hint or "")
    assert "aspect_ratio" in (error.hint or "")


def test_a_vendors_own_name_is_answered_with_ours() -> None:
    error = refusal(VIDU, {"image": STILL, "movement_amplitude": "auto"})
    assert error.param == "movement_amplitude"
    assert "motion" in (error.hint or "")
    nested = refusal(CATALOG.model("mediaio/i2v-wan-v2-6"), {"image": STILL, "prompt": "x", "shot_type": "Multi"})
    assert "multi_shot" in (nested.hint or "")


def test_a_missing_param_is_named() -> None:
    assert refusal(PREVIZ, {}).param == "image"


@pytest.mark.parametrize("given", ["5", True, None, [5], float("nan"), float("inf"), 10**400])
def test_a_number_must_be_a_number(given: Any) -> None:
    error = refusal(PAINTED, {"prompt": "a harbour", "duration": given})
    assert error.param == "duration"
    assert "a number from 0.1 to 120" in (error.hint or "")


@pytest.mark.parametrize("given", ["1", 1.5, True, float("inf"), 10**400])
def test_a_whole_number_must_be_whole(given: Any) -> None:
    assert refusal(PAINTED, {"prompt": "a harbour", "count": given}).param == "count"


def test_a_whole_number_may_be_written_with_a_point() -> None:
    count = PAINTED.check({"prompt": "a harbour", "count": 2.0})["count"]
    assert count == 2
    assert isinstance(count, int)


@pytest.mark.parametrize("given", ["true", 1, 0, None])
def test_a_boolean_must_be_one(given: Any) -> None:
    assert refusal(PAINTED, {"prompt": "a harbour", "mark": given}).param == "mark"


@pytest.mark.parametrize(
    ("name", "given"),
    [("duration", 0), ("duration", 121), ("fps", 0.5), ("seed", -1), ("seed", 2**53 + 1), ("count", 9)],
)
def test_a_number_out_of_range_is_refused(name: str, given: Any) -> None:
    error = refusal(PAINTED, {"prompt": "a harbour", name: given})
    assert error.param == name
    assert "from" in (error.hint or "")


def test_a_video_must_have_even_sides() -> None:
    assert "divisible by 2" in (refusal(PAINTED, {"prompt": "x", "width": 101, "height": 100}).hint or "")
    assert CATALOG.model("previz/text-to-image").check({"prompt": "x", "width": 101, "height": 99})["width"] == 101


def test_width_and_height_come_together() -> None:
    assert refusal(PAINTED, {"prompt": "x", "width": 100}).param == "height"
    assert refusal(PAINTED, {"prompt": "x", "height": 100}).param == "width"
    assert PAINTED.check({"prompt": "x", "width": 100, "height": 50})["height"] == 50


def test_a_value_outside_the_list_is_answered_with_the_list_and_the_nearest() -> None:
    error = refusal(PAINTED, {"prompt": "x", "resolution": "720"})
    assert "Did you mean 720p?" in (error.hint or "")
    assert "1080p" in (error.hint or "")


@pytest.mark.parametrize("given", [7, "7", "push in", "push-in"])
def test_a_camera_move_is_an_id_an_index_or_a_name(given: Any) -> None:
    assert PAINTED.check({"prompt": "x", "camera_move": given})["camera_move"] == "push-in"


@pytest.mark.parametrize("given", [0, 47, "full shot", True, 7.5, "pull"])
def test_other_camera_moves_are_refused(given: Any) -> None:
    """`full shot` is the name of two moves, so it names neither."""
    assert refusal(PAINTED, {"prompt": "x", "camera_move": given}).param == "camera_move"


@pytest.mark.parametrize("given", ["", "   ", 5, None])
def test_a_required_text_must_say_something(given: Any) -> None:
    assert refusal(PAINTED, {"prompt": given}).param == "prompt"


def test_a_text_that_is_too_long_is_answered_with_both_lengths() -> None:
    error = refusal(CATALOG.model("mediaio/i2v-wan-v2-2"), {"image": STILL, "prompt": "x" * 801})
    assert "801" in error.message
    assert "800" in (error.hint or "")


@pytest.mark.parametrize(
    "given", [STILL, "https://example.com/a.png", "http://127.0.0.1:9/a", "data:image/png;base64,AA=="]
)
def test_media_is_a_file_an_address_or_data(given: str) -> None:
    assert PREVIZ.check({"image": given})["image"] == given


@pytest.mark.parametrize(
    "given", ["photo.png", "ftp://example.com/a.png", "", ["file_1"], {"url": "x"}, "file:///etc/passwd"]
)
def test_other_media_is_refused(given: Any) -> None:
    assert refusal(PREVIZ, {"image": given}).param == "image"


def test_a_list_of_media_is_counted_and_each_item_checked() -> None:
    model = CATALOG.model("vidu/vidu2.0/reference2video")
    assert model.check({"prompt": "x", "images": [STILL] * 3})["images"] == [STILL] * 3
    assert "from 1 to 3" in (refusal(model, {"prompt": "x", "images": [STILL] * 4}).hint or "")
    assert refusal(model, {"prompt": "x", "images": []}).param == "images"
    assert refusal(model, {"prompt": "x", "images": [STILL, "photo.png"]}).param == "images[1]"
    assert refusal(model, {"prompt": "x", "images": STILL}).param == "images"


def test_objects_in_a_list_are_checked_with_their_place() -> None:
    model = CATALOG.model("vidu/viduq2-pro/multiframe")
    shot = {"image": STILL, "duration": 3}
    assert model.check({"image": STILL, "shots": [shot, {"image": STILL}]})["shots"][1]["duration"] == 5
    assert refusal(model, {"image": STILL, "shots": [shot, {**shot, "duration": 9}]}).param == "shots[1].duration"
    assert refusal(model, {"image": STILL, "shots": [shot, {"duration": 3}]}).param == "shots[1].image"
    assert refusal(model, {"image": STILL, "shots": [shot, {**shot, "key_image": STILL}]}).param == "shots[1].key_image"


def test_a_rule_refuses_what_does_not_go_together() -> None:
    error = refusal(HAILUO, {"image": STILL, "prompt": "x", "resolution": "1080p", "duration": 10})
    assert error.param == "duration"
    assert "six seconds" in error.message
    assert "6" in (error.hint or "")
    assert HAILUO.check({"image": STILL, "prompt": "x", "resolution": "768p", "duration": 10})["duration"] == 10


def test_a_rule_decides_what_a_param_left_out_becomes() -> None:
    assert VIDU.check({"image": STILL})["resolution"] == "360p"
    assert VIDU.check({"image": STILL, "duration": 8})["resolution"] == "720p"
    assert refusal(VIDU, {"image": STILL, "duration": 8, "resolution": "360p"}).param == "resolution"


def test_one_of_a_group_is_needed_and_not_both() -> None:
    model = CATALOG.model("vidu/lip-sync")
    assert "audio or text" in refusal(model, {"video": STILL}).message
    assert refusal(model, {"video": STILL, "audio": STILL, "text": "hello"}).param == "text"
    assert model.check({"video": STILL, "text": "hello"})["text"] == "hello"


def test_a_rule_fills_in_what_the_vendors_own_client_does() -> None:
    assert REFERENCE.check({"prompt": "x", "image": STILL})["init_image"] == STILL
    assert "init_image" not in REFERENCE.check({"prompt": "x", "image": STILL, "control": "edge"})
    other = "file_01JD0000000000000000000001"
    assert REFERENCE.check({"prompt": "x", "image": STILL, "init_image": other})["init_image"] == other


def test_defaults_that_something_else_stands_for_stay_out() -> None:
    assert REFERENCE.check({"prompt": "x", "image": STILL})["width"] == 1024
    checked = REFERENCE.check({"prompt": "x", "image": STILL, "resolution": "512x512", "height": 700})
    assert "width" not in checked
    assert checked["height"] == 700


def test_an_enlarged_picture_has_one_size() -> None:
    upscale = CATALOG.model("previz/upscale")
    assert upscale.check({"image": STILL})["scale"] == 2
    assert "scale" not in upscale.check({"image": STILL, "resolution": "4k"})
    for size in ({"resolution": "4k"}, {"width": 100, "height": 100}):
        assert refusal(upscale, {"image": STILL, "scale": 2, **size}).param == "scale"


CLIP = Param(
    name="video",
    type="video",
    media=Media(
        formats=("mp4",),
        content_types=("video/mp4",),
        max_bytes=1000,
        min_side=100,
        max_side=400,
        max_pixels=90_000,
        min_ratio=0.5,
        max_ratio=2,
        min_fps=24,
        max_fps=60,
        min_duration=3,
        max_duration=30,
    ),
)
GOOD = {"content_type": "video/mp4", "bytes": 1000, "width": 300, "height": 200, "duration": 30.04, "fps": 23.998}


def test_a_file_within_all_limits_passes() -> None:
    check_media(CLIP, **GOOD)
    check_media(CLIP, content_type="video/mp4", bytes=1)
    check_media(Param(name="file", type="file"), content_type="text/plain", bytes=10**12)


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        ({"content_type": "image/png"}, InvalidInput, "takes mp4"),
        ({"bytes": 1001}, TooLarge, "1,000"),
        ({"width": 99, "height": 99}, InvalidInput, "shorter side"),
        ({"width": 401, "height": 210}, InvalidInput, "longer side"),
        ({"width": 301, "height": 300}, TooLarge, "pixels"),
        ({"width": 380, "height": 150}, InvalidInput, "width over height"),
        ({"duration": 2.9}, InvalidInput, "seconds"),
        ({"duration": 30.1}, InvalidInput, "seconds"),
        ({"fps": 61.0}, InvalidInput, "frames per second"),
    ],
)
def test_a_file_over_a_limit_is_refused_with_the_limit(
    changes: dict[str, Any], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind) as caught:
        check_media(CLIP, **{**GOOD, **changes})
    assert said in str(caught.value).lower()
    assert getattr(caught.value, "param", None) == "video"
