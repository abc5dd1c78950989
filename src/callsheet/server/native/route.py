"""What every native route has in common: its documents, and that an unknown query parameter is an error."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from callsheet import context
from callsheet.errors import InvalidInput
from callsheet.server import answers
from callsheet.server.parts import parts_of
from callsheet.server.reading import refuse_unknown
from callsheet.server.shapes import Address

JSON_TYPE = "application/json"

_KEY_LENGTH = 255

_MEANINGS = {
    400: "The request itself cannot be read, and where.",
    401: "No key, or one that is not known here.",
    402: "The account cannot hold what this would cost.",
    403: "Not allowed with this key, or from this page.",
    404: "No such thing, or it belongs to another account.",
    409: "It contradicts what stands, or nothing configured here can do it.",
    413: "Too many bytes or pixels.",
    415: "A content type that is not read here.",
    416: "That part of the file does not exist.",
    422: "A part of the request is unknown, missing or wrong; `param` says which.",
    429: "Over a limit; Retry-After says when to come back.",
    500: "A fault of the server; its log knows the request_id.",
    503: "The store cannot be written now; nothing was accepted.",
}


class Route(APIRoute):
    """A route that refuses query parameters which its own documentation does not name.

    Its endpoint takes the request and the parts of the path as text, reads everything else itself and answers a
    Response: FastAPI has nothing to inject, so it is called at once.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = self.endpoint
        documented = (self.openapi_extra or {}).get("parameters", [])
        known = [one["name"] for one in documented if one["in"] == "query"]

        async def strict(request: Request) -> Response:
            if request.scope["query_string"]:
                refuse_unknown(request.query_params, known)
            context.note(task_id=request.path_params.get("task_id"))
            return await answer(request, **request.path_params)

        return strict


def operation(
    name: str,
    summary: str,
    *,
    answer: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    headers: dict[str, str] | None = None,
    refusals: tuple[int, ...] = (),
    more: dict[int | str, dict[str, Any]] | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """A route's documentation as keywords of the router: `@router.get("/v1/x", **operation("getX", "One x."))`.

    `answer` is the shape of success, `body` and `query` what is read, `headers` further request headers with what they
    say, `refusals` the error codes beyond 401, 403, 422, 500 and 503; `more` answers go in as they are.
    """
    codes = sorted({401, 403, 422, 500, 503, *refusals})
    parameters = [*_query_parameters(query), *_header_parameters(headers or {})]
    documented: dict[str, Any] = {"parameters": parameters} if parameters else {}
    if body:
        content = {JSON_TYPE: {"schema": {"$ref": f"#/components/schemas/{body.__name__}"}}}
        documented["requestBody"] = {"required": True, "content": content}
    problems = {code: {"model": answers.Refusal, "description": _MEANINGS[code]} for code in codes}
    return {
        "operation_id": name,
        "summary": summary,
        "response_model": answer,
        "responses": {**(more or {}), **problems},
        "openapi_extra": {**documented, **extra},
    }


def address_for(request: Request) -> Address:
    """How files are linked for whoever asks: under the origin by which they reached us."""
    parts = parts_of(request)
    origin = parts.origins.of(request)
    return lambda file: origin + parts.files.link(file)


def idempotency_key(request: Request) -> str | None:
    """The key under which asking again is the same; InvalidInput for one that cannot be kept."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= _KEY_LENGTH and key.isprintable()):
        raise InvalidInput(
            f"An Idempotency-Key has 1 to {_KEY_LENGTH} printable characters.",
            param="Idempotency-Key",
            hint="A UUID does well.",
        )
    return key


def _query_parameters(query: type[BaseModel] | None) -> list[dict[str, Any]]:
    if query is None:
        return []
    schema = query.model_json_schema(ref_template="#/components/schemas/{model}")
    found: list[dict[str, Any]] = []
    for name, said in schema["properties"].items():
        rest = {key: value for key, value in said.items() if key not in ("description", "title")}
        one: dict[str, Any] = {
            "name": name,
            "in": "query",
            "description": said.get("description"),
            "schema": _bare(rest),
        }
        if rest.get("type") == "object":
            one |= {"style": "deepObject", "explode": True}
        found.append(one)
    return found


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    """Without null: a query parameter that is not meant is left out."""
    choices = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    return choices[0] if len(choices) == 1 else schema


def _header_parameters(headers: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "description": said, "schema": {"type": "string"}}
        for name, said in headers.items()
    ]
