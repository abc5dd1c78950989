"""From a name and an input to one model, or to a refusal that helps."""

from __future__ import annotations

import pytest

from callsheet.catalog import load
from callsheet.errors import InvalidInput, NotFound, NotSupported

CATALOG = load()
STILL = "file_01JD0000000000000000000000"


def test_an_exact_id_is_that_model() -> None:
    assert CATALOG.find("mediaio/i2v-kling-v3-0", {}).id == "mediaio/i2v-kling-v3-0"
    assert CATALOG.model("wiro/ShareGPT4Video-EN").capability == "caption"


@pytest.mark.parametrize(
    ("id", "given", "found"),
    [
        ("vidu/viduq3-pro", {"prompt": "x"}, "text2video"),
        ("vidu/viduq3-pro", {"image": STILL}, "img2video"),
        ("vidu/viduq3-pro", {"image": STILL, "prompt": "x"}, "img2video"),
        ("vidu/viduq3-pro", {"image": STILL, "last_image": STILL}, "start-end2video"),
        ("vidu/viduq2", {"prompt": "x", "images": [STILL]}, "reference2video"),
        ("vidu/viduq2", {"prompt": "x", "duration": 5}, "text2video"),
        ("vidu/viduq2-pro", {"video": STILL}, "extend"),
        ("runway_relay/gen2", {"prompt": "x"}, "text-to-video"),
        ("runway_relay/gen2", {"prompt": "x", "image": STILL}, "image-to-video"),
    ],
)
def test_a_prefix_is_routed_by_the_input(id: str, given: dict[str, object], found: str) -> None:
    assert CATALOG.find(id, given).id == f"{id}/{found}"


def test_a_prefix_that_fits_several_names_them() -> None:
    with pytest.raises(InvalidInput, match="more than one") as caught:
        CATALOG.find("vidu/viduq2", {"prompt": "x"})
    assert "vidu/viduq2/text2video" in (caught.value.hint or "")
    assert "vidu/viduq2/reference2image" in (caught.value.hint or "")


def test_a_prefix_that_fits_none_names_all_and_what_they_need() -> None:
    with pytest.raises(InvalidInput, match="none") as caught:
        CATALOG.find("vidu/viduq3-pro", {"video": STILL})
    assert "vidu/viduq3-pro/img2video (image)" in (caught.value.hint or "")


def test_a_prefix_is_whole_words() -> None:
    """`viduq3` begins the names of several models, but is none of their words."""
    with pytest.raises(NotFound):
        CATALOG.find("vidu/viduq3", {"prompt": "x"})


def test_a_capability_is_the_preview_renderers_model() -> None:
    assert CATALOG.is_capability("image-to-video")
    assert CATALOG.find("image-to-video", {}).id == "previz/image-to-video"
    for capability in ("text-to-video", "first-last-frame", "video-continuation", "motion-control", "text-to-image"):
        assert CATALOG.find(capability, {}).vendor == "previz"


def test_a_capability_that_runs_nowhere_here_names_who_has_it() -> None:
    with pytest.raises(NotSupported) as caught:
        CATALOG.find("voice-clone", {})
    assert "vidu/audio-clone" in (caught.value.hint or "")
    with pytest.raises(NotSupported, match="lip-sync"):
        CATALOG.find("lip-sync", {})


@pytest.mark.parametrize(
    "id", ["kling", "vidu/viduq9/text2video", "vidu", "vidu/", "", "nobody/nothing", "Image-To-Vide"]
)
def test_an_unknown_name_is_not_found(id: str) -> None:
    with pytest.raises(NotFound) as caught:
        CATALOG.find(id, {"prompt": "x"})
    assert caught.value.hint


def test_the_nearest_names_are_given_at_most_five() -> None:
    with pytest.raises(NotFound) as caught:
        CATALOG.model("mediaio/i2v-kling-v3")
    hint = caught.value.hint or ""
    assert "mediaio/i2v-kling-v3-0" in hint
    assert hint.count(",") <= 4


def test_models_are_filtered_by_capability_and_vendor() -> None:
    assert {model.vendor for model in CATALOG.models(vendor="mediaio")} == {"mediaio"}
    diagrams = CATALOG.models(capability="gantt")
    assert [model.id for model in diagrams] == ["edrawmax/generate-gantt", "previz/gantt"]
    assert CATALOG.models(vendor="nobody") == ()
    with pytest.raises(NotFound, match="nobody"):
        CATALOG.vendor("nobody")


def test_one_vendors_model_needs_no_other_vendors_file() -> None:
    fresh = type(CATALOG)(CATALOG.root)
    assert fresh.model("previz/text-to-video").vendor == "previz"
    assert list(fresh._vendors) == ["previz"]
