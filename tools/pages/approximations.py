"""The approximations page: for every vendor's model, what previz leaves out when it runs in its place."""

from __future__ import annotations

from itertools import groupby

from callsheet import catalog
from callsheet.catalog import Model

INTRODUCTION = """# What previz leaves out

When a vendor's model runs on previz, every param that previz knows is honoured exactly. What it does not know is left
out, and the task says so (`usage.approximations`, and `callsheet tasks explain`) wherever the caller gave it. Values
outside what previz takes become the nearest it takes, and are told too. A capability that is not here has nothing left
out, or no model on previz.
"""


def pages() -> dict[str, str]:
    """One page."""
    facts = catalog.load()
    parts = [INTRODUCTION]
    for capability in facts.vocabulary.capabilities:
        found = facts.models(capability, "previz")
        if not found:
            continue
        rows = [(model, _left_out(model, found[0])) for model in facts.models(capability) if model.vendor != "previz"]
        rows = [row for row in rows if row[1]]
        if rows:
            parts.append(f"## {capability}\n\n| models | left out |\n|---|---|\n{_table(rows)}\n")
    return {"docs/reference/approximations.md": "\n".join(parts)}


def _left_out(model: Model, previz: Model) -> tuple[str, ...]:
    return tuple(name for name in model.params if name not in previz.params)


def _table(rows: list[tuple[Model, tuple[str, ...]]]) -> str:
    """One line for all models of which the same is left out."""
    ordered = sorted(rows, key=lambda row: row[1])
    return "\n".join(
        f"| {' · '.join(f'`{model.id}`' for model, _ in group)} | {', '.join(f'`{name}`' for name in left)} |"
        for left, group in groupby(ordered, key=lambda row: row[1])
    )
