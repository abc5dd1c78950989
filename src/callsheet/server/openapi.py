"""The OpenAPI 3.1 document: what FastAPI finds out by itself, completed to what a client generator needs."""

from __future__ import annotations

import json
from importlib import metadata, resources
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from callsheet.server import accounts, answers, answers_prompts, answers_sheets, bodies

_ABOUT = """One task API for generated media. A task is handed in, is durable from then on, and is watched, listed and
canceled under one id; its files are kept. Times are RFC 3339 in UTC. Lists are `{data, next}`; give `next` as `cursor`
for the page after. Errors are `{error: {code, message, hint, param, request_id, reason, values}}`. What is not named
here is refused, never ignored."""

_TAGS = [
    {"name": "tasks", "description": "Submit, watch, list and cancel."},
    {"name": "sheets", "description": "Named shots that take from each other: planned, priced and played."},
    {"name": "webhooks", "description": "What was told, what is to be told, and telling it once more."},
    {"name": "files", "description": "Uploads and artifacts."},
    {"name": "catalogue", "description": "Models, capabilities, prices, and what to say to them."},
    {"name": "credits", "description": "What an account has, and every movement of it."},
    {"name": "keys", "description": "For the operator of the server."},
    {"name": "health", "description": "For what watches over the server."},
]
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key made by `callsheet keys create`. A server that has none yet answers its own machine.",
}
_READ = (
    *(answers_sheets.SheetPlan, answers_sheets.NewPlay, answers_sheets.CanceledPlay, answers_prompts.NewPromptCheck),
    *(accounts.KeyLimits, accounts.NewFunds, accounts.NewRefund),
    *(bodies.Output, bodies.NewTask, bodies.NewQuote, bodies.Resolution, accounts.NewKey),
)


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _completed(
            get_openapi(
                title="callsheet",
                version=metadata.version("callsheet"),
                summary="One self-hosted task API for generated video, images, music, speech and diagrams.",
                description=_ABOUT,
                routes=app.routes,
                tags=_TAGS,
                license_info={"name": "Apache 2.0", "identifier": "Apache-2.0"},
            )
        )
    return app.openapi_schema


def _completed(said: dict[str, Any]) -> dict[str, Any]:
    schemas = said["components"]["schemas"]
    _, definitions = models_json_schema(
        [(kind, "validation") for kind in (*_READ, answers.Event)], ref_template="#/components/schemas/{model}"
    )
    schemas.update(definitions["$defs"])
    examples = json.loads((resources.files("callsheet.server") / "examples.json").read_text("utf-8"))
    for name, example in examples.items():
        schemas[name]["examples"] = [example]
    said["components"]["schemas"] = dict(sorted(schemas.items()))
    said["components"]["securitySchemes"] = {"key": _KEY}
    said["security"] = [{"key": []}]
    for operations in said["paths"].values():
        for one in operations.values():
            _describe_refusals(one)
    return said


def _describe_refusals(operation: dict[str, Any]) -> None:
    """The headers that answers carry; errors name the request, as the log does."""
    for code, answer in operation["responses"].items():
        answer.setdefault("headers", {})["X-Request-Id"] = {"schema": {"type": "string"}}
        if code in ("429", "503"):
            answer["headers"]["Retry-After"] = {"description": "Seconds.", "schema": {"type": "integer"}}
