"""Where each format carries an XMP packet; the format is told by its first bytes, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO

from callsheet.provenance.carriers import boxes, flac, gif, id3, jpeg, png, riff, svg
from callsheet.provenance.carriers.layout import Layout, Unfit, write

__all__ = ["Layout", "Unfit", "look", "write"]

Look = Callable[[BinaryIO, int], Layout]


def look(file: BinaryIO, size: int) -> Layout:
    """How this file is laid out. Unfit for a format that carries no packet, and for a file that is not whole."""
    file.seek(0)
    head = file.read(1024)
    for fits, reader in _READERS:
        if fits(head):
            return reader(file, size)
    raise Unfit("this format carries no metadata that we write")


def _is_riff(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE")


def _is_boxes(head: bytes) -> bool:
    return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


def _is_mp3(head: bytes) -> bool:
    """A tag, or a frame header of MPEG audio: layer and rates that exist."""
    if head[:3] == b"ID3":
        return True
    sync = len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0
    return sync and head[1] & 0x06 != 0 and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C


def _is_svg(head: bytes) -> bool:
    return (
        re.match(rb"(\xef\xbb\xbf)?\s*<", head) is not None and re.search(rb"<([\w.-]+:)?svg[\s>/]", head) is not None
    )


_READERS: tuple[tuple[Callable[[bytes], bool], Look], ...] = (
    (lambda head: head.startswith(png.MAGIC), png.look),
    (lambda head: head.startswith(jpeg.MAGIC), jpeg.look),
    (lambda head: head[:6] in (b"GIF87a", b"GIF89a"), gif.look),
    (lambda head: head.startswith(flac.MAGIC), flac.look),
    (_is_riff, riff.look),
    (_is_boxes, boxes.look),
    (_is_mp3, id3.look),
    (_is_svg, svg.look),
)
