"""A file's bytes over HTTP: parts, conditions and HEAD by RFC 9110, and nothing a browser would run."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from callsheet.server.refusals import BadRange, refusal, request_id_of
from callsheet.tasks import File

Read = Callable[[File, int, int], AsyncGenerator[bytes]]
"""A file's bytes from one place up to another; NotFound before the first of them."""

_SHOWN = re.compile(r"(?:image|video|audio)/(?!.*(?:svg|xml|html)).*|text/plain")
_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,20})\s*-\s*(\d{0,20})\s*")


def content_answer(request: Request, file: File, read: Read) -> Response:
    """All of a file, the part asked for, or word that the caller has it already."""
    headers = _headers(file)
    if _matches(request.headers.get("if-none-match"), headers["etag"]):
        return Response(status_code=304, headers=_without_type(headers))
    wanted = request.headers.get("range")
    if wanted is None or request.method != "GET" or not _still_meant(request.headers, headers["etag"]):
        return _Bytes(file, read, 0, file.bytes, 200, headers)
    try:
        found = read_range(wanted, file.bytes)
    except BadRange as error:
        return refusal(error, request_id_of(request), {"content-range": f"bytes */{file.bytes}"})
    if found is None:
        return _Bytes(file, read, 0, file.bytes, 200, headers)
    first, last = found
    headers["content-range"] = f"bytes {first}-{last}/{file.bytes}"
    return _Bytes(file, read, first, last + 1, 206, headers)


def read_range(wanted: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a Range header; None where its unit is not ours; BadRange where it holds nothing."""
    if not wanted.strip().lower().startswith("bytes="):
        return None
    if "," in wanted:
        raise BadRange("Only one range can be asked for at a time.", hint="Ask once for each range.")
    found = _ONE_RANGE.fullmatch(wanted.strip().lower())
    if found is None or not any(found.groups()):
        raise BadRange(f"{wanted[:80]!r} is no range.", hint="Write it as `bytes=0-1023`.")
    start, end = found.groups()
    first = int(start) if start else max(0, size - int(end))
    last = min(int(end), size - 1) if start and end else size - 1
    if first > last or (not start and int(end) == 0):
        raise BadRange(f"The file has {size} bytes; {wanted[:80]!r} is beyond them.")
    return first, last


class _Bytes(Response):
    """Sends part of a file, a chunk at a time; nothing is said before the first chunk is there."""

    def __init__(self, file: File, read: Read, start: int, end: int, status: int, headers: dict[str, str]) -> None:
        super().__init__(status_code=status, headers={**headers, "content-length": str(end - start)})
        self._chunks = read(file, start, end)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            chunk = await anext(self._chunks, b"")
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            while scope["method"] != "HEAD" and chunk:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk = await anext(self._chunks, b"")
            await send({"type": "http.response.body", "body": b""})
        finally:
            await self._chunks.aclose()


def _headers(file: File) -> dict[str, str]:
    shown = _SHOWN.fullmatch(file.content_type) is not None
    headers = {
        "content-type": f"{file.content_type}; charset=utf-8"
        if file.content_type == "text/plain"
        else file.content_type,
        "content-disposition": _disposition("inline" if shown else "attachment", file.name),
        "etag": f'"{file.sha256}"',
        "accept-ranges": "bytes",
        "cache-control": "private",
    }
    if not shown:  # HTML, SVG and PDF may carry scripts: even when opened on purpose they run nothing from here
        headers["content-security-policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return headers


def _disposition(kind: str, name: str) -> str:
    plain = re.sub(r"[^ !#-\[\]-~]", "_", name)
    return f'{kind}; filename="{plain}"' + ("" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}")


def _matches(condition: str | None, etag: str) -> bool:
    """If-None-Match: any of the listed, weakly compared, or `*`."""
    if condition is None:
        return False
    return "*" in condition or etag in {one.strip().removeprefix("W/") for one in condition.split(",")}


def _still_meant(headers: Headers, etag: str) -> bool:
    """If-Range: a part is asked for only of this very content, strongly compared."""
    condition = headers.get("if-range")
    return condition is None or condition.strip() == etag


def _without_type(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if not name.startswith("content-")}
