"""Bytes let go of while another process stores the same ones: none is lost, and none stays that nothing names."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from callsheet.engine.library import Library
from callsheet.errors import NotFound
from callsheet.files import Blob, Folder
from callsheet.store import Sqlite, Store
from callsheet.store.postgres import Postgres
from callsheet.store.postgres import opened as open_postgres
from many_fixtures import fresh

NOW = 1_795_255_200_000
DATA = b"the same bytes"
SHA = hashlib.sha256(DATA).hexdigest()


class Shared(Folder):
    """A folder as a bucket is: any process may delete what another stores, so what is stored is claimed first."""

    deleting: asyncio.Event | None = None
    go_on: asyncio.Event | None = None

    async def put(self, chunks: AsyncIterator[bytes], max_bytes: int) -> Blob:
        data = b"".join([chunk async for chunk in chunks])
        await self.claim(hashlib.sha256(data).hexdigest())
        return await super().put(_stream(data), max_bytes)

    async def delete(self, sha256: str) -> bool:
        if self.deleting is not None and self.go_on is not None:
            self.deleting.set()
            await self.go_on.wait()
        return await super().delete(sha256)


async def _stream(data: bytes) -> AsyncIterator[bytes]:
    yield data


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    uri = None if request.param == "sqlite" else fresh(request.getfixturevalue("postgres"))

    async def opened() -> Any:
        return Sqlite(tmp_path / "a.sqlite") if uri is None else Postgres(await open_postgres(uri))

    return opened


def test_bytes_put_while_another_process_lets_the_same_go_are_there_afterwards(database: Any, tmp_path: Path) -> None:
    async def story() -> None:
        store = Store(await database(), lambda: NOW)
        here, there = Shared(tmp_path / "files"), Shared(tmp_path / "files")
        one, other = (Library(store, blobs, b"key", lambda: NOW) for blobs in (here, there))
        first = await one.put("local", _stream(DATA), "a.txt", None)
        here.deleting, here.go_on = asyncio.Event(), asyncio.Event()
        deletion = asyncio.create_task(one.delete("local", first.id))
        await here.deleting.wait()
        again = asyncio.create_task(other.put("local", _stream(DATA), "b.txt", None))
        await asyncio.sleep(0.1)
        assert not again.done(), "what is being deleted is gone before it is stored again"
        here.go_on.set()
        await deletion
        kept = await again
        assert (await other.local(kept)).read_bytes() == DATA
        await other.delete("local", kept.id)
        with pytest.raises(NotFound):
            await other.local(kept)
        await store.close()

    asyncio.run(story())


def test_bytes_that_another_process_is_about_to_name_are_not_let_go(database: Any, tmp_path: Path) -> None:
    async def story() -> None:
        store = Store(await database(), lambda: NOW)
        one, other = (Library(store, Shared(tmp_path / "files"), b"key", lambda: NOW) for _ in "ab")
        file = await one.put("local", _stream(DATA), "a.txt", None)
        async with other.storing():
            await other._blobs.put(_stream(DATA), 100)
            await one.delete("local", file.id)
            assert await other._blobs.exists(SHA), "its row is still to come"
        await store.close()

    asyncio.run(story())


def test_bytes_whose_process_died_before_it_named_them_are_swept_after_an_hour(database: Any, tmp_path: Path) -> None:
    async def story() -> None:
        store = Store(await database(), lambda: NOW)
        blobs = Folder(tmp_path / "files")
        library = Library(store, blobs, b"key", lambda: NOW)
        kept = await library.put("local", _stream(b"named"), "a.txt", None)
        young, old = await blobs.put(_stream(b"young"), 100), await blobs.put(_stream(DATA), 100)
        long_ago = time.time() - 7200
        for sha256 in (old.sha256, kept.sha256):
            os.utime(blobs.path(sha256), (long_ago, long_ago))
        await library.sweep()
        assert [await blobs.exists(one) for one in (kept.sha256, young.sha256, old.sha256)] == [True, True, False]
        await store.close()

    asyncio.run(story())


def test_a_deletion_that_was_broken_off_is_finished_by_whoever_keeps_house(database: Any, tmp_path: Path) -> None:
    async def story() -> None:
        clock = [NOW]
        store = Store(await database(), lambda: clock[0])
        blobs = Folder(tmp_path / "files")
        library = Library(store, blobs, b"key", lambda: clock[0])
        left = await blobs.put(_stream(DATA), 100)
        assert await store.condemn(left.sha256, NOW), "and there its process died"
        clock[0] += 3_600_001
        await library.expire()
        assert not await blobs.exists(left.sha256)
        assert await store.claim(left.sha256, "anyone", clock[0]), "it may be stored again"
        await store.close()

    asyncio.run(story())
