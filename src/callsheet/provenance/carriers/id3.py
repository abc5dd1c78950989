"""MP3: the packet is a frame PRIV with the owner `XMP` in an ID3v2 tag (XMP specification part 3; ID3v2.3, ID3v2.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from callsheet.provenance.carriers.layout import Layout, Piece, Span, Unfit, packet_of, take

OWNER = b"XMP\0"
_MANIFESTS = (b"application/c2pa", b"application/x-c2pa-manifest-store")


class Frame(NamedTuple):
    """A frame of a tag: its name, where it starts, where its content starts and ends."""

    kind: bytes
    start: int
    content: int
    end: int


def look(file: BinaryIO, size: int) -> Layout:
    """Its tag, if it has one. Unfit for a tag of another version, or one that is packed in a way rarely seen."""
    file.seek(0)
    head = take(file, 10)
    if not head.startswith(b"ID3"):
        return Layout("audio/mpeg", None, False, lambda new: [_tag(_frame(new, 4), 4), Span(0, size)])
    version, flags, end = head[3], head[5], 10 + _synchsafe(head[6:10])
    if version not in (3, 4) or flags:
        raise Unfit("its ID3 tag is of a kind that is not written to")
    if end > size:
        raise Unfit("it ends in the middle of its tag")
    file.seek(end)
    if file.read(4) == b"fLaC":
        raise Unfit("it is a FLAC file behind an ID3 tag")
    frames = list(_frames(file, end, version))
    old = [one for one in frames if one.kind == b"PRIV" and _starts(file, one, OWNER)]
    packet = packet_of(file, old[0].content + len(OWNER), old[0].end) if old else None
    sealed = any(one.kind == b"GEOB" and _holds_manifest(file, one) for one in frames)

    def put(new: bytes) -> list[Piece]:
        kept: list[Piece] = [Span(one.start, one.end) for one in frames if one not in old]
        length = sum(one.end - one.start for one in frames if one not in old)
        return [_tag(b"", version, length + len(_frame(new, version))), *kept, _frame(new, version), Span(end, size)]

    return Layout("audio/mpeg", packet, sealed, put)


def _frames(file: BinaryIO, end: int, version: int) -> Iterator[Frame]:
    at = 10
    while at + 10 <= end:
        file.seek(at)
        kind, size = struct.unpack(">4s4s2x", take(file, 10))
        if kind == b"\0\0\0\0":
            return  # from here on it is padding
        length = _synchsafe(size) if version == 4 else int.from_bytes(size, "big")
        if at + 10 + length > end:
            raise Unfit("a frame of its ID3 tag is longer than the tag")
        yield Frame(kind, at, at + 10, at + 10 + length)
        at += 10 + length


def _starts(file: BinaryIO, frame: Frame, start: bytes) -> bool:
    file.seek(frame.content)
    return file.read(len(start)) == start


def _holds_manifest(file: BinaryIO, frame: Frame) -> bool:
    file.seek(frame.content + 1)
    return file.read(64).startswith(_MANIFESTS)


def _frame(packet: bytes, version: int) -> bytes:
    data = OWNER + packet
    size = _as_synchsafe(len(data)) if version == 4 else struct.pack(">I", len(data))
    return b"PRIV" + size + b"\0\0" + data


def _tag(frames: bytes, version: int, length: int | None = None) -> bytes:
    return b"ID3" + bytes([version, 0, 0]) + _as_synchsafe(len(frames) if length is None else length) + frames


def _synchsafe(data: bytes) -> int:
    """Seven bits of each byte."""
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]


def _as_synchsafe(number: int) -> bytes:
    if number >= 1 << 28:
        raise Unfit("its ID3 tag would have more than 256 MB")
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
