"""Vidu's enterprise API for its own clients: `/ent/v2` and its uploads, its states, errors and signed callbacks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from callsheet.catalog import Model
from callsheet.contract import Desk, Key, Notice
from callsheet.errors import CallsheetError, InvalidInput, NotFound, NotSupported, RequestError
from callsheet.money import MICRO
from callsheet.tasks import Filter, NewTask, State, Task
from callsheet.vendors.vidu import dialect_errors as errors
from callsheet.vendors.vidu import dialect_lists as lists
from callsheet.vendors.vidu import dialect_shapes as shapes
from callsheet.vendors.vidu.dialect_errors import CreationNotFound, Refusal, TaskNotFound
from callsheet.vendors.vidu.dialect_uploads import PUT, Uploads, resolved
from callsheet.vendors.vidu.driver_signature import sign
from callsheet.wires import bodies

DOOR = "vidu"
PREFIX = "/ent/v2"
MOST_ECHO = 1_048_576
"""Letters of the field that is given back as it came."""

PATIENCE = 50.0
"""Seconds that an endpoint which answers with its file holds the request; then the task is polled like any other."""

UNCOUNTED = 2**31 - 1
"""What stands for credits of an account that is not metered, and for tasks at once of a key without a limit."""


def dialect(desk: Desk) -> Vidu:
    """The dialect of an installation."""
    return Vidu(desk)


class Vidu:
    """`contract.Dialect`."""

    routes: Sequence[BaseRoute]
    tells: frozenset[State] = frozenset({State.RUNNING, State.SUCCEEDED, State.FAILED, State.CANCELED})
    unlocked: frozenset[str] = frozenset({PUT})

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._vendor = desk.catalog.vendor(DOOR)
        self._endpoints: dict[str, list[Model]] = {}
        for model in self._vendor.models.values():
            self._endpoints.setdefault(model.path, []).append(model)
        self.routes = (
            Route(f"{PREFIX}/tasks", self._list, methods=["GET"]),
            Route(f"{PREFIX}/tasks/{{id}}/creations", self._creations, methods=["GET"]),
            Route(f"{PREFIX}/tasks/{{id}}/cancel", self._cancel, methods=["POST"]),
            Route(f"{PREFIX}/credits", self._credits, methods=["GET"]),
            Route(f"{PREFIX}/{{endpoint:path}}", self._create, methods=["POST"]),
            *Uploads(desk).routes,
        )

    async def key(self, connection: HTTPConnection) -> Key | None:
        """`Authorization: Token KEY`."""
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        return await self._desk.keys.find(given.strip()) if scheme.lower() == "token" and given.strip() else None

    def refuse(self, error: CallsheetError, connection: HTTPConnection) -> Response:
        """`{code, reason, message, metadata}`."""
        return errors.answer(error)

    async def notice(self, task: Task) -> Notice:
        """The body of a poll, signed with the key that created the task; unsigned where there was none."""
        body = json.dumps(shapes.creations(self._desk, self._vendor, task)).encode()
        headers = {"content-type": "application/json"}
        key_id: str | None = task.wire["key"]
        if key_id is not None and task.webhook is not None:
            key = await self._desk.keys.text(await self._desk.keys.get(key_id))
            address = urlsplit(task.webhook)
            date = format_datetime(datetime.fromtimestamp(self._desk.clock() // 1000, UTC), usegmt=True)
            headers |= sign(key, address.path or "/", address.query, date, secrets.token_hex(16))
        return Notice(body, headers)

    async def _create(self, request: Request) -> Response:
        desk = self._desk
        endpoint = f"/{request.path_params['endpoint']}"
        models = self._endpoints.get(endpoint)
        if models is None:
            raise self._no_such(endpoint)
        body = {name: value for name, value in bodies.read(await desk.body(request)).items() if _given(value)}
        model = _model(models, body, endpoint)
        kept, ignored = bodies.known(model, {**resolved(body), **model.fixed})
        input = await self._input(desk.caller(request), model, kept)
        key = desk.key(request)
        fields = shapes.known_fields(models)
        id = str(10**17 + secrets.randbelow(9 * 10**17))
        wire: dict[str, Any] = {
            "id": id,
            "origin": desk.origin(request),
            "key": key.id if key else None,
            "payload": _payload(body),
            "asked": {name: body[name] for name in body if name in fields and name in shapes.ZERO and name != "images"},
            "images": shapes.echoed(body),
            "ignored": ignored,
        }
        new = NewTask(model=model.id, input=input, webhook=_callback(body), door=DOOR, wire=wire, aliases=(wire["id"],))
        try:
            task = await desk.submit(request, new)
        except RequestError as error:
            raise _refused(model, input, error) from error
        if shapes.answers_with_file(model):
            task = await self._ended(task)
        return _answer(await shapes.created(desk, task, model, fields))

    async def _ended(self, task: Task) -> Task:
        """The task at its end, or after PATIENCE as it then stands."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                async for _ in self._desk.tasks.events(task.account, task.id):
                    pass
        return await self._desk.tasks.get(task.account, task.id)

    async def _input(self, account: str, model: Model, body: Mapping[str, Any]) -> dict[str, Any]:
        """The canonical input, checked; a creation that was made here is the video it is."""
        try:
            input = model.from_wire(body)
        except InvalidInput as error:
            raise errors.of_body(error) from error
        creation = input.get("creation", "")
        if "video" in model.params and creation.startswith("file_"):
            try:
                input["video"] = (await self._desk.files.get(account, input.pop("creation"))).id
            except NotFound as error:
                raise CreationNotFound(f"There is no creation {creation[:60]}.") from error
        try:
            model.check(input)
        except InvalidInput as error:
            raise errors.of_input(model, input, error) from error
        return input

    async def _creations(self, request: Request) -> Response:
        return _answer(shapes.creations(self._desk, self._vendor, await self._task(request)))

    async def _cancel(self, request: Request) -> Response:
        task = await self._task(request)
        after = task if task.state.final else await self._desk.tasks.cancel(task.account, task.id)
        if task.state.final or after.state in (State.SUCCEEDED, State.FAILED):
            raise RequestError(f"task state is {shapes.WORDS[after.state]}, can not cancel")
        return _answer({})

    async def _list(self, request: Request) -> Response:
        asked = lists.read(request.query_params, self._desk.clock())
        found, token = await lists.page(self._desk, self._desk.caller(request), asked)
        tasks = [await shapes.listed(self._desk, task, model) for task, model in found]
        return _answer({"next_page_token": token, "tasks": tasks})

    async def _credits(self, request: Request) -> Response:
        """What the account and the key leave; how many tasks run and wait is counted."""
        account, key, left = self._desk.caller(request), self._desk.key(request), await self._desk.left(request)
        at_once = key.limits.concurrent if key else None
        remains = {
            "type": "metered",
            "credit_remain": UNCOUNTED if left is None else min(UNCOUNTED, left // MICRO),
            "concurrency_limit": UNCOUNTED if at_once is None else at_once,
            "current_concurrency": await self._count(account, State.RUNNING),
            "queue_count": await self._count(account, State.QUEUED),
        }
        return _answer({"remains": [remains], "packages": []})

    async def _count(self, account: str, state: State) -> int:
        count, cursor = 0, None
        while True:
            page = await self._desk.tasks.list(account, Filter(state=(state,), door=DOOR), 1000, cursor)
            count, cursor = count + len(page.tasks), page.next
            if cursor is None:
                return count

    async def _task(self, request: Request) -> Task:
        id: str = request.path_params["id"]
        try:
            return await self._desk.tasks.find(DOOR, id, self._desk.caller(request))
        except NotFound as error:
            raise TaskNotFound(f"There is no task {id[:60]}.") from error

    def _no_such(self, endpoint: str) -> RequestError:
        """Vidu has some endpoints that no document describes well enough to be a model here."""
        named = {one.name for one in self._vendor.endpoints if one.method == "POST"}
        if endpoint.strip("/") in named or endpoint.startswith("/one-click/"):
            return NotSupported(f"Nothing here can make {endpoint.strip('/')}.")
        return NotFound(f"There is no {PREFIX}{endpoint[:80]} here.")


def _answer(content: Any) -> Response:
    return JSONResponse(content, headers={"x-md-trace-id": errors.trace_id()})


def _given(value: Any) -> bool:
    """As in protocol buffers an empty text or list is as good as one that was left out."""
    return value is not None and value not in ("", [])


def _model(models: Sequence[Model], body: Mapping[str, Any], endpoint: str) -> Model:
    by_name = {one.fixed["model"]: one for one in models if "model" in one.fixed}
    if not by_name:
        return models[0]
    known = f"It knows: {', '.join(by_name)}."
    name = body.get("model")
    if name is None:
        raise Refusal("FieldLacking", f"{endpoint.strip('/')} needs a model.", hint=known, param="model")
    found = by_name.get(name) or by_name.get(f"vidu{name}") if isinstance(name, str) else None
    if found is None:
        raise Refusal("FieldInvalid", f"model: {name!r:.60} is none of this endpoint.", hint=known, param="model")
    return found


def _payload(body: Mapping[str, Any]) -> str:
    given = body.get("payload", "")
    if not isinstance(given, str) or len(given) > MOST_ECHO:
        raise Refusal("FieldInvalid", "payload is too long or no text.", hint=f"At most {MOST_ECHO:,} characters.")
    return given


def _callback(body: Mapping[str, Any]) -> str | None:
    given = body.get("callback_url")
    if given is not None and not isinstance(given, str):
        raise Refusal("FieldInvalid", "callback_url is no text.", hint="Give an http(s) address.")
    return given


def _refused(model: Model, input: Mapping[str, Any], error: RequestError) -> RequestError:
    """What the engine refused, in Vidu's words."""
    if error.param == "webhook":
        return Refusal("FieldInvalid", f"callback_url: {error.message}", hint=error.hint, param="callback_url")
    if error.param == "creation" and isinstance(error, NotFound):
        return CreationNotFound(f"There is no creation {input['creation'][:60]}.")
    return errors.of_media(model, input, error)
