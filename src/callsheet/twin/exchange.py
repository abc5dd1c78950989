"""One request while it is answered: who asks what, which faults met it, and what is still to be done to its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.datastructures import Headers

from callsheet.tasks import State
from callsheet.twin.faults import Fault
from callsheet.twin.rules import Answer as AnswerRule
from callsheet.twin.rules import Drop, Refusing, Seen, Skew, Verb

KEY_HEADERS = ("authorization", "x-api-key", "x-user-id", "x-app-key")


class Interrupted(BaseException):
    """A fault struck before anything was done: the request goes no further.

    It is no Exception, so that nobody on the way up to the wire answers it as one.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.id)
        self.fault = fault


@dataclass(slots=True)
class Exchange:
    """`vendor` and `verb` are empty for what no rule can name. `skew` in milliseconds."""

    vendor: str
    verb: Verb | None
    key: str = ""
    task: int | None = None
    faults: list[Fault] = field(default_factory=list[Fault])
    later: list[Fault] = field(default_factory=list[Fault])
    shown_as: State | None = None
    skew: int = 0
    ids: tuple[tuple[str, str], ...] = ()
    """What the answer says in place of what: the ids of another task."""
    met: bool = False

    def meet(self, faults: Sequence[Fault]) -> None:
        """Take up what struck. Raises Interrupted for what comes before everything else."""
        self.met = True
        for fault in faults:
            self.faults.append(fault)
            rule = fault.rule
            if isinstance(rule, Refusing) and not (isinstance(rule, AnswerRule | Drop) and rule.accepted):
                raise Interrupted(fault)
            if isinstance(rule, Seen):
                self.shown_as = rule.state
            elif isinstance(rule, Skew):
                self.skew += round(rule.seconds * 1000)
            else:
                self.later.append(fault)


current: ContextVar[Exchange | None] = ContextVar("twin_exchange", default=None)
"""The exchange that is going on here, if any."""


def key_name(headers: Headers) -> str:
    """A short name of the key that a request shows, which gives nothing of it away; empty for none."""
    given = next((headers[name] for name in KEY_HEADERS if name in headers), "")
    return hashlib.sha256(given.encode()).hexdigest()[:12] if given else ""
