"""Artifacts brought in: a local file adopted, a vendor's address fetched under the guard, a text stored."""

from __future__ import annotations

import asyncio
import dataclasses
import mimetypes
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx2

from callsheet import fetch
from callsheet.engine.library import Library
from callsheet.engine.mark import Mark
from callsheet.errors import CallsheetError, StorageError, VendorError
from callsheet.store import Row
from callsheet.tasks import Artifact, File


class NoOutput(VendorError):
    """The stage says it succeeded, and there is nothing, or nothing but an empty file."""

    code = "no_output"


class Vanished(Exception):
    """A local file that was made is gone: only making it again helps."""


class NotCollected(VendorError):
    """What the stage made could not be fetched; it is tried again, as it may have been paid for."""

    code = "not_collected"
    retryable = True


class Ingest:
    """Brings artifacts into the library, each marked with where it comes from.

    `client` is guarded; `drafts` is a folder on the home's disk.
    """

    def __init__(
        self, library: Library, mark: Mark, client: httpx2.AsyncClient, drafts: Path, max_bytes: int, timeout: float
    ) -> None:
        self._library = library
        self._mark = mark
        self._client = client
        self._drafts = drafts
        self._max_bytes = max_bytes
        self._timeout = timeout

    async def bring(self, row: Row, artifacts: Sequence[Artifact]) -> list[File]:
        """Every artifact as a file, its bytes durable, its row not yet kept: that is for the write that ends the task.

        Raises NoOutput, NotCollected, Vanished or StorageError; what came in by then is let go of.
        """
        if not artifacts:
            raise NoOutput("The stage says that it succeeded, and named no file.").because("nothing_named")
        self._drafts.mkdir(parents=True, exist_ok=True, mode=0o700)
        files: list[File] = []
        try:
            with tempfile.TemporaryDirectory(dir=self._drafts) as folder:
                for number, artifact in enumerate(artifacts, 1):
                    files.append(await self._file(row, artifact, number, Path(folder) / str(number)))
        except BaseException:
            self._library.unneeded(files)  # stamped anew, they have other bytes the next time
            raise
        return files

    async def _file(self, row: Row, artifact: Artifact, number: int, draft: Path) -> File:
        path, content_type, name = await self._at_hand(artifact, draft)
        if artifact.path is not None and not path.is_file():
            raise Vanished
        if path.stat().st_size == 0:
            raise NoOutput("The stage says that it succeeded, and its file is empty.").because("empty_file")
        named = artifact.name or name or f"{row.task.id}-{number}{_ending(path, content_type)}"
        stamped = await self._mark.stamp(row, path, draft)
        file = await self._library.artifact(row.task, stamped.path, named, content_type)
        path.unlink(missing_ok=True)  # the one without a stamp is needed no more
        return _with_words(file, artifact, stamped.told)

    async def _at_hand(self, artifact: Artifact, draft: Path) -> tuple[Path, str | None, str | None]:
        """Where its bytes lie, and the type and name that came with them."""
        if artifact.path is not None:
            return Path(artifact.path), artifact.content_type, None
        if artifact.text is not None:
            await asyncio.to_thread(draft.write_text, artifact.text, "utf-8")
            return draft, artifact.content_type or "text/plain", None
        if artifact.url is None:
            raise NoOutput("The stage says that it succeeded, and named neither a file nor a text.").because(
                "nothing_named"
            )
        try:
            found = await fetch.download(self._client, artifact.url, draft, self._max_bytes, self._timeout)
        except StorageError:
            raise
        except CallsheetError as error:
            lost = NotCollected(f"What was made could not be fetched. {error.message}", hint=error.hint)
            raise lost.like(error) from error
        return draft, artifact.content_type or found.content_type, found.name


def _with_words(file: File, artifact: Artifact, origin: Mapping[str, Any]) -> File:
    """What was measured counts; what the stage said fills in what could not be. `origin` is told beside them."""
    said = {
        name: getattr(artifact, name)
        for name in ("width", "height", "duration", "fps")
        if getattr(file, name) is None and getattr(artifact, name) is not None
    }
    told = {"provenance": dict(origin)} if origin else {}
    return dataclasses.replace(file, extra={**artifact.extra, **file.extra, **told}, **said)


def _ending(path: Path, content_type: str | None) -> str:
    return path.suffix or mimetypes.guess_extension(content_type or "") or ""


def told(artifact: Artifact) -> dict[str, Any]:
    """An artifact as the timeline keeps it."""
    parts = dataclasses.asdict(artifact)
    return {name: value for name, value in parts.items() if value is not None and value != {}}
