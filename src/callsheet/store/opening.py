"""Opening a SQLite file: the settings every connection has, a check for damage, and the migrations."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import Any

from callsheet.errors import SetupError
from callsheet.store.database import migrations, statements

CHECK_SECONDS = 0.3
"""How long the check for damage may take at start; `callsheet doctor` takes the time it needs."""

_RECORD = (
    "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)"
)


def connect(path: Path) -> sqlite3.Connection:
    """A connection in WAL mode whose commits reach the disk, which answers records as dicts."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.row_factory = _record
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")  # else a savepoint over more than sixteen pages makes a file
    connection.execute("PRAGMA wal_autocheckpoint=4000")  # 16 MiB: what is written over and over is moved once
    connection.execute("PRAGMA journal_size_limit=67108864")  # after a burst the log shrinks back to 64 MiB
    return connection


def _record(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip((column[0] for column in cursor.description), values, strict=True))


def open_checked(path: Path) -> sqlite3.Connection:
    """Create the file or open it, see that it is sound, and bring it up to date. SetupError names the way out."""
    connection: sqlite3.Connection | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _for_its_owner_only(path)
        connection = connect(path)
        _must_be_sound(connection, path)
        migrate(connection, path)
    except (sqlite3.Error, OSError, SetupError) as error:
        if connection is not None:
            connection.close()
        raise _explained(error, path) from error
    return connection


def _for_its_owner_only(path: Path) -> None:
    """Shut to others what was made open to them, and what SQLite laid beside it. `callsheet doctor` tells where it is
    another's file, and stays open.
    """
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with contextlib.suppress(OSError):
            mode = file.stat().st_mode
            if mode & 0o077:
                file.chmod(mode & 0o700)


def _explained(error: Exception, path: Path) -> SetupError:
    if isinstance(error, SetupError):
        return error
    if is_damage(error):
        return _damaged(path, str(error))
    return SetupError(
        f"The database {path} cannot be opened: {error}.",
        hint="Check that its folder exists, may be written and has space left, or choose another with --home.",
    )


def is_damage(error: Exception) -> bool:
    """Whether the file itself is broken, and not what stands in the way to it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _damaged(path: Path, problem: str) -> SetupError:
    return SetupError(
        f"The database {path} is damaged: {problem}.",
        hint=f"Keep a copy of it and of {path.name}-wal, then run `callsheet doctor`; "
        "or move both away, or choose another --home, to begin with an empty one.",
    )


def _must_be_sound(connection: sqlite3.Connection, path: Path) -> None:
    """A quick check for as long as CHECK_SECONDS allow: what it has not reached by then is not waited for."""
    end = time.monotonic() + CHECK_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > end, 10_000)
    try:
        found = examine(connection, quick=True)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        found = []
    finally:
        connection.set_progress_handler(None, 0)
    if found:
        raise _damaged(path, found[0])


def examine(connection: sqlite3.Connection, *, quick: bool = False) -> list[str]:
    """What is wrong with the file, in SQLite's words; empty when it is sound. Takes seconds per gigabyte."""
    answers = connection.execute("PRAGMA quick_check(3)" if quick else "PRAGMA integrity_check(20)").fetchall()
    found = [str(next(iter(answer.values()))) for answer in answers]
    return [] if found == ["ok"] else found


def migrate(connection: sqlite3.Connection, path: Path) -> list[int]:
    """Apply what is missing, each migration in its own transaction; answers which. A newer database is refused."""
    connection.execute(_RECORD)
    known = migrations()
    (latest,) = connection.execute("SELECT COALESCE(MAX(number), 0) AS number FROM migration").fetchall()
    if latest["number"] > len(known):
        raise SetupError(
            f"The database {path} was written by a newer callsheet (schema {latest['number']}, this one knows "
            f"{len(known)}).",
            hint="Install that version again, or choose another --home.",
        )
    missing = known[latest["number"] :]
    for number, name, script in missing:
        _apply(connection, number, name, script)
    return [number for number, _, _ in missing]


def _apply(connection: sqlite3.Connection, number: int, name: str, script: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in statements(script):
            connection.execute(statement)
        now = int(time.time() * 1000)
        connection.execute("INSERT INTO migration (number, name, applied_at) VALUES (?, ?, ?)", (number, name, now))
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
