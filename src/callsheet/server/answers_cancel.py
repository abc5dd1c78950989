"""What the answer to a cancel says beside the task, described for the OpenAPI document."""

from __future__ import annotations

from typing import Literal

from callsheet.server.answers import Outgoing, Task


class CanceledCredits(Outgoing):
    """The money of a canceled task as it stands now."""

    held: float
    """Still set aside: its end is not known yet."""
    charged: float | None
    """Null where nobody knows the price."""
    released: float
    """Set aside before, and free again."""


class Cancellation(Outgoing):
    """What a cancel came to."""

    asked: bool
    """Whether the end is asked for; false where it had come before."""
    outcome: Literal["canceled", "stopping", "goes_on", "held", "ended"]
    """`canceled`: it has ended. `stopping`: its stage is told to stop it. `goes_on`: it cannot be stopped any more.
    `held`: nobody knows whether it arrived; it is stopped when it is found. `ended`: it had ended before."""
    why: str
    reason: str
    """The same in a stable word: `never_sent`, `on_its_way`, `unsure`, `told_to_stop`, `cannot_stop`, `finished`,
    `ended_as_asked` or `ended_before`."""
    credits: CanceledCredits


class CanceledTask(Task):
    """A task whose end was asked for, as it stands now."""

    cancel: Cancellation
