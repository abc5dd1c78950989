"""A call sheet that was checked: its shots in an order in which each comes after what it takes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from callsheet.errors import NotFound

UNMADE = {"from": "task_0", "output": 0}
"""Stands for what is not there yet where only a price is asked for."""


@dataclass(frozen=True, slots=True)
class Local:
    """A file that the sheet names by its path, as it is written there."""

    path: str


@dataclass(frozen=True, slots=True)
class Output:
    """What another shot makes: by number, or the first of a kind."""

    shot: str
    which: int | str = 0


@dataclass(frozen=True, slots=True)
class Shot:
    """One task to be: its model, where it runs, and an input in which Outputs and Locals are still to be replaced.

    `line` is where its table stands in the text.
    """

    name: str
    model: str
    capability: str
    input: Mapping[str, Any]
    stage: str | None = None
    after: tuple[str, ...] = ()
    line: int | None = None

    @property
    def files(self) -> frozenset[str]:
        """The files that it names by their path."""
        found: set[str] = set()

        def note(value: Any) -> Any:
            if isinstance(value, Local):
                found.add(value.path)
            return value

        deep(self.input, note)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The shots by name, in order. `budget` is in credits, for what has to be made; `name` stands in messages."""

    title: str
    shots: Mapping[str, Shot]
    budget: float | None = None
    name: str = "sheet"

    def behind(self, wanted: str) -> Mapping[str, Shot]:
        """A shot and all that it takes from, in order. NotFound."""
        if wanted not in self.shots:
            raise self.no_shot(wanted, self.shots)
        needed = {wanted}
        for shot in reversed([*self.shots.values()]):
            needed |= set(shot.after) if shot.name in needed else set()
        return {name: shot for name, shot in self.shots.items() if name in needed}

    def no_shot(self, name: str, known: Iterable[str], param: str | None = None) -> NotFound:
        """The error for a shot that is none of the known ones."""
        names = [*known]
        said = NotFound(f"{self.name} has no shot {name!r}.", hint=f"It has: {', '.join(names)}.", param=param)
        return said.because("shot_unknown", shot=name[:80], known=names)


def body(shot: Shot, tasks: Mapping[str, str], files: Mapping[str, Any]) -> dict[str, Any]:
    """The input as it is submitted: `tasks` are the ids by shot, `files` what stands for each path."""

    def replaced(value: Any) -> Any:
        if isinstance(value, Output):
            return {"from": tasks[value.shot], "output": value.which}
        return files[value.path] if isinstance(value, Local) else value

    return deep(shot.input, replaced)


def quoted(shot: Shot) -> dict[str, Any]:
    """The input as a price is asked for: nothing has to be there yet."""
    return deep(shot.input, lambda value: UNMADE if isinstance(value, Output | Local) else value)


def take_of(shot: Shot, tasks: Mapping[str, str], sums: Mapping[str, str]) -> str:
    """What makes this take of a shot the one it is, as a hash: its name, model, stage and input.

    Files that it names by their path count by their content (`sums`), what it takes from other shots by the tasks that
    make it.
    """
    said = [shot.name, shot.model, shot.stage, body(shot, tasks, sums)]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:40]


def deep(value: Any, new: Callable[[Any], Any]) -> Any:
    """A value with `new(leaf)` in the place of every leaf of its tables and lists."""
    if isinstance(value, Mapping):
        return {name: deep(one, new) for name, one in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [deep(one, new) for one in cast("list[Any]", value)]
    return new(value)
