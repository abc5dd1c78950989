"""The steps of a task in Wiro's words, in Wiro's order, derived from the task's own timeline and from nothing else.

created      task_queue
submitting   task_accept, task_preprocess_start, task_preprocess_end: media were brought in before; a request goes out
started      task_assign, task_start, and the three before where no request had to go out
progress     task_output
answered     task_output_full, task_end, task_postprocess_start: a vendor finished; its files are being brought in
succeeded    task_postprocess_end, and the three before where they were not told yet
failed       task_error_full, then task_end to task_postprocess_end: Wiro's failures end as its successes do
canceled     task_cancel

Steps that happen here at one moment have the same time. A step that never happened has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from callsheet.tasks import Event

QUEUED = "task_queue"
ACCEPTED = ("task_accept", "task_preprocess_start", "task_preprocess_end")
STARTED = ("task_assign", "task_start")
OUTPUT, OUTPUT_FULL, ERROR_FULL = "task_output", "task_output_full", "task_error_full"
ENDED = ("task_end", "task_postprocess_start")
OVER, CANCELED = "task_postprocess_end", "task_cancel"

FINAL = frozenset({OVER, CANCELED})
_LOGS = frozenset({OUTPUT_FULL, ERROR_FULL})
"""What is told on a socket only: no state in which a task ever is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its word, when it happened (milliseconds since 1970), and what is told with it."""

    name: str
    at: int
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Steps:
    """Hears the events of one task, in order, and says which steps they are."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.times: dict[str, int] = {}
        self.status = QUEUED
        for event in events:
            self.hear(event)

    @property
    def over(self) -> bool:
        """Whether the last step is an end."""
        return self.status in FINAL

    def hear(self, event: Event) -> list[Step]:
        """The steps that this event is, none of them told before but for `task_output`."""
        steps = [step for step in _steps(event) if step.name == OUTPUT or step.name not in self.times]
        for step in steps:
            self.times.setdefault(step.name, step.at)
            if step.name not in _LOGS:
                self.status = step.name
        return steps

    def at(self, *names: str) -> int | None:
        """When the first of these happened that did."""
        return next((self.times[name] for name in names if name in self.times), None)


def _steps(event: Event) -> Iterator[Step]:
    plain, log = _MEANING.get(event.type, ((), None))
    for name in plain:
        yield Step(name, event.at, event.data if name in (OUTPUT, log) else {})


_MEANING: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "created": ((QUEUED,), None),
    "submitting": (ACCEPTED, None),
    "started": ((*ACCEPTED, *STARTED), None),
    "progress": ((OUTPUT,), None),
    "answered": ((OUTPUT_FULL, *ENDED), OUTPUT_FULL),
    "succeeded": ((OUTPUT_FULL, *ENDED, OVER), OUTPUT_FULL),
    "failed": ((ERROR_FULL, *ENDED, OVER), ERROR_FULL),
    "canceled": ((CANCELED,), None),
}
