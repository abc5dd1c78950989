"""Where every door ends: submit, get, list, cancel, watch and quote tasks; start and stop what runs them."""

from __future__ import annotations

import dataclasses
import hmac
import random
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from callsheet.catalog import Catalog
from callsheet.contract import Call, Dialect, Driver
from callsheet.engine import admission, advance
from callsheet.engine.chain import Chain, Links
from callsheet.engine.delivery import Courier
from callsheet.engine.detour import Detour
from callsheet.engine.explain import ENDS
from callsheet.engine.ids import Ids
from callsheet.engine.ingest import Ingest
from callsheet.engine.intake import Intake, with_files
from callsheet.engine.keyring import Keyring
from callsheet.engine.library import Library
from callsheet.engine.news import News
from callsheet.engine.pace import Chance
from callsheet.engine.pins import Pins
from callsheet.engine.reach import Reach
from callsheet.engine.reach import proof as callback_proof
from callsheet.engine.routing import PREVIZ, Plan, Routing
from callsheet.engine.steps import Steps
from callsheet.engine.worker import Worker
from callsheet.errors import Conflict, Forbidden, InvalidInput, RequestError
from callsheet.fetch import Guard
from callsheet.settings import Settings
from callsheet.store import Onward, Row, Store, Taken
from callsheet.tasks import Clock, Event, Filter, Input, NewTask, Page, Quote, State, Task

MAX_URL = 2048
SOON = 60_000
"""Milliseconds within which something due keeps a server that would leave when idle."""


class Engine:
    """`contract.Tasks`.

    Built by the app, once, inside the running event loop::

        store = Store(Sqlite(home / "callsheet.sqlite", ...), clock)
        library = Library(store, Folder(home / "files"), seal.derive("links"), clock, Rules(...))
        keyring = Keyring(store, seal, clock, settings.webhooks.secret)
        engine = Engine(store, library, keyring, catalog, drivers, Guard(frozenset(settings.fetch.allow)), settings,
                        clock, body)
        await engine.start()          # recovers what a crash left, then takes what is due (if settings.server.worker)
        ...
        await engine.stop(grace)      # seconds; local renders go back to the queue at once. Then: store.close()

    `drivers` are by vendor id, and their presence is what makes a vendor live. `body` writes a task as the webhook's
    body: as `GET /v1/tasks/{id}` would answer it; a task of a door in `dialects` is told as that dialect does
    (the mapping may be filled until `start`). The engine closes the drivers; the store is the app's to close.
    """

    def __init__(
        self,
        store: Store,
        library: Library,
        keyring: Keyring,
        catalog: Catalog,
        drivers: Mapping[str, Driver],
        guard: Guard,
        settings: Settings,
        clock: Clock,
        body: Callable[[Task], bytes],
        chance: Chance = random.random,
        dialects: Mapping[str, Dialect] | None = None,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._ids = Ids(clock)
        self._news = News()
        self._running = settings.server.worker
        self._guard = guard
        self._client = guard.client()
        self._routing = Routing(catalog, drivers, settings.routing)
        drafts = settings.home / "drafts"
        limits = (settings.fetch.max_bytes, settings.fetch.timeout)
        self._intake = Intake(library, self._client, drafts, *limits)
        ingest = Ingest(library, self._client, drafts, *limits)
        self._courier = Courier(
            store, self._client, keyring.webhook_secrets, body, dialects, clock, settings.webhooks, chance
        )
        self._drivers = drivers
        self._proof_key = keyring.derive("callbacks")
        public = settings.server.public_url
        reach = Reach(public, library, self._proof_key) if public else None
        self._chance = chance
        self._chain = Chain(store, library, catalog, self._intake)
        detour, pins = Detour(catalog, drivers, self._intake, chance), Pins(drivers, settings.vendors)
        parts = (store, catalog, library, drivers, ingest, self._courier, self._news, clock, chance)
        steps = Steps(*parts, detour, pins, self._chain, reach)
        self._worker = Worker(store, catalog, library, drivers, steps, self._news, clock)

    async def start(self) -> None:
        """Mend what a crash left, then run what is due; with `server.worker` off only accept."""
        if self._running:
            await self._worker.start()

    async def stop(self, grace: float) -> None:
        """Take nothing more, hand local renders back, give requests on their way `grace` seconds, end all streams."""
        await self._worker.stop(grace)
        await self._courier.close()
        await self._client.aclose()

    def wake(self) -> None:
        """Look for due work now: for a clock that was moved by hand."""
        self._worker.wake()

    def alive(self) -> bool:
        """Whether tasks are run here, where they should be; True also for a process that only accepts them."""
        return not self._running or self._worker.alive

    async def busy(self) -> bool:
        """Whether any task is unfinished, or a webhook is due within a minute."""
        waiting = await self._store.lanes()
        if any(phase != "tell" for _, phase in waiting):
            return True
        due = await self._store.next_due()
        return due is not None and due <= self._clock() + SOON

    async def submit(self, account: str, new: NewTask) -> tuple[Task, bool]:
        """Check, route and keep a task durably; the flag is False when the Idempotency-Key named an earlier one."""
        admission.check(new)
        self._check_webhook(new.webhook)
        idempotency = (new.idempotency_key, admission.fingerprint(new)) if new.idempotency_key is not None else None
        if idempotency is not None:
            earlier = await self._store.idempotent(account, idempotency[0])
            if earlier is not None:
                return await self._earlier(account, earlier, idempotency), False
        plan = self._routing.plan(new.model, new.input, new.stage, self._chance)
        links = await self._chain.links(account, (plan.asked, plan.run), plan.input)
        files = await self._intake.resolve(account, (plan.asked, plan.run), plan.input)
        input, run_input = with_files(plan.asked, plan.input, files), with_files(plan.run, plan.run_input, files)
        if links.complete:
            input, run_input = links.fulfil(plan.asked, input), links.fulfil(plan.run, run_input)
        row = self._row(account, new, plan, input, run_input, links)
        needs = {file.id for file in files.values()} | links.tasks
        events = _first_events(new, plan, run_input, links)
        try:
            row = await self._store.add_task(row, events, idempotency, new.aliases, needs)
        except Taken as taken:
            assert idempotency is not None
            return await self._earlier(account, (taken.task_id, taken.body_hash), idempotency), False
        self._worker.wake()
        return row.task, True

    def _check_webhook(self, url: str | None) -> None:
        """Refuse at once what could never be told; names are resolved only when the time has come."""
        if url is None:
            return
        try:
            self._guard.check(url)
        except RequestError as error:
            error.param = "webhook"
            raise
        if len(url) > MAX_URL:
            raise InvalidInput(f"webhook has {len(url)} letters.", hint=f"At most {MAX_URL}.", param="webhook")

    async def _earlier(self, account: str, earlier: tuple[str, str], asked: tuple[str, str]) -> Task:
        task_id, body_hash = earlier
        if body_hash != asked[1]:
            raise Conflict(
                f"This Idempotency-Key was used for {task_id}, with another body.",
                hint="Use a new key for a new task; repeat the same body for the same one.",
                param="Idempotency-Key",
            )
        return await self._store.task(account, task_id)

    def _row(
        self,
        account: str,
        new: NewTask,
        plan: Plan,
        input: Mapping[str, Any],
        run_input: Mapping[str, Any],
        links: Links,
    ) -> Row:
        now = self._clock()
        task = Task(
            id=self._ids.new("task"),
            account=account,
            model=new.model,
            capability=plan.asked.capability,
            stage=plan.stage,
            state=State.QUEUED,
            progress=0.0,
            input=input,
            created_at=now,
            usage={"approximations": list(plan.approximations)} if plan.approximations else {},
            metadata=dict(new.metadata),
            priority=new.priority,
            webhook=new.webhook,
            door=new.door,
            wire=new.wire,
        )
        onward = Onward(plan.onward, tuple(new.input)) if plan.onward else Onward()
        row = Row(task, plan.asked.vendor, "submit", "", now, plan.run.id, run_input, onward)
        if not links.complete:
            row = dataclasses.replace(row, **advance.waiting(now).changes)
        return _in_lane(row)

    async def get(self, account: str, task_id: str) -> Task:
        """The task as it stands. NotFound."""
        return await self._store.task(account, task_id)

    async def find(self, door: str, alias: str, account: str | None) -> Task:
        """The task a dialect gave this id of its own. NotFound."""
        return await self._store.task_by_alias(door, alias, account)

    async def list(self, account: str, filter: Filter, limit: int, cursor: str | None) -> Page:
        """Newest first; a cursor neither loses nor repeats a task while others are inserted."""
        return await self._store.list_tasks(account, filter, limit, cursor)

    async def cancel(self, account: str, task_id: str) -> Task:
        """Ask for the end. A queued task has ended on return; a running one ends within about a second."""
        row = await self._store.ask_cancel(account, task_id, self._clock())
        self._news.ring(task_id)
        if not row.task.state.final:
            await self._worker.cancel(row)
        return await self._store.task(account, task_id)

    async def events(self, account: str, task_id: str, after: int = 0) -> AsyncIterator[Event]:
        """The timeline from `after` on, then live; ends with the task's final event, or when the engine stops."""
        await self._store.task(account, task_id)
        with self._news.listening(task_id) as bell:
            while True:
                bell.clear()
                ended = (await self._store.row(task_id)).task.state.final
                for event in await self._store.events(task_id, after):
                    yield event
                    after = event.seq
                    if event.type in ENDS:
                        return
                if ended or self._worker.stopped:
                    return
                await bell.wait()

    async def called(self, vendor: str, task_id: str, proof: str, call: Call) -> None:
        """A vendor says that a task has news: it is polled at once. Forbidden for what proves nothing."""
        driver = self._drivers.get(vendor)
        genuine = hmac.compare_digest(proof.encode(), callback_proof(self._proof_key, vendor, task_id).encode())
        if driver is None or not genuine or not driver.genuine(call):
            raise Forbidden(
                "This callback proves nothing.", hint="Call the address that came with the task, unchanged."
            )
        self._worker.nudge(task_id)

    async def timeline(self, account: str, task_id: str) -> list[Event]:
        """All that happened so far. NotFound."""
        await self._store.task(account, task_id)
        found: list[Event] = []
        while page := await self._store.events(task_id, found[-1].seq if found else 0):
            found += page
        return found

    async def runs(self, model: str) -> bool:
        """Whether a stage here could take a task of this model or capability. NotFound for a name nobody has."""
        return self._routing.runs(model)

    async def quote(self, account: str, model: str, input: Input, stage: str | None = None) -> Quote:
        """What it would cost; checks the input, its media left alone, and keeps nothing."""
        plan = self._routing.plan(model, input, stage)
        if plan.run.vendor == PREVIZ:
            return Quote(model, plan.stage, 0.0, "Previz costs nothing.")
        credits, basis, source = plan.run.quote(plan.run_input)
        return Quote(model, plan.stage, credits, basis, source)


def _in_lane(row: Row) -> Row:
    return dataclasses.replace(row, lane=advance.lane(row.phase, row))


def _first_events(
    new: NewTask, plan: Plan, run_input: Mapping[str, Any], links: Links
) -> list[tuple[str, dict[str, Any]]]:
    routed: dict[str, Any] = {"stage": plan.stage, "model": plan.run.id, "why": plan.why}
    if plan.run.id != plan.asked.id:
        routed |= {"input": dict(run_input), "approximations": list(plan.approximations)}
    events: list[tuple[str, dict[str, Any]]] = [("created", {"model": new.model, "door": new.door}), ("routed", routed)]
    if links.places:
        told = links.told()
        events.append(("resumed", {"given": told}) if links.complete else ("waiting", {"for": told}))
    return events
