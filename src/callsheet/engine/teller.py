"""Who tells webhooks: takes messages that are due, receiver by receiver, so that one that hangs holds up no other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from callsheet.engine import delivery, pace
from callsheet.engine.delivery import REST, Courier, Heard
from callsheet.engine.news import News
from callsheet.engine.pace import Chance
from callsheet.engine.receivers import Receivers
from callsheet.errors import StorageError
from callsheet.settings.shape import Webhooks
from callsheet.store import Lost, Outgoing, Store
from callsheet.tasks import Clock, Try

log = logging.getLogger("callsheet.engine")

QUICK, SLOW = 128, 512
"""How many messages are on their way at once: those that may be answered soon, and those of receivers that hang."""

PATIENCE = 1.0
"""Seconds after which a message on its way gives its place among the quick to another, and waits among the slow."""

MOST = 1_000
"""How many receivers are looked at in one round: more than can be busy at once, so that none hides another."""

LOOKS = 4
"""How many times longer than a look at the rows the pause behind it is."""

IDLE = 30_000
"""Milliseconds after which it looks for messages that another process wrote and nobody rang for."""

SPARE_LEASE = 30_000
"""Milliseconds for which a message stays taken beyond the time its receiver has for an answer."""

SWEEP = 600.0
"""Seconds between two looks for messages past their time."""

_DAY = 86_400_000
_REST = 1.0
"""Seconds after which a write is tried again that the disk refused."""


@dataclass(slots=True)
class _Flight:
    """One message on its way."""

    sent: Outgoing
    slow: bool
    work: asyncio.Task[None] | None = field(default=None, repr=False)


class Teller:
    """Sleeps until a message is due or someone rings. What it remembers beside the rows can be lost at any moment."""

    def __init__(
        self, *, store: Store, courier: Courier, news: News, clock: Clock, rules: Webhooks, chance: Chance
    ) -> None:
        self._store = store
        self._courier = courier
        self._news = news
        news.due = self.wake
        self._clock = clock
        self._rules = rules
        self._chance = chance
        self._bell = asyncio.Event()
        self._flights: dict[str, _Flight] = {}
        self._receivers = Receivers(chance)
        self._waiting: deque[str] = deque()
        self._next_look = 0.0
        self._put_off = False
        self._background: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin with what is due."""
        self._background = [asyncio.create_task(one) for one in (self._schedule(), self._sweep())]

    async def stop(self, grace: float) -> None:
        """Take nothing more; what is on its way gets `grace` seconds, the rest is given back and told later."""
        await _end(self._background)
        works = [flight.work for flight in self._flights.values() if flight.work is not None]
        if works and grace > 0:
            await asyncio.wait(works, timeout=grace)
        left = [flight.sent for flight in self._flights.values()]
        await _end(works)
        with contextlib.suppress(StorageError):
            await self._store.release_messages(left, self._clock())

    @property
    def alive(self) -> bool:
        """Whether every loop that `start` began still turns."""
        return bool(self._background) and not any(one.done() for one in self._background)

    @property
    def flying(self) -> int:
        """How many messages are on their way."""
        return len(self._flights)

    def wake(self) -> None:
        """Something may be due now."""
        self._bell.set()

    def forgive(self, receiver: str) -> None:
        """Someone knows that this receiver is back: what is due to it is told at once."""
        self._receivers.forgive(receiver)
        self._bell.set()

    async def _schedule(self) -> None:
        while True:
            self._bell.clear()
            now = self._clock()
            try:
                if await self._round(now):
                    continue
                due = await self._store.next_message(now)
                wait = min(IDLE, IDLE if due is None else max(0, due - self._clock())) / 1000
            except StorageError as error:
                log.error("the store cannot be read: %s", error)
                wait = _REST
            except Exception:
                log.exception("no message could be taken")
                wait = _REST
            if self._put_off:
                wait = min(wait, max(0.0, self._next_look - time.monotonic()))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._bell.wait()

    async def _round(self, now: int) -> int:
        """Take up what is due and has room; how many messages those are."""
        quick, slow = self._room()
        self._put_off = False
        if quick <= 0:
            return 0
        if not self._waiting and not await self._look(now):
            return 0
        resting: dict[str, int] = {}
        wanted: dict[str, int] = {}
        while self._waiting and len(wanted) < quick:
            name = self._waiting.popleft()
            until, free, ails = self._receivers.standing(name, now)
            if until > now:
                resting[name] = until
            elif free > 0 and (slow > 0 or not ails):
                wanted[name] = free
                slow -= free if ails else 0
        await self._store.rest_receivers(resting, now)
        lease = now + round(self._rules.timeout * 1000) + SPARE_LEASE
        taken = await self._store.take_messages(_fairly(wanted, quick), now, lease, self._flights)
        for sent in taken:
            self._fly(sent)
        return len(taken) + len(resting)

    async def _look(self, now: int) -> bool:
        """Whom something is due to, for the rounds to come; looking takes a fifth of the time at most."""
        began = time.monotonic()
        self._put_off = began < self._next_look
        if self._put_off:
            return False
        self._waiting.extend(await self._store.due_receivers(now, MOST))
        ended = time.monotonic()
        self._next_look = ended + LOOKS * (ended - began)
        return bool(self._waiting)

    def _room(self) -> tuple[int, int]:
        slow = sum(flight.slow for flight in self._flights.values())
        return QUICK - (len(self._flights) - slow), SLOW - slow

    def _fly(self, sent: Outgoing) -> None:
        message = sent.message
        ails = self._receivers.begins(message.receiver)
        flight = self._flights[message.id] = _Flight(sent, ails)
        flight.work = asyncio.create_task(self._tell(flight))
        alarm = asyncio.get_running_loop().call_later(PATIENCE, self._hangs, flight)
        flight.work.add_done_callback(lambda _: self._landed(flight, alarm))

    def _hangs(self, flight: _Flight) -> None:
        """It is not answered soon: another takes its place among the quick, while there is one among the slow."""
        if not flight.slow and self._room()[1] > 0:
            flight.slow = True
            self._bell.set()

    def _landed(self, flight: _Flight, alarm: asyncio.TimerHandle) -> None:
        alarm.cancel()
        self._flights.pop(flight.sent.message.id, None)
        self._receivers.ends(flight.sent.message.receiver)
        self._bell.set()

    async def _tell(self, flight: _Flight) -> None:
        sent, message = flight.sent, flight.sent.message
        try:
            heard, kept = await self._courier.tell(message)
        except StorageError as error:
            log.error("a message cannot be told: %s", error, extra={"task_id": message.task_id})
            await asyncio.sleep(_REST)  # it is due again when its lease is over
            return
        except Exception:
            log.exception("a message failed", extra={"task_id": message.task_id})
            heard = Heard(error="Something went wrong in callsheet itself.")
            kept = Try(message.id, message.task_id, self._clock(), message.url, None, heard.error)
        self._hear(message.receiver, heard)
        await self._keep(sent, heard, kept)

    def _hear(self, receiver: str, heard: Heard) -> None:
        """What a try says of its receiver."""
        now = self._clock()
        if heard.silent:
            self._receivers.silent(receiver, now)
        elif heard.status is not None:
            asked = heard.wait if heard.status in REST and heard.wait else 0
            self._receivers.answered(receiver, now + min(round(asked * 1000), pace.LONGEST_TELL) if asked else 0)

    async def _keep(self, sent: Outgoing, heard: Heard, kept: Try) -> None:
        """Write it down. While the disk refuses it is tried again: else the same message would be told once more."""
        came = delivery.settled(sent, heard, self._rules, kept.at, self._chance)
        while True:
            try:
                await self._store.settle_message(sent, kept, came)
            except Lost:
                log.info("another tells this message now", extra={"task_id": sent.message.task_id})
                return
            except StorageError as error:
                log.error("a try cannot be written: %s", error, extra={"task_id": sent.message.task_id})
                await asyncio.sleep(_REST)
                continue
            self._news.ring(sent.message.task_id)
            return

    async def _sweep(self) -> None:
        """Let go of what was settled long ago."""
        while True:
            try:
                before = self._clock() - round(self._rules.retention * _DAY)
                while await self._store.forget_messages(before, MOST) == MOST:
                    log.debug("messages past their time are let go of")
            except StorageError as error:
                log.error("messages past their time could not be deleted: %s", error)
            except Exception:
                log.exception("messages past their time could not be deleted")
            await asyncio.sleep(SWEEP)


def _fairly(wanted: dict[str, int], room: int) -> dict[str, int]:
    """How many messages of each receiver fit into the room: the longest due first, and none has all of it."""
    share = max(1, room // max(1, len(wanted)))
    found: dict[str, int] = {}
    for name, free in wanted.items():
        count = min(free, share, room)
        if count <= 0:
            break
        found[name] = count
        room -= count
    return found


async def _end(work: Iterable[asyncio.Task[None]]) -> None:
    """Stop these and wait until they have."""
    tasks = list(work)
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
