"""Call sheets as the native API reads and writes them, described for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from callsheet.errors import CallsheetError
from callsheet.server.answers import Outgoing, Quote, Task
from callsheet.server.answers_cancel import CanceledCredits, CanceledTask
from callsheet.server.bodies import Incoming, Label, Name
from callsheet.server.shapes import Address, cancellation_shape, quote_shape, task_shape
from callsheet.sheets import ALL, LABELS, Ending, Example, Plan, Planned
from callsheet.tasks import Task as Kept

_MOST = 512_000
"""Characters of a sheet."""


class SheetPlan(Incoming):
    """A call sheet that is looked at: checked, found again, priced. Nothing is handed in."""

    sheet: Annotated[str, StringConstraints(min_length=1, max_length=_MOST)]
    """Its text, TOML."""
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "sheet"
    """What messages call it: `film.toml:17: …`; and its title where it says none."""
    on: Name | None = None
    """Where every shot that generates runs, whatever the sheet says: `previz`. Edits stay edits."""
    only: Annotated[str, StringConstraints(max_length=64)] | None = None
    """This shot, and those that it takes from."""
    changes: Annotated[dict[Name, Any], Field(max_length=200, default_factory=dict)]
    """What outweighs the sheet: a default (`resolution`), one shot's param (`opening.duration`), or a capability's."""
    fresh: Annotated[list[Name], Field(max_length=1000)] | Literal["*"] = Field(default_factory=list)
    """These shots are made anew, and all behind them; `*` for all."""
    files: Annotated[dict[str, Annotated[str, StringConstraints(min_length=1)]], Field(default_factory=dict)]
    """What stands for each path that the sheet names: a file's id or an address; to plan, and for shots that stand
    already, also `sha256:…`. The server reads no path by itself."""

    @property
    def anew(self) -> list[str]:
        """The names of the shots to be made anew, or ALL."""
        return [ALL] if self.fresh == ALL else [*self.fresh]


class NewPlay(SheetPlan):
    """A call sheet to be played: what does not stand already is handed in, each shot a task."""

    metadata: Annotated[
        dict[Label, Annotated[str, StringConstraints(max_length=512)]], Field(max_length=13, default_factory=dict)
    ]
    """Labels of your own for what is handed in, beside its `sheet`, `shot` and `take`."""

    @field_validator("metadata")
    @classmethod
    def _own(cls, given: dict[str, str]) -> dict[str, str]:
        if taken := sorted(LABELS & given.keys()):
            raise ValueError(f"{taken[0]} is a label that every shot gets by itself")
        return given


class PlannedShot(Outgoing):
    """One shot and what is known of it, after those that it takes from."""

    name: str
    line: int | None
    """Where it stands in the text."""
    model: str
    capability: str
    stage: str
    """Where it runs, or would."""
    after: list[str]
    """The shots that it takes from."""
    found: bool
    """Whether it stands: made or under way, of exactly this input. It is not made or paid again."""
    gone: bool
    """Whether it was made, and its files are not kept any more; `fresh` makes it anew."""
    task: Task | None
    """The newest of exactly this take; one that failed or was canceled is tried anew."""
    quote: Quote | None
    """What it would cost; null where nothing is to be made."""


class Planning(Outgoing):
    """What playing a sheet comes to."""

    object: Literal["plan"]
    title: str
    budget: float | None
    """In credits, as the sheet says."""
    credits: float
    """What all that is to be made costs, as far as that is known."""
    unknown: list[str]
    """The shots to be made for which no price is documented."""
    refusal: str | None
    """Why it could not be played as it is: over its budget, or a file that is not uploaded; null where it could."""
    reason: str | None
    """Why, in a stable word, as an error has it; and in `values` what it names."""
    values: dict[str, Any]
    shots: list[PlannedShot]


class PlayedShot(Outgoing):
    """One shot and its task."""

    name: str
    found: bool
    """Whether it stood already."""
    gone: bool
    after: list[str]
    task: Task


class Play(Outgoing):
    """A sheet that is being made: every shot is a durable task, and waits for what it takes from."""

    object: Literal["play"]
    title: str
    shots: list[PlayedShot]


class CanceledPlay(Incoming):
    """Which play is to end."""

    title: Annotated[str, StringConstraints(min_length=1)]
    """As the sheet says, or without one its name without `.toml`: the label `sheet` of its tasks. All that is under
    way under this title ends, of every version of its text."""


class EndedShot(Outgoing):
    """One shot whose end was asked for."""

    name: str
    task: CanceledTask


class EndedPlay(Outgoing):
    """A sheet that is not made any further."""

    object: Literal["ended_play"]
    title: str
    shots: list[EndedShot]
    """Those that waited or ran; what had ended before is not among them."""
    credits: CanceledCredits
    """What all of that comes to."""


class SheetExample(Outgoing):
    """A call sheet that comes along."""

    object: Literal["sheet_example"]
    name: str
    title: str
    about: str
    """What it says at its head."""
    sheet: str
    """Its text."""


class SheetExamples(Outgoing):
    """All of them."""

    data: list[SheetExample]
    next: None


def plan_shape(plan: Plan, refusal: CallsheetError | None, address: Address) -> dict[str, Any]:
    """What playing a sheet comes to."""
    return {
        "object": "plan",
        "title": plan.sheet.title,
        "budget": plan.sheet.budget,
        "credits": plan.credits,
        "unknown": plan.unknown,
        "refusal": str(refusal) if refusal else None,
        "reason": refusal.reason if refusal else None,
        "values": dict(refusal.values) if refusal else {},
        "shots": [_planned(one, address) for one in plan.shots.values()],
    }


def _planned(one: Planned, address: Address) -> dict[str, Any]:
    shot, task, quote = one.shot, one.task, one.quote
    return {
        "name": shot.name,
        "line": shot.line,
        "model": shot.model,
        "capability": shot.capability,
        "stage": quote.stage if quote else task.stage if task else "",
        "after": shot.after,
        "found": one.found,
        "gone": one.gone,
        "task": task_shape(task, address) if task else None,
        "quote": quote_shape(quote) if quote else None,
    }


def play_shape(plan: Plan, made: dict[str, Kept], address: Address) -> dict[str, Any]:
    """The tasks of a sheet that is being made."""
    shots = [
        {
            "name": name,
            "found": one.found,
            "gone": one.found and one.gone,
            "after": one.shot.after,
            "task": task_shape(made[name], address),
        }
        for name, one in plan.shots.items()
    ]
    return {"object": "play", "title": plan.sheet.title, "shots": shots}


def ended_shape(title: str, ended: Sequence[Ending], address: Address) -> dict[str, Any]:
    """What the end of a play came to."""
    came_to = [one.came_to for one in ended]
    charged = [one.charged for one in came_to]
    return {
        "object": "ended_play",
        "title": title,
        "shots": [
            {"name": one.shot, "task": {**task_shape(one.task, address), "cancel": cancellation_shape(one.came_to)}}
            for one in ended
        ],
        "credits": {
            "held": round(sum(one.held for one in came_to), 6),
            "charged": None if None in charged else round(sum(one for one in charged if one is not None), 6),
            "released": round(sum(one.released for one in came_to), 6),
        },
    }


def example_shape(one: Example) -> dict[str, Any]:
    """A call sheet that comes along."""
    return {"object": "sheet_example", "name": one.name, "title": one.title, "about": one.about, "sheet": one.text}
