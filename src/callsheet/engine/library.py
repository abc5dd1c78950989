"""Files: uploads and artifacts, measured when they come in, kept once by content, let go when their time is over."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import re
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

from callsheet.engine.ids import Ids
from callsheet.errors import NotFound, StorageError, TooLarge
from callsheet.files import Blob, Blobs
from callsheet.renderers import media
from callsheet.signing import link_opens, sign_link
from callsheet.store import Store
from callsheet.tasks import Clock, File, Task

DAY = 86_400_000
SETTLED = 3600.0
"""Seconds after which what was being stored or deleted has its row, or its process is dead."""

SWEPT = 1_000
"""How many stored files are looked for among the rows at once."""

CLAIMS = 200
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}", re.IGNORECASE)
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be kept and how long: sizes in bytes and pixels, `retention` in days, `link_lifetime` in seconds."""

    max_bytes: int = 2_000_000_000
    max_pixels: int = media.MAX_PIXELS
    retention: float | None = None
    link_lifetime: int = 86_400


class Library:
    """`contract.Files` over the store and the blobs.

    Built by the app: `Library(store, Folder(home / "files"), seal.derive("links"), clock, Rules(...))`.
    """

    def __init__(self, store: Store, blobs: Blobs, link_key: bytes, clock: Clock, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self._store = store
        self._blobs = blobs
        self._link_key = link_key
        self._clock = clock
        self._ids = Ids(clock)
        self._storing = 0
        self._unnamed: set[str] = set()
        self._clearing = asyncio.Lock()
        self._holder = secrets.token_hex(8)
        self._claims = False
        self._swept = clock()
        blobs.claim = self._claim

    async def put(self, account: str, chunks: AsyncIterator[bytes], name: str, content_type: str | None) -> File:
        """Store a stream. TooLarge for its bytes or pixels. Its type is what its bytes say, not what was claimed."""
        async with self.storing():
            blob = await self._blobs.put(chunks, self.rules.max_bytes)
            return await self._named(account, blob, name, content_type)

    async def take_in(self, account: str, path: Path, name: str, content_type: str | None) -> File:
        """Store a file that lies here already, as `put` does; it is moved, and gone from `path`."""
        async with self.storing():
            blob = await self._blobs.adopt(path)
            return await self._named(account, blob, name, content_type)

    async def _named(self, account: str, blob: Blob, name: str, content_type: str | None) -> File:
        try:
            file = await self._described(account, blob, name, content_type)
        except TooLarge:
            self._unnamed.add(blob.sha256)
            raise
        return await self._store.add_file(file)

    async def artifact(self, task: Task, path: Path, name: str, content_type: str | None) -> File:
        """Store what a task made; the caller keeps its row with the task's end, and is `storing` until then.

        Whatever its pixels: what was paid for is kept. One whose bytes say nothing keeps the type that was named.
        How long it is kept is the task's own `retention`, or else the installation's.
        """
        blob = await self._blobs.adopt(path)
        file = await self._described(task.account, blob, name, content_type, task.id)
        if task.retention is None:
            return file
        return dataclasses.replace(file, expires_at=file.created_at + task.retention * 1000)

    @contextlib.asynccontextmanager
    async def storing(self) -> AsyncGenerator[None]:
        """Bytes are on their way in: meanwhile none are let go, for they may be the same ones."""
        self._storing += 1
        try:
            async with self._clearing:
                pass  # what is being let go right now is gone before it is stored again
            yield
        finally:
            self._storing -= 1
            if self._claims and not self._storing:
                await self._release()

    async def _claim(self, sha256: str) -> None:
        """From here on no machine deletes these bytes, until what is being stored has its row."""
        self._claims = True
        for _ in range(CLAIMS):
            if await self._store.claim(sha256, self._holder, self._clock()):
                return
            await asyncio.sleep(0.05)
        raise StorageError("The same bytes are being deleted at this moment.", retry_after=5.0)

    async def _release(self) -> None:
        done, self._holder, self._claims = self._holder, secrets.token_hex(8), False
        with contextlib.suppress(StorageError):  # then they are forgotten in an hour
            await self._store.release(done)

    async def _described(
        self, account: str, blob: Blob, name: str, content_type: str | None, task_id: str | None = None
    ) -> File:
        path = await self._blobs.local(blob.sha256)
        facts = await asyncio.to_thread(self._measure, path, judged=task_id is None)
        now = self._clock()
        kept = self.rules.retention
        return File(
            id=self._ids.new("file"),
            account=account,
            sha256=blob.sha256,
            bytes=blob.bytes,
            content_type=facts.content_type if facts else _claimed(content_type, believed=task_id is not None),
            name=_plain_name(name),
            created_at=now,
            expires_at=None if kept is None else now + round(kept * DAY),
            task_id=task_id,
            width=facts and facts.width,
            height=facts and facts.height,
            duration=facts and facts.duration,
            fps=float(facts.fps) if facts and facts.fps else None,
            extra={"has_audio": facts.has_audio} if facts and facts.kind == "video" else {},
        )

    def _measure(self, path: Path, *, judged: bool) -> media.Facts | None:
        """What the headers say; None for what is no media. Artifacts are not judged: what was paid for is kept."""
        try:
            return media.probe(path, self.rules.max_pixels)
        except media.TooManyPixels as error:
            if judged:
                large = TooLarge(str(error), hint="Send a smaller picture.")
                raise large.because("too_many_pixels", most=self.rules.max_pixels) from error
        except media.NotMedia:
            pass
        return None

    async def get(self, account: str | None, file_id: str) -> File:
        """What is known of a file. NotFound."""
        return await self._store.file(account, file_id)

    async def list(self, account: str, limit: int, cursor: str | None) -> tuple[list[File], str | None]:
        """Newest first."""
        return await self._store.list_files(account, limit, cursor)

    async def delete(self, account: str, file_id: str) -> None:
        """Forget it; its bytes go when nothing else names them."""
        file = await self._store.delete_file(account, file_id)
        self._unnamed.add(file.sha256)
        await self._let_go()

    async def forgotten(self, files: Iterable[File]) -> None:
        """Their rows are gone: their bytes go too, where nothing else names them."""
        self.unneeded(files)
        await self._let_go()

    async def local(self, file: File) -> Path:
        """Where its bytes lie on this machine, brought here if need be. NotFound when they are gone."""
        return await self._blobs.local(file.sha256)

    def read(self, file: File, start: int, end: int) -> AsyncGenerator[bytes]:
        """Its bytes from `start` up to `end`, in chunks. NotFound before the first of them when they are gone."""
        return self._blobs.read(file.sha256, start, end)

    async def elsewhere(self, file: File) -> str | None:
        """A signed address at which its bytes are served without us; None where we serve them ourselves."""
        return await self._blobs.link(file.sha256, self.rules.link_lifetime)

    async def reached(self) -> None:
        """Ask the place of the bytes whether it is there. StorageError where it is not, or does not answer."""
        await self._blobs.reached()

    async def present(self, file: File) -> None:
        """NotFound when its bytes are gone."""
        if not await self._blobs.exists(file.sha256):
            raise NotFound("The bytes of this file are gone.", hint="It was deleted, or its time was over.").because(
                "file_gone"
            )

    def link(self, file: File) -> str:
        """A signed path that serves the bytes without a key, until `link_lifetime` or the file's own time is over."""
        expires = self._clock() // 1000 + self.rules.link_lifetime
        if file.expires_at is not None:
            expires = min(expires, file.expires_at // 1000)
        signature = sign_link(self._link_key, file.id, expires)
        return f"/v1/files/{file.id}/content?expires={expires}&signature={signature}"

    def opens(self, file_id: str, expires: str, signature: str) -> bool:
        """Whether a signed link's parts are genuine and not yet expired."""
        return link_opens(self._link_key, file_id, expires, signature, self._clock() // 1000)

    def unneeded(self, files: Iterable[File]) -> None:
        """Stored for artifacts whose rows were not kept: let go of at the next occasion, where nothing names them."""
        self._unnamed.update(file.sha256 for file in files)

    async def expire(self) -> int:
        """Let go of every file whose time is over; answers how many."""
        gone = 0
        while expired := await self._store.expired_files(self._clock()):
            for file in expired:
                with contextlib.suppress(NotFound):  # its owner was quicker
                    await self._store.delete_file(file.account, file.id)
                self._unnamed.add(file.sha256)
            gone += len(expired)
        self._unnamed.update(await self._store.left_over(self._clock() - round(SETTLED * 1000)))
        if self._clock() - self._swept > DAY:
            await self.sweep()
        await self._let_go()
        return gone

    async def sweep(self) -> None:
        """Let go of bytes that were stored and never named: their process died in between, an hour ago or more."""
        self._swept = self._clock()
        aged = sorted(await self._blobs.aged(SETTLED))
        for start in range(0, len(aged), SWEPT):
            self._unnamed.update(await self._store.unnamed(aged[start : start + SWEPT]))
        await self._let_go()

    async def _let_go(self) -> None:
        """Delete bytes that nothing names. While any are coming in it waits for the next occasion."""
        async with self._clearing:
            while self._unnamed and not self._storing:
                sha256 = self._unnamed.pop()
                if await self._store.condemn(sha256, self._clock()):
                    await self._delete(sha256)

    async def _delete(self, sha256: str) -> None:
        await self._blobs.delete(sha256)
        await self._store.forget(sha256)


def _claimed(given: str | None, *, believed: bool) -> str:
    """The type that was named for bytes that say nothing. An upload is no picture or sound because someone says so."""
    named = (given or "").partition(";")[0].strip().lower()
    known = _TYPE.fullmatch(named) and (believed or not named.startswith(("image/", "video/", "audio/")))
    return named if known else "application/octet-stream"


def _plain_name(given: str) -> str:
    """The last part of a path, without control characters, at most 200 letters."""
    return _UNFIT.sub("_", re.split(r"[/\\]", given.strip())[-1]).strip(". ")[:200] or "file"
