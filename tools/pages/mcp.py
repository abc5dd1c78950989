"""The page of what an agent is given: every tool of `callsheet mcp` as it describes itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mcp.server.mcpserver.tools import Tool

from callsheet.mcp.kit import Kit
from callsheet.mcp.link import Address, Link
from callsheet.mcp.purse import Purse
from callsheet.mcp.server import tools
from callsheet.mcp.terms import LONGEST_CALL, LONGEST_WAIT, Terms

INTRODUCTION = f"""# Tools of an agent

What `callsheet mcp` gives to an agent over the Model Context Protocol; [how to add it](../howto/mcp.md). Each tool
describes itself with these very words, takes the arguments below (an unknown one is refused) and answers as JSON of a
declared shape, in its text and as structured content. No call takes longer than {LONGEST_CALL:g} s, of which it waits
for a task {LONGEST_WAIT:g} s at most. Every stored file is a resource too: `callsheet://files/file_…`.

A *safe* tool changes nothing. Of any tool the same call, repeated, changes nothing more.
"""


def pages() -> dict[str, str]:
    """One page."""
    terms = Terms()
    kit = Kit(Link(lambda: Address("http://127.0.0.1:0")), terms, Purse(terms))
    return {"docs/reference/mcp.md": "\n".join([INTRODUCTION, *(_tool(one) for one in tools(kit))])}


def _tool(tool: Tool) -> str:
    properties: Mapping[str, Any] = tool.parameters["properties"]
    required = tool.parameters.get("required", ())
    rows = [
        f"| `{name}` | {_type(one)} | {'yes' if name in required else ''} | {_said(one)} |"
        for name, one in properties.items()
    ]
    head = ["| argument | type | needed | says |", "|---|---|---|---|"]
    hints = tool.annotations
    kind = "Safe." if hints and hints.read_only_hint else "Ends a task." if hints and hints.destructive_hint else ""
    parts = [f"## {tool.name}", "", tool.description, *(["", kind] if kind else []), "", *head, *rows, ""]
    return "\n".join(parts)


def _type(schema: Mapping[str, Any]) -> str:
    choices = cast("list[Mapping[str, Any]]", schema.get("anyOf", [schema]))
    return " or ".join(str(one["type"]) for one in choices if one.get("type") not in (None, "null"))


def _said(schema: Mapping[str, Any]) -> str:
    choices = cast("list[Mapping[str, Any]]", schema.get("anyOf", [schema]))
    limits = [
        f"{word} {one[name]}"
        for one in choices
        for word, name in (("from", "minimum"), ("to", "maximum"))
        if name in one
    ]
    default = schema.get("default")
    said = [str(schema.get("description", "")), f"({' '.join(limits)})" if limits else ""]
    said += [f"Default: {default}."] if default not in (None, "") and default is not False else []
    return " ".join(part for part in said if part).replace("|", "\\|")
