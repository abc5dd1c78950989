"""What a PostgreSQL server says, in the store's words."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

import asyncpg

from callsheet.errors import InvalidInput, StorageError
from callsheet.store.database import Clash

AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""What another transaction did to this one: run once more, it may well go through."""

_PLACE_CLASSES = ("08", "53", "57", "58", "25006")
"""SQLSTATEs that speak of the server or the connection, not of the statement; 25006 is a server that became a copy."""


def of_place(error: Exception) -> bool:
    """Whether the server or the connection is at fault, so that whatever else was under way there failed as well."""
    if isinstance(error, asyncpg.PostgresError):
        return str(getattr(error, "sqlstate", "")).startswith(_PLACE_CLASSES)
    return isinstance(error, OSError | TimeoutError | asyncpg.InterfaceError)


def told(error: Exception) -> Exception:
    """What a caller of the store hears of this: the error itself where it is not of a kind the store has words for."""
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return Clash(str(error))
    if isinstance(error, asyncpg.CharacterNotInRepertoireError):  # U+0000, which PostgreSQL has no place for
        return InvalidInput("This holds a character that cannot be kept.", hint="Leave out U+0000.")
    return _failure(error) if of_place(error) else error


@contextlib.asynccontextmanager
async def explained() -> AsyncGenerator[None]:
    """What is raised in here, as a caller hears it; what is to be tried again is raised as it is."""
    try:
        yield
    except Exception as error:
        said = told(error)
        if said is error:
            raise
        raise said from error


def _failure(error: Exception) -> StorageError:
    return StorageError(
        f"The database cannot be used ({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}); "
        "nothing was accepted.",
        hint="Check the PostgreSQL server, then run `callsheet doctor`; callsheet goes on by itself.",
    )
