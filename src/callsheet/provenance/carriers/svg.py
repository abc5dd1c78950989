"""SVG: the packet is in a `metadata` element, the first thing in the drawing (SVG 1.1, section 21)."""

from __future__ import annotations

import re
from typing import BinaryIO
from xml.parsers import expat

from callsheet.provenance.carriers.layout import Layout, Piece, Span, Unfit, spliced

MAX_BYTES = 64_000_000
"""A drawing with more bytes than this is not read."""

# Beginnings and ends are looked for one after the other: one pattern for both would read the rest of the file anew
# from every beginning that has no end.
_OURS = re.compile(rb'<(?:[\w.-]+:)?metadata id="callsheet-provenance">'), re.compile(rb"</(?:[\w.-]+:)?metadata>")
_PACKET = re.compile(rb"<x:xmpmeta"), re.compile(rb"</x:xmpmeta>")
_AT_TAGS = "StartElementHandler"  # what expat calls it


def look(file: BinaryIO, size: int) -> Layout:
    """Where its root opens. Unfit where it is no UTF-8, has no root `svg`, or nothing in it."""
    if size > MAX_BYTES:
        raise Unfit(f"it has more than {MAX_BYTES:,} bytes")
    file.seek(0)
    data = file.read()
    name, start = _root(data)
    inside = _end_of_tag(data, start)
    if data[inside - 2 : inside] == b"/>":
        raise Unfit("there is nothing in it")
    old = _between(*_OURS, data)
    gone = [old] if old else []
    packet = _between(*_PACKET, data[old.start : old.end]) if old else None

    def put(new: bytes) -> list[Piece]:
        prefix = name[: -len("svg")].encode()
        opened, closed = b'<%bmetadata id="callsheet-provenance">' % prefix, b"</%bmetadata>" % prefix
        return spliced(size, inside, opened + _bare(new) + closed, gone)

    told = data[old.start + packet.start : old.start + packet.end] if old and packet else None
    return Layout("image/svg+xml", told, b"<c2pa:manifest" in data, put)


def _between(begins: re.Pattern[bytes], ends: re.Pattern[bytes], data: bytes) -> Span | None:
    """From the first beginning to the end behind it, both included."""
    begun = begins.search(data)
    ended = ends.search(data, begun.end()) if begun else None
    return Span(begun.start(), ended.end()) if begun and ended else None


def _root(data: bytes) -> tuple[str, int]:
    """The name of the root and the offset of its tag. An entity is never expanded: reading ends at the first tag."""
    found: list[tuple[str, int]] = []
    parser = expat.ParserCreate()

    def started(name: str, attributes: dict[str, str]) -> None:
        found.append((name, parser.CurrentByteIndex))
        raise _Enough

    setattr(parser, _AT_TAGS, started)
    try:
        data.decode("utf-8")
        parser.Parse(data, True)
    except _Enough:
        pass
    except (expat.ExpatError, UnicodeDecodeError) as error:
        raise Unfit("it is no XML in UTF-8") from error
    if not found or found[0][0].rpartition(":")[2] != "svg":
        raise Unfit("its root is no svg")
    return found[0]


def _end_of_tag(data: bytes, start: int) -> int:
    """Past the tag's closing bracket; one within quotes closes nothing."""
    found = re.compile(rb"<[^\"'>]*(?:\"[^\"]*\"[^\"'>]*|'[^']*'[^\"'>]*)*>").match(data, start)
    if found is None:
        raise Unfit("its root does not open")
    return found.end()


def _bare(packet: bytes) -> bytes:
    """The packet without its wrapper, which is for readers that know no XML."""
    return re.sub(rb"<\?xpacket.*?\?>", b"", packet, flags=re.DOTALL).strip()


class _Enough(Exception):
    """The root was seen."""
