"""The page about canceling: the truth table, from the facts of every vendor and the one function that decides."""

from __future__ import annotations

from callsheet import catalog
from callsheet.catalog import LOCAL, Cancels, Vendor
from callsheet.engine.cancel import Money, Outcome, Standing, fate

WORDS = {
    Outcome.CANCELED: "canceled at once",
    Outcome.STOPPING: "stopped",
    Outcome.GOES_ON: "goes on, kept",
    Outcome.HELD: "stopped when found",
    Outcome.ENDED: "stays as it is",
}
"""An outcome in a cell."""

PLACES = {
    Standing.WAITING: "It waits for what another task makes.",
    Standing.QUEUED_HERE: "No stage has it yet.",
    Standing.RETRYING: "Its stage refused it for now, or another stage is next: none has it.",
    Standing.SENDING: "The request is on its way.",
    Standing.UNSURE: "It was sent, and nobody knows whether it arrived.",
    Standing.QUEUED_THERE: "Its vendor has it, and has not begun.",
    Standing.RUNNING: "Its vendor works on it.",
    Standing.FINISHED: "Its vendor has finished; the files are being brought in.",
    Standing.ENDED: "It has succeeded, failed or was canceled.",
}
"""Where a task may stand."""

REFUNDS = {
    "all": "what was stopped costs nothing",
    "none": "what was stopped is charged in full",
    "told": "the vendor says what it cost",
    "unknown": "not documented: charged only if the vendor says so",
}

INTRODUCTION = """# Cancel

`POST /v1/tasks/{id}/cancel`, `callsheet tasks cancel` and every vendor's own call end in the same place. Asking twice
is asking once: the second answer says the same. The answer is the task with `cancel`: whether its end is `asked`, the
`outcome`, `why`, and `credits` with what is still `held`, what is `charged` and what was `released`. What comes to an
end later is told by the task's events and its webhook.

What becomes of a task depends on where it stands. A task that went on to another stage, or is tried again, is stopped
where it is now, never where it was.

| the task | is | outcome | credits set aside |
|---|---|---|---|
"""

VENDORS = """
## At each vendor

| vendor | queued there | running there | credits | what its documents say |
|---|---|---|---|---|
"""

TAIL = """
What a vendor cannot stop goes on and is paid for, so what it makes is brought in and kept: the task then succeeds
although its end was asked for. The timeline shows both. A cancel never makes a second paid request: what is unsure is
first found or decided (`callsheet tasks resolve`), and then stopped.

`POST /v1/sheets/cancel` and `callsheet play --cancel` do the same with all that waits or runs of a call sheet, what
takes from others first: what waits ends as canceled, never as failed.
"""


def pages() -> dict[str, str]:
    """One page."""
    rows = [_row(where) for where in Standing]
    vendors = [_vendor(vendor) for vendor in catalog.load().vendors]
    text = INTRODUCTION + "\n".join(rows) + "\n" + VENDORS + "\n".join(vendors) + "\n" + TAIL
    return {"docs/reference/cancel.md": text}


def _row(where: Standing) -> str:
    able, unable = (fate(where, Cancels(stops, stops, "told", "")) for stops in (True, False))
    if able == unable:
        return f"| {where.value} | {PLACES[where]} | {WORDS[able.outcome]} | {able.money.value} |"
    outcome = f"{WORDS[able.outcome]} where its vendor can, else {WORDS[unable.outcome]}"
    return f"| {where.value} | {PLACES[where]} | {outcome} | as its vendor charges |"


def _vendor(vendor: Vendor) -> str:
    facts = vendor.cancels
    queued, running = (fate(where, facts) for where in (Standing.QUEUED_THERE, Standing.RUNNING))
    stops = Outcome.STOPPING in (queued.outcome, running.outcome)
    money = REFUNDS[facts.refund] if facts and stops else Money.AS_TOLD.value
    name = f"`{vendor.id}`" + (" (here)" if vendor.id in LOCAL else "")
    about = facts.about if facts else ""
    return f"| {name} | {WORDS[queued.outcome]} | {WORDS[running.outcome]} | {money} | {about} |"
