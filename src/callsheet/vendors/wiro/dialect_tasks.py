"""A task as Wiro shows it: every number a text, a time for every step, outputs as files or as raw text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from callsheet.contract import Desk
from callsheet.errors import NotFound
from callsheet.tasks import File, State, Task
from callsheet.vendors.wiro.dialect_steps import CANCELED, ENDED, OVER, QUEUED, Steps

DOOR = "wiro"
LONGEST_TEXT = 1_000_000
"""Bytes: a longer text is answered as a file."""

_TIMES = {
    "createtime": (QUEUED,),
    "canceltime": (CANCELED,),
    "assigntime": ("task_assign",),
    "accepttime": ("task_accept",),
    "preprocessstarttime": ("task_preprocess_start",),
    "preprocessendtime": ("task_preprocess_end",),
    "starttime": ("task_start",),
    "endtime": ("task_end", CANCELED),
    "postprocessstarttime": ("task_postprocess_start",),
    "postprocessendtime": (OVER,),
}


async def current(desk: Desk, task: Task) -> tuple[Task, Steps]:
    """A task and its steps, as of one moment: an end that only one of the two knows of is looked up again."""
    steps = Steps(await desk.tasks.timeline(task.account, task.id))
    if steps.over != task.state.final:
        task = await desk.tasks.get(task.account, task.id)
        steps = Steps(await desk.tasks.timeline(task.account, task.id))
    return task, steps


async def shown(desk: Desk, task: Task, origin: str) -> dict[str, Any]:
    """The task in Wiro's words; `origin` is what the addresses of its files stand on."""
    task, steps = await current(desk, task)
    raw, outputs = await results(desk, task, origin)
    ended = steps.at(*ENDED, CANCELED)
    elapsed = ((ended if ended is not None else desk.clock()) - task.created_at) / 1000
    return {
        "id": task.wire["id"],
        "uuid": task.wire["uuid"],
        "socketaccesstoken": task.wire["token"],
        "parameters": task.wire.get("parameters", {}),
        "debugoutput": raw,
        "debugerror": task.error.message if task.error else "",
        "elapsedseconds": f"{elapsed:.4f}",
        "status": steps.status,
        **{name: seconds(steps.at(*which)) for name, which in _TIMES.items()},
        **_verdict(task),
        **_model(desk, task),
        "outputs": outputs,
        "size": str(sum(file.bytes for file in task.artifacts)),
    }


def _verdict(task: Task) -> dict[str, str]:
    """`pexit` is there once there is one; a task that failed or was canceled costs nothing."""
    if not task.state.final:
        return {"pexit": "", "totalcost": "0"}
    good = task.state is State.SUCCEEDED
    cost = task.usage.get("credits") or task.usage.get("usd") or 0
    return {"pexit": "0" if good else "1", "totalcost": f"{cost:.12f}" if good and cost else "0"}


def _model(desk: Desk, task: Task) -> dict[str, str]:
    owner, _, project = task.wire["tool"].partition("/")
    try:
        about = desk.catalog.model(task.model).about
    except NotFound:
        about = ""
    return {"modeldescription": about, "modelslugowner": owner, "modelslugproject": project}


async def results(desk: Desk, task: Task, origin: str) -> tuple[str, list[dict[str, Any]]]:
    """The text that was made, all of it, and the outputs: `content` for a text, else a file with its address."""
    texts: list[str] = []
    outputs: list[dict[str, Any]] = []
    for file in task.artifacts if task.state is State.SUCCEEDED else ():
        text = await _text(desk, file)
        if text is None:
            outputs.append(file_shape(desk, file, origin, task.wire["uuid"]))
        else:
            texts.append(text)
            outputs.append({"contenttype": "raw", "content": _content(task, text)})
    return "\n".join(texts), outputs


def _content(task: Task, text: str) -> dict[str, Any]:
    prompt = task.input.get("prompt", "")
    # `message` is read by the vendor's own node for n8n, the others by what follows its documents.
    return {"prompt": prompt, "raw": text, "thinking": [], "answer": [text], "message": text}


async def _text(desk: Desk, file: File) -> str | None:
    if file.content_type != "text/plain" or file.bytes > LONGEST_TEXT:
        return None
    try:
        return (await desk.files.local(file)).read_text("utf-8", "replace")
    except NotFound:
        return None


def file_shape(desk: Desk, file: File, origin: str, uuid: str) -> dict[str, Any]:
    """A file that was made; `uuid` is that of its task."""
    return {
        "id": file.id,
        "name": file.name,
        "contenttype": file.content_type,
        "parentid": uuid.replace("-", ""),
        "uuid": uuid,
        "size": str(file.bytes),
        "addedtime": seconds(file.created_at),
        "modifiedtime": seconds(file.created_at),
        **_opened_by(desk.address(origin, file)),
    }


def upload_shape(desk: Desk, file: File, origin: str, folder: str) -> dict[str, Any]:
    """A file that was sent in."""
    return {
        "id": file.id,
        "name": file.name,
        "contenttype": file.content_type,
        "size": str(file.bytes),
        "parentid": folder,
        "addedtime": seconds(file.created_at),
        **_opened_by(desk.address(origin, file)),
    }


def _opened_by(url: str) -> dict[str, str]:
    """An address, and the part of it that opens the file without a key."""
    return {"accesskey": parse_qs(urlsplit(url).query)["signature"][0], "url": url}


def seconds(at: int | None) -> str:
    """A time in seconds since 1970; 0 for what has not happened."""
    return str(at // 1000) if at is not None else "0"


def envelope(tasks: list[dict[str, Any]], total: int | None = None) -> dict[str, Any]:
    """What Detail and List answer."""
    return {"total": str(len(tasks) if total is None else total), "errors": [], "tasklist": tasks, "result": True}


def progress_message(progress: float, elapsed: float) -> Mapping[str, str]:
    """How far it is, as Wiro's generators tell it: in a hundred steps, with what that says of the time left."""
    percent = round(100 * progress)
    speed = percent / elapsed if elapsed > 0 else 0.0
    left = (100 - percent) / speed if speed else 0.0
    return {
        "type": "progressGenerate",
        "task": "Generate",
        "percentage": str(percent),
        "stepCurrent": str(percent),
        "stepTotal": "100",
        "speed": f"{speed:.1f}",
        "speedType": "it/s",
        "elapsedTime": f"{elapsed:.0f}s",
        "remainingTime": f"{left:.0f}s",
    }
