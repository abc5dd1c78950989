"""Media named in an input, brought in at submit (file id, http(s) or data: address) and judged by their headers."""

from __future__ import annotations

import base64
import binascii
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx2

from callsheet import fetch
from callsheet.catalog import Model, Param, check_media
from callsheet.engine.library import Library
from callsheet.errors import InvalidInput, NotFound, RequestError, TooLarge
from callsheet.renderers import media
from callsheet.tasks import File

_KINDS = {
    **dict.fromkeys(("image", "images", "mask"), "image"),
    **dict.fromkeys(("video", "videos"), "video"),
    **dict.fromkeys(("audio", "audios"), "audio"),
}
_FETCHED_NAME = "fetched"


class Intake:
    """Turns references into files of the account. `client` is guarded; `drafts`, on the home's disk, is emptied."""

    def __init__(
        self, library: Library, client: httpx2.AsyncClient, drafts: Path, max_bytes: int, timeout: float
    ) -> None:
        shutil.rmtree(drafts, ignore_errors=True)  # what a process that was killed had not finished
        self._library = library
        self._client = client
        self._drafts = drafts
        self._max_bytes = max_bytes
        self._timeout = timeout

    async def resolve(self, account: str, models: Iterable[Model], input: Mapping[str, Any]) -> dict[str, File]:
        """The file behind every reference of an input, each fetched once and checked against every model's limits.

        NotFound for an id that is not the account's, Forbidden for an address that may not be fetched, InvalidInput and
        TooLarge for what is not as it should be; each names the param.
        """
        models = {model.id: model for model in models}.values()
        files: dict[str, File] = {}
        for place, param, reference in (found for model in models for found in model.media(input)):
            with at_place(place):
                if reference not in files:
                    files[reference] = await self._file(account, reference)
                await self.judge(param, files[reference])
        return files

    async def _file(self, account: str, reference: str) -> File:
        if reference.startswith("file_"):
            return await self._own(account, reference)
        if reference.startswith("data:"):
            content_type, data = _decode(reference, self._library.rules.max_bytes)
            return await self._library.put(account, _one(data), "data", content_type)
        return await self._fetched(account, reference)

    async def _own(self, account: str, file_id: str) -> File:
        try:
            file = await self._library.get(account, file_id)
            await self._library.present(file)
        except NotFound as error:
            said = f"There is no file {file_id}, or its time was over."
            gone = NotFound(said, hint="Upload it: POST /v1/files, or @path on the command line.")
            raise gone.because("file_unknown", file=file_id) from error
        return file

    async def _fetched(self, account: str, url: str) -> File:
        self._drafts.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self._drafts) as folder:
            draft = Path(folder) / _FETCHED_NAME
            most = min(self._max_bytes, self._library.rules.max_bytes)
            found = await fetch.download(self._client, url, draft, most, self._timeout)
            return await self._library.take_in(account, draft, found.name, found.content_type)

    async def judge(self, param: Param, file: File) -> None:
        """InvalidInput or TooLarge for a file that this param does not take."""
        kind = _KINDS.get(param.type)
        if kind is not None and not file.content_type.startswith(f"{kind}/"):
            raise InvalidInput(
                f"{param.name} should be {'an' if kind[0] in 'ai' else 'a'} {kind}: {await self._said(file)}",
                hint=f"Send {_taken(param, kind)}.",
            ).because("kind_wrong", param=param.name, kind=kind, given=file.content_type)
        check_media(
            param,
            content_type=file.content_type,
            bytes=file.bytes,
            width=file.width,
            height=file.height,
            duration=file.duration,
            fps=file.fps,
        )

    async def _said(self, file: File) -> str:
        if file.content_type != "application/octet-stream":
            return f"this is {file.content_type}."
        try:
            return f"this is {media.probe(await self._library.local(file)).content_type}."
        except ValueError as error:
            return str(error)


def references(model: Model, input: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every `(place, reference)` to media in an input: `subjects[0].images`, however deep."""
    return ((place, reference) for place, _, reference in model.media(input))


def with_files(model: Model, input: Mapping[str, Any], files: Mapping[str, File]) -> dict[str, Any]:
    """The input with every reference replaced by its file's id."""
    return model.with_media(input, lambda _, reference: files[reference].id) if files else dict(input)


@contextmanager
def at_place(place: str) -> Generator[None]:
    """A refusal in here names this place."""
    try:
        yield
    except RequestError as error:
        error.param = place
        raise


def _decode(reference: str, most: int) -> tuple[str | None, bytes]:
    """RFC 2397: `data:image/png;base64,…`."""
    head, _, text = reference.removeprefix("data:").partition(",")
    content_type, *marks = head.split(";")
    if len(text) * 3 // 4 > most:
        said = f"This data: address holds more than {most:,} bytes."
        raise TooLarge(said, hint="Upload it as a file.").because("file_too_large", most=most)
    if "base64" not in (mark.strip().lower() for mark in marks):
        return content_type or None, unquote_to_bytes(text)
    try:
        data = base64.b64decode(unquote_to_bytes(text), validate=True)
    except binascii.Error as error:
        said = f"This data: address is not base64: {error}."
        raise InvalidInput(said, hint="Write data:image/png;base64, and then the bytes.") from error
    return content_type or None, data


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _taken(param: Param, kind: str) -> str:
    formats = param.media.formats if param.media else ()
    return f"{'an' if kind[0] in 'ai' else 'a'} {kind} ({', '.join(formats)})" if formats else f"such a {kind}"
