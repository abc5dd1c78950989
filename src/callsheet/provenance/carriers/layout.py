"""How a file is laid out: what it says of its origin, and how it would read with another XMP packet in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

MAX_PACKET = 4_000_000
"""An XMP packet with more bytes than this is not read."""


class Unfit(Exception):
    """Nothing can be written into this file, or read from it; the message says why, as a part of a sentence."""


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes of the old file from `start` up to `end`, as they are."""

    start: int
    end: int


Piece = bytes | Span


@dataclass(frozen=True, slots=True)
class Layout:
    """A file as its format's own reader sees it.

    `packet` is the XMP in it, `sealed` whether a C2PA manifest is in it. `put` answers the pieces of the same file
    with that packet in place of the old one: no picture, sample or frame among them is touched.
    """

    content_type: str
    packet: bytes | None
    sealed: bool
    put: Callable[[bytes], Sequence[Piece]]


def spliced(size: int, at: int, new: bytes, gone: Iterable[Span] = ()) -> list[Piece]:
    """A file of `size` bytes with `new` at the offset `at`, and without the spans that are gone."""
    kept: list[Span] = []
    start = 0
    for span in sorted(gone, key=lambda one: one.start):
        kept.append(Span(start, span.start))
        start = span.end
    kept.append(Span(start, size))
    before = [Span(one.start, min(one.end, at)) for one in kept if one.start < at]
    after = [Span(max(one.start, at), one.end) for one in kept if one.end > at]
    return [*before, new, *after]


def write(source: BinaryIO, pieces: Iterable[Piece], out: BinaryIO) -> None:
    """Write the pieces in order; what is taken from the old file is copied in blocks, however long it is."""
    for piece in pieces:
        if isinstance(piece, bytes):
            out.write(piece)
        else:
            source.seek(piece.start)
            shutil.copyfileobj(_Part(source, piece.end - piece.start), out, 1 << 20)


def take(file: BinaryIO, count: int) -> bytes:
    """Exactly so many bytes. Unfit at the end of the file."""
    data = file.read(count)
    if len(data) != count:
        raise Unfit("it ends in the middle of a part")
    return data


def packet_of(file: BinaryIO, start: int, end: int) -> bytes:
    """The packet that lies there."""
    if end - start > MAX_PACKET:
        raise Unfit(f"its XMP packet has more than {MAX_PACKET:,} bytes")
    file.seek(start)
    return take(file, end - start)


class _Part:
    """The next `left` bytes of a file, as a file."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        self._file = file
        self._left = left

    def read(self, count: int = -1) -> bytes:
        data = self._file.read(self._left if count < 0 else min(count, self._left))
        self._left -= len(data)
        return data
