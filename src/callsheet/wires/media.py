"""Input media as a vendor takes them: an address it can fetch, else the bytes themselves in a data: address."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from callsheet.contract import Order
from callsheet.errors import Rejected
from callsheet.renderers.media import probe

MOST = 20_000_000
"""Bytes: the largest file that is handed over inside a request body."""


def handed_over(order: Order, *, most: int = MOST) -> dict[str, Any]:
    """The order's input with each file id replaced by an address the vendor can read.

    By `order.links` where this server is reachable, else as a data: address. Rejected for a file too large for that.
    """
    return order.model.with_media(order.input, lambda _, file_id: _one(order, file_id, most))


def _one(order: Order, file_id: str, most: int) -> str:
    links: Mapping[str, str] = order.links
    if file_id in links:
        return links[file_id]
    path = order.media[file_id]
    if path.stat().st_size > most:
        said = f"{file_id} is too large to be sent inside a request."
        large = Rejected(said, hint="Set server.public_url, so that the vendor can fetch it.")
        raise large.because("file_too_large_to_send", file=file_id, most=most)
    text = base64.b64encode(path.read_bytes()).decode("ascii")
    return f"data:{probe(path).content_type};base64,{text}"
