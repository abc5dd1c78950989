"""The twin's own stage behind the desk of each dialect: tasks in memory, for which nothing happens but time."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from callsheet.catalog import Catalog
from callsheet.engine.ids import Ids
from callsheet.errors import NotFound
from callsheet.tasks import Event, Failure, Filter, Input, NewTask, Page, State, Task
from callsheet.twin.clock import Agenda, VirtualClock
from callsheet.twin.exchange import current
from callsheet.twin.faults import Faults, Occasion
from callsheet.twin.ledger import Record, fingerprint
from callsheet.twin.plot import Moment, drawn, moments
from callsheet.twin.rules import SameId
from callsheet.twin.scenario import Scenario
from callsheet.twin.shelf import Shelf

Told = Callable[[Record, Task], None]
"""Hears of every change of a task's state."""


class Stage:
    """What dialects ask of `contract.Tasks`. A state is reckoned whenever someone looks; `told` is set by the house."""

    def __init__(
        self, *, catalog: Catalog, shelf: Shelf, clock: VirtualClock, agenda: Agenda, faults: Faults, scenario: Scenario
    ) -> None:
        self.records: list[Record] = []
        self._faults = faults
        self.told: Told = lambda record, task: None
        self._catalog = catalog
        self._shelf = shelf
        self._clock = clock
        self._agenda = agenda
        self.scenario = scenario
        self._ids = Ids(clock)
        self._by_id: dict[str, Record] = {}
        self._by_alias: dict[tuple[str, str], Record] = {}
        self._by_key: dict[tuple[str, str], Record] = {}
        self._open: dict[str, Record] = {}
        self._bodies: Counter[str] = Counter()
        self._bells: dict[str, set[asyncio.Event]] = defaultdict(set)

    def clear(self) -> None:
        """Forget every task."""
        for kept in (self.records, self._by_id, self._by_alias, self._by_key, self._open, self._bodies):
            kept.clear()

    def record_of(self, task_id: str | None) -> Record | None:
        """The record of a task, by our own id."""
        return self._by_id.get(task_id or "")

    async def submit(self, account: str, new: NewTask) -> tuple[Task, bool]:
        """Check it and let it begin. A body that was refused was never here."""
        model = self._catalog.find(new.model, new.input)
        checked = model.check(new.input)
        earlier = self._by_key.get((account, new.idempotency_key or ""))
        if earlier is not None:
            return self._shown(earlier), False
        exchange = current.get()
        body = fingerprint(model, dataclasses.replace(new, input=checked), self._shelf)
        struck = self._faults.on(
            Occasion(new.door, "submit", model.id, exchange.key if exchange else "", len(self.records) + 1, body)
        )
        if exchange is not None:
            exchange.verb = "submit"
            exchange.meet(struck)
        kept = model.with_media(checked, lambda param, one: self._shelf.given(account, param, one))
        self._bodies[body] += 1
        about, now = f"{body}/{self._bodies[body]}", self._clock()
        task = self._task(account, new, model.id, model.capability, kept, now)
        plot = drawn(now, self.scenario.takes, struck, lambda name: self._faults.chance(f"{about}/{name}"))
        key = exchange.key if exchange else ""
        priced = self.scenario.price(model)
        credits = model.quote(checked)[0] if priced is None else priced
        record = Record(len(self.records) + 1, task, model, new.aliases, body, about, key, credits, plot)
        if exchange is not None:
            exchange.task = record.number
            if any(isinstance(fault.rule, SameId) for fault in struck):
                exchange.ids = self._earlier_ids(record)
        self._keep(record, moments(plot, None))
        if new.idempotency_key is not None:
            self._by_key[account, new.idempotency_key] = record
        return self._shown(record), True

    def _task(self, account: str, new: NewTask, model: str, capability: str, input: Input, now: int) -> Task:
        return Task(
            id=self._ids.new("task"),
            account=account,
            model=model,
            capability=capability,
            stage=model,
            state=State.QUEUED,
            progress=0.0,
            input=input,
            created_at=now,
            metadata=dict(new.metadata),
            priority=new.priority,
            webhook=new.webhook,
            door=new.door,
            wire=new.wire,
        )

    def take_up(self, record: Record) -> None:
        """A task of an earlier run: what is over is not told again."""
        self._bodies[record.body] += 1
        now = self._clock()
        self._keep(record, [at for at in moments(record.plot, record.cancel_at) if at > now])

    def _keep(self, record: Record, times: list[int]) -> None:
        task = record.task
        self.records.append(record)
        self._by_id[task.id] = self._open[task.id] = record
        for alias in record.aliases:
            self._by_alias[task.door, alias] = record
        self._foresee(record, times)

    def _earlier_ids(self, record: Record) -> tuple[tuple[str, str], ...]:
        """Its own ids, each with that of the last task before it at the same vendor."""
        others = (one for one in reversed(self.records) if one.task.door == record.task.door and one is not record)
        other = next(others, None)
        return tuple(zip(record.aliases, other.aliases, strict=False)) if other else ()

    def _foresee(self, record: Record, times: list[int]) -> None:
        for at in times:
            self._agenda.add(at, lambda: self._ring(record))

    def _ring(self, record: Record) -> None:
        if self._by_id.get(record.task.id) is not record:
            return  # it was forgotten meanwhile
        self.told(record, self._shown(record))
        for bell in self._bells.get(record.task.id, ()):
            bell.set()

    def _shown(self, record: Record, state: State | None = None) -> Task:
        """The task as it stands, or as if it were in another state."""
        now = self._clock()
        moment = record.moment(now)
        if state is not None and state is not moment.state:
            moment = _as_if(moment, state, now)
        made = moment.state is State.SUCCEEDED and record.plot.files
        if made and record.files is None:
            task = record.task
            record.files = self._shelf.make(task.account, task.id, record.model, task.input)
        return dataclasses.replace(
            record.task,
            state=moment.state,
            progress=moment.progress,
            started_at=moment.started_at,
            ended_at=moment.ended_at,
            error=moment.failure,
            artifacts=(record.files or ()) if made else (),
            usage=_usage(record, moment, now),
        )

    async def get(self, account: str, task_id: str) -> Task:
        """The task as it stands."""
        return self._shown(self._own(account, task_id), _forced())

    def _own(self, account: str, task_id: str) -> Record:
        record = self._by_id.get(task_id)
        if record is None or record.task.account != account:
            raise NotFound(f"There is no task {task_id}.")
        return record

    async def find(self, door: str, alias: str, account: str | None) -> Task:
        """The task a dialect gave this id of its own; here the faults of polls and cancels strike."""
        record = self._by_alias.get((door, alias))
        if record is None or account not in (None, record.task.account):
            raise NotFound(f"There is no task {alias[:80]}.")
        exchange = current.get()
        if exchange is not None and exchange.verb is not None and not exchange.met:
            exchange.task = record.number
            occasion = Occasion(door, exchange.verb, record.model.id, exchange.key, record.number, record.about)
            exchange.meet(self._faults.on(occasion))
        return self._shown(record, _forced())

    async def list(self, account: str | None, filter: Filter, limit: int, cursor: str | None) -> Page:
        """Newest first; the cursor is a task's number."""
        found: list[Record] = []
        for record in self._newest_first(filter, int(cursor or 0)):
            if account in (None, record.task.account) and self._suits(record, filter):
                if len(found) == limit:
                    return Page(tuple(map(self._shown, found)), str(found[-1].number))
                found.append(record)
        return Page(tuple(map(self._shown, found)))

    def _newest_first(self, filter: Filter, below: int) -> Iterator[Record]:
        """Of those that are under way only, where no others are asked for: they are few beside all."""
        if filter.state and not any(state.final for state in filter.state):
            now = self._clock()
            for task_id in [one for one, record in self._open.items() if _over(record, now)]:
                del self._open[task_id]
            kept = list(self._open.values())
        else:
            kept = self.records
        return (record for record in reversed(kept) if not below or record.number < below)

    def _suits(self, record: Record, filter: Filter) -> bool:
        task = record.task
        return (
            filter.door in (None, task.door)
            and filter.model in (None, task.model)
            and filter.capability in (None, task.capability)
            and filter.vendor in (None, record.model.vendor)
            and (filter.created_from is None or task.created_at >= filter.created_from)
            and (filter.created_to is None or task.created_at < filter.created_to)
            and filter.metadata.items() <= task.metadata.items()
            and (not filter.state or record.moment(self._clock()).state in filter.state)
        )

    async def cancel(self, account: str, task_id: str) -> Task:
        """It ends now, unless it has."""
        record, now = self._own(account, task_id), self._clock()
        if not record.moment(now).state.final:
            record.cancel_at = now
            self._foresee(record, [at for at in moments(record.plot, now) if at >= now])
        return self._shown(record)

    async def events(self, account: str, task_id: str, after: int = 0) -> AsyncIterator[Event]:
        """The timeline from `after` on, then live, to the end."""
        record = self._own(account, task_id)
        bell = asyncio.Event()
        self._bells[task_id].add(bell)
        try:
            while True:
                bell.clear()
                told = self._timeline(record)
                for event in told[after:]:
                    yield event
                after = max(after, len(told))
                if record.moment(self._clock()).state.final:
                    return
                await bell.wait()
        finally:
            self._bells[task_id].discard(bell)
            if not self._bells[task_id]:
                del self._bells[task_id]

    async def timeline(self, account: str, task_id: str) -> list[Event]:
        """All that happened so far."""
        return self._timeline(self._own(account, task_id), _forced())

    def _timeline(self, record: Record, state: State | None = None) -> list[Event]:
        task = self._shown(record, state)
        said: list[tuple[int, str, dict[str, Any]]] = [(task.created_at, "created", {"model": task.model})]
        if task.started_at is not None:
            said.append((task.started_at, "started", {"stage": task.stage}))
        if task.ended_at is not None:
            failure = task.error
            told = {"code": failure.code, "message": failure.message} if failure else {}
            said.append((task.ended_at, task.state.value, told))
        return [Event(task.id, seq, at, kind, data) for seq, (at, kind, data) in enumerate(said, 1)]

    async def runs(self, model: str) -> bool:
        """Everything does."""
        return True


def _forced() -> State | None:
    exchange = current.get()
    return exchange.shown_as if exchange is not None else None


def _usage(record: Record, moment: Moment, now: int) -> dict[str, float]:
    """What it costs: set aside until it ends, and then kept or given back. Nothing where nobody knows its price."""
    if record.credits is None:
        return {}
    if not moment.state.final:
        return {"held": record.credits}
    return {"credits": record.credits if record.charged(now) else 0}


def _over(record: Record, now: int) -> bool:
    return record.moment(now).state.final and not record.plot.revives


def _as_if(moment: Moment, state: State, now: int) -> Moment:
    """A task shown in a state that it is not in."""
    if state is State.QUEUED:
        return Moment(state)
    started = moment.started_at or now
    failure = Failure("vendor_error", "The twin only says so.") if state is State.FAILED else None
    return Moment(state, started, None if state is State.RUNNING else moment.ended_at or now, failure)
