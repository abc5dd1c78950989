"""MP4, M4A and MOV: the packet is a top-level `uuid` box at the end, so that no offset moves (XMP part 3)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from callsheet.provenance.carriers.layout import Layout, Piece, Span, Unfit, packet_of, take

XMP = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
C2PA = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481")


class Box(NamedTuple):
    """A top-level box: its kind, the UUID of one that has it, where it starts, where its content starts and ends."""

    kind: bytes
    uuid: bytes
    start: int
    content: int
    end: int


def look(file: BinaryIO, size: int) -> Layout:
    """Its top-level boxes. Unfit for stills (HEIF, AVIF) and where the boxes do not fill the file."""
    boxes = list(_boxes(file, size))
    brand = _brand(file, boxes)
    old = [one for one in boxes if one.uuid == XMP]
    packet = packet_of(file, old[0].content, old[0].end) if old else None
    sealed = any(one.uuid == C2PA for one in boxes)

    def put(new: bytes) -> list[Piece]:
        box = struct.pack(">I4s", len(new) + 24, b"uuid") + XMP + new
        last = boxes[-1]
        at = last.start if last.kind == b"mfra" else size  # an index of fragments is looked for at the very end
        return [*_without(old, at), box, Span(at, size)]

    return Layout(_TYPES.get(brand, "video/mp4"), packet, sealed, put)


_TYPES = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime"}
_STILLS = {b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1", b"hevc"}


def _brand(file: BinaryIO, boxes: list[Box]) -> bytes:
    kinds = {one.kind for one in boxes}
    if not kinds & {b"moov", b"moof"}:
        raise Unfit("it has no index of its tracks")
    if boxes[0].kind != b"ftyp":
        return b"qt  "
    file.seek(boxes[0].content)
    brand = take(file, 4)
    if brand in _STILLS:
        raise Unfit("stills of this kind are not written to")
    return brand


def _boxes(file: BinaryIO, size: int) -> Iterator[Box]:
    at = 0
    while at < size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", take(file, 8))
        content = at + 8
        if length == 1:
            length, content = struct.unpack(">Q", take(file, 8))[0], at + 16
        if length < content - at or at + length > size:
            raise Unfit("its last box has no length" if length == 0 else "it ends in the middle of a box")
        uuid = take(file, 16) if kind == b"uuid" else b""
        yield Box(kind, uuid, at, content + len(uuid), at + length)
        at += length


def _without(old: list[Box], end: int) -> list[Piece]:
    """The file up to `end` with each old packet turned into free space, which moves nothing."""
    pieces: list[Piece] = []
    at = 0
    for box in old:
        pieces += [Span(at, box.start + 4), b"free"]
        at = box.start + 8
    return [*pieces, Span(at, end)]
