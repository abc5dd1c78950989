"""What a running server leaves in its home so that commands on the same machine find it: server.json."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from callsheet.errors import SetupError
from callsheet.store import HomeLock

NAME = "server.json"


@contextmanager
def announced(home: Path, url: str, token: str, idle_exit: float | None) -> Generator[None]:
    """Write `{url, pid, token, temporary, proves}` for its owner's eyes only, and take it away at the end.

    `token` opens everything on this server. `temporary` is whether it leaves by itself when idle; `proves` that its
    /healthz shows who knows the token before anyone sends it.
    """
    path = home / NAME
    said = {"url": url, "pid": os.getpid(), "token": token, "temporary": idle_exit is not None, "proves": True}
    write_private(path, json.dumps(said))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def own(home: Path) -> HomeLock:
    """`with own(home):` makes the home where it does not exist and locks it."""
    make(home)
    return HomeLock(home)


def make(home: Path) -> None:
    """The home's folder, readable by its owner only, where it does not exist."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The home {home} cannot be made: {error.strerror}.", hint="Choose another with --home or CALLSHEET_HOME."
        ) from error


def private(path: Path) -> Path:
    """The path of a database, made empty for its owner only where it does not exist; what SQLite lays beside it is too.

    It holds prompts and the addresses of webhooks, and a home that was a folder before may be open to everyone.
    """
    make(path.parent)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise SetupError(f"{path} cannot be written: {error.strerror}.", hint="Choose another --home.") from error
    return path


def write_private(path: Path, text: str) -> None:
    """Whole or not there, and never readable by others, not even for a moment."""
    write_whole(path, text, 0o600, "Choose another --home.")


def write_whole(path: Path, text: str, mode: int, hint: str) -> None:
    """Whole or not there. SetupError with this hint when it cannot be written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as out:
            out.write(text)
        draft.replace(path)
    except OSError as error:
        raise SetupError(f"{path} cannot be written: {error.strerror}.", hint=hint) from error
