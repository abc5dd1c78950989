"""Cursors that neither lose nor repeat a row, and the choice of the index that answers a filter."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from callsheet.errors import InvalidInput
from callsheet.store.database import Step
from callsheet.tasks import Filter, State

MAX_LIMIT = 1000
MAX_LABELS = 4
MAX_WORDS = 4
END = 2**62
"""Above every seq: where a first page begins."""


def check_limit(limit: int) -> None:
    """InvalidInput unless a page of this size may be asked for."""
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInput(f"limit is {limit}.", hint=f"Ask for 1 to {MAX_LIMIT} at a time.", param="limit")


def digest(*asked: Any) -> str:
    """A short mark of what a list was asked for: a cursor serves the same question only."""
    text = json.dumps(asked, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def filter_parts(filter: Filter) -> dict[str, Any]:
    """A filter as plain JSON, for `digest`; the order of states does not count."""
    return {
        "state": sorted(state.value for state in filter.state),
        "model": filter.model,
        "capability": filter.capability,
        "vendor": filter.vendor,
        "from": filter.created_from,
        "to": filter.created_to,
        "metadata": dict(filter.metadata),
        "door": filter.door,
        "stage": filter.stage,
        "text": words(filter.text),
        "unsure": filter.unsure,
        **({"oldest": True} if filter.oldest else {}),
    }


def write_cursor(seq: int, mark: str) -> str:
    """The cursor of the page that begins below `seq`, or at it where the oldest come first."""
    text = json.dumps({"s": seq, "f": mark}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, mark: str, first: int = END) -> int:
    """The seq that a cursor names, `first` without one. InvalidInput for garbage, and for another list's cursor."""
    if cursor is None:
        return first
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        seq, named = found["s"], found["f"]
        if type(seq) is not int or not 0 <= seq <= END:
            raise ValueError("no seq")
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError):
        raise InvalidInput(
            "This cursor is not one of ours.", hint="Use `next` of the page before, unchanged.", param="cursor"
        ) from None
    if named != mark:
        raise InvalidInput(
            "This cursor belongs to a list with other filters.",
            hint="Keep the filters while paging, or begin again without a cursor.",
            param="cursor",
        )
    return seq


def list_steps(account: str | None, filter: Filter, after: int, before: int, limit: int) -> list[Step]:
    """The reads that together hold the page: one per wanted state, each an ordered walk of one index.

    The most telling part of the filter chooses the index; the others are checked on the way.
    """
    steps = _chosen(account, filter, after, before, limit)
    return [replace(step, query=f"{step.query}_oldest") for step in steps] if filter.oldest else steps


def _chosen(account: str | None, filter: Filter, after: int, before: int, limit: int) -> list[Step]:
    rest = {name: getattr(filter, name) for name in ("model", "capability", "vendor", "door", "stage")}
    params = {"account": account, "after": after, "before": before, "limit": limit, **rest}
    if filter.unsure:
        return [Step("list_unsure", {name: params[name] for name in ("account", "after", "before", "limit")})]
    states = list(dict.fromkeys(state.value for state in filter.state))
    if words(filter.text):
        named = {**_labels(filter.metadata), **_states(states), **_words(words(filter.text))}
        return [Step("list_by_text", {**params, **named})]
    if filter.metadata:
        return [Step("list_by_label", {**params, **_labels(filter.metadata), **_states(states)})]
    telling = next((name for name, wanted in rest.items() if wanted is not None), None)
    if telling is None and not states:
        return [Step("list_all", params)]
    query = f"list_by_{telling or 'state'}"
    return [Step(query, {**params, "state": state}) for state in states or [state.value for state in State]]


def words(text: str | None) -> list[str]:
    """What a list is searched for: all of these, in small letters, anywhere in its texts. InvalidInput for more."""
    found = list(dict.fromkeys((text or "").lower().split()))
    if len(found) > MAX_WORDS:
        raise InvalidInput(f"A list can be searched for {MAX_WORDS} words, not {len(found)}.", param="text")
    return found


def _words(found: Sequence[str]) -> dict[str, str | None]:
    """As patterns, in which only `%` stands for anything."""
    marked = [f"%{one.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%" for one in found]
    return {f"word{number}": one for number, one in enumerate([*marked, *[None] * MAX_WORDS][:MAX_WORDS], 1)}


def _labels(metadata: Mapping[str, str]) -> dict[str, str | None]:
    if len(metadata) > MAX_LABELS:
        raise InvalidInput(
            f"A list can be filtered by {MAX_LABELS} metadata entries, not {len(metadata)}.", param="metadata"
        )
    pairs: Sequence[tuple[str | None, str | None]] = [*metadata.items(), *[(None, None)] * MAX_LABELS]
    found: dict[str, str | None] = {}
    for number in range(1, MAX_LABELS + 1):
        found[f"name{number}"], found[f"value{number}"] = pairs[number - 1]
    return found


def _states(states: list[str]) -> dict[str, str]:
    wanted = states or [state.value for state in State]
    return {f"state{number}": wanted[min(number, len(wanted)) - 1] for number in range(1, len(State) + 1)}
