"""What is told of a disk that has no room for what was rendered."""

from __future__ import annotations

import errno

from callsheet.errors import StorageError

_FULL = (errno.ENOSPC, errno.EDQUOT)


def full(error: BaseException, what: str) -> StorageError | None:
    """The error to tell in place of this one; None where it says nothing of a full disk. `what`: "the clip"."""
    if not isinstance(error, OSError) or error.errno not in _FULL:
        return None
    said = StorageError(f"The disk is full: {what} could not be written.", hint="Free some space and try again.")
    return said.because("disk_full")
