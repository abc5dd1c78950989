"""Our names and units against the vendors': what is written exactly, and what is read leniently."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.catalog import load
from callsheet.errors import InvalidInput

CATALOG = load()
STILL = "file_01JD0000000000000000000000"


def wire(id: str, given: dict[str, Any]) -> dict[str, Any]:
    model = CATALOG.model(id)
    return model.to_wire(model.check(given))


def test_media_io_wraps_everything_as_text() -> None:
    body = wire(
        "mediaio/i2v-wan-v2-6",
        {"image": STILL, "prompt": "x", "duration": 10, "resolution": "1080p", "multi_shot": False},
    )
    assert body == {
        "data": {
            "prompt": "x",
            "image": STILL,
            "duration": "10s",
            "resolution": "1080P",
            "shot_type": "Single",
            "generate_audio": "True",
        }
    }
    assert wire("mediaio/t2i-imagen-4", {"prompt": "x", "count": 3})["data"] == {
        "prompt": "x",
        "ratio": "9:16",
        "counts": "3",
    }
    assert wire("mediaio/t2v-wan-v2-6", {"prompt": "x"})["data"]["size"] == "16:9"


def test_wondershare_takes_the_camera_move_by_its_index() -> None:
    body = wire(
        "wondershare/tm_tail2video_b", {"image": STILL, "last_image": STILL, "prompt": "x", "camera_move": "pan-left"}
    )
    assert body == {
        "prompt": "x",
        "image": STILL,
        "image_tail": STILL,
        "duration": 5,
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "camera_move_index": 3,
    }


def test_vidu_takes_one_or_two_pictures_in_a_list() -> None:
    assert wire("vidu/viduq1/img2video", {"image": "file_1"})["images"] == ["file_1"]
    assert wire("vidu/viduq1/start-end2video", {"image": "file_1", "last_image": "file_2"})["images"] == [
        "file_1",
        "file_2",
    ]
    assert wire("vidu/viduq1/text2video", {"prompt": "x"})["model"] == "viduq1"
    shots = wire("vidu/viduq2-pro/multiframe", {"image": "file_1", "shots": [{"image": "file_2"}, {"image": "file_3"}]})
    assert shots["image_settings"] == [{"key_image": "file_2", "duration": 5}, {"key_image": "file_3", "duration": 5}]


def test_the_relay_takes_a_picture_twice_and_deep_inside() -> None:
    options = wire("runway_relay/gen2/image-to-video", {"image": "file_1", "seed": 7})["options"]
    assert options == {"gen2Options": {"mode": "gen2", "init_image": "file_1", "image_prompt": "file_1", "seed": 7}}


def test_edrawmax_and_wiro_have_their_own_words() -> None:
    assert wire("edrawmax/generate-gantt", {"prompt": "x", "language": "zh-TW"}) == {"prompt": "x", "lang": "tw"}
    assert wire("wiro/ShareGPT4Video-EN", {"video": "https://example.com/a.mp4"}) == {
        "inputVideoUrl": "https://example.com/a.mp4",
        "convMode": "v0",
    }


@pytest.mark.parametrize(
    ("id", "body", "name", "ours"),
    [
        ("mediaio/i2v-wan-v2-6", {"data": {"duration": "5s"}}, "duration", 5),
        ("mediaio/i2v-wan-v2-6", {"data": {"duration": "5"}}, "duration", 5),
        ("mediaio/i2v-wan-v2-6", {"data": {"duration": 5}}, "duration", 5),
        ("mediaio/i2v-wan-v2-6", {"data": {"generate_audio": True}}, "generate_audio", True),
        ("mediaio/i2v-wan-v2-6", {"data": {"generate_audio": "false"}}, "generate_audio", False),
        ("mediaio/i2v-wan-v2-6", {"data": {"resolution": "720P"}}, "resolution", "720p"),
        ("mediaio/i2v-wan-v2-6", {"data": {"resolution": "720p"}}, "resolution", "720p"),
        ("mediaio/i2i-banana", {"data": {"images": "file_1"}}, "images", ["file_1"]),
        ("mediaio/i2i-banana", {"data": {"size": "1:1"}}, "aspect_ratio", "1:1"),
        ("mediaio/t2i-imagen-4", {"data": {"counts": "2"}}, "count", 2),
        ("wondershare/tm_redrawing", {"image": "file_1", "mask": "file_2"}, "mask", "file_2"),
        ("wondershare/tm_redrawing", {"resolution": "512*512"}, "resolution", "512x512"),
        ("wondershare/tm_reference_img2mask", {"control_type": 3}, "control", "depth"),
        ("wondershare/tm_video_scoring", {"file_link": "file_1"}, "video", "file_1"),
        ("wondershare/tm_text2video_b", {"camera_move_index": "12"}, "camera_move", "object-pov"),
        (
            "runway_relay/gen2/image-to-video",
            {"options": {"gen2Options": {"image_prompt": "file_1"}}},
            "image",
            "file_1",
        ),
        ("vidu/viduq1/img2video", {"images": "file_1"}, "image", "file_1"),
        ("edrawmax/generate-gantt", {"lang": "cn"}, "language", "zh"),
    ],
)
def test_what_the_documents_and_clients_write_is_read(id: str, body: dict[str, Any], name: str, ours: Any) -> None:
    found = CATALOG.model(id).from_wire(body)[name]
    assert found == ours
    assert type(found) is type(ours)


@pytest.mark.parametrize("given", ["no", "nan", "1e999", "9" * 5000, float("nan"), 10**400, [5], True])
def test_what_is_no_number_is_named_so_however_it_is_written(given: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^data\.duration: .{1,60} is not a number\. How long it is\.$"):
        CATALOG.model("mediaio/i2v-wan-v2-6").from_wire({"data": {"duration": given}})


def test_all_three_shapes_of_recognition_are_read() -> None:
    model = CATALOG.model("wondershare/tm_reference_img2mask")
    inner = {"control_type": "0", "init_image": "file_1"}
    template = {"template_id": "tm_reference_img2mask_template_spatial", "input_params": inner}
    for body in ({"image": "file_1", "control_type": "0"}, {"init_image": "file_1", "control_type": "0"}):
        assert model.from_wire(body) == {"image": "file_1", "control": "edge"}
    assert model.from_wire({"template_info": [template], "callback": "https://example.com"}) == {
        "image": "file_1",
        "control": "edge",
    }


@pytest.mark.parametrize(
    ("id", "body", "place"),
    [
        ("vidu/viduq1/img2video", {"images": ["file_1", "file_2"]}, "images[1]"),
        ("vidu/viduq1/img2video", {"images": ["file_1"], "colour": "red"}, "colour"),
        ("mediaio/i2v-wan-v2-6", {"data": {"image": "file_1", "seed": 1}}, "data.seed"),
        ("mediaio/i2v-wan-v2-6", {"image": "file_1"}, "image"),
        ("runway_relay/gen2/image-to-video", {"options": {"gen2Options": {"sed": 1}}}, "options.gen2Options.sed"),
    ],
)
def test_what_no_param_reads_is_refused_with_its_place(id: str, body: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        CATALOG.model(id).from_wire(body)
    assert caught.value.param == place


@pytest.mark.parametrize(
    ("id", "body"),
    [
        ("mediaio/i2v-wan-v2-6", {"data": {"duration": "long"}}),
        ("mediaio/i2v-wan-v2-6", {"data": {"generate_audio": "perhaps"}}),
        ("wondershare/tm_text2video_b", {"camera_move_index": 47}),
        ("edrawmax/generate-gantt", {"lang": "xx"}),
        ("vidu/viduq2-pro/multiframe", {"image_settings": ["file_1"]}),
        ("mediaio/i2v-wan-v2-6", {"data": 5}),
        ("runway_relay/gen2/text-to-video", {"options": {"gen2Options": "x"}}),
        ("vidu/viduq1/img2video", ["file_1"]),
    ],
)
def test_a_value_that_is_no_spelling_of_any_is_refused(id: str, body: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        CATALOG.model(id).from_wire(body)


def test_a_field_of_the_call_is_no_param() -> None:
    model = CATALOG.model("vidu/viduq1/text2video")
    assert model.from_wire({"model": "viduq1", "prompt": "x", "payload": "p", "callback_url": "u"}) == {"prompt": "x"}


def test_two_names_of_one_param_must_agree() -> None:
    model = CATALOG.model("runway_relay/gen2/image-to-video")
    same = {"options": {"gen2Options": {"init_image": "file_1", "image_prompt": "file_1"}}}
    assert model.from_wire(same) == {"image": "file_1"}
    with pytest.raises(InvalidInput, match="contradicts"):
        model.from_wire({"options": {"gen2Options": {"init_image": "file_1", "image_prompt": "file_2"}}})


def test_null_is_as_good_as_left_out() -> None:
    assert CATALOG.model("vidu/viduq1/text2video").from_wire({"prompt": "x", "seed": None, "bgm": None}) == {
        "prompt": "x"
    }


def test_the_body_of_another_model_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        CATALOG.model("vidu/viduq1/text2video").from_wire({"model": "viduq2", "prompt": "x"})
    assert caught.value.param == "model"
