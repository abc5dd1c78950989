"""When a task is likely to end, from how long others of its model took, and the best moments to ask."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from callsheet.store.durations import LAST, RATIO, Histogram, begin_of

ENOUGH = 3.0
"""What a histogram has to weigh before anything is made of it."""

PRIOR = 0.1
"""How many tasks the doubt weighs: that this one ends as a task would of which nothing is known."""

PACE, FEWEST, MOST = 9_500, 2.0, 24.0
"""Questions per task: one for so many milliseconds of its expected life, within bounds."""

_BLUR = (1 / 4, 1 / 2, 1 / 4)
"""A time is as good as the buckets beside its own."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many questions should have been asked by which age: `asked` at each of `ages` (ms), both growing."""

    ages: Sequence[float]
    asked: Sequence[float]

    def next_after(self, age: float, step: float = 1.0) -> float:
        """The age by which `step` more questions should have been asked than by this one; infinite behind the last."""
        wanted = _between(self.ages, self.asked, age) + step
        return math.inf if wanted > self.asked[-1] else _between(self.asked, self.ages, wanted)


def outlook(history: Histogram) -> Outlook | None:
    """The best course for a model whose tasks took so long; None where too few are known.

    Where `h` is the rate at which tasks of some age end, the expected delay for a given number of questions is least
    when they come at a rate in proportion to the square root of `h` (J. B. Keller, Optimum checking schedules for
    systems subject to random failure, Management Science 21 (1974)). `h` is read from a life table; beyond what was
    ever seen, a task is as likely to end within twice its age as not.
    """
    if sum(history.values()) < ENOUGH:
        return None
    ages = [begin_of(bucket) for bucket in range(LAST + 2)]
    widths = [later - sooner for sooner, later in itertools.pairwise(ages)]
    ending = _ending(history)
    alive = list(itertools.accumulate(ending[:-1], lambda left, ends: left * (1 - ends), initial=1.0))
    roots = [math.sqrt(ends * width) for ends, width in zip(ending, widths, strict=True)]
    expected = sum(left * width for left, width in zip(alive, widths, strict=True) if left > 0.02)
    questions = min(max(expected / PACE, FEWEST), MOST)
    scale = questions / sum(left * root for left, root in zip(alive, roots, strict=True))
    return Outlook(ages, [0.0, *itertools.accumulate(root * scale for root in roots)])


def _ending(history: Histogram) -> list[float]:
    """For each bucket, how likely a task that reached it ends in it."""
    weights = [0.0] * (LAST + 1)
    for bucket, weight in history.items():
        for place, share in enumerate(_BLUR, bucket - len(_BLUR) // 2):
            weights[min(max(place, 0), LAST)] += weight * share
    left = list(itertools.accumulate(reversed(weights)))[::-1]
    unknown = PRIOR * (1 - 1 / RATIO)
    return [(ends + unknown) / (reached + PRIOR) for ends, reached in zip(weights, left, strict=True)]


def _between(known: Sequence[float], wanted: Sequence[float], value: float) -> float:
    """What `wanted` is where `known` is `value`, along straight lines between the points."""
    right = min(max(bisect.bisect_right(known, value), 1), len(known) - 1)
    low, high = known[right - 1], known[right]
    share = min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 0.0
    return wanted[right - 1] + share * (wanted[right] - wanted[right - 1])
