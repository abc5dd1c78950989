"""What a shell is told when somebody asks for tasks with the Tab key."""

from __future__ import annotations

import sqlite3
from typing import Any

import click
from click.shell_completion import CompletionItem

from callsheet.settings import home_folder

LATEST = "SELECT id, state, model FROM task WHERE id LIKE ? || '%' ORDER BY id DESC LIMIT 30"


def complete_task(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The home's latest tasks, read beside its server and without starting one; none where they cannot be read."""
    given: Any = ctx.find_root().params.get("home")
    place: Any = ctx.find_root().obj
    path = home_folder(given or getattr(place, "home", None)) / "callsheet.sqlite"
    try:
        base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0.2)
    except sqlite3.Error:
        return []
    try:
        rows = base.execute(LATEST, (incomplete,)).fetchall()
    except sqlite3.Error:
        return []
    finally:
        base.close()
    return [CompletionItem(id, help=f"{state}, {model}") for id, state, model in rows]
