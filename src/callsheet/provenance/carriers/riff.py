"""RIFF: in WebP the packet is a chunk `XMP ` that VP8X announces, in WAV a chunk `_PMX` (XMP specification part 3)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from callsheet.provenance.carriers.layout import Layout, Piece, Span, Unfit, packet_of, spliced, take

_XMP_FLAG, _ALPHA_FLAG = 0x04, 0x10


class Chunk(NamedTuple):
    """One chunk: its name, where it starts, and where its data ends (before a byte that makes it even)."""

    kind: bytes
    start: int
    end: int


def look(file: BinaryIO, size: int) -> Layout:
    """Its chunks. Unfit where they do not fill what the head promises."""
    file.seek(0)
    magic, length, form = struct.unpack("<4sI4s", take(file, 12))
    if magic != b"RIFF" or length + 8 > size:
        raise Unfit("it is shorter than its head says")
    chunks = _chunks(file, length + 8)
    name = b"XMP " if form == b"WEBP" else b"_PMX"
    old = [Span(one.start, one.end + one.end % 2) for one in chunks if one.kind == name]
    packet = packet_of(file, old[0].start + 8, next(one.end for one in chunks if one.kind == name)) if old else None
    sealed = any(one.kind == b"C2PA" for one in chunks)
    turned = _announced(file, chunks) if form == b"WEBP" else _as_it_is

    def put(new: bytes) -> list[Piece]:
        chunk = name + struct.pack("<I", len(new)) + new + b"\0" * (len(new) % 2)
        chunk = b"\0" * (length % 2) + chunk
        pieces = turned(spliced(size, length + 8, chunk, old))
        total = sum(len(one) if isinstance(one, bytes) else one.end - one.start for one in pieces) - (size - length)
        if total > 0xFFFFFFFE:
            raise Unfit("it would have more than 4 GB")
        first, *rest = pieces
        assert isinstance(first, Span)
        return [b"RIFF" + struct.pack("<I", total), Span(8, first.end), *rest]

    return Layout("image/webp" if form == b"WEBP" else "audio/wav", packet, sealed, put)


def _chunks(file: BinaryIO, end: int) -> list[Chunk]:
    found: list[Chunk] = []
    at = 12
    while at + 8 <= end:
        file.seek(at)
        kind, length = struct.unpack("<4sI", take(file, 8))
        found.append(Chunk(kind, at, at + 8 + length))
        at += 8 + length + length % 2
    if not found or found[-1].end > end:
        raise Unfit("its last chunk is not all there")
    return found


def _as_it_is(pieces: list[Piece]) -> list[Piece]:
    return pieces


def _announced(file: BinaryIO, chunks: list[Chunk]) -> Callable[[list[Piece]], list[Piece]]:
    """What sets the flag for XMP in a WebP's VP8X chunk, or writes that chunk where there is none."""
    first = chunks[0]
    file.seek(first.start + 8)
    if first.kind == b"VP8X":
        flags = bytes([take(file, 1)[0] | _XMP_FLAG])
        at, skipped = first.start + 8, 1
    else:
        flags, at, skipped = _extended(take(file, min(first.end - first.start - 8, 10)), first.kind), first.start, 0

    def turned(pieces: list[Piece]) -> list[Piece]:
        head, *rest = pieces
        assert isinstance(head, Span)
        return [Span(head.start, at), flags, Span(at + skipped, head.end), *rest]

    return turned


def _extended(data: bytes, kind: bytes) -> bytes:
    """A VP8X chunk for a WebP that has only its picture (WebP container specification, RFC 9649)."""
    if kind == b"VP8L" and len(data) >= 5 and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        width, height, alpha = bits & 0x3FFF, bits >> 14 & 0x3FFF, bool(bits >> 28 & 1)
    elif kind == b"VP8 " and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
        width, height = ((int.from_bytes(data[at : at + 2], "little") & 0x3FFF) - 1 for at in (6, 8))
        alpha = False
    else:
        raise Unfit("its picture is not where a WebP has it")
    flags = _XMP_FLAG | (_ALPHA_FLAG if alpha else 0)
    body = bytes([flags, 0, 0, 0]) + width.to_bytes(3, "little") + height.to_bytes(3, "little")
    return b"VP8X" + struct.pack("<I", len(body)) + body
