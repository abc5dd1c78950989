"""The store's database in one SQLite file: a single writer thread with group commit, and readers beside it."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callsheet.errors import StorageError
from callsheet.store.database import Clash, Params, Records, Step, Unchanged, queries
from callsheet.store.opening import connect, open_checked

BATCH = 1000
"""How many callers share one commit at most."""

READERS = 4

DISK_CODES = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOMEM,
    }
)
"""Primary result codes that speak of the disk or the file, not of the statement."""


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    steps: Sequence[Step]
    future: asyncio.Future[list[Records]]
    loop: asyncio.AbstractEventLoop


_Outcome = list[Records] | Exception


class Sqlite:
    """One file, opened, checked and migrated by the constructor (SetupError when that cannot be).

    WAL with synchronous=FULL: a write is on the disk before its caller goes on. Many callers at once share a commit,
    so that sixty-four of them wait about as long as one.
    """

    def __init__(self, path: Path, on_commit: Callable[[int], None] = lambda writers: None) -> None:
        """`on_commit` is told, in the writer's own thread, how many callers shared a commit."""
        self._path = path
        self._on_commit = on_commit
        self._writer: sqlite3.Connection | None = open_checked(path)
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._mine = threading.local()
        self._open_readers: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._closed = False
        self._thread = threading.Thread(target=self._write_forever, name="store-write", daemon=True)
        self._thread.start()

    async def write(self, steps: Sequence[Step]) -> list[Records]:
        """All steps in one transaction, durable on return. Unchanged, Clash, StorageError: then nothing stands."""
        self._must_be_open()
        loop = asyncio.get_running_loop()
        call = _Call(steps, loop.create_future(), loop)
        self._calls.put(call)
        return await call.future

    async def read(self, query: str, params: Params) -> Records:
        """One statement, beside the writer."""
        return (await self.read_all([Step(query, params)]))[0]

    async def read_all(self, steps: Sequence[Step]) -> list[Records]:
        """Several statements that see the same moment."""
        if not steps:
            return []
        self._must_be_open()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, steps)

    async def close(self) -> None:
        """Commit what was accepted, then let go of the file."""
        if self._closed:
            return
        self._closed = True
        self._calls.put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._readers.shutdown)
        for connection in self._open_readers:
            connection.close()

    def _must_be_open(self) -> None:
        if self._closed:
            raise StorageError("The store is closed: callsheet is shutting down.")

    def _read(self, steps: Sequence[Step]) -> list[Records]:
        try:
            connection = self._reader()
            connection.execute("BEGIN")
            try:
                return [_run(connection, step) for step in steps]
            finally:
                connection.rollback()
        except sqlite3.Error as error:
            if not _of_disk(error):
                raise
            self._mine.connection = None
            raise self._failure(error) from error

    def _reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = connect(self._path)
            connection.execute("PRAGMA query_only=ON")
            self._open_readers.append(connection)
            self._mine.connection = connection
        return connection

    def _write_forever(self) -> None:
        going = True
        while going:
            calls, going = self._drain()
            if calls:
                _deliver(calls, self._commit(calls))
                self._on_commit(len(calls))
        if self._writer is not None:
            self._writer.close()

    def _drain(self) -> tuple[list[_Call], bool]:
        calls: list[_Call] = []
        call = self._calls.get()
        while call is not None:
            calls.append(call)
            if len(calls) == BATCH:
                return calls, True
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                return calls, True
        return calls, False

    def _commit(self, calls: Sequence[_Call]) -> list[_Outcome]:
        """The outcome of each call, known only once all are on the disk."""
        try:
            if self._writer is None:
                self._writer = connect(self._path)
            self._writer.execute("BEGIN IMMEDIATE")
            if len(calls) == 1:
                return [_alone(self._writer, calls[0].steps)]
            outcomes = [_attempt(self._writer, call.steps) for call in calls]
            self._writer.execute("COMMIT")
        except sqlite3.Error as error:
            self._abandon()
            return [self._failure(error) for _ in calls]
        return outcomes

    def _abandon(self) -> None:
        """Close a connection whose disk failed under it: the next batch begins with a fresh one."""
        connection, self._writer = self._writer, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                connection.rollback()
            connection.close()

    def _failure(self, error: sqlite3.Error) -> StorageError:
        full = _code(error) == sqlite3.SQLITE_FULL
        hint = (
            f"Free some space where {self._path} lies; callsheet goes on by itself."
            if full
            else f"Check the disk of {self._path}, then run `callsheet doctor`."
        )
        what = "The disk is full" if full else f"The store cannot be used ({error})"
        return StorageError(f"{what}; nothing was accepted.", hint=hint)


def _alone(connection: sqlite3.Connection, steps: Sequence[Step]) -> _Outcome:
    """The only call of its transaction: commit it, or undo the whole. A failure of the disk is raised."""
    outcome = _outcome(connection, steps)
    connection.execute("ROLLBACK" if isinstance(outcome, Exception) else "COMMIT")
    return outcome


def _attempt(connection: sqlite3.Connection, steps: Sequence[Step]) -> _Outcome:
    """One call of several in a transaction: its own failure undoes only itself, a failure of the disk is raised."""
    alone = len(steps) == 1  # a single statement is all or nothing without a savepoint
    if not alone:
        connection.execute("SAVEPOINT one_call")
    outcome = _outcome(connection, steps)
    if not alone:
        if isinstance(outcome, Exception):
            connection.execute("ROLLBACK TO one_call")
        connection.execute("RELEASE one_call")
    return outcome


def _outcome(connection: sqlite3.Connection, steps: Sequence[Step]) -> _Outcome:
    try:
        return [_run(connection, step) for step in steps]
    except Exception as error:  # whatever a single call did wrong is its own caller's to hear
        if isinstance(error, sqlite3.Error) and _of_disk(error):
            raise
        return Clash(str(error)) if isinstance(error, sqlite3.IntegrityError) else error


def _run(connection: sqlite3.Connection, step: Step) -> Records:
    cursor = connection.execute(queries()[step.query], step.params)
    records: list[dict[str, Any]] = cursor.fetchall()
    if step.must_change and not records and cursor.rowcount < 1:
        raise Unchanged(step.query)
    return records


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _of_disk(error: sqlite3.Error) -> bool:
    return _code(error) in DISK_CODES


def _deliver(calls: Sequence[_Call], outcomes: Sequence[_Outcome]) -> None:
    """Wake every caller on its own loop, with one wake-up per loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Call, _Outcome]]] = {}
    for call, outcome in zip(calls, outcomes, strict=True):
        by_loop.setdefault(call.loop, []).append((call, outcome))
    for loop, settled in by_loop.items():
        with contextlib.suppress(RuntimeError):  # that loop is closed: nobody waits any more, and the write stands
            loop.call_soon_threadsafe(_settle, settled)


def _settle(settled: Sequence[tuple[_Call, _Outcome]]) -> None:
    for call, outcome in settled:
        if call.future.done():
            continue  # its caller was cancelled while the write went through
        if isinstance(outcome, Exception):
            call.future.set_exception(outcome)
        else:
            call.future.set_result(outcome)
