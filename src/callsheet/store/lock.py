"""One process owns a home: the lock on it, who holds it, and how its server proves that it is the one."""

from __future__ import annotations

import fcntl
import hmac
import os
import time
from pathlib import Path
from types import TracebackType

from callsheet.errors import SetupError

NAME = "lock"
LOOKS = 5

CHALLENGE, PROOF = "x-callsheet-challenge", "x-callsheet-proof"
"""The headers of a question to /healthz, and of its answer, by which a home's server is known."""


class HomeLock:
    """Held from `acquire` to `release`, or to the end of the process however that comes; not inherited by children."""

    def __init__(self, home: Path) -> None:
        self._path = home / NAME
        self._fd: int | None = None

    def acquire(self) -> None:
        """Own the home. SetupError naming the process that owns it already, or why it cannot be owned."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _not_ours(self._path.parent, error) from error
        try:
            _lock_soon(fd)
        except BlockingIOError:
            os.close(fd)
            raise self._owned() from None
        except OSError as error:
            os.close(fd)
            raise SetupError(
                f"{self._path} cannot be locked: {error.strerror}.", hint="Choose a home on a local disk with --home."
            ) from error
        os.ftruncate(fd, 0)
        os.pwrite(fd, str(os.getpid()).encode(), 0)
        self._fd = fd

    def release(self) -> None:
        """Let another process own the home. The file stays: removing it would let two own it at once."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> HomeLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _owned(self) -> SetupError:
        pid = self._path.read_text("ascii", "replace").strip()
        owner = f"process {pid}" if pid else "another process"
        return SetupError(
            f"The home {self._path.parent} is in use by {owner}.",
            hint="Use the server that runs there, stop it, or choose another --home.",
        )


def _lock_soon(fd: int) -> None:
    """Lock it, with patience for one who only asks for the owner and holds it for that moment."""
    for _ in range(LOOKS - 1):
        try:
            return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def owner(home: Path) -> int | None:
    """The process that owns a home now, or None. 0 when it is owned but has not yet written its number.

    SetupError for a home that we may not look into.
    """
    try:
        fd = os.open(home / NAME, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _not_ours(home, error) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        pid = os.pread(fd, 20, 0).decode("ascii", "replace").strip()
        return int(pid) if pid.isdigit() else 0
    finally:
        os.close(fd)


def _not_ours(home: Path, error: OSError) -> SetupError:
    return SetupError(
        f"The home {home} cannot be used: {error.strerror}.",
        hint="Give yourself the right to read and write it and all that lies in it, or choose another with --home or "
        "CALLSHEET_HOME.",
    )


def proof(token: str, challenge: str) -> str:
    """What only who knows the home's token can answer to a challenge. It tells nothing of the token."""
    return hmac.digest(token.encode(), b"callsheet home " + challenge.encode(), "sha256").hex()
