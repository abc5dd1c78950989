"""EdrawMax's diagram skills for their own clients: one POST that waits for the diagram, HTTP 200 and a code in it.

400 is a bad param, 2406 a prompt that was refused, 3001 too many at once, 212200 and 212201 a diagram that could not be
made or drawn (the client tries once more), and 500 all that is nobody's fault outside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from callsheet.catalog import Model
from callsheet.contract import Desk, Key, Notice
from callsheet.errors import CallsheetError, InvalidInput, NoCredit, NotSupported, RequestError, TooMany
from callsheet.tasks import Failure, File, NewTask, State, Task
from callsheet.wires import bodies

DOOR = "edrawmax"
WAIT = 300.0
"""Seconds a client is kept waiting. Nobody can ask for a diagram later: one that is not done by then is stopped."""

BAD, REFUSED, BUSY, NOT_MADE, NOT_DRAWN, BROKEN = 400, 2406, 3001, 212200, 212201, 500
SAID = {
    BAD: "bad param",
    REFUSED: "risk control rejection",
    BUSY: "concurrency limit",
    NOT_MADE: "生成失败",
    NOT_DRAWN: "渲染失败",
    BROKEN: "panic",
}
FAILURES = {"rejected": REFUSED, "vendor_unavailable": BUSY, "render_failed": NOT_DRAWN}
"""By the code of a failure; any other is NOT_MADE."""

TRUSTED = (".aliyuncs.com", ".wondershare.com", ".edrawsoft.com", ".edrawmax.com")
"""What a host has to end with for the published downloader to fetch from it, and then by https only."""


def dialect(desk: Desk) -> EdrawMax:
    """The dialect of an installation."""
    return EdrawMax(desk, WAIT)


class EdrawMax:
    """`contract.Dialect`. `wait` in seconds."""

    routes: Sequence[BaseRoute]
    tells: frozenset[State] = frozenset()
    unlocked: frozenset[str] = frozenset()

    def __init__(self, desk: Desk, wait: float) -> None:
        self._desk = desk
        self._wait = wait
        vendor = desk.catalog.vendor(DOOR)
        self._media_host = next(host for host in vendor.hosts if host.endswith(TRUSTED))
        prefix = urlsplit(vendor.base_url).path
        self._models = {prefix + model.path: model for model in vendor.models.values()}
        self.routes = [Route(path, self._generate, methods=["POST"]) for path in self._models]

    async def key(self, connection: HTTPConnection) -> Key | None:
        """The vendor knows no key, only `X-User-ID`: a key is taken there, or as `Authorization: Bearer`."""
        scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
        given = bearer if scheme.lower() == "bearer" else connection.headers.get("x-user-id", "")
        return await self._desk.keys.find(given.strip()) if given.strip() else None

    def refuse(self, error: CallsheetError, connection: HTTPConnection) -> Response:
        """HTTP 200 with a code."""
        return _refusal(_code(error), str(error))

    async def notice(self, task: Task) -> Notice:
        """Never asked: EdrawMax calls nobody back, and `tells` is empty."""
        raise NotImplementedError

    async def _generate(self, request: Request) -> Response:
        model = self._models[request.url.path.removeprefix(request.scope.get("root_path", ""))]
        account = self._desk.caller(request)
        task = await self._ended(account, await self._created(model, request, account))
        if task.state is State.SUCCEEDED:
            return JSONResponse({"code": 0, "msg": "", "data": await self._made(model, task, request)})
        failure = task.error or Failure("", "It was stopped.")
        return _refusal(FAILURES.get(failure.code, NOT_MADE), failure.message)

    async def _created(self, model: Model, request: Request, account: str) -> Task:
        body = bodies.read(await self._desk.body(request))
        if not body.get("prompt"):
            raise InvalidInput("prompt is required")
        known, strangers = bodies.known(model, body)
        try:
            wire = {"ignored": strangers}
            new = NewTask(model=model.id, input=model.from_wire(known), door=DOOR, wire=wire)
            task = await self._desk.submit(request, new)
        except InvalidInput as error:
            raise _as_they_say(model, error) from error
        return task

    async def _ended(self, account: str, task: Task) -> Task:
        """The task at its end; stopped when the client's time is over."""
        try:
            async with asyncio.timeout(self._wait):
                async for _ in self._desk.tasks.events(account, task.id):
                    pass
        except TimeoutError:
            return await self._desk.tasks.cancel(account, task.id)
        return await self._desk.tasks.get(account, task.id)

    async def _made(self, model: Model, task: Task, request: Request) -> dict[str, str]:
        """Two addresses and the source, under the names that this kind of diagram has for them."""
        origin = self._origin(request)
        made: dict[str, str] = {}
        for output in model.outputs:
            file = _first(task.artifacts, output.content_types)
            if output.kind == "text":
                made[output.keys[0]] = await self._text(file) if file else ""
            else:
                made[output.keys[0]] = self._desk.address(origin, file) if file else ""
        return made

    async def _text(self, file: File) -> str:
        path = await self._desk.files.local(file)
        return (await asyncio.to_thread(path.read_bytes)).decode("utf-8", "replace")

    def _origin(self, request: Request) -> str:
        """Where files are fetched: of a client that reached us by the vendor's host, where its downloader would."""
        origin = self._desk.origin(request)
        parts = urlsplit(origin)
        if (parts.hostname or "") not in self._desk.catalog.vendor(DOOR).hosts:
            return origin
        port = f":{parts.port}" if parts.port and parts.scheme == "https" else ""
        return f"https://{self._media_host}{port}"


def _first(files: Iterable[File], content_types: Sequence[str]) -> File | None:
    return next((file for file in files if file.content_type in content_types), None)


def _refusal(code: int, message: str) -> Response:
    body: dict[str, Any] = {"code": code, "msg": f"{SAID[code]}: {message}", "data": {}}
    return JSONResponse(body)


def _code(error: CallsheetError) -> int:
    if isinstance(error, TooMany):
        return BUSY
    if isinstance(error, RequestError) and not isinstance(error, NotSupported | NoCredit):
        return BAD
    return BROKEN


def _as_they_say(model: Model, error: InvalidInput) -> InvalidInput:
    """`lang不合法` is what their clients look for."""
    if error.param in ("lang", "language"):
        return InvalidInput("lang不合法", hint=", ".join(str(theirs) for theirs in _languages(model)))
    return bodies.in_their_words(model, error)


def _languages(model: Model) -> Iterable[Any]:
    return model.params["language"].wire_values.values()
