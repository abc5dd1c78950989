"""The store's statements as PostgreSQL takes them, alone or a new task's all in one, run on a connection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from callsheet.store.database import Records, Step, Unchanged, parse, queries

Connection = Any
"""asyncpg's connection, of a pool or alone: its types differ, what is asked of it does not."""

_OF_A_TASK = frozenset({"add_task", "add_said", "add_label", "add_event"})
"""What every new task brings along: all of it is one statement here."""


async def run(connection: Connection, step: Step) -> Records:
    """One statement. Unchanged where it had to change something and did not."""
    whole = frozenset(name for name, value in step.params.items() if isinstance(value, int))
    statement, names, answers = translated(step.query, whole)
    values = [step.params[name] for name in names]
    if answers:
        records = [dict(record) for record in await connection.fetch(statement, *values)]
        changed = bool(records)
    else:
        records = []
        changed = not (await connection.execute(statement, *values)).endswith(" 0")
    if step.must_change and not changed:
        raise Unchanged(step.query)
    return records


@cache
def translated(query: str, whole: frozenset[str] = frozenset()) -> tuple[str, tuple[str, ...], bool]:
    """A named statement with `$1` for its first param, the params' names in order, and whether it answers records.

    What is named in `whole` is a BIGINT: the server would take `:now - 1` for an INTEGER, which no time fits into.
    """
    statement = texts()[query]
    names = tuple(dict.fromkeys(re.findall(r"(?<!:):([a-z]\w*)", statement)))

    def number(found: re.Match[str]) -> str:
        return f"${names.index(found[1]) + 1}{'::BIGINT' if found[1] in whole else ''}"

    numbered = re.sub(r"(?<!:):([a-z]\w*)", number, statement)
    changes = re.search(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b", statement)
    return numbered, names, not changes or "RETURNING" in statement


@cache
def texts() -> Mapping[str, str]:
    """Every statement by name: the store's own, and those that put several of them in one."""
    own = parse(resources.files("callsheet.store.postgres").joinpath("whole.sql").read_text("utf-8"))
    return {**queries(), **{name: text.format_map(queries()) for name, text in own.items()}}


def merged(steps: Sequence[Step]) -> list[tuple[int, Step]]:
    """The same steps in fewer questions to the server, each with the place of its answer among those of all steps.

    Everything that a new task brings along goes with the statement that adds it, and so does raising the counter where
    nothing stands between the two.
    """
    queried = [step.query for step in steps]
    if queried.count("add_task") != 1 or queried.count("add_said") != 1:
        return list(enumerate(steps))
    at = queried.index("add_task")
    counts = queried[:at] == ["raise_task_counter"]
    mine = [step for step in steps if step.query in _OF_A_TASK]
    events = [step for step in mine if step.query == "add_event"]
    if any(step.must_change for step in mine) or len({step.params["at"] for step in events}) > 1:
        return list(enumerate(steps))
    whole = Step("add_counted_task" if counts else "add_whole_task", _params(steps[at].params, mine, events))
    before = [] if counts else list(enumerate(steps[:at]))
    after = [(place, step) for place, step in enumerate(steps) if place > at and step.query not in _OF_A_TASK]
    return [*before, (at, whole), *after]


def _params(task: Mapping[str, Any], mine: Sequence[Step], events: Sequence[Step]) -> dict[str, Any]:
    labels = [step.params for step in mine if step.query == "add_label"]
    return {
        **task,
        "now": task["created_at"],
        "text": next(step.params["text"] for step in mine if step.query == "add_said"),
        "names": [label["name"] for label in labels],
        "values": [label["value"] for label in labels],
        "at": events[0].params["at"] if events else task["created_at"],
        "types": [event.params["type"] for event in events],
        "data": [event.params["data"] for event in events],
    }
