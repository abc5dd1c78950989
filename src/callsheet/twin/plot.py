"""What becomes of a task and when: a pure function of what was decided at its acceptance, its cancel, and the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callsheet.tasks import Failure, State
from callsheet.twin.faults import Fault
from callsheet.twin.rules import Fail, Late, NoFile, Stuck, Takes
from callsheet.twin.scenario import Pace

TIMED_OUT = Failure("timed_out", "The twin ran out of time.", retryable=True)


@dataclass(frozen=True, slots=True)
class Plot:
    """Times in virtual milliseconds since 1970; None: never.

    `failure` is how it ends, None for well; `files` whether it then names any. `late`: milliseconds after its cancel
    (`revives` "cancel") or its failure ("timeout") at which it succeeds all the same.
    """

    starts_at: int | None
    ends_at: int | None
    failure: Failure | None = None
    charged: bool = False
    files: bool = True
    revives: str = ""
    late: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """How a task stands at one time."""

    state: State
    started_at: int | None = None
    ended_at: int | None = None
    failure: Failure | None = None
    progress: float = 0.0


def drawn(now: int, pace: Pace, faults: Sequence[Fault], chance: Callable[[str], float]) -> Plot:
    """What the scenario and the faults at its acceptance make of a task; `chance` from 0 to 1, by name."""
    queued, running = _spread(pace, pace.queued, chance("queued")), _spread(pace, pace.running, chance("running"))
    stuck, failure, charged, files, revives, late = None, None, False, True, "", 0
    for rule in (fault.rule for fault in faults):
        match rule:
            case Takes():
                queued = queued if rule.queued is None else rule.queued
                running = running if rule.running is None else rule.running
            case Stuck():
                stuck = rule.state
            case Fail():
                failure, charged = Failure(rule.code, rule.message), rule.charged
            case NoFile():
                files = False
            case Late():
                revives, late = rule.after, round(rule.seconds * 1000)
            case _:
                pass
    if revives == "timeout":
        failure = TIMED_OUT
    starts_at = None if stuck is State.QUEUED else now + round(queued * 1000)
    ends_at = None if stuck is not None or starts_at is None else starts_at + round(running * 1000)
    return Plot(starts_at, ends_at, failure, charged, files, revives, late)


def moments(plot: Plot, cancel_at: int | None) -> list[int]:
    """When its state changes, as far as is known."""
    found = [plot.starts_at, plot.ends_at, cancel_at]
    if plot.revives == "timeout" and plot.ends_at is not None:
        found.append(plot.ends_at + plot.late)
    if plot.revives == "cancel" and cancel_at is not None:
        found.append(cancel_at + plot.late)
    return [at for at in found if at is not None]


def seen(plot: Plot, cancel_at: int | None, now: int) -> Moment:
    """How it stands."""
    if cancel_at is not None and cancel_at <= now:
        started = plot.starts_at if plot.starts_at is not None and plot.starts_at <= cancel_at else None
        if plot.revives == "cancel" and now >= cancel_at + plot.late:
            return Moment(State.SUCCEEDED, started or cancel_at, cancel_at + plot.late, progress=1.0)
        return Moment(State.CANCELED, started, cancel_at)
    if plot.starts_at is None or now < plot.starts_at:
        return Moment(State.QUEUED)
    if plot.ends_at is None or now < plot.ends_at:
        whole = (plot.ends_at or now) - plot.starts_at
        return Moment(State.RUNNING, plot.starts_at, progress=(now - plot.starts_at) / whole if plot.ends_at else 0.5)
    if plot.failure is not None and not (plot.revives == "timeout" and now >= plot.ends_at + plot.late):
        return Moment(State.FAILED, plot.starts_at, plot.ends_at, plot.failure)
    ended = plot.ends_at + (plot.late if plot.revives == "timeout" else 0)
    return Moment(State.SUCCEEDED, plot.starts_at, ended, progress=1.0)


def _spread(pace: Pace, seconds: float, chance: float) -> float:
    return seconds * (1 + pace.spread * (2 * chance - 1))
