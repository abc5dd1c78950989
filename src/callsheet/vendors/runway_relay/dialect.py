"""A Runway relay for its own clients: create a task, ask for it, be called back with the same body."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from callsheet.catalog import Model
from callsheet.contract import Desk, Key, Notice
from callsheet.errors import CallsheetError, InvalidInput, NotFound
from callsheet.tasks import File, Filter, NewTask, State, Task
from callsheet.vendors.runway_relay.dialect_previews import Previews
from callsheet.vendors.runway_relay.dialect_shapes import Addresses, blanks_left_out, named, task_shape, without_data
from callsheet.wires import bodies

DOOR = "runway_relay"
FIRST_TYPE = "gen2"
"""The task type of a body that names none: the page documents this one, and says that naming it is optional."""

PICTURES = ("options.gen2Options.init_image", "options.gen2Options.image_prompt", "options.init_image")
MEASURED = 5
"""How many tasks that ended tell how long one takes."""

ENDS = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELED})


def dialect(desk: Desk) -> RunwayRelay:
    """The dialect of an installation."""
    return RunwayRelay(desk)


class RunwayRelay:
    """`contract.Dialect`."""

    routes: Sequence[BaseRoute]
    tells: frozenset[State] = ENDS
    unlocked: frozenset[str] = frozenset({"preview"})

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._previews = Previews(desk)
        self.routes = (
            Route("/runway/tasks", self._create, methods=["POST"]),
            Route("/runway/tasks/{id}", self._show, methods=["GET"]),
            Route("/runway/previews/{file_id}/{number:int}.jpg", self._previews.answer, name="preview"),
        )

    async def key(self, connection: HTTPConnection) -> Key | None:
        """`Authorization: Bearer KEY`."""
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        return await self._desk.keys.find(given.strip()) if scheme.lower() == "bearer" and given.strip() else None

    def refuse(self, error: CallsheetError, connection: HTTPConnection) -> Response:
        """`{"error": {"message": ...}}` with a 4xx; 5xx only where it is our own fault."""
        status = 400 if isinstance(error, InvalidInput) else error.status
        headers = {"retry-after": str(round(error.retry_after))} if error.retry_after else None
        return JSONResponse({"error": {"message": str(error)}}, status, headers)

    async def notice(self, task: Task) -> Notice:
        """What is POSTed to `notify_hook`: the body that asking for the task answers; unsigned."""
        body = await self._body(task, task.wire["base"], task.wire["origin"])
        return Notice(json.dumps(body, ensure_ascii=False).encode(), {"content-type": "application/json"})

    async def _create(self, request: Request) -> Response:
        body = blanks_left_out(bodies.read(await self._desk.body(request)))
        model = self._model(body)
        known, strangers = bodies.known(model, body)
        input = model.from_wire(known)
        task_id, hook = str(uuid.uuid4()), _hook(body)
        base, origin = self._desk.base(request), self._desk.origin(request)
        wire = {
            "id": task_id,
            "name": input.get("name") or named(model, input),
            "options": without_data(body.get("options", {})),
            "base": base,
            "origin": origin,
            "ignored": strangers + (["notify_hook"] if hook is None and body.get("notify_hook") else []),
        }
        new = NewTask(model=model.id, input=input, webhook=hook, door=DOOR, wire=wire, aliases=(task_id,))
        try:
            task = await self._desk.submit(request, new)
        except InvalidInput as error:
            raise bodies.in_their_words(model, error) from error
        return JSONResponse(await self._body(task, base, origin))

    async def _show(self, request: Request) -> Response:
        task = await self._desk.tasks.find(DOOR, request.path_params["id"], self._desk.caller(request))
        return JSONResponse(await self._body(task, self._desk.base(request), self._desk.origin(request)))

    async def _body(self, task: Task, base: str, origin: str) -> dict[str, Any]:
        addresses = Addresses(
            lambda file: self._desk.address(origin, file), lambda file: self._previews.addresses(base, file)
        )
        wait = await self._wait(task) if task.state is State.QUEUED else None
        picture = await self._picture(task)
        return {"task": task_shape(task, self._desk.catalog.model(task.model), addresses, wait, picture)}

    async def _picture(self, task: Task) -> File | None:
        """The file it starts from; None for words alone, or when it was deleted since."""
        try:
            return await self._desk.files.get(task.account, task.input["image"]) if "image" in task.input else None
        except NotFound:
            return None

    def _model(self, body: Mapping[str, Any]) -> Model:
        """The model of a task type that starts from what the body gives: a picture, or words alone."""
        task_type = body.get("taskType", FIRST_TYPE)
        kind = "image-to-video" if any(_at(body, place) for place in PICTURES) else "text-to-video"
        models = self._desk.catalog.models(kind, DOOR)
        found = next((model for model in models if model.fixed["taskType"] == task_type), None)
        if found is None:
            known = ", ".join(str(model.fixed["taskType"]) for model in models)
            raise InvalidInput(f"taskType {task_type!r} is not known.", hint=f"It is one of {known}.", param="taskType")
        return found

    async def _wait(self, task: Task) -> float:
        """Seconds until it starts, as far as the account's own tasks tell: those before it, and how long one takes."""
        waiting = await self._desk.tasks.list(
            task.account, Filter(state=(State.QUEUED,), door=DOOR, created_to=task.created_at), 100, None
        )
        ended = await self._desk.tasks.list(task.account, Filter(state=(State.SUCCEEDED,), door=DOOR), MEASURED, None)
        spans = [one.ended_at - one.started_at for one in ended.tasks if one.ended_at and one.started_at]
        return len(waiting.tasks) * sum(spans) / len(spans) / 1000 if spans else 0.0


def _hook(body: Mapping[str, Any]) -> str | None:
    hook = body.get("notify_hook")
    return hook if isinstance(hook, str) and hook.startswith(("http://", "https://")) else None


def _at(body: Any, place: str) -> Any:
    for step in place.split("."):
        body = cast("Mapping[str, Any]", body).get(step) if isinstance(body, Mapping) else None
    return body
