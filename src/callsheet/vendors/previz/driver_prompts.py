"""Test prompts: markers such as `[[fail]]` in a prompt make previz behave as a vendor does on a bad day."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from callsheet.contract import Bring, Call, Checking, Driver, Order, Rendering
from callsheet.errors import Rejected
from callsheet.tasks import Clock, Failure, File, State, Update

End = Literal["render", "fail", "reject", "stuck"]

LOOK_EVERY = 0.5
"""Seconds between two looks at a task that takes its time: how evenly its progress moves."""

NEVER = 300.0
"""Seconds between two looks at a task that never ends."""

_ALMOST = 0.99
_MARKER = re.compile(r"\s*\[\[(?:(?P<end>fail|reject|stuck)|slow +(?P<seconds>\d{1,5}(?:\.\d{1,3})?))\]\]\s*")


@dataclass(frozen=True, slots=True)
class Cue:
    """What the markers of a prompt ask for: how the task ends, and after how many seconds at the earliest."""

    end: End = "render"
    seconds: float = 0.0


def read(prompt: str) -> tuple[Cue | None, str]:
    """The cue in a prompt, None without one, and the prompt without its markers; of each kind the first counts."""
    ends: list[End] = []
    seconds: list[float] = []

    def note(marker: re.Match[str]) -> str:
        if marker["end"]:
            ends.append(marker["end"])  # pyright: ignore[reportArgumentType]
        else:
            seconds.append(float(marker["seconds"]))
        return " "

    bare = _MARKER.sub(note, prompt)
    if not ends and not seconds:
        return None, prompt
    return Cue(ends[0] if ends else "render", seconds[0] if seconds else 0.0), bare.strip()


class CuedDriver:
    """`contract.Driver` around another one: does what a prompt's markers say, and hands on everything else.

    What the markers hold up takes no slot: others are rendered meanwhile. `clock` may count from any moment.
    """

    local = True

    def __init__(self, inner: Driver, clock: Clock = lambda: time.monotonic_ns() // 1_000_000) -> None:
        self.slots = inner.slots
        self._inner = inner
        self._clock = clock
        self._held: dict[str, _Held] = {}

    @property
    def notify(self) -> Callable[[str], None]:
        """What is called with a remote that has news."""
        return self._inner.notify

    @notify.setter
    def notify(self, listener: Callable[[str], None]) -> None:
        self._inner.notify = listener

    async def submit(self, order: Order) -> Update:
        """Start it, or only say so. Rejected at once for `[[reject]]` without `[[slow]]`."""
        self._let_go(order.task_id)
        cue, prompt = read(_prompt(order))
        if cue is None:
            return await self._inner.submit(order)
        if cue.end == "reject" and not cue.seconds:
            raise _moderated()
        if cue.end == "render":
            await self._inner.submit(dataclasses.replace(order, input={**order.input, "prompt": prompt}))
        held = _Held(cue, self._clock())
        self._held[order.task_id] = held
        self.slots = self._inner.slots + len(self._held)
        return Update(State.RUNNING, remote=order.task_id, again=held.pause(self._clock()))

    async def check(self, order: Order, files: Mapping[str, File], bring: Bring) -> None:
        """As the inner driver has it, of the prompt without its markers; what is not to be rendered is not judged."""
        cue, prompt = read(_prompt(order))
        if isinstance(self._inner, Checking) and (cue is None or cue.end == "render"):
            bare = order if cue is None else dataclasses.replace(order, input={**order.input, "prompt": prompt})
            await self._inner.check(bare, files, bring)

    async def poll(self, order: Order, remote: str) -> Update:
        """Under way until its time is over, then the end that was asked for."""
        held = self._held.get(remote)
        if held is None:
            return await self._inner.poll(order, remote)
        now = self._clock()
        if held.cue.end == "stuck" or held.left(now) > 0:
            return Update(State.RUNNING, progress=held.progress(now), again=held.pause(now))
        self._let_go(remote)
        if held.cue.end == "reject":
            raise _moderated()
        if held.cue.end == "fail":
            said = "The prompt asked for this by [[fail]]."
            return Update(State.FAILED, failure=Failure("render_failed", said, reason="asked_to_fail"))
        return await self._inner.poll(order, remote)

    async def cancel(self, order: Order, remote: str) -> Update:
        """Stop it."""
        held = self._held.get(remote)
        self._let_go(remote)
        if held is None or held.cue.end == "render":
            return await self._inner.cancel(order, remote)
        return Update(State.CANCELED)

    def renders(self) -> tuple[int, int, int]:
        """How many may run at once, how many run, and how many wait: of the one around which this is."""
        return self._inner.renders() if isinstance(self._inner, Rendering) else (0, 0, 0)

    def genuine(self, call: Call) -> bool:
        """As the inner driver has it."""
        return self._inner.genuine(call)

    async def close(self) -> None:
        """Let go of everything; what was held up begins anew next time."""
        self._held.clear()
        await self._inner.close()

    def _let_go(self, remote: str) -> None:
        self._held.pop(remote, None)
        self.slots = self._inner.slots + len(self._held)


def _prompt(order: Order) -> str:
    """The prompt, where there is one and it is not still to be made by another task."""
    said = order.input.get("prompt")
    return said if isinstance(said, str) else ""


@dataclass(frozen=True, slots=True)
class _Held:
    """One task that its markers hold up: the cue, and since when, in milliseconds of the driver's clock."""

    cue: Cue
    since: int

    def left(self, now: int) -> float:
        """Seconds until its time is over; not positive afterwards."""
        return self.cue.seconds - (now - self.since) / 1000

    def progress(self, now: int) -> float:
        """In proportion to the time that is over; a task that only hangs makes none."""
        return min(_ALMOST, 1 - self.left(now) / self.cue.seconds) if self.cue.seconds else 0.0

    def pause(self, now: int) -> float:
        """Seconds until it is worth another look."""
        left = self.left(now)
        return min(left, LOOK_EVERY) if left > 0 else NEVER if self.cue.end == "stuck" else 0.0


def _moderated() -> Rejected:
    said = "The prompt was refused by moderation: it asked for this by [[reject]]."
    return Rejected(said).because("asked_to_reject")
