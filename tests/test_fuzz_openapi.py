"""The native API asked at random, from its own OpenAPI document: no fault, and only answers of a documented shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from callsheet.app import openapi_document

EXAMPLES = 8
"""Requests that keep to the document, and as many that do not, for each operation. The same ones each time."""

SCHEMA = schemathesis.openapi.from_dict(openapi_document())
OPERATIONS = {f"{one.method.upper()} {one.path}": one for one in (found.ok() for found in SCHEMA.get_all_operations())}
CHECKS = (status_code_conformance, content_type_conformance, response_schema_conformance)
STREAM = "GET /v1/tasks/{task_id}/events"
WAYS = [
    pytest.param(name, mode, id=f"{name}-{mode.value}")
    for name, operation in OPERATIONS.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation.body or list(operation.iter_parameters())
]
"""Each operation asked as it is documented, and wrongly: save for the two that take nothing, which cannot be."""


@pytest.fixture(scope="module")
def known(house: Any) -> Iterator[dict[str, str]]:
    """Ids that exist, beside those that are made up."""
    with house.client(house.operator) as client:
        asked = {"model": "previz/text-to-video", "input": {"prompt": "a fox"}}
        task = client.post("/v1/tasks", json=asked).raise_for_status().json()["id"]
        file = client.post("/v1/files", content=b"words", headers={"content-type": "text/plain"}).json()["id"]
        yield {"task_id": task, "file_id": file, "model_id": "vidu/viduq3-pro/text2video"}


@pytest.mark.parametrize(("name", "mode"), WAYS)
def test_whatever_is_asked_the_answer_is_one_of_those_documented(
    house: Any, known: dict[str, str], name: str, mode: GenerationMode
) -> None:
    operation = OPERATIONS[name]
    headers = {"authorization": f"Bearer {house.operator}"}

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def ask(case: Any, real: bool) -> None:
        if real and name != STREAM:  # a stream of a task that nobody runs has no end
            case.path_parameters.update({one: known[one] for one in case.path_parameters if one in known})
        answer = case.call(base_url=house.url, headers=headers, timeout=60)
        assert answer.status_code < 500, answer.text
        assert "Traceback" not in answer.text
        case.validate_response(answer, checks=CHECKS)

    ask()


def test_every_operation_is_asked() -> None:
    assert len(OPERATIONS) > 25
    assert len(WAYS) == 2 * len(OPERATIONS) - 2
    assert STREAM in OPERATIONS


def test_an_answer_that_is_not_documented_would_be_noticed(house: Any) -> None:
    case = OPERATIONS["GET /v1/models"].Case()
    answer = case.call(base_url=house.url, timeout=60)
    answer.status_code = 418
    with pytest.raises(FailureGroup):
        case.validate_response(answer, checks=CHECKS)
