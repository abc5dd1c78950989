"""A task's story in plain words, from its timeline."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from callsheet.cli.printing import fields
from callsheet.client import Event, LedgerEntry, Task

_WIDTH = 110


def story(task: Task, timeline: Sequence[Event], ledger: Sequence[LedgerEntry] = ()) -> str:
    """What was asked, one line per event with the seconds since the task was created, its money, what it came to."""
    asked = {"task": task.id, "asked": task.model, "ran on": task.stage, "input": task.input, "metadata": task.metadata}
    came_to = {"state": task.state, "cost": _cost(task), "usage": task.usage, "files": _files(task)}
    if task.raw.get("unsure"):
        came_to["to do"] = f"callsheet tasks resolve {task.id} --remote ID | --lost [--again]"
    lines = [line for event in timeline for line in _told(event, task.created_at)]
    moved = [line for entry in ledger for line in _moved(entry, task.created_at)]
    return "\n".join([fields(asked), "", *lines, "", *([*moved, ""] if moved else ()), fields(came_to)])


def exchange(said: Mapping[str, Any]) -> str:
    """One request to a vendor and its answer, as they were."""
    answer = said["status"] if said["status"] is not None else said["error"]
    head = f"{said['at']}  {said['method']} {said['url']}  {answer} in {said['took']} ms"
    bodies = [f"  {mark} {said[part]}" for mark, part in ((">", "request"), ("<", "response")) if said[part]]
    return "\n".join([head, *bodies])


def _told(event: Event, since: datetime | None) -> list[str]:
    after = f"{(event.at - since).total_seconds():9.3f} s" if event.at and since else " " * 11
    text = event.text or f"{event.type} {dict(event.data) or ''}".strip()
    return textwrap.wrap(text, _WIDTH, initial_indent=f"{after}  ", subsequent_indent=" " * 13)


def _moved(entry: LedgerEntry, since: datetime | None) -> list[str]:
    amount = f"{entry.amount:g} credits" if entry.priced else "an unknown price"
    way = _WAYS.get((entry.source, entry.target), f"{entry.source} > {entry.target}").format(amount)
    text = f"{way}: {entry.memo.rstrip('.')}." if entry.memo else f"{way}."
    after = f"{(entry.at - since).total_seconds():9.3f} s" if entry.at and since else " " * 11
    return textwrap.wrap(text, _WIDTH, initial_indent=f"{after}  ", subsequent_indent=" " * 13)


_WAYS = {
    ("funds", "held"): "Set {} aside",
    ("held", "spent"): "Charged {} of what was set aside",
    ("held", "funds"): "Let {} go",
    ("funds", "spent"): "Charged {} more",
    ("spent", "funds"): "Gave {} back",
}


def _cost(task: Task) -> str | None:
    credits = task.usage.get("credits")
    return None if credits is None else f"{credits:g} credits"


def _files(task: Task) -> str | None:
    return ", ".join(f"{one.id} ({one.content_type})" for one in task.artifacts) or None
