"""Wiro's socket: whoever knows a task's token hears its steps, those that were and those to come, down to the end."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from callsheet.contract import Desk
from callsheet.errors import InvalidInput, NotFound
from callsheet.tasks import Task
from callsheet.vendors.wiro.dialect_bodies import nearly_json, text_of
from callsheet.vendors.wiro.dialect_steps import ERROR_FULL, OUTPUT, OUTPUT_FULL, OVER, Step, Steps
from callsheet.vendors.wiro.dialect_tasks import DOOR, progress_message, results

log = logging.getLogger("callsheet.server")

MOST = 100
"""How many tasks one socket follows."""

PATIENCE = 60.0
"""Seconds in which a socket has to name its first task; it proves nothing before."""

_TIRED, _BROKEN = 1008, 1011
_LEFT = (WebSocketDisconnect, WebSocketDisconnected)


class Sockets:
    """Follows tasks for sockets. A task's token is all the proof there is; another id of it is none."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listen(self, socket: WebSocket) -> None:
        """One socket, until its client leaves. What it says beyond naming tasks is not answered."""
        await socket.accept()
        followed: dict[str, asyncio.Task[None]] = {}
        try:
            async with asyncio.timeout(PATIENCE) as limit:
                while (told := await socket.receive())["type"] == "websocket.receive":
                    token = _token(told.get("text"))
                    if not token or token in followed or len(followed) >= MOST:
                        continue
                    followed[token] = asyncio.create_task(self._follow(socket, token))
                    limit.reschedule(None)
        except TimeoutError:
            await socket.close(_TIRED, "No task was named.")
        finally:
            for work in followed.values():
                work.cancel()
            await asyncio.gather(*followed.values(), return_exceptions=True)

    async def _follow(self, socket: WebSocket, token: str) -> None:
        with contextlib.suppress(*_LEFT):  # its client has left meanwhile
            try:
                await self._tell(socket, token)
            except NotFound as error:
                await socket.send_json(_message("task_info", "", token, error.message, result=False))
            except _LEFT:
                raise
            except Exception as error:
                # Whatever it is: a client that hears nothing more would wait for ever.
                log.error("a socket cannot follow its task", exc_info=error)
                await socket.close(_BROKEN)

    async def _tell(self, socket: WebSocket, token: str) -> None:
        task = await self._of(token)
        steps = Steps()
        async for event in self._desk.tasks.events(task.account, task.id):
            for step in steps.hear(event):
                said = await self._said(task, step, steps)
                await socket.send_json(_message(step.name, task.wire["id"], token, said))

    async def _of(self, token: str) -> Task:
        unknown = NotFound("There is no task yet.")
        try:
            task = await self._desk.tasks.find(DOOR, token, None)
        except NotFound as error:
            raise unknown from error
        if not hmac.compare_digest(task.wire["token"].encode(), token.encode()):
            raise unknown
        return task

    async def _said(self, task: Task, step: Step, steps: Steps) -> Any:
        """What comes with a step: how far it is, all it wrote, what it made; nothing with most."""
        if step.name == OUTPUT:
            return progress_message(step.data["progress"], (step.at - (steps.at("task_start") or step.at)) / 1000)
        if step.name == ERROR_FULL:
            return {"raw": step.data["message"]}
        if step.name == OUTPUT_FULL and "artifacts" in step.data:
            return {"raw": "\n".join(one["text"] for one in step.data["artifacts"] if "text" in one)}
        if step.name in (OUTPUT_FULL, OVER):
            ended = await self._desk.tasks.get(task.account, task.id)
            raw, outputs = await results(self._desk, ended, task.wire["origin"])
            return outputs if step.name == OVER else {"raw": raw}
        return None


def _token(text: str | None) -> str:
    """The token of a `task_info`; empty for anything else."""
    try:
        fields = nearly_json(text or "")
    except InvalidInput:
        return ""
    return text_of(fields, "tasktoken", "socketaccesstoken") if fields.get("type") == "task_info" else ""


def _message(kind: str, task_id: str, token: str, said: Any, *, result: bool = True) -> dict[str, Any]:
    return {"type": kind, "id": task_id, "tasktoken": token, "message": said, "result": result}
