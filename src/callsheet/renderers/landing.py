"""A file that is either complete on disk or not there: written beside its name, synced, then renamed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from pathlib import Path


@contextlib.contextmanager
def landing(path: Path) -> Generator[Path]:
    """Give a hidden name beside `path` to write to; at the end it becomes `path`, after an error it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        _sync(part, os.O_RDONLY)
        part.replace(path)
        _sync(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
