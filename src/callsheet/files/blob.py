"""What a place for bytes can do, a folder or a bucket: addressed by content, whole and durable or not there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Claim = Callable[[str], Awaitable[None]]


async def unclaimed(sha256: str) -> None:
    """Nobody else stores or deletes here."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored bytes: their SHA-256 in hex, and how many they are."""

    sha256: str
    bytes: int


class Blobs(Protocol):
    """Bytes of uploads and artifacts, the same bytes kept once.

    Who deletes a blob that nothing names any more, and who stores the same bytes at that moment, must not run at
    once: hold one lock from `put` to the row that names the blob, and from the count of its users to `delete`. Where
    several machines store, `claim` is that lock.
    """

    claim: Claim
    """Awaited with the hash of what is about to be stored, where another machine may be deleting the same bytes."""

    async def put(self, chunks: AsyncIterator[bytes], max_bytes: int) -> Blob:
        """Store a stream. TooLarge as soon as it is over `max_bytes`, StorageError where it cannot be kept."""
        ...

    async def adopt(self, path: Path) -> Blob:
        """Move a local file in; it is gone from `path` only once it is kept here."""
        ...

    async def local(self, sha256: str) -> Path:
        """Where the bytes lie on this machine, brought here if need be; good for an hour. NotFound."""
        ...

    def read(self, sha256: str, start: int, end: int) -> AsyncGenerator[bytes]:
        """The bytes from `start` up to `end`, in chunks; NotFound before the first of them."""
        ...

    async def exists(self, sha256: str) -> bool:
        """Whether the bytes are here."""
        ...

    async def reached(self) -> None:
        """Ask the place whether it is there. StorageError where it is not, or does not answer."""
        ...

    async def delete(self, sha256: str) -> bool:
        """Let go of a blob; False when it was gone already."""
        ...

    async def aged(self, seconds: float) -> list[str]:
        """All that was stored here longer ago than this, as SHA-256 in hex."""
        ...

    async def link(self, sha256: str, seconds: int) -> str | None:
        """An address that serves the bytes without us for a while; None where there is none."""
        ...
