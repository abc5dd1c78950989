"""JSON as clients and vendors really write it: read leniently, and nothing that is passed over goes unnamed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from callsheet.catalog import Model
from callsheet.catalog.rename import Steps, steps, wire_names
from callsheet.errors import InvalidInput, RequestError

E = TypeVar("E", bound=RequestError)
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrtu])|(.))', re.DOTALL)


def read(raw: bytes) -> dict[str, Any]:
    """A client's JSON object, whatever its Content-Type says; an empty body is an empty object. Raises InvalidInput."""
    if not raw.strip():
        return {}
    try:
        found: Any = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The body is no JSON: {error}.", hint="Check quotes, commas and brackets.") from error
    if not isinstance(found, dict):
        raise InvalidInput("The body has to be a JSON object.")
    return cast("dict[str, Any]", found)


def mended(text: str) -> Any:
    """JSON in which a backslash may stand where JSON knows none (`\\&`). Raises ValueError for anything else."""
    try:
        return json.loads(text)
    except ValueError:
        return json.loads(_ESCAPE.sub(lambda found: found[0] if found[1] else found[2], text))


def known(model: Model, body: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A body as `model.from_wire` takes it, and the places of those fields that nothing reads: `data.style`."""
    read_at = {steps(where) for where in (*wire_names(model.params), *model.fixed, *model.ignored)}
    strangers: list[str] = []
    return _kept(body, (), read_at, strangers), strangers


def in_their_words(model: Model, error: E, callback: str = "callback") -> E:
    """The same error, its message led by the name that the vendor's clients have for what is wrong.

    `callback` is their name for the address that is told of the end.
    """
    param = model.params.get(error.param or "")
    theirs = param.wire if param is not None else callback if error.param == "webhook" else None
    if theirs is not None and theirs != error.param:
        error.message = f"{theirs}: {error.message}"
    return error


def _kept(body: Mapping[str, Any], at: Steps, read_at: set[Steps], strangers: list[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in body.items():
        here = (*at, name)
        inside = any(len(one) > len(here) and one[: len(here)] == here for one in read_at)
        if here not in read_at and not inside:
            strangers.append(".".join(map(str, here)))
        elif inside and here not in read_at and isinstance(value, Mapping):
            kept[name] = _kept(cast("Mapping[str, Any]", value), here, read_at, strangers)
        else:
            kept[name] = value
    return kept
