"""Blobs in a folder, addressed by content: a file there is whole and durable, or it is not there."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import time
from collections.abc import AsyncGenerator, AsyncIterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from callsheet.errors import NotFound, SetupError, TooLarge
from callsheet.files.blob import Blob, Claim, unclaimed
from callsheet.files.draft import Draft, disk, whole

CHUNK = 256 * 1024
GATHER = 1 << 20
"""How many bytes are gathered before a thread is asked to write them."""


class Folder:
    """`Blobs` as `ab/cd/<sha256>` under a folder that one process owns (the lock on the home)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drafts = folder / "drafts"
        self.claim: Claim = unclaimed  # one process owns this folder: its own lock is enough
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._drafts.mkdir(exist_ok=True, mode=0o700)
            for left in self._drafts.iterdir():  # what a process that was killed had not finished
                left.unlink()
        except OSError as error:
            raise SetupError(
                f"The folder for files, {folder}, cannot be used: {error.strerror}.",
                hint="Check that it may be written and has space left, or choose another with --home.",
            ) from error

    async def put(self, chunks: AsyncIterator[bytes], max_bytes: int) -> Blob:
        """Store a stream. TooLarge as soon as it is over `max_bytes`, StorageError on a full disk: nothing is left."""
        draft = Draft(self._drafts)
        try:
            gathered = bytearray()
            async for chunk in chunks:
                gathered += chunk
                if draft.size + len(gathered) > max_bytes:
                    large = TooLarge(f"This file has more than {max_bytes:,} bytes.", hint="Send a smaller one.")
                    raise large.because("file_too_large", most=max_bytes)
                if len(gathered) >= GATHER:
                    await whole(draft.write, bytes(gathered))
                    gathered.clear()
            return await whole(self._keep, draft, bytes(gathered))
        finally:
            draft.discard()

    async def adopt(self, path: Path) -> Blob:
        """Move a local file in, a copy from another disk; it is gone from `path` only once it is kept here."""
        return await whole(self._adopt, path)

    def path(self, sha256: str) -> Path:
        """Where a blob lies. NotFound when it is gone."""
        place = self._place(sha256)
        if not place.is_file():
            raise NotFound("The bytes of this file are gone.", hint="It was deleted, or its time was over.").because(
                "file_gone"
            )
        return place

    def open(self, sha256: str) -> BinaryIO:
        """A blob to read from. NotFound when it is gone; one that is open stays readable while it is deleted."""
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError:
            gone = NotFound("The bytes of this file are gone.", hint="It was deleted, or its time was over.")
            raise gone.because("file_gone") from None

    async def local(self, sha256: str) -> Path:
        """Where a blob lies. NotFound when it is gone."""
        return self.path(sha256)

    async def read(self, sha256: str, start: int, end: int) -> AsyncGenerator[bytes]:
        """The bytes from `start` up to `end`. OSError where the file turns out to be shorter."""
        stream = await asyncio.to_thread(self.open, sha256)
        try:
            stream.seek(start)
            left = end - start
            while left:
                chunk = await asyncio.to_thread(stream.read, min(CHUNK, left))
                if not chunk:
                    raise OSError(f"{sha256} is shorter than it was")
                left -= len(chunk)
                yield chunk
        finally:
            stream.close()

    async def exists(self, sha256: str) -> bool:
        """Whether the bytes are here."""
        return self._place(sha256).is_file()

    async def reached(self) -> None:
        """The folder is this machine's own, and was made when it was opened."""

    async def link(self, sha256: str, seconds: int) -> str | None:
        """A folder has no address of its own."""
        return None

    async def aged(self, seconds: float) -> list[str]:
        """All that was stored longer ago than this."""
        before = time.time() - seconds
        return [path.name for path, _, stored in await asyncio.to_thread(self.held) if stored < before]

    def held(self) -> list[tuple[Path, int, float]]:
        """Every blob here: where it lies, its size in bytes, and when it was last asked for, in seconds since 1970."""
        found = [path for path in self._folder.glob("??/??/*") if path.is_file()]
        return [(path, (kept := path.stat()).st_size, kept.st_mtime) for path in found]

    async def delete(self, sha256: str) -> bool:
        """Let go of a blob; False when it was gone already."""
        place = self._place(sha256)
        try:
            await asyncio.to_thread(place.unlink)
        except FileNotFoundError:
            return False
        return True

    def _place(self, sha256: str) -> Path:
        must_be_address(sha256)
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    def _keep(self, draft: Draft, rest: bytes) -> Blob:
        with disk():
            draft.write(rest)
            blob = draft.finish()
            self._publish(draft.path, blob)
        return blob

    def _adopt(self, path: Path) -> Blob:
        with path.open("rb", buffering=0) as source:
            draft = Draft(self._drafts)
            try:
                with disk():
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


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def must_be_address(sha256: str) -> None:
    """NotFound for what is no SHA-256 in hex: it names no blob, and no file beside them."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise NotFound("This is not the address of a blob.")
