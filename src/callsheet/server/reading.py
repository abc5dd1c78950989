"""How a request's body and query become checked values, and what is said when they cannot."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import Request

from callsheet.errors import InvalidInput, RequestError, TooLarge
from callsheet.server.parts import parts_of
from callsheet.server.refusals import WrongType

B = TypeVar("B", bound=BaseModel)


async def read_body(request: Request, kind: type[B]) -> B:
    """The JSON body as `kind`: 415 for another content type, 400 for what is no JSON (and where), 422 for the rest."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        said = f"The body is said to be {content_type}." if content_type else "The body has no Content-Type."
        raise WrongType(said, hint="Send JSON with `Content-Type: application/json`.")
    raw = await read_bytes(request, parts_of(request).max_body)
    try:
        body = kind.model_validate_json(raw)
    except ValidationError as error:
        raise _body_refused(error, raw, kind) from None
    if b"NaN" in raw or b"Infinity" in raw:
        json.loads(raw, parse_constant=_no_number)  # the parser above takes them; JSON has none
    return body


def read_query(request: Request, kind: type[B]) -> B:
    """The query string as `kind`; a name may be repeated only where a list is meant."""
    found: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        field, bracket, label = name.partition("[")
        shape = _shape_of(kind, field)
        if (shape == "dict") != bool(bracket) or (bracket and not label.endswith("]")):
            hint = f"Write it as {field}[name]=value." if shape == "dict" else f"Write it as {field}=value."
            raise InvalidInput(f"{name[:80]} is not how {field} is given.", param=field, hint=hint)
        if shape == "list":
            found.setdefault(field, []).extend(value.split(","))
        elif name in found or label[:-1] in found.get(field, ()):
            raise InvalidInput(f"{name} is given twice.", param=field, hint="Give it once.")
        elif bracket:
            found.setdefault(field, {})[label[:-1]] = value
        else:
            found[field] = value
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        raise _refused(error.errors()[0], kind, "query parameter") from None


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """InvalidInput for a query parameter that is not one of these, or is one of them with brackets and has none."""
    known = list(known)
    for name in given:
        if name.partition("[")[0] not in known:
            raise _unknown(name, known, "query parameter")


async def read_bytes(request: Request, limit: int) -> bytes:
    """A whole body. TooLarge past `limit` bytes."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                f"The body has more than {limit} bytes.", hint="Upload media with POST /v1/files and give their ids."
            ).because("body_too_large", most=limit)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _body_refused(error: ValidationError, raw: bytes, kind: type[BaseModel]) -> RequestError:
    detail = error.errors()[0]
    if detail["type"] != "json_invalid":
        return _refused(detail, kind, "field")
    said = str(detail.get("ctx", {}).get("error", "")) or "it cannot be read"
    where = f" ({len(raw)} bytes)" if raw else " (it is empty)"
    return RequestError(f"The body is no JSON: {said}{where}.", hint="Check quotes, commas and brackets there.")


def _no_number(word: str) -> None:
    raise RequestError(f"The body is no JSON: {word} is no number there.", hint="Leave it out, or give a number.")


def _refused(detail: ErrorDetails, kind: type[BaseModel], noun: str) -> InvalidInput:
    loc = [str(part) for part in detail["loc"] if part != "[key]"]
    param = (loc[0] if noun == "query parameter" else ".".join(loc)) if loc else None
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(loc[0], kind.model_fields, noun)
        case "missing":
            missing = InvalidInput(f"{param} is missing.", param=param, hint=_said_of(kind, loc))
            return missing.because("param_missing", param=param)
        case _ if not loc:
            return InvalidInput(
                "The body has to be a JSON object.", hint=f"Its fields: {', '.join(kind.model_fields)}."
            )
        case _:
            given = _short(detail["input"])
            said = f"{param} cannot be {given}: {_lower(detail['msg'])}."
            wrong = InvalidInput(said, param=param, hint=_said_of(kind, loc))
            return wrong.because("param_wrong", param=param, given=given)


def _unknown(name: str, known: Iterable[str], noun: str) -> InvalidInput:
    known = list(known)
    near = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean {near[0]}? " if near else ""
    hint += f"Known: {', '.join(known)}." if known else "None is known here."
    said = InvalidInput(f"There is no {noun} {name[:80]!r} here.", param=name[:80], hint=hint)
    return said.because("param_unknown", param=name[:80], known=known, near=near[0] if near else None)


def _said_of(kind: type[BaseModel], loc: list[str]) -> str | None:
    field = kind.model_fields.get(loc[0]) if loc else None
    return " ".join(field.description.split()) if field and field.description else None


def _shape_of(kind: type[BaseModel], name: str) -> str:
    """`list`, `dict`, or anything else for a single value."""
    return str(kind.model_fields[name].annotation).partition("[")[0] if name in kind.model_fields else ""


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    said = json.dumps(value, ensure_ascii=False, default=str)
    return said if len(said) <= 60 else f"{said[:57]}…"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
