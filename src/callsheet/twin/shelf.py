"""Uploads and what the twin made, in memory; their links are signed and expire in virtual time."""

from __future__ import annotations

import dataclasses
import hashlib
import mimetypes
import secrets
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from callsheet.catalog import Model, Param
from callsheet.engine.ids import Ids
from callsheet.errors import NotFound
from callsheet.signing import link_opens, sign_link
from callsheet.tasks import Clock, File, Input
from callsheet.twin.made import made

KINDS = {"images": "image", "mask": "image", "videos": "video", "audios": "audio"}


class Shelf:
    """What dialects ask of `contract.Files`. `lifetime` of a link in seconds; `key` signs them."""

    def __init__(self, clock: Clock, lifetime: int) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._ids = Ids(clock)
        self.key = secrets.token_bytes(32)
        self.files: dict[str, tuple[File, bytes]] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def put(self, account: str, chunks: AsyncIterator[bytes], name: str, content_type: str | None) -> File:
        """Keep a stream."""
        content = b"".join([chunk async for chunk in chunks])
        return self._keep(account, content, name, content_type or _type_of(name))

    def given(self, account: str, param: Param, reference: str) -> str:
        """The id of a file for what an input names: its own, or a new one for an address, which is not fetched."""
        if reference.startswith("file_"):
            return self._own(account, reference).id
        kind = KINDS.get(param.type, param.type)
        stand_in = made(kind if kind in ("image", "video", "audio") else "text", "given")
        name = "data" if reference.startswith("data:") else Path(urlsplit(reference).path).name or "file"
        return self._keep(account, stand_in.content, name, stand_in.content_type).id

    def mark(self, reference: str) -> str:
        """What is the same for the same content: a file's hash, a data: address's, else the address without query."""
        if reference in self.files:
            return self.files[reference][0].sha256
        if reference.startswith("data:"):
            return hashlib.sha256(reference.encode()).hexdigest()
        return reference.partition("?")[0]

    def make(self, account: str, task_id: str, model: Model, input: Input) -> tuple[File, ...]:
        """A file for every output that the model promises, each with its task's id in it."""
        files: list[File] = []
        for output in model.outputs:
            count = output.count if isinstance(output.count, int) else int(input.get(output.count, 1))
            for _ in range(count):
                one = made(output.kind, f"{task_id}-{len(files) + 1}")
                file = self._keep(account, one.content, f"{task_id}-{len(files) + 1}{one.ending}", one.content_type)
                known = dataclasses.replace(
                    file, task_id=task_id, width=one.width, height=one.height, duration=one.duration, fps=one.fps
                )
                self.files[file.id] = (known, one.content)
                files.append(known)
        return tuple(files)

    def _keep(self, account: str, content: bytes, name: str, content_type: str) -> File:
        sha256 = hashlib.sha256(content).hexdigest()
        file = File(self._ids.new("file"), account, sha256, len(content), content_type, name, self._clock())
        self.files[file.id] = (file, content)
        return file

    async def get(self, account: str | None, file_id: str) -> File:
        """What is known of a file. NotFound."""
        return self._own(account, file_id)

    def _own(self, account: str | None, file_id: str) -> File:
        file, _ = self.files.get(file_id, (None, b""))
        if file is None or account not in (None, file.account):
            raise NotFound(f"There is no file {file_id}.")
        return file

    def maker(self, file_id: str) -> str | None:
        """The id of the task that made a file; None for an upload, or where there is no such file."""
        return self.files[file_id][0].task_id if file_id in self.files else None

    async def list(self, account: str, limit: int, cursor: str | None) -> tuple[list[File], str | None]:
        """Newest first."""
        own = [file for file, _ in reversed(self.files.values()) if file.account == account]
        start = int(cursor or 0)
        return own[start : start + limit], str(start + limit) if len(own) > start + limit else None

    async def delete(self, account: str, file_id: str) -> None:
        """Forget it."""
        del self.files[self._own(account, file_id).id]

    async def local(self, file: File) -> Path:
        """Its bytes, written to a folder that goes with the twin."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="callsheet-twin-")
        path = Path(self._folder.name) / file.id
        path.write_bytes(self.content(file))
        return path

    def content(self, file: File) -> bytes:
        """Its bytes. NotFound."""
        if file.id not in self.files:
            raise NotFound("The bytes of this file are gone.")
        return self.files[file.id][1]

    async def read(self, file: File, start: int, end: int) -> AsyncGenerator[bytes]:
        """Its bytes from `start` up to `end`."""
        yield self.content(file)[start:end]

    def link(self, file: File) -> str:
        """A signed path."""
        expires = self._clock() // 1000 + self._lifetime
        if file.expires_at is not None:
            expires = min(expires, file.expires_at // 1000)
        return f"/v1/files/{file.id}/content?expires={expires}&signature={sign_link(self.key, file.id, expires)}"

    def opens(self, file_id: str, expires: str, signature: str) -> bool:
        """Whether a signed link's parts are genuine and not yet expired."""
        return link_opens(self.key, file_id, expires, signature, self._clock() // 1000)

    def clear(self) -> None:
        """Forget everything."""
        self.files.clear()
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
