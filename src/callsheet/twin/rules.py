"""What can be made to go wrong, and when: the shapes of a scenario's rules."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from callsheet.tasks import State

Verb = Literal["submit", "poll", "cancel", "list", "upload", "download", "callback"]
"""What a client does, as far as faults tell them apart; `callback` is what the vendor does."""

REQUESTS: tuple[Verb, ...] = ("submit", "poll", "cancel", "list", "upload", "download")
ASKED: tuple[Verb, ...] = ("poll", "cancel", "list")

Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Strict(BaseModel):
    """Refuses a name that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class When(Strict):
    """When a rule holds: all that is given has to fit.

    `nth`, `every`, `chance` and `times` count what fits the rest. They count for each task alone (`each`), and for each
    body where there is no task yet; `times` counts over all.
    """

    verbs: ClassVar[tuple[Verb, ...]]

    vendor: str | None = None
    verb: Verb | tuple[Verb, ...] | None = None
    model: str | None = None
    """A model's id, or a pattern: `vidu/*`."""
    task: Count | tuple[Count, ...] | None = None
    """The tasks' numbers, as they were accepted: 1, 2 …"""
    nth: Count | tuple[Count, ...] | None = None
    every: Count | None = None
    chance: float = Field(default=1.0, ge=0, le=1)
    times: Count | None = None
    each: Literal["task", "key", "all"] = "task"

    @model_validator(mode="after")
    def _fits(self) -> When:
        wrong = [verb for verb in self.at if verb not in self.verbs]
        if wrong:
            raise ValueError(f"it cannot be done at {', '.join(wrong)}, only at {', '.join(self.verbs)}")
        return self

    @property
    def at(self) -> tuple[Verb, ...]:
        """The verbs it holds for."""
        return self.verbs if self.verb is None else self.verb if isinstance(self.verb, tuple) else (self.verb,)

    def suits(self, vendor: str, verb: Verb, model: str, task: int | None) -> bool:
        """Whether all but the counting fits."""
        numbers = (self.task,) if isinstance(self.task, int) else self.task
        return (
            verb in self.at
            and self.vendor in (None, vendor)
            and (self.model is None or fnmatchcase(model, self.model))
            and (numbers is None or task in numbers)
        )

    def counts(self, n: int) -> bool:
        """Whether the n-th that fits, from 1, is meant."""
        wanted = (self.nth,) if isinstance(self.nth, int) else self.nth
        return (wanted is None or n in wanted) and (self.every is None or n % self.every == 0)


class Answer(When):
    """An error of the gateway before the vendor: `code`, perhaps Retry-After. `accepted`: what was asked is done."""

    do: Literal["answer"]
    code: int = Field(ge=400, le=599)
    retry_after: int | None = Field(default=None, ge=0)
    accepted: bool = False
    verbs = REQUESTS


class Drop(When):
    """The connection ends without an answer, before anything was done, or `accepted`: after all of it was."""

    do: Literal["drop"]
    accepted: bool = False
    verbs = REQUESTS


class Limit(When):
    """At most `count` requests of one key in `per` virtual seconds; the others are answered 429 with Retry-After."""

    do: Literal["limit"]
    count: Count
    per: float = Field(default=60.0, gt=0)
    verbs = REQUESTS


class Slow(When):
    """The answer comes so many virtual seconds later."""

    do: Literal["slow"]
    seconds: Seconds
    verbs = REQUESTS


class Half(When):
    """Half of the answer, then the connection ends."""

    do: Literal["half"]
    verbs = REQUESTS


class Garbage(When):
    """The answer is 200 and no JSON, or no such file."""

    do: Literal["garbage"]
    verbs = REQUESTS


class WrongType(When):
    """The right answer under a wrong Content-Type."""

    do: Literal["type"]
    content_type: str = "text/html"
    verbs = REQUESTS


class Huge(When):
    """The right answer, and so many bytes of nothing after it."""

    do: Literal["huge"]
    bytes: int = Field(default=50_000_000, ge=1)
    verbs = REQUESTS


class Status(When):
    """The vendor's word for the state is another: `word`, which may be empty; `absent`: it is not there at all."""

    do: Literal["status"]
    word: str | None = None
    absent: bool = False
    verbs = (*ASKED, "callback")

    @model_validator(mode="after")
    def _says(self) -> Status:
        if (self.word is None) != self.absent:
            raise ValueError('give either a word ("" is one) or absent = true')
        return self


class Seen(When):
    """The task is shown in another state than it is in: out of order."""

    do: Literal["state"]
    state: State
    verbs = ("poll", "callback")


class SameId(When):
    """The answer names an id that an earlier task has; the new task is there, and can no more be asked for."""

    do: Literal["same_id"]
    verbs = ("submit",)


class Skew(When):
    """The vendor's clock is so many seconds ahead, or behind, for what it signs and dates."""

    do: Literal["skew"]
    seconds: float = Field(allow_inf_nan=False)
    verbs = (*REQUESTS, "callback")


class Takes(When):
    """How long a task waits and runs, in virtual seconds."""

    do: Literal["takes"]
    queued: Seconds | None = None
    running: Seconds | None = None
    verbs = ("submit",)


class Fail(When):
    """It fails when it should have ended. `charged`: what it cost is kept."""

    do: Literal["fail"]
    code: str = "vendor_error"
    message: str = "The twin was told to let it fail."
    charged: bool = False
    verbs = ("submit",)


class Stuck(When):
    """It stays in this state for ever."""

    do: Literal["stuck"]
    state: Literal[State.QUEUED, State.RUNNING] = State.RUNNING
    verbs = ("submit",)


class NoFile(When):
    """It succeeds, and names no file."""

    do: Literal["no_file"]
    verbs = ("submit",)


class Late(When):
    """It succeeds all the same, so many seconds `after` it was canceled, or after it failed for running out of time."""

    do: Literal["late"]
    after: Literal["cancel", "timeout"] = "cancel"
    seconds: Seconds = 5.0
    verbs = ("submit",)


class Lose(When):
    """The callback is never sent."""

    do: Literal["lose"]
    verbs = ("callback",)


class Repeat(When):
    """The callback is sent so many times, with `apart` virtual seconds between."""

    do: Literal["repeat"]
    sent: int = Field(default=2, ge=2, le=100)
    apart: Seconds = 0.0
    verbs = ("callback",)


class Delay(When):
    """The callback comes so many virtual seconds later."""

    do: Literal["delay"]
    seconds: Seconds
    verbs = ("callback",)


class Forge(When):
    """A callback whose signature is wrong comes before the genuine one, or `instead` of it."""

    do: Literal["forge"]
    instead: bool = False
    verbs = ("callback",)


Refusing = Answer | Drop | Limit
"""Decided before anything is done."""

Rule = Annotated[
    Answer
    | Drop
    | Limit
    | Slow
    | Half
    | Garbage
    | WrongType
    | Huge
    | Status
    | Seen
    | SameId
    | Skew
    | Takes
    | Fail
    | Stuck
    | NoFile
    | Late
    | Lose
    | Repeat
    | Delay
    | Forge,
    Field(discriminator="do"),
]
"""One line of a scenario."""

FAULTS: Mapping[str, type[When]] = {
    get_args(one.model_fields["do"].annotation)[0]: one for one in get_args(get_args(Rule)[0])
}
"""Each rule by the word for what it does."""
