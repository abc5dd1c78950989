"""FLAC: the packet is a comment `XMP` in its block of comments (RFC 9639), where any tag reader shows it."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

from callsheet.provenance.carriers.layout import Layout, Piece, Span, Unfit, packet_of, take

MAGIC = b"fLaC"
NAME = b"XMP="
_COMMENTS = 4
_LARGEST = (1 << 24) - 1


class Block(NamedTuple):
    """A block before the sound: its kind, where it starts and ends."""

    kind: int
    start: int
    end: int


def look(file: BinaryIO, size: int) -> Layout:
    """Its blocks. Unfit where they do not lead to the sound."""
    blocks = _blocks(file, size)
    sound = blocks[-1].end
    comments = next((one for one in blocks if one.kind == _COMMENTS), None)
    vendor, told = _read(packet_of(file, comments.start + 4, comments.end)) if comments else (b"callsheet", [])
    packet = next((one[len(NAME) :] for one in told if one[: len(NAME)].upper() == NAME), None)

    def put(new: bytes) -> list[Piece]:
        kept = [one for one in told if one[: len(NAME)].upper() != NAME]
        first, *others = [one for one in blocks if one is not comments]
        parts = [(Span(one.start + 1, one.end), one.kind) for one in (first, *others)]
        written = _written(vendor, [*kept, NAME + new])
        pieces: list[Piece] = [MAGIC]
        for number, (span, kind) in enumerate(parts):
            pieces += [bytes([kind | (0x80 if number == len(parts) - 1 and number else 0)]), span]
            if number == 0:  # the comments come second, and last where there is nothing else
                pieces.append(bytes([_COMMENTS | (0x80 if not others else 0)]) + written)
        return [*pieces, Span(sound, size)]

    return Layout("audio/flac", packet, False, put)


def _blocks(file: BinaryIO, size: int) -> list[Block]:
    found: list[Block] = []
    at, last = len(MAGIC), False
    while not last:
        file.seek(at)
        head = take(file, 4)
        last, kind, end = bool(head[0] & 0x80), head[0] & 0x7F, at + 4 + int.from_bytes(head[1:], "big")
        if end > size:
            raise Unfit("it ends before its sound")
        found.append(Block(kind, at, end))
        at = end
    return found


def _read(data: bytes) -> tuple[bytes, list[bytes]]:
    """Who wrote the file, and the comments."""
    parts: list[bytes] = []
    at = 0

    def number() -> int:
        nonlocal at
        at += 4
        if at > len(data):
            raise Unfit("its comments are not all there")
        return struct.unpack("<I", data[at - 4 : at])[0]

    def text() -> bytes:
        nonlocal at
        length = number()
        at += length
        return data[at - length : at]

    vendor = text()
    for _ in range(number()):
        parts.append(text())
    return vendor, parts


def _written(vendor: bytes, comments: list[bytes]) -> bytes:
    """The block after its kind: three bytes of length, then what it holds."""
    data = b"".join(struct.pack("<I", len(one)) + one for one in comments)
    data = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(comments)) + data
    if len(data) > _LARGEST:
        raise Unfit("its comments would have more than 16 MB")
    return len(data).to_bytes(3, "big") + data
