"""Looks for a task whose answer was lost: Vidu lists tasks by time, and gives back the payload that each came with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import quote

from callsheet.contract import Order
from callsheet.tasks import State, Update

BEFORE, AFTER = 300_000, 900_000
"""Milliseconds around the time of sending in which it is looked for: clocks differ, and a request may wait."""

PAGES, PAGE, LOOKS = 20, 100, 100
"""How many pages of how many tasks are read of a span, and how many of their tasks are looked at one by one."""

Ask = Callable[..., Awaitable[Mapping[str, Any]]]


async def found(ask: Ask, order: Order, sent_at: int) -> Update | None:
    """The task that carries our id as its payload. The list has no payloads: likely tasks are asked for theirs.

    First among those of the time of sending; then without a span, which is Vidu's last seven days up to its own now:
    its clock need not be ours, and the payload names the task exactly.
    """
    around = {"created_at.from": _stamp(sent_at - BEFORE), "created_at.to": _stamp(sent_at + AFTER)}
    known: set[str] = set()
    for span in (around, {}):
        remote = await _among(ask, order, span, known)
        if remote is not None:
            return Update(State.QUEUED, remote=remote)
    return None


async def _among(ask: Ask, order: Order, span: Mapping[str, str], known: set[str]) -> str | None:
    """Its id among the tasks of a span. `known` are those that were asked for their payload, and is added to."""
    most = len(known) + LOOKS
    async for row in _listed(ask, span):
        remote = str(row["id"])
        if remote in known or not _likely(row, order):
            continue
        if len(known) == most:
            return None
        known.add(remote)
        whole = await ask("GET", f"/tasks/{quote(remote, safe='')}/creations")
        if whole.get("payload") == order.task_id:
            return remote
    return None


async def _listed(ask: Ask, span: Mapping[str, str]) -> AsyncIterator[Mapping[str, Any]]:
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
