"""When to ask, try or tell again, and when to stop: pure functions of numbers, chance included."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from callsheet.engine.outlook import Outlook

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
TAIL = 60
"""What is older than a quarter of an hour is asked for after a sixtieth of its age."""

LONGEST_ADVICE = 300_000

FASTEST_LOOK, SLOWEST_LOOK = 500, 60_000
"""Bounds of the pauses between questions where the outlook says when; a quarter of the age may be more."""

FINEST = 150
"""No pause is shorter than this part of the age: what is long overdue is not asked for without end."""

NET, NET_LEAST = 4, 15_000
"""How many times longer those pauses are, and at least how long, where the vendor calls back by itself."""

FIRST_SEARCH, LONGEST_SEARCH = 5_000, 21_600_000
DECIDED = 86_400_000
"""Milliseconds until a task is looked at again that only an operator or a callback can decide."""

FIRST_RETRY, LONGEST_RETRY = 1_000, 300_000
SUBMIT_TRIES = 20
"""Refusals of a submit that cost nothing: after the twentieth, about 75 minutes later, the task fails."""

FALLBACK_TRIES = 5
"""The same where the task's rule names a further stage: after the fifth, about 15 seconds later, it goes there."""

PARKED = 60_000
"""Milliseconds until a task is looked at again that waits for its vendor's key."""

REFUSED = 300_000
"""The same for one whose key the vendor refuses: it is asked now and then whether it does so still."""

WAIT = 3_600_000
"""Milliseconds until a task that waits for others is looked at again, although their end wakes it."""

TAKE_TRIES, TAKE_PAUSE = 40, 0.05
"""How often, and after how many seconds each time, a row is asked for that is being looked at just now."""

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
    return round(min(max(age / 5, FASTEST_POLL), max(SLOWEST_POLL, age / TAIL)) * (0.9 + 0.2 * chance()))


@dataclass(frozen=True, slots=True)
class Watch:
    """How a task is watched: `local` work tells its news itself, `told` says that its vendor calls back.

    `outlook` is what is known of how long such tasks take, None as long as that is too little.
    """

    local: bool = False
    told: bool = False
    outlook: Outlook | None = None


def next_look(age: int, again: float | None, watch: Watch, chance: Chance) -> int:
    """Milliseconds until the stage is asked next about a task that it has had for `age`.

    The vendor's own advice (`again`, seconds) comes first, then what is known of such tasks: few questions while an
    end is unlikely, many when it is due, few again when it is overdue.
    """
    if watch.local and again is None:
        return LOCAL_POLL
    if again is not None or watch.outlook is None:
        wait = next_poll(age, again, chance)
    else:
        likely = watch.outlook.next_after(age, 0.85 + 0.3 * chance()) - age
        wait = round(min(max(likely, FASTEST_LOOK, age / FINEST), max(SLOWEST_LOOK, age / 4)))
    return max(wait * NET, NET_LEAST) if watch.told and again is None else wait


def next_search(age: int, chance: Chance) -> int:
    """Milliseconds until a task is looked for again that was sent `age` ago: half its age, up to six hours."""
    return round(min(max(age / 2, FIRST_SEARCH), LONGEST_SEARCH) * (0.9 + 0.2 * chance()))


@dataclass(frozen=True, slots=True)
class Budget:
    """So many calls a second, a few at once (generic cell rate algorithm). `ahead` is when the next is due, in ms."""

    rate: float
    burst: int = 1
    ahead: float = 0.0

    def room(self, now: int) -> int:
        """How many calls may be made now."""
        free = (now - self.ahead) * self.rate / 1000 + self.burst
        return max(0, min(self.burst, int(free + 1e-6)))

    def spent(self, calls: int, now: int) -> Budget:
        """The same after so many calls."""
        return dataclasses.replace(self, ahead=max(self.ahead, now) + calls * 1000 / self.rate)

    def opens(self, now: int) -> float:
        """Milliseconds until a call may be made; 0 where one may be made now."""
        return max(0.0, self.ahead - now - (self.burst - 1) * 1000 / self.rate)


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
