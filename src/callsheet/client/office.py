"""What the server answers about call sheets and vendors, typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from callsheet.client.results import Quote, Task, read_quote, read_task

Raw = Mapping[str, Any]


class Wish(TypedDict, total=False):
    """How a sheet is to be played.

    `name` stands in messages. `on` is where every shot that generates runs (`previz`); `only` a shot, with those that
    it takes from. `changes` outweigh the sheet, `fresh` are shots to be made anew, `"*"` for all. `files` says what
    stands for each path in the sheet: the id of a stored file, or `sha256:…` for one that is not uploaded yet.
    """

    name: str
    on: str | None
    only: str | None
    changes: Mapping[str, Any]
    fresh: Sequence[str]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlannedShot:
    """One shot: `found` where it stands, made or under way, else with a `quote`. `task` is the newest of this take."""

    name: str
    model: str
    stage: str
    after: tuple[str, ...]
    found: bool
    gone: bool
    task: Task | None
    quote: Quote | None
    line: int | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What playing a sheet comes to. `credits` is what is known of the whole, `unknown` the shots without a price.

    `refusal` says why it could not be played as it is, None where it could.
    """

    title: str
    budget: float | None
    credits: float
    unknown: tuple[str, ...]
    shots: tuple[PlannedShot, ...]
    refusal: str | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PlayedShot:
    """One shot and its task: `found` where it stood already, `gone` where its files are not kept any more."""

    name: str
    found: bool
    gone: bool
    after: tuple[str, ...]
    task: Task
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Play:
    """A sheet that is being made."""

    title: str
    shots: tuple[PlayedShot, ...]
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class EndedPlay:
    """A sheet that is not made any further: by shot the tasks whose end was asked for, and what that comes to.

    Credits: `held` for what has not ended yet, `charged` (None where nobody knows a price), `released`.
    """

    title: str
    shots: Mapping[str, Task]
    held: float
    charged: float | None
    released: float
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SheetExample:
    """A call sheet that comes along, and its text."""

    name: str
    title: str
    about: str
    sheet: str


@dataclass(frozen=True, slots=True)
class VendorInfo:
    """A vendor: `live` where its models can run there. `capabilities` and `health` (None for most keys) as sent."""

    id: str
    name: str
    local: bool
    configured: bool
    live: bool
    news: str
    checked: str
    capabilities: Sequence[Raw]
    health: Raw | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)


def sheet_body(sheet: str, wish: Wish) -> dict[str, Any]:
    """The body of a plan or a play; parts that were not given are left out."""
    fresh = wish.get("fresh") or ()
    body = {"sheet": sheet} | {name: value for name, value in wish.items() if value}
    return body | ({"fresh": "*" if "*" in fresh else [*fresh]} if fresh else {})


def read_plan(raw: Raw) -> SheetPlan:
    """What playing a sheet comes to, from its wire form."""
    shots = tuple(_planned(one) for one in raw["shots"])
    known = (raw["title"], raw["budget"], raw["credits"], tuple(raw["unknown"]))
    return SheetPlan(*known, shots, raw.get("refusal"), raw)


def read_play(raw: Raw) -> Play:
    """The tasks of a sheet, from their wire form."""
    shots = tuple(
        PlayedShot(one["name"], one["found"], one["gone"], tuple(one["after"]), read_task(one["task"]), one)
        for one in raw["shots"]
    )
    return Play(raw["title"], shots, raw)


def read_ended(raw: Raw) -> EndedPlay:
    """What the end of a play came to, from its wire form."""
    shots = {one["name"]: read_task(one["task"]) for one in raw["shots"]}
    return EndedPlay(raw["title"], shots, **raw["credits"], raw=raw)


def read_example(raw: Raw) -> SheetExample:
    """A call sheet that comes along, from its wire form."""
    return SheetExample(raw["name"], raw["title"], raw["about"], raw["sheet"])


def read_vendor(raw: Raw) -> VendorInfo:
    """A vendor from its wire form."""
    plain = {name: raw[name] for name in ("id", "name", "local", "configured", "live", "news", "checked")}
    return VendorInfo(**plain, capabilities=raw["capabilities"], health=raw.get("health"), raw=raw)


def _planned(raw: Raw) -> PlannedShot:
    task, quote = raw.get("task"), raw.get("quote")
    return PlannedShot(
        name=raw["name"],
        model=raw["model"],
        stage=raw["stage"],
        after=tuple(raw["after"]),
        found=raw["found"],
        gone=raw["gone"],
        task=read_task(task) if task else None,
        quote=read_quote(quote) if quote else None,
        line=raw.get("line"),
        raw=raw,
    )
