"""The reception: decides once, by path or by Host, whose language a request speaks, and hands it to that dialect."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callsheet.contract import Dialect
from callsheet.errors import CallsheetError, NotFound, RequestError, SetupError, TooMany
from callsheet.server.desk import ACCOUNT, KEY, MOUNT
from callsheet.server.parts import parts_of
from callsheet.server.refusals import WrongMethod, refusal

log = logging.getLogger("callsheet.server")

POLICY = 1008
"""The close code of a socket that is refused."""


class Reception:
    """ASGI middleware before the native API."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        counters = parts_of(connection).counters
        found = counters.find(connection)
        if found is None:
            await self.app(scope, receive, send)
            return
        counter, mount = found
        inner = {**scope, "root_path": scope.get("root_path", "") + mount, MOUNT: mount}
        try:
            await _serve(counter.dialect, inner, receive, send)
        finally:  # who measures outside sees only the outer scope
            met = getattr(inner.get("route"), "path", None)
            scope["callsheet.route"] = f"/as/{counter.name}{met}" if met else None


async def _serve(dialect: Dialect, scope: Scope, receive: Receive, send: Send) -> None:
    connection, sent = HTTPConnection(scope), _Sent(send)
    try:
        scope["route"] = route = _route(dialect.routes, scope)
        gate = parts_of(connection).gate
        await gate.check_page(connection)
        if getattr(route, "name", None) not in dialect.unlocked:
            scope[ACCOUNT], scope[KEY] = await gate.admit(connection, dialect.key)
        await route.handle(scope, receive, sent)
    except HTTPException as error:
        await dialect.refuse(RequestError(str(error.detail)), connection)(scope, receive, send)
    except ClientDisconnect:
        return  # the caller hung up in the middle of its own request: no one reads an answer
    except Exception as error:
        if sent.begun:  # half an answer is out: the cut connection tells that it is not whole
            raise
        await _refuse(dialect, _as_told(error), connection, receive, send)


async def _refuse(
    dialect: Dialect, error: CallsheetError, connection: HTTPConnection, receive: Receive, send: Send
) -> None:
    scope = connection.scope
    if scope["type"] != "websocket":
        await _with_limits(dialect.refuse(error, connection), error)(scope, receive, send)
    elif "websocket.http.response" in scope.get("extensions", {}):  # a handshake has no vendor's shape to fail in
        await refusal(error, scope["callsheet.request_id"])(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": POLICY, "reason": error.message[:120]})


def _with_limits(response: Response, error: CallsheetError) -> Response:
    """Its own shape, and when to come back where HTTP says that."""
    if error.retry_after is not None:
        response.headers.setdefault("retry-after", str(math.ceil(error.retry_after)))
    for name, value in error.fields.items() if isinstance(error, TooMany) else ():
        response.headers[name] = value
    return response


def _as_told(error: Exception) -> CallsheetError:
    """The error as a caller may see it: a fault of ours says nothing of the inside."""
    if isinstance(error, CallsheetError) and type(error) is not CallsheetError and not isinstance(error, SetupError):
        return error
    log.error("request failed", exc_info=error)
    return CallsheetError("Something went wrong inside the server.")


class _Sent:
    """Sends on, and remembers whether anything was."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self._send(message)


def _route(routes: Sequence[BaseRoute], scope: Scope) -> BaseRoute:
    """The route that answers, its path parameters put into the scope. NotFound, or WrongMethod for another method."""
    partial = False
    for route in routes:
        match, found = route.matches(scope)
        if match is Match.FULL:
            scope.update(found)
            return route
        partial = partial or match is Match.PARTIAL
    path = scope["path"].removeprefix(scope["root_path"])
    if partial:
        raise WrongMethod(f"{path} has no {scope['method']}.")
    raise NotFound(f"There is no {path} here.").because("address_unknown", path=path)
