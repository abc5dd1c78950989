"""How a vendor reaches us: signed addresses of input files, and callback addresses that carry their own proof."""

from __future__ import annotations

import hashlib
import hmac

from callsheet.engine.library import Library
from callsheet.tasks import File

CALLBACKS = "/callbacks"


class Reach:
    """Addresses under `public_url`, the origin by which the outside knows this server."""

    def __init__(self, public_url: str, library: Library, key: bytes) -> None:
        self._origin = public_url.rstrip("/")
        self._library = library
        self._key = key

    def link(self, file: File) -> str:
        """Where a vendor may fetch a file without a key."""
        return self._origin + self._library.link(file)

    def callback(self, vendor: str, task_id: str) -> str:
        """Where a vendor may say that a task has news."""
        return f"{self._origin}{CALLBACKS}/{vendor}/{task_id}/{proof(self._key, vendor, task_id)}"


def proof(key: bytes, vendor: str, task_id: str) -> str:
    """What only the vendor whom we told it can know."""
    return hmac.new(key, f"{vendor}/{task_id}".encode(), hashlib.sha256).hexdigest()[:40]
