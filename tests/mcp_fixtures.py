"""What the tests of the MCP server share: one over real HTTP, and an agent that calls it with the official SDK."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, ImageContent, ResourceLink, TextContent
from PIL import Image

from callsheet.mcp.http import PATH, application
from callsheet.mcp.link import Address
from callsheet.mcp.server import build
from callsheet.mcp.terms import Terms
from conftest import served


@dataclass(frozen=True)
class Answer:
    """What a tool answered."""

    result: CallToolResult

    @property
    def failed(self) -> bool:
        return bool(self.result.is_error)

    @property
    def said(self) -> str:
        """Its text."""
        return "".join(one.text for one in self.result.content if isinstance(one, TextContent))

    @property
    def view(self) -> dict[str, Any]:
        """Its structured content; the official client has held it against the tool's schema."""
        assert not self.failed, self.said
        assert self.result.structured_content is not None
        return self.result.structured_content

    @property
    def links(self) -> list[ResourceLink]:
        return [one for one in self.result.content if isinstance(one, ResourceLink)]

    @property
    def picture(self) -> Image.Image:
        """The one picture in it, decoded whole."""
        [found] = [one for one in self.result.content if isinstance(one, ImageContent)]
        image = Image.open(io.BytesIO(base64.b64decode(found.data)))
        image.load()
        return image


@dataclass(frozen=True)
class Agent:
    """Calls tools, each time over a connection of its own, as clients do that lost theirs."""

    server: str | StdioServerParameters
    key: str | None = None
    mode: str = "auto"

    def __call__(self, tool: str, **given: Any) -> Answer:
        """Call a tool."""
        return self.told(tool, **given)[0]

    def told(self, tool: str, **given: Any) -> tuple[Answer, list[float]]:
        """Call a tool, and what it told of its progress."""
        seen: list[float] = []

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            assert total == 1.0
            assert message
            seen.append(progress)

        return Answer(self.do(lambda client: client.call_tool(tool, given, progress_callback=hear))), seen

    def do(self, what: Callable[[Client], Any]) -> Any:
        """Connect, and ask anything."""

        async def asked() -> Any:
            async with AsyncExitStack() as stack:
                client = await stack.enter_async_context(await self._client(stack))
                try:
                    return await what(client)
                except MCPError as error:
                    return error  # raised beyond the connection, which would wrap it

        found = asyncio.run(asked())
        if isinstance(found, MCPError):
            raise found
        return found

    async def _client(self, stack: AsyncExitStack) -> Client:
        if not isinstance(self.server, str):
            return Client(self.server, mode=self.mode)
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        plain = httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False, verify=False)
        http = await stack.enter_async_context(plain)
        return Client(streamable_http_client(self.server, http_client=http), mode=self.mode)


@contextmanager
def agent(url: str, key: str | None = None, **terms: Any) -> Iterator[Agent]:
    """An agent of an MCP server in front of the callsheet server at this address."""
    place = Address(url, key)
    server = build(lambda: place, Terms(**terms))
    with served(application(server, lambda: place)) as running:
        yield Agent(running.url + PATH)
