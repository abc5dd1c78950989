"""What unfinished tasks need, within the transactions that begin, change and end a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from callsheet.store.database import Step
from callsheet.store.rows import Row
from callsheet.tasks import State


def first_steps(row: Row, needs: Iterable[str]) -> tuple[list[Step], list[Step]]:
    """What stands before and behind the statement that adds a task; `needs` are ids of tasks and files."""
    task, names = row.task, sorted(set(needs))
    before = [
        Step("hold_needed", {"name": name, "account": task.account}, must_change=True)
        for name in names
        if name.startswith("task_")
    ]
    behind = [Step("add_need", {"task_id": task.id, "name": name}) for name in names]
    if row.phase == "wait":
        behind.append(Step("wake_ready", {"task_id": task.id, "now": task.created_at}))
    return before, behind


def patch_steps(task_id: str, changes: Mapping[str, Any], now: int) -> list[Step]:
    """What a patch brings along: an end wakes those who waited for it, and who waits on sees an end just written."""
    if ends(changes):
        wakes = [Step("hold_waiting", {"ended": task_id}), Step("wake_waiting", {"ended": task_id, "now": now})]
        return [*wakes, Step("forget_needs", {"task_id": task_id})]
    return [Step("wake_ready", {"task_id": task_id, "now": now})] if changes.get("phase") == "wait" else []


def ends(changes: Mapping[str, Any]) -> bool:
    """Whether these changes are a task's end."""
    return isinstance(state := changes.get("state"), State) and state.final
