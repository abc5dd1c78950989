"""A proxy for HTTPS_PROXY that leads the vendors' hosts to our own https, and leads nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import ssl
from collections.abc import Collection, Coroutine
from typing import Any

from callsheet.app.serving import Connection, address
from callsheet.server.origin import hostname

PATIENCE = 15.0
"""Seconds in which a client has to say where it wants to go and to shake hands."""

LONGEST_HEAD = 8192
GREETINGS = 512
"""How many may be at that at once."""

_CONNECT = re.compile(rb"CONNECT (?P<target>[!-~]{1,300}) HTTP/1\.[01]")
_END = b"\r\n\r\n"
_LED = b"HTTP/1.1 200 Connection established\r\n\r\n"

log = logging.getLogger("callsheet.server")


class Refused(Exception):
    """Why a client is not led on: `(code, reason, what to do)`."""


class Proxy:
    """Takes `CONNECT host:443` for the given hosts; the same socket is then the https connection, without a detour.

    So the server behind sees who really asks. `port` is that of our own https, which stands in links made there.
    Whatever else is asked for is refused.
    """

    def __init__(self, listening: socket.socket, context: ssl.SSLContext, hosts: Collection[str], port: int) -> None:
        self.said = f"HTTPS_PROXY={address(listening)} leads clients of these hosts here"
        self._listening = listening
        self._context = context
        self._hosts = frozenset(hosts)
        self._ports = frozenset({"443", str(port)})
        self._room = asyncio.Semaphore(GREETINGS)
        self._running: set[asyncio.Task[None]] = set()

    async def open(self, connection: Connection) -> Proxy:
        """Let clients in; `connection` makes what answers them behind TLS."""
        self._begin(self._accept(connection))
        return self

    def close(self) -> None:
        """Let no one in any more. Who was led on is the server's."""
        for one in self._running:
            one.cancel()
        self._listening.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _accept(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._room.acquire()
            try:
                client, _ = await loop.sock_accept(self._listening)
            except OSError as error:
                self._room.release()
                log.error("a client of the proxy could not be let in: %s", error)
                await asyncio.sleep(0.2)
                continue
            self._begin(self._greet(client, connection))

    async def _greet(self, client: socket.socket, connection: Connection) -> None:
        """Lead one client on, or say why not. Who goes away meanwhile is no fault."""
        welcome = False
        try:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    welcome = await self._answer(client)
            if welcome:  # from here on the socket is asyncio's
                await self._lead(client, connection)
        finally:
            self._room.release()
            if not welcome:
                client.close()

    async def _answer(self, client: socket.socket) -> bool:
        loop = asyncio.get_running_loop()
        try:
            self._check(await _head(client))
        except Refused as refused:
            await loop.sock_sendall(client, _refusal(*refused.args))
            client.shutdown(socket.SHUT_WR)
            return False
        await loop.sock_sendall(client, _LED)
        return True

    async def _lead(self, client: socket.socket, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):  # also what TLS finds wrong
            await loop.connect_accepted_socket(connection, client, ssl=self._context, ssl_handshake_timeout=PATIENCE)

    def _check(self, head: bytes) -> None:
        asked = _CONNECT.fullmatch(head.partition(b"\r\n")[0])
        if asked is None:
            raise Refused(405, "Only CONNECT is understood", "Set HTTPS_PROXY to this address, and not HTTP_PROXY.")
        target = asked["target"].decode()
        host, port = hostname(target), target.rpartition(":")[2]
        if host not in self._hosts:
            known = ", ".join(sorted(self._hosts))
            raise Refused(403, "Not a vendor's host", f"This proxy leads only to {known}. Put others into NO_PROXY.")
        if port not in self._ports:
            ports = " and ".join(sorted(self._ports))
            raise Refused(403, "Not a port of https", f"{host} is answered as https on port {ports}.")


async def _head(client: socket.socket) -> bytes:
    """A request's first part; what follows it is for the TLS behind, and comes only after our answer."""
    loop = asyncio.get_running_loop()
    head = b""
    while _END not in head:
        if len(head) > LONGEST_HEAD:
            raise Refused(431, "The request is too long", "Send CONNECT and few headers.")
        more = await loop.sock_recv(client, LONGEST_HEAD)
        if not more:
            raise ConnectionResetError
        head += more
    if not head.endswith(_END):
        raise Refused(400, "More came than was asked for", "Wait for the answer to CONNECT before going on.")
    return head


def _refusal(code: int, reason: str, advice: str) -> bytes:
    text = f"{reason}. {advice}\n".encode()
    head = f"HTTP/1.1 {code} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(text)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + text
