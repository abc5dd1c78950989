"""How tasks, models and files of the SDK are shown to an agent: short, with what to do next."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mcp.types import CallToolResult, ContentBlock, ResourceLink, TextContent

from callsheet.client import Artifact, FileInfo, ModelInfo, PlannedShot, PlayedShot, Task
from callsheet.mcp import views

TAKE, LABEL = "mcp_take", "label"
"""The labels of a task: which take of its call it is, and what the agent calls it."""

SCHEME = "callsheet://files/"

_PROMPT = 120


def answer(view: views.View, *more: ContentBlock) -> CallToolResult:
    """An answer: as JSON text for those that read text, the same structured, and further parts."""
    plain = view.model_dump(mode="json")
    said = json.dumps(view.model_dump(mode="json", exclude_none=True, exclude_defaults=True), ensure_ascii=False)
    return CallToolResult(content=[TextContent(type="text", text=said), *more], structured_content=plain)


def links(task: Task) -> list[ContentBlock]:
    """Each output as a resource that a client may read or show."""
    return [
        ResourceLink(
            type="resource_link",
            uri=f"{SCHEME}{one.id}",
            name=one.name or one.id,
            description=f"Output {number} of {task.id}",
            mime_type=one.content_type,
            size=one.bytes,
        )
        for number, one in enumerate(task.artifacts)
    ]


def task_view(task: Task, *, repeated: bool = False, budget: views.Budget | None = None) -> views.TaskView:
    """A task as it stands."""
    credits = task.usage.get("credits", task.usage.get("held"))
    take = task.metadata.get(TAKE)
    return views.TaskView(
        task=task.id,
        state=task.state.value,
        done=task.done,
        progress=round(task.progress, 4),
        model=task.model,
        capability=task.capability,
        stage=task.stage,
        outputs=[_output(number, one) for number, one in enumerate(task.artifacts)],
        error=_failure(task),
        unsure=bool(task.raw.get("unsure")),
        approximations=[*task.usage.get("approximations", ())],
        credits=0.0 if credits is None and task.stage == "previz" else credits,
        take=int(take) if take and take.isdecimal() else None,
        label=task.metadata.get(LABEL),
        repeated=repeated,
        created_at=task.created_at,
        ended_at=task.ended_at,
        budget=budget,
        next=_next(task, repeated),
    )


def task_line(task: Task) -> views.TaskLine:
    """A task in a list."""
    prompt = task.input.get("prompt")
    return views.TaskLine(
        task=task.id,
        state=task.state.value,
        progress=round(task.progress, 4),
        model=task.model,
        stage=task.stage,
        label=task.metadata.get(LABEL),
        prompt=prompt[:_PROMPT] if isinstance(prompt, str) else None,
        outputs=[one.id for one in task.artifacts],
        created_at=task.created_at,
    )


def planned_shot(shot: PlannedShot) -> views.ShotView:
    """A shot before it is handed in."""
    return _shot(shot.name, shot.stage, shot.after, shot.task, found=shot.found).model_copy(
        update={"model": shot.model, "credits": shot.quote.credits if shot.quote else None}
    )


def played_shot(shot: PlayedShot, task: Task) -> views.ShotView:
    """A shot and how its task stands."""
    return _shot(shot.name, task.stage, shot.after, task, found=shot.found)


def canceled(task: Task) -> views.Canceled:
    """What a cancel came to."""
    came_to: Mapping[str, Any] = task.raw.get("cancel") or {}
    money: Mapping[str, Any] = came_to.get("credits") or {}
    return views.Canceled(
        task=task.id,
        state=task.state.value,
        outcome=came_to.get("outcome") or task.state.value,
        why=came_to.get("why") or "",
        held=money.get("held"),
        charged=money.get("charged"),
        released=money.get("released"),
    )


def uploaded(file: FileInfo, *, known: bool) -> views.Uploaded:
    """A stored file."""
    return views.Uploaded(
        file=file.id,
        name=file.name,
        content_type=file.content_type,
        bytes=file.bytes,
        width=file.width,
        height=file.height,
        duration=file.duration,
        expires_at=file.expires_at,
        known=known,
    )


def makes(model: ModelInfo) -> list[str]:
    """The kinds of its outputs."""
    return [one["kind"] for one in model.raw.get("outputs", ())]


def price(model: ModelInfo) -> str:
    """Its documented prices in a line."""
    if model.vendor in ("previz", "edit"):
        return "free: made on this machine"
    said = [_price(one) for one in model.raw.get("prices", ())]
    return "; ".join(said) if said else "no price is documented"


def _shot(name: str, stage: str, after: Sequence[str], task: Task | None, *, found: bool) -> views.ShotView:
    return views.ShotView(
        name=name,
        model=task.model if task else "",
        stage=stage,
        after=[*after],
        found=found,
        task=task.id if task else None,
        state=task.state.value if task else None,
        progress=round(task.progress, 4) if task else None,
        outputs=[_output(number, one) for number, one in enumerate(task.artifacts)] if task else [],
        error=_failure(task) if task else None,
    )


def _failure(task: Task) -> views.Failure | None:
    said = task.error
    return views.Failure(code=said.code, message=said.message, retryable=said.retryable) if said else None


def _price(one: Mapping[str, Any]) -> str:
    when = ", ".join(f"{name} {'/'.join(map(str, values))}" for name, values in (one.get("when") or {}).items())
    return f"{one['credits']:g} {one['unit']} per {one['per']}{f' ({when})' if when else ''}"


def _output(number: int, one: Artifact) -> views.Output:
    return views.Output(
        number=number,
        file=one.id,
        content_type=one.content_type,
        name=one.name,
        bytes=one.bytes,
        width=one.width,
        height=one.height,
        duration=one.duration,
        fps=one.fps,
        url=one.url,
    )


def _next(task: Task, repeated: bool) -> str:
    if not task.done:
        return f"It goes on by itself. Call wait with task={task.id}; do not make it again."
    if task.state == "succeeded" and not task.artifacts:
        return "It was made, and its files are not kept any more. Call make with the next take to have it anew."
    if task.state == "succeeded":
        said = f"Look at it: look with task={task.id}."
        return (
            f"{said} This call was made before; for another one give make take={_take(task) + 1}." if repeated else said
        )
    better = "Mend the input, or give make" if task.state == "failed" else "To have it all the same, give make"
    return f"It will not go on. {better} take={_take(task) + 1}."


def _take(task: Task) -> int:
    take = task.metadata.get(TAKE, "1")
    return int(take) if take.isdecimal() else 1
