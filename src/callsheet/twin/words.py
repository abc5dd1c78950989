"""A vendor's word for a state, found in what it answers and changed there, whatever the shape of the answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from callsheet.catalog import Vendor
from callsheet.tasks import State

NAMES = ("status", "state")
ABSENT = object()


def reworded(body: bytes, vendor: Vendor, word: str | None) -> bytes:
    """The body with another word for the state; None takes it away. As it was where it has none, or is no JSON.

    Where the vendor's word is a number, one that reads as a number stays one.
    """

    def new(old: Any) -> Any:
        if word is None:
            return ABSENT
        return int(word) if isinstance(old, int) and word.isdecimal() else word

    return _changed(body, vendor, new)


def lying(body: bytes, vendor: Vendor) -> bytes:
    """The body with the opposite of what it says: it failed where it succeeded, and succeeded where it did not."""
    words = {state: word for word, state in vendor.states.items()}

    def new(old: Any) -> Any:
        told = words[State.FAILED if vendor.states[str(old)] is State.SUCCEEDED else State.SUCCEEDED]
        return int(told) if isinstance(old, int) else told

    return _changed(body, vendor, new)


def _changed(body: bytes, vendor: Vendor, new: Callable[[Any], Any]) -> bytes:
    try:
        said: Any = json.loads(body)
    except ValueError:
        return body
    return json.dumps(_walked(said, vendor, new), ensure_ascii=False).encode()


def _walked(value: Any, vendor: Vendor, new: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        return [_walked(one, vendor, new) for one in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    found: dict[str, Any] = {}
    for name, one in cast("Mapping[str, Any]", value).items():
        is_state = name in NAMES and isinstance(one, str | int) and str(one) in vendor.states
        told = new(one) if is_state else _walked(one, vendor, new)
        if told is not ABSENT:
            found[name] = told
    return found
