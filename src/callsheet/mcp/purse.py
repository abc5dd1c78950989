"""The budget: what was handed in under its name, read from the tasks themselves, so that no restart forgets it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from callsheet.client import AsyncClient, Quote, Task
from callsheet.errors import Conflict, InvalidInput, NoCredit, RequestError
from callsheet.mcp.terms import Terms
from callsheet.mcp.views import Budget

NAME, QUOTED = "mcp_budget", "mcp_quote"
"""The labels of a task that a budget counts: which one, and the most it was to cost."""

_HAIR = 1e-9
_TRIES = 20

Known = Callable[[], Awaitable[Task | None]]
"""Finds the task that the same call has made already."""

Submit = Callable[[Mapping[str, str], str | None], Awaitable[Task]]
"""Hands in a task with these labels, and this Idempotency-Key where it is not None."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a budget has gone: credits, and how many tasks it counts."""

    committed: float
    tasks: int


class Purse:
    """Lets in what the budget can bear. Without a budget it lets in everything, and counts nothing."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._turn = asyncio.Lock()

    async def standing(self, client: AsyncClient) -> Standing:
        """What is spent or set aside under the budget's name, by whichever process handed it in."""
        committed, tasks = 0.0, 0
        async for task in client.iterate(metadata={NAME: self._terms.budget_name}):
            committed += _cost(task)
            tasks += 1
        return Standing(committed, tasks)

    async def shown(self, client: AsyncClient) -> Budget | None:
        """The budget as an answer shows it."""
        if self._terms.budget is None:
            return None
        committed = round((await self.standing(client)).committed, 6)
        left = round(max(0.0, self._terms.budget - committed), 6)
        return Budget(name=self._terms.budget_name, limit=self._terms.budget, committed=committed, left=left)

    async def spend(self, client: AsyncClient, quote: Quote, known: Known, submit: Submit) -> Task:
        """Hand in a task that costs at most this. NoCredit and InvalidInput say why the budget cannot bear it.

        Two processes that share a budget cannot both have what is left: the Idempotency-Key is the number of tasks that
        were counted, so the second meets a Conflict and counts again. `known` finds the task where the same call was
        faster: it is asked after each counting, so that one that came in before the counting is always found.
        """
        if self._terms.budget is None or quote.credits == 0:
            return await submit({}, None)
        unpriced = [f"{quote.model} on {quote.stage}"] if quote.credits is None else []
        async with self._turn:
            return await self._spent(client, quote.credits or 0.0, unpriced, known, submit)

    async def labels(self, client: AsyncClient, credits: float, unpriced: Sequence[str]) -> Mapping[str, str]:
        """The labels of several tasks that cost this in all; refuses them as `spend` does. Ask it within a `turn`."""
        if self._terms.budget is None:
            return {}
        self._bear(credits, unpriced, await self.standing(client))
        return {NAME: self._terms.budget_name}

    async def settle(self, client: AsyncClient, tasks: Sequence[Task]) -> None:
        """Call off what was just handed in, where something else that counts came in at the same moment. NoCredit."""
        if self._terms.budget is None or not tasks:
            return
        standing = await self.standing(client)
        if standing.committed <= self._terms.budget + _HAIR:
            return
        for task in tasks:
            if NAME in task.metadata and not task.done:
                await client.cancel(task)
        raise self._over(sum(map(_cost, tasks)), standing.committed)

    def refusal(self, credits: float, unpriced: Sequence[str], budget: Budget | None) -> str | None:
        """Why the budget could not bear this; None where it could."""
        if budget is None:
            return None
        try:
            self._bear(credits, unpriced, Standing(budget.committed, 0))
        except RequestError as error:
            return str(error)
        return None

    def turn(self) -> AbstractAsyncContextManager[Any]:
        """One at a time where a budget is kept: for what counts first and then hands in several tasks."""
        return self._turn if self._terms.budget is not None else nullcontext()

    async def _spent(
        self, client: AsyncClient, credits: float, unpriced: Sequence[str], known: Known, submit: Submit
    ) -> Task:
        labels = {NAME: self._terms.budget_name, QUOTED: f"{credits:.6f}"}
        once = f"mcp budget {hashlib.sha256(self._terms.budget_name.encode()).hexdigest()[:32]}"
        before, past, clash = -1, 0, Conflict("The budget is being spent elsewhere.", hint="Ask once more.")
        for _ in range(_TRIES):
            counted = await self.standing(client)
            past = 2 * past + 1 if counted.tasks == before else 0  # numbers of tasks that were deleted stay taken
            before = counted.tasks
            if found := await known():
                return found
            self._bear(credits, unpriced, counted)
            try:
                task = await submit(labels, f"{once} {counted.tasks + past}")
            except Conflict as error:
                clash = error
                continue
            await self.settle(client, [task])
            return task
        raise clash

    def _bear(self, credits: float, unpriced: Sequence[str], counted: Standing) -> None:
        if unpriced and not self._terms.allow_unpriced:
            raise InvalidInput(
                f"No price is known for {', '.join(unpriced)}, so the budget cannot be kept.",
                hint="Make it on previz, take another model, or have the server started with --allow-unpriced.",
            )
        if credits and counted.committed + credits > (self._terms.budget or 0.0) + _HAIR:
            raise self._over(credits, counted.committed)

    def _over(self, wanted: float, committed: float) -> NoCredit:
        limit = self._terms.budget or 0.0
        return NoCredit(
            f"This costs up to {wanted:g} credits, and of the budget {self._terms.budget_name!r} of {limit:g} only"
            f" {max(0.0, limit - committed):g} are left ({committed:g} spent or set aside).",
            hint="Make it on previz (free), ask for less (shorter, smaller, fewer), or ask who set the budget.",
        )


def _cost(task: Task) -> float:
    """What a task cost; while that is not known, the most it was to cost or what is set aside for it."""
    said, held = task.usage.get("credits"), task.usage.get("held")
    if task.done and isinstance(said, int | float):
        return float(said)
    quoted = float(task.metadata.get(QUOTED, "0"))
    return max(quoted, float(held)) if isinstance(held, int | float) else quoted
