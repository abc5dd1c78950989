"""A file being written: hashed as it grows, gone unless published, whole even when its caller is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import ParamSpec, TypeVar

from callsheet.errors import StorageError
from callsheet.files.blob import Blob

P = ParamSpec("P")
T = TypeVar("T")


class Draft:
    """A file being written, hashed as it grows; gone unless it was published."""

    def __init__(self, folder: Path) -> None:
        with disk():
            fd, name = tempfile.mkstemp(dir=folder)
        self.path = Path(name)
        self.size = 0
        self._file = open(fd, "wb", buffering=0)  # noqa: SIM115 (closed by discard)
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        view = memoryview(data)
        with disk():
            while view:
                view = view[self._file.write(view) :]
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def finish(self) -> Blob:
        os.fsync(self._file.fileno())
        return Blob(self._hash.hexdigest(), self.size)

    def discard(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


async def whole(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Run it in a thread to its end, also when the caller is cancelled: nobody closes a file under a writer."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *args, **named))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        running.exception()
        raise


@contextlib.contextmanager
def disk() -> Generator[None]:
    """What the disk refuses in here is a StorageError that names the way out."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The file could not be kept ({error.strerror}); nothing of it was.",
            hint="Free some space where the home lies; callsheet goes on by itself.",
        ) from error
