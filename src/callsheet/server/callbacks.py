"""Callbacks in: a vendor says that a task has news, at an address that only it was told."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from callsheet.contract import Call
from callsheet.server.parts import parts_of
from callsheet.server.reading import read_bytes


async def _called(request: Request) -> Response:
    parts = parts_of(request)
    body = await read_bytes(request, parts.max_body)
    call = Call(request.method, request.url.path, request.url.query, dict(request.headers), body)
    names = request.path_params
    await parts.tasks.called(names["vendor"], names["task_id"], names["proof"], call)
    return Response(status_code=204)


ROUTES = [Route("/callbacks/{vendor}/{task_id}/{proof}", _called, methods=["POST", "PUT"])]
