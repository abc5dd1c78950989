"""An answer leaves in one piece: its head waits for its body, in place of waking the caller by itself."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

BEGIN = b"HTTP/1.1 "
"""What every head begins with."""

LARGE = 65_536
"""Bytes of a body from which on to copy it would cost more than another write."""


class OnePiece(H11Protocol):
    """uvicorn's protocol, by h11, over a transport that joins heads and bodies."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin."""
        super().connection_made(cast("asyncio.Transport", Joining(transport)))


class Joining:
    """A transport that keeps a head until the next write, or for one turn of the loop where nothing follows.

    uvicorn writes them one after the other. The first write wakes the caller, which on a busy machine takes the core
    from the server, and goes to sleep again as there is no body yet. All else is the transport's own.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send, in the order of the writes; a head a little later."""
        if not self._head and data.startswith(BEGIN):
            self._head = data
            asyncio.get_running_loop().call_soon(self._flush)
            return
        if len(data) < LARGE:
            head, self._head = self._head, b""
            data = head + data
        self._flush()
        self._transport.write(data)

    def close(self) -> None:
        """Send what was kept, and hang up."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)
