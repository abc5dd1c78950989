"""What the store asks of a database: named statements, a transaction of several, and reads of one moment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Protocol

SCHEMA = "schema.sql"
Params = Mapping[str, Any]
Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """One named statement of the .sql files with its params.

    With `must_change` the whole transaction is undone and `Unchanged` raised when no row was written.
    """

    query: str
    params: Params = field(default_factory=dict)
    must_change: bool = False


class Unchanged(Exception):
    """A step that had to change a row did not; nothing of its transaction stands. `query` names the step."""

    def __init__(self, query: str) -> None:
        super().__init__(query)
        self.query = query


class Clash(Exception):
    """A row contradicts the schema (an id given twice, an unknown state); nothing of its transaction stands."""


class Database(Protocol):
    """One SQLite file, or a PostgreSQL server. Raises StorageError when it cannot read or write."""

    async def write(self, steps: Sequence[Step]) -> list[Records]:
        """All steps in one transaction, durable on return; one list of records per step (empty without RETURNING)."""
        ...

    async def read(self, query: str, params: Params) -> Records:
        """One statement."""
        ...

    async def read_all(self, steps: Sequence[Step]) -> list[Records]:
        """Several statements that see the same moment."""
        ...

    async def close(self) -> None:
        """Finish what was accepted and let go."""
        ...


@cache
def queries() -> Mapping[str, str]:
    """Every statement of the .sql files beside the schema, by its name, without comments."""
    folder = resources.files("callsheet.store")
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql") and entry.name != SCHEMA)
    return parse("\n".join(folder.joinpath(name).read_text("utf-8") for name in files))


def parse(text: str) -> Mapping[str, str]:
    """Split `-- name: x` blocks. A name given twice is an error, and so is a block without a statement.

    `-- name: x, both ways` gives a walk of an index downward, and the same upward as `x_oldest`.
    """
    found: dict[str, str] = {}
    for block in re.split(r"^-- name: *", text, flags=re.MULTILINE)[1:]:
        head, _, body = block.partition("\n")
        name, _, ways = head.partition(",")
        lines = [line for line in body.splitlines() if line.strip() and not line.lstrip().startswith("--")]
        statement = "\n".join(lines).strip().rstrip(";")
        if name.strip() in found or not statement:
            raise ValueError(f"the statement {name.strip()} is there twice or empty")
        found[name.strip()] = statement
        if ways.strip() == "both ways":
            found[f"{name.strip()}_oldest"] = statement.replace(" DESC", "")
    return found


def migrations() -> list[tuple[int, str, str]]:
    """Number, name and text of every migration, in order: 0001_first.sql, 0002_...; the numbers have no gap."""
    folder = resources.files("callsheet.store").joinpath("migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    found = [(int(name[:4]), name.removesuffix(".sql"), folder.joinpath(name).read_text("utf-8")) for name in names]
    if [number for number, _, _ in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"migrations are not numbered 1, 2, 3 ...: {names}")
    return found


def statements(script: str) -> list[str]:
    """The statements of a schema or migration file. A semicolon ends one at the end of its line, and only there."""
    bare = "\n".join(line for line in script.splitlines() if not line.lstrip().startswith("--"))
    return [part.strip() for part in re.split(r";[ \t]*(?:\n|$)", bare) if part.strip()]
