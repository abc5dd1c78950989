"""How an answer leaves: head and body in one write, in order, with nothing lost or held back."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
import uvicorn
from uvicorn.server import ServerState

from callsheet.app.one_piece import LARGE, Joining, OnePiece

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
ASKED = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"


class Wire(asyncio.Transport):
    """A transport that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[bytes | str] = []
        self.heard = asyncio.Event()

    def write(self, data: Any) -> None:
        """Remember."""
        if data:
            self.told.append(bytes(data))
            self.heard.set()

    def close(self) -> None:
        """Remember that too."""
        self.told.append("closed")

    def is_closing(self) -> bool:
        """Whether it was told so."""
        return "closed" in self.told

    def pause_reading(self) -> None:
        """A word of the transport's own."""
        self.told.append("paused")


async def answered(app: Any, asked: bytes = ASKED) -> list[bytes | str]:
    """What uvicorn writes on a connection that asks once."""
    wire, state = Wire(), ServerState()
    config = uvicorn.Config(app, lifespan="off", log_config=None, server_header=False, date_header=False)
    config.load()
    made = OnePiece(config=config, server_state=state, app_state={})
    made.connection_made(wire)
    made.data_received(asked)
    await asyncio.gather(*state.tasks)
    told = list(wire.told)
    made.connection_lost(None)
    return told


def saying(*chunks: bytes) -> Any:
    """An application that answers these chunks."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        length = str(sum(map(len, chunks))).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        for number, chunk in enumerate(chunks, 1):
            await send({"type": "http.response.body", "body": chunk, "more_body": number < len(chunks)})

    return app


async def test_head_and_body_leave_in_one_write() -> None:
    (only,) = await answered(saying(b"hello"))
    assert cast("bytes", only).startswith(b"HTTP/1.1 200 OK\r\n")
    assert cast("bytes", only).endswith(b"\r\n\r\nhello")


async def test_further_chunks_leave_as_they_come() -> None:
    first, *others = await answered(saying(b"one", b"two", b"three"))
    assert cast("bytes", first).endswith(b"\r\n\r\none")
    assert others == [b"two", b"three"]


async def test_an_answer_without_a_body_leaves_too() -> None:
    (only,) = await answered(saying(b"hello"), ASKED.replace(b"GET", b"HEAD"))
    assert cast("bytes", only).endswith(b"\r\n\r\n")


async def test_a_head_whose_body_is_long_in_coming_does_not_wait_for_it() -> None:
    wire = Wire()
    Joining(wire).write(HEAD)
    assert wire.told == []
    await asyncio.wait_for(wire.heard.wait(), 20)
    assert wire.told == [HEAD]


async def test_each_head_of_a_connection_that_is_kept_has_its_own_body() -> None:
    wire = Wire()
    joining = Joining(wire)
    for body in (b"one", b"two"):
        joining.write(HEAD)
        joining.write(body)
    assert wire.told == [HEAD + b"one", HEAD + b"two"]


async def test_a_large_body_is_not_copied() -> None:
    wire, body = Wire(), bytes(LARGE)
    joining = Joining(wire)
    joining.write(HEAD)
    joining.write(body)
    assert wire.told == [HEAD, body]


@pytest.mark.parametrize("after", [[], [b"hello"]])
async def test_what_was_written_is_sent_before_it_hangs_up(after: list[bytes]) -> None:
    wire = Wire()
    joining = Joining(wire)
    for data in (HEAD, *after):
        joining.write(data)
    joining.close()
    assert wire.told == [b"".join((HEAD, *after)), "closed"]


async def test_all_else_is_the_transports_own() -> None:
    wire = Wire()
    joining = Joining(wire)
    joining.pause_reading()
    joining.write(b"a frame of a socket")
    assert wire.told == ["paused", b"a frame of a socket"]
    assert not joining.is_closing()
