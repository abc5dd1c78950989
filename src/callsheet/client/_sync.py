"""The SDK without async: generated from _async.py by tools/sync_client.py, never edited by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, Unpack, cast
from uuid import uuid4

import httpx2

from callsheet.client import requests, results
from callsheet.client._sync_office import Office
from callsheet.client.failures import Unexpected, Unreachable, ended_well
from callsheet.client.following import FIRST_POLL, LONGEST_POLL, in_time, is_end, told
from callsheet.client.requests import Order, Source, Wanted, file_id, task_body, task_id
from callsheet.client.results import (
    Event,
    FileInfo,
    FilePage,
    ModelInfo,
    Page,
    Quote,
    Task,
    Webhook,
    WebhookPage,
)
from callsheet.client.retry import Deadline
from callsheet.client.saving import Saving

OnUpdate = Callable[[Task], object]
"""Called with the task each time there is news of it."""


class Client(Office):
    """Speaks to one callsheet server; `with Client() as client` closes its connections at the end.

    `base_url` falls back on CALLSHEET_URL, then http://127.0.0.1:8420; `key` on CALLSHEET_KEY. `timeout` is seconds
    for one answer. Requests that may be repeated are, as `retry` says: a submit always carries an Idempotency-Key, so
    that asking again after a lost answer gives the same task. Every method raises the errors of callsheet.errors
    under the server's names, with the `request_id` its logs know, or Unreachable when no server answers.
    """

    def submit(
        self,
        model: str,
        input: Mapping[str, Any] | None = None,
        *,
        webhook: str | None = None,
        webhook_events: Sequence[str] | None = None,
        metadata: Mapping[str, str] | None = None,
        priority: int = 0,
        stage: str | None = None,
        retention: int | None = None,
        idempotency_key: str | None = None,
    ) -> Task:
        """Hand in a task; it is durable once this returns.

        `model` is a model id or a capability. In `input` (canonical names) a Path, bytes or an open binary file is
        uploaded first; a Task stands for its first output, `task.output(1)` for another, and is waited for. `webhook`
        is called at the end, or at each of `webhook_events`. `stage` overrules where it runs, `retention` for how many
        seconds its files are kept.
        """
        ready = self._uploaded(input or {})
        body = task_body(model, ready, webhook=webhook, metadata=metadata, priority=priority, stage=stage)
        body |= {"webhook_events": list(webhook_events)} if webhook_events is not None else {}
        body |= {"retention": retention} if retention is not None else {}
        proof = {"idempotency-key": idempotency_key or str(uuid4())}
        return results.read_task(self._json("POST", "/v1/tasks", json=body, headers=proof))

    def get(self, task: Task | str) -> Task:
        """The task as it stands."""
        return results.read_task(self._json("GET", f"/v1/tasks/{task_id(task)}"))

    def watch(self, task: Task | str, *, timeout: float | None = None) -> Generator[Task]:
        """The task as it stands, then again at every piece of news, up to and with its end.

        Listens to the event stream; where that cannot be had, asks at growing intervals instead. Raises StillRunning
        after `timeout` seconds.
        """
        limit = Deadline(timeout)
        current = self.get(task)
        yield current
        if current.done:
            return
        try:
            with closing(self._follow(current.id, 0, limit)) as events:
                for event in events:
                    current = told(current, event) or self.get(current)
                    yield in_time(current, limit)
                    if current.done:
                        return
        except (Unexpected, Unreachable):
            pass  # some proxies cut or hold back streams; an unreachable server shows below
        for polled in self._poll(current, limit):
            yield polled

    def wait(self, task: Task | str, *, timeout: float | None = None, on_update: OnUpdate | None = None) -> Task:
        """The task once it has succeeded; TaskFailed, TaskCanceled, or StillRunning after `timeout` seconds."""
        last: Task | None = None
        with closing(self.watch(task, timeout=timeout)) as seen:
            for last in seen:
                if on_update:
                    on_update(last)
        return ended_well(last or self.get(task))

    def run(
        self,
        model: str,
        input: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
        **order: Unpack[Order],
    ) -> Task:
        """Submit and wait: the succeeded task. When waiting ends early, the task goes on by itself."""
        task = self.submit(model, input, **order)
        return self.wait(task, timeout=timeout, on_update=on_update)

    def cancel(self, task: Task | str) -> Task:
        """Ask for the end; a task that already ended is answered as it is."""
        return results.read_task(self._json("POST", f"/v1/tasks/{task_id(task)}/cancel"))

    def delete(self, task: Task | str) -> None:
        """Let go of a task that has ended: its record and its files. What it cost stays in the ledger."""
        self._ask("DELETE", f"/v1/tasks/{task_id(task)}")

    def resolve(self, task: Task | str, *, remote: str | None = None, again: bool = False) -> Task:
        """As the operator, say what became of a task that is unsure: its id at the vendor, or (None) it never arrived.

        One that never arrived fails; with `again` it is sent anew.
        """
        said = {"remote": remote} if remote is not None else {"lost": True, "again": again}
        return results.read_task(self._json("POST", f"/v1/tasks/{task_id(task)}/resolve", json=said))

    def list(self, *, limit: int = 50, cursor: str | None = None, **wanted: Unpack[Wanted]) -> Page:
        """One page of the tasks that match every part given: `client.list(state="running", order="oldest")`."""
        query = requests.task_query(wanted) + requests.page_query(limit, cursor)
        return results.read_page(self._json("GET", "/v1/tasks", params=query))

    def iterate(self, *, page: int = 100, **wanted: Unpack[Wanted]) -> Generator[Task]:
        """Every task that matches every part given, in `order`, fetched `page` at a time."""
        cursor: str | None = None
        while True:
            found = self.list(limit=page, cursor=cursor, **wanted)
            for task in found.data:
                yield task
            cursor = found.next
            if cursor is None:
                return

    def events(self, task: Task | str, *, after: int = 0) -> Generator[Event]:
        """The timeline behind event `after`, then live, up to the end; a lost connection is taken up where it broke."""
        return self._follow(task_id(task), after, Deadline(None))

    def timeline(self, task: Task | str) -> tuple[Event, ...]:
        """All that happened to a task so far."""
        answer = self._json("GET", f"/v1/tasks/{task_id(task)}/timeline")
        return tuple(results.read_event(one) for one in answer["data"])

    def exchanges(self, task: Task | str) -> tuple[Mapping[str, Any], ...]:
        """What was said to a task's vendor and what it answered, oldest first, without secrets."""
        answer = self._json("GET", f"/v1/tasks/{task_id(task)}/exchanges")
        return tuple(answer["data"])

    def quote(self, model: str, input: Mapping[str, Any], *, stage: str | None = None) -> Quote:
        """What a task would cost; the input is checked, and what is a file in it is uploaded."""
        body = task_body(model, self._uploaded(input), stage=stage)
        return results.read_quote(self._json("POST", "/v1/quotes", json=body))

    def models(self, *, capability: str | None = None, vendor: str | None = None) -> tuple[ModelInfo, ...]:
        """The models of the catalogue."""
        query = {name: value for name, value in (("capability", capability), ("vendor", vendor)) if value}
        answer = self._json("GET", "/v1/models", params=query)
        return tuple(results.read_model(one) for one in answer["data"])

    def model(self, model: str) -> ModelInfo:
        """One model, with the JSON Schema of its input."""
        return results.read_model(self._json("GET", f"/v1/models/{requests.model_path(model)}"))

    def upload(self, source: Source, *, name: str | None = None, content_type: str | None = None) -> FileInfo:
        """Store a file: a path, bytes, or an open binary file. Its id can stand in any input."""
        part = requests.open_source(source, name, content_type)
        try:
            return results.read_file(self._json("POST", "/v1/files", repeatable=False, files={"file": part}))
        finally:
            requests.close_source(source, part)

    def download(self, file: FileInfo | str, to: str | Path) -> Path:
        """Save an artifact or upload to the path `to`, or under its own name when `to` is a folder; checked by its sum.

        The path appears once the file is whole. A lost connection is taken up where it broke.
        """
        info = file if isinstance(file, FileInfo) else self.file(file)
        with Saving(requests.target(to, info)) as saving:
            for lost in count(1):
                try:
                    self._fetch(info.id, saving)
                    break
                except httpx2.TransportError as error:
                    self._pause_after(error, lost, repeatable=True)
            return saving.finish(info.sha256)

    def file(self, file: FileInfo | str) -> FileInfo:
        """What is known of a stored file."""
        return results.read_file(self._json("GET", f"/v1/files/{file_id(file)}"))

    def files(self, *, limit: int = 50, cursor: str | None = None) -> FilePage:
        """One page of stored files, newest first."""
        return results.read_files(self._json("GET", "/v1/files", params=requests.page_query(limit, cursor)))

    def delete_file(self, file: FileInfo | str) -> None:
        """Forget a stored file."""
        self._ask("DELETE", f"/v1/files/{file_id(file)}")

    def webhooks(
        self,
        *,
        task: Task | str | None = None,
        state: str | None = None,
        account: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> WebhookPage:
        """One page of messages to webhooks, newest first; `account` is for the operator's token only."""
        query = requests.webhook_query(task, state, account) + requests.page_query(limit, cursor)
        return results.read_webhooks(self._json("GET", "/v1/webhooks", params=query))

    def webhook(self, message: Webhook | str) -> Webhook:
        """One message to a webhook, with every try to tell it."""
        return results.read_webhook(self._json("GET", f"/v1/webhooks/{requests.message_id(message)}"))

    def redeliver(self, message: Webhook | str) -> Webhook:
        """Tell a message once more under its own id, whatever came of it before."""
        path = f"/v1/webhooks/{requests.message_id(message)}/redeliver"
        return results.read_webhook(self._json("POST", path))

    def _uploaded(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: self._uploaded(one) for name, one in cast("Mapping[str, Any]", value).items()}
        if isinstance(value, list | tuple):
            return [self._uploaded(one) for one in cast("Sequence[Any]", value)]
        return (self.upload(value)).id if requests.to_upload(value) else requests.plain(value)

    def _follow(self, task: str, after: int, limit: Deadline) -> Generator[Event]:
        lost, known_done = 0, False
        while not limit.over:
            try:
                with closing(self._stream(task, after, limit)) as events:
                    for event in events:
                        lost, after = 0, max(after, event.seq)
                        yield event
                        if is_end(event):
                            return
            except httpx2.TransportError as error:
                lost += 1
                if not limit.over:
                    self._pause_after(error, lost, repeatable=True)
                continue
            if known_done:
                return
            known_done = (self.get(task)).done  # closed in good order: replay what came last, if it is over
            time.sleep(self.retry.pause(1))

    def _poll(self, task: Task, limit: Deadline) -> Generator[Task]:
        pause = FIRST_POLL
        while not in_time(task, limit).done:
            time.sleep(limit.within(pause))
            task = self.get(task)
            yield task
            pause = min(pause * 1.5, LONGEST_POLL)
