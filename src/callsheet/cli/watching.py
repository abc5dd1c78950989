"""Waiting for a task before people's eyes, through Ctrl-C and through servers that come and go."""

from __future__ import annotations

from pathlib import Path

from callsheet.cli.codes import Interrupted
from callsheet.cli.connecting import connect
from callsheet.cli.place import Place
from callsheet.cli.printing import command_name, show, show_json
from callsheet.cli.progress import Board
from callsheet.cli.saving import save
from callsheet.client import Task, TaskFailed, Unreachable
from callsheet.errors import CallsheetError

_RESTARTS = 3


def watch(place: Place, task: Task, timeout: float | None = None) -> Task:
    """The task once it has succeeded. A home's server that went away is started again, and goes on with the task."""
    restarts = 0
    with Board() as board:
        while True:
            try:
                with connect(place) as client:
                    return client.wait(task, timeout=timeout, on_update=lambda seen: board.show(seen.capability, seen))
            except Unreachable:
                restarts += 1
                if place.remote or restarts > _RESTARTS:
                    raise
            except TaskFailed as error:
                error.hint = f"See what happened: {back(place, 'explain', task)}"
                raise


def deliver(place: Place, task: Task, out: Path) -> None:
    """Save what a task made, and print the paths and, last, the id; with --json the task and its `files`."""
    with connect(place) as client:
        paths = save(client, task, out)
    if place.json:
        show_json({**task.raw, "files": [str(path) for path in paths]})
        return
    for path in paths:
        show(str(path))
    show(task.id)


def goes_on(place: Place, task: Task, out: Path | None) -> Interrupted:
    """What Ctrl-C says while a task is watched: it goes on, and how to come back to it."""
    return Interrupted(
        f"Interrupted; {task.id} goes on.", hint=f"Come back to it with:\n  {back(place, 'wait', task, out)}"
    )


def called_off(place: Place, task: Task) -> CallsheetError:
    """Cancel the task, and what Ctrl-C says then."""
    with connect(place) as client:
        after = client.cancel(task)
    if after.state == "succeeded":
        return Interrupted(f"Interrupted; {task.id} had already succeeded.")
    return Interrupted(f"Interrupted; {task.id} is canceled.", hint=f"Its timeline: {back(place, 'explain', task)}")


def back(place: Place, verb: str, task: Task, out: Path | None = None) -> str:
    """The command line that comes back to a task, with the same home or server; a key is never repeated."""
    parts = [command_name(), "tasks", verb, task.id]
    parts += ["--out", str(out)] if out else []
    parts += ["--home", str(place.home)] if place.home else []
    parts += ["--url", place.url] if place.url else []
    return " ".join(parts)
