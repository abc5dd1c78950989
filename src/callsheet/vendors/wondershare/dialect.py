"""Wondershare's open API (Tomoviee) for its own clients: one path for all capabilities, one to ask how a task stands.

Every answer is HTTP 200; `code` is 0, or 680 and the HTTP number that would say the same (680401, 680422): the vendor
promises six digits that begin with 68, and publishes no list.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from callsheet.catalog import Model
from callsheet.contract import Desk, Key, Notice
from callsheet.errors import CallsheetError, InvalidInput, NotFound, RequestError
from callsheet.tasks import Filter, NewTask, State, Task
from callsheet.wires import bodies

DOOR = "wondershare"
QUEUED, PROCESSING, SUCCESS, FAILED, CLOSED, TIMED_OUT = range(1, 7)
STATUS = {
    State.QUEUED: QUEUED,
    State.RUNNING: PROCESSING,
    State.SUCCEEDED: SUCCESS,
    State.FAILED: FAILED,
    State.CANCELED: CLOSED,
}
AHEAD = 100
"""So many tasks that wait before one are counted, and no more."""


def dialect(desk: Desk) -> Wondershare:
    """The dialect of an installation."""
    return Wondershare(desk)


class Wondershare:
    """`contract.Dialect`."""

    routes: Sequence[BaseRoute]
    tells = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELED})
    unlocked: frozenset[str] = frozenset()

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._models = {model.name: model for model in desk.catalog.models(vendor=DOOR)}
        self.routes = (
            Route("/v1/open/capacity/application/{capability}", self._create, methods=["POST"]),
            Route("/v1/open/pub/task", self._result, methods=["POST"]),
        )

    async def key(self, connection: HTTPConnection) -> Key | None:
        """`Authorization: Basic base64(key:secret)`, and the same key as `X-App-Key`."""
        app_key, secret = _basic(connection.headers.get("authorization", ""))
        named = connection.headers.get("x-app-key", "")
        if not app_key or not hmac.compare_digest(named.encode(), app_key.encode()):
            return None
        key = await self._desk.keys.find(app_key)
        if key is None:
            return None
        genuine = await self._desk.keys.secret(key)
        return key if hmac.compare_digest(secret.encode(), genuine.encode()) else None

    def refuse(self, error: CallsheetError, connection: HTTPConnection) -> Response:
        """HTTP 200 with a code: clients raise on any other status before they read why."""
        return JSONResponse({"code": 680_000 + error.status, "msg": str(error), "data": {}})

    async def notice(self, task: Task) -> Notice:
        """What is POSTed to `callback` at the end; unsigned."""
        told = {
            "task_id": task.wire["task_id"],
            "status": _status(task),
            "reason": _reason(task),
            "result": self._made(task, task.wire["origin"]),
            "params": task.wire["params"],
        }
        return Notice(json.dumps(told, ensure_ascii=False).encode(), {"content-type": "application/json"})

    async def _create(self, request: Request) -> Response:
        model = self._model(request.path_params["capability"])
        body = bodies.read(await self._desk.body(request))
        known, strangers = bodies.known(model, body)
        task_id = f"{model.name}-0-{self._now():%Y%m%d%H%M%S}{secrets.token_hex(4)}"
        wire = {
            "task_id": task_id,
            "origin": self._desk.origin(request),
            "params": "" if body.get("params") is None else body["params"],
            "ignored": strangers,
        }
        new = NewTask(
            model=model.id,
            input=model.from_wire(known),
            webhook=_callback(body),
            door=DOOR,
            wire=wire,
            aliases=(task_id,),
        )
        try:
            await self._desk.submit(request, new)
        except RequestError as error:
            raise bodies.in_their_words(model, error) from error
        return JSONResponse({"code": 0, "msg": "", "data": {"task_id": task_id}})

    async def _result(self, request: Request) -> Response:
        task_id = bodies.read(await self._desk.body(request)).get("task_id")
        if not isinstance(task_id, str) or not task_id:
            raise InvalidInput("task_id is missing.", hint="Send the task_id that the creating call answered.")
        task = await self._desk.tasks.find(DOOR, task_id, self._desk.caller(request))
        percent = int(task.progress * 100)
        data = {
            "task_id": task_id,
            "wsid": 0,
            "priority": task.priority,
            "status": _status(task),
            "reason": _reason(task),
            "progress": percent,
            "process": percent,
            "position": await self._position(task),
            "wait_time": self._waited(task),
            "delay": False,
            "params": task.wire["params"],
            "result": self._made(task, self._desk.origin(request)),
        }
        return JSONResponse({"code": 0, "msg": "success", "data": data})

    def _model(self, name: str) -> Model:
        if name not in self._models:
            raise NotFound(f"There is no capability {name!r}.", hint=f"There are: {', '.join(self._models)}.")
        return self._models[name]

    def _made(self, task: Task, origin: str) -> str:
        """What it made, as a JSON text under every name that documents have for it; empty until it succeeded."""
        if task.state is not State.SUCCEEDED:
            return ""
        urls = [self._desk.address(origin, file) for file in task.artifacts]
        words = {"model_version": task.stage, "translate_prompt": task.input.get("prompt", "")}
        model = self._desk.catalog.model(task.model)
        made: Mapping[str, Any] = {key: words.get(key, urls) for output in model.outputs for key in output.keys}
        return json.dumps(made, ensure_ascii=False)

    async def _position(self, task: Task) -> int:
        """How many of the account's tasks wait before it, up to 100; -1 when it does not wait."""
        if task.state is not State.QUEUED:
            return -1
        before = Filter(state=(State.QUEUED,), created_to=task.created_at)
        return len((await self._desk.tasks.list(task.account, before, AHEAD, None)).tasks)

    def _waited(self, task: Task) -> int:
        return round(((task.ended_at or self._desk.clock()) - task.created_at) / 1000)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._desk.clock() / 1000, UTC)


def _basic(header: str) -> tuple[str, str]:
    """Key and secret of a Basic header; both empty where it has none."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        key, _, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return key, secret


def _callback(body: Mapping[str, Any]) -> str | None:
    address = body.get("callback")
    if address is None or address == "":
        return None
    if not isinstance(address, str):
        raise InvalidInput(f"callback cannot be {address!r:.60}.", hint="Give an http(s) address.")
    return address


def _status(task: Task) -> int:
    if task.error is not None and task.error.code == "timed_out":
        return TIMED_OUT
    return STATUS[task.state]


def _reason(task: Task) -> str:
    if task.error is not None:
        return task.error.message
    return {State.SUCCEEDED: "success", State.CANCELED: "The task was canceled."}.get(task.state, "")
