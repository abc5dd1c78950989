"""Law *facts*: every fact has a source and a date, names are unique, states are reachable, and nothing is missing."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsheet import errors
from callsheet.catalog import Model, Param, Vendor, build, check, load, shape
from callsheet.catalog.forms import FORMS
from callsheet.catalog.rename import wire_names
from callsheet.tasks import State
from catalog_fixtures import inputs

VENDORS = Path(shape.__file__).parents[1] / "vendors"
FILES = sorted(VENDORS.glob("*/catalog.toml"))
CATALOG = load()
MODELS = CATALOG.models()

COUNTS = {
    "mediaio": 22,
    "edrawmax": 4,
    "wiro": 1,
    "runway_relay": 6,
    "vidu": 41,
    "wondershare": 12,
    "edit": 10,
}
TOPICS = {
    "wiro": {"request-shapes", "success-or-failure", "cancel-names"},
    "wondershare": {
        *(
            "mask-shape",
            "music-duration",
            "image-result-keys",
            "host",
            "progress-key",
            "answer-shape",
            "result-escapes",
        ),
        *("task-id", "camera-index", "sound-effect-duration", "default-aspect-ratio", "redraw-names"),
        *("reference-size-names", "soundtrack-names", "capabilities-without-client", "callback-body", "error-numbers"),
    },
    "mediaio": {
        *("status-words", "result-shape", "images-and-ratio-names", "error-codes", "model-names"),
        "defaults-and-limits-by-model",
    },
    "edrawmax": {"media-host", "source-key", "http-status"},
    "runway_relay": {"artifacts-and-nulls", "polling-and-errors", "options-name"},
    "vidu": {"task-list-paging", "creations-shape", "model-version-names", "task-list-defaults", "states"},
}
"""Where the vendors' documents contradict each other: each has a choice on record."""


def model_id(model: Model) -> str:
    return model.id


def vendor_id(vendor: Vendor) -> str:
    return vendor.id


def all_params(model: Model) -> list[Param]:
    return [*model.params.values(), *(field for param in model.params.values() for field in param.fields.values())]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_a_catalogue_file_has_the_shape_that_its_first_line_names(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0] == "#:schema ../catalog.schema.json"
    shape.CatalogFile.model_validate(tomllib.loads(text))


def test_the_schema_for_editors_is_the_one_the_shape_gives() -> None:
    assert (VENDORS / "catalog.schema.json").read_text(encoding="utf-8") == shape.schema_text()


def test_the_shape_refuses_what_it_does_not_know() -> None:
    raw: dict[str, Any] = tomllib.loads(FILES[0].read_text(encoding="utf-8"))
    for path in (("vendor",), ("vendor", "auth"), ("models", 0)):
        spoiled: Any = tomllib.loads(FILES[0].read_text(encoding="utf-8"))
        inner: Any = spoiled
        for step in path:
            inner = inner[step]
        inner["surprise"] = 1
        with pytest.raises(ValueError, match="surprise"):
            shape.CatalogFile.model_validate(spoiled)
    shape.CatalogFile.model_validate(raw)


@pytest.mark.parametrize("vendor", CATALOG.vendors, ids=vendor_id)
def test_a_vendor_has_a_source_a_past_date_and_an_address(vendor: Vendor) -> None:
    assert vendor.source
    assert vendor.docs
    assert datetime.date.fromisoformat(vendor.checked) <= datetime.date.today()
    assert vendor.base_url == "local" or vendor.base_url.startswith("https://")
    assert vendor.base_url == "local" or any(host in vendor.base_url for host in vendor.hosts)
    assert all(one.source for one in (*vendor.endpoints, *vendor.choices))


@pytest.mark.parametrize("vendor", CATALOG.vendors, ids=vendor_id)
def test_every_state_of_ours_comes_from_theirs_or_a_reason_says_why_not(vendor: Vendor) -> None:
    reached = set(vendor.states.values())
    assert reached | set(vendor.unreachable) == set(State)
    assert not reached & set(vendor.unreachable)
    assert all(vendor.unreachable.values())


@pytest.mark.parametrize("vendor", CATALOG.vendors, ids=vendor_id)
def test_error_codes_map_to_errors_a_driver_may_raise(vendor: Vendor) -> None:
    for name in vendor.errors.values():
        assert issubclass(getattr(errors, name), errors.VendorError)


@pytest.mark.parametrize("model", MODELS, ids=model_id)
def test_a_model_has_a_source_a_past_date_and_a_known_capability(model: Model) -> None:
    assert model.source
    assert datetime.date.fromisoformat(model.checked) <= datetime.date.today()
    assert model.capability in CATALOG.capabilities
    assert model.path
    assert model.outputs
    kind = CATALOG.capabilities[model.capability].output
    assert kind in {output.kind for output in model.outputs} or kind == "diagram"
    for price in model.prices:
        assert price.source
        assert datetime.date.fromisoformat(price.checked) <= datetime.date.today()


@pytest.mark.parametrize("model", MODELS, ids=model_id)
def test_wire_names_are_unique_within_a_model(model: Model) -> None:
    names = [where for p in model.params.values() for where in (p.wire, *p.also, *p.aliases)]
    assert sorted(set(names)) == sorted(names)
    assert not set(names) & (set(model.fixed) | model.ignored)
    for param in model.params.values():
        inner = [where for field in param.fields.values() for where in (field.wire, *field.also, *field.aliases)]
        assert sorted(set(inner)) == sorted(inner)


@pytest.mark.parametrize("model", MODELS, ids=model_id)
def test_every_param_is_a_word_of_the_vocabulary_or_the_vendors_own(model: Model) -> None:
    for param in all_params(model):
        word = CATALOG.vocabulary.params.get(param.name)
        assert param.description.endswith((".", "!", "?")), param.name
        assert param.form in FORMS
        if word is None:
            assert param.own, f"{param.name} is not in the vocabulary, and not declared as the vendor's own"
        else:
            assert not param.own, f"{param.name} is in the vocabulary"
            assert param.type == word.type or (param.type, word.type) == ("integer", "number"), param.name


@pytest.mark.parametrize("model", MODELS, ids=model_id)
def test_rules_speak_of_params_and_values_that_exist(model: Model) -> None:
    for rule in model.rules:
        assert rule.why
        assert rule.source
        named = {*rule.when, *rule.given, *rule.then, *rule.need, *rule.any_of, *rule.never, *rule.instead_of}
        assert named | {*rule.fill, *rule.fill.values()} <= set(model.params)
        for name, options in (*rule.when.items(), *rule.then.items()):
            values = model.params[name].values
            assert not values or set(options) <= set(values)


@pytest.mark.parametrize("model", MODELS, ids=model_id)
def test_defaults_and_examples_pass_their_own_check(model: Model) -> None:
    for param in all_params(model):
        for value in (param.default, *param.examples):
            assert value is None or check.value(param, value) == value


@pytest.mark.parametrize("model", MODELS, ids=model_id)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_to_wire_and_from_wire_are_inverses(model: Model, data: st.DataObject) -> None:
    given = model.check(data.draw(inputs(model)))
    wire = model.to_wire(given)
    back = model.from_wire(wire)
    assert back == given
    assert [type(one) for one in back.values()] == [type(given[name]) for name in back]
    assert model.to_wire(back) == wire
    assert model.check(back) == given


@pytest.mark.parametrize("model", MODELS, ids=model_id)
def test_every_param_of_a_model_reaches_the_wire(model: Model) -> None:
    """The inverse law alone would hold for a model without params: each name must be known to the renaming."""
    assert set(wire_names(model.params).values()) == set(model.params)


def test_the_counts_are_those_of_the_documents() -> None:
    assert {vendor.id: len(vendor.models) for vendor in CATALOG.vendors if vendor.id != "previz"} == COUNTS
    wondershare = CATALOG.vendor("wondershare")
    tomoviee = [name for name in wondershare.models if "/tm_" in name]
    assert len(tomoviee) + len(wondershare.endpoints) == 12, "eleven that make something, and the one that tells"
    assert "wondershare/tob_text2video_b" in wondershare.models
    assert {endpoint.name for endpoint in CATALOG.vendor("mediaio").endpoints} == {"credits", "result"}
    assert len(CATALOG.model("wiro/ShareGPT4Video-EN").params["conversation_mode"].values) == 11
    assert {model.capability for model in CATALOG.models(vendor="edrawmax")} == {
        *("flowchart", "infographic", "gantt", "mindmap")
    }


def test_there_are_46_camera_moves_with_unique_ids_in_the_order_of_their_index() -> None:
    moves = CATALOG.vocabulary.camera_moves
    assert [move.index for move in moves] == list(range(1, 47))
    assert len({move.id for move in moves}) == 46
    assert moves[4].id == "tilt-up"
    assert moves[11].id == "object-pov"


def test_every_contradiction_of_the_documents_has_a_choice_with_a_reason() -> None:
    for vendor in CATALOG.vendors:
        topics = [choice.topic for choice in vendor.choices]
        assert len(set(topics)) == len(topics)
        assert set(topics) >= TOPICS.get(vendor.id, set())
        assert all(choice.chosen and choice.why and choice.about for choice in vendor.choices)


def test_every_format_has_a_content_type() -> None:
    formats = {*get_args(shape.ImageFormat), *get_args(shape.ClipFormat)}
    assert formats == set(build.CONTENT_TYPES)


def test_every_capability_is_someones() -> None:
    had = {model.capability for model in MODELS}
    assert set(CATALOG.capabilities) == had


@pytest.mark.parametrize("model", [one for one in MODELS if one.always], ids=lambda one: one.id)
def test_what_a_model_always_makes_is_in_the_vocabulary_and_no_param_of_it(model: Model) -> None:
    assert set(model.always) <= set(load().vocabulary.params)
    assert not set(model.always) & set(model.params)
