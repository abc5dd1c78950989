"""Files: upload, list, look at, fetch, forget."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from callsheet.errors import Forbidden
from callsheet.server import answers, bodies
from callsheet.server.content import content_answer
from callsheet.server.native.route import Route, operation
from callsheet.server.parts import Parts, parts_of
from callsheet.server.reading import read_query
from callsheet.server.shapes import Answer, file_shape, page
from callsheet.server.uploads import upload_of
from callsheet.tasks import File

router = APIRouter(tags=["files"], route_class=Route)

_BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
_UPLOAD: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "required": ["file"], "properties": {"file": _BINARY}},
        },
        "application/octet-stream": {"schema": _BINARY},
        "*/*": {"schema": _BINARY},
    },
}
_CONDITIONS = {
    "Range": "One range of bytes, such as `bytes=0-1023`.",
    "If-Range": "The ETag that the range is of; with another content, all of it is answered.",
    "If-None-Match": "The ETag of what is known already.",
}
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "All of it. ETag is its sha256.", "content": {"*/*": {"schema": _BINARY}}},
    206: {"description": "The part asked for.", "content": {"*/*": {"schema": _BINARY}}},
    304: {"description": "The caller has this content already."},
}


@router.post(
    "/v1/files",
    status_code=201,
    **operation(
        "uploadFile",
        "Store a file: as multipart part `file`, or as a bare body with its own Content-Type.",
        answer=answers.File,
        query=bodies.UploadQuery,
        refusals=(400, 413, 415),
        requestBody=_UPLOAD,
    ),
)
async def upload(request: Request) -> Response:
    """Streams it to disk; it is complete and durable, or not there at all."""
    parts = parts_of(request)
    account = await parts.gate.account(request)
    name = read_query(request, bodies.UploadQuery).name
    incoming = await upload_of(request, parts.max_upload, name)
    file = await parts.files.put(account, incoming.chunks, incoming.name, incoming.content_type)
    return Answer(_shape(request, parts, file), 201, {"location": f"/v1/files/{file.id}"})


@router.get(
    "/v1/files",
    **operation("listFiles", "Uploads and artifacts, newest first.", answer=answers.FileList, query=bodies.PageQuery),
)
async def list_files(request: Request) -> Response:
    """Those of the caller's account."""
    parts = parts_of(request)
    account = await parts.gate.account(request)
    query = read_query(request, bodies.PageQuery)
    found, following = await parts.files.list(account, query.limit, query.cursor)
    return Answer(page([_shape(request, parts, file) for file in found], following))


@router.get(
    "/v1/files/{file_id}", **operation("getFile", "What is known of a file.", answer=answers.File, refusals=(404,))
)
async def get(request: Request, file_id: str) -> Response:
    """One file of the caller's account."""
    parts = parts_of(request)
    file = await parts.files.get(await parts.gate.account(request), file_id)
    return Answer(_shape(request, parts, file))


@router.delete(
    "/v1/files/{file_id}",
    status_code=204,
    response_class=Response,
    **operation("deleteFile", "Forget a file.", refusals=(404, 409)),
)
async def delete(request: Request, file_id: str) -> Response:
    """Its bytes go when nothing else names them."""
    parts = parts_of(request)
    await parts.files.delete(await parts.gate.account(request), file_id)
    return Response(status_code=204)


@router.get(
    "/v1/files/{file_id}/content",
    response_class=Response,
    **operation(
        "getContent",
        "A file's bytes: with a key, or by the signed link that is its `url`.",
        query=bodies.ContentQuery,
        headers=_CONDITIONS,
        refusals=(404, 416),
        more=_CONTENT,
        security=[{"key": []}, {}],
    ),
)
async def content(request: Request, file_id: str) -> Response:
    """All of it, a part, or nothing where the caller has it already."""
    parts = parts_of(request)
    file = await _opened(request, parts, file_id)
    elsewhere = None if parts.gate.shown_in_studio(request) else await parts.files.elsewhere(file)
    if elsewhere is not None:
        return RedirectResponse(elsewhere, 307, {"cache-control": "private, max-age=60"})
    return content_answer(request, file, parts.files.read)


_NAMED: dict[str, Any] = operation("getNamedContent", "A file's bytes, by name.", query=bodies.ContentQuery)


@router.get("/v1/files/{file_id}/content/{name}", include_in_schema=False, response_class=Response, **_NAMED)
@router.head("/v1/files/{file_id}/content/{name}", include_in_schema=False, response_class=Response, **_NAMED)
async def named_content(request: Request, file_id: str, name: str) -> Response:
    """The same under an address that ends in the file's name: some vendors' clients look at it."""
    return await content(request, file_id)


@router.head(
    "/v1/files/{file_id}/content",
    response_class=Response,
    **operation(
        "headContent",
        "What fetching a file's bytes would answer, without them.",
        query=bodies.ContentQuery,
        refusals=(404,),
        more={200: {"description": "Its type, length and ETag."}, 304: _CONTENT[304]},
        security=[{"key": []}, {}],
    ),
)
async def head(request: Request, file_id: str) -> Response:
    """The headers of the content."""
    return await content(request, file_id)


async def _opened(request: Request, parts: Parts, file_id: str) -> File:
    link = read_query(request, bodies.ContentQuery)
    if link.signature is None and link.expires is None:
        return await parts.files.get(await parts.gate.account(request), file_id)
    if not parts.files.opens(file_id, link.expires or "", link.signature or ""):
        raise Forbidden(
            "This link has expired or was changed.", hint="Ask for the task or the file again for a new one."
        ).because("link_over")
    return await parts.files.get(None, file_id)


def _shape(request: Request, parts: Parts, file: File) -> dict[str, Any]:
    origin = parts.origins.of(request)
    return file_shape(file, lambda one: origin + parts.files.link(one))
