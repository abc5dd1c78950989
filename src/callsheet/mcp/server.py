"""The server itself: its tools with what they may do, and every stored file as a resource."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import ToolAnnotations
from pydantic import AnyUrl

from callsheet.client import AsyncClient
from callsheet.errors import CallsheetError, NotFound, RequestError, TooLarge
from callsheet.mcp.catalogue import Catalogue
from callsheet.mcp.folders import Folders
from callsheet.mcp.kit import Ctx, Kit, said
from callsheet.mcp.link import Connect, Link
from callsheet.mcp.looking import Looking
from callsheet.mcp.making import Making
from callsheet.mcp.playing import Playing
from callsheet.mcp.purse import Purse
from callsheet.mcp.showing import SCHEME
from callsheet.mcp.terms import Terms

MOST_READ = 10_000_000
"""Bytes of a file that is given out whole as a resource."""

_SEES = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_MAKES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
_KEEPS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_ENDS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True)

_WAYS = """callsheet makes video, images, music, speech and diagrams as durable tasks.
1. find_models, then describe_model for the params. A bare capability (text-to-video) is a free, labelled preview.
2. quote says what a call costs. make hands it in and waits up to 45 s; while it is not done, call wait with its id.
3. look at what came before you call it good; save it, or give people the output's url.
The same make call gives the same task and is never paid twice: raise take, or change the seed, for another version.
A task's output goes into another as {"from": "task_...", "output": 0}; it is waited for, so chains need no waiting.
Every answer comes within 60 s. Errors say the way out."""


def build(connect: Connect, terms: Terms) -> MCPServer[Any]:
    """A server that finds its callsheet server by `connect`, under these terms; it is run once, over any transport.

    SetupError where a folder of the terms cannot be used.
    """
    agreed = terms.resolved()
    link = Link(connect)
    kit = Kit(link, agreed, Purse(agreed))

    @asynccontextmanager
    async def life(_: MCPServer[Any]) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await link.close()

    return _Server(
        kit,
        name="callsheet",
        title="callsheet",
        description="One task API for generated video, images, music, speech and diagrams.",
        instructions="\n".join([_WAYS, *_limits(agreed)]),
        version=version("callsheet"),
        tools=[*tools(kit)],
        lifespan=life,
        log_level="WARNING",
        subscriptions=False,
    )


def tools(kit: Kit) -> Iterable[Tool]:
    """Every tool, in the order in which a task goes through them."""
    catalogue, making, playing, folders = Catalogue(kit), Making(kit), Playing(kit), Folders(kit)
    yield _tool(catalogue.find_models, "Find models", _SEES)
    yield _tool(catalogue.describe_model, "Describe a model", _SEES)
    yield _tool(making.quote, "Quote", _SEES)
    yield _tool(making.make, "Make", _MAKES)
    yield _tool(making.wait, "Wait for a task", _SEES, bare=True)
    yield _tool(Looking(kit).look, "Look at a result", _SEES)
    yield _tool(making.list_tasks, "List tasks", _SEES)
    yield _tool(making.cancel, "Cancel a task", _ENDS)
    yield _tool(playing.play_sheet, "Play a call sheet", _MAKES)
    yield _tool(playing.cancel_sheet, "Cancel a call sheet", _ENDS)
    yield _tool(folders.save, "Save outputs", _KEEPS)
    yield _tool(folders.upload, "Upload a file", _KEEPS)


class _Tool(Tool):
    """A tool that refuses arguments it does not have: the SDK would drop them in silence."""

    async def run(self, arguments: dict[str, Any], context: Ctx, convert_result: bool = False) -> Any:
        known: dict[str, Any] = self.parameters["properties"]
        strange = sorted(arguments.keys() - known.keys())
        if strange:
            within = " What a model takes goes into input." if "input" in known else ""
            raise ToolError(f"{self.name} has no {', '.join(strange)}. It takes {', '.join(known)}.{within}")
        return await super().run(arguments, context, convert_result)


def _tool(answer: Callable[..., Any], title: str, hints: ToolAnnotations, *, bare: bool = False) -> Tool:
    """A tool. `bare` answers have the shape of another tool's, which says what each part is."""
    made = _Tool.from_function(answer, title=title, annotations=hints, description=_text(answer))
    made.parameters = {**_lean(made.parameters), "additionalProperties": False}
    drop = (*_TOLD_BY_NAMES, "default", "additionalProperties")
    silent = (*drop, "description")
    said = cast("dict[str, Any]", _lean(made.fn_metadata.output_schema, silent if bare else drop))
    parts: dict[str, Any] = said.get("$defs", {})
    if title != "Make":
        parts |= {name: _lean(one, silent) for name, one in parts.items() if name in _TOLD_BY_MAKE}
    made.fn_metadata.output_schema = _brief(said)
    return made


_TOLD_BY_NAMES = ("title",)
_TOLD_BY_MAKE = ("Output", "Failure", "Budget")
"""Parts of answers that `make` explains, and no other tool again."""


def _lean(schema: Any, drop: Collection[str] = _TOLD_BY_NAMES) -> Any:
    """A schema without titles that only repeat its names, and defaults of null: every agent reads all of it first."""
    if isinstance(schema, list):
        return [_lean(one, drop) for one in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    named = cast("dict[str, Any]", schema)
    said = {name: one for name, one in named.items() if name not in drop or isinstance(one, dict)}
    return {name: _lean(one, drop) for name, one in said.items() if (name, one) != ("default", None)}


def _brief(schema: Any) -> Any:
    """The same schema, with a type that may be null in one word."""
    if isinstance(schema, list):
        return [_brief(one) for one in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    named = {name: _brief(one) for name, one in cast("dict[str, Any]", schema).items()}
    match named.get("anyOf"):
        case [{"type": str(kind), **more}, {"type": "null"}] if not named.keys() & more.keys():
            return {**{name: one for name, one in named.items() if name != "anyOf"}, **more, "type": [kind, "null"]}
        case _:
            return named


def _text(answer: Callable[..., Any]) -> str:
    """A docstring without its margin; a paragraph on one line."""
    paragraphs = (answer.__doc__ or "").strip().split("\n\n")
    return "\n\n".join(" ".join(one.split()) for one in paragraphs)


def _limits(terms: Terms) -> Iterable[str]:
    if terms.stage:
        yield f"Here everything that generates runs on {terms.stage}, whatever is asked."
    if terms.budget is not None:
        yield f"Here up to {terms.budget:g} credits may be spent in all; what would go beyond is refused."
    yield f"save writes to {terms.out}." if terms.out else "save is not allowed here: give people the output's url."
    if terms.inputs:
        yield f"upload reads from {', '.join(map(str, terms.inputs))}."


class _Server(MCPServer[Any]):
    """Gives out stored files under `callsheet://files/ID`, each with its own type."""

    def __init__(self, kit: Kit, **settings: Any) -> None:
        super().__init__(**settings)
        self._kit = kit
        self.resource(SCHEME + "{file_id}", name="file", description="A stored file, such as an output of a task.")(
            _unused
        )

    async def read_resource(self, uri: AnyUrl | str, context: Ctx | None = None) -> Iterable[ReadResourceContents]:
        """The bytes of a stored file, with its content type."""
        name = str(uri).removeprefix(SCHEME)
        if context is None or not str(uri).startswith(SCHEME) or not name.startswith("file_"):
            raise ResourceNotFoundError(f"There is no resource {uri}: they are called {SCHEME}file_....")
        try:
            return [await self._kit.ask(context, lambda client: _content(client, name))]
        except NotFound as error:
            raise ResourceNotFoundError(said(error)) from error
        except CallsheetError as error:
            raise ResourceError(said(error)) from error


async def _content(client: AsyncClient, name: str) -> ReadResourceContents:
    file = await client.file(name)
    if (file.bytes or 0) > MOST_READ:
        raise TooLarge(f"{name} has {file.bytes} bytes.", hint="Use look for a small picture of it, or its url.")
    with tempfile.TemporaryDirectory(prefix="callsheet-read-") as folder:
        path = await client.download(file, Path(folder) / name)
        return ReadResourceContents(path.read_bytes(), file.content_type)


def _unused(file_id: str) -> bytes:
    raise RequestError(f"{file_id} is read by the server itself.")  # the template only says what the names look like
