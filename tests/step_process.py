"""A process that makes one task with a webhook and dies by kill -9 at one step of its life, which is named.

`step_process.py FOLDER URL STEP FINDS [DATABASE]`: `URL` answers with the vendor's file, and is the webhook; `FINDS` is
whether the vendor can be asked what it was sent.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from callsheet.contract import Order
from callsheet.engine import teller
from callsheet.tasks import KINDS, Artifact, State, Update
from engine_fixtures import House, Vendor, a_house

CREDITS = 2
PATIENCE = 60
"""Seconds a receiver has, which stands in the process of the test: that may be slow."""


class Counted(Vendor):
    """A vendor that writes down every request before it answers; what it made lies at a URL."""

    def __init__(self, folder: Path, url: str) -> None:
        done = Update(State.SUCCEEDED, artifacts=(Artifact(url=f"{url}/made.png"),), usage={"credits": CREDITS})
        super().__init__([self._take], [Update(State.RUNNING, progress=0.5, again=0.25), done])
        self.ledger = folder / "ledger"

    async def _take(self, order: Order) -> Update:
        with self.ledger.open("a") as out:
            out.write(f"{order.task_id}\n")
        return Update(State.RUNNING, remote="r", again=0.25)

    def sent(self) -> list[str]:
        return self.ledger.read_text().split() if self.ledger.exists() else []


class Found(Counted):
    """The same, and it can be asked what it was sent."""

    async def find(self, order: Order, sent_at: int) -> Update | None:
        return Update(State.RUNNING, remote=f"r-{order.task_id}") if order.task_id in self.sent() else None


def vendor(folder: Path, url: str, finds: bool) -> Counted:
    return (Found if finds else Counted)(folder, url)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _after(thing: Any, verb: str, meant: Callable[[Sequence[Any], Any], bool] = lambda given, answer: True) -> None:
    """Die as soon as this verb of this thing has done what is meant."""
    plain: Callable[..., Awaitable[Any]] = getattr(thing, verb)

    async def dying(*given: Any, **named: Any) -> Any:
        answer = await plain(*given, **named)
        if meant(given, answer):
            _die()
        return answer

    setattr(thing, verb, dying)


def _kept(kind: str) -> Callable[[House], None]:
    """Once the write is durable that puts this event into the timeline."""

    def told(given: Sequence[Any], answer: Any) -> bool:
        return any(event[0] == kind for event in given[3])

    return lambda house: _after(house.store, "patch", told)


def _vendor_of(house: House) -> Any:
    return house.engine._parts.drivers["studio"]


def _has_ended(given: Sequence[Any], answer: Update) -> bool:
    return answer.state is State.SUCCEEDED


def _is_end(given: Sequence[Any], answer: Any) -> bool:
    return given[0].kind != KINDS[0]


def _was_end(given: Sequence[Any], answer: Any) -> bool:
    return given[0].message.kind != KINDS[0]


STEPS: dict[str, Callable[[House], None]] = {
    "hold written": lambda house: _after(house.store, "add_task"),
    "journaled": _kept("submitting"),
    "sent": lambda house: _after(_vendor_of(house), "_take"),
    "accepted, not written": lambda house: _after(_vendor_of(house), "submit"),
    "accepted": _kept("started"),
    "polled": lambda house: _after(_vendor_of(house), "poll", _has_ended),
    "collecting": _kept("answered"),
    "stamped": lambda house: _after(house.engine._parts.ingest._mark, "stamp"),
    "stored": lambda house: _after(house.library, "artifact"),
    "ended": _kept("succeeded"),
    "told, not marked": lambda house: _after(house.engine._parts.teller._courier, "tell", _is_end),
    "told": lambda house: _after(house.store, "settle_message", _was_end),
}
"""Every step of a task's life, in order: after it, in the process, nothing more is done."""


async def main(folder: Path, url: str, step: str, finds: bool, database: str | None) -> None:
    teller.SPARE_LEASE = 2000 - 1000 * PATIENCE  # what a dead process was telling is told again sooner
    stage = vendor(folder, url, finds)
    if step == "sent":
        stage._scripts["submit"] = [lambda order: stage._take(order)]
    given = {"database": database} if database else {}
    rules = {"fetch__allow": "127.0.0.1", "webhooks__timeout": str(PATIENCE)}
    async with a_house(folder, {"studio": stage}, started=False, **rules, **given) as house:
        STEPS[step](house)
        await house.engine.start()
        await house.submit(webhook=f"{url}/hook", webhook_events=KINDS)
        await asyncio.sleep(120)


if __name__ == "__main__":
    where, address, wanted, can_find, *shared = sys.argv[1:]
    asyncio.run(main(Path(where), address, wanted, can_find == "yes", shared[0] if shared else None))
