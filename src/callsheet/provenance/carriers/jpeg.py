"""JPEG: the packet is an APP1 segment that begins with Adobe's name, before the picture (XMP specification part 3)."""

from __future__ import annotations

import struct
from typing import BinaryIO

from callsheet.provenance.carriers.layout import Layout, Piece, Span, Unfit, packet_of, spliced, take

MAGIC = b"\xff\xd8\xff"
NAME = b"http://ns.adobe.com/xap/1.0/\0"
LARGEST = 65_533 - len(NAME)

_START_OF_SCAN, _END = 0xDA, 0xD9
_HEAD = (0xE0, 0xE1)  # JFIF and Exif want to be first
_BARE = {0x01, *range(0xD0, 0xD9)}


def look(file: BinaryIO, size: int) -> Layout:
    """Its segments up to the first scan. Unfit where they do not get there."""
    at, first, sealed, heading = 2, 2, False, True
    packet, old = None, list[Span]()
    while (marker := _marker(file, at)) != _START_OF_SCAN:
        end = at + 2 + struct.unpack(">H", take(file, 2))[0]
        if marker in _BARE or marker == _END or end > size or end < at + 4:
            raise Unfit("its segments do not lead to a picture")
        start = file.read(len(NAME))
        if marker == 0xE1 and start == NAME:
            old.append(Span(at, end))
            packet = packet or packet_of(file, at + 4 + len(NAME), end)
        sealed |= marker == 0xEB and start.startswith(b"JP") and b"jumb" in start
        heading &= marker in _HEAD
        first = end if heading else first
        at = end

    def put(new: bytes) -> list[Piece]:
        if len(new) > LARGEST:
            raise Unfit(f"an XMP packet in a JPEG has at most {LARGEST:,} bytes, and this one would have {len(new):,}")
        segment = b"\xff\xe1" + struct.pack(">H", len(new) + len(NAME) + 2) + NAME + new
        return spliced(size, first, segment, old)

    return Layout("image/jpeg", packet, sealed, put)


def _marker(file: BinaryIO, at: int) -> int:
    file.seek(at)
    mark, kind = take(file, 2)
    if mark != 0xFF:
        raise Unfit("its segments do not lead to a picture")
    return kind
