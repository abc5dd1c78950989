"""Wiro's clients, unchanged: Run a tool, follow its task, list, cancel, kill, delete, upload, and look for tools."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import string
import uuid
from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from callsheet.contract import Desk, Key, Notice
from callsheet.errors import (
    CallsheetError,
    Conflict,
    InvalidInput,
    NoCredit,
    NotFound,
    NotSupported,
    RequestError,
    TooMany,
    Unauthenticated,
)
from callsheet.tasks import Filter, NewTask, State, Task
from callsheet.vendors.wiro import dialect_tools
from callsheet.vendors.wiro.dialect_bodies import Fields, files_in, opened, read, text_of
from callsheet.vendors.wiro.dialect_inputs import CALL, Sent, in_wiros_words, stored, understood
from callsheet.vendors.wiro.dialect_socket import Sockets
from callsheet.vendors.wiro.dialect_tasks import DOOR, envelope, seconds, shown, upload_shape

TOKENS = ("tasktoken", "socketaccesstoken", "taskid")
"""By which names Wiro's documents and clients name a task."""

FOLDERS = ("folderid", "folderId", "parentid", "parentId")
MOST_TASKS = 100
SOCKET = "socket"

_LETTERS = string.ascii_letters + string.digits
_SHOWN = 500
"""How many letters of a parameter are shown again."""


def dialect(desk: Desk) -> WiroDialect:
    """What answers Wiro's clients."""
    return WiroDialect(desk)


class WiroDialect:
    """`contract.Dialect`. All calls are POST and answered with HTTP 200, but for a wrong key and a wrong address."""

    unlocked = frozenset({SOCKET})
    tells = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELED})

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        listen = Sockets(desk).listen
        calls = {
            "/Run/{owner}/{model:path}": self._run,
            "/Task/Detail": self._detail,
            "/Task/List": self._list,
            "/Task/Cancel": self._cancel,
            "/Task/Kill": self._kill,
            "/Task/InputOutputDelete": self._delete,
            "/Tool/List": self._tools,
            "/Tool/Detail": self._tool,
            "/Tool/Explore": self._explore,
            "/File/Upload": self._upload,
            "/File/FolderCreate": self._folder,
        }
        self.routes: list[BaseRoute] = [Route(f"/v1{path}", call, methods=["POST"]) for path, call in calls.items()]
        self.routes += [WebSocketRoute(path, listen, name=SOCKET) for path in ("/v1", "/v1/", "/")]

    async def key(self, connection: HTTPConnection) -> Key | None:
        """By `x-api-key` alone, or with a signature: HMAC-SHA256 under the key of the secret and the nonce, in hex.

        Nonces may repeat: no window is documented, and the vendor's own clients repeat them within a second.
        """
        presented = connection.headers.get("x-api-key", "").strip()
        key = await self._desk.keys.find(presented) if presented else None
        if key is None:
            raise Unauthenticated("Project authorization is not founded.")
        nonce, signature = connection.headers.get("x-nonce"), connection.headers.get("x-signature")
        if nonce is None and signature is None:
            return key
        if not nonce or not signature:
            raise Unauthenticated(
                "Project requires signature authentication. x-signature and x-nonce headers are required."
            )
        message = await self._desk.keys.secret(key) + nonce
        right = hmac.new(presented.encode(), message.encode(), hashlib.sha256).hexdigest()
        # The documented shell line prints `SHA2-256(stdin)= ` before it.
        given = signature.rpartition("= ")[2].strip().lower()
        if not hmac.compare_digest(right.encode(), given.encode()):
            raise Unauthenticated("Project authorization is not valid.")
        return key

    def refuse(self, error: CallsheetError, connection: HTTPConnection) -> Response:
        """`{result, errors: [{code, message}]}`; HTTP 200 but for 401, 404, and 500 where the fault is ours."""
        if "endpoint" not in connection.scope:
            return _refused(0, "Error parsing url.", 404)
        message = f"{error.message} {error.hint}" if error.hint else error.message
        if isinstance(error, Unauthenticated):
            return _refused(0, message, 401)
        if isinstance(error, NotSupported):
            message = f"tool-not-accessible: {message}"
        return _refused(_code(error), message, 500 if error.status >= 500 else 200)

    async def notice(self, task: Task) -> Notice:
        """What Detail answers, with the task's fields also at the top: Wiro does not document what it sends."""
        body = await shown(self._desk, task, task.wire["origin"])
        content = json.dumps({**envelope([body]), **body}, ensure_ascii=False).encode()
        return Notice(content, {"content-type": "application/json"})

    async def _run(self, request: Request) -> Response:
        sent = Sent(self._desk, self._desk.caller(request), self._desk.origin(request))
        async with opened(self._desk, request) as fields:
            try:
                return await self._begin(request, fields, sent)
            except RequestError:
                await sent.forget()
                raise

    async def _begin(self, request: Request, fields: Fields, sent: Sent) -> Response:
        owner, name = request.path_params["owner"], request.path_params["model"]
        run = await understood(self._desk, sent, owner, name, fields)
        callback = text_of(fields, "callbackUrl")
        url = callback if callback.startswith(("http://", "https://")) else None
        passed_over = [*run.ignored, *(one for one in CALL if one in fields and not (one == "callbackUrl" and url))]
        task_id, token = (
            str(10**14 + secrets.randbelow(9 * 10**14)),
            "".join(secrets.choice(_LETTERS) for _ in range(30)),
        )
        wire = {
            "id": task_id,
            "token": token,
            "uuid": str(uuid.uuid4()),
            "origin": self._desk.origin(request),
            "tool": f"{owner}/{name}",
            "parameters": {one: _echo(value) for one, value in fields.items() if one not in CALL},
            "uploads": list(run.uploads),
            "ignored": passed_over,
        }
        new = NewTask(run.model, run.input, webhook=url, door=DOOR, wire=wire, aliases=(task_id, token))
        try:
            await self._desk.submit(request, new)
        except RequestError as error:
            raise in_wiros_words(error, run.params) from error
        return JSONResponse({"errors": [], "taskid": task_id, "socketaccesstoken": token, "result": True})

    async def _detail(self, request: Request) -> Response:
        return await self._answer(request, await self._named(request, await read(self._desk, request)))

    async def _list(self, request: Request) -> Response:
        fields = await read(self._desk, request)
        start, most = _whole(fields, "start", 0), _whole(fields, "limit", 20)
        tool = text_of(fields, "modelName")
        every = await self._every(self._desk.caller(request))
        found = [task for task in every if tool in ("", task.model, task.wire["tool"])]
        if text_of(fields, "order").upper() == "ASC":
            found.reverse()
        origin = self._desk.origin(request)
        asked = found[start : start + min(most, MOST_TASKS)]
        return JSONResponse(envelope([await shown(self._desk, task, origin) for task in asked], len(found)))

    async def _every(self, account: str) -> list[Task]:
        """All tasks of this door, newest first: Wiro's list counts them and begins anywhere."""
        found: list[Task] = []
        page = await self._desk.tasks.list(account, Filter(door=DOOR), 1000, None)
        while page.next is not None:
            found += page.tasks
            page = await self._desk.tasks.list(account, Filter(door=DOOR), 1000, page.next)
        return [*found, *page.tasks]

    async def _cancel(self, request: Request) -> Response:
        task = await self._named(request, await read(self._desk, request))
        if task.state is not State.QUEUED:
            raise _NotNow("Task is not in a cancellable state.")
        return await self._answer(request, await self._desk.tasks.cancel(task.account, task.id))

    async def _kill(self, request: Request) -> Response:
        task = await self._named(request, await read(self._desk, request))
        if task.state is not State.RUNNING:
            why = "it has ended" if task.state.final else "it has not started, and can be cancelled"
            raise _NotNow(f"Task could not be killed: {why}")
        return await self._answer(request, await self._desk.tasks.cancel(task.account, task.id))

    async def _delete(self, request: Request) -> Response:
        task = await self._named(request, await read(self._desk, request), "task-not-exist")
        if not task.state.final:
            raise _NotNow("Task must be completed or cancelled before deleting files")
        sent = {one for one in _file_ids(task.input) if one not in task.wire["uploads"]}
        for file_id in {*sent, *(file.id for file in task.artifacts)}:
            try:
                await self._desk.files.delete(task.account, file_id)
            except NotFound:
                continue  # it went another way, or its time was over
        return JSONResponse({"result": True, "errors": []})

    async def _tools(self, request: Request) -> Response:
        return JSONResponse(await dialect_tools.listed(self._desk, await read(self._desk, request)))

    async def _tool(self, request: Request) -> Response:
        fields = await read(self._desk, request)
        owner, name = _needed(fields, "slugowner"), _needed(fields, "slugproject")
        return JSONResponse(await dialect_tools.detail(self._desk, owner, name))

    async def _explore(self, request: Request) -> Response:
        return JSONResponse(await dialect_tools.explored(self._desk))

    async def _upload(self, request: Request) -> Response:
        account, origin = self._desk.caller(request), self._desk.origin(request)
        async with opened(self._desk, request) as fields:
            sent, folder = files_in(fields.get("file")), text_of(fields, *FOLDERS)
            if not sent:
                raise InvalidInput("Request files [file] required", param="file")
            kept = [await stored(self._desk, account, one) for one in sent]
        shapes = [upload_shape(self._desk, file, origin, folder) for file in kept]
        return JSONResponse({"result": True, "errors": [], "list": shapes})

    async def _folder(self, request: Request) -> Response:
        """A folder is a name: it is answered, and given back as `parentid` by an upload that names it."""
        fields = await read(self._desk, request)
        name, parent = _needed(fields, "name"), text_of(fields, *FOLDERS)
        made = uuid.uuid5(uuid.NAMESPACE_URL, f"{self._desk.caller(request)}/{parent}/{name}").hex
        folder = {"id": made, "name": name, "parentid": parent, "size": "0", "contenttype": ""}
        return JSONResponse(
            {"result": True, "errors": [], "list": [{**folder, "addedtime": seconds(self._desk.clock())}]}
        )

    async def _named(self, request: Request, fields: Fields, unknown: str = "There is no task yet.") -> Task:
        name = text_of(fields, *TOKENS)
        if not name:
            raise InvalidInput("Request parameter [tasktoken] required", param="tasktoken")
        try:
            return await self._desk.tasks.find(DOOR, name, self._desk.caller(request))
        except NotFound as error:
            raise NotFound(unknown) from error

    async def _answer(self, request: Request, task: Task) -> Response:
        return JSONResponse(envelope([await shown(self._desk, task, self._desk.origin(request))]))


class _NotNow(Conflict):
    """The task is in a state in which this cannot be done."""


def _refused(code: int, message: str, status: int) -> Response:
    return JSONResponse({"result": False, "errors": [{"code": code, "message": message}]}, status)


def _code(error: CallsheetError) -> int:
    if isinstance(error, NotFound | NotSupported | _NotNow):
        return 1
    return 97 if isinstance(error, NoCredit) else 96 if isinstance(error, TooMany) else 0


def _needed(fields: Fields, name: str) -> str:
    value = text_of(fields, name)
    if not value:
        raise InvalidInput(f"Request parameter [{name}] required", param=name)
    return value


def _whole(fields: Fields, name: str, default: int) -> int:
    text = text_of(fields, name)
    if text and not (text.isdecimal() and len(text) < 10):
        raise InvalidInput(f"Request parameter [{name}] must be integer or float", param=name)
    return int(text) if text else default


def _echo(value: Any) -> Any:
    """A field as Detail shows it again: every number a text, a file by its name, what is long cut short."""
    if isinstance(value, list):
        return [_echo(one) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    text = getattr(value, "filename", None) or (json.dumps(value) if isinstance(value, Mapping) else str(value))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _file_ids(value: Any) -> list[str]:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    own = [value] if isinstance(value, str) and value.startswith("file_") else []
    return [*own, *(found for one in inner for found in _file_ids(one))]
