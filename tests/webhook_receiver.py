"""Real receivers of webhooks on loopback, which answer as scripted, and what was told to them."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from callsheet.tasks import Task
from engine_fixtures import DONE, House, Vendor

ALLOWED = {"fetch__allow": "127.0.0.1"}
OK = b"204 No Content\r\n\r\n"
HANG = None
"""No answer, until the caller has left."""

SLOW = b"slow"
"""Taken, after longer than a second: the quick have gone on meanwhile."""


@dataclass
class Receiver:
    """`answers` are sent in order, the last one again and again; `heard` are headers and body of every request."""

    answers: list[bytes | None]
    port: int = 0
    scheme: str = "http"
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    flying: int = 0
    most: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.heard]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.flying += 1
        self.most = max(self.most, self.flying)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever called has left
        finally:
            self.flying -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {line.split(": ", 1)[0].lower(): line.split(": ", 1)[1] for line in head[1:] if line}
        self.heard.append((headers, await reader.readexactly(int(headers["content-length"]))))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is HANG:
            await reader.read()
            return
        if answer == SLOW:
            await asyncio.sleep(1.2)
            answer = OK
        writer.write(b"HTTP/1.1 " + answer)
        await writer.drain()


@asynccontextmanager
async def receiving(
    *answers: bytes | None, at: socket.socket | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(answers or (OK,)), scheme="https" if tls else "http")
    place: dict[str, Any] = {"sock": at} if at else {"host": "127.0.0.1", "port": 0}
    server = await asyncio.start_server(receiver.answer, **place, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


def at_once() -> dict[str, Vendor]:
    return {"studio": Vendor(submit=[DONE])}


async def told(house: House, task: Task, count: int) -> list[Mapping[str, Any]]:
    async def holds() -> bool:
        return sum(one == "webhook" for one in await house.types(task)) >= count

    await house.until(holds)
    return [event.data for event in await house.engine.timeline("local", task.id) if event.type == "webhook"]
