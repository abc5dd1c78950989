"""A twin's tasks, files and keys kept in a folder from one run to the next: written when it ends in good order."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from callsheet.app.home import make, write_private
from callsheet.errors import SetupError
from callsheet.tasks import File, Task
from callsheet.twin.house import House
from callsheet.twin.ledger import Record
from callsheet.twin.plot import Plot

NAME = "twin.json"
_TASK, _PLOT, _FILE = TypeAdapter(Task), TypeAdapter(Plot), TypeAdapter(File)


def save(house: House, folder: Path) -> None:
    """Write all of it, for its owner's eyes only."""
    make(folder)
    said = {
        "now": house.clock(),
        "link_key": base64.b64encode(house.shelf.key).decode(),
        "keys": house.keys.texts,
        "files": [
            {**_FILE.dump_python(file, mode="json"), "content": base64.b64encode(content).decode()}
            for file, content in house.shelf.files.values()
        ],
        "tasks": [_told(record) for record in house.stage.records],
    }
    write_private(folder / NAME, json.dumps(said))


def restore(house: House, folder: Path) -> None:
    """Take up what was kept there; virtual time goes on from where it was, or from now. SetupError if it is damaged."""
    path = folder / NAME
    if not path.exists():
        return
    try:
        said: dict[str, Any] = json.loads(path.read_text("utf-8"))
        house.clock.advance(max(0, said["now"] - house.clock()) / 1000)
        house.shelf.key = base64.b64decode(said["link_key"])
        house.keys.texts.update(said["keys"])
        for one in said["files"]:
            content = base64.b64decode(one.pop("content"))
            house.shelf.files[one["id"]] = (_FILE.validate_python(one), content)
        for one in said["tasks"]:
            house.stage.take_up(_record(house, one))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetupError(f"{path} cannot be read: {error}.", hint="Move it away, or give another --home.") from error


def _told(record: Record) -> dict[str, Any]:
    return {
        "task": _TASK.dump_python(record.task, mode="json"),
        "plot": _PLOT.dump_python(record.plot, mode="json"),
        "aliases": record.aliases,
        "body": record.body,
        "about": record.about,
        "key": record.key,
        "credits": record.credits,
        "cancel_at": record.cancel_at,
        "files": None if record.files is None else [file.id for file in record.files],
    }


def _record(house: House, said: dict[str, Any]) -> Record:
    task, named = _TASK.validate_python(said["task"]), said["files"]
    return Record(
        number=len(house.stage.records) + 1,
        task=task,
        model=house.catalog.model(task.model),
        aliases=tuple(said["aliases"]),
        body=said["body"],
        about=said["about"],
        key=said["key"],
        credits=said["credits"],
        plot=_PLOT.validate_python(said["plot"]),
        cancel_at=said["cancel_at"],
        files=None if named is None else tuple(house.shelf.files[one][0] for one in named),
    )
