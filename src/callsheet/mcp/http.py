"""Streamable HTTP: on loopback for everyone on this machine, elsewhere only for who comes with a key."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ipaddress
import json
import signal
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from callsheet.client import AsyncClient
from callsheet.errors import CallsheetError, SetupError, Unauthenticated
from callsheet.mcp.kit import bearer
from callsheet.mcp.link import Connect, Link

PATH = "/mcp"

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_BELIEVED = 60.0
"""Seconds for which a key that was good is not asked about again."""

_REMEMBERED = 1000
_WAITING = 128


class KeyGate:
    """Lets a request in whose key the callsheet server knows, and one without a key where none is asked for."""

    def __init__(self, app: ASGIApp, connect: Connect, *, asks: bool) -> None:
        self._app = app
        self._link = Link(connect)
        self._asks = asks
        self._good: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            try:
                await self._app(scope, receive, send)
            finally:
                await self._link.close()
            return
        key = bearer(Headers(scope=scope).get("authorization", ""))
        refused = await self._refusal(key)
        await (refused or self._app)(scope, receive, send)

    async def _refusal(self, key: str | None) -> Response | None:
        if key is None:
            return _refused(401, "Send a key of callsheet's: Authorization: Bearer KEY.") if self._asks else None
        name = hashlib.sha256(key.encode()).hexdigest()
        if self._good.get(name, 0.0) > time.monotonic():
            return None
        try:
            known = await self._link.ask(_is_key, key)
        except Unauthenticated:
            known = False
        except CallsheetError as error:
            return _refused(503, f"callsheet's server cannot be asked now: {error.message}")
        if not known:
            return _refused(401, "This key is not known here, or was revoked.")
        if len(self._good) >= _REMEMBERED:
            self._good.clear()
        self._good[name] = time.monotonic() + _BELIEVED
        return None


def application(
    server: MCPServer[Any], connect: Connect, host: str = "127.0.0.1", names: Iterable[str] = ()
) -> ASGIApp:
    """The server as an ASGI application for this address, which may also be called by these names.

    A request by another name (Host), or from a page of another origin (Origin), is refused: no web page can reach it
    by rebinding its own name. Off loopback a key is required, and also by another name than loopback's: whoever calls
    it so may come from anywhere, by a proxy on this machine.
    """
    names = [*names]
    hosts = [*_LOOPBACK, *([] if _is_any(host) else [_literal(host)]), *names]
    rules = TransportSecuritySettings(
        allowed_hosts=[one for name in hosts for one in (name, f"{name}:*")],
        allowed_origins=[
            f"{scheme}://{one}" for name in hosts for scheme in ("http", "https") for one in (name, f"{name}:*")
        ],
    )
    app = server.streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, transport_security=rules, host=host
    )
    return KeyGate(app, connect, asks=not all(map(on_loopback, [host, *names])))


def serve(
    server: MCPServer[Any], connect: Connect, host: str, port: int, names: Iterable[str], ready: Callable[[str], object]
) -> None:
    """Answer until SIGINT or SIGTERM; `ready` is called with the address once it is bound. SetupError."""
    names = [*names]
    if _is_any(host) and not names:
        raise SetupError(
            f"{host} is every address of this machine: say by which names clients call it.",
            hint="Give --allow-host NAME, once for each; or bind one address with --host.",
        )
    app = application(server, connect, host, names)
    with contextlib.closing(_bound(host, port)) as listening:
        ready(f"http://{_literal(host)}:{listening.getsockname()[1]}{PATH}")
        config = uvicorn.Config(
            app, log_config=None, access_log=False, proxy_headers=False, timeout_graceful_shutdown=3
        )
        for one in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises them again when it has ended in good order
            signal.signal(one, lambda number, frame: None)
        asyncio.run(uvicorn.Server(config).serve([listening]))


def on_loopback(host: str) -> bool:
    """Whether only this machine can reach this address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _is_key(client: AsyncClient) -> bool:
    """Whether this is one of the server's keys: a server without keys would let everyone in, whatever they present."""
    return (await client.credits(limit=1)).key is not None


def _refused(status: int, message: str) -> Response:
    said = json.dumps({"jsonrpc": "2.0", "id": None, "error": {"code": -32001, "message": message}})
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    return Response(said, status, headers, media_type="application/json")


def _is_any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _literal(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _bound(host: str, port: int) -> socket.socket:
    with contextlib.ExitStack() as on_failure:
        try:
            family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            found = on_failure.enter_context(socket.socket(family, kind))
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(where)
            found.listen(_WAITING)
        except OSError as error:
            said = f"{host}:{port} cannot be listened on: {error.strerror or error}."
            raise SetupError(said, hint="Choose another --port or --host.") from error
        on_failure.pop_all()
        return found
