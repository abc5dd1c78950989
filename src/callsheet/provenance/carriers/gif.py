"""GIF: the packet is an application extension `XMP Data`, with a trailer that leads any reader out (XMP part 3)."""

from __future__ import annotations

from typing import BinaryIO

from callsheet.provenance.carriers.layout import Layout, Piece, Span, Unfit, packet_of, spliced, take

NAME = b"XMP DataXMP"
_TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
_EXTENSION, _APPLICATION, _COMMENT = 0x21, 0xFF, 0xFE


def look(file: BinaryIO, size: int) -> Layout:
    """Its head and the extensions before the first picture. Unfit where it has no picture."""
    file.seek(0)
    head = take(file, 13)
    at = 13 + (3 << (head[10] & 7) + 1 if head[10] & 0x80 else 0)
    packet, sealed, old = None, False, list[Span]()
    while (told := _extension(file, at)) is not None:
        name, end = told
        if name == NAME:
            old.append(Span(at, end))
            packet = packet or packet_of(file, at + 14, end - len(_TRAILER))
        sealed |= name.startswith(b"C2PA_GIF")
        at = end
    if at >= size:
        raise Unfit("it has no picture")

    def put(new: bytes) -> list[Piece]:
        block = bytes([_EXTENSION, _APPLICATION, len(NAME)]) + NAME + new + _TRAILER
        first, *rest = spliced(size, at, block, old)
        assert isinstance(first, Span)
        return [b"GIF89a", Span(6, first.end), *rest]  # only this version has extensions

    return Layout("image/gif", packet, sealed, put)


def _extension(file: BinaryIO, at: int) -> tuple[bytes, int] | None:
    """The name of the application or comment extension there, and where it ends; None where there is another thing."""
    file.seek(at)
    mark, kind, length = take(file, 3)
    if mark != _EXTENSION or kind not in (_APPLICATION, _COMMENT):
        return None
    if kind == _COMMENT:
        return b"", _end_of_blocks(file, at + 2)
    name = take(file, length)
    if name != NAME:
        return name, _end_of_blocks(file, at + 3 + length)
    return name, _end_of_packet(file, at + 3 + length)


def _end_of_blocks(file: BinaryIO, at: int) -> int:
    file.seek(at)
    while length := take(file, 1)[0]:
        take(file, length)
    return file.tell()


def _end_of_packet(file: BinaryIO, at: int) -> int:
    """A packet is no row of blocks: it goes on to its trailer."""
    file.seek(at)
    data = b""
    while (found := data.find(_TRAILER)) < 0:
        more = file.read(1 << 16)
        if not more or len(data) > 1 << 22:
            raise Unfit("its XMP packet does not end")
        data += more
    return at + found + len(_TRAILER)
