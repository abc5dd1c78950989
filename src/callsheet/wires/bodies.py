"""JSON as clients and vendors really write it: read leniently, and nothing that is passed over goes unnamed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from callsheet.catalog import Model
from callsheet.catalog.rename import Steps, steps, wire_names
from callsheet.errors import InvalidInput, RequestError

E = TypeVar("E", bound=RequestError)

DEEPEST = 100
"""How many lists and objects may stand in each other: what any vendor documents has fewer than ten."""

_HALF = re.compile("[\ud800-\udfff]")
_HALVES = re.compile(r"\\u[dD][89a-fA-F]")
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
    must_be_sound(found)
    return cast("dict[str, Any]", found)


def must_be_sound(value: Any, room: int = DEEPEST) -> None:
    """InvalidInput for what the parser takes and JSON cannot say again: what is no number, half a letter, no end."""
    if isinstance(value, str):
        if not value.isascii() and _HALF.search(value):
            raise InvalidInput(
                "The body holds half a letter.", hint=r"Write both halves of \ud83c\udfac, or the letter."
            )
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidInput(
                f"The body is no JSON: {value} is no number there.", hint="Leave it out, or give a number."
            )
    elif isinstance(value, dict | list):
        if room == 0:
            raise InvalidInput(f"The body is nested more than {DEEPEST} deep.", hint="Send it flatter.")
        inner = cast("dict[str, Any] | list[Any]", value)
        for one in (*inner, *inner.values()) if isinstance(inner, dict) else inner:
            must_be_sound(one, room - 1)


def mended(text: str) -> Any:
    """JSON in which a backslash may stand where JSON knows none (`\\&`). Raises ValueError for anything else.

    What could not be kept is taken for what comes nearest: `NaN` and `1e999` for null, half a letter for a `?`.
    """
    try:
        found = _parsed(text)
    except ValueError:
        found = _parsed(_ESCAPE.sub(lambda found: found[0] if found[1] else found[2], text))
    if not _HALVES.search(text):
        return found
    # Half a letter can only come as an escape; written and read once more, it is replaced wherever it stands.
    return _parsed(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text, parse_constant=lambda word: None, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("It is nested too deeply") from error


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


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
