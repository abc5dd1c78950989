"""How much of a vendor's answer is read: all that any sends, and no more than fits, packed or not, cut off or paid."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from callsheet.errors import Unavailable, Unsure
from callsheet.wires import listening
from callsheet.wires.asking import ask
from callsheet.wires.listening import Heard

BOMB = gzip.compress(b"[" + b" " * 3_000_000 + b"]")


class Endless(httpx2.AsyncByteStream):
    """An answer that goes on for ever, and counts what was taken of it."""

    taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 100_000
            yield b" " * 100_000


def asked(answer: httpx2.Response, *, heard: list[Heard] | None = None, **more: Any) -> Any:
    async def talk() -> Any:
        transport = httpx2.MockTransport(lambda _: answer)
        async with httpx2.AsyncClient(transport=transport, base_url="https://vendor.example") as client:
            return await ask(client, "POST", "/make", json={}, **more)

    if heard is None:
        return asyncio.run(talk())
    with listening.listening(heard.append):
        return asyncio.run(talk())


@pytest.fixture(autouse=True)
def _a_small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "MOST", 1 << 20)


def test_no_more_is_read_of_an_answer_without_end_than_fits() -> None:
    endless, heard = Endless(), list[Heard]()
    with pytest.raises(Unavailable, match="longer than 1 MiB"):
        asked(httpx2.Response(200, stream=endless), heard=heard)
    assert endless.taken <= listening.MOST + 100_000
    assert [(one.status, one.error) for one in heard] == [(None, "TooLong")]


def test_what_counts_is_what_it_unpacks_to() -> None:
    assert len(BOMB) < 10_000
    packed = httpx2.Response(200, headers={"content-encoding": "gzip"}, stream=Piece(BOMB))
    with pytest.raises(Unavailable, match="longer than 1 MiB"):
        asked(packed)


def test_whether_a_paid_request_was_accepted_stays_open() -> None:
    with pytest.raises(Unsure, match="longer than 1 MiB"):
        asked(httpx2.Response(200, stream=Endless()), paid=True)


@pytest.mark.parametrize("listened", [False, True])
def test_a_packed_answer_that_fits_is_read_as_ever(listened: bool) -> None:
    said = json.dumps({"task": "镜头" * 50_000}).encode()
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    heard = list[Heard]() if listened else None
    answer = asked(httpx2.Response(200, headers=headers, stream=Piece(gzip.compress(said))), heard=heard)
    assert answer == json.loads(said)
    assert not listened or (heard is not None and heard[0].response.startswith('{"task": "'))


class Piece(httpx2.AsyncByteStream):
    """An answer in one piece, as it comes over the wire."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content
