"""Which ending the name of a saved file gets."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from callsheet.client.results import FileInfo

_ENDINGS = {"image/jpeg": ".jpg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "text/plain": ".txt"}


def suffix(file: FileInfo) -> str:
    """The ending of its own name, else the usual one of its type, else `.bin`."""
    kind = (file.content_type or "").partition(";")[0]
    return Path(file.name or "").suffix or _ENDINGS.get(kind) or mimetypes.guess_extension(kind) or ".bin"
