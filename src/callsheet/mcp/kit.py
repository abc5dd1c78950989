"""What every tool stands on, and how each is answered: within its time, and with errors that an agent can act on."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from callsheet.client import AsyncClient
from callsheet.errors import CallsheetError
from callsheet.mcp.link import Link
from callsheet.mcp.purse import Purse
from callsheet.mcp.terms import Terms

P = ParamSpec("P")
T = TypeVar("T")

Ctx = Context[Any, Any]

_SPARE = 6.0
"""Seconds of a call that are left to everything but waiting."""


@dataclass(frozen=True, slots=True)
class Kit:
    """The way to the server, what was agreed, and who counts."""

    link: Link
    terms: Terms
    purse: Purse

    async def ask(self, ctx: Ctx, question: Callable[[AsyncClient], Awaitable[T]]) -> T:
        """Ask the server on behalf of whoever called the tool."""
        return await self.link.ask(question, presented(ctx))


class HasKit(Protocol):
    """A group of tools."""

    @property
    def kit(self) -> Kit:
        """What they stand on."""
        ...


S = TypeVar("S", bound=HasKit)


def tool(answer: Callable[Concatenate[S, P], Awaitable[T]]) -> Callable[Concatenate[S, P], Awaitable[T]]:
    """A tool's answer within the time of a call; what goes wrong becomes a text with the way out."""

    @functools.wraps(answer)
    async def within(self: S, *given: P.args, **named: P.kwargs) -> T:
        limit = self.kit.terms.call
        try:
            async with asyncio.timeout(limit):
                return await answer(self, *given, **named)
        except CallsheetError as error:
            raise ToolError(said(error)) from error
        except TimeoutError as error:
            again = "Call it again with the very same arguments: it goes on where it is, and nothing is made twice."
            raise ToolError(f"There was no answer within {limit:g} s. {again}") from error

    return within


def said(error: CallsheetError) -> str:
    """An error in words: what is wrong, the way out, and the names by which people find it."""
    names = [f"code {error.code}"]
    names += [f"param {error.param}"] if error.param else []
    names += [f"request {error.request_id}"] if error.request_id else []
    return " ".join([error.message, *([error.hint] if error.hint else []), f"({', '.join(names)})"])


def remaining(kit: Kit, asked: float | None) -> float:
    """Until when a call may wait, by the loop's clock; all else that it does still fits into its time."""
    terms = kit.terms
    patience = terms.wait if asked is None else min(asked, terms.wait)
    return asyncio.get_running_loop().time() + min(patience, max(0.0, terms.call - _SPARE))


def presented(ctx: Ctx) -> str | None:
    """The key that came with the request over HTTP; None where none came, and over stdio."""
    return bearer((ctx.headers or {}).get("authorization", ""))


def bearer(header: str) -> str | None:
    """The key in an Authorization header."""
    scheme, _, key = header.partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None
