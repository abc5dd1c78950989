"""The bytes of uploads and artifacts: a folder addressed by content, where a file is whole and durable or not there."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from callsheet.errors import NotFound, SetupError, StorageError, TooLarge

P = ParamSpec("P")
T = TypeVar("T")

GATHER = 1 << 20
"""How many bytes are gathered before a thread is asked to write them."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored bytes: their SHA-256 in hex, and how many they are."""

    sha256: str
    bytes: int


class Blobs:
    """A folder of blobs, `ab/cd/<sha256>`, the same bytes kept once. One process owns it (the lock on the home).

    Who deletes a blob that nothing names any more, and who stores the same bytes at that moment, must not run at
    once: hold one lock from `put` to the row that names the blob, and from the count of its users to `delete`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drafts = folder / "drafts"
        try:
            self._drafts.mkdir(parents=True, exist_ok=True, mode=0o700)
            for left in self._drafts.iterdir():  # what a process that was killed had not finished
                left.unlink()
        except OSError as error:
            raise SetupError(
                f"The folder for files, {folder}, cannot be used: {error.strerror}.",
                hint="Check that it may be written and has space left, or choose another with --home.",
            ) from error

    async def put(self, chunks: AsyncIterator[bytes], max_bytes: int) -> Blob:
        """Store a stream. TooLarge as soon as it is over `max_bytes`, StorageError on a full disk: nothing is left."""
        draft = _Draft(self._drafts)
        try:
            gathered = bytearray()
            async for chunk in chunks:
                gathered += chunk
                if draft.size + len(gathered) > max_bytes:
                    raise TooLarge(f"This file has more than {max_bytes:,} bytes.", hint="Send a smaller one.")
                if len(gathered) >= GATHER:
                    await _whole(draft.write, bytes(gathered))
                    gathered.clear()
            return await _whole(self._keep, draft, bytes(gathered))
        finally:
            draft.discard()

    async def adopt(self, path: Path) -> Blob:
        """Move a local file in, a copy from another disk; it is gone from `path` only once it is kept here."""
        return await _whole(self._adopt, path)

    def path(self, sha256: str) -> Path:
        """Where a blob lies. NotFound when it is gone."""
        place = self._place(sha256)
        if not place.is_file():
            raise NotFound("The bytes of this file are gone.", hint="It was deleted, or its time was over.")
        return place

    def open(self, sha256: str) -> BinaryIO:
        """A blob to read from. NotFound when it is gone; one that is open stays readable while it is deleted."""
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError:
            raise NotFound("The bytes of this file are gone.", hint="It was deleted, or its time was over.") from None

    def exists(self, sha256: str) -> bool:
        """Whether the bytes are here."""
        return self._place(sha256).is_file()

    async def delete(self, sha256: str) -> bool:
        """Let go of a blob; False when it was gone already."""
        place = self._place(sha256)
        try:
            await asyncio.to_thread(place.unlink)
        except FileNotFoundError:
            return False
        return True

    def _place(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise NotFound("This is not the address of a blob.")
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    def _keep(self, draft: _Draft, rest: bytes) -> Blob:
        with _disk():
            draft.write(rest)
            blob = draft.finish()
            self._publish(draft.path, blob)
        return blob

    def _adopt(self, path: Path) -> Blob:
        with path.open("rb", buffering=0) as source:
            draft = _Draft(self._drafts)
            try:
                with _disk():
                    if os.fstat(source.fileno()).st_dev == self._drafts.stat().st_dev:
                        return self._move(path, source)
                    shutil.copyfileobj(source, draft, GATHER)
                blob = self._keep(draft, b"")
            finally:
                draft.discard()
        path.unlink()
        return blob

    def _move(self, path: Path, source: FileIO) -> Blob:
        blob = Blob(hashlib.file_digest(source, "sha256").hexdigest(), source.tell())
        os.fchmod(source.fileno(), 0o600)
        os.fsync(source.fileno())
        self._publish(path, blob)
        path.unlink(missing_ok=True)  # it was here already
        return blob

    def _publish(self, path: Path, blob: Blob) -> None:
        """Give finished bytes their name, and make the name durable."""
        place = self._place(blob.sha256)
        if place.is_file() and place.stat().st_size == blob.bytes:
            return
        new = [folder for folder in (place.parent, place.parent.parent) if not folder.is_dir()]
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(path, place)
        for folder in (place.parent, *(folder.parent for folder in new)):
            _sync_folder(folder)


class _Draft:
    """A file being written, hashed as it grows; gone unless it was published."""

    def __init__(self, folder: Path) -> None:
        with _disk():
            fd, name = tempfile.mkstemp(dir=folder)
        self.path = Path(name)
        self.size = 0
        self._file = open(fd, "wb", buffering=0)  # noqa: SIM115 (closed by discard)
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        view = memoryview(data)
        with _disk():
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


async def _whole(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Run it in a thread to its end, also when the caller is cancelled: nobody closes a file under a writer."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *args, **named))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        running.exception()
        raise


@contextlib.contextmanager
def _disk() -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The file could not be kept ({error.strerror}); nothing of it was.",
            hint="Free some space where the home lies; callsheet goes on by itself.",
        ) from error


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
