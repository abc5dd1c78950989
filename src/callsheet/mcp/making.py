"""The tools about tasks: what one would cost, make one, wait for it, list them, cancel one."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from mcp.types import CallToolResult
from pydantic import Field

from callsheet.client import AsyncClient, Quote, StillRunning, Task
from callsheet.client.requests import Wanted
from callsheet.errors import CallsheetError, NotFound
from callsheet.mcp import views
from callsheet.mcp.kit import Ctx, Kit, remaining, tool
from callsheet.mcp.showing import LABEL, TAKE, answer, canceled, links, task_line, task_view

CALL = "mcp_call"
"""The label by which a call is known again: the hash of all that makes it."""

PREVIEW = "previz"

_FILE = re.compile(r"file_[0-9A-Za-z]+")
Model = Annotated[str, Field(min_length=1, max_length=200, description="A model id or a capability; see find_models.")]
Input = Annotated[dict[str, Any], Field(description="Its params by canonical name, as describe_model shows them.")]
Stage = Annotated[
    str | None,
    Field(description="Where to run it, in place of the routing: `previz` is a free preview of the same input."),
]
TaskId = Annotated[str, Field(description="A task's id: task_...")]
Seconds = Annotated[
    float | None, Field(ge=0, le=45, description="How long to wait for its end; 0 answers at once. [45]")
]


@dataclass(frozen=True, slots=True)
class Making:
    """Tasks, from the quote to the end."""

    kit: Kit

    @tool
    async def quote(
        self, ctx: Ctx, model: Model, input: Input, stage: Stage = None
    ) -> Annotated[CallToolResult, views.QuoteView]:
        """Say what a task would cost at most, in credits, and where it would run. Checks the input; makes nothing."""

        async def found(client: AsyncClient) -> views.QuoteView:
            price = await client.quote(model, input, stage=await self._stage(client, model, stage))
            budget = await self.kit.purse.shown(client)
            return views.QuoteView(
                model=price.model,
                stage=price.stage,
                credits=price.credits,
                basis=price.basis,
                source=price.source,
                budget=budget,
                refusal=self.kit.purse.refusal(
                    price.credits or 0.0, [price.model] if price.credits is None else [], budget
                ),
            )

        return answer(await self.kit.ask(ctx, found))

    @tool
    async def make(
        self,
        ctx: Ctx,
        model: Model,
        input: Input,
        take: Annotated[
            int, Field(ge=1, le=9999, description="Raise it to have the same thing made once more, and paid once more.")
        ] = 1,
        stage: Stage = None,
        label: Annotated[str | None, Field(min_length=1, max_length=200, description="A name to find it by.")] = None,
        wait_seconds: Seconds = None,
    ) -> Annotated[CallToolResult, views.TaskView]:
        """Make something: hand in a task and wait up to 45 s for it.

        The task is durable: when the answer says it is not done, it goes on by itself; call wait with its id. The same
        model, input, stage and take give the same task again and are never paid twice, so repeating a call after a
        timeout is safe. For another version change the input (a seed, the prompt) or raise take.
        """
        over = remaining(self.kit, wait_seconds)

        async def handed_in(client: AsyncClient) -> tuple[Task, bool]:
            runs_on = await self._stage(client, model, stage)
            call = await _digest(client, model, input, runs_on, take)
            before = await _made(client, call)
            if before and before.stage == PREVIEW and runs_on is None and await self._is_live(client, model, input):
                call += " live"  # it was a preview for want of a vendor, and now there is one
                before = await _made(client, call)
            if before:
                return before, True
            marks = {CALL: call, TAKE: str(take)} | ({LABEL: label} if label else {})

            async def submit(labels: Mapping[str, str], once: str | None) -> Task:
                return await client.submit(
                    model, input, stage=runs_on, metadata={**marks, **labels}, idempotency_key=once or f"mcp {call}"
                )

            price = await self._price(client, model, input, runs_on)
            return await self.kit.purse.spend(client, price, lambda: _made(client, call), submit), False

        task, repeated = await self.kit.ask(ctx, handed_in)
        with contextlib.suppress(CallsheetError):  # it is handed in: that is the answer, and wait says what is wrong
            task = await self._watched(ctx, task, over)
        budget = await self._budget(ctx)
        return answer(task_view(task, repeated=repeated, budget=budget), *links(task))

    @tool
    async def wait(
        self, ctx: Ctx, task: TaskId, wait_seconds: Seconds = None
    ) -> Annotated[CallToolResult, views.TaskView]:
        """Wait for a task up to 45 s more; answers at once where it has ended. Call it again while it is not done."""
        over = remaining(self.kit, wait_seconds)
        known = await self.kit.ask(ctx, lambda client: client.get(task))
        found = await self._watched(ctx, known, over)
        return answer(task_view(found), *links(found))

    @tool
    async def list_tasks(
        self,
        ctx: Ctx,
        state: Annotated[str | None, Field(description="queued, running, succeeded, failed or canceled.")] = None,
        words: Annotated[
            str | None, Field(max_length=200, description="Up to four words of the prompt, a label or an id.")
        ] = None,
        capability: str | None = None,
        model: str | None = None,
        label: Annotated[str | None, Field(description="The label given to make.")] = None,
        order: Literal["newest", "oldest"] = "newest",
        limit: Annotated[int, Field(ge=1, le=50)] = 20,
        cursor: Annotated[str | None, Field(description="From the page before.")] = None,
    ) -> Annotated[CallToolResult, views.TaskPage]:
        """List the tasks of this account, whoever made them."""
        labels = {LABEL: label} if label else {}
        wanted: Wanted = {
            "state": state or (),
            "capability": capability,
            "model": model,
            "text": words,
            "metadata": labels,
            "order": order,
        }
        page = await self.kit.ask(ctx, lambda client: client.list(limit=limit, cursor=cursor, **wanted))
        return answer(views.TaskPage(tasks=[task_line(one) for one in page.data], cursor=page.next))

    @tool
    async def cancel(self, ctx: Ctx, task: TaskId) -> Annotated[CallToolResult, views.Canceled]:
        """Cancel a task for good. What a vendor has begun may go on and be charged: the answer says so."""
        return answer(canceled(await self.kit.ask(ctx, lambda client: client.cancel(task))))

    async def _stage(self, client: AsyncClient, model: str, asked: str | None) -> str | None:
        """Where it has to run. What edits runs where it always does."""
        wanted = self.kit.terms.stage_for(asked)
        if wanted == asked:
            return asked
        vendor = model.partition("/")[0] if "/" in model else (await client.model(model)).vendor
        return None if vendor == "edit" else wanted

    async def _is_live(self, client: AsyncClient, model: str, input: Mapping[str, Any]) -> bool:
        return (await client.quote(model, input)).stage != PREVIEW

    async def _price(self, client: AsyncClient, model: str, input: Mapping[str, Any], stage: str | None) -> Quote:
        if self.kit.terms.budget is None:
            return Quote(model, stage or "", None, "not asked")
        return await client.quote(model, input, stage=stage)

    async def _budget(self, ctx: Ctx) -> views.Budget | None:
        try:
            return await self.kit.ask(ctx, self.kit.purse.shown)
        except CallsheetError:
            return None  # what was made is the answer; how much is left can be asked again

    async def _watched(self, ctx: Ctx, task: Task, over: float) -> Task:
        """The task at its end, or as it stands when the time is over; its progress is told on the way."""
        clock = asyncio.get_running_loop().time
        if task.done or clock() >= over:
            return task

        async def watched(client: AsyncClient) -> Task:
            last, told = task, -1.0
            left = max(0.01, over - clock())
            try:
                async with contextlib.aclosing(client.watch(task, timeout=left)) as news:
                    async for last in news:
                        if last.progress > told:
                            told = last.progress
                            await ctx.report_progress(told, 1.0, f"{last.id} is {last.state.value}")
            except StillRunning as still:
                return still.task
            return last

        return await self.kit.ask(ctx, watched)


async def _made(client: AsyncClient, call: str) -> Task | None:
    """The task of this call, where it was made before."""
    return next(iter((await client.list(limit=1, metadata={CALL: call})).data), None)


async def _digest(client: AsyncClient, model: str, input: Mapping[str, Any], stage: str | None, take: int) -> str:
    """What makes this call the one it is. Files count by their content: the same picture uploaded twice is the same."""
    sums: dict[str, str] = {}
    for name in sorted(set(_files(input))):
        try:
            sums[name] = (await client.file(name)).sha256 or name
        except NotFound:
            sums[name] = name  # the submit says it better
    said = [model, _with_sums(input, sums), stage, take]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:40]


def _files(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if _FILE.fullmatch(value) else []
    inside = cast(
        "list[Any]", [*value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else []
    )
    return [name for one in inside for name in _files(one)]


def _with_sums(value: Any, sums: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return sums.get(value, value)
    if isinstance(value, Mapping):
        return {name: _with_sums(one, sums) for name, one in cast("Mapping[str, Any]", value).items()}
    return [_with_sums(one, sums) for one in cast("list[Any]", value)] if isinstance(value, list) else value
