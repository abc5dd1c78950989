"""Looks for a task whose answer was lost: Vidu lists tasks by time, and gives back the payload that each came with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from callsheet.contract import Order
from callsheet.tasks import State, Update

BEFORE, AFTER = 300_000, 900_000
"""Milliseconds around the time of sending in which it is looked for: clocks differ, and a request may wait."""

PAGES, PAGE, LOOKS = 20, 100, 100
"""How many pages of how many tasks are read, and how many of their tasks are looked at one by one."""

Ask = Callable[..., Awaitable[Mapping[str, Any]]]


async def found(ask: Ask, order: Order, sent_at: int) -> Update | None:
    """The task that carries our id as its payload. The list has no payloads: likely tasks are asked for theirs."""
    looks = 0
    async for row in _listed(ask, sent_at):
        if not _likely(row, order):
            continue
        looks += 1
        if looks > LOOKS:
            return None
        remote = str(row.get("id"))
        whole = await ask("GET", f"/tasks/{remote}/creations")
        if whole.get("payload") == order.task_id:
            return Update(State.QUEUED, remote=remote)
    return None


async def _listed(ask: Ask, sent_at: int) -> AsyncIterator[Mapping[str, Any]]:
    span = {"created_at.from": _stamp(sent_at - BEFORE), "created_at.to": _stamp(sent_at + AFTER)}
    token = ""
    for _ in range(PAGES):
        more = {"pager.page_token": token} if token else {}
        answer = await ask("GET", "/tasks", params={**span, "paper.pagesz": str(PAGE), **more})
        rows = answer.get("tasks")
        for row in cast("list[object]", rows) if isinstance(rows, list) else []:
            if isinstance(row, dict) and row.get("id"):
                yield cast("dict[str, Any]", row)
        token = str(answer.get("next_page_token") or "")
        if not token:
            return


def _likely(row: Mapping[str, Any], order: Order) -> bool:
    """Whether what the list shows of a task is what was asked; what it leaves out says nothing."""
    asked = order.model.to_wire({name: order.input[name] for name in ("prompt",) if name in order.input})
    return all(row.get(name) in (None, "", asked[name]) for name in ("model", "prompt") if name in asked)


def _stamp(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
