"""Media.io's open API for its own clients: a path per model, the result of a task, the credits; all POST, all HTTP 200.

An error has the vendor's own code: 374004 for the key, 490505 for credits, 40003 for a task nobody knows, and 490000
for everything that is wrong with a request.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from callsheet.catalog import Model
from callsheet.contract import Desk, Key, Notice
from callsheet.errors import CallsheetError, InvalidInput, NoCredit, NotFound, RequestError, Unauthenticated
from callsheet.money import MICRO
from callsheet.tasks import NewTask, State, Task
from callsheet.wires import bodies

DOOR = "mediaio"
BAD_REQUEST, NO_KEY, NO_CREDIT, NO_TASK = 490000, 374004, 490505, 40003
UNLIMITED = 2**31 - 1
"""The balance of an account that is not metered: clients ask before they generate; their field is a whole number."""

STATUS = {
    State.QUEUED: "waiting",
    State.RUNNING: "processing",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELED: "failed",  # no call stops a task there: one that was stopped by the native API has failed
}


class UnknownTask(NotFound):
    """No task has this id, or it is another account's."""


def dialect(desk: Desk) -> MediaIo:
    """The dialect of an installation."""
    return MediaIo(desk)


class MediaIo:
    """`contract.Dialect`."""

    routes: Sequence[BaseRoute]
    tells: frozenset[State] = frozenset()
    unlocked: frozenset[str] = frozenset()

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._models = {model.path: model for model in desk.catalog.models(vendor=DOOR)}
        self.routes = (
            Route("/user/credits", self._credits, methods=["POST"]),
            Route("/generation/result/{task_id}", self._result, methods=["POST"]),
            Route("/generation/{family}/{model}", self._create, methods=["POST"]),
        )

    async def key(self, connection: HTTPConnection) -> Key | None:
        """`X-API-KEY`."""
        given = connection.headers.get("x-api-key", "").strip()
        return await self._desk.keys.find(given) if given else None

    def refuse(self, error: CallsheetError, connection: HTTPConnection) -> Response:
        """HTTP 200 with a code."""
        return _envelope(connection, {}, _code(error), str(error))

    async def notice(self, task: Task) -> Notice:
        """Never asked: Media.io calls nobody back, and `tells` is empty."""
        raise NotImplementedError

    async def _credits(self, request: Request) -> Response:
        left = await self._desk.left(request)
        return _envelope(request, {"credits": UNLIMITED if left is None else min(UNLIMITED, left // MICRO)})

    async def _create(self, request: Request) -> Response:
        model = self._model(request)
        body = _wrapped(bodies.read(await self._desk.body(request)))
        known, strangers = bodies.known(model, body)
        task_id = f"effect-{uuid.uuid4()}"
        wire = {"task_id": task_id, "origin": self._desk.origin(request), "ignored": strangers}
        new = NewTask(model=model.id, input=model.from_wire(known), door=DOOR, wire=wire, aliases=(task_id,))
        try:
            await self._desk.submit(request, new)
        except RequestError as error:
            raise bodies.in_their_words(model, error) from error
        return _envelope(request, {"task_id": task_id})

    async def _result(self, request: Request) -> Response:
        task_id = request.path_params["task_id"]
        try:
            task = await self._desk.tasks.find(DOOR, task_id, self._desk.caller(request))
        except NotFound as error:
            raise UnknownTask(f"There is no task {task_id[:80]!r}.") from error
        data = {
            "task_id": task_id,
            "status": _status(task),
            "reason": _reason(task),
            "result": self._made(task, self._desk.origin(request)),
        }
        return _envelope(request, data)

    def _model(self, request: Request) -> Model:
        path = "/generation/{family}/{model}".format(**request.path_params)
        if path not in self._models:
            raise NotFound(f"There is no {path} here.")
        return self._models[path]

    def _made(self, task: Task, origin: str) -> list[dict[str, str]]:
        """What it made, its address under both names: clients of either are given one that they can fetch."""
        if task.state is not State.SUCCEEDED:
            return []
        urls = [self._desk.address(origin, file) for file in task.artifacts]
        return [{"val": url, "preview": url, "status": "completed"} for url in urls]


def _wrapped(body: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(body.get("data"), dict):
        raise InvalidInput("The body has no data.", hint='Put the params into it: {"data": {"prompt": "..."}}.')
    return body


def _envelope(connection: HTTPConnection, data: Any, code: int = 0, msg: str = "") -> Response:
    trace = connection.scope.get("callsheet.request_id") or uuid.uuid4().hex
    return JSONResponse({"code": code, "msg": msg, "data": data, "trace_id": trace})


def _code(error: CallsheetError) -> int:
    if isinstance(error, Unauthenticated):
        return NO_KEY
    if isinstance(error, NoCredit):
        return NO_CREDIT
    return NO_TASK if isinstance(error, UnknownTask) else BAD_REQUEST


def _status(task: Task) -> str:
    if task.error is not None and task.error.code == "timed_out":
        return "timeout"
    return STATUS[task.state]


def _reason(task: Task) -> str:
    if task.error is not None:
        return task.error.message
    return {State.SUCCEEDED: "success", State.CANCELED: "The task was canceled."}.get(task.state, "")
