"""What the browser loads: every file of the studio in memory, under one name that changes with any of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

STATIC = Path(__file__).parent / "static"

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".png": "image/png",
    ".json": "application/json",
}
"""Only what is of these types is served; licences lie beside the code and are not."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file: its bytes, its content type, and its ETag."""

    content: bytes
    media_type: str
    etag: str


class Shelf:
    """The files below a folder, read once and again when one has changed.

    Their edition is a hash over all of them: it is part of their address, so that a browser may keep them for ever, and
    modules that name each other by relative paths are always of one edition.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._seen: object = None
        self._pieces: dict[str, Piece] = {}
        self.edition = ""

    def look(self) -> None:
        """See whether a file has changed since, and read all anew if so. To be called for each page, not each file."""
        found = {path: path.stat() for path in sorted(self._folder.rglob("*")) if path.suffix in _TYPES}
        seen = [(path, stat.st_mtime_ns, stat.st_size) for path, stat in found.items()]
        if seen == self._seen:
            return
        pieces = {PurePosixPath(path.relative_to(self._folder)).as_posix(): _piece(path) for path in found}
        told = "".join(f"{name} {piece.etag}\n" for name, piece in pieces.items())
        self._seen, self._pieces, self.edition = seen, pieces, _hash(told.encode())

    def find(self, name: str) -> Piece | None:
        """The file of this name, such as `core/api.js`; None where there is none."""
        return self._pieces.get(name)


def _piece(path: Path) -> Piece:
    content = path.read_bytes()
    return Piece(content, _TYPES[path.suffix], f'"{_hash(content)}"')


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]
