"""The catalogue over real HTTP: models with their schemas, capabilities, and names that are none."""

from __future__ import annotations

import httpx2
import jsonschema
import pytest

from callsheet.server import answers


def test_every_model_is_listed_as_the_documents_say(api: httpx2.Client) -> None:
    answer = api.get("/v1/models").json()
    assert answer["next"] is None
    assert len(answer["data"]) > 1
    for model in answer["data"]:
        assert set(model) == set(answers.Model.model_fields)
        answers.Model.model_validate(model)
        assert model["id"] == f"{model['vendor']}/{model['name']}"


def test_every_listed_model_can_be_shown_with_a_schema_that_is_one(api: httpx2.Client) -> None:
    for listed in api.get("/v1/models").json()["data"]:
        shown = api.get(f"/v1/models/{listed['id']}")
        assert shown.status_code == 200, listed["id"]
        schema = shown.json().pop("input_schema")
        jsonschema.Draft202012Validator.check_schema(schema)
        assert {**shown.json(), "input_schema": None} == {**listed, "input_schema": None}


def test_a_capability_is_a_model_id(api: httpx2.Client) -> None:
    assert api.get("/v1/models/image-to-video").json()["id"] == "previz/image-to-video"


def test_models_are_chosen_by_capability_and_vendor(api: httpx2.Client) -> None:
    found = api.get("/v1/models", params={"capability": "text-to-video", "vendor": "previz"}).json()["data"]
    assert [model["id"] for model in found] == ["previz/text-to-video"]


def test_capabilities_name_their_models(api: httpx2.Client) -> None:
    found = {one["id"]: one for one in api.get("/v1/capabilities").json()["data"]}
    assert {"text-to-image", "text-to-video", "image-to-video", "music", "flowchart"} <= set(found)
    assert "previz/image-to-video" in found["image-to-video"]["models"]
    for one in found.values():
        answers.Capability.model_validate(one)


@pytest.mark.parametrize(
    ("path", "param", "said"),
    [
        ("/v1/models/previz/text-to-vidoe", "model", "previz/text-to-video"),
        ("/v1/models?capability=text-to-vidoe", "capability", "text-to-video"),
        ("/v1/models?vendor=vido", "vendor", "vidu"),
    ],
)
def test_a_name_that_is_none_comes_with_those_that_are(api: httpx2.Client, path: str, param: str, said: str) -> None:
    response = api.get(path)
    assert response.status_code == 404, response.text
    error = response.json()["error"]
    assert (error["code"], error["param"]) == ("not_found", param)
    assert said in f"{error['message']} {error['hint']}"
