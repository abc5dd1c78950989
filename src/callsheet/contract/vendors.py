"""What is known of each vendor at a moment: whether its models run there, and how that has been going."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Condition = Literal["idle", "well", "failing", "parked"]
"""`parked`: its key is refused or missing. `failing`: the last that was heard of it is a fault of its own."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The last that a vendor did well or badly: when, in which task; where it was a fault, as its failure says it."""

    at: int
    task: str
    model: str
    code: str | None = None
    message: str | None = None
    reason: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Work:
    """Unfinished tasks that run at a vendor: those it has, those still to be sent, and what keeps some of them.

    `retrying` are tried again after no answer or a refusal that passes, the first of them at `next_try`.
    """

    there: int = 0
    to_send: int = 0
    unsure: int = 0
    parked: int = 0
    retrying: int = 0
    next_try: int | None = None


@dataclass(frozen=True, slots=True)
class VendorState:
    """One vendor. `configured` says that a key or an address is set, `live` that its models can run there.

    `runs` says of each of its models where a task of it would run: there, on previz, or (None) nowhere. `calls_back`
    says whether it tells us of ends by itself, by its facts and this server's public address.
    """

    id: str
    configured: bool
    live: bool
    local: bool
    runs: Mapping[str, str | None]
    calls_back: bool
    work: Work
    succeeded: Heard | None = None
    failed: Heard | None = None
    made: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """By capability, whether a worker that is alive makes it; only where workers say so: renders on many machines."""

    @property
    def condition(self) -> Condition:
        """All of it in a word."""
        if self.work.parked:
            return "parked"
        last = max((one for one in (self.succeeded, self.failed) if one), key=lambda one: one.at, default=None)
        if self.work.retrying or (last is not None and last.code is not None):
            return "failing"
        return "well" if last else "idle"


class Vendors(Protocol):
    """What the store and the settings know of vendors; none is asked."""

    async def states(self) -> Sequence[VendorState]:
        """All of them, by id."""
        ...
