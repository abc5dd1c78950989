"""Blobs in a bucket that speaks S3, with a folder before it: written through, read from there while it has room."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import aclosing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from callsheet.errors import NotFound, SetupError, StorageError
from callsheet.files.blob import Blob, Claim, unclaimed
from callsheet.files.folder import Folder, must_be_address
from callsheet.renderers.sniff import sniff

STAYS = 3600.0
"""Seconds for which what was asked for stays in the folder, however full it is: a render may be reading it."""

_NOTHING = "0" * 64
"""The content of no file."""

_HOW = (
    "Check files.store, files.endpoint and files.region, and the credentials: AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY, or a role."
)


class Bucket:
    """`Blobs` under `s3://bucket/prefix`; any number of machines share it.

    `cache` is this process's own folder; it keeps at most about `cache_bytes` of what was asked for lately. What is put
    is in the bucket when `put` returns. Credentials are found where S3's own tools find them (`AWS_ACCESS_KEY_ID`, an
    instance's role ...); `endpoint` is for what is not Amazon's.
    """

    def __init__(
        self,
        address: str,
        cache: Folder,
        endpoint: str | None = None,
        region: str | None = None,
        *,
        cache_bytes: int = 10_000_000_000,
        direct: bool = False,
    ) -> None:
        self._obstore = _obstore()
        self._store = self._opened(address, endpoint, region)
        self._cache = cache
        self._cache_bytes = cache_bytes
        self._direct = direct
        self._coming = WeakValueDictionary[str, asyncio.Lock]()
        self.claim: Claim = unclaimed

    def _opened(self, address: str, endpoint: str | None, region: str | None) -> Any:
        parts = urlsplit(address)
        if parts.scheme != "s3" or not parts.netloc:
            raise SetupError(f"{address!r} is no bucket.", hint="Write files.store as s3://bucket/prefix.")
        named: dict[str, Any] = {"region": region} if region else {}
        if endpoint:
            named |= {"endpoint": endpoint, "client_options": {"allow_http": endpoint.startswith("http://")}}
        return self._obstore.store.S3Store(parts.netloc, prefix=parts.path.strip("/") or None, **named)

    async def put(self, chunks: AsyncIterator[bytes], max_bytes: int) -> Blob:
        """Store a stream. TooLarge as soon as it is over `max_bytes`, StorageError where the bucket refuses it."""
        blob = await self._cache.put(chunks, max_bytes)
        await self._upload(blob.sha256, self._cache.path(blob.sha256))
        await self._make_room()
        return blob

    async def adopt(self, path: Path) -> Blob:
        """Move a local file in; it is gone from `path` only once the bucket has it."""
        await self._upload(await asyncio.to_thread(_hash, path), path)
        blob = await self._cache.adopt(path)
        await self._make_room()
        return blob

    async def local(self, sha256: str) -> Path:
        """Where the bytes lie on this machine, fetched once however many ask. NotFound."""
        must_be_address(sha256)
        async with self._coming.setdefault(sha256, asyncio.Lock()):  # gone with the last one that waits for it
            if not await self._cache.exists(sha256):
                await self._fetch(sha256)
        path = self._cache.path(sha256)
        path.touch()
        return path

    async def read(self, sha256: str, start: int, end: int) -> AsyncGenerator[bytes]:
        """The bytes from `start` up to `end`: from the folder where it has them, else straight from the bucket."""
        must_be_address(sha256)
        if await self._cache.exists(sha256) or start >= end:
            async with aclosing(self._cache.read(sha256, start, end)) as chunks:
                async for chunk in chunks:
                    yield chunk
            return
        with self._told(sha256):
            found = await self._obstore.get_async(self._store, _key(sha256), options={"range": (start, end)})
            async for chunk in found.stream():
                yield bytes(chunk)

    async def exists(self, sha256: str) -> bool:
        """Whether the bucket has it."""
        must_be_address(sha256)
        try:
            with self._told(sha256):
                await self._obstore.head_async(self._store, _key(sha256))
        except NotFound:
            return False
        return True

    async def reached(self) -> None:
        """Ask for what nobody has: unlike `exists`, the answer says whether there is such a bucket at all."""
        with suppress(NotFound), self._told("a question"):
            await self._obstore.get_async(self._store, _key(_NOTHING))

    async def delete(self, sha256: str) -> bool:
        """Let go of a blob, here and there; False when it was gone already."""
        there = await self.exists(sha256)
        await self._cache.delete(sha256)
        with self._told(sha256):
            await self._obstore.delete_async(self._store, _key(sha256))
        return there

    async def link(self, sha256: str, seconds: int) -> str | None:
        """A signed address straight to the bucket, where the setting `files.direct_links` allows it."""
        if not self._direct:
            return None
        with self._told(sha256):
            return await self._obstore.sign_async(self._store, "GET", _key(sha256), timedelta(seconds=seconds))

    async def aged(self, seconds: float) -> list[str]:
        """All that was put longer ago than this, by any machine."""
        before, found = time.time() - seconds, list[str]()
        with self._told("the list"):
            async for page in self._obstore.list(self._store):
                old = (one["path"] for one in page if one["last_modified"].timestamp() < before)
                found += [path.rpartition("/")[2] for path in old]
        return found

    async def _upload(self, sha256: str, path: Path) -> None:
        await self.claim(sha256)
        found = await asyncio.to_thread(sniff, path)
        named = {"Content-Type": found.content_type} if found else {}
        with self._told(sha256):
            await self._obstore.put_async(self._store, _key(sha256), path, attributes=named)

    async def _fetch(self, sha256: str) -> None:
        with self._told(sha256):
            found = await self._obstore.get_async(self._store, _key(sha256))
            blob = await self._cache.put(_plain(found.stream()), found.meta["size"])
        if blob.sha256 != sha256:
            await self._cache.delete(blob.sha256)
            raise StorageError(f"The bucket holds other bytes under {sha256}.", hint="Compare it with a backup.")
        await self._make_room()

    async def _make_room(self) -> None:
        """Let go of what was asked for longest ago, until the folder is small enough; the bucket keeps it."""
        await asyncio.to_thread(self._evict)

    def _evict(self) -> None:
        held = sorted(self._cache.held(), key=lambda one: one[2])
        over = sum(size for _, size, _ in held) - self._cache_bytes
        for path, size, asked in held:
            if over <= 0 or time.time() - asked < STAYS:
                return
            path.unlink(missing_ok=True)
            over -= size

    @contextmanager
    def _told(self, sha256: str) -> Generator[None]:
        """What the bucket refuses, in our words."""
        wrong = self._obstore.exceptions
        try:
            yield
        except (wrong.NotFoundError, FileNotFoundError) as error:
            if "NoSuchBucket" in str(error):
                raise StorageError("There is no such bucket.", hint=_HOW) from error
            said = "The bytes of this file are gone."
            raise NotFound(said, hint="It was deleted, or its time was over.").because("file_gone") from None
        except (wrong.PermissionDeniedError, wrong.UnauthenticatedError) as error:
            raise StorageError(
                "The bucket refused our credentials.", hint="Check AWS_ACCESS_KEY_ID and what the key may do."
            ) from error
        except wrong.BaseError as error:
            raise StorageError(f"The bucket could not be used for {sha256}: {_short(error)}.", hint=_HOW) from error


def _obstore() -> Any:
    try:
        for part in ("exceptions", "store"):
            importlib.import_module(f"obstore.{part}")
        return importlib.import_module("obstore")
    except ImportError as error:
        raise SetupError(
            "Files in a bucket need the extra s3.", hint="pip install 'callsheet[s3]', or leave files.store out."
        ) from error


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200].rstrip(".")


async def _plain(stream: Any) -> AsyncIterator[bytes]:
    async for chunk in stream:
        yield bytes(chunk)
