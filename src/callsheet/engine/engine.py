"""Where every door ends: submit, get, list, cancel, watch and quote tasks; start and stop what runs them."""

from __future__ import annotations

import contextlib
import dataclasses
import hmac
from collections.abc import AsyncIterator, Mapping
from typing import Any

from callsheet import context
from callsheet.catalog import Model
from callsheet.contract import Call, Named
from callsheet.engine import admission, advance, telling
from callsheet.engine.cancel import canceled
from callsheet.engine.chain import Links
from callsheet.engine.explain import ENDS
from callsheet.engine.ids import Ids
from callsheet.engine.intake import with_files
from callsheet.engine.parts import Given, built
from callsheet.engine.reach import proof as callback_proof
from callsheet.engine.resolve import Resolver
from callsheet.engine.routing import PREVIZ, Plan, Routing
from callsheet.engine.schedule_rows import RowSchedule, questions
from callsheet.engine.steps import Steps
from callsheet.engine.worker import Worker
from callsheet.errors import Conflict, Forbidden, InvalidInput, NotFound, RequestError
from callsheet.money import credits
from callsheet.store import Limited, Onward, Row, Short, Taken
from callsheet.tasks import Cancellation, Event, Exchange, File, Filter, Input, NewTask, Page, Quote, State, Task

MAX_URL = 2048
SOON = 60_000
"""Milliseconds within which something due keeps a server that would leave when idle."""


class Engine:
    """`contract.Tasks`.

    Built by the app, once, inside the running event loop::

        engine = Engine(Given(store=store, library=library, ...))
        await engine.start()          # recovers what a crash left, then takes what is due (if settings.server.worker)
        ...
        await engine.stop(grace)      # seconds; local renders go back to the queue at once. Then: store.close()

    The engine closes the drivers; the store is the app's to close.
    """

    def __init__(self, given: Given) -> None:
        self._parts = built(given)
        self._guard = given.guard
        self._dialects = given.dialects
        self.webhooks = telling.Told(given.store, self._parts.teller, given.clock)
        self._running = given.settings.server.worker
        self._ids = Ids(given.clock)
        self._routing = Routing(given.catalog, given.drivers, given.settings.routing)
        self._proof_key = given.keyring.derive("callbacks")
        self._resolver = Resolver(given.store, self._parts.till, self._parts.news, given.clock)
        calls = questions(given.drivers, given.settings.vendors, given.catalog)
        self._worker = Worker(
            self._parts, Steps(self._parts), given.schedule or RowSchedule(given.store, given.clock, calls)
        )

    async def start(self) -> None:
        """Mend what a crash left, then run what is due; with `server.worker` off only accept."""
        if self._running:
            await self._worker.start()
            await self._parts.teller.start()

    async def stop(self, grace: float) -> None:
        """Take nothing more, hand local renders back, give requests on their way `grace` seconds, end all streams."""
        await self._parts.teller.stop(grace)
        await self._worker.stop(grace)
        await self._parts.client.aclose()
        await self._parts.tells.aclose()

    def wake(self) -> None:
        """Look for due work now: for a clock that was moved by hand."""
        self._worker.wake()
        self._parts.teller.wake()

    def alive(self) -> bool:
        """Whether tasks are run here, where they should be; True also for a process that only accepts them."""
        return not self._running or (self._worker.alive and self._parts.teller.alive)

    async def busy(self) -> bool:
        """Whether any task is unfinished, or a webhook is due within a minute."""
        if await self._parts.store.lanes():
            return True
        due = await self._parts.store.next_message()
        return due is not None and due <= self._parts.clock() + SOON

    async def submit(self, account: str, new: NewTask) -> tuple[Task, bool]:
        """Check, route and keep a task durably; the flag is False when the Idempotency-Key named an earlier one."""
        admission.check(new)
        self._check_webhook(new.webhook)
        idempotency = (new.idempotency_key, admission.fingerprint(new)) if new.idempotency_key is not None else None
        if idempotency is not None:
            earlier = await self._parts.store.idempotent(account, idempotency[0])
            if earlier is not None:
                return await self._earlier(account, earlier, idempotency), False
        plan = self._routing.plan(new.model, new.input, new.stage, self._parts.chance)
        await self._parts.foresight.look(plan.run, plan.run_input)
        links = await self._parts.chain.links(account, (plan.asked, plan.run), plan.input)
        files = await self._parts.intake.resolve(account, (plan.asked, plan.run), plan.input)
        input = run_input = self._filled(plan.asked, plan.input, files, links)
        if plan.run is not plan.asked:
            run_input = self._filled(plan.run, plan.run_input, files, links)
        if here := [*files.values(), *links.files.values()]:
            await self._parts.foresight.look(plan.run, run_input, here)
        row = self._row(account, new, plan, input, run_input, links)
        row, moves = self._parts.till.opened(row, self._parts.till.tariff.price(plan.run, run_input))
        needs = {file.id for file in files.values()} | links.tasks
        events = admission.first_events(new, plan, run_input, links)
        try:
            row = await self._parts.store.add_task(row, events, idempotency, new.aliases, needs, moves)
        except Short:
            raise await self._parts.till.short(row, moves) from None
        except Limited:
            raise await self._parts.till.limited(row) from None
        except Taken as taken:
            assert idempotency is not None
            return await self._earlier(account, (taken.task_id, taken.body_hash), idempotency), False
        self._worker.wake()
        return row.task, True

    @staticmethod
    def _filled(model: Model, input: Input, files: Mapping[str, File], links: Links) -> Input:
        """The input with what is known by now in the places of media and of other tasks' outputs."""
        found = with_files(model, input, files)
        return links.fulfil(model, found) if links.complete else found

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
            ).because("idempotency_reused", task=task_id)
        try:
            return await self._parts.store.task(account, task_id)
        except NotFound:
            raise Conflict(
                f"This Idempotency-Key was used for {task_id}, which was deleted.",
                hint="Use a new key to make it once more.",
                param="Idempotency-Key",
            ).because("idempotency_deleted", task=task_id) from None

    def _row(
        self,
        account: str,
        new: NewTask,
        plan: Plan,
        input: Mapping[str, Any],
        run_input: Mapping[str, Any],
        links: Links,
    ) -> Row:
        now = self._parts.clock()
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
            webhook_events=telling.kinds(new, self._dialects),
            door=new.door,
            wire=new.wire,
            retention=new.retention,
            trace=context.trace.get(),
        )
        onward = Onward(plan.onward, tuple(new.input)) if plan.onward else Onward()
        row = Row(task, plan.asked.vendor, "submit", "", now, plan.run.id, run_input, onward, key_id=new.key_id)
        changes = {"lane": advance.lane("submit", row)} if links.complete else advance.waiting(now).changes
        return dataclasses.replace(row, **changes)

    async def get(self, account: str, task_id: str) -> Task:
        """The task as it stands. NotFound."""
        return await self._parts.store.task(account, task_id)

    async def find(self, door: str, alias: str, account: str | None) -> Task:
        """The task a dialect gave this id of its own. NotFound."""
        return await self._parts.store.task_by_alias(door, alias, account)

    async def list(self, account: str | None, filter: Filter, limit: int, cursor: str | None) -> Page:
        """Newest first; a cursor neither loses nor repeats a task while others are inserted."""
        return await self._parts.store.list_tasks(account, filter, limit, cursor)

    async def cancel(self, account: str, task_id: str) -> Task:
        """Ask for the end. A queued task has ended on return; a running one ends within about a second."""
        row = await self._parts.store.ask_cancel(account, task_id, self._parts.clock())
        self._parts.news.ring(task_id)
        if not row.task.state.final:
            await self._worker.cancel(row)
        return await self._parts.store.task(account, task_id)

    async def canceling(self, account: str, task_id: str) -> tuple[Task, Cancellation]:
        """The same, with what it comes to and the money it moves."""
        before = await self._parts.store.row(task_id)
        task = await self.cancel(account, task_id)
        vendor = self._parts.catalog.vendor(advance.driver_of(before))
        entries = await self._parts.store.entries_of_task(account, task_id)
        return task, canceled(before, task, vendor.cancels, entries)

    async def delete(self, account: str, task_id: str) -> None:
        """Let go of an ended task, of all it said and made; its money stays in the ledger. NotFound, Conflict."""
        await self._parts.library.forgotten(await self._parts.store.delete_task(account, task_id))

    async def exchanges(self, account: str, task_id: str) -> list[Exchange]:
        """What was said to its vendor and answered, as far as it is kept, without secrets. NotFound."""
        await self._parts.store.task(account, task_id)
        return await self._parts.store.exchanges(task_id)

    async def events(self, account: str, task_id: str, after: int = 0) -> AsyncIterator[Event]:
        """The timeline from `after` on, then live; ends with the task's final event, or when the engine stops."""
        await self._parts.store.task(account, task_id)
        with self._parts.news.listening(task_id) as bell:
            while True:
                bell.clear()
                ended = (await self._parts.store.row(task_id)).task.state.final
                for event in await self._parts.store.events(task_id, after):
                    yield event
                    after = event.seq
                    if event.type in ENDS:
                        return
                if ended or self._worker.stopped:
                    return
                await bell.wait()

    async def called(self, vendor: str, task_id: str, proof: str, call: Call) -> None:
        """A vendor says that a task has news: it is polled at once. Forbidden for what proves nothing."""
        driver = self._parts.drivers.get(vendor)
        genuine = hmac.compare_digest(proof.encode(), callback_proof(self._proof_key, vendor, task_id).encode())
        if driver is None or not genuine or not driver.genuine(call):
            raise Forbidden(
                "This callback proves nothing.", hint="Call the address that came with the task, unchanged."
            )
        remote, row = driver.named(call) if isinstance(driver, Named) else None, await self._parts.store.row(task_id)
        if row.task.state.final:
            await self._parts.latecomers.look(row, remote)
        elif remote is not None and row.phase == "unsure":
            with contextlib.suppress(Conflict, InvalidInput):
                await self._resolver.adopt(task_id, remote, "callback")
        self._worker.nudge(task_id)

    async def resolve(self, task_id: str, remote: str | None, *, again: bool = False) -> Task:
        """An operator's word on a task of which nobody knows whether it arrived: `remote`, or that it never did."""
        if remote is None:
            row = await self._resolver.lost(task_id, again=again)
        else:
            row = await self._parts.store.row(task_id)
            if not await self._parts.latecomers.look(row, remote):
                row = await self._resolver.adopt(task_id, remote, "operator")
        self.wake()
        return row.task

    async def timeline(self, account: str, task_id: str) -> list[Event]:
        """All that happened so far. NotFound."""
        await self._parts.store.task(account, task_id)
        found: list[Event] = []
        while page := await self._parts.store.events(task_id, found[-1].seq if found else 0):
            found += page
        return found

    async def runs(self, model: str) -> bool:
        """Whether a stage here could take a task of this model or capability. NotFound for a name nobody has."""
        return self._routing.runs(model)

    async def quote(self, account: str, model: str, input: Input, stage: str | None = None) -> Quote:
        """What it would cost; checks the input, its media left alone, and keeps nothing."""
        plan = self._routing.plan(model, input, stage)
        await self._parts.foresight.look(plan.run, plan.run_input)
        if plan.run.vendor == PREVIZ:
            return Quote(model, plan.stage, 0.0, "Previz costs nothing.", reason="free_here")
        price = self._parts.till.tariff.price(plan.run, plan.run_input)
        cost = None if price.amount is None else credits(price.amount)
        return Quote(model, plan.stage, cost, price.basis, price.source, price.reason, price.values)
