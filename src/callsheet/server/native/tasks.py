"""Tasks: submit, get, list, cancel, watch, explain."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from callsheet.server import answers, answers_cancel, answers_exchange, bodies
from callsheet.server.events import EventStream, last_seen
from callsheet.server.native.route import Route, address_for, idempotency_key, operation
from callsheet.server.parts import parts_of
from callsheet.server.reading import read_body, read_query
from callsheet.server.shapes import Answer, cancellation_shape, event_shape, exchange_shape, page, task_shape
from callsheet.tasks import Filter, NewTask, Task

log = logging.getLogger("callsheet.server")
router = APIRouter(tags=["tasks"], route_class=Route)

_STREAM = """Replays from Last-Event-ID (or `after`), then goes on live. Each message has `id` (the event's seq),
`event` (its type) and `data` (an Event as JSON). Comments come as signs of life. The stream ends after the event
`succeeded`, `failed` or `canceled`; where it ends before, ask again with the last id."""


@router.post(
    "/v1/tasks",
    status_code=201,
    **operation(
        "submitTask",
        "Hand in a task. It is durable once this answers.",
        answer=answers.Task,
        body=bodies.NewTask,
        headers={
            "Idempotency-Key": "Asking again with the same key and body gives the same task: 1 to 255 characters."
        },
        refusals=(400, 402, 404, 409, 413, 415, 429),
        more={200: {"model": answers.Task, "description": "The task that this Idempotency-Key made before."}},
    ),
)
async def submit(request: Request) -> Response:
    """Checks, routes and keeps it; the answer comes before the work begins."""
    parts = parts_of(request)
    caller = await parts.gate.caller(request)
    body = await read_body(request, bodies.NewTask)
    new = NewTask(
        model=body.model,
        input=body.input,
        webhook=body.webhook,
        webhook_events=None if body.webhook_events is None else tuple(body.webhook_events),
        metadata=body.metadata,
        priority=body.priority,
        stage=body.stage,
        retention=body.retention,
        idempotency_key=idempotency_key(request),
        key_id=caller.key.id if caller.key else None,
    )
    task, created = await parts.tasks.submit(caller.account, new)
    headers = {"location": f"/v1/tasks/{task.id}"} if created else {"idempotency-replayed": "true"}
    if caller.key is not None and caller.key.limits.rate is not None and parts.ledger is not None:
        headers |= await parts.ledger.rate(caller.key.id)
    answer = Answer(_shape(request, task), 201 if created else 200, headers)
    answer.background = BackgroundTask(_noted, task, created)
    return answer


@router.get(
    "/v1/tasks",
    **operation(
        "listTasks",
        "Tasks, newest first unless asked otherwise. Paging neither loses nor repeats one while others come in.",
        answer=answers.TaskList,
        query=bodies.TaskQuery,
    ),
)
async def list_tasks(request: Request) -> Response:
    """Those that match every part of the query."""
    parts = parts_of(request)
    caller = await parts.gate.caller(request)
    query = read_query(request, bodies.TaskQuery)
    wanted = Filter(
        state=tuple(query.state),
        model=query.model,
        capability=query.capability,
        vendor=query.vendor,
        created_from=_milliseconds(query.created_from),
        created_to=_milliseconds(query.created_to),
        metadata=query.metadata,
        door=query.door,
        stage=query.stage,
        text=query.text,
        unsure=query.unsure,
        oldest=query.order == "oldest",
    )
    account = None if query.unsure and caller.operator else caller.account
    found = await parts.tasks.list(account, wanted, query.limit, query.cursor)
    return Answer(page([_shape(request, task) for task in found.tasks], found.next))


@router.get("/v1/tasks/{task_id}", **operation("getTask", "A task as it stands.", answer=answers.Task, refusals=(404,)))
async def get(request: Request, task_id: str) -> Response:
    """One task of the caller's account."""
    parts = parts_of(request)
    task = await parts.tasks.get(await parts.gate.account(request), task_id)
    return Answer(_shape(request, task))


@router.delete(
    "/v1/tasks/{task_id}",
    status_code=204,
    response_class=Response,
    **operation(
        "deleteTask",
        "Let go of a task that has ended: its record, its timeline and its files. What it cost stays in the ledger.",
        refusals=(404, 409),
    ),
)
async def delete(request: Request, task_id: str) -> Response:
    """409 while it goes on, while its webhook is being told, or while another task takes what it made."""
    parts = parts_of(request)
    await parts.tasks.delete(await parts.gate.account(request), task_id)
    log.info("task deleted", extra={"task_id": task_id})
    return Response(status_code=204)


@router.post(
    "/v1/tasks/{task_id}/cancel",
    **operation(
        "cancelTask",
        "Ask for the end of a task. One that has ended already is answered as it is.",
        answer=answers_cancel.CanceledTask,
        refusals=(404,),
    ),
)
async def cancel(request: Request, task_id: str) -> Response:
    """Answers how the task stands now, and what that comes to; a running one ends a moment later."""
    parts = parts_of(request)
    task, came_to = await parts.tasks.canceling(await parts.gate.account(request), task_id)
    return Answer({**_shape(request, task), "cancel": cancellation_shape(came_to)})


@router.post(
    "/v1/tasks/{task_id}/resolve",
    **operation(
        "resolveTask",
        "Say what became of a task that is unsure: its id at the vendor, or that it never arrived. Operator only.",
        answer=answers.Task,
        body=bodies.Resolution,
        refusals=(400, 404, 409, 413, 415),
    ),
)
async def resolve(request: Request, task_id: str) -> Response:
    """Of any account's task; 409 where it is not unsure."""
    parts = parts_of(request)
    await parts.gate.keeper(request)
    said = await read_body(request, bodies.Resolution)
    task = await parts.tasks.resolve(task_id, said.remote, again=said.again)
    log.info("task resolved", extra={"task_id": task.id})
    return Answer(_shape(request, task))


@router.get(
    "/v1/tasks/{task_id}/events",
    response_class=Response,
    **operation(
        "watchTask",
        "The timeline as server-sent events.",
        query=bodies.EventQuery,
        headers={"Last-Event-ID": "The id of the last event seen; a browser sends it by itself."},
        refusals=(404,),
        more={200: {"description": _STREAM, "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    ),
)
async def events(request: Request, task_id: str) -> Response:
    """Up to the final event."""
    parts = parts_of(request)
    account = await parts.gate.account(request)
    after = last_seen(request, read_query(request, bodies.EventQuery).after)
    await parts.tasks.get(account, task_id)  # not found is an answer, not a stream
    return EventStream(parts.tasks.events(account, task_id, after), parts.keep_alive, parts.closing)


@router.get(
    "/v1/tasks/{task_id}/timeline",
    **operation(
        "explainTask",
        "All that happened to a task so far, as events and in plain words.",
        answer=answers.Timeline,
        refusals=(404,),
    ),
)
async def timeline(request: Request, task_id: str) -> Response:
    """Oldest first."""
    parts = parts_of(request)
    found = await parts.tasks.timeline(await parts.gate.account(request), task_id)
    return Answer(page([{**event_shape(event), "text": parts.words(event)} for event in found]))


@router.get(
    "/v1/tasks/{task_id}/exchanges",
    **operation(
        "listExchanges",
        "What was said to a task's vendor and what it answered, without secrets.",
        answer=answers_exchange.ExchangeList,
        refusals=(404,),
    ),
)
async def exchanges(request: Request, task_id: str) -> Response:
    """Oldest first; none for a task that no vendor was asked for."""
    parts = parts_of(request)
    found = await parts.tasks.exchanges(await parts.gate.account(request), task_id)
    return Answer(page([exchange_shape(one) for one in found]))


async def _noted(task: Task, created: bool) -> None:
    """A line in the log, once the answer is out: nobody waits for it."""
    log.info("task accepted" if created else "task known", extra={"task_id": task.id, "model": task.model})


def _shape(request: Request, task: Task) -> dict[str, Any]:
    return task_shape(task, address_for(request) if task.artifacts else str)


def _milliseconds(time: datetime | None) -> int | None:
    return None if time is None else round(time.timestamp() * 1000)
