"""Why a task fails, in callsheet's own words: each with a reason that can be told in another language."""

from __future__ import annotations

from typing import Any

from callsheet.errors import CallsheetError, Unsure
from callsheet.tasks import Failure

SILENT = Failure("vendor_error", "It failed, and no reason was given.", reason="vendor_failed", values={"quoted": ""})

ELSEWHERE = Failure(
    "vendor_canceled",
    "It was canceled at the vendor, and not by us.",
    retryable=True,
    reason="canceled_elsewhere",
)

NEVER_ARRIVED = Failure(
    Unsure.code,
    "Its answer was lost, and the operator found that it never arrived.",
    retryable=True,
    reason="never_arrived",
)


SENT_AND_LOST = Unsure("The request was sent and its answer was lost: it may have been accepted.").because(
    "sent_and_lost"
)

ANOTHERS = Unsure(
    "The vendor answered with the id of another task: it may have accepted this one under its own."
).because("answered_for_another")


def lost(times: int) -> Failure:
    """A local render whose process died each time."""
    said = f"The render was lost {times} times: its process died each time, perhaps for want of memory."
    return Failure("render_failed", said, retryable=True, reason="render_lost", values={"times": times})


def failure_of(error: CallsheetError) -> Failure:
    """An error as a task keeps it."""
    message = f"{error.message} {error.hint}" if error.hint else error.message
    return Failure(error.code, message, error.retryable, error.reason, error.values)


def because(why: CallsheetError | Failure) -> dict[str, Any]:
    """Its reason and what it names, for the data of an event; nothing where it has none."""
    return {"reason": why.reason, "values": dict(why.values)} if why.reason else {}
