"""Uploads as they come in: a multipart body or a bare one, handed on chunk by chunk, never whole and never twice."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import unquote

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from callsheet.errors import InvalidInput, RequestError, TooLarge
from callsheet.server.refusals import WrongType

FIELD = "file"
_HINT = "Send `multipart/form-data` with one part called `file`: curl -F file=@clip.mp4 …/v1/files"
_ROOM_FOR_HEADERS = 16_384
_EXTENDED = re.compile(rb"(?i);\s*filename\*=([A-Za-z0-9-]+)'[^']*'([^;\s]+)")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in. `chunks` must be read to its end: only then is it known to be whole."""

    name: str
    content_type: str | None
    chunks: AsyncIterator[bytes]


async def upload_of(request: Request, limit: int, name: str | None) -> Upload:
    """The file that this request brings; nothing of its content has been read yet. `limit` in bytes."""
    content_type, params = parse_options_header(request.headers.get("content-type"))
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit + _ROOM_FOR_HEADERS:
        raise _too_large(limit)
    if content_type == b"multipart/form-data":
        if name is not None:
            raise InvalidInput("In a multipart body the part itself has the name.", param="name", hint=_HINT)
        if not params.get(b"boundary"):
            raise RequestError("The multipart body names no boundary.", hint=_HINT)
        return await _Multipart(request.stream(), params[b"boundary"], limit).file()
    if content_type in (b"", b"application/x-www-form-urlencoded"):
        said = f"The body is said to be {content_type.decode()}." if content_type else "The body has no Content-Type."
        raise WrongType(said, hint=f"{_HINT}, or the bytes with their own Content-Type.")
    return Upload(name or "upload", content_type.decode("latin-1"), _bounded(request.stream(), limit))


class _Multipart:
    """Reads one file part; what the parser finds in a chunk waits in a queue until it is asked for."""

    def __init__(self, stream: AsyncIterator[bytes], boundary: bytes, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._queue: deque[bytes] = deque()
        self._field, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._found: tuple[str, str | None] | None = None
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._headers.clear,
                "on_header_field": self._on_field,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_data,
                "on_end": self._on_end,
            },
        )

    async def file(self) -> Upload:
        """Read up to the file's headers."""
        while self._found is None:
            if not await self._read_on():
                raise InvalidInput("The body has no file.", param=FIELD, hint=_HINT)
        name, content_type = self._found
        return Upload(name, content_type, _bounded(self._chunks(), self._limit))

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            while self._queue:
                yield self._queue.popleft()
            if not await self._read_on():
                return

    async def _read_on(self) -> bool:
        """Feed the parser one chunk; False at the end of the body, which must be the end of the multipart too."""
        chunk = await anext(self._stream, None)
        if chunk is None:
            if not self._ended:
                raise RequestError("The multipart body ends in the middle.", hint="Send it again.")
            return False
        try:
            self._parser.write(chunk)
        except MultipartParseError as error:
            raise RequestError(f"The multipart body cannot be read: {error}.", hint=_HINT) from None
        return True

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field, self._value = b"", b""

    def _on_headers_finished(self) -> None:
        raw = self._headers.get(b"content-disposition", b"")
        _, disposition = parse_options_header(raw)
        field = _text(disposition.get(b"name", b""))
        if field != FIELD:
            raise InvalidInput(f"There is no part {field[:80]!r} here. Known: {FIELD}.", param=field[:80], hint=_HINT)
        if self._found is not None:
            raise InvalidInput("The body has more than one file.", param=FIELD, hint="Upload them one by one.")
        content_type = _text(self._headers.get(b"content-type", b"")).partition(";")[0].strip().lower()
        self._found = (_file_name(raw, disposition), content_type or None)

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self._queue.append(data[start:end])

    def _on_end(self) -> None:
        self._ended = True


async def _bounded(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        if chunk:
            yield chunk


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The file has more than {limit} bytes.", param=FIELD, hint="The setting limits.max_upload_bytes bounds it."
    ).because("file_too_large", most=limit)


def _file_name(raw: bytes, disposition: dict[bytes, bytes]) -> str:
    """The name without folders; RFC 5987's `filename*` is the better one where both are given."""
    name = _text(disposition.get(b"filename", b""))
    extended = _EXTENDED.search(raw)
    if extended:
        name = unquote(
            extended[2].decode("ascii", "replace"), _known(extended[1].decode("ascii", "replace")), "replace"
        )
    name = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[:255] or "upload"


def _known(charset: str) -> str:
    try:
        return codecs.lookup(charset).name
    except LookupError:
        return "utf-8"


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
