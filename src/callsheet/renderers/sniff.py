"""A file's content type from its first bytes; its name is never asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_LOOK = 4096


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A content type, its kind (image, video, audio), and FFmpeg's demuxer for it where it has one."""

    content_type: str
    kind: str
    demuxer: str | None = None


_PREFIXES: tuple[tuple[bytes, Sniffed], ...] = (
    (b"\xff\xd8\xff", Sniffed("image/jpeg", "image")),
    (b"\x89PNG\r\n\x1a\n", Sniffed("image/png", "image")),
    (b"GIF87a", Sniffed("image/gif", "image")),
    (b"GIF89a", Sniffed("image/gif", "image")),
    (b"BM", Sniffed("image/bmp", "image")),
    (b"II*\x00", Sniffed("image/tiff", "image")),
    (b"MM\x00*", Sniffed("image/tiff", "image")),
    (b"\x1a\x45\xdf\xa3", Sniffed("video/webm", "video", "matroska")),
    (b"FLV\x01", Sniffed("video/x-flv", "video", "flv")),
    (b"OggS", Sniffed("audio/ogg", "audio", "ogg")),
    (b"fLaC", Sniffed("audio/flac", "audio", "flac")),
    (b"ID3", Sniffed("audio/mpeg", "audio", "mp3")),
)

_RIFF = {
    b"WEBP": Sniffed("image/webp", "image"),
    b"WAVE": Sniffed("audio/wav", "audio", "wav"),
    b"AVI ": Sniffed("video/x-msvideo", "video", "avi"),
}

_STILL_BRANDS = {b"avif": "image/avif", b"avis": "image/avif"}
_AUDIO_BRANDS = (b"M4A ", b"M4B ")


def sniff(path: Path) -> Sniffed | None:
    """What the first bytes say, or None where they are of no known still, video or sound."""
    with path.open("rb") as file:
        head = file.read(_LOOK)
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return _isobmff(head)
    for prefix, found in _PREFIXES:
        if head.startswith(prefix):
            return _matroska(head) if found.demuxer == "matroska" else found
    return _by_sync(head)


def describe(path: Path) -> str:
    """What an unknown file looks like, for an error message."""
    with path.open("rb") as file:
        head = file.read(_LOOK)
    if not head:
        return "An empty file"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "An HTML page"
    if start.startswith(b"<?xml") or start.startswith(b"<svg"):
        return "An XML or SVG document"
    if start.startswith(b"#extm3u"):
        return "A playlist"
    if start.startswith((b"{", b"[")):
        return "A JSON document"
    return "A text file" if b"\0" not in head and _is_text(head) else f"A file that begins with {head[:8].hex(' ')}"


def _isobmff(head: bytes) -> Sniffed:
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    if brand in _STILL_BRANDS:
        return Sniffed(_STILL_BRANDS[brand], "image")
    if brand in _AUDIO_BRANDS:
        return Sniffed("audio/mp4", "audio", "mov")
    if brand == b"qt  " or not brand:
        return Sniffed("video/quicktime", "video", "mov")
    return Sniffed("video/mp4", "video", "mov")


def _matroska(head: bytes) -> Sniffed:
    name = "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return Sniffed(name, "video", "matroska")


def _by_sync(head: bytes) -> Sniffed | None:
    """MPEG transport stream, AAC and MP3 have no magic number, only a sync word where each packet begins."""
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return Sniffed("video/mp2t", "video", "mpegts")
    if len(head) > 4 and head[0] == 0xFF:
        if head[1] & 0xF6 == 0xF0:
            return Sniffed("audio/aac", "audio", "aac")
        if head[1] & 0xE0 == 0xE0 and head[1] & 0x06 == 0x02:
            return Sniffed("audio/mpeg", "audio", "mp3")
    return None


def _is_text(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4
    return True
