"""Vidu's uploads: an address is asked for, the bytes go there, and their etag makes them an image address.

Nothing is kept between the three calls: the address is signed for its account and id, the etag is the stored file's
id, and the file carries the upload's id as its name.
"""

from __future__ import annotations

import re
import secrets
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from callsheet.contract import Desk
from callsheet.errors import Forbidden, NotFound
from callsheet.tasks import File
from callsheet.vendors.vidu.dialect_errors import Refusal
from callsheet.vendors.vidu.dialect_shapes import stamp
from callsheet.wires import bodies

PATH = "/tools/v2/files/uploads"
PUT = "vidu-upload"
"""The name of the one route that needs no key."""

LIFETIME = 3_600_000
"""Milliseconds for which bytes may be put."""

_URI = re.compile(r"ssupload:\??id=(file_[0-9A-Za-z]+)")


class Uploads:
    """The three calls."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.routes: tuple[BaseRoute, ...] = (
            Route(PATH, self._open, methods=["POST"]),
            Route(f"{PATH}/{{id}}/finish", self._finish, methods=["PUT"]),
            Route(f"{PATH}/{{id}}/bytes", self._put, methods=["PUT"], name=PUT),
        )

    async def _open(self, request: Request) -> Response:
        body = bodies.read(await self._desk.body(request))
        if body.get("scene", "vidu") != "vidu":
            raise Refusal("FieldInvalid", f"scene is {body['scene']!r:.40}.", hint="It is vidu.", param="scene")
        id = secrets.token_hex(12)
        account = self._desk.caller(request)
        expires = self._desk.clock() + LIFETIME
        proof = self._desk.files.link(_promised(account, id, expires)).partition("?")[2]
        url = f"{self._desk.base(request)}{PATH}/{id}/bytes"
        return JSONResponse({"id": id, "put_url": f"{url}?account={account}&{proof}", "expires_at": stamp(expires)})

    async def _put(self, request: Request) -> Response:
        id: str = request.path_params["id"]
        said = request.query_params
        account = said.get("account", "")
        promised = _promised(account, id, 0).id
        if not self._desk.files.opens(promised, said.get("expires", ""), said.get("signature", "")):
            raise Forbidden("This address was not given out here, or its time is over.", hint="Open a new upload.")
        kind = request.headers.get("content-type")
        file = await self._desk.files.put(account, request.stream(), id, kind)
        return Response(headers={"etag": f'"{file.id}"'})

    async def _finish(self, request: Request) -> Response:
        body = bodies.read(await self._desk.body(request))
        etag = body.get("etag")
        if not isinstance(etag, str) or not etag:
            raise Refusal("FieldLacking", "etag is missing.", hint="It came with the answer to the PUT.", param="etag")
        file = await self._stored(self._desk.caller(request), etag.strip().strip('"'))
        if file is None or file.name != request.path_params["id"]:
            raise Refusal("FieldInvalid", "This etag is not that of this upload's bytes.", param="etag")
        return JSONResponse({"uri": f"ssupload:?id={file.id}"})

    async def _stored(self, account: str, file_id: str) -> File | None:
        try:
            return await self._desk.files.get(account, file_id)
        except NotFound:
            return None


def resolved(value: Any) -> Any:
    """A body with every upload in it named by its stored file's id."""
    if isinstance(value, dict):
        return {name: resolved(one) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [resolved(one) for one in cast("list[Any]", value)]
    found = _URI.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else value


def _promised(account: str, id: str, expires: int) -> File:
    """A file that is not there yet: what its signed link proves is the right to bring it."""
    name = f"upload.{account}.{id}"
    return File(name, account, "", 0, "application/octet-stream", id, created_at=0, expires_at=expires)
