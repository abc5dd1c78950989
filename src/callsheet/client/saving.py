"""A download in the making: a `.part` file beside the target that takes its name once it is whole."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import TracebackType

from callsheet.client.failures import Unreachable
from callsheet.errors import StorageError


class Saving:
    """Bytes on their way to `target`; they go on where a lost connection stopped, and are checked at the end."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.etag: str | None = None
        self.have = 0
        self._sum = hashlib.sha256()
        self._part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._out = self._part.open("wb")
        except OSError as error:
            raise _unwritable(target, error) from error

    def __enter__(self) -> Saving:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()
        self._part.unlink(missing_ok=True)

    def headers(self) -> dict[str, str]:
        """What the next request asks for: everything, or only what is still missing of the very same content."""
        if not self.have or not self.etag:
            return {}
        return {"range": f"bytes={self.have}-", "if-range": self.etag}

    def answered(self, status: int, etag: str | None) -> None:
        """Take note of how the server answers: 206 goes on, anything else begins again."""
        if status != 206 and self.have:
            self._out.seek(0)
            self._out.truncate()
            self.have, self._sum = 0, hashlib.sha256()
        self.etag = etag

    def write(self, chunk: bytes) -> None:
        """Append."""
        try:
            self._out.write(chunk)
        except OSError as error:
            raise _unwritable(self.target, error) from error
        self._sum.update(chunk)
        self.have += len(chunk)

    def finish(self, sha256: str | None) -> Path:
        """Give it its name, if it is what the server said it would be."""
        if sha256 and self._sum.hexdigest() != sha256:
            raise Unreachable(f"{self.target.name} arrived damaged.", hint="Download it again.")
        try:
            self._out.close()
            self._part.replace(self.target)
        except OSError as error:
            raise _unwritable(self.target, error) from error
        return self.target


def _unwritable(target: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{target} cannot be written: {error.strerror}.", hint="Free some space, or choose another folder."
    )
