"""How vendors spell values: each form is a pair of exact inverses, ours to theirs and back.

    plain        5            5
    text         5            "5"          a number as a string
    seconds      5            "5s"
    upper        "720p"       "720P"       the letters of a name in capitals
    true-text    true         "True"       a boolean as a capitalised word
    mapped       "edge"       "0"          by the table in the param's `wire_values`
    camera-index "push-in"    7            by the table of camera moves; becomes `mapped` when the facts are loaded

Reading is lenient where the documents show more than one spelling: every form also takes the canonical value itself,
numbers as text, and booleans as `true`, `True` or `"false"`. Writing knows one spelling only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from callsheet.catalog.param import Param

FORMS = ("plain", "text", "seconds", "upper", "true-text", "mapped", "camera-index")


def write(param: Param, value: Any) -> Any:
    """Our value as the vendor spells it. The value has been checked."""
    return WRITERS[param.form](param, value)


def read(param: Param, value: Any) -> Any:
    """The vendor's spelling as our value. Raises ValueError for what is no spelling of this param's type."""
    return READERS[param.form](param, value)


def reckonable(number: int | float) -> bool:
    """Whether it can be reckoned with: JSON's numbers may have more digits than any length or size needs."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def _write_text(_: Param, value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)


def _write_mapped(param: Param, value: Any) -> Any:
    return param.wire_values[value]


def _read_plain(param: Param, value: Any) -> Any:
    match param.type:
        case "integer" | "number":
            return _number(value)
        case "boolean":
            return _boolean(value)
        case _:
            return value


def _read_seconds(_: Param, value: Any) -> Any:
    return _number(value.strip().removesuffix("s") if isinstance(value, str) else value)


def _read_upper(param: Param, value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not text")
    return next((ours for ours in param.values if str(ours).upper() == value.upper()), value.lower())


def _read_mapped(param: Param, value: Any) -> Any:
    for ours, theirs in param.wire_values.items():
        if _same(theirs, value):
            return ours
    if isinstance(value, str) and value in param.wire_values:
        return value
    raise ValueError(f"{value!r} is not one of {', '.join(str(v) for v in param.wire_values.values())}")


def _same(theirs: Any, value: Any) -> bool:
    if isinstance(value, bool):
        return theirs is value
    return theirs == value or str(theirs) == str(value)


def _number(value: Any) -> int | float:
    found = _in_text(value.strip()) if isinstance(value, str) else value
    if isinstance(found, bool) or not isinstance(found, int | float) or not reckonable(found):
        raise ValueError(f"{value!r:.60} is not a number")
    return found


def _in_text(text: str) -> int | float | None:
    try:
        return int(text) if text.removeprefix("-").isdecimal() else float(text)
    except ValueError:
        return None


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else None
    if word not in ("true", "false"):
        raise ValueError(f"{value!r} is not true or false")
    return word == "true"


WRITERS: dict[str, Callable[[Param, Any], Any]] = {
    "plain": lambda _, value: value,
    "text": _write_text,
    "seconds": lambda param, value: f"{_write_text(param, value)}s",
    "upper": lambda _, value: value.upper(),
    "true-text": lambda _, value: str(value),
    "mapped": _write_mapped,
}
READERS: dict[str, Callable[[Param, Any], Any]] = {
    "plain": _read_plain,
    "text": _read_plain,
    "seconds": _read_seconds,
    "upper": _read_upper,
    "true-text": lambda _, value: _boolean(value),
    "mapped": _read_mapped,
}
