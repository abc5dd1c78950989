"""Another task's output in an input: taken where it may stand, found however deep, replaced, and in the schema."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from callsheet.catalog import Model, Param, check_value, load
from callsheet.catalog.needs import Need, takes_output
from callsheet.errors import InvalidInput

CATALOG = load()
TASK = {"from": "task_01JD"}
FULL = {"from": "task_01JD", "output": 0}


def accepted(param: Param, value: Any) -> bool:
    try:
        check_value(param, value)
    except InvalidInput:
        return False
    return True


@pytest.mark.parametrize("model", CATALOG.models(), ids=lambda model: model.id)
def test_the_schema_takes_an_output_where_the_check_does(model: Model) -> None:
    schema = model.schema()
    for param in model.params.values():
        value = [TASK] if param.is_media and param.many else TASK
        single = {"$defs": schema.get("$defs", {}), **schema["properties"][param.name]}
        valid = Draft202012Validator({**single, "minItems": 0}).is_valid(value)
        if param.type != "object":
            assert valid == accepted(
                Param(
                    name=param.name,
                    type=param.type,
                    values=param.values,
                    item=param.item,
                    fields=param.fields,
                    spellings=param.spellings,
                ),
                value,
            ), param.name
        assert valid or not takes_output(param), param.name


@pytest.mark.parametrize(
    "wrong", [{}, {"from": "file_1"}, {"from": 3}, {**TASK, "output": -1}, {**TASK, "output": True}, {**TASK, "x": 1}]
)
def test_what_names_no_output_is_refused_with_the_form(wrong: dict[str, Any]) -> None:
    model = CATALOG.model("previz/image-to-video")
    with pytest.raises(InvalidInput, match=r'Write \{"from": "task_\.\.\.", "output": 0\}'):
        model.check({"image": wrong})
    assert not Draft202012Validator(model.schema()).is_valid({"image": wrong})


def test_outputs_are_found_and_replaced_however_deep_and_media_beside_them_stay() -> None:
    model = CATALOG.model("edit/mix")
    last = {"from": "task_02", "output": "audio"}
    given = model.check({"tracks": [{"audio": TASK, "gain": -3}, {"audio": "file_1"}, {"audio": last}]})
    assert [track["audio"] for track in given["tracks"]] == [FULL, "file_1", last]
    assert [(at, need) for at, _, need in model.needs(given)] == [
        ("tracks[0].audio", Need("task_01JD", 0)),
        ("tracks[2].audio", Need("task_02", "audio")),
    ]
    assert [reference for _, _, reference in model.media(given)] == ["file_1"]
    full = model.fulfilled(given, lambda _, need: f"file_of_{need.task}")
    assert [track["audio"] for track in full["tracks"]] == ["file_of_task_01JD", "file_1", "file_of_task_02"]
    untouched = model.with_media(given, lambda _, reference: reference.upper())
    assert [track["audio"] for track in untouched["tracks"]] == [FULL, "FILE_1", last]


def test_a_list_comes_whole_and_a_listed_value_never() -> None:
    model = CATALOG.model("edit/burn-subtitles")
    given = model.check({"video": "file_1", "words": TASK})
    assert [(at, need.task) for at, _, need in model.needs(given)] == [("words", "task_01JD")]
    assert model.fulfilled(given, lambda param, _: [param.name])["words"] == ["words"]
    for name in ("position", "size"):
        with pytest.raises(InvalidInput):
            model.check({"video": "file_1", "words": TASK, name: TASK})
