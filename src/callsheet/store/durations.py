"""How long the tasks of a model take at its vendor: a histogram that fades, kept as a few numbers for each model."""

from __future__ import annotations

import math
from collections.abc import Mapping

from callsheet.store.database import Records, Step

RATIO = 13 / 12
"""Each bucket ends so many times later than it begins."""

FIRST = 250
"""Milliseconds at which bucket 0 begins, and everything that is over sooner ends."""

LAST = 160
"""The last bucket: about a day."""

KEEP = 0.998
"""What remains of the old with each new time, so that some five hundred tasks make up the memory."""

LEAST = 0.01
"""What weighs less is forgotten."""

Histogram = Mapping[int, float]
"""Weights by bucket."""


def bucket_of(took: float) -> int:
    """The bucket that this many milliseconds fall into."""
    return min(LAST, max(0, math.floor(math.log(max(took, FIRST) / FIRST) / math.log(RATIO))))


def begin_of(bucket: int) -> float:
    """The milliseconds at which a bucket begins."""
    return FIRST * RATIO**bucket if bucket > 0 else 0.0


def steps(model: str, took: int) -> list[Step]:
    """What counts one more task, within the transaction that hears of its end."""
    return [
        Step("age_durations", {"model": model, "keep": KEEP}),
        Step("add_duration", {"model": model, "bucket": bucket_of(took)}),
        Step("forget_durations", {"model": model, "least": LEAST}),
    ]


def by_model(records: Records) -> dict[str, Histogram]:
    """The histograms in records of table `duration`."""
    found: dict[str, dict[int, float]] = {}
    for record in records:
        found.setdefault(record["model"], {})[record["bucket"]] = record["weight"]
    return dict(found)
