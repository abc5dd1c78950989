"""Input files as Vidu takes them: addresses it can fetch, pictures inside the request, and uploads for the rest."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, cast

import httpx2

from callsheet.contract import Order
from callsheet.errors import Forbidden, InvalidInput, Rejected, Unavailable
from callsheet.fetch import SETTING, Guard
from callsheet.renderers.media import probe
from callsheet.wires.asking import ask, send

TIMEOUT = 100.0
"""Seconds of silence after which an upload is given up."""

CHUNK = 1_000_000
PATH = "/tools/v2/files/uploads"
BODY = 14_000_000
"""Bytes of pictures that fit into one request: it may have 20 MB, and base64 makes four of three."""

INSIDE = frozenset({"image", "images", "mask"})
"""Param types that may be given as data: addresses."""


async def handed_over(client: httpx2.AsyncClient, guard: Guard, origin: str, order: Order) -> dict[str, Any]:
    """The order's input with each file id replaced by what Vidu can read. Raises a VendorError; nothing costs yet.

    Where Vidu says that bytes are to be put is reached under the `guard`, as every address that others name.
    """
    given: dict[str, str] = {}
    room = BODY
    for _, param, file_id in order.model.media(order.input):
        if file_id in given:
            continue
        if file_id in order.links:
            given[file_id] = order.links[file_id]
            continue
        path = order.media[file_id]
        size = path.stat().st_size
        if param.type in INSIDE and size <= room:
            given[file_id] = await asyncio.to_thread(_inside, path)
            room -= size
        else:
            given[file_id] = await _uploaded(client, guard, origin, path)
    return order.model.with_media(order.input, lambda _, file_id: given[file_id])


def _inside(path: Path) -> str:
    return f"data:{probe(path).content_type};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


async def _uploaded(client: httpx2.AsyncClient, guard: Guard, origin: str, path: Path) -> str:
    opened = await ask(client, "POST", origin + PATH, json={"scene": "vidu"})
    etag = await _put(guard, _part(opened, "put_url"), path)
    finish = f"{origin}{PATH}/{_part(opened, 'id')}/finish"
    return _part(await ask(client, "PUT", finish, json={"etag": etag}), "uri")


async def _put(guard: Guard, url: str, path: Path) -> str:
    """The etag of what was put. Without our key: the address is its own proof, and often another company's."""
    headers = await asyncio.to_thread(_headers, path)
    async with guard.client(timeout=TIMEOUT) as bare:
        try:
            response = await send(bare, "PUT", url, content=_chunks(path), headers=headers)
        except (Forbidden, InvalidInput) as error:
            said = f"Vidu named a store for an upload that is not reached from here: {error.message}"
            barred = Rejected(said, hint=f"An operator who trusts it names its host in {SETTING}.")
            raise barred.because("upload_barred", vendor="Vidu", setting=SETTING) from error
    etag = response.headers.get("etag", "")
    if not response.is_success or not etag:
        said = f"Vidu's store answered {response.status_code} to an upload, with{'' if etag else 'out'} etag."
        raise Unavailable(said).because("vendor_answered", vendor="Vidu", code=str(response.status_code))
    return etag


def _headers(path: Path) -> dict[str, str]:
    """The length too: a store of this kind takes no chunked body."""
    return {"content-type": probe(path).content_type, "content-length": str(path.stat().st_size)}


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


def _part(answer: Any, name: str) -> str:
    if not isinstance(answer, Mapping) or not isinstance(answer.get(name), str):
        lacking = Unavailable(f"Vidu's answer about an upload has no {name}.")
        raise lacking.because("answer_lacks", vendor="Vidu", field=name)
    return cast("Mapping[str, str]", answer)[name]
