"""When to ask, try or tell again, and when to stop: pure functions of numbers, chance included."""

from __future__ import annotations

from collections.abc import Callable

Chance = Callable[[], float]
"""A number from 0 to 1, injected: where everyone waits the same time, everyone comes back at the same moment."""

LEASE = 30_000
"""Milliseconds for which a taken row is ours without a sign of life."""

HEARTBEAT = 10.0
"""Seconds between signs of life: two may be missed."""

CALL = 120.0
"""Seconds a driver's verb may take before it counts as unanswered."""

PROGRESS = 250
"""Milliseconds between two progress events of one task."""

LOCAL_POLL = 2_000
"""Milliseconds after which a local render is looked at, although it tells its news itself."""

FASTEST_POLL, SLOWEST_POLL = 1_000, 15_000
LONGEST_ADVICE = 300_000

FIRST_RETRY, LONGEST_RETRY = 1_000, 300_000
SUBMIT_TRIES = 20
"""Refusals of a submit that cost nothing: after the twentieth, about 75 minutes later, the task fails."""

FALLBACK_TRIES = 5
"""The same where the task's rule names a further stage: after the fifth, about 15 seconds later, it goes there."""

PARKED = 60_000
"""Milliseconds until a task is looked at again that waits for its vendor's key."""

WAIT = 3_600_000
"""Milliseconds until a task that waits for others is looked at again, although their end wakes it."""

POLL_TRIES = 300
"""Unanswered polls in a row: about a day. A vendor may still finish and charge, so giving up early loses the result."""

COLLECT_TRIES = 40
"""Failed attempts to bring an artifact in: about three hours, in which a disk can be cleared or a network mended."""

LOST_TRIES = 3
"""How often a local render may be lost before the task fails: a scene that kills every process ends here."""

FIRST_TELL, LONGEST_TELL = 5_000, 21_600_000


def next_poll(age: int, again: float | None, chance: Chance) -> int:
    """Milliseconds until a vendor is asked next: its own advice (`again`, seconds), else a fifth of the task's age."""
    if again is not None:
        return round(min(max(again * 1000, FASTEST_POLL / 4), LONGEST_ADVICE))
    return round(min(max(age / 5, FASTEST_POLL), SLOWEST_POLL) * (0.9 + 0.2 * chance()))


def next_try(attempt: int, retry_after: float | None, chance: Chance) -> int:
    """Milliseconds until the next try after `attempt` (1, 2 ...) failed: doubling, and never before `retry_after` s."""
    doubled = min(FIRST_RETRY * 2 ** min(attempt - 1, 30), LONGEST_RETRY)
    return round(max(doubled * (0.75 + 0.25 * chance()), (retry_after or 0) * 1000))


def next_tell(attempt: int, retry_after: float | None, chance: Chance) -> int:
    """Milliseconds until a webhook is tried again after `attempt` (1, 2 ...) failed: fourfold each time."""
    fourfold = min(FIRST_TELL * 4 ** min(attempt - 1, 15), LONGEST_TELL)
    asked = min((retry_after or 0) * 1000, LONGEST_TELL)
    return round(max(fourfold * (0.75 + 0.25 * chance()), asked))


def stops_telling(attempt: int, attempts: int, ended_at: int, next_at: int, max_hours: float) -> bool:
    """Whether a webhook that failed `attempt` times is given up: too often, or the next try would be too late."""
    return attempt >= attempts or next_at - ended_at > max_hours * 3_600_000
