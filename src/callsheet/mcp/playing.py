"""The tool that plays a call sheet: first what it comes to, then, when told so, all of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, cast

from mcp.types import CallToolResult
from pydantic import Field

from callsheet.client import AsyncClient, PlannedShot, Play, SheetPlan, Task
from callsheet.client.office import Wish
from callsheet.errors import InvalidInput
from callsheet.mcp import views
from callsheet.mcp.folders import allowed
from callsheet.mcp.kit import Ctx, Kit, remaining, tool
from callsheet.mcp.making import CALL, Seconds
from callsheet.mcp.showing import answer, canceled, links, planned_shot, played_shot

_MOST = 512_000
_LOOK_EVERY = 0.5
_BAD = ("failed", "canceled")


@dataclass(frozen=True, slots=True)
class Playing:
    """Call sheets."""

    kit: Kit

    @tool
    async def play_sheet(
        self,
        ctx: Ctx,
        sheet: Annotated[str | None, Field(max_length=_MOST, description="Its text, TOML; or give path.")] = None,
        path: Annotated[str | None, Field(description="A .toml file in a folder that was allowed at start.")] = None,
        hand_in: Annotated[bool, Field(description="False says what it comes to; true makes it.")] = False,
        only: Annotated[str | None, Field(description="This shot, and those it takes from.")] = None,
        changes: Annotated[
            dict[str, Any] | None,
            Field(description='What outweighs the sheet: {"resolution": "360p", "opening.duration": 2}.'),
        ] = None,
        stage: Annotated[str | None, Field(description="Every shot that generates runs here: `previz`.")] = None,
        fresh: Annotated[
            list[str] | None,
            Field(description="Shots to be made anew and paid anew, with all behind them; also ['*']."),
        ] = None,
        take: Annotated[int, Field(ge=1, le=9999, description="Raise it to have the same fresh shots once more.")] = 1,
        files: Annotated[
            dict[str, str] | None, Field(description="For each file path in the sheet the id that upload gave.")
        ] = None,
        wait_seconds: Seconds = None,
    ) -> Annotated[CallToolResult, views.SheetView]:
        """Plan or play a call sheet: named shots that take from each other, as one film.

        First without hand_in: it checks the whole sheet, names the line of a mistake, and says what every shot costs.
        With hand_in=true every shot becomes a durable task, and it waits up to 45 s for all; the same call without
        fresh waits on. What stands is found, never made or paid again; what failed is made again only if in fresh.

        A sheet is TOML: `[sheet]` title and budget, `[defaults]` params for all, `[shots.NAME]` with model and its
        params; `image = "@NAME"` takes another shot's output, `"@NAME#1"` its second.
        """
        over = remaining(self.kit, wait_seconds)
        wish = self._wish(path, only=only, on=stage, changes=changes, fresh=fresh, files=files)
        text = await asyncio.to_thread(self._text, sheet, path)

        async def played(client: AsyncClient) -> CallToolResult:
            if not hand_in:
                return answer(await self._planned(client, await client.plan_sheet(text, **wish)))
            play = await self._handed_in(client, text, wish, take)
            tasks = await _watched(ctx, client, {one.name: one.task for one in play.shots}, over)
            view = _view(play, tasks, await self.kit.purse.shown(client))
            return answer(view, *(link for task in tasks.values() for link in links(task)))

        return await self.kit.ask(ctx, played)

    @tool
    async def cancel_sheet(self, ctx: Ctx, title: str) -> Annotated[CallToolResult, views.CanceledSheet]:
        """Cancel a played sheet whole, for good. What is made stays; what a vendor has begun may be charged."""
        ended = await self.kit.ask(ctx, lambda client: client.cancel_sheet(title))
        shots = {name: canceled(task).why for name, task in ended.shots.items()}
        money = {"held": ended.held, "charged": ended.charged, "released": ended.released}
        return answer(views.CanceledSheet.model_validate({"shots": shots, **money}))

    def _wish(self, path: str | None, **given: Any) -> Wish:
        given["on"] = self.kit.terms.stage_for(given["on"])
        named = {name: one for name, one in given.items() if one}
        return cast("Wish", {"name": Path(path).name if path else "sheet", **named})

    def _text(self, sheet: str | None, path: str | None) -> str:
        if (sheet is None) == (path is None):
            raise InvalidInput("Give either the text of a sheet or the path of one.", hint="sheet=..., or path=....")
        if sheet is not None:
            return sheet
        found = allowed(self.kit.terms, path or "")
        if found.stat().st_size > _MOST:
            raise InvalidInput(f"{found.name} is no call sheet: it is too long.", param="path")
        return found.read_text(encoding="utf-8", errors="replace")

    async def _planned(self, client: AsyncClient, plan: SheetPlan) -> views.SheetView:
        budget = await self.kit.purse.shown(client)
        refusal = (
            plan.refusal or self.kit.purse.refusal(plan.credits, plan.unknown, budget) or _failed(plan, frozenset())
        )
        return views.SheetView(
            title=plan.title,
            handed_in=False,
            done=False,
            credits=plan.credits,
            unpriced=[*plan.unknown],
            refusal=refusal,
            shots=[planned_shot(one) for one in plan.shots],
            budget=budget,
            next="Mend what the refusal says." if refusal else "Call it again with hand_in=true to have it made.",
        )

    async def _handed_in(self, client: AsyncClient, text: str, wish: Wish, take: int) -> Play:
        fresh = frozenset(wish.get("fresh") or ())
        async with self.kit.purse.turn():
            plan = await client.plan_sheet(text, **wish)
            if refused := _failed(plan, fresh):
                raise InvalidInput(refused)
            once = f"{_digest(text, wish)} {take}"
            new = _to_pay(plan, await _made(client, once))
            unpriced = [one.name for one in new if one.quote and one.quote.credits is None]
            credits = sum(one.quote.credits for one in new if one.quote and one.quote.credits)
            labels = await self.kit.purse.labels(client, credits, unpriced)
            marks = {CALL: once, **labels}
            play = await client.play_sheet(text, metadata=marks, idempotency_key=f"mcp {once}", **wish)
            names = {one.name for one in new}
            await self.kit.purse.settle(client, [one.task for one in play.shots if one.name in names and not one.found])
            return play


async def _made(client: AsyncClient, once: str) -> frozenset[str]:
    """The shots that the same call has handed in before."""
    return frozenset([task.metadata.get("shot", "") async for task in client.iterate(metadata={CALL: once})])


def _to_pay(plan: SheetPlan, made: frozenset[str]) -> list[PlannedShot]:
    """What this call hands in: not what stands, and not what it made anew when it was asked before."""
    return [one for one in plan.shots if not one.found and one.name not in made]


def _failed(plan: SheetPlan, fresh: frozenset[str]) -> str | None:
    """Why shots that ended badly are not tried again in silence; None where none did, or all are asked for anew."""
    if "*" in fresh:
        return None
    bad = [one for one in plan.shots if not one.found and one.task and one.task.state.value in _BAD]
    bad = [one for one in bad if one.name not in fresh]
    if not bad:
        return None
    told = "; ".join(f"{one.name}: {_why(one.task)}" for one in bad if one.task)
    names = json.dumps([one.name for one in bad])
    return f"These shots were tried and did not come out: {told}. Give fresh={names} to pay for another try."


def _why(task: Task) -> str:
    return f"{task.error.message} ({task.error.code}, {task.id})" if task.error else f"{task.state.value} ({task.id})"


def _digest(text: str, wish: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps([text, wish], sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:40]


async def _watched(ctx: Ctx, client: AsyncClient, tasks: Mapping[str, Task], over: float) -> dict[str, Task]:
    """The tasks at their end, or as they stand when the time is over."""
    found, told = dict(tasks), -1.0
    clock = asyncio.get_running_loop().time
    while True:
        share = sum(1.0 if task.done else task.progress for task in found.values()) / max(1, len(found))
        if share > told:
            told = share
            done = sum(task.done for task in found.values())
            await ctx.report_progress(share, 1.0, f"{done} of {len(found)} shots have ended")
        unfinished = [name for name, task in found.items() if not task.done]
        if not unfinished or clock() >= over:
            return found
        await asyncio.sleep(min(_LOOK_EVERY, max(0.0, over - clock())))
        news = await asyncio.gather(*(client.get(found[name]) for name in unfinished))
        found |= dict(zip(unfinished, news, strict=True))


def _view(play: Play, tasks: Mapping[str, Task], budget: views.Budget | None) -> views.SheetView:
    done = all(task.done for task in tasks.values())
    bad = [name for name, task in tasks.items() if task.state.value in _BAD]
    return views.SheetView(
        title=play.title,
        handed_in=True,
        done=done,
        credits=None,
        shots=[played_shot(one, tasks[one.name]) for one in play.shots],
        budget=budget,
        next=_next(done, bad, tasks),
    )


def _next(done: bool, bad: list[str], tasks: Mapping[str, Task]) -> str:
    if not done:
        return "It goes on by itself. Call play_sheet again with the same sheet, hand_in=true and no fresh, to wait on."
    if bad:
        return f"{', '.join(bad)} did not come out: see error. Mend the sheet, or give fresh={json.dumps(bad)}."
    return f"Look at it: look with task={[*tasks.values()][-1].id}." if tasks else "There is nothing in it."
