"""PNG: the packet is an iTXt chunk `XML:com.adobe.xmp` after IHDR (XMP specification part 3; PNG, third edition)."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

from callsheet.provenance.carriers.layout import MAX_PACKET, Layout, Piece, Span, Unfit, packet_of, spliced, take

MAGIC = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"XML:com.adobe.xmp\0"


def look(file: BinaryIO, size: int) -> Layout:
    """Its chunks up to IEND. Unfit where they do not get there."""
    at, sealed = len(MAGIC), False
    packet, old, first = None, list[Span](), 0
    kind = b""
    while kind != b"IEND":
        file.seek(at)
        length, kind = struct.unpack(">I4s", take(file, 8))
        end = at + 12 + length
        if end > size:
            raise Unfit("it ends in the middle of a chunk")
        first = first or end
        sealed |= kind == b"caBX"
        if kind == b"iTXt" and file.read(len(KEYWORD)) == KEYWORD:
            old.append(Span(at, end))
            packet = packet or _text(packet_of(file, at + 8 + len(KEYWORD), end - 4))
        at = end

    def put(new: bytes) -> list[Piece]:
        return spliced(size, first, _chunk(b"iTXt", KEYWORD + b"\0\0\0\0" + new), old)

    return Layout("image/png", packet, sealed, put)


def _text(data: bytes) -> bytes:
    """What an iTXt chunk holds after its keyword: a flag and a method, a language, a translated keyword, the text."""
    compressed = data[:1] == b"\1"
    text = data[2:].split(b"\0", 2)[-1]
    if not compressed:
        return text
    try:
        return zlib.decompressobj().decompress(text, MAX_PACKET)
    except zlib.error as error:
        raise Unfit("its XMP packet cannot be unpacked") from error


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
