"""The JSON Schema of an input says what the checks do, and quotes say what is documented."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from callsheet.catalog import Model, Output, Price, load
from callsheet.catalog.quote import quote
from catalog_fixtures import inputs

CATALOG = load()
STILL = "file_01JD0000000000000000000000"


def valid(model: Model, value: dict[str, Any]) -> bool:
    return Draft202012Validator(model.schema()).is_valid(value)


@pytest.mark.parametrize("model", CATALOG.models(), ids=lambda model: model.id)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_what_the_check_accepts_the_schema_accepts(model: Model, data: st.DataObject) -> None:
    schema = model.schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(model.check(data.draw(inputs(model))))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"image": STILL, "duration": 500},
        {"image": STILL, "duration": "5"},
        {"image": STILL, "resolution": "8k"},
        {"image": STILL, "camera_move": 47},
        {"image": STILL, "camera_move": "full shot"},
        {"image": STILL, "promt": "x"},
        {"image": STILL, "width": 100},
        {"image": STILL, "width": 101, "height": 100},
    ],
)
def test_what_the_check_refuses_the_schema_refuses(given: dict[str, Any]) -> None:
    assert not valid(CATALOG.model("previz/image-to-video"), given)


def test_the_spellings_of_a_camera_move_are_in_the_schema() -> None:
    model = CATALOG.model("previz/image-to-video")
    assert all(valid(model, {"image": STILL, "camera_move": move}) for move in (7, "7", "push in", "push-in"))


def test_a_rule_is_an_if_and_a_then() -> None:
    model = CATALOG.model("mediaio/i2v-minimax-v2-3")
    given = {"image": STILL, "prompt": "x", "resolution": "1080p"}
    assert valid(model, {**given, "duration": 6})
    assert not valid(model, {**given, "duration": 10})
    assert not valid(CATALOG.model("vidu/lip-sync"), {"video": STILL})


def test_form_builders_find_limits_units_and_defaults() -> None:
    properties = CATALOG.model("mediaio/i2v-motion-control-kling-v2-6").schema()["properties"]
    video = properties["video"]
    assert video["format"] == "uri-reference"
    assert video["x-callsheet"]["type"] == "video"
    assert video["x-callsheet"]["media"]["max_duration"] == 30
    assert properties["prompt"]["maxLength"] == 2500
    single = CATALOG.model("wondershare/tm_video_scoring").schema()["properties"]
    assert single["video"]["contentMediaType"] == "video/mp4"
    assert single["duration"]["default"] == 20
    assert single["duration"]["x-callsheet"] == {"unit": "seconds"}


def test_previz_costs_nothing_and_an_undocumented_price_is_none() -> None:
    assert CATALOG.model("previz/text-to-video").quote({"prompt": "x"}) == (
        0,
        "0 credits per task",
        "this installation",
    )
    credits, basis, source = CATALOG.model("mediaio/t2v-vidu-q3").quote({"prompt": "x"})
    assert credits is None
    assert source is None
    assert "No price is documented" in basis


@pytest.mark.parametrize(
    ("per", "values", "credits", "basis"),
    [
        ("task", {"duration": 5}, 2, "2 credits per task"),
        ("second", {"duration": 5, "count": 2}, 20, "2 credits per second x 10"),
        ("output", {"count": 3}, 6, "2 credits per output x 3"),
        ("second", {}, None, "2 credits per second; the length is not known before it runs."),
    ],
)
def test_a_price_is_reckoned_by_what_it_is_for(
    per: str, values: dict[str, Any], credits: float | None, basis: str
) -> None:
    price = Price(credits=2, per=per, source="page", checked="2026-11-21")
    outputs = (Output(kind="video", count="count"),)
    assert quote((price,), outputs, values) == (credits, basis, "page")


def test_the_first_price_whose_conditions_hold_decides() -> None:
    dear = Price(credits=9, per="task", source="page", checked="2026-11-21", when={"resolution": ("1080p",)})
    cheap = Price(credits=4, per="task", source="page", checked="2026-11-21", when={"resolution": ("720p",)})
    assert quote((dear, cheap), (), {"resolution": "720p"})[0] == 4
    assert quote((dear, cheap), (), {"resolution": "1080p"})[0] == 9
    assert quote((dear, cheap), (), {"resolution": "360p"}) == (None, "No price is documented for these values.", None)


def test_reading_the_catalogue_needs_no_pydantic() -> None:
    """Its import alone takes longer than reading every fact, and `callsheet models` shall start in a moment."""
    script = "import sys; from callsheet.catalog import load; load().models(); print('pydantic' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
