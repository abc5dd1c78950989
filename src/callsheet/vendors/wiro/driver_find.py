"""Looks for a task whose answer was lost: Wiro lists tasks with their parameters, so the very same request is known."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from callsheet.contract import Order
from callsheet.tasks import State, Update

BEFORE, AFTER = 120, 600
"""Seconds around the time of sending in which it is looked for: clocks differ, and a request may wait."""

PAGES, PAGE = 10, 100

Ask = Callable[..., Awaitable[Mapping[str, Any]]]


async def found(ask: Ask, order: Order, sent_at: int) -> Update | None:
    """The one task of that time with exactly these parameters, or with our own callback address; else None.

    Where files lie is different each time; their ids here are in the addresses that Wiro was given or made.
    """
    same: list[str] = []
    for page in range(PAGES):
        asked = {"type": "model", "sort": "id", "order": "DESC", "start": str(page * PAGE), "limit": str(PAGE)}
        answer = await ask("/Task/List", asked)
        listed = answer.get("tasklist")
        rows = [cast("dict[str, Any]", row) for row in listed or () if isinstance(row, dict)]
        for row in rows:
            if not _at_the_time(row, sent_at) or not row.get("socketaccesstoken"):
                continue
            if _marked(row, order):
                return Update(State.QUEUED, remote=str(row["socketaccesstoken"]))
            if _same(row, order):
                same.append(str(row["socketaccesstoken"]))
        if len(rows) < PAGE or _created(rows[-1]) < sent_at / 1000 - BEFORE:
            return Update(State.QUEUED, remote=same[0]) if len(same) == 1 else None
    return None


def _at_the_time(row: Mapping[str, Any], sent_at: int) -> bool:
    return -BEFORE <= _created(row) - sent_at / 1000 <= AFTER


def _created(row: Mapping[str, Any]) -> float:
    try:
        return float(row.get("createtime") or 0)
    except ValueError:
        return 0.0


def _marked(row: Mapping[str, Any], order: Order) -> bool:
    given = row.get("parameters")
    return order.callback is not None and isinstance(given, dict) and given.get("callbackUrl") == order.callback


def _same(row: Mapping[str, Any], order: Order) -> bool:
    """Whether tool and parameters are those of the order; Wiro shows every number as a text."""
    given = row.get("parameters")
    if not isinstance(given, dict):
        return False
    tool = f"/{row.get('modelslugowner')}/{row.get('modelslugproject')}"
    named = "modelslugproject" not in row or order.model.path.endswith(tool)
    shown = {name: _text(value) for name, value in cast("dict[str, Any]", given).items() if name != "callbackUrl"}
    asked = order.model.to_wire(dict(order.input))
    return named and shown.keys() == asked.keys() and all(_alike(shown[name], asked[name]) for name in asked)


def _alike(shown: Any, asked: Any) -> bool:
    files = re.findall(r"file_[0-9A-Z]{26}", str(asked))
    return all(one in str(shown) for one in files) if files else shown == _text(asked)


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(one) for one in cast("list[Any]", value)]
    return str(value).lower() if isinstance(value, bool) else str(value)
