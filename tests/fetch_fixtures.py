"""What the fetch tests share: a real HTTP server on loopback that says exactly what a test wants, and name servers."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from callsheet.fetch.guard import Resolver

Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]

WITHIN = 60.0
"""Seconds after which what must come is missed: many times what the slowest machine needs."""


@dataclass
class Site:
    """Where the server listens, and each request head it has read so far."""

    port: int
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def silence() -> Iterator[socket.socket]:
    """A port that is ours and refuses everyone, as long as nobody listens there; and no other can take it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held


def plain(body: bytes = b"ok", status: str = "200 OK", **headers: str) -> bytes:
    """An answer with its length; `content_type="image/png"` is the header content-type."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def moved(to: str, status: str = "302 Found") -> bytes:
    return plain(b"", status, location=to)


@asynccontextmanager
async def serving(replies: dict[str, bytes | Reply], tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    """Serve one reply per path: ready bytes, or a function that writes them as slowly as it likes."""
    site = Site(0)
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await answer(head.decode("latin-1"), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            talks.discard(task)
            writer.close()

    async def answer(head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        site.heads.append(head)
        length = [line.split(":")[1] for line in head.lower().splitlines() if line.startswith("content-length:")]
        site.bodies.append(await reader.readexactly(int(length[0])) if length else b"")
        reply = replies.get(head.split(" ")[1].partition("?")[0], plain(b"no such page", "404 Not Found"))
        if isinstance(reply, bytes):
            writer.write(reply)
            await writer.drain()
        else:
            await reply(writer)

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for task in list(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()


def names(**known: str) -> Resolver:
    """A name server that knows these hosts, `_` for `.`, addresses split by spaces; each entry of `|` is used once."""
    answers = {host.replace("_", "."): text.split("|") for host, text in known.items()}

    async def resolve(host: str, port: int) -> list[str]:
        del port
        if host not in answers:
            raise OSError("name not known")
        left = answers[host]
        return (left.pop(0) if len(left) > 1 else left[0]).split()

    return resolve
