"""What a task made, saved under names that say which task made it."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from callsheet.client import Artifact, Client, Task

DEFAULT_OUT = Path("callsheet-out")

_SUFFIXES = {"image/jpeg": ".jpg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "text/plain": ".txt"}


def save(client: Client, task: Task, out: Path) -> list[Path]:
    """Download every artifact into `out`: `task_….mp4`, or `task_…-1.png`, `task_…-2.png` when there are several."""
    several = len(task.artifacts) > 1
    return [
        client.download(artifact, out / f"{task.id}{f'-{number}' if several else ''}{_suffix(artifact)}")
        for number, artifact in enumerate(task.artifacts, start=1)
    ]


def _suffix(artifact: Artifact) -> str:
    kind = (artifact.content_type or "").partition(";")[0]
    return Path(artifact.name or "").suffix or _SUFFIXES.get(kind) or mimetypes.guess_extension(kind) or ".bin"
