"""What a task made, saved under names that say which task made it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from callsheet.client import Artifact, Client, Task
from callsheet.client.naming import suffix

DEFAULT_OUT = Path("callsheet-out")


def save(client: Client, task: Task, out: Path) -> list[Path]:
    """Download every artifact into `out`: `task_….mp4`, or `task_…-1.png`, `task_…-2.png` when there are several."""
    several = len(task.artifacts) > 1
    return [
        client.download(artifact, out / f"{task.id}{f'-{number}' if several else ''}{suffix(artifact)}")
        for number, artifact in enumerate(task.artifacts, start=1)
    ]


def save_as(client: Client, task: Task, out: Path, name: str) -> list[Path]:
    """The same under a name: `opening.mp4`, or `stills-1.png`, `stills-2.png`; what lies there already is left."""
    several = len(task.artifacts) > 1
    saved: list[Path] = []
    for number, artifact in enumerate(task.artifacts, start=1):
        path = out / f"{name}{f'-{number}' if several else ''}{suffix(artifact)}"
        saved.append(path if _is(path, artifact) else client.download(artifact, path))
    return saved


def _is(path: Path, artifact: Artifact) -> bool:
    if not path.is_file() or path.stat().st_size != artifact.bytes:
        return False
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest() == artifact.sha256
